"""Store and keys belong together: a check value in the store, a marker beside the keys.

New keys beside an old store would make every registered trace match nothing, in silence; an empty store
beside old keys would forget every embargo.  Both are refused at the start.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from hmac import compare_digest
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, insert, select, text, update

from gateway.replies import GatewayError, StoreFailed, StoreUnavailable
from gateway.store import StoreRefused
from gateway.store.database import Database, sqlite_path
from gateway.store.keys import MARKER, Keys, load, load_or_create, write_new
from gateway.store.register import load_register
from gateway.store.schema import check_version, damage, migrate, newest, version
from gateway.store.tables import EPOCH, INSTALLATION
from gateway.store.traces import Memory

_LOCK = 0x656D62696E737461


def open_store(url: str, key_folder: Path) -> tuple[Database, Keys]:
    """The store at `url`, created or upgraded, with its keys; raises StoreRefused, StoreUnavailable."""
    database = Database(url)
    migrate(database)
    return database, _bind(database, key_folder)


def prepare(url: str, key_folder: Path) -> str | None:
    """Make a store ready to be served, once before all processes; why it cannot be written now, or None.

    Raises StoreRefused where it is damaged or not ours, StoreFailed where a sync fails, StoreUnavailable where it
    cannot be read.  Its one transaction makes durable whatever a process that failed has left unsynced.
    """
    path = sqlite_path(url)
    if path is not None and path.exists():
        checked = Database(url)
        problems = damage(checked)
        checked.close()
        if problems:
            raise StoreRefused(*problems)
    database, _ = open_store(url, key_folder)
    try:
        with database.write() as connection:
            connection.execute(update(EPOCH).values(value=EPOCH.c.value))
    except StoreFailed:
        raise
    except StoreUnavailable as error:
        return str(error)
    finally:
        database.close()
    return None


def verify(database: Database, keys: Keys, key_folder: Path) -> None:
    """Raise StoreRefused unless the store was made with these keys, and the keys were used with no other."""
    with database.read() as connection:
        name = _recorded(connection, keys)
    _compare_marker(key_folder, name)


@dataclass(frozen=True, slots=True)
class Inspection:
    """What is wrong with a store and its keys, and what the next start will do about it by itself."""

    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def inspect(url: str, key_folder: Path) -> Inspection:
    """Look at a store and its keys without creating or changing anything."""
    path = sqlite_path(url)
    try:
        if path is not None and not path.exists():
            _compare_marker(key_folder, None)
            return _absent(path)
        database = Database(url)
        present = version(database)
        if present is None:
            _compare_marker(key_folder, None)
            return Inspection(notes=("store.url: the tables will be created at the first start",))
        check_version(present)
        if present != newest():
            return Inspection(
                notes=(f"store.url: schema {present} will be upgraded to {newest()} at the next start",)
            )
        return _contents(database, key_folder)
    except StoreRefused as error:
        return Inspection(error.problems)
    except GatewayError as error:
        return Inspection((f"store: {error}",))


def _absent(path: Path) -> Inspection:
    place = path.parent if path.parent.exists() else path.parent.parent
    if not os.access(place, os.W_OK | os.X_OK):
        return Inspection((f"store.url: {path} does not exist and {place} is not writable",))
    return Inspection(notes=(f"store.url: {path} will be created at the first start",))


def _contents(database: Database, key_folder: Path) -> Inspection:
    keys = load(key_folder)
    verify(database, keys, key_folder)
    load_register(database, keys, Memory(indexed=False))
    return Inspection(tuple(damage(database)))


def _bind(database: Database, folder: Path) -> Keys:
    with database.read() as connection:
        bound = connection.execute(select(INSTALLATION.c.name)).scalar() is not None
    # Keys are made only while nothing in the store depends on them.
    keys = load(folder) if bound else load_or_create(folder)
    if not bound:
        with database.write() as connection:
            _record(connection, keys, folder)
    with database.read() as connection:
        name = _recorded(connection, keys)
    _mark(folder, str(name))
    _compare_marker(folder, name)
    return keys


def _record(connection: Connection, keys: Keys, folder: Path) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    if connection.execute(select(INSTALLATION.c.name)).scalar() is not None:
        # Another process that starts at the same time was first.
        return
    _compare_marker(folder, None)
    values = {"id": 1, "name": uuid4().hex, "key_check": _check(keys), "created_at": datetime.now(UTC)}
    connection.execute(insert(INSTALLATION).values(**values))


def _recorded(connection: Connection, keys: Keys) -> str | None:
    row = connection.execute(select(INSTALLATION)).first()
    if row is None:
        return None
    if not compare_digest(bytes(row.key_check), _check(keys)):
        raise StoreRefused("store.keys: these are not the keys that the store was made with")
    return str(row.name)


def _check(keys: Keys) -> bytes:
    inner = blake2b(keys.held_public, key=keys.wrap_key, person=b"check").digest()
    return blake2b(inner, key=keys.trace_key, digest_size=32, person=b"check").digest()


def _mark(folder: Path, name: str) -> None:
    if folder.is_dir() and not (folder / MARKER).exists():
        try:
            write_new(folder / MARKER, name.encode())
        except FileExistsError:
            return
        except OSError as error:
            raise StoreRefused(f"{folder / MARKER}: {error.strerror or error}") from None


def _compare_marker(folder: Path, name: str | None) -> None:
    marker = folder / MARKER
    if marker.exists() and marker.read_text(encoding="ascii", errors="replace") != name:
        raise StoreRefused(
            f"{marker}: these keys were used with another store; restore it or remove this file to begin anew"
        )
