"""Fixtures that several test modules share: stores of both kinds, and commands with a configuration of their own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, text

from gateway.store.database import Database
from gateway.store.installation import open_store
from gateway.store.keys import Keys
from tests import stores
from tests.calling import Call, caller

# A deadline for each example says how busy the machine is; what must be linear has tests of its own.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

_LONG = tuple(
    f"test_{name}.py"
    for name in (
        *("store_faults", "cases", "failures", "accounting", "demo", "reload", "prometheus", "supervisor"),
        *("console_journey", "office", "releases", "custody", "smtp_server", "snapshot"),
    )
)
"""Files that last: they begin first, so that no process is left alone with one of them at the end."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files first; the order of all others, and of tests within a file, stays random."""
    places = {name: place for place, name in enumerate(_LONG)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))


_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def _postgresql_user() -> list[str]:
    """What to put before a command: PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return []
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        pytest.skip("PostgreSQL will not run as root and there is no user postgres")
    return ["runuser", "-u", "postgres", "--"]


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A private PostgreSQL server on a socket of its own, for this run; its maintenance database."""
    if not _BINARIES:
        pytest.skip("PostgreSQL is not installed")
    # Not below pytest's own folder: that one is closed to the user postgres, and too long for a socket's name.
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    user = _postgresql_user()
    if user:
        shutil.chown(folder, "postgres")
    control = [*user, str(_BINARIES[-1] / "pg_ctl"), "-D", str(folder / "data"), "-s", "-w"]
    server = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c max_connections=50"
    try:
        _run([*control, "initdb", "-o", "-A trust -U gateway -N"])
        _run([*control, "-l", str(folder / "log"), "-o", server, "start"])
        yield f"postgresql+psycopg://gateway@/postgres?host={folder}"
        _run([*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)


@pytest.fixture(scope="session")
def postgresql_made(postgresql_url: str, tmp_path_factory: pytest.TempPathFactory) -> stores.Emptied:
    """A store on that server that is empty for each test."""
    folder = tmp_path_factory.mktemp("made")
    return stores.Emptied(lambda: _database(postgresql_url), folder)


def _database(server: str) -> str:
    """Have the server create a database; its URL."""
    name = f"t{uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store of each kind; beside `store` that of the same store."""
    made = "store" in request.fixturenames
    if request.param == "sqlite":
        if made:
            stores.place(tmp_path)
        return f"sqlite:///{tmp_path}/store.db"
    if not made:
        return _database(request.getfixturevalue("postgresql_url"))
    emptied: stores.Emptied = request.getfixturevalue("postgresql_made")
    return emptied.place(tmp_path)


@pytest.fixture
def store(store_url: str, tmp_path: Path) -> Iterator[tuple[Database, Keys]]:
    """An open store of each kind with its keys."""
    database, keys = open_store(store_url, tmp_path / "keys")
    yield database, keys
    database.close()


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a command with a configuration of its own."""
    config = tmp_path / "gateway.toml"
    config.write_text(f'[store]\nurl = "sqlite:///{tmp_path}/state/store.db"\n')
    monkeypatch.setenv("EMBARGO_GATEWAY_CONFIG", str(config))
    return caller(capsys)
