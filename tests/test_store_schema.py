"""The schema: created, upgraded and refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import insert, inspect, select, text

from gateway.replies import StoreUnavailable
from gateway.store import StoreRefused
from gateway.store.database import Database, sqlite_path
from gateway.store.schema import migrate, newest, version
from gateway.store.tables import LETTERS, METADATA


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


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_a_store_of_an_earlier_schema_keeps_every_row(store_url: str, revision: str) -> None:
    """Incident, recipient, letters and grant survive the upgrade; references and indexes are as in a new store."""
    database = Database(store_url)
    if (path := sqlite_path(store_url)) is not None:
        path.touch()
    folder = files("gateway.store") / "migrations"
    with as_file(folder) as place, database.write() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(place).replace("%", "%%"))
        command.upgrade(config, "0001")
        for statement in _FIRST:
            connection.execute(text(statement), {"at": "2018-03-26 10:39:00+00:00"})
        command.upgrade(config, revision)
    before = _rows(database)

    migrate(database)

    after = _rows(database)
    assert before == {
        name: [{key: row[key] for key in kept} for row, kept in zip(after[name], rows, strict=True)]
        for name, rows in before.items()
    }
    letters = [LETTERS.c[name] for name in ("ref", "kind", "state")]
    with database.read() as connection:
        look = inspect(connection)
        assert {"ix_letters_due", "ix_letters_ref", "ix_letters_state"} == {
            one["name"] for one in look.get_indexes("letters")
        }
        assert [("ref", "incidents")] == [
            (one["constrained_columns"][0], one["referred_table"]) for one in look.get_foreign_keys("letters")
        ]
        assert [("REF", "alert", "owed"), ("REF", "notice", "sent")] == [
            tuple(row) for row in connection.execute(select(*letters).order_by(LETTERS.c.id))
        ]
    with pytest.raises(StoreUnavailable), database.write() as connection:
        connection.execute(insert(LETTERS).values(**_LETTER, ref="NOBODY"))
    with database.write() as connection:
        connection.execute(insert(LETTERS).values(**_LETTER, ref=None, publication="p"))
    database.close()


_LETTER = {
    "kind": "nag",
    "level": 0,
    "address": "lead@stats.example",
    "facts": {},
    "state": "owed",
    "created_at": datetime(2018, 3, 26, tzinfo=UTC),
    "attempts": 0,
}
_LETTERS = "(ref, kind, address, state, next_attempt_at, sent_at, level, facts, created_at, attempts)"
_FIRST = (
    "INSERT INTO publications VALUES ('p', 'T', :at, NULL, 'lead@stats.example', '[]', 'live', 'clock', NULL, 'keep',"
    " FALSE, NULL, NULL, '[]', NULL, :at, :at, NULL)",
    "INSERT INTO grants VALUES (1, 'p', 'a@policy.example', 'production', 'lead', '', '', '', '', NULL, NULL)",
    "INSERT INTO incidents VALUES ('REF', 'd', 'c', 'held', 'hold', :at, :at, NULL, '[]', '192.0.2.1', 'h', 9,"
    " '[\"p\"]', '[]', 0, NULL, FALSE, NULL, NULL)",
    "INSERT INTO incident_recipients VALUES (1, 'REF', 0, 'a@policy.example', '[]', 'held', '[\"p\"]', FALSE, 0, NULL,"
    " NULL, FALSE, NULL, NULL, NULL, NULL)",
    "INSERT INTO incident_findings VALUES (1, 'REF', 'banner', 'banner', 'p', '[]', '1', 'hold', NULL)",
    "INSERT INTO contents VALUES ('REF', 's')",
    "INSERT INTO documents VALUES (1, 'p', 's', FALSE, 9, '[]', :at)",
    "INSERT INTO traces VALUES (1, 1, 'p', 'file', 's')",
    f"INSERT INTO letters {_LETTERS} VALUES ('REF', 'alert', 'a@stats.example', 'owed', :at, NULL, 0, '{{}}', :at, 0)",
    f"INSERT INTO letters {_LETTERS} VALUES ('REF', 'notice', 'b@x.example', 'sent', NULL, :at, 0, '{{}}', :at, 1)",
)


def _rows(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that holds any, but for the revision."""
    with database.read() as connection:
        names = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
        return {
            name: [dict(row) for row in found]
            for name in names
            if (found := connection.execute(text(f"SELECT * FROM {name}")).mappings().all())
        }
