"""Bring a store to the present schema: create it, upgrade it, or refuse one that a newer version made."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import as_file, files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from gateway.replies import StoreDamaged, StoreUnavailable
from gateway.store import StoreRefused
from gateway.store.database import Database, sqlite_path

_LOCK = 0x656D62736368656D


def migrate(database: Database) -> None:
    """Create or upgrade the store; two may do so at once.  Raises StoreRefused and StoreUnavailable."""
    _make_file(database)
    if version(database) == newest():
        return
    with _script() as script, database.write() as connection:
        if not database.sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        check_version(_version(connection))
        command.upgrade(_config(script, connection), "head")


@contextmanager
def _script() -> Iterator[ScriptDirectory]:
    with as_file(files("gateway.store") / "migrations") as folder:
        yield ScriptDirectory(str(folder))


def version(database: Database) -> str | None:
    """The schema's revision, or None where nothing was created yet; raises StoreUnavailable."""
    path = sqlite_path(database.url)
    if path is not None and not path.exists():
        return None
    with database.read() as connection:
        return _version(connection)


@cache
def newest() -> str:
    """The revision that this version of the gateway works with."""
    with _script() as script:
        return str(script.get_current_head())


def _config(script: ScriptDirectory, connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(script.dir).replace("%", "%%"))
    return config


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return MigrationContext.configure(connection).get_current_revision()


def check_version(present: str | None) -> None:
    """Raise StoreRefused where only a newer version of the gateway knows this schema."""
    with _script() as script:
        known = {revision.revision for revision in script.walk_revisions()}
    if present is not None and present not in known:
        raise StoreRefused(f"store.url: its schema {present} is known only to a newer version of the gateway")


def damage(database: Database) -> list[str]:
    """What SQLite itself finds broken in its file; nothing for PostgreSQL, which looks after its own."""
    if not database.sqlite:
        return []
    try:
        with database.read() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(5)").scalars().all()
    except StoreDamaged as error:
        found = [str(error)]
    lines = [line for row in found for line in str(row).splitlines()]
    return [f"store.url: damaged: {line}" for line in lines if line != "ok"]


def _make_file(database: Database) -> None:
    """The store names people: others on the machine have no business in its file, whatever the umask says."""
    path = sqlite_path(database.url)
    if path is None or path.exists():
        return
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o660))
    except OSError as error:
        raise StoreUnavailable(f"{path}: {error.strerror or error}") from None
