"""Suspensions: persons for whom no grant counts until a time, whatever address of theirs is written to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from gateway.persons import Entry, Kind
from gateway.store import NotDone
from gateway.store.audit import append
from gateway.store.database import Database, bump_epoch
from gateway.store.persons_behind import addresses_of, groups_among
from gateway.store.tables import SUSPENSIONS


@dataclass(frozen=True, slots=True)
class Suspension:
    """A person (canonical) for whom no grant counts until a time, why, and who said so when."""

    person: str
    until: datetime
    reason: str
    suspended_by: str
    suspended_at: datetime


def listed(database: Database) -> tuple[Suspension, ...]:
    """Every suspension by person, those that are over too."""
    with database.read() as connection:
        return _all(connection)


def load(connection: Connection, aliases: Mapping[str, str]) -> dict[str, datetime]:
    """Person -> until when; a suspension of any address of a person counts for the person."""
    suspended: dict[str, datetime] = {}
    for one in _all(connection):
        person = aliases.get(one.person, one.person)
        suspended[person] = max(one.until, suspended.get(person, one.until))
    return suspended


def suspend(
    database: Database, address: str, until: datetime, reason: str, actor: str, now: datetime
) -> Suspension:
    """Let no grant count for the person of an address until a time, in place of an earlier suspension.

    NotDone for a group, whose members must be suspended each, and for a time that is past.
    """
    if until <= now:
        raise NotDone(address, "the suspension would be over already")
    with database.write() as connection:
        everywhere, person = addresses_of(connection, address)
        if groups_among(connection, [person]):
            raise NotDone(address, "is a group; suspend the persons in it")
        made = Suspension(person, until, reason, actor, now)
        # Whoever changes the directory waits for the epoch first, so that no two wait for each other.
        bump_epoch(connection)
        connection.execute(delete(SUSPENSIONS).where(SUSPENSIONS.c.person.in_(everywhere)))
        _insert(connection, [made])
        facts = {"address": address, "until": until.isoformat(), "reason": reason}
        append(connection, now, actor, "directory suspend", person, facts)
    return made


def unsuspend(database: Database, address: str, actor: str, now: datetime) -> str:
    """End the suspension of the person of an address, whom it gives; NotDone where there is none."""
    with database.write() as connection:
        everywhere, person = addresses_of(connection, address)
        bump_epoch(connection)
        ended = connection.execute(delete(SUSPENSIONS).where(SUSPENSIONS.c.person.in_(everywhere)))
        if not ended.rowcount:
            raise NotDone(address, "is not suspended")
        append(connection, now, actor, "directory unsuspend", person, {"address": address})
    return person


def outlive(connection: Connection, gone: Iterable[Entry]) -> None:
    """Keep suspended what stops being an alias of a suspended person: nobody becomes eligible by that."""
    suspended = {one.person: one for one in _all(connection)}
    own = [
        replace(suspended[entry.member], person=entry.address)
        for entry in gone
        if entry.kind is Kind.ALIAS and entry.member in suspended and entry.address not in suspended
    ]
    _insert(connection, own)


def _all(connection: Connection) -> tuple[Suspension, ...]:
    rows = connection.execute(select(SUSPENSIONS).order_by(SUSPENSIONS.c.person))
    return tuple(Suspension(*row) for row in rows)


def _insert(connection: Connection, made: Iterable[Suspension]) -> None:
    rows = [asdict(one) for one in made]
    if rows:
        connection.execute(insert(SUSPENSIONS), rows)
