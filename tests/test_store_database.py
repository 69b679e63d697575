"""The store's transactions: who waits for the lock gets it, however busy others are."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

import pytest

from gateway.replies import StoreUnavailable
from gateway.store import database as module
from gateway.store.database import Database, bump_epoch
from tests import stores
from tests.pace import slowness


@pytest.fixture
def store(tmp_path: Path) -> Database:
    """A store on SQLite."""
    stores.place(tmp_path)
    return Database(f"sqlite:///{tmp_path}/store.db")


def test_a_gap_between_two_writers_is_long_enough(store: Database, tmp_path: Path) -> None:
    """Whoever waits gets in between two transactions of a busy writer: a release was never marked as relayed.

    SQLite's own waiting looks ten times a second, and here the store is busy each time it would.
    """
    held, over = threading.Event(), threading.Event()

    def write_without_pause() -> None:
        with sqlite3.connect(tmp_path / "store.db", isolation_level=None) as busy:
            for pause in (0.25, *[0.08] * 20):
                busy.execute("BEGIN IMMEDIATE")
                held.set()
                over.wait(pause)
                busy.execute("ROLLBACK")
                if over.wait(0.02):
                    return

    writer = threading.Thread(target=write_without_pause)
    writer.start()
    held.wait()
    began = time.monotonic()
    with store.write() as connection:
        bump_epoch(connection)
    over.set()
    writer.join()
    assert time.monotonic() - began < 1.5 * slowness()


@pytest.mark.parametrize("write", [True, False], ids=["write", "read"])
def test_a_store_that_stays_busy(
    store: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: bool
) -> None:
    """A store that is never free is unavailable after the time to wait, and works again once it is."""
    monkeypatch.setattr(module, "_BUSY_SECONDS", 0.1)
    with sqlite3.connect(tmp_path / "store.db", isolation_level=None) as busy:
        busy.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreUnavailable, match="locked"), store.write() if write else store.read():
            raise AssertionError
        busy.execute("ROLLBACK")
    before = store.epoch()
    with store.write() as connection:
        bump_epoch(connection)
    assert before + 1 == store.epoch()
