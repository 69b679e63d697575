"""Documents in the store: keyed digests under the publication's key, and nothing else of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select, update

from gateway.model import Publication, State
from gateway.store import NotDone, StoreRefused, publication_rows, publications
from gateway.store.database import Database
from gateway.store.documents import NewDocument, add, listed
from gateway.store.keys import Keys
from gateway.store.register import load_register
from gateway.store.tables import AUDIT, DOCUMENTS, PUBLICATIONS, TRACES
from gateway.traces import file_hash

TIME = datetime(2018, 3, 28, 8, 30, tzinfo=UTC)
NOW = TIME - timedelta(days=7)
ONE, TWO, THREE = (sha256(bytes([number])).digest() for number in range(3))
REPORT = NewDocument("secret name.docx", frozenset({ONE, TWO}), 1234, ("1/2: encrypted",))


@pytest.fixture
def opened(store: tuple[Database, Keys]) -> tuple[Database, Keys]:
    """A store with two publications."""
    for id in ("cla-2018", "gdp-q1"):
        publications.add(*store, Publication(id, "T", TIME, "lead@stats.example"), (), "ann", NOW)
    return store


def files(opened: tuple[Database, Keys]) -> dict[bytes, set[str]]:
    """The traces in the register."""
    return {trace: set(names) for trace, names in load_register(*opened).files.items()}


def test_listed_as_registered(opened: tuple[Database, Keys]) -> None:
    """Label, size, digests counted and unreadable places come back."""
    assert (True,) == add(*opened, "cla-2018", [REPORT], "ann", NOW)
    (found,) = listed(*opened, "cla-2018")
    assert ("secret name.docx", False, 1234, ("1/2: encrypted",), 2, NOW) == (
        found.label,
        found.public,
        found.size,
        found.unreadable,
        found.traces,
        found.added_at,
    )


def test_register_knows_the_keyed_digests(opened: tuple[Database, Keys]) -> None:
    """Workers get each digest under the installation's key with the publications that registered it."""
    add(*opened, "cla-2018", [REPORT], "ann", NOW)
    add(*opened, "gdp-q1", [NewDocument("x", frozenset({TWO, THREE}))], "ann", NOW)
    key = opened[1].trace_key
    assert {
        file_hash(key, ONE): {"cla-2018"},
        file_hash(key, TWO): {"cla-2018", "gdp-q1"},
        file_hash(key, THREE): {"gdp-q1"},
    } == files(opened)


def test_public_text_is_no_trace(opened: tuple[Database, Keys]) -> None:
    """What stands in a public document too is no trace of that publication, whichever was registered first."""
    add(*opened, "cla-2018", [NewDocument("last year", frozenset({TWO}))], "ann", NOW, public=True)
    add(*opened, "cla-2018", [REPORT], "ann", NOW)
    add(*opened, "gdp-q1", [NewDocument("x", frozenset({TWO}))], "ann", NOW)
    key = opened[1].trace_key
    assert {file_hash(key, ONE): {"cla-2018"}, file_hash(key, TWO): {"gdp-q1"}} == files(opened)
    add(*opened, "cla-2018", [NewDocument("published", frozenset({ONE}))], "ann", NOW, public=True)
    assert {file_hash(key, TWO): {"gdp-q1"}} == files(opened)


def test_registered_twice(opened: tuple[Database, Keys]) -> None:
    """The same traces again are no change, but a public document of the same file is one."""
    assert (True, False) == add(*opened, "cla-2018", [REPORT, REPORT], "ann", NOW)
    epoch = opened[0].epoch()
    assert (False,) == add(*opened, "cla-2018", [REPORT], "ann", NOW)
    assert epoch == opened[0].epoch()
    assert (True,) == add(*opened, "cla-2018", [REPORT], "ann", NOW, public=True)
    assert epoch + 1 == opened[0].epoch()


def test_store_keeps_nothing_readable(opened: tuple[Database, Keys]) -> None:
    """Neither label nor digest nor keyed digest stands in the store, nor a name in the audit log."""
    database, keys = opened
    add(database, keys, "cla-2018", [REPORT], "ann", NOW)
    with database.read() as connection:
        kept = [*connection.execute(select(DOCUMENTS)), *connection.execute(select(TRACES))]
        audit = repr(connection.execute(select(AUDIT)).all())
    cells = b"".join(cell if isinstance(cell, bytes) else repr(cell).encode() for row in kept for cell in row)
    for secret in (b"secret name", ONE, TWO, file_hash(keys.trace_key, ONE)):
        assert secret not in cells
    assert "secret name" not in audit


def test_live_publication(opened: tuple[Database, Keys]) -> None:
    """For a publication that is live nothing can be registered, and its list has no names any more."""
    add(*opened, "cla-2018", [REPORT], "ann", NOW)
    publications.go_live(opened[0], "cla-2018", "ann", TIME)
    with pytest.raises(NotDone, match="cla-2018: is live and its key is destroyed"):
        add(*opened, "cla-2018", [REPORT], "ann", NOW)
    (found,) = listed(*opened, "cla-2018")
    assert (None, 0) == (found.label, found.traces)


def test_unknown_publication(opened: tuple[Database, Keys]) -> None:
    """Nothing is registered for a publication that is not there."""
    with pytest.raises(NotDone, match="x: no such publication"):
        add(*opened, "x", [REPORT], "ann", NOW)
    with pytest.raises(NotDone, match="x: no such publication"):
        listed(*opened, "x")


def test_damaged_set(opened: tuple[Database, Keys]) -> None:
    """A set that was tampered with is named, not taken for an empty one."""
    add(*opened, "cla-2018", [REPORT], "ann", NOW)
    with opened[0].write() as connection:
        connection.execute(update(TRACES).values(sealed=bytes(80)))
    with pytest.raises(StoreRefused, match="what is registered for cla-2018 is damaged"):
        add(*opened, "cla-2018", [REPORT], "ann", NOW)


@pytest.mark.parametrize(
    "store_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
def test_nothing_is_registered_under_a_key_that_is_being_destroyed(opened: tuple[Database, Keys]) -> None:
    """Traces sealed under a key that is gone would make the register unreadable with the publication's next key."""
    database, keys = opened
    with ThreadPoolExecutor(1) as pool:
        with database.write() as connection:
            publication_rows.known(connection, "cla-2018")
            adding = pool.submit(add, database, keys, "cla-2018", [REPORT], "ann", NOW)
            with pytest.raises(TimeoutError):
                adding.result(timeout=0.3)
            values = {"sealed_key": None, "state": State.LIVE.value}
            connection.execute(update(PUBLICATIONS).where(PUBLICATIONS.c.id == "cla-2018").values(**values))
        with pytest.raises(NotDone):
            adding.result(timeout=5)
    with database.read() as connection:
        assert connection.execute(select(TRACES)).first() is None
