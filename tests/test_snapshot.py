"""The snapshot: current within a second, served while the store is away, refused when it is too old."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.model import Publication
from gateway.replies import RegisterUnreadable, StoreUnavailable
from gateway.snapshot import Snapshot
from gateway.store import publications
from gateway.store.installation import open_store

NOW = datetime(2018, 3, 27, 9, 39, tzinfo=UTC)


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

    assert asyncio.run(changed()) < 1.5
    database.close()


def test_nothing_is_no_register(tmp_path: Path) -> None:
    """Before the first reading nobody can say that a mail is clean."""
    database, keys = open_store(f"sqlite:///{tmp_path}/store.db", tmp_path / "keys")
    with pytest.raises(RegisterUnreadable):
        Snapshot(database, keys, timedelta(minutes=1)).current()


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
