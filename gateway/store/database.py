"""The connection to the store: SQLite or PostgreSQL, one writer at a time, durable before it answers.

SQLite runs with a rollback journal and `synchronous=EXTRA` (write-ahead logging of 3.7.0 to 3.51.2 can lose
commits), with BEGIN IMMEDIATE for writers: a deferred upgrade fails at once whatever the
timeout.  `secure_delete` makes a destroyed key destroyed.  All of this blocks: callers in an event loop use a
thread.

Nobody is queued for SQLite's locks.  Its own waiting comes to look ten times a second, and a process that writes one
transaction after the other leaves the store free for a millisecond between two: somebody who waited so would be turned
away again and again, such as an office that has to write down what the next hop has taken.

A first failed sync is final for the process that met it: the kernel reports it once, and a second sync that
"succeeds" says nothing about what the first one lost.  A full disk, a lock or a quota is not: those come back.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, select, update
from sqlalchemy.exc import DBAPIError, DisconnectionError, SQLAlchemyError

from gateway.replies import StoreDamaged, StoreFailed, StoreUnavailable
from gateway.store.tables import EPOCH

STORE_FAILED = 74
"""Exit status of a process whose store failed (EX_IOERR of sysexits.h)."""
_BUSY_SECONDS = 5
_LOOK_AGAIN = 0.005
"""Seconds between two looks for a lock that somebody else has."""
_PRAGMAS = (
    "PRAGMA journal_mode=DELETE",
    "PRAGMA synchronous=EXTRA",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA busy_timeout=0",
)
_FINAL = frozenset(
    {
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_DIR_FSYNC,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_DELETE,
        sqlite3.SQLITE_IOERR_CLOSE,
        sqlite3.SQLITE_IOERR_DIR_CLOSE,
    }
)
"""After these nobody knows what is on the disk.  A refused write is none of them: a quota refuses too."""
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_LEAST_ROOM = 1_048_576


class Database:
    """One store.  `write()` and `read()` are transactions; every database error becomes StoreUnavailable.

    The first that is final becomes StoreFailed, and so does everything asked afterwards; `on_failure` is then
    called once, in the thread that met it.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        self.failed = False
        self.on_failure: Callable[[], object] = lambda: None
        self._waiting: set[object] = set()

    @property
    def sqlite(self) -> bool:
        """Whether the store is one local file."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: committed and synced when the block ends, undone when it raises."""
        with self._guarded(), self.engine.connect() as connection:
            if self.sqlite:
                self._begin(connection, "BEGIN IMMEDIATE")
            yield connection
            self._commit(connection)

    def _begin(self, connection: Connection, *steps: str) -> None:
        """Begin a transaction on SQLite, with the lock that the last step takes: all who wait have the same chance."""
        me = object()
        try:
            for step in steps:
                until = time.monotonic() + _BUSY_SECONDS
                if self._waiting:
                    # Whoever has just ended one would be first again, every time.
                    time.sleep(_LOOK_AGAIN)
                while not _done(connection, step, last=time.monotonic() >= until):
                    self._waiting.add(me)
                    time.sleep(_LOOK_AGAIN)
        finally:
            self._waiting.discard(me)

    def _commit(self, connection: Connection) -> None:
        if not self.sqlite:
            connection.commit()
            return
        _patient(connection, _BUSY_SECONDS)
        try:
            connection.commit()
        finally:
            _patient(connection, 0)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view."""
        with self._guarded(), self.engine.connect() as connection:
            if self.sqlite:
                # A transaction that only begins has no lock yet.
                self._begin(connection, "BEGIN", "SELECT 1 FROM sqlite_master LIMIT 1")
            yield connection

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Turn every error of the store into one of ours."""
        if self.failed:
            raise StoreFailed("a sync has failed before")
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            code = _code(error)
            if code & 0xFF in _DAMAGED:
                raise StoreDamaged(_inside(error)) from None
            if code not in _FINAL:
                raise StoreUnavailable(_inside(error)) from None
            first, self.failed = not self.failed, True
            if first:
                self.on_failure()
            raise StoreFailed(_inside(error)) from None

    def epoch(self) -> int:
        """The register's epoch; it grows with every change."""
        with self.read() as connection:
            return int(connection.execute(select(EPOCH.c.value)).scalar_one())

    def obstacle(self) -> str | None:
        """Why nothing can be held now, as far as can be seen without writing: for `/ready`."""
        path = sqlite_path(self.url)
        if self.failed:
            return "a sync of the store failed"
        if path is None:
            return None
        try:
            place = os.statvfs(path)
        except OSError as error:
            return f"the store is not there: {error.strerror}"
        if place.f_flag & os.ST_RDONLY or not os.access(path, os.W_OK):
            return "the store is read-only"
        return "the store's disk is full" if place.f_bavail * place.f_frsize < _LEAST_ROOM else None

    def close(self) -> None:
        """Close every connection; a forked child calls this before it uses the store."""
        self.engine.dispose()


def _done(connection: Connection, step: str, *, last: bool) -> bool:
    """Whether a step could be done; raises OperationalError where the last look finds the store busy, too."""
    try:
        _driver(connection).execute(step).close()
        return True
    except sqlite3.OperationalError as error:
        if last or _code(error) & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False


def _patient(connection: Connection, seconds: int) -> None:
    """How long SQLite itself waits; only for a commit, which waits for readers: they keep nobody away for long."""
    _driver(connection).execute(f"PRAGMA busy_timeout={seconds * 1000}").close()


def _driver(connection: Connection) -> Any:
    """SQLite's own connection: what is asked of it here, several times for each transaction, is no query."""
    return connection.connection.driver_connection


def bump_epoch(connection: Connection) -> None:
    """Tell every worker that the register changed; part of the changing transaction."""
    connection.execute(update(EPOCH).values(value=EPOCH.c.value + 1))


def _inside(error: Exception) -> str:
    """What may be logged of a database error: its class and the driver's own, not the statement's values."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return f"{type(error).__name__}: {type(error.orig).__name__}: {_first_words(error.orig)}"
    return type(error).__name__


def _code(error: Exception) -> int:
    """SQLite's extended result code, or 0."""
    inner = error.orig if isinstance(error, DBAPIError) else error
    return int(getattr(inner, "sqlite_errorcode", 0))


def _first_words(error: BaseException) -> str:
    # SQLite's messages name tables and limits only; PostgreSQL's DETAIL line quotes values, so it is cut off.
    return str(error).split("\n", 1)[0][:120]


def _engine(url: str) -> Engine:
    path = sqlite_path(url)
    if path is None:
        return create_engine(url, pool_pre_ping=True, pool_size=4)

    def connect() -> sqlite3.Connection:
        # Never made here: a store that was taken away must not come back as an empty one.
        where = f"file:{quote(str(path))}?mode=rw"
        return sqlite3.connect(where, uri=True, timeout=_BUSY_SECONDS, check_same_thread=False)

    def same_file(_connection: object, record: Any, _proxy: object) -> None:
        """An open file outlives its name: a store that was moved or replaced would be read for ever."""
        found = _identity(path)
        if record.info.setdefault("file", found) != found:
            raise DisconnectionError("the store's file is another one now")

    engine = create_engine(url, creator=connect)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "checkout", same_file)
    return engine


def _identity(path: Path) -> tuple[int, int]:
    found = os.stat(path)
    return found.st_dev, found.st_ino


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # SQLAlchemy begins transactions itself here: the driver must not.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def sqlite_path(url: str) -> Path | None:
    """The file of an SQLite store, or None."""
    name = url.removeprefix("sqlite:///")
    return Path(name) if name and name != url else None
