"""Empty stores: made once by the gateway's own migrations, then had again for each test with their keys.

Two migrations are a tenth of a second, and a database of PostgreSQL two; a copied file is a thousandth, and an emptied
database a hundredth.  That the migrations make these tables has tests of its own, on stores made from nothing.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from gateway.store.installation import open_store

_REMEMBER = """
CREATE SCHEMA made;
DO $$
DECLARE one text;
BEGIN
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE 'CREATE TABLE made.' || one || ' AS TABLE public.' || one;
    END LOOP;
END $$
"""
_EMPTY = """
SET session_replication_role = replica;
DO $$
DECLARE one text;
BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'made' LOOP
        EXECUTE 'DELETE FROM public.' || one;
        EXECUTE 'INSERT INTO public.' || one || ' SELECT * FROM made.' || one;
    END LOOP;
    PERFORM setval(CAST(sequencename AS regclass), start_value, false)
        FROM pg_sequences WHERE schemaname = 'public';
END $$
"""
"""Replicas check no foreign keys, so the order of the tables is no matter."""


def place(folder: Path) -> None:
    """Put `store.db` and `keys` into a folder, as a first start leaves them."""
    shutil.copy(_made() / "store.db", folder)
    shutil.copytree(_made() / "keys", folder / "keys")


@cache
def _made() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="made-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    open_store(f"sqlite:///{folder}/store.db", folder / "keys")[0].close()
    return folder


class Emptied:
    """One PostgreSQL store after the other: the same for as long as its tables are all there."""

    def __init__(self, create: Callable[[], str], folder: Path) -> None:
        self._create = create
        self._folder = folder
        self._url = ""

    def place(self, folder: Path) -> str:
        """The URL of the store, as a first start leaves it; its keys are put into a folder."""
        if not self._url or not self._empty():
            self._make()
        shutil.copytree(self._keys(), folder / "keys")
        return self._url

    def _keys(self) -> Path:
        return self._folder / sha256(self._url.encode()).hexdigest()[:16]

    def _make(self) -> None:
        self._url = self._create()
        open_store(self._url, self._keys())[0].close()
        self._execute(_REMEMBER)

    def _empty(self) -> bool:
        """Put every row back to what it was; False where a test took tables away.  Who is connected is cut off."""
        try:
            self._execute(_EMPTY)
        except ProgrammingError:
            return False
        return True

    def _execute(self, commands: str) -> None:
        engine = create_engine(self._url)
        with engine.begin() as connection:
            connection.execute(text(commands))
        engine.dispose()
