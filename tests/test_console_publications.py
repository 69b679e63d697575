"""Publications in the console: who sees what of them, and each step of their life by its form."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gateway.model import Grant, GrantKind, LiveBy, Publication, State
from gateway.store import publications
from tests import filed
from tests.filed import DEPUTY, LEAD, OUTSIDER
from tests.served import AUDITOR, HEAD, OPERATOR, Console, Page

LONDON = ZoneInfo("Europe/London")
NOW = datetime.now(UTC)
SOON = (NOW + timedelta(days=3)).replace(hour=8, minute=30, second=0, microsecond=0)
STRANGER = "stranger@stats.example"
OTHER = "other@stats.example"


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """One console for all tests here; each uses publications of its own."""
    with Console(tmp_path_factory.mktemp("console")).open() as served:
        for name, lead in (("cla-2018", LEAD), ("theirs", OTHER)):
            enter(served, name, lead=lead)
        yield served


def enter(console: Console, name: str, **more: object) -> None:
    """A publication under embargo, with one listed person."""
    facts = {"title": f"Title of {name}", "publishes_at": SOON, "lead": LEAD, "deputies": (DEPUTY,), **more}
    entry = Publication(id=name, **facts)  # type: ignore[arg-type]
    team = [Grant("maker@stats.example", GrantKind.PRODUCTION)]
    publications.add(console.database, console.keys, entry, team, "test", NOW)


def state(console: Console, name: str) -> State:
    """What the store says of it."""
    return publications.get(console.database, name).state


def wall(when: datetime) -> tuple[str, str]:
    """Date and time as somebody types them."""
    local = when.astimezone(LONDON)
    return f"{local:%Y-%m-%d}", f"{local:%H:%M}"


def step(console: Console, name: str, path: str, who: str = LEAD, **fields: str) -> Page:
    """A step taken as a person takes it: the page, then its form."""
    shown = console.get(who, f"/publications/{name}/{path}")
    assert 200 == shown.status, shown.text
    return console.post(who, f"/publications/{name}/{path}", {"seen": shown.hidden("seen"), **fields})


def test_list_shows_what_one_may_see(console: Console) -> None:
    """A lead sees their own, the head and the auditor all of them, an operator ids and times without titles."""
    filed.file(console.database, console.keys, "HOLD2222", held=(OUTSIDER,))
    mine = console.get(LEAD, "/publications").text
    assert ("Title of cla-2018" in mine, "theirs" in mine) == (True, False)
    assert "1 mail waiting" in mine
    assert "4 people on the list" not in mine
    assert "No documents are registered" in mine
    for reader in (HEAD, AUDITOR):
        assert "Title of theirs" in console.get(reader, "/publications").text
    operator = console.get(OPERATOR, "/publications").text
    assert ("cla-2018" in operator, "theirs" in operator, "Title of" in operator) == (True, True, False)
    assert 403 == console.get(STRANGER, "/publications").status


@pytest.mark.parametrize(
    ("who", "read", "change"),
    [
        *[(LEAD, 200, 200), (DEPUTY, 200, 200), (HEAD, 200, 200), (AUDITOR, 200, 403)],
        *[(OPERATOR, 404, 404), (OTHER, 404, 404), (STRANGER, 404, 404)],
    ],
)
def test_roles_of_one_publication(console: Console, who: str, read: int, change: int) -> None:
    """Its own people and the head read and change it, the auditor reads it, for all others it is not there."""
    assert read == console.get(who, "/publications/cla-2018").status
    for path in ("plan", "live", "withdraw", "pause"):
        assert change == console.get(who, f"/publications/cla-2018/{path}").status
        if change != 200:
            assert change == console.post(who, f"/publications/cla-2018/{path}", {"seen": "x"}).status
    assert State.EMBARGOED is state(console, "cla-2018")


def test_page_says_where_it_stands(console: Console) -> None:
    """State, countdown, times in the local zone, people and what is missing are on one page."""
    enter(console, "page", live_by=LiveBy.PERSON, opens_at=SOON - timedelta(hours=12))
    shown = console.get(LEAD, "/publications/page").text
    local = SOON.astimezone(LONDON)
    counted = f"in {(SOON - NOW).days} d"
    for words in (f"{local:%H:%M %Z}", counted, LEAD, DEPUTY, "a person confirms", "early access is empty"):
        assert words in shown
    assert 404 == console.get(HEAD, "/publications/nothing").status


def test_postponed_and_brought_forward(console: Console) -> None:
    """Another time is taken from date and time fields, and the former one is told."""
    enter(console, "moved")
    for when, words in ((SOON + timedelta(days=7), "Postponed from"), (SOON, "Brought forward from")):
        on, at = wall(when)
        assert (
            "/publications/moved" == step(console, "moved", "plan", **{"to-date": on, "to-time": at}).location
        )
        assert when == publications.get(console.database, "moved").publishes_at
        assert words in console.get(LEAD, "/publications/moved").text


@pytest.mark.parametrize(
    ("on", "at", "words"),
    [
        ("2037-03-29", "01:30", "does not exist"),
        ("2037-10-25", "01:30", "comes twice"),
        ("2001-01-01", "09:30", "must lie ahead"),
        ("2037-02-30", "09:30", "real date"),
        ("", "", "needs a date"),
    ],
)
def test_wrong_times_come_back(console: Console, on: str, at: str, words: str) -> None:
    """A time that cannot be is an error at its field, and what was typed stands there still."""
    answer = step(console, "cla-2018", "plan", **{"to-date": on, "to-time": at})
    assert 400 == answer.status
    assert "There is a problem" in answer.text
    assert words in answer.text
    assert f'value="{on}"' in answer.text
    assert SOON == publications.get(console.database, "cla-2018").publishes_at


def test_life(console: Console) -> None:
    """Paused with a reason, resumed, confirmed, reissued, withdrawn, planned again: each by its form."""
    enter(console, "life")
    assert 400 == step(console, "life", "pause").status
    on, at = wall(SOON + timedelta(days=30))
    plan = {"to-date": on, "to-time": at}
    for path, fields, becomes in (
        ("pause", {"reason": "late data"}, State.PAUSED),
        ("resume", {}, State.EMBARGOED),
        ("live", {}, State.LIVE),
        ("reissue", plan, State.EMBARGOED),
        ("withdraw", {}, State.WITHDRAWN),
        ("plan", {**plan, "to-time": "10:30"}, State.EMBARGOED),
    ):
        assert 303 == step(console, "life", path, **fields).status, path
        assert becomes is state(console, "life")
    assert "Reissued: this is edition 2" in console.get(LEAD, "/publications/life").text


def test_draft_is_taken(console: Console) -> None:
    """A draft says so, and becomes an entry when somebody takes it."""
    enter(console, "drafted", state=State.DRAFT)
    assert "nobody has taken this entry" in console.get(LEAD, "/publications/drafted").text
    assert 303 == step(console, "drafted", "take", who=DEPUTY).status
    assert State.EMBARGOED is state(console, "drafted")


def test_stale_page_changes_nothing(console: Console) -> None:
    """A form from before somebody else's change gets a clear answer; so does a step that is no longer possible."""
    enter(console, "stale")
    old = console.get(LEAD, "/publications/stale/live").hidden("seen")
    on, at = wall(SOON + timedelta(days=7))
    step(console, "stale", "plan", **{"to-date": on, "to-time": at})
    answer = console.post(LEAD, "/publications/stale/live", {"seen": old})
    assert (409, True) == (answer.status, "changed meanwhile" in answer.text)
    assert State.EMBARGOED is state(console, "stale")
    assert 409 == console.get(LEAD, "/publications/stale/resume").status


def test_forged_form_changes_nothing(console: Console) -> None:
    """A form without the token of the page is refused."""
    seen = console.get(LEAD, "/publications/cla-2018/withdraw").hidden("seen")
    for token in ("", "0" * 64):
        assert (
            403 == console.post(LEAD, "/publications/cla-2018/withdraw", {"seen": seen}, token=token).status
        )
    assert State.EMBARGOED is state(console, "cla-2018")


def test_register(console: Console) -> None:
    """A publication is registered by form; its short name is made of the title, and its lead is who signed in."""
    form = console.get(LEAD, "/register")
    assert f'value="{LEAD}"' in form.text
    on, at = wall(SOON)
    typed = {
        "title": "Écoles & pupils 2018",
        "lead": LEAD,
        "publish-date": on,
        "publish-time": at,
        "live-by": "url",
        "url": "https://stats.example/schools",
        "deputies": "a@stats.example\nB@Stats.example",
        "at-live": "send",
        "market-sensitive": "yes",
    }
    assert "/publications/ecoles-pupils-2018" == console.post(LEAD, "/register", typed).location
    made = publications.get(console.database, "ecoles-pupils-2018")
    assert (
        Publication(
            "ecoles-pupils-2018",
            "Écoles & pupils 2018",
            SOON,
            LEAD,
            deputies=("a@stats.example", "b@stats.example"),
            live_by=LiveBy.URL,
            url="https://stats.example/schools",
            at_live="send",
            market_sensitive=True,
        )
        == made
    )
    again = console.post(LEAD, "/register", typed)
    assert (400, True) == (again.status, "of this name already" in again.text)


def test_what_is_wrong_in_a_registration(console: Console) -> None:
    """Every problem is named at once, and nothing typed is lost."""
    on, at = wall(SOON)
    typed = {
        "title": "Kept <title>",
        "id": "Not An Id",
        "lead": "nobody",
        "deputies": "x",
        "publish-date": on,
        "publish-time": at,
        "live-by": "url",
    }
    answer = console.post(LEAD, "/register", typed)
    assert 400 == answer.status
    for words in (
        "Kept &lt;title&gt;",
        "Not An Id",
        'href="#id"',
        'href="#lead"',
        'href="#deputies"',
        'href="#url"',
    ):
        assert words in answer.text
    theirs = {**typed, "id": "", "lead": OTHER, "deputies": "", "live-by": "clock"}
    assert "must be the lead or a deputy yourself" in console.post(LEAD, "/register", theirs).text
    assert 303 == console.post(HEAD, "/register", theirs).status
    for who in (AUDITOR, OPERATOR, STRANGER):
        assert (403, 403) == (
            console.get(who, "/register").status,
            console.post(who, "/register", typed).status,
        )
