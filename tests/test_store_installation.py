"""Store and keys that belong together, and those that do not."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text, update

from gateway.model import Publication
from gateway.store import StoreRefused, publications
from gateway.store.database import Database
from gateway.store.installation import inspect, open_store, verify
from gateway.store.keys import Keys, load_public
from gateway.store.tables import INSTALLATION, PUBLICATIONS


def test_opened_again(store_url: str, tmp_path: Path) -> None:
    """A store opens again with the keys it was made with, and nothing is wrong with it."""
    folder = tmp_path / "keys"
    first, keys = open_store(store_url, folder)
    second, again = open_store(store_url, folder)
    assert keys == again
    verify(second, keys, folder)
    assert ((), ()) == ((found := inspect(store_url, folder)).problems, found.notes)
    first.close()
    second.close()


def test_first_starts_at_once(store_url: str, tmp_path: Path) -> None:
    """Processes that start for the first time together end with one store and one set of keys."""
    with ThreadPoolExecutor(6) as pool:
        opened = list(pool.map(lambda _: open_store(store_url, tmp_path / "keys"), range(6)))
    assert 1 == len({keys for _, keys in opened})
    for database, _ in opened:
        database.close()


def test_process_without_the_private_key(store: tuple[Database, Keys], tmp_path: Path) -> None:
    """A worker, which has no private key, can verify that store and keys belong together."""
    database, _ = store
    verify(database, load_public(tmp_path / "keys"), tmp_path / "keys")


def test_other_keys(store_url: str, tmp_path: Path) -> None:
    """A store is refused with keys that it was not made with: its traces would match nothing."""
    open_store(store_url, tmp_path / "keys")[0].close()
    (tmp_path / "keys" / "trace.key").write_bytes(os.urandom(32))
    with pytest.raises(
        StoreRefused, match=r"store\.keys: these are not the keys that the store was made with"
    ):
        open_store(store_url, tmp_path / "keys")


def test_lost_keys(store_url: str, tmp_path: Path) -> None:
    """When the folder of the keys is gone no new ones are made, and every missing file is named."""
    open_store(store_url, tmp_path / "keys")[0].close()
    shutil.rmtree(tmp_path / "keys")
    with pytest.raises(StoreRefused, match=r"trace\.key: No such file or directory"):
        open_store(store_url, tmp_path / "keys")
    assert not (tmp_path / "keys").exists()
    assert any("trace.key: No such file" in line for line in inspect(store_url, tmp_path / "keys").problems)


def test_emptied_store(tmp_path: Path) -> None:
    """A store replaced by an empty one is refused at the start and by `inspect`: it would forget every embargo."""
    url = f"sqlite:///{tmp_path}/store.db"
    open_store(url, tmp_path / "keys")[0].close()
    (tmp_path / "store.db").unlink()
    assert ["store.id: these keys were used with another store"] == [
        line[line.index("store.id") : line.index(";")] for line in inspect(url, tmp_path / "keys").problems
    ]
    for _ in range(2):
        with pytest.raises(StoreRefused, match=r"store\.id: these keys were used with another store"):
            open_store(url, tmp_path / "keys")


def test_beginning_anew(tmp_path: Path) -> None:
    """Who removes the marker says so: a new store then takes the old keys."""
    url = f"sqlite:///{tmp_path}/store.db"
    open_store(url, tmp_path / "keys")[0].close()
    (tmp_path / "store.db").unlink()
    (tmp_path / "keys" / "store.id").unlink()
    open_store(url, tmp_path / "keys")[0].close()


def test_two_stores_with_one_set_of_keys(tmp_path: Path) -> None:
    """Keys in use by one store are not taken by another."""
    open_store(f"sqlite:///{tmp_path}/one.db", tmp_path / "keys")[0].close()
    with pytest.raises(StoreRefused, match=r"store\.id"):
        open_store(f"sqlite:///{tmp_path}/two.db", tmp_path / "keys")


def test_altered_check_value(store: tuple[Database, Keys], tmp_path: Path) -> None:
    """A check value that was tampered with refuses the store."""
    database, keys = store
    with database.write() as connection:
        connection.execute(update(INSTALLATION).values(key_check=bytes(32)))
    with pytest.raises(StoreRefused):
        verify(database, keys, tmp_path / "keys")


def test_inspecting_creates_nothing(store_url: str, tmp_path: Path) -> None:
    """`inspect` says what the first start will create, and creates nothing."""
    before = sorted(tmp_path.rglob("*"))
    found = inspect(store_url, tmp_path / "keys")
    assert () == found.problems
    assert "will be created at the first start" in found.notes[0]
    assert before == sorted(tmp_path.rglob("*"))


def test_inspecting_what_cannot_be(tmp_path: Path) -> None:
    """A store in a folder that is not there, a file that is no store and a server that is none are problems."""
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"no database at all" * 100)
    urls = (
        (f"sqlite:///{tmp_path}/no/such/store.db", "is not writable"),
        (f"sqlite:///{broken}", "file is not a database"),
        (f"postgresql+psycopg://g@/g?host={tmp_path}", "store: OperationalError"),
    )
    for url, problem in urls:
        (line,) = inspect(url, tmp_path / "keys").problems
        assert problem in line


def test_inspecting_newer_and_damaged(store: tuple[Database, Keys], store_url: str, tmp_path: Path) -> None:
    """A register that does not open and a schema from the future are problems."""
    database, keys = store
    publication = Publication(
        "cla-2018", "Children", datetime(2018, 3, 28, 8, 30, tzinfo=UTC), "lead@stats.example"
    )
    publications.add(database, keys, publication, (), "test", publication.publishes_at)
    with database.write() as connection:
        connection.execute(update(PUBLICATIONS).values(sealed_key=bytes(60)))
    assert ("store: a sealed set of cla-2018 does not open",) == inspect(
        store_url, tmp_path / "keys"
    ).problems
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert ("store.url: its schema 9999 is known only to a newer version of the gateway",) == inspect(
        store_url, tmp_path / "keys"
    ).problems
