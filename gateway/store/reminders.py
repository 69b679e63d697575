"""Reminders to senders whose mail still waits, owed once for each sender and interval.

All mails of a sender that have waited for half of the interval go into the same letter, so that somebody with twenty
held mails is not written to twenty times an hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select, text

from gateway.address import canonical
from gateway.incident import Standing, may_notify
from gateway.store import cases, consents, letters
from gateway.store.database import Database
from gateway.store.letters import Kind
from gateway.store.tables import INCIDENTS, LETTERS

MOST_A_DAY = 24
"""Reminders about one incident within 24 hours, however short the interval is."""
_DAY = timedelta(hours=24)
_LOCK = 0x72656D696E646572


def owe(database: Database, every: timedelta, now: datetime) -> int:
    """Owe what is due at `now`; how many letters that were.

    Nobody is reminded who has no address, of recipients with NOTIFY=NEVER, or once the leads have said what is to
    happen.  Several offices on one store owe a reminder once.
    """
    with database.read() as connection:
        if not _due(connection, every, now):
            return 0
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        found = _due(connection, every, now)
        for row in found:
            letters.owe(connection, row.ref, Kind.REMINDER, row.sender, now)
    return len(found)


def _due(connection: Connection, every: timedelta, now: datetime) -> list[Row[Any]]:
    """The rows of the incidents whose senders are to be reminded now."""
    query = select(INCIDENTS).where(INCIDENTS.c.state == Standing.HELD, INCIDENTS.c.sender.is_not(None))
    held: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(query.order_by(INCIDENTS.c.recorded_at, INCIDENTS.c.ref)):
        held.setdefault(canonical(row.sender) or row.sender, []).append(row)
    recent = _reminded_since(connection, now - every) if held else frozenset()
    return [
        row
        for sender, rows in held.items()
        # Looking into cases is dear where thousands are held: who has not waited for so long is passed over.
        if sender not in recent and rows[0].recorded_at + every <= now
        for row in _ripe([row for row in rows if _to_tell(connection, row, now)], every, now)
    ]


def _reminded_since(connection: Connection, when: datetime) -> frozenset[str]:
    """Canonical addresses of the senders who were reminded after a time."""
    query = select(LETTERS.c.address).where(LETTERS.c.kind == Kind.REMINDER, LETTERS.c.created_at > when)
    return frozenset(canonical(address) or address for address in connection.execute(query).scalars())


def _ripe(rows: list[Row[Any]], every: timedelta, now: datetime) -> Iterator[Row[Any]]:
    """Once the oldest has waited for the interval, all of half that age."""
    if rows and rows[0].recorded_at + every <= now:
        yield from (row for row in rows if row.recorded_at + every / 2 <= now)


def _to_tell(connection: Connection, row: Row[Any], now: datetime) -> bool:
    case = cases.of(connection, row)
    if consents.answered(case) or not any(may_notify(one.parameters) for one in case.held):
        return False
    mine = (LETTERS.c.ref == row.ref) & (LETTERS.c.kind == Kind.REMINDER)
    owed = mine & (LETTERS.c.state == letters.OWED)
    today = mine & (LETTERS.c.created_at > now - _DAY)
    return not _count(connection, owed) and _count(connection, today) < MOST_A_DAY


def _count(connection: Connection, which: Any) -> int:
    return int(connection.execute(select(func.count()).select_from(LETTERS).where(which)).scalar_one())
