"""Access lists in the console: shown, taken as the difference was shown, changed for one person; and the calendar."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from openpyxl import Workbook
from sqlalchemy import insert

from gateway.model import Grant, GrantKind, Publication
from gateway.store import grants, publications
from gateway.store.database import bump_epoch
from gateway.store.tables import ALIASES, GROUP_MEMBERS, SUSPENSIONS
from tests.filed import DEPUTY, LEAD
from tests.served import AUDITOR, HEAD, OPERATOR, Console, Page

NOW = datetime.now(UTC)
SOON = (NOW + timedelta(days=3)).replace(hour=8, minute=30, second=0, microsecond=0)
OTHER = "other@stats.example"
PRA = GrantKind.PRE_RELEASE


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """One console for all tests here; each uses publications of its own."""
    made = Console(tmp_path_factory.mktemp("console"))
    with made.database.write() as connection:
        bump_epoch(connection)
        members = [
            {"address": "team@policy.example", "kind": "group", "member": f"{one}@policy.example"}
            for one in "ab"
        ]
        connection.execute(insert(GROUP_MEMBERS), members)
        connection.execute(
            insert(ALIASES).values(address="ann.old@policy.example", person="ann@policy.example")
        )
        until = NOW + timedelta(days=90)
        connection.execute(
            insert(SUSPENSIONS).values(
                person="bad@policy.example", until=until, reason="", suspended_by="test", suspended_at=NOW
            )
        )
    with made.open() as served:
        yield served


def enter(console: Console, name: str, *listed: Grant, lead: str = LEAD, at: datetime = SOON) -> None:
    """A publication with these people by hand."""
    entry = Publication(name, f"Title of {name}", at, lead, deputies=(DEPUTY,))
    publications.add(console.database, console.keys, entry, (), "test", NOW)
    for grant in listed:
        grants.give(console.database, name, grant, "test", NOW)


def on(console: Console, name: str) -> dict[str, Grant]:
    """The list without lead and deputies."""
    found = grants.listed(console.database, name)
    return {grant.address: grant for grant in found if grant.origin != "lead"}


def upload(
    console: Console, name: str, content: bytes | str, file: str = "list.csv", who: str = LEAD
) -> Page:
    """The page with the difference."""
    data = content.encode() if isinstance(content, str) else content
    return console.post(
        who, f"/publications/{name}/access/import", {"kind": "pre-release"}, [("list", file, data)]
    )


def take(console: Console, name: str, shown: Page) -> Page:
    """The button below the difference."""
    hidden = {field: shown.hidden(field) for field in ("seen", "list")}
    return console.post(LEAD, f"/publications/{name}/access/take", hidden)


def test_list_names_everybody_with_what_stands_against_them(console: Console) -> None:
    """Names, roles, kinds, times, declarations; who is suspended and what is a group is marked."""
    enter(
        console,
        "shown",
        Grant(
            "ann@policy.example",
            PRA,
            "briefing",
            name="Ann",
            role="Private <Secretary>",
            declared_on=date(2026, 3, 2),
        ),
        Grant("bad@policy.example", PRA),
        Grant("team@policy.example", PRA),
    )
    shown = console.get(LEAD, "/publications/shown/access").text
    for words in (
        "Private &lt;Secretary&gt;",
        "Declaration of 2 March 2026",
        "Suspended until",
        "A group of 2",
    ):
        assert words in shown
    assert "Given as lead or deputy" in shown
    assert "Take access away" not in console.get(AUDITOR, "/publications/shown/access").text


def test_list_is_taken_as_it_was_shown(console: Console) -> None:
    """Upload, look, take: added, changed and removed as shown, and nothing before the button."""
    enter(console, "taken", Grant("hand@policy.example", PRA, "by hand"))
    first = upload(console, "taken", "email,name,until\na@x.example,Ann,2037-03-28T09:30\nb@x.example,,\n")
    assert (200, True) == (first.status, "2 added, 0 changed, 0 removed" in first.text)
    assert {"hand@policy.example"} == set(on(console, "taken"))
    assert "/publications/taken/access" == take(console, "taken", first).location
    second = upload(console, "taken", "email;name;declared on\na@x.example;Anna;02/03/2026\nc@x.example\n")
    assert "1 added, 1 changed, 1 removed" in second.text
    assert "Name: Ann → Anna" in second.text
    take(console, "taken", second)
    found = on(console, "taken")
    assert {"hand@policy.example", "a@x.example", "c@x.example"} == set(found)
    assert (
        Grant("a@x.example", PRA, origin="import", name="Anna", declared_on=date(2026, 3, 2))
        == found["a@x.example"]
    )
    assert (
        "already as the file says"
        in upload(console, "taken", "email,name,declared on\na@x.example,Anna,2026-03-02\nc@x.example,,").text
    )


def test_spreadsheet_and_json(console: Console) -> None:
    """A workbook and JSON are taken like CSV."""
    enter(console, "sheet")
    book, buffer = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Email", "Kind"])
    sheet.append(["a@x.example", "production"])
    book.save(buffer)
    assert "1 added" in upload(console, "sheet", buffer.getvalue(), "list.xlsx").text
    assert "1 added" in upload(console, "sheet", '["a@x.example"]', "list.json").text


def test_list_that_changed_meanwhile_is_shown_again(console: Console) -> None:
    """Somebody else's change between look and button: nothing is taken, and the new difference is shown."""
    enter(console, "raced")
    mine = upload(console, "raced", "email\na@x.example\n")
    take(console, "raced", upload(console, "raced", "email\nb@x.example\n"))
    answer = take(console, "raced", mine)
    assert (409, True) == (answer.status, "1 added, 0 changed, 1 removed" in answer.text)
    assert {"b@x.example"} == set(on(console, "raced"))
    assert 303 == take(console, "raced", answer).status
    assert {"a@x.example"} == set(on(console, "raced"))


def test_problems_of_a_file_are_listed(console: Console) -> None:
    """Every bad row is named with its line and column, and nothing is changed."""
    enter(console, "wrong")
    answer = upload(console, "wrong", "email,from\nnobody,\na@x.example,31/02/2026\n")
    assert 400 == answer.status
    for words in ("list.csv: line 2:", "list.csv: line 3: from: no such date", 'href="#list"'):
        assert words in answer.text
    assert 400 == upload(console, "wrong", "no header").status
    assert 400 == console.post(LEAD, "/publications/wrong/access/import", {"kind": "pre-release"}).status
    broken = console.post(LEAD, "/publications/wrong/access/take", {"seen": "", "list": "[not json"})
    assert 400 == broken.status
    assert {} == on(console, "wrong")


def test_groups_in_a_file_are_pointed_out(console: Console) -> None:
    """A group on a list would give nobody access, so the difference says so."""
    enter(console, "grouped")
    answer = upload(console, "grouped", "email\nteam@policy.example\n")
    assert "Groups give nobody access" in answer.text


def test_one_person(console: Console) -> None:
    """Access is given to one person with kind, reason, dates and declaration, and taken away again."""
    enter(console, "one")
    typed = {
        "address": "Ann.Old@policy.example",
        "kind": "production",
        "reason": "checks the tables",
        "declared-date": "2026-03-02",
        "until-date": "2037-03-28",
    }
    assert 303 == console.post(LEAD, "/publications/one/access/give", typed).status
    given = on(console, "one")["ann@policy.example"]
    assert (GrantKind.PRODUCTION, "hand", date(2026, 3, 2)) == (given.kind, given.origin, given.declared_on)
    assert datetime(2037, 3, 29, tzinfo=UTC) == given.ends_at
    ask = console.get(LEAD, "/publications/one/access/revoke?address=ann%40policy.example")
    assert "ann@policy.example" in ask.text
    taken = console.post(LEAD, "/publications/one/access/revoke", {"address": ask.hidden("address")})
    assert 303 == taken.status
    assert {} == on(console, "one")
    again = console.post(LEAD, "/publications/one/access/revoke", {"address": "ann@policy.example"})
    assert (409, True) == (again.status, "holds no grant" in again.text)
    assert 409 == console.get(LEAD, f"/publications/one/access/revoke?address={DEPUTY}").status


def test_wrong_person(console: Console) -> None:
    """A group, no reason, a last day before the first: named at the field, and nothing typed is lost."""
    enter(console, "nobody")
    answer = console.post(
        LEAD,
        "/publications/nobody/access/give",
        {
            "address": "team@policy.example",
            "kind": "x",
            "role": "Kept role",
            "declared-date": "2099-01-01",
        },
    )
    assert 400 == answer.status
    for words in ("This is a group", "Say why", 'href="#kind"', "Kept role", "today or earlier"):
        assert words in answer.text
    typed = {"address": "a@x.example", "kind": "pre-release", "reason": "r"}
    ends = {**typed, "from-date": "2030-02-02", "until-date": "2030-01-01"}
    assert "must not come before" in console.post(LEAD, "/publications/nobody/access/give", ends).text
    assert {} == on(console, "nobody")


@pytest.mark.parametrize(
    ("who", "read", "change"),
    [
        *[(LEAD, 200, 200), (DEPUTY, 200, 200), (HEAD, 200, 200), (AUDITOR, 200, 403)],
        *[(OPERATOR, 404, 404), (OTHER, 404, 404)],
    ],
)
def test_roles_at_the_list(console: Console, who: str, read: int, change: int) -> None:
    """Who may see a list may not always change it; for others it is not there."""
    if "cells" not in {one.id for one in publications.listed(console.database)}:
        enter(console, "cells")
        enter(console, "theirs", lead=OTHER)
    assert read == console.get(who, "/publications/cells/access").status
    for path in ("import", "give"):
        assert change == console.get(who, f"/publications/cells/access/{path}").status
    if change != 200:
        assert change == upload(console, "cells", "email\na@x.example\n", who=who).status
        for path in ("take", "give", "revoke"):
            assert change == console.post(who, f"/publications/cells/access/{path}", {"address": LEAD}).status


def test_calendar(console: Console) -> None:
    """Weeks and days by the clock on the wall; what is open at the same time is said; others' are not there."""
    nine = datetime(2036, 6, 17, 8, 30, tzinfo=UTC)
    enter(console, "june-1", at=nine)
    enter(console, "june-2", at=nine)
    enter(console, "june-3", at=nine + timedelta(hours=6))
    enter(console, "june-theirs", lead=OTHER, at=nine)
    june = console.get(LEAD, "/calendar?month=2036-06").text
    for words in (
        "June 2036",
        "Week of 16 June",
        "Tuesday 17 June",
        "09:30",
        "At the same time: Title of june-2",
    ):
        assert words in june
    assert "overlaps with: Title of june-3" in june
    assert "june-theirs" not in june
    assert "/calendar?month=2036-05" in june
    assert "Nothing that you may see" in console.get(LEAD, "/calendar?month=2036-07").text
    operator = console.get(OPERATOR, "/calendar?month=2036-06").text
    assert ("june-theirs" in operator, "Title of" in operator) == (True, False)
    assert 200 == console.get(LEAD, "/calendar?month=nonsense").status
