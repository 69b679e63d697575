"""Bring a store to the present schema: create it, upgrade it, or refuse one that a newer version made."""

from __future__ import annotations

import os
from importlib.resources import as_file, files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from gateway.replies import StoreUnavailable
from gateway.store import StoreRefused
from gateway.store.database import Database, sqlite_path

_LOCK = 0x656D62736368656D


def migrate(database: Database) -> None:
    """Create or upgrade the store; safe when two processes start at once.  Raises StoreRefused, StoreUnavailable."""
    _make_file(database)
    with as_file(files("gateway.store") / "migrations") as folder:
        script = ScriptDirectory(str(folder))
        if version(database) == script.get_current_head():
            return
        with database.write() as connection:
            if not database.sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            _refuse_newer(script, _version(connection))
            command.upgrade(_config(folder, connection), "head")


def version(database: Database) -> str | None:
    """The schema's revision, or None where nothing was created yet; raises StoreUnavailable."""
    with database.read() as connection:
        return _version(connection)


def newest() -> str:
    """The revision that this version of the gateway works with."""
    with as_file(files("gateway.store") / "migrations") as folder:
        return str(ScriptDirectory(str(folder)).get_current_head())


def _config(folder: Path, connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(script: ScriptDirectory, current: str | None) -> None:
    known = {revision.revision for revision in script.walk_revisions()}
    if current is not None and current not in known:
        raise StoreRefused(
            f"store.url: the store has schema {current}, which only a newer version of the gateway knows"
        )


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
