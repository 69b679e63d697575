"""What people hand over to the console: documents, drafts, mails of other departments; and that nothing of it stays."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gateway.model import Grant, GrantKind, Publication
from gateway.registration import trace
from gateway.store import documents, grants, publications
from gateway.tracefile import sealed
from tests.filed import DEPUTY, LEAD, OUTSIDER
from tests.papers import attached, mail, part, pdf, word
from tests.served import AUDITOR, HEAD, OPERATOR, Console, Files, Page

NOW = datetime.now(UTC)
SOON = (NOW + timedelta(hours=20)).replace(second=0, microsecond=0)
CANARY = "Zq7canary72670"
LISTED = "listed@policy.example"
LONDON = ZoneInfo("Europe/London")
TABLE = f"year,{CANARY}\n".encode() * 40
OTHER = "other@stats.example"


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """One console with a scanner; `cla` has a listed person and a registered table."""
    folder = tmp_path_factory.mktemp("console")
    with Console(folder).open(scanner=True) as served:
        enter(served, "cla", Grant(LISTED, GrantKind.PRE_RELEASE))
        enter(served, "theirs", lead=OTHER)
        yield served


def enter(console: Console, name: str, *listed: Grant, lead: str = LEAD) -> None:
    """A publication whose access window is open."""
    entry = Publication(name, f"Title of {name}", SOON, lead, deputies=(DEPUTY,))
    publications.add(console.database, console.keys, entry, (), "test", NOW)
    for grant in listed:
        grants.give(console.database, name, grant, "test", NOW)


def register(console: Console, name: str, files: Files, use: str = "trace", who: str = LEAD) -> Page:
    """Files registered by form."""
    return console.post(who, f"/publications/{name}/documents/add", {"use": use}, files)


def check(console: Console, recipients: str, files: Files = (), who: str = LEAD, **fields: str) -> Page:
    """A draft checked by form."""
    typed = {"recipients": recipients, "sender": who, "text": "", **fields}
    return console.post(who, "/pre-flight", typed, files or [("files", "", b"")])


def test_documents_are_registered(console: Console) -> None:
    """Traces and public files are registered with what could not be read; the same again is no news."""
    answer = register(
        console, "cla", [("files", "table.csv", TABLE), ("files", "locked.pdf", pdf(password="secret"))]
    )
    assert 200 == answer.status
    for words in (
        "table.csv",
        "1 of 2 could not be read completely",
        "the file: it is encrypted",
        "protected only against being sent as it is",
        "Register the previous edition as public",
    ):
        assert words in answer.text
    assert "was registered already" in register(console, "cla", [("files", "again.csv", TABLE)]).text
    public = register(console, "cla", [("files", "old.csv", b"2017,60000\n" * 40)], "public")
    assert "Register the previous edition" not in public.text
    found = documents.listed(console.database, console.keys, "cla")
    assert [("table.csv", False), ("locked.pdf", False), ("old.csv", True)] == [
        (one.label, one.public) for one in found
    ]
    page = console.get(LEAD, "/publications/cla").text
    assert "1 not read completely" in page
    assert "1 of 3 documents could not be read completely" in page


def test_names_are_for_who_may_see_content(console: Console) -> None:
    """A head of profession without access, and an auditor, see that there are documents, not what they are called."""
    register(console, "theirs", [("files", f"{CANARY}.csv", TABLE)], who=OTHER)
    assert CANARY in console.get(OTHER, "/publications/theirs/documents").text
    for who in (HEAD, AUDITOR):
        shown = console.get(who, "/publications/theirs/documents")
        assert (200, True, False) == (shown.status, "Document 1" in shown.text, CANARY in shown.text)
    for who, status in ((AUDITOR, 403), (OPERATOR, 404), (LEAD, 404)):
        assert status == console.get(who, "/publications/theirs/documents/add").status
        assert status == register(console, "theirs", [("files", "x.csv", TABLE)], who=who).status


def test_a_document_is_removed(console: Console) -> None:
    """A document is removed once that was asked, by who may change documents; what is gone is no fault."""
    enter(console, "mistaken")
    register(console, "mistaken", [("files", "old.csv", TABLE)], "public")
    (one,) = documents.listed(console.database, console.keys, "mistaken")
    both = "as under embargo and as public: nothing in it is a trace"
    assert both in register(console, "mistaken", [("files", "new.csv", TABLE)]).text
    assert 2 == console.get(LEAD, "/publications/mistaken/documents").text.count(both)
    path = f"/publications/mistaken/documents/{one.id}/remove"
    assert path in console.get(LEAD, "/publications/mistaken/documents").text
    for who, status in ((AUDITOR, 403), (OPERATOR, 404), (OTHER, 404)):
        assert (status, status) == (console.get(who, path).status, console.post(who, path, {}).status)
    asked = console.get(LEAD, path).text
    assert ("old.csv" in asked, "count as a trace again" in asked) == (True, True)
    for _ in range(2):
        assert "/publications/mistaken/documents" == console.post(LEAD, path, {}).location
    assert ["new.csv"] == [
        each.label for each in documents.listed(console.database, console.keys, "mistaken")
    ]
    assert both not in console.get(LEAD, "/publications/mistaken/documents").text
    assert 404 == console.get(LEAD, path).status


def test_a_trace_file_is_taken(console: Console) -> None:
    """What was traced on another machine is registered as if its files had been handed over; a damaged one is not."""
    enter(console, "sealed")
    key = console.keys.trace_key
    paper = word(
        "The number of children looked after rose to 72,670 at the end of March 2018, the most ever."
    )
    one, two = trace("report.docx", paper, key), trace("table.csv", TABLE, key)
    made = sealed(key, [one, two])
    answer = register(console, "sealed", [("files", "release.traces", made)])
    for words in ("report.docx", "table.csv", "runs of words"):
        assert words in answer.text
    found = documents.listed(console.database, console.keys, "sealed")
    assert [dict(one.counts), dict(two.counts)] == [one.counts for one in found]
    again = register(console, "sealed", [("files", "report.docx", paper)])
    assert "was registered already" in again.text
    broken = register(console, "sealed", [("files", "release.traces", made[:-1])])
    assert (400, True) == (broken.status, "“release.traces” is cut short" in broken.text)
    assert 2 == len(documents.listed(console.database, console.keys, "sealed"))


def test_nothing_to_register(console: Console) -> None:
    """No file, or an empty one, is said to be that."""
    assert "Choose at least one file" in register(console, "cla", [("files", "", b"")]).text
    assert "“empty.csv” is empty" in register(console, "cla", [("files", "empty.csv", b"")]).text


def test_draft_is_checked(console: Console) -> None:
    """For each recipient what would happen and why, and where it was found, with the file's name."""
    enter(console, "checked", Grant(LISTED, GrantKind.PRE_RELEASE))
    register(console, "checked", [("files", "checked.csv", b"checked," + TABLE)])
    draft = mail(attached(b"checked," + TABLE, "figures for you.csv"))
    people = f"Listed <{LISTED}>; Out, Sider <{OUTSIDER}>, listde@policy.example"
    answer = check(console, people, [("files", "draft.eml", draft)])
    assert 200 == answer.status
    for words in (
        "It would be held for 2 of 3",
        "Not on the list for “Title of checked”",
        f"Looks like {LISTED}",
        "figures for you.csv",
    ):
        assert words in answer.text
    assert 1 == answer.text.count("Would get it")


def test_loose_documents_and_text_are_checked(console: Console) -> None:
    """Documents and pasted text are read as if they were in the mail; what cannot be read is said."""
    text = f"RESTRICTED STATISTICS until {SOON.astimezone(LONDON):%H:%M on %d %B %Y}: Title of cla"
    answer = check(
        console,
        OUTSIDER,
        [("files", "locked.pdf", pdf(password="secret")), ("files", "a.docx", word())],
        text=text,
    )
    for words in ("locked.pdf: it is encrypted", "Would be held", "the text (part 1)"):
        assert words in answer.text
    assert "Everybody would get it" in check(console, OUTSIDER, text="Lunch?").text
    assert "Anybody who is on no list" in check(console, "", text=text).text


def test_wrong_drafts(console: Console) -> None:
    """What is no address is named and stays as it was typed; nothing handed over is said to be nothing."""
    answer = check(console, "Press Office; a@x.example", text="Kept <text>")
    assert 400 == answer.status
    for words in ("“Press Office” is not an address", "Press Office; a@x.example", "Kept &lt;text&gt;"):
        assert words in answer.text
    assert "Choose the draft" in check(console, OUTSIDER).text
    assert 400 == check(console, OUTSIDER, text="x", sender="nobody").status


@pytest.mark.parametrize(
    ("who", "status"), [(LEAD, 200), (DEPUTY, 200), (HEAD, 200), (AUDITOR, 403), (OPERATOR, 403)]
)
def test_roles_at_pre_flight(console: Console, who: str, status: int) -> None:
    """Leads, deputies and heads check mails; an auditor and an operator do not."""
    assert status == console.get(who, "/pre-flight").status
    assert status == check(console, OUTSIDER, who=who, text="Lunch?").status


def test_others_publications_are_not_named(console: Console) -> None:
    """A draft with material of somebody else's publication is held for its id, without its title."""
    register(console, "theirs", [("files", "t.csv", b"theirs," + TABLE)], who=OTHER)
    answer = check(console, OUTSIDER, [("files", "t.csv", b"theirs," + TABLE)])
    assert ("another publication (theirs)" in answer.text, "Title of theirs" in answer.text) == (True, False)


def circulated() -> bytes:
    """A mail by which another department circulates its statistics."""
    headers = (
        "From: Statistics <stats@other.example>\nTo: Ann Reader <ann@policy.example>, bob@policy.example\n"
        f"Subject: RESTRICTED: Crime in England\nDate: {NOW:%a, %d %b %Y %H:%M:%S} +0000"
    )
    text = part(b"RESTRICTED STATISTICS UNTIL PUBLISHED. Do not forward.", "Content-Type: text/plain")
    return mail(text, attached(TABLE, "tables.csv"), headers=headers).replace(b"Subject: s\r\n", b"", 1)


def test_entry_from_a_mail(console: Console) -> None:
    """The mail of another department becomes a shown proposal, and an entry only when somebody takes it."""
    shown = console.post(LEAD, "/register/from-mail", {}, [("mail", "pra.eml", circulated())])
    assert 200 == shown.status
    for words in (
        "Crime in England",
        "ann@policy.example",
        "bob@policy.example",
        "tables.csv",
        "Look at this first",
    ):
        assert words in shown.text
    before = {one.id for one in publications.listed(console.database)}
    assert "crime" not in before
    on = SOON.astimezone(LONDON)
    typed = {
        "draft": shown.hidden("draft"),
        "title": "Crime in England",
        "id": "crime",
        "producer": "",
        "lead": LEAD,
        "publish-date": f"{on:%Y-%m-%d}",
        "publish-time": f"{on:%H:%M}",
    }
    wrong = console.post(LEAD, "/register/from-mail/take", typed)
    assert (400, True) == (wrong.status, "Enter the department" in wrong.text)
    assert "tables.csv" in wrong.text
    taken = console.post(LEAD, "/register/from-mail/take", {**typed, "producer": "Other department"})
    assert "/publications/crime" == taken.location
    made = publications.get(console.database, "crime")
    assert ("Other department", SOON) == (made.producer, made.publishes_at)
    people = {grant.address for grant in grants.listed(console.database, "crime")}
    assert {LEAD, "stats@other.example", "ann@policy.example", "bob@policy.example"} == people
    again = console.post(LEAD, "/register/from-mail/take", {**typed, "producer": "Other department"})
    assert (400, True) == (again.status, "registered already" in again.text)


def test_what_is_no_mail(console: Console) -> None:
    """Another file, a tampered draft, and who may not register: refused."""
    for files in ([("mail", "x.eml", b"\x00\x01\x02")], [("mail", "", b"")]):
        assert 400 == console.post(LEAD, "/register/from-mail", {}, files).status
    assert 400 == console.post(LEAD, "/register/from-mail/take", {"draft": "{}"}).status
    for who in (AUDITOR, OPERATOR):
        assert 403 == console.get(who, "/register/from-mail").status
        assert 403 == console.post(who, "/register/from-mail/take", {"draft": "{}"}).status


def test_nothing_of_a_draft_stays(console: Console, capsys: pytest.CaptureFixture[str]) -> None:
    """Subject, text, figure and file name of what is checked are in no log, store, record or temporary file."""
    before = _temporary()
    leaf = attached(f"{CANARY}\n".encode() * 50, f"{CANARY}.csv")
    draft = mail(leaf, headers=f"X-Words: {CANARY}")
    answer = check(
        console, OUTSIDER, [("files", f"{CANARY}.eml", draft), ("files", f"{CANARY}.docx", word(CANARY))]
    )
    assert 200 == answer.status
    check(console, f"{CANARY}", text=CANARY)
    seen = capsys.readouterr()
    assert CANARY not in seen.out + seen.err
    store = console.folder / "store.db"
    assert CANARY.encode() not in store.read_bytes()
    assert before == _temporary()


def _temporary() -> set[str]:
    places = Path(tempfile.gettempdir())
    return {one.name for one in places.iterdir() if not one.name.startswith(("pytest", "bash"))}
