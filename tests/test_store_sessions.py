"""Links and sessions in the store: used once, over in time, kept as hashes, on the record."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from gateway.store import audit, sessions
from gateway.store.database import Database
from gateway.store.installation import open_store
from gateway.store.keys import Keys
from gateway.store.tables import SESSIONS, SIGN_IN_LINKS
from tests.filed import LEAD, NOW

HOUR = timedelta(hours=1)
IDLE = timedelta(minutes=15)
SECOND = timedelta(seconds=1)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty store."""
    made, _ = open_store(f"sqlite:///{tmp_path}/store.db", tmp_path / "keys")
    yield made
    made.close()


def link(database: Database, path: str = "/") -> str:
    """A link that lasts half an hour."""
    return sessions.issue_link(database, LEAD, path, NOW, HOUR / 2)


def count(database: Database) -> tuple[int, int]:
    """How many links and sessions are kept."""
    with database.read() as connection:
        return tuple(  # type: ignore[return-value]
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (SIGN_IN_LINKS, SESSIONS)
        )


def test_a_link_signs_in_one_of_many(store: tuple[Database, Keys]) -> None:
    """Eight uses at the same time: exactly one gets a session, and the record says so once."""
    database, _ = store
    secret = link(database)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: sessions.use_link(database, secret, NOW, HOUR), range(8)))
    (session,) = [each for each in made if each is not None]
    assert LEAD == sessions.resume(database, session, NOW, IDLE)
    assert (1, 1) == count(database)
    entries = [(entry.action, entry.actor) for entry in audit.entries(database, None, 9)]
    assert [("signed in", LEAD)] == entries


def test_a_link_is_over_in_time(database: Database) -> None:
    """It is good until its time, to the microsecond, and can be looked at afterwards."""
    secret = link(database, "/incidents/HOLD2345")
    found = sessions.find_link(database, secret)
    assert found is not None
    assert ("/incidents/HOLD2345", LEAD) == (found.path, found.address)
    end = NOW + HOUR / 2
    assert (True, False) == (found.good(end - timedelta(microseconds=1)), found.good(end))
    assert sessions.use_link(database, secret, end, HOUR) is None
    assert sessions.find_link(database, secret) == found
    assert sessions.use_link(database, secret, end - SECOND, HOUR) is not None


def test_unknown_secrets(database: Database) -> None:
    """Whatever is no secret of ours finds nothing and changes nothing."""
    for wrong in ("", "x", "\udcff", "é" * 100, link(database)[:-1]):
        assert sessions.find_link(database, wrong) is None
        assert sessions.use_link(database, wrong, NOW, HOUR) is None
        assert sessions.resume(database, wrong, NOW, IDLE) is None
        sessions.end(database, wrong, NOW)
    assert [] == audit.entries(database, None, 9)


def test_a_session_ends_when_idle_or_old(database: Database) -> None:
    """A quarter of an hour without a request ends it; so does its absolute time, however busy it is."""
    session = sessions.use_link(database, link(database), NOW, HOUR)
    assert session is not None
    at = NOW
    while at + 10 * timedelta(minutes=1) < NOW + HOUR:
        at += timedelta(minutes=10)
        assert LEAD == sessions.resume(database, session, at, IDLE)
    assert sessions.resume(database, session, at + IDLE, IDLE) is None
    assert LEAD == sessions.resume(database, session, NOW + HOUR - SECOND, IDLE)
    assert sessions.resume(database, session, NOW + HOUR, IDLE) is None


def test_signing_out_and_in_again(database: Database) -> None:
    """Signing out ends a session at once; signing in anew ends the one that the browser had."""
    first = sessions.use_link(database, link(database), NOW, HOUR)
    assert first is not None
    second = sessions.use_link(database, link(database), NOW, HOUR, first)
    assert second is not None
    assert sessions.resume(database, first, NOW, IDLE) is None
    sessions.end(database, second, NOW)
    assert sessions.resume(database, second, NOW, IDLE) is None
    actions = [entry.action for entry in audit.entries(database, None, 9)]
    assert ["signed out", "signed in", "signed in"] == actions


def test_what_is_long_over_is_forgotten(database: Database) -> None:
    """A week after they ended, links and sessions are deleted when the next link is made."""
    sessions.use_link(database, link(database), NOW, HOUR)
    assert (1, 1) == count(database)
    sessions.issue_link(database, LEAD, "/", NOW + timedelta(days=8), HOUR)
    assert (1, 0) == count(database)


def test_the_record_by_pages(database: Database) -> None:
    """Entries come newest first, a page at a time."""
    with database.write() as connection:
        for number in range(5):
            audit.append(connection, NOW, "test", "noted", str(number), {"number": number})
    assert [5, 4] == [entry.seq for entry in audit.entries(database, None, 2)]
    assert [2, 1] == [entry.seq for entry in audit.entries(database, 3, 2)]
    assert [] == audit.entries(database, 1, 2)
