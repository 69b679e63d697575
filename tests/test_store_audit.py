"""The audit log: what was done to it afterwards is found."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from gateway.store.audit import GENESIS, append, head, verify
from gateway.store.database import Database
from gateway.store.keys import Keys
from gateway.store.tables import AUDIT

NOW = datetime(2018, 3, 27, 9, 30, 0, 123456, tzinfo=UTC)


def write(database: Database, count: int) -> list[bytes]:
    """Append entries; the head after each."""
    heads = []
    for number in range(count):
        with database.write() as connection:
            facts = {"number": number, "who": "Ünal", "list": [1, None]}
            append(connection, NOW + timedelta(minutes=number), "cli:ann", "access import", "cla-2018", facts)
        heads.append(head(database))
    return heads


def test_untouched_log(store: tuple[Database, Keys]) -> None:
    """A log as it was written has no problem, also against every head it ever had."""
    database, _ = store
    assert GENESIS == head(database)
    assert [] == verify(database, GENESIS)
    heads = write(database, 5)
    assert 5 == len(set(heads))
    assert [[]] * 5 == [verify(database, published) for published in heads]


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "cli:bob"},
        {"action": "x"},
        {"subject": "x"},
        {"facts": {}},
        {"at": NOW},
        {"hash": b"0" * 32},
    ],
    ids=lambda change: next(iter(change)),
)
def test_changed_entry(store: tuple[Database, Keys], change: dict[str, object]) -> None:
    """Any changed field of an entry is found, and its number is named."""
    database, _ = store
    write(database, 4)
    with database.write() as connection:
        connection.execute(update(AUDIT).where(AUDIT.c.seq == 3).values(**change))
    assert "audit: entry 3 was changed" in verify(database)


def test_removed_middle(store: tuple[Database, Keys]) -> None:
    """Entries removed from the middle or the beginning are found."""
    database, _ = store
    write(database, 5)
    with database.write() as connection:
        connection.execute(delete(AUDIT).where(AUDIT.c.seq.in_((1, 3, 4))))
    assert [
        "audit: entry 1 is missing",
        "audit: entry 2 does not follow the one before it",
        "audit: entries 3 to 4 are missing",
        "audit: entry 5 does not follow the one before it",
    ] == verify(database)


def test_removed_and_numbered_anew(store: tuple[Database, Keys]) -> None:
    """Closing the gap in the numbers does not hide it."""
    database, _ = store
    write(database, 4)
    with database.write() as connection:
        connection.execute(delete(AUDIT).where(AUDIT.c.seq == 2))
        connection.execute(update(AUDIT).where(AUDIT.c.seq == 3).values(seq=2))
        connection.execute(update(AUDIT).where(AUDIT.c.seq == 4).values(seq=3))
    assert "audit: entry 2 was changed" in verify(database)


def test_reordered(store: tuple[Database, Keys]) -> None:
    """Two entries that changed places are found."""
    database, _ = store
    write(database, 3)
    with database.write() as connection:
        for old, new in ((2, 9), (3, 2), (9, 3)):
            connection.execute(update(AUDIT).where(AUDIT.c.seq == old).values(seq=new))
    assert {"audit: entry 2 was changed", "audit: entry 3 was changed"} <= set(verify(database))


def test_doubled(store: tuple[Database, Keys]) -> None:
    """An entry copied to the end is found."""
    database, _ = store
    write(database, 3)
    with database.write() as connection:
        row = connection.execute(select(AUDIT).where(AUDIT.c.seq == 3)).one()
        connection.execute(AUDIT.insert().values(**{**row._mapping, "seq": 4}))
    assert ["audit: entry 4 does not follow the one before it", "audit: entry 4 was changed"] == verify(
        database
    )


def test_cut_off_end(store: tuple[Database, Keys]) -> None:
    """Entries cut off at the end show only against a head that was published before."""
    database, _ = store
    heads = write(database, 4)
    with database.write() as connection:
        connection.execute(delete(AUDIT).where(AUDIT.c.seq >= 3))
    assert [] == verify(database)
    assert [] == verify(database, heads[1])
    assert [
        "audit: the published head is not in the log: entries at its end were removed or replaced"
    ] == verify(database, heads[3])


def test_undone_with_its_transaction(store: tuple[Database, Keys]) -> None:
    """An entry whose transaction fails was never written."""
    database, _ = store

    def fail() -> None:
        with database.write() as connection:
            append(connection, NOW, "a", "b", "c", {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert GENESIS == head(database)


def test_written_at_once(store: tuple[Database, Keys]) -> None:
    """Writers at the same time make one chain, not a fork."""
    database, _ = store
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: write(database, 3), range(4)))
    assert [] == verify(database)
    with database.read() as connection:
        assert list(range(1, 13)) == list(
            connection.execute(select(AUDIT.c.seq).order_by(AUDIT.c.seq)).scalars()
        )
