"""Publications in the store: their life, and that every worker and the audit log hear of each change."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from gateway.model import Grant, GrantKind, LiveBy, Mixed, OnFinding, Publication, State
from gateway.store import NotDone, documents, grants, lives, publication_rows, publications
from gateway.store.audit import verify
from gateway.store.database import Database
from gateway.store.keys import Keys
from gateway.store.register import load_register
from gateway.store.tables import AUDIT, PUBLICATIONS, TRACES

TIME = datetime(2018, 3, 28, 8, 30, tzinfo=UTC)
NOW = TIME - timedelta(days=7)
DAY = timedelta(days=1)
CLA = Publication(
    "cla-2018", "Children looked after", TIME, "lead@stats.example", deputies=("deputy@stats.example",)
)
FULL = Publication(
    "gdp-q1",
    "GDP “first estimate”",
    TIME + DAY,
    "lead@stats.example",
    opens_at=TIME,
    deputies=("d@stats.example", "e@stats.example"),
    live_by=LiveBy.URL,
    url="https://stats.example/gdp",
    at_live="send",
    market_sensitive=True,
    on_finding=OnFinding.REJECT,
    mixed=Mixed.WHOLE,
    former_times=(TIME - DAY, TIME - 2 * DAY),
)

Change = Callable[[Database], object]
CHANGES: dict[str, Change] = {
    "postpone": lambda database: publications.postpone(database, "cla-2018", TIME + DAY, "ann", NOW),
    "live": lambda database: publications.go_live(database, "cla-2018", "ann", NOW),
    "withdraw": lambda database: publications.withdraw(database, "cla-2018", "ann", NOW),
    "pause": lambda database: publications.pause(database, "cla-2018", "figures wrong", "ann", NOW),
}


def actions(database: Database) -> list[str]:
    """What the audit log says happened."""
    with database.read() as connection:
        return list(connection.execute(select(AUDIT.c.action).order_by(AUDIT.c.seq)).scalars())


def test_kept_whole(store: tuple[Database, Keys]) -> None:
    """Every field of a publication comes back as it was given; the soonest is listed first."""
    database, keys = store
    publications.add(database, keys, FULL, (), "ann", NOW)
    publications.add(database, keys, CLA, (), "ann", NOW)
    assert (CLA, FULL) == publications.listed(database)
    assert FULL == publications.get(database, "gdp-q1")


def test_people_hold_grants_at_once(store: tuple[Database, Keys]) -> None:
    """Lead and deputies hold production grants from registration, and the team that was given with it."""
    database, keys = store
    team = [Grant("a@stats.example", GrantKind.PRODUCTION), Grant("lead@stats.example", GrantKind.PRODUCTION)]
    publications.add(database, keys, CLA, team, "ann", NOW)
    assert [
        ("a@stats.example", "team"),
        ("deputy@stats.example", "lead"),
        ("lead@stats.example", "lead"),
    ] == [(grant.address, grant.origin) for grant in grants.listed(database, "cla-2018")]
    assert {GrantKind.PRODUCTION} == {grant.kind for grant in grants.listed(database, "cla-2018")}


def test_taken_id(store: tuple[Database, Keys]) -> None:
    """An id is taken once, and the second attempt changes nothing."""
    database, keys = store
    publications.add(database, keys, CLA, (), "ann", NOW)
    with pytest.raises(NotDone, match="cla-2018: is registered already"):
        publications.add(database, keys, replace(FULL, id="cla-2018"), (), "ann", NOW)
    assert (1, CLA) == (database.epoch(), publications.get(database, "cla-2018"))


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_is_heard(store: tuple[Database, Keys], name: str) -> None:
    """Each change bumps the epoch and is in the audit log, in one transaction."""
    database, keys = store
    publications.add(database, keys, CLA, (), "ann", NOW)
    CHANGES[name](database)
    assert (2, ["publication add", f"publication {name}"]) == (database.epoch(), actions(database))
    assert [] == verify(database)


@pytest.mark.parametrize("name", CHANGES)
def test_unknown_publication(store: tuple[Database, Keys], name: str) -> None:
    """A change of a publication that is not there changes nothing."""
    database, _ = store
    with pytest.raises(NotDone, match="cla-2018: no such publication"):
        CHANGES[name](database)
    assert (0, []) == (database.epoch(), actions(database))


def test_postponed(store: tuple[Database, Keys]) -> None:
    """A postponed publication keeps every time it had once, and its set access window moves along."""
    database, keys = store
    publications.add(database, keys, replace(CLA, opens_at=TIME - DAY / 2), (), "ann", NOW)
    publications.postpone(database, "cla-2018", TIME + DAY, "ann", NOW)
    publications.postpone(database, "cla-2018", TIME + 2 * DAY, "ann", NOW)
    back = publications.postpone(database, "cla-2018", TIME, "ann", NOW)
    assert back == publications.get(database, "cla-2018")
    assert (TIME, {TIME + DAY, TIME + 2 * DAY}) == (back.publishes_at, set(back.former_times))
    assert TIME - DAY / 2 == back.window_opens
    with pytest.raises(NotDone, match="is planned for that time already"):
        publications.postpone(database, "cla-2018", TIME, "ann", NOW)


def test_postponed_after_its_time(store: tuple[Database, Keys]) -> None:
    """A publication that slipped is under embargo again with its traces, once it is postponed."""
    database, keys = store
    publications.add(database, keys, CLA, (), "ann", NOW)
    documents.add(
        database, keys, "cla-2018", [documents.NewDocument("a", frozenset({bytes(32)}))], "ann", NOW
    )
    late = TIME + DAY / 2
    assert not publications.get(database, "cla-2018").embargoed(late)
    publications.postpone(database, "cla-2018", TIME + DAY, "ann", late)
    register = load_register(database, keys)
    assert register.publications["cla-2018"].embargoed(late)
    assert [frozenset({"cla-2018"})] == list(register.files.values())


def test_live_destroys_the_key(store: tuple[Database, Keys]) -> None:
    """When a publication is live its key and its traces are gone from the store, and nothing brings it back."""
    database, keys = store
    publications.add(database, keys, CLA, (), "ann", NOW)
    documents.add(
        database, keys, "cla-2018", [documents.NewDocument("a", frozenset({bytes(32)}))], "ann", NOW
    )
    live = publications.go_live(database, "cla-2018", "ann", TIME)
    assert (State.LIVE, TIME) == (live.state, live.confirmed_at)
    with database.read() as connection:
        assert [None] == list(connection.execute(select(PUBLICATIONS.c.sealed_key)).scalars())
        assert [] == connection.execute(select(TRACES)).all()
    assert {} == load_register(database, keys).files
    for change in CHANGES.values():
        with pytest.raises(NotDone, match="is live"):
            change(database)


def test_withdrawn_and_planned_again(store: tuple[Database, Keys]) -> None:
    """A withdrawn publication matches nothing; a new time brings it back with its traces."""
    database, keys = store
    publications.add(database, keys, CLA, (), "ann", NOW)
    documents.add(
        database, keys, "cla-2018", [documents.NewDocument("a", frozenset({bytes(32)}))], "ann", NOW
    )
    assert State.WITHDRAWN is publications.withdraw(database, "cla-2018", "ann", NOW).state
    assert {} == load_register(database, keys).files
    assert State.EMBARGOED is publications.postpone(database, "cla-2018", TIME + DAY, "ann", NOW).state
    assert 1 == len(load_register(database, keys).files)


def test_paused_and_resumed(store: tuple[Database, Keys]) -> None:
    """A pause has a reason, lasts until it is ended, and leaves the embargo as it is."""
    database, keys = store
    publications.add(database, keys, CLA, (), "ann", NOW)
    with pytest.raises(NotDone, match="cla-2018: is embargoed"):
        publications.resume(database, "cla-2018", "ann", NOW)
    paused = publications.pause(database, "cla-2018", "figures wrong", "ann", NOW)
    assert (State.PAUSED, True) == (paused.state, paused.embargoed(NOW))
    with pytest.raises(NotDone, match="cla-2018: is paused"):
        publications.pause(database, "cla-2018", "again", "ann", NOW)
    assert CLA == publications.resume(database, "cla-2018", "ann", NOW)
    with database.read() as connection:
        assert [None] == list(connection.execute(select(PUBLICATIONS.c.pause_reason)).scalars())


def test_a_page_that_answers_too_late(store: tuple[Database, Keys]) -> None:
    """Who saw a publication before it was postponed or paused does not confirm it: its traces and key stay."""
    database, keys = store
    publications.add(database, keys, CLA, (), "ann", NOW)
    seen = publications.get(database, CLA.id)
    postponed = publications.postpone(database, CLA.id, TIME + DAY, "ann", TIME)

    with pytest.raises(NotDone, match="was changed meanwhile"):
        publications.go_live(database, CLA.id, "url", TIME, seen=seen)

    publications.pause(database, CLA.id, "figures wrong", "ann", TIME)
    with pytest.raises(NotDone, match="was changed meanwhile"):
        publications.go_live(database, CLA.id, "url", TIME, seen=postponed)
    assert State.PAUSED is publications.get(database, CLA.id).state
    with database.read() as connection:
        assert connection.execute(select(PUBLICATIONS.c.sealed_key)).scalar() is not None


@pytest.mark.parametrize(
    "store_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
def test_whoever_changes_a_publication_and_whoever_gives_a_grant_do_not_wait_for_each_other(
    store: tuple[Database, Keys],
) -> None:
    """A grant names the publication: giving one beside a change of it would else end in a deadlock on PostgreSQL."""
    database, keys = store
    publications.add(database, keys, CLA, (), "ann", NOW)
    grant = Grant("new@policy.example", GrantKind.PRE_RELEASE, "asked")

    with ThreadPoolExecutor(1) as pool, database.write() as connection:
        publication_rows.known(connection, CLA.id)
        given = pool.submit(grants.give, database, CLA.id, grant, "ann", NOW)
        assert given.result(timeout=5) is None


def test_a_draft_is_taken(store: tuple[Database, Keys]) -> None:
    """A draft becomes an entry whose whole list counts, once; `take` of anything else changes nothing."""
    database, keys = store
    publications.add(database, keys, replace(CLA, state=State.DRAFT), (), "ann", NOW)
    assert State.EMBARGOED is publications.take(database, "cla-2018", "ann", NOW).state
    with pytest.raises(NotDone, match="cla-2018: is no draft: it is embargoed"):
        publications.take(database, "cla-2018", "ann", NOW)
    assert ["publication add", "publication take"] == actions(database)


def live_with_everybody(database: Database, keys: Keys) -> None:
    """A publication with grants of every origin and a document, which went live in time."""
    team = [Grant("team@stats.example", GrantKind.PRODUCTION)]
    publications.add(database, keys, CLA, team, "ann", NOW)
    grants.give(
        database, "cla-2018", Grant("hand@policy.example", GrantKind.PRE_RELEASE, "asked"), "ann", NOW
    )
    grants.import_list(
        database, "cla-2018", [Grant("list@policy.example", GrantKind.PRE_RELEASE)], "ann", NOW
    )
    new = [documents.NewDocument("a", frozenset({bytes(32)}))]
    documents.add(database, keys, "cla-2018", new, "ann", NOW)
    publications.go_live(database, "cla-2018", "ann", TIME)


def test_reissued(store: tuple[Database, Keys]) -> None:
    """A new edition begins with nothing registered, a key of its own, and its makers alone on the list."""
    database, keys = store
    live_with_everybody(database, keys)
    again = publications.reissue(
        database, keys, "cla-2018", TIME + DAY, TIME + DAY / 2, "ann", TIME + DAY / 4
    )
    assert again == publications.get(database, "cla-2018")
    assert (State.EMBARGOED, 1, None) == (again.state, again.reissues, again.confirmed_at)
    assert (TIME + DAY / 2, (), (TIME,)) == (again.window_opens, again.former_times, again.public_times)
    people = {grant.address: grant.origin for grant in grants.listed(database, "cla-2018")}
    makers = {"lead@stats.example": "lead", "deputy@stats.example": "lead", "team@stats.example": "team"}
    assert makers == people
    assert () == documents.listed(database, keys, "cla-2018")
    new = [documents.NewDocument("b", frozenset({bytes(32)}))]
    assert (True,) == documents.add(database, keys, "cla-2018", new, "ann", TIME + DAY / 3)
    assert [frozenset({"cla-2018"})] == list(load_register(database, keys).files.values())


def test_reissued_after_it_came_out_too_early(store: tuple[Database, Keys]) -> None:
    """A planned time that is still to come was never public: a draft that names it is still a draft."""
    database, keys = store
    publications.add(database, keys, CLA, (), "ann", NOW)
    publications.go_live(database, "cla-2018", "ann", NOW)
    again = publications.reissue(database, keys, "cla-2018", TIME + DAY, None, "ann", NOW)
    assert ((TIME,), ()) == (again.former_times, again.public_times)


def test_what_cannot_be_reissued(store: tuple[Database, Keys]) -> None:
    """Only what is live, and only for a time to come with a window before it; nothing is changed otherwise."""
    database, keys = store
    publications.add(database, keys, CLA, (), "ann", NOW)
    with pytest.raises(NotDone, match="is not live: it is embargoed"):
        publications.reissue(database, keys, "cla-2018", TIME + DAY, None, "ann", NOW)
    publications.go_live(database, "cla-2018", "ann", TIME)
    for when, opens, why in (
        (TIME, None, "a time that is to come"),
        (TIME + DAY, TIME + DAY, "must open before"),
    ):
        with pytest.raises(NotDone, match=why):
            publications.reissue(database, keys, "cla-2018", when, opens, "ann", TIME)
    assert State.LIVE is publications.get(database, "cla-2018").state


def test_brought_forward(store: tuple[Database, Keys]) -> None:
    """An earlier time is said to be one, and in the audit log; its set window moves along."""
    database, keys = store
    publications.add(database, keys, replace(CLA, opens_at=TIME - DAY / 2), (), "ann", NOW)
    moved = publications.postpone(database, "cla-2018", TIME - DAY, "ann", NOW)
    assert ("brought forward", TIME, TIME - 3 * DAY / 2) == (
        moved.moved,
        moved.moved_from,
        moved.window_opens,
    )
    assert "publication bring forward" == actions(database)[-1]
    assert "postponed" == publications.postpone(database, "cla-2018", TIME + DAY, "ann", NOW).moved


def test_withdrawn_while_its_key_was_to_be_destroyed(store: tuple[Database, Keys]) -> None:
    """What was withdrawn keeps its key for another plan, however long its time is past."""
    database, keys = store
    publications.add(database, keys, CLA, (), "ann", NOW)
    publications.withdraw(database, CLA.id, "ann", TIME)

    with pytest.raises(NotDone, match="is withdrawn"):
        lives.destroy_keys(database, CLA.id, "clock", TIME + DAY)
