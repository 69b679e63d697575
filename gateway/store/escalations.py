"""Who is asked about an incident: its leads, then their deputies, then the fallback addresses.

The next level is asked when nobody decided in time, or at once when an alert bounces.  An incident is asked
about until at least one address has taken its alert: the last alert is never given up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from gateway.incident import Concern, Incident, Standing, asked_at
from gateway.store import audit, cases, consents, letters
from gateway.store.database import Database
from gateway.store.incident_rows import concerns
from gateway.store.tables import CONSENTS, INCIDENTS, LETTERS

DEPUTIES, FALLBACK = 1, 2
_NAMES = {DEPUTIES: "deputies", FALLBACK: "fallback"}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long deputies and fallback wait for an answer, who the latter are, and which channels hear of it."""

    deputies_after: timedelta
    fallback_after: timedelta
    fallback: tuple[str, ...]
    webhooks: tuple[str, ...] = ()

    def levels(self, opened: datetime, publishes_at: datetime | None) -> dict[int, datetime]:
        """When each level is asked about an incident that was recorded at `opened`."""
        return {
            DEPUTIES: asked_at(opened, publishes_at, self.deputies_after),
            FALLBACK: asked_at(opened, publishes_at, self.fallback_after),
        }

    def addresses(self, level: int, known: Sequence[Concern]) -> tuple[str, ...]:
        """Who is asked at a level."""
        if level == FALLBACK:
            return self.fallback
        return tuple(deputy for concern in known for deputy in concern.deputies)

    def still_to_ask(self, incident: Incident) -> list[tuple[datetime, tuple[str, ...]]]:
        """The times and addresses of the levels that have not been asked about a held incident."""
        times = self.levels(incident.recorded_at, incident.publishes_at)
        return [
            (when, self.addresses(level, incident.concerns))
            for level, when in times.items()
            if level > incident.escalation
        ]


def escalate(database: Database, patience: Patience, now: datetime) -> datetime | None:
    """Ask the next level wherever nobody decided in time; when to do this again (None: nothing waits)."""
    waiting = _waiting(database, patience)
    overdue = {ref: max(due) for ref, times in waiting.items() if (due := _reached(times, now))}
    # One transaction each: whoever decides about an incident locks it before the audit log.
    for ref, level in overdue.items():
        with database.write() as connection:
            _raise(connection, ref, level, patience, now, "nobody decided")
    coming = [when for times in waiting.values() for when in times.values() if when > now]
    return min(coming, default=None)


def _reached(times: dict[int, datetime], now: datetime) -> list[int]:
    return [level for level, when in times.items() if when <= now]


def _waiting(database: Database, patience: Patience) -> dict[str, dict[int, datetime]]:
    """For each held incident about which somebody still has to say something: the levels not asked yet, and when."""
    query = select(INCIDENTS).where(INCIDENTS.c.state == Standing.HELD, INCIDENTS.c.escalation < FALLBACK)
    found = {}
    with database.read() as connection:
        rows = connection.execute(query).all()
        every = {one.id: one for one in concerns(connection, {p for row in rows for p in row.publications})}
        said = select(CONSENTS.c.ref).join(INCIDENTS, INCIDENTS.c.ref == CONSENTS.c.ref)
        spoken = set(connection.execute(said.where(INCIDENTS.c.state == Standing.HELD)).scalars())
        answered = {
            row.ref for row in rows if row.ref in spoken and consents.answered(cases.of(connection, row))
        }
    for row in rows:
        if row.ref in answered:
            continue
        planned = [every[p].publishes_at for p in row.publications if p in every]
        times = patience.levels(row.recorded_at, min(planned, default=None))
        found[row.ref] = {level: when for level, when in times.items() if level > row.escalation}
    return found


def _raise(
    connection: Connection, ref: str, level: int, patience: Patience, now: datetime, why: str
) -> list[str]:
    """Ask every level up to this one that was not asked before; the addresses that were added."""
    row = connection.execute(select(INCIDENTS).where(INCIDENTS.c.ref == ref).with_for_update()).one()
    if row.escalation >= level or (row.disposition == "hold" and _settled(connection, row)):
        return []
    connection.execute(update(INCIDENTS).where(INCIDENTS.c.ref == ref).values(escalation=level))
    known = concerns(connection, row.publications)
    added = []
    for step in range(row.escalation + 1, level + 1):
        asked = letters.owe_alerts(connection, ref, patience.addresses(step, known), now, level=step)
        if asked:
            facts = {"asked": asked, "why": why}
            audit.append(connection, now, audit.GATEWAY, f"alert {_NAMES[step]}", ref, facts)
        added += asked
    if added:
        letters.owe_webhooks(connection, ref, patience.webhooks, now, level=level)
    return added


def _settled(connection: Connection, row: Row[Any]) -> bool:
    """Whether nobody has to be asked about a hold: decided, or each lead has said what is to happen."""
    return row.state != Standing.HELD or consents.answered(cases.of(connection, row))


def bounced(
    database: Database,
    given: Sequence[letters.Letter],
    code: str,
    patience: Patience,
    now: datetime,
    next_attempt_at: datetime,
) -> None:
    """Alerts whose address answered 5xx: ask the next level of each at once.

    Where there is nobody else to ask, the alert stays owed and is tried again at `next_attempt_at`.
    """
    for letter in given:
        with database.write() as connection:
            ref = letter.incident
            added: list[str] = []
            for level in range(letter.level + 1, FALLBACK + 1):
                if not added:
                    added = _raise(connection, ref, level, patience, now, "an alert bounced")
            if added or _others(connection, letter):
                letters.undeliverable(connection, [letter.id], code)
                facts = {"address": letter.address, "code": code}
                audit.append(connection, now, audit.GATEWAY, "alert bounced", ref, facts)
            else:
                letters.try_again(connection, [letter.id], next_attempt_at, code)


def _others(connection: Connection, letter: letters.Letter) -> int:
    """How many other alerts about this incident have arrived or may still."""
    query = (
        select(func.count())
        .select_from(LETTERS)
        .where(LETTERS.c.ref == letter.ref, LETTERS.c.id != letter.id)
        .where(LETTERS.c.kind == letters.Kind.ALERT, LETTERS.c.state.in_([letters.OWED, letters.SENT]))
    )
    return int(connection.execute(query).scalar_one())


def lead_addresses(known: Sequence[Concern], patience: Patience) -> tuple[str, ...]:
    """Whom a sender can ask: the leads, or the fallback addresses where no publication is known."""
    return tuple(dict.fromkeys(concern.lead for concern in known)) or patience.fallback
