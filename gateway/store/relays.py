"""Releases carried out: which incidents are due, who relays them, and what the next hop said.

    R2  relay begun: `claim` marks the recipients in doubt
    R3  the next hop's answer
    R4  marked relayed, or DSN owed: `settle`
    R5  content erased, in the same transaction as R4

A crash between R2 and R4 leaves the mark of doubt: the next claim says in the audit log that the mail goes
out again.  A claim keeps a second office on the same store away, until its office no longer renews it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, CursorResult, func, or_, select, update

from gateway.incident import Addressee, Incident, Standing, parameter, wants_failure
from gateway.store import audit, letters
from gateway.store.cases import restate
from gateway.store.database import Database
from gateway.store.incident_rows import addressee, read_incident
from gateway.store.tables import CONTENTS, INCIDENT_RECIPIENTS, INCIDENTS

_RECIPIENTS = INCIDENT_RECIPIENTS.c


@dataclass(frozen=True, slots=True)
class Waiting:
    """One recipient that is due: its row, how it stands, and since when it is being released."""

    id: int
    addressee: Addressee
    since: datetime


@dataclass(frozen=True, slots=True)
class Job:
    """What one relay needs; `sealed` is None where the content is missing."""

    incident: Incident
    waiting: tuple[Waiting, ...]
    sealed: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What becomes of one recipient: an end, or another attempt at a time.  `code` is the reply's."""

    id: int
    address: str
    standing: Standing
    code: str
    next_attempt_at: datetime | None = None
    in_doubt: bool = False
    expired: bool = False


def due(database: Database, now: datetime) -> list[str]:
    """References of the incidents that somebody should relay now, the longest waiting first."""
    first = func.min(_RECIPIENTS.next_attempt_at)
    query = (
        select(_RECIPIENTS.ref)
        .join(INCIDENTS, INCIDENTS.c.ref == _RECIPIENTS.ref)
        .where(_RECIPIENTS.state == Standing.RELEASING, _RECIPIENTS.next_attempt_at <= now, _free(now))
        .group_by(_RECIPIENTS.ref)
        .order_by(first)
    )
    with database.read() as connection:
        return list(connection.execute(query).scalars())


def next_due(database: Database) -> datetime | None:
    """When the next release falls due or its claim ends; None where nothing is being released."""
    query = (
        select(_RECIPIENTS.next_attempt_at, INCIDENTS.c.claimed_until)
        .join(INCIDENTS, INCIDENTS.c.ref == _RECIPIENTS.ref)
        .where(_RECIPIENTS.state == Standing.RELEASING)
        .distinct()
    )
    with database.read() as connection:
        return min((max(filter(None, row)) for row in connection.execute(query)), default=None)


def _free(now: datetime) -> Any:
    return or_(INCIDENTS.c.claimed_until.is_(None), INCIDENTS.c.claimed_until <= now)


def claim(database: Database, ref: str, office: str, now: datetime, until: datetime) -> Job | None:
    """Begin a relay (R2) unless another office has; None where there is nothing to do."""
    mine = update(INCIDENTS).where(INCIDENTS.c.ref == ref, _free(now))
    with database.write() as connection:
        if not _changed(connection.execute(mine.values(claimed_by=office, claimed_until=until))):
            return None
        rows = connection.execute(
            select(INCIDENT_RECIPIENTS)
            .where(_RECIPIENTS.ref == ref, _RECIPIENTS.state == Standing.RELEASING)
            .where(_RECIPIENTS.next_attempt_at <= now)
            .order_by(_RECIPIENTS.position)
        ).all()
        incident = read_incident(connection, ref)
        if not rows or incident is None:
            _unclaim(connection, ref, office)
            return None
        doubtful = [row.address for row in rows if row.in_doubt]
        if doubtful:
            audit.append(
                connection, now, audit.GATEWAY, "relay again in doubt", ref, {"recipients": doubtful}
            )
        ids = [row.id for row in rows]
        connection.execute(update(INCIDENT_RECIPIENTS).where(_RECIPIENTS.id.in_(ids)).values(in_doubt=True))
        sealed = connection.execute(select(CONTENTS.c.sealed).where(CONTENTS.c.ref == ref)).scalar()
    return Job(incident, tuple(Waiting(r.id, addressee(r), r.releasing_since) for r in rows), sealed)


def _changed(result: CursorResult[Any]) -> bool:
    return result.rowcount > 0


def renew(database: Database, ref: str, office: str, until: datetime) -> bool:
    """Hold a claim longer; False where it is lost."""
    mine = update(INCIDENTS).where(INCIDENTS.c.ref == ref, INCIDENTS.c.claimed_by == office)
    with database.write() as connection:
        return _changed(connection.execute(mine.values(claimed_until=until)))


def _unclaim(connection: Connection, ref: str, office: str) -> None:
    mine = update(INCIDENTS).where(INCIDENTS.c.ref == ref, INCIDENTS.c.claimed_by == office)
    connection.execute(mine.values(claimed_by=None, claimed_until=None))


def forget_claims(database: Database) -> None:
    """End every claim at the start of an office on SQLite: it is the only one, and whoever made them is gone."""
    if not database.sqlite:
        return
    claimed = INCIDENTS.c.claimed_by.is_not(None)
    with database.write() as connection:
        connection.execute(update(INCIDENTS).where(claimed).values(claimed_by=None, claimed_until=None))


def settle(database: Database, job: Job, office: str, answers: Sequence[Answer], now: datetime) -> Standing:
    """Write down what the next hop said (R4) and owe the sender a DSN for failures; the incident's state."""
    ref = job.incident.ref
    with database.write() as connection:
        # The incident's row is locked first everywhere, so that two transactions never wait for each other.
        connection.execute(update(INCIDENTS).where(INCIDENTS.c.ref == ref).values(damaged=False))
        _unclaim(connection, ref, office)
        for answer in answers:
            _write(connection, answer)
        _owe_report(connection, job, answers, now)
        facts = [{"address": a.address, "state": a.standing, "code": a.code} for a in answers]
        audit.append(connection, now, audit.GATEWAY, "relay answered", ref, {"recipients": facts})
        return restate(connection, ref, now)


def _write(connection: Connection, answer: Answer) -> None:
    connection.execute(
        update(INCIDENT_RECIPIENTS)
        .where(_RECIPIENTS.id == answer.id, _RECIPIENTS.state == Standing.RELEASING)
        .values(
            state=answer.standing,
            attempts=_RECIPIENTS.attempts + 1,
            next_attempt_at=answer.next_attempt_at,
            in_doubt=answer.in_doubt,
            last_code=answer.code[:16],
        )
    )


def _owe_report(connection: Connection, job: Job, answers: Sequence[Answer], now: datetime) -> None:
    failed = {answer.id: answer for answer in answers if answer.standing is Standing.REJECTED}
    told = [
        {
            "address": one.addressee.address,
            "original": parameter(one.addressee.parameters, "ORCPT"),
            "code": failed[one.id].code,
            "expired": failed[one.id].expired,
        }
        for one in job.waiting
        if one.id in failed and wants_failure(one.addressee.parameters)
    ]
    sender = job.incident.sender
    if sender is not None and told:
        letters.owe(connection, job.incident.ref, letters.Kind.DSN, sender, now, facts={"recipients": told})


def damaged(database: Database, job: Job, office: str, now: datetime, next_attempt_at: datetime) -> bool:
    """Note that the stored content does not open: nothing was relayed; whether that is news.

    The recipients stay as they are, and are tried again in case the content is restored.
    """
    ref = job.incident.ref
    with database.write() as connection:
        # The incident before the audit log, as everywhere.
        connection.execute(update(INCIDENTS).where(INCIDENTS.c.ref == ref).values(damaged=True))
        if not job.incident.damaged:
            audit.append(connection, now, audit.GATEWAY, "content damaged", ref, {})
        ids = [one.id for one in job.waiting]
        later = update(INCIDENT_RECIPIENTS).where(_RECIPIENTS.id.in_(ids))
        connection.execute(later.values(in_doubt=False, next_attempt_at=next_attempt_at))
        _unclaim(connection, ref, office)
    return not job.incident.damaged
