"""Mails that were relayed are remembered a moment later; whatever goes wrong with it reaches nobody's mail."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from gateway import metrics
from gateway.features.threads import Note, roots
from gateway.model import Message, Part, PartKind
from gateway.recollections import Recollections
from gateway.store.database import Database
from gateway.store.installation import open_store
from gateway.store.keys import Keys
from gateway.store.tables import THREADS
from tests import stores
from tests.filed import register_publication

Store = tuple[Database, Keys]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with one publication."""
    stores.place(tmp_path)
    database, keys = open_store(f"sqlite:///{tmp_path}/store.db", tmp_path / "keys")
    register_publication(database, keys)
    return database, keys


def note(number: int, publication: str = "cla-2018") -> Note:
    """A mail in which the publication was found."""
    header = Part("header", PartKind.HEADER, f"Message-ID: <canary72670.{number}@x.example>")
    (known,) = roots(bytes(32), Message((header,)))
    return Note(publication, known)


def kept(database: Database) -> int:
    """How many mails are known."""
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(THREADS)).scalar_one()


async def until(number: int, count: Callable[[], float]) -> None:
    """Wait until a count is so high."""
    for _ in range(400):
        if await asyncio.to_thread(count) == number:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(count())


def test_written_soon_and_together(store: Store) -> None:
    """The first is written at once; what comes meanwhile is one more write, and one more change of the register."""
    database, keys = store
    before = database.epoch()

    async def relayed() -> None:
        recollections = Recollections(database, keys)
        recollections.add([note(1)])
        await until(1, lambda: kept(database))
        for number in range(2, 12):
            recollections.add([note(number)])
        await until(11, lambda: kept(database))

    asyncio.run(relayed())
    assert before + 2 == database.epoch()


def test_nothing_is_nothing(store: Store) -> None:
    """A mail without anything to know starts no task and writes nothing."""

    async def relayed() -> int:
        Recollections(*store).add([])
        return len(asyncio.all_tasks())

    assert 1 == asyncio.run(relayed())


def test_a_worker_that_ends(store: Store) -> None:
    """What waits is written when the worker ends."""
    database, keys = store

    async def relayed() -> None:
        recollections = Recollections(database, keys)
        recollections.add([note(1)])
        await until(1, lambda: kept(database))
        recollections.add([note(2)])

    asyncio.run(relayed())
    assert 2 == kept(database)


def errors(kind: str) -> float:
    """How often something of this kind went wrong."""
    return metrics.METRICS.get_sample_value("embargo_gateway_errors_total", {"kind": kind}) or 0


def test_a_store_that_is_busy(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A store that does not take it is counted and logged, without a word of the mail; later mails are written."""
    database, keys = store
    monkeypatch.setattr("gateway.store.database._BUSY_SECONDS", 0)
    before = errors("store")
    other = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    with database.read() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=1")
    other.execute("BEGIN IMMEDIATE")

    async def relayed() -> None:
        recollections = Recollections(database, keys)
        recollections.add([note(1)])
        await until(int(before) + 1, lambda: errors("store"))
        other.rollback()
        # Whoever counts now reads beside the one who writes.
        monkeypatch.undo()
        recollections.add([note(2)])
        await until(1, lambda: kept(database))

    asyncio.run(relayed())
    said = capsys.readouterr()
    assert "canary72670" not in said.out + said.err
    other.close()


def test_too_many(store: Store) -> None:
    """What waits is limited: a store that is away for long does not fill the memory."""
    database, keys = store
    before = errors("store")

    async def relayed() -> None:
        recollections = Recollections(database, keys)
        recollections.add([note(number) for number in range(1000)])
        recollections.add([note(1000)])

    asyncio.run(relayed())
    assert (before + 1, 1000) == (errors("store"), kept(database))
