"""Letters owed: alerts to leads and channels, notices, reminders and delivery reports to senders.

A letter is owed from the transaction that caused it until the next hop has taken it (`sent`), its address
turned out to be none (`undeliverable`), or nothing is left to decide (`lapsed`).  An office claims letters
before it sends them, so that two offices on one store do not write twice; a claim ends when its office dies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select, update

from gateway.address import canonical
from gateway.store.database import Database
from gateway.store.tables import LETTERS


class Kind(StrEnum):
    """What a letter is.

    To a lead about an incident or (`nag`) an overdue publication; to a channel (`webhook`, its address is the name in
    the settings); or to the sender of a mail that is held (`notice`, then `reminder`s), discarded or undeliverable.
    """

    ALERT = "alert"
    NOTICE = "notice"
    DISCARDED = "discarded"
    DSN = "dsn"
    NAG = "nag"
    WEBHOOK = "webhook"
    REMINDER = "reminder"


OWED, SENT, UNDELIVERABLE, LAPSED = "owed", "sent", "undeliverable", "lapsed"


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter owed.  `level` says of an alert who is asked: 0 a lead, 1 a deputy, 2 a fallback address.

    It is about an incident (`ref`), or where that is None about a `publication`.
    """

    id: int
    ref: str | None
    kind: Kind
    level: int
    address: str
    created_at: datetime
    attempts: int
    facts: dict[str, Any] = field(default_factory=dict)
    publication: str | None = None

    @property
    def incident(self) -> str:
        """The reference of the incident that it is about; raises ValueError for a letter about a publication."""
        if self.ref is None:
            raise ValueError("the letter is about no incident")
        return self.ref


def owe(
    connection: Connection,
    ref: str | None,
    kind: Kind,
    address: str,
    now: datetime,
    *,
    level: int = 0,
    facts: dict[str, Any] | None = None,
    publication: str | None = None,
) -> None:
    """Owe one letter; part of the transaction that is its cause."""
    connection.execute(
        insert(LETTERS).values(
            ref=ref,
            publication=publication,
            kind=kind,
            level=level,
            address=address,
            facts=facts or {},
            state=OWED,
            created_at=now,
            attempts=0,
            next_attempt_at=now,
        )
    )


def owe_alerts(
    connection: Connection, ref: str, addresses: Iterable[str], now: datetime, *, level: int
) -> list[str]:
    """Owe an alert to each address that has none for this incident yet; the addresses that were added."""
    rows = connection.execute(
        select(LETTERS.c.address).where(LETTERS.c.ref == ref, LETTERS.c.kind == Kind.ALERT)
    )
    written = {canonical(address) or address for (address,) in rows}
    added = []
    for address in addresses:
        form = canonical(address) or address
        if form not in written:
            written.add(form)
            added.append(address)
            owe(connection, ref, Kind.ALERT, address, now, level=level)
    return added


def owe_webhooks(
    connection: Connection, ref: str, names: Iterable[str], now: datetime, *, level: int
) -> None:
    """Owe news of an incident, or that its next level is asked now, to each channel of these names."""
    for name in names:
        owe(connection, ref, Kind.WEBHOOK, name, now, level=level)


def _free(now: datetime) -> Any:
    return or_(LETTERS.c.claimed_until.is_(None), LETTERS.c.claimed_until <= now)


def due(database: Database, now: datetime, *, webhooks: bool = False) -> tuple[Letter, ...]:
    """What is owed by mail (or to channels) and due at `now` and nobody's claim, the oldest first."""
    query = (
        select(LETTERS)
        .where(_owed(webhooks), LETTERS.c.next_attempt_at <= now, _free(now))
        .order_by(LETTERS.c.id)
    )
    with database.read() as connection:
        return tuple(_letter(row) for row in connection.execute(query))


def _letter(row: Row[Any]) -> Letter:
    return Letter(
        row.id,
        row.ref,
        Kind(row.kind),
        row.level,
        row.address,
        row.created_at,
        row.attempts,
        dict(row.facts),
        row.publication,
    )


def _owed(webhooks: bool) -> ColumnElement[bool]:
    channel = LETTERS.c.kind == Kind.WEBHOOK
    return and_(LETTERS.c.state == OWED, channel if webhooks else ~channel)


def next_due(database: Database, *, webhooks: bool = False) -> datetime | None:
    """When the next letter falls due or its claim ends; None where nothing is owed."""
    query = select(LETTERS.c.next_attempt_at, LETTERS.c.claimed_until).where(_owed(webhooks))
    with database.read() as connection:
        return min((max(filter(None, row)) for row in connection.execute(query)), default=None)


def claim(
    database: Database, ids: Sequence[int], office: str, now: datetime, until: datetime
) -> frozenset[int]:
    """Take these letters for one office until a time; those that were still free and owed."""
    query = (
        update(LETTERS)
        .where(LETTERS.c.id.in_(ids), LETTERS.c.state == OWED, _free(now))
        .values(claimed_by=office, claimed_until=until)
        .returning(LETTERS.c.id)
    )
    with database.write() as connection:
        return frozenset(connection.execute(query).scalars())


def forget_claims(database: Database, *, webhooks: bool = False) -> None:
    """End every claim at the start of an office on SQLite: it is the only one, and whoever made them is gone."""
    if not database.sqlite:
        return
    claimed = LETTERS.c.claimed_by.is_not(None)
    with database.write() as connection:
        free = update(LETTERS).where(_owed(webhooks), claimed)
        connection.execute(free.values(claimed_by=None, claimed_until=None))


def _settle(connection: Connection, ids: Sequence[int], **values: Any) -> None:
    settled = update(LETTERS).where(LETTERS.c.id.in_(ids), LETTERS.c.state == OWED)
    connection.execute(settled.values(claimed_by=None, claimed_until=None, **values))


def sent(database: Database, ids: Sequence[int], now: datetime) -> None:
    """Mark letters sent: only after the next hop took them, so that a crash sends twice rather than never."""
    with database.write() as connection:
        _settle(connection, ids, state=SENT, sent_at=now)


def failed(database: Database, ids: Sequence[int], next_attempt_at: datetime, code: str) -> None:
    """Note an attempt that did not succeed (`code`: such as `451 4.4.1`), and when the next one is."""
    with database.write() as connection:
        try_again(connection, ids, next_attempt_at, code)


def try_again(connection: Connection, ids: Sequence[int], next_attempt_at: datetime, code: str) -> None:
    """The same inside a transaction."""
    again = {"attempts": LETTERS.c.attempts + 1, "next_attempt_at": next_attempt_at}
    _settle(connection, ids, last_code=code[:16], **again)


def put_off(database: Database, ids: Sequence[int], until: datetime) -> None:
    """Let letters wait without counting an attempt: a storm goes out as one mail."""
    with database.write() as connection:
        _settle(connection, ids, next_attempt_at=until)


def undeliverable(connection: Connection, ids: Sequence[int], code: str) -> None:
    """Give letters up: their address answered 5xx."""
    _settle(connection, ids, state=UNDELIVERABLE, attempts=LETTERS.c.attempts + 1, last_code=code[:16])


def given_up(database: Database, ids: Sequence[int], code: str) -> None:
    """Give up letters to a sender or a channel whose address refused them for good."""
    with database.write() as connection:
        undeliverable(connection, ids, code)


def lapse(connection: Connection, ref: str) -> None:
    """Drop what is still to be said about a hold of which nothing is left to decide."""
    moot = LETTERS.c.kind.in_([Kind.ALERT, Kind.WEBHOOK, Kind.NOTICE, Kind.REMINDER])
    connection.execute(
        update(LETTERS).where(LETTERS.c.ref == ref, moot, LETTERS.c.state == OWED).values(state=LAPSED)
    )


def lapsed(database: Database, ids: Sequence[int]) -> None:
    """Drop letters that have become moot on their way."""
    with database.write() as connection:
        _settle(connection, ids, state=LAPSED)


def lapse_nags(connection: Connection, publication: str) -> None:
    """Drop what was still to be said about an overdue publication: somebody has seen to it."""
    nags = (LETTERS.c.publication == publication) & (LETTERS.c.kind == Kind.NAG)
    connection.execute(update(LETTERS).where(nags, LETTERS.c.state == OWED).values(state=LAPSED))


def last_sent(database: Database, address: str, kind: Kind = Kind.ALERT) -> datetime | None:
    """When the last alert, or letter of another kind, went to this address (as written in the letters)."""
    query = select(func.max(LETTERS.c.sent_at)).where(
        LETTERS.c.address == address, LETTERS.c.kind == kind, LETTERS.c.state == SENT
    )
    with database.read() as connection:
        when: datetime | None = connection.execute(query).scalar()
        return when


def count_owed(database: Database, kind: Kind = Kind.ALERT) -> int:
    """How many alerts (or letters of another kind) are owed."""
    query = select(func.count()).select_from(LETTERS).where(LETTERS.c.state == OWED, LETTERS.c.kind == kind)
    with database.read() as connection:
        return int(connection.execute(query).scalar_one())
