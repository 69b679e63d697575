"""The snapshot: current within a second, served while the store is away, refused when it is too old."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from gateway.clock import Clock
from gateway.model import Grant, GrantKind, Publication
from gateway.registration import trace
from gateway.replies import RegisterUnreadable, StoreUnavailable
from gateway.snapshot import Snapshot
from gateway.store import documents, grants, publications
from gateway.store.documents import NewDocument
from gateway.store.installation import open_store
from gateway.store.tables import TRACES
from gateway.trust import Reading
from tests.pace import slowness

NOW = datetime(2018, 3, 27, 9, 39, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_change_arrives_within_a_second(tmp_path: Path) -> None:
    """A publication that is registered while the snapshot is kept is in it within a second."""
    database, keys = open_store(f"sqlite:///{tmp_path}/store.db", tmp_path / "keys")
    snapshot = Snapshot(database, keys, timedelta(minutes=1))
    snapshot.refresh()
    publication = Publication("p", "Figures", NOW + timedelta(days=1), "lead@stats.example")

    async def changed() -> float:
        keeping = asyncio.create_task(snapshot.keep())
        began = time.monotonic()
        await asyncio.to_thread(publications.add, database, keys, publication, (), "test", NOW)
        while "p" not in snapshot.current().publications:  # noqa: ASYNC110  The snapshot tells nobody.
            await asyncio.sleep(0.01)
        keeping.cancel()
        return time.monotonic() - began

    assert asyncio.run(changed()) < 1.5 * slowness()
    database.close()


def test_who_refreshes_alone_catches_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The office looks at the register on its own: there, too, what was left for later is made, and is then current."""
    monkeypatch.setattr("gateway.store.traces._LONG", 0.0)
    database, keys = open_store(f"sqlite:///{tmp_path}/store.db", tmp_path / "keys")
    publication = Publication("p", "Figures", NOW + DAY, "lead@stats.example")
    publications.add(database, keys, publication, (), "t", NOW)
    snapshot = Snapshot(database, keys, timedelta(minutes=1))
    snapshot.refresh()
    text = b"Children looked after number 72,670 now, said the first report of the year"
    documents.add(database, keys, "p", [NewDocument.of(trace("a.txt", text, keys.trace_key))], "t", NOW)

    async def looked() -> None:
        while not snapshot.current().texts:
            snapshot.refresh()
            snapshot.follow_up()
            await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(looked(), 60))
    assert snapshot.current().texts
    database.close()


def test_traces_that_cannot_be_opened_do_not_wait_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where indexes are made beside, one that cannot be made ages the snapshot: what it misses would get out."""
    monkeypatch.setattr("gateway.store.traces._LONG", 0.0)
    database, keys = open_store(f"sqlite:///{tmp_path}/store.db", tmp_path / "keys")
    publication = Publication("p", "Figures", NOW + DAY, "lead@stats.example")
    publications.add(database, keys, publication, (), "t", NOW)
    snapshot = Snapshot(database, keys, timedelta(seconds=0.2))
    snapshot.refresh()
    text = b"Children looked after number 72,670 now, said the first report of the year"
    documents.add(database, keys, "p", [NewDocument.of(trace("a.txt", text, keys.trace_key))], "t", NOW)
    with database.write() as connection:
        connection.execute(update(TRACES).where(TRACES.c.kind == "text").values(sealed=b"damaged"))
    for _ in range(3):
        snapshot.refresh()
        with pytest.raises(RegisterUnreadable):
            snapshot.catch_up()
        time.sleep(0.1)
    with pytest.raises(RegisterUnreadable):
        snapshot.current()
    database.close()


def test_nothing_is_no_register(tmp_path: Path) -> None:
    """Before the first reading nobody can say that a mail is clean."""
    database, keys = open_store(f"sqlite:///{tmp_path}/store.db", tmp_path / "keys")
    with pytest.raises(RegisterUnreadable):
        Snapshot(database, keys, timedelta(minutes=1)).current()


def test_a_large_register_keeps_nothing_else_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where indexes take long, a change of anything else is in the snapshot at once, and they are made beside it."""
    monkeypatch.setattr("gateway.store.traces._LONG", 0.0)
    database, keys = open_store(f"sqlite:///{tmp_path}/store.db", tmp_path / "keys")
    publications.add(
        database, keys, Publication("p", "Figures", NOW + DAY, "lead@stats.example"), (), "t", NOW
    )
    texts = [
        f"Children looked after number {count:,} now, said the {count}th report" for count in (72670, 75420)
    ]
    one, two = (NewDocument.of(trace("a.txt", text.encode(), keys.trace_key)) for text in texts)
    documents.add(database, keys, "p", [one], "t", NOW)
    snapshot = Snapshot(database, keys, timedelta(minutes=1))
    snapshot.refresh()
    first = snapshot.current()
    documents.add(database, keys, "p", [two], "t", NOW)
    snapshot.refresh()
    early = snapshot.current()
    assert first.epoch < early.epoch
    assert len(first.files) < len(early.files)
    assert first.texts is early.texts

    async def caught_up() -> None:
        keeping = asyncio.create_task(snapshot.keep())
        while snapshot.current().texts is first.texts:  # noqa: ASYNC110  The snapshot tells nobody.
            await asyncio.sleep(0.01)
        keeping.cancel()

    asyncio.run(asyncio.wait_for(caught_up(), 60))
    late = snapshot.current()
    assert early.epoch == late.epoch
    assert early.texts is not None
    assert late.texts is not None
    assert len(early.texts) < len(late.texts)
    database.close()


@pytest.mark.long
def test_a_store_that_is_away_leaves_the_last_good_one_for_a_while(tmp_path: Path) -> None:
    """A busy store is no unreadable register, until the snapshot is older than allowed."""
    path = tmp_path / "store.db"
    database, keys = open_store(f"sqlite:///{path}", tmp_path / "keys")
    snapshot = Snapshot(database, keys, timedelta(seconds=7))
    snapshot.refresh()
    database.close()
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreUnavailable):
        snapshot.refresh()
    assert snapshot.current().epoch >= 0
    time.sleep(7 - snapshot.age + 0.1)
    with pytest.raises(RegisterUnreadable):
        snapshot.current()
    lock.close()
    snapshot.refresh()
    assert snapshot.age < 1


def test_a_clock_set_forward_that_nothing_vouches_for_ends_grants(tmp_path: Path) -> None:
    """Time goes on as before, but the clock may be right: a grant that has ended by it counts no more."""
    database, keys = open_store(f"sqlite:///{tmp_path}/store.db", tmp_path / "keys")
    publications.add(
        database, keys, Publication("p", "Figures", NOW + DAY, "lead@stats.example"), (), "t", NOW
    )
    ends = Grant("brief@policy.example", GrantKind.PRODUCTION, ends_at=NOW + timedelta(hours=1))
    grants.give(database, "p", ends, "t", NOW)
    readings = [
        Reading(NOW + timedelta(hours=hours, seconds=seconds), timedelta(seconds=seconds), synchronised=False)
        for hours, seconds in ((0, 0), (2, 1), (2, 62), (2, 63))
    ]
    snapshot = Snapshot(database, keys, timedelta(minutes=1), Clock("ignored", read=iter(readings).__next__))

    listed = []
    for _ in readings:
        snapshot.refresh()
        listed.append(any(snapshot.current().grants["p"].get("brief@policy.example", ())))

    assert [True, False, False, False] == listed
    database.close()
