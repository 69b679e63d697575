"""The audit log: a hash chain, so that an entry changed, removed, moved or doubled afterwards is found.

Each entry's hash covers the hash before it and the entry in canonical JSON.  What a chain cannot show by
itself is that its newest entries were cut off: for that its head is published (metric, daily letter), and
`verify` takes a head to look for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text

from gateway.store.database import Database
from gateway.store.tables import AUDIT

GENESIS = bytes(32)
"""What stands for the hash before the first entry."""
GATEWAY = "gateway"
"""The actor of what no person did."""
_LOCK = 0x656D626175646974


def append(
    connection: Connection, at: datetime, actor: str, action: str, subject: str, facts: Mapping[str, Any]
) -> None:
    """Add an entry as part of the caller's transaction; `facts` are JSON values without content of a mail."""
    if connection.dialect.name == "postgresql":
        # Two transactions that both read the same last entry would fork the chain.
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    last = connection.execute(select(AUDIT.c.seq, AUDIT.c.hash).order_by(AUDIT.c.seq.desc()).limit(1)).first()
    seq, previous = (last.seq + 1, last.hash) if last else (1, GENESIS)
    plain = json.loads(json.dumps(dict(facts)))
    values = {"seq": seq, "at": at, "actor": actor, "action": action, "subject": subject, "facts": plain}
    digest = _hash(previous, values)
    connection.execute(insert(AUDIT).values(**values, previous=previous, hash=digest))


def _hash(previous: bytes, values: Mapping[str, Any]) -> bytes:
    at = values["at"].astimezone(UTC).isoformat(timespec="microseconds")
    entry = json.dumps({**values, "at": at}, sort_keys=True, separators=(",", ":"))
    return sha256(previous + entry.encode("ascii")).digest()


def head(database: Database) -> bytes:
    """The hash (32 bytes) of the newest entry; `GENESIS` while there is none."""
    with database.read() as connection:
        return _head(connection)


def _head(connection: Connection) -> bytes:
    newest = connection.execute(select(AUDIT.c.hash).order_by(AUDIT.c.seq.desc()).limit(1)).scalar()
    return GENESIS if newest is None else bytes(newest)


def verify(database: Database, published: bytes | None = None) -> list[str]:
    """What is wrong with the log, a line each; with `published`, also whether that head is in the chain."""
    with database.read() as connection:
        rows = connection.execute(select(AUDIT).order_by(AUDIT.c.seq)).all()
    problems = list(_faults(rows))
    known = {GENESIS} | {bytes(row.hash) for row in rows}
    if published is not None and published not in known:
        problems.append(
            "audit: the published head is not in the log: entries at its end were removed or replaced"
        )
    return problems


def _faults(rows: Sequence[Row[Any]]) -> Iterator[str]:
    seq, previous = 0, GENESIS
    for row in rows:
        if row.seq != seq + 1:
            yield _gap(seq + 1, row.seq - 1)
        if bytes(row.previous) != previous:
            yield f"audit: entry {row.seq} does not follow the one before it"
        values = {name: getattr(row, name) for name in ("seq", "at", "actor", "action", "subject", "facts")}
        if _hash(bytes(row.previous), values) != bytes(row.hash):
            yield f"audit: entry {row.seq} was changed"
        seq, previous = row.seq, bytes(row.hash)


def _gap(first: int, last: int) -> str:
    if first == last:
        return f"audit: entry {first} is missing"
    return f"audit: entries {first} to {last} are missing"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the log: who did what to whom or what, and when; `facts` are JSON values."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    facts: Mapping[str, Any]


def entries(database: Database, before: int | None, most: int) -> list[Entry]:
    """Up to `most` entries, the newest first; only those older than the number `before` where it is given."""
    query = select(AUDIT).order_by(AUDIT.c.seq.desc()).limit(most)
    if before is not None:
        query = query.where(AUDIT.c.seq < before)
    with database.read() as connection:
        rows = connection.execute(query).all()
    return [Entry(row.seq, row.at, row.actor, row.action, row.subject, row.facts) for row in rows]
