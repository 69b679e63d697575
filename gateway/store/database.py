"""The connection to the store: SQLite or PostgreSQL, one writer at a time, durable before it answers.

SQLite runs with a rollback journal and `synchronous=EXTRA` (write-ahead logging of 3.7.0 to 3.51.2 can lose
commits), with BEGIN IMMEDIATE for writers: a deferred upgrade fails at once whatever the
timeout.  `secure_delete` makes a destroyed key destroyed.  All of this blocks: callers in an event loop use a
thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, select, text, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from gateway.replies import StoreUnavailable
from gateway.store.tables import EPOCH

_BUSY_SECONDS = 5
_PRAGMAS = (
    "PRAGMA journal_mode=DELETE",
    "PRAGMA synchronous=EXTRA",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}",
)


class Database:
    """One store.  `write()` and `read()` are transactions; every database error becomes StoreUnavailable."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)

    @property
    def sqlite(self) -> bool:
        """Whether the store is one local file."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: committed and synced when the block ends, undone when it raises."""
        try:
            with self.engine.connect() as connection:
                if self.sqlite:
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
                connection.commit()
        except (SQLAlchemyError, OSError) as error:
            raise StoreUnavailable(_inside(error)) from None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view."""
        try:
            with self.engine.connect() as connection:
                if self.sqlite:
                    connection.exec_driver_sql("BEGIN")
                yield connection
        except (SQLAlchemyError, OSError) as error:
            raise StoreUnavailable(_inside(error)) from None

    def epoch(self) -> int:
        """The register's epoch; it grows with every change."""
        with self.read() as connection:
            return int(connection.execute(select(EPOCH.c.value)).scalar_one())

    def close(self) -> None:
        """Close every connection; a forked child calls this before it uses the store."""
        self.engine.dispose()


def bump_epoch(connection: Connection) -> None:
    """Tell every worker that the register changed; part of the changing transaction."""
    connection.execute(update(EPOCH).values(value=EPOCH.c.value + 1))


def _inside(error: Exception) -> str:
    """What may be logged of a database error: its class and the driver's own, not the statement's values."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return f"{type(error).__name__}: {type(error.orig).__name__}: {_first_words(error.orig)}"
    return type(error).__name__


def _first_words(error: BaseException) -> str:
    # SQLite's messages name tables and limits only; PostgreSQL's DETAIL line quotes values, so it is cut off.
    return str(error).split("\n", 1)[0][:120]


def _engine(url: str) -> Engine:
    if url.startswith("sqlite:///"):
        engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": _BUSY_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    return create_engine(url, pool_pre_ping=True, pool_size=4)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # SQLAlchemy begins transactions itself here: the driver must not.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def sqlite_path(url: str) -> Path | None:
    """The file of an SQLite store, or None."""
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def ping(database: Database) -> None:
    """Raise StoreUnavailable unless the store answers."""
    with database.read() as connection:
        connection.execute(text("SELECT 1"))
