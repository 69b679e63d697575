"""The schema: created, upgraded and refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from gateway.replies import StoreUnavailable
from gateway.store import StoreRefused
from gateway.store.database import Database
from gateway.store.schema import migrate, newest, version
from gateway.store.tables import METADATA


def test_migrations_make_the_tables(store_url: str) -> None:
    """A store made by the migrations is the one that `tables.py` describes, to the type and index."""
    database = Database(store_url)
    migrate(database)
    with database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "target_metadata": METADATA}
        )
        assert [] == compare_metadata(context, METADATA)
    database.close()


def test_migrating_twice_changes_nothing(store_url: str) -> None:
    """Migrating a store that is up to date keeps it: the epoch is still there once, at zero."""
    database = Database(store_url)
    assert version(database) is None if database.sqlite else True
    migrate(database)
    migrate(database)
    assert newest() == version(database)
    assert 0 == database.epoch()
    database.close()


def test_two_at_once(store_url: str) -> None:
    """Processes that start at the same time create one store."""
    databases = [Database(store_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, databases))
    assert [0] * 4 == [database.epoch() for database in databases]
    for database in databases:
        database.close()


def test_newer_store_is_refused(store_url: str) -> None:
    """A store that a newer version made is left alone, and the message says so."""
    database = Database(store_url)
    migrate(database)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreRefused, match=r"store\.url: its schema 9999 is known only to a newer version"):
        migrate(database)
    assert "9999" == version(database)
    database.close()


def test_new_file_is_closed_to_others(tmp_path: Path) -> None:
    """The file of an SQLite store, and its folder where made, are not readable by others."""
    path = tmp_path / "state" / "store.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    assert 0 == path.stat().st_mode & 0o007
    assert 0o700 == path.parent.stat().st_mode & 0o777
    database.close()


def test_no_place_for_the_file(tmp_path: Path) -> None:
    """A store that cannot be created is unavailable, with its path."""
    with pytest.raises(StoreUnavailable, match=r"no/such/store\.db: No such file or directory"):
        migrate(Database(f"sqlite:///{tmp_path}/no/such/store.db"))
