"""Incidents: recorded in one transaction, and found again when the same mail comes back.

`record` is the commit point H2: incident, recipients, findings, sealed content, letters owed and audit
entry are one transaction, synced before the client hears a reply.  A resend of the same mail meets the
incident that is there and changes nothing.  Metrics are the caller's: `Recorded.fresh` says whether there
is something to count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, text

from gateway.address import canonical
from gateway.features.threads import Note
from gateway.incident import Incident, Standing, may_notify, standing
from gateway.model import Decision, Disposition, Mail
from gateway.store import audit, incident_rows, letters, plans, threads
from gateway.store.database import Database
from gateway.store.keys import Keys, seal_content
from gateway.store.tables import CONTENTS, INCIDENT_FINDINGS, INCIDENT_RECIPIENTS, INCIDENTS

RESEND_WINDOW = timedelta(days=7)
"""How long a refused or observed mail answers its resend; clients give up after 5 days (RFC 5321 4.5.4.1)."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Keyed digests that know a mail again: of sender, recipients and content, and of sender and content."""

    mail: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class Recorded:
    """The reference to answer with, and whether this incident is new: a resend of the same mail is not."""

    ref: str
    fresh: bool


def record(
    database: Database,
    keys: Keys,
    mail: Mail,
    decision: Decision,
    fingerprint: Fingerprint,
    ref: str,
    now: datetime,
    fallback: tuple[str, ...],
    *,
    webhooks: tuple[str, ...] = (),
    notes: tuple[Note, ...] = (),
) -> Recorded:
    """Make a HOLD, REJECT or observation durable, with the letters it owes; raises StoreUnavailable.

    `mail.content` is kept as it is, sealed, for a HOLD only.  `fallback` are the addresses asked where no
    publication is known, `webhooks` the names of the channels that hear of every incident, `notes` how the
    mail is known from now on to what answers it.
    """
    kind = disposition(decision)
    # Sealing 50 MiB takes its time, so it is done before the writer's lock is taken.
    sealed = seal_content(keys.held_public, ref, mail.content) if kind == "hold" else None
    with database.write() as connection:
        _one_at_a_time(connection, fingerprint.mail)
        known = _answering(connection, fingerprint.mail, kind, now)
        if known is not None:
            return Recorded(known, fresh=False)
        published = plans.published(connection, decision.publications) if sealed is not None else ()
        _insert(connection, mail, decision, fingerprint, ref, now)
        if sealed is not None:
            connection.execute(insert(CONTENTS).values(ref=ref, sealed=sealed))
        threads.keep(connection, keys, notes, ref)
        _owe_letters(connection, mail, decision, ref, now, fallback)
        letters.owe_webhooks(connection, ref, webhooks, now, level=0)
        audit.append(connection, now, audit.GATEWAY, f"incident {kind}", ref, _facts(mail, decision))
        plans.settle_new(connection, ref, published, now)
    return Recorded(ref, fresh=True)


def disposition(decision: Decision) -> str:
    """`hold`, `reject` or `observe`: the kind of incident a decision makes."""
    observed = decision.observed or decision.disposition is Disposition.RELAY
    return "observe" if observed else decision.disposition.word


def _one_at_a_time(connection: Connection, digest: bytes) -> None:
    """Let a second worker with the same mail wait for the first; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        key = int.from_bytes(digest[:8], "big", signed=True)
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def _answering(connection: Connection, digest: bytes, kind: str, now: datetime) -> str | None:
    """The reference of the incident that already answers for this mail.

    Only one of the same kind does: an observed or refused mail gives no custody to a hold.  A hold answers
    while anybody in it waits; once decided, the same mail is a new question.
    """
    open_hold = INCIDENTS.c.state.in_([Standing.HELD, Standing.RELEASING])
    recent = INCIDENTS.c.recorded_at > now - RESEND_WINDOW
    query = (
        select(INCIDENTS.c.ref)
        .where(
            INCIDENTS.c.digest == digest,
            INCIDENTS.c.disposition == kind,
            open_hold if kind == "hold" else recent,
        )
        .order_by(INCIDENTS.c.recorded_at)
        .limit(1)
    )
    return connection.execute(query).scalar_one_or_none()


def _insert(
    connection: Connection,
    mail: Mail,
    decision: Decision,
    fingerprint: Fingerprint,
    ref: str,
    now: datetime,
) -> None:
    recipients = incident_rows.recipient_rows(ref, decision, now)
    connection.execute(
        insert(INCIDENTS).values(
            ref=ref,
            digest=fingerprint.mail,
            content_digest=fingerprint.content,
            state=standing(row["state"] for row in recipients),
            disposition=disposition(decision),
            received_at=mail.received_at,
            recorded_at=now,
            sender=mail.envelope.sender,
            parameters=list(mail.envelope.parameters),
            client_ip=mail.client.ip,
            helo=mail.client.helo,
            size=len(mail.content),
            publications=list(decision.publications),
            sender_ineligible_for=list(decision.sender_ineligible_for),
            sender_suspended_until=decision.sender_suspended_until,
            hints=[[hint.publication, hint.part] for hint in decision.hints],
            escalation=0 if any(decision.publications) else 2,
            damaged=False,
        )
    )
    connection.execute(insert(INCIDENT_RECIPIENTS), recipients)
    if decision.findings:
        connection.execute(insert(INCIDENT_FINDINGS), incident_rows.finding_rows(ref, decision.findings))


def _owe_letters(
    connection: Connection, mail: Mail, decision: Decision, ref: str, now: datetime, fallback: tuple[str, ...]
) -> None:
    known = incident_rows.concerns(connection, decision.publications)
    leads = tuple(concern.lead for concern in known)
    unknown = len(known) < len(set(decision.publications)) or not decision.publications
    letters.owe_alerts(connection, ref, (*leads, *(fallback if unknown else ())), now, level=0)
    sender = mail.envelope.sender
    held = [one.recipient for one in decision.outcomes if one.disposition is Disposition.HOLD]
    wanted = any(may_notify(recipient.parameters) for recipient in held)
    if sender is not None and disposition(decision) == "hold" and wanted:
        letters.owe(connection, ref, letters.Kind.NOTICE, sender, now)


def _facts(mail: Mail, decision: Decision) -> dict[str, Any]:
    return {
        "sender": mail.envelope.sender,
        "publications": list(decision.publications),
        "ineligible": list(decision.ineligible),
        "recipients": len(decision.outcomes),
        "rules": sorted({finding.rule for finding in decision.findings}),
    }


def open_fingerprints(database: Database) -> list[tuple[bytes, str, str]]:
    """Mail fingerprint, reference and state of every incident that is held, releasing or observed."""
    open_states = [Standing.HELD, Standing.RELEASING, Standing.OBSERVED]
    query = select(INCIDENTS.c.digest, INCIDENTS.c.ref, INCIDENTS.c.state).where(
        INCIDENTS.c.state.in_(open_states)
    )
    with database.read() as connection:
        return [(row.digest, row.ref, row.state) for row in connection.execute(query)]


def find_by_fingerprint(database: Database, mail_fingerprint: bytes, now: datetime) -> tuple[str, str] | None:
    """Reference and kind (`hold`, `reject`, `observe`) of the incident that answers a resend, or None."""
    open_hold = INCIDENTS.c.state.in_([Standing.HELD, Standing.RELEASING])
    recent = (INCIDENTS.c.disposition != "hold") & (INCIDENTS.c.recorded_at > now - RESEND_WINDOW)
    query = (
        select(INCIDENTS.c.ref, INCIDENTS.c.disposition)
        .where(INCIDENTS.c.digest == mail_fingerprint, or_(open_hold, recent))
        # An open hold has custody of the mail, so it speaks before anything else.
        .order_by(open_hold.desc(), INCIDENTS.c.recorded_at)
        .limit(1)
    )
    with database.read() as connection:
        row = connection.execute(query).first()
    return (row.ref, row.disposition) if row is not None else None


def released_to(database: Database) -> dict[bytes, dict[str, frozenset[str | None]]]:
    """For each content fingerprint the canonical addresses that a person released the mail to, for which publications.

    Released mail may pass the gateway again on its way; for these recipients it is not held a second time.
    """
    query = (
        select(
            INCIDENTS.c.content_digest, INCIDENT_RECIPIENTS.c.address, INCIDENT_RECIPIENTS.c.ineligible_for
        )
        .join(INCIDENT_RECIPIENTS, INCIDENT_RECIPIENTS.c.ref == INCIDENTS.c.ref)
        .where(
            INCIDENTS.c.disposition == "hold",
            INCIDENT_RECIPIENTS.c.decided_at.is_not(None),
            INCIDENT_RECIPIENTS.c.state.in_([Standing.RELEASING, Standing.RELEASED]),
        )
    )
    found: dict[bytes, dict[str, frozenset[str | None]]] = {}
    with database.read() as connection:
        for digest, address, closed in connection.execute(query):
            people = found.setdefault(digest, {})
            key = canonical(address) or address
            people[key] = people.get(key, frozenset()) | frozenset(closed)
    return found


def load(database: Database, ref: str) -> Incident | None:
    """Everything about one incident but its content; None where there is no such incident."""
    with database.read() as connection:
        return incident_rows.read_incident(connection, ref)


def load_many(database: Database, refs: Iterable[str]) -> dict[str, Incident]:
    """Several incidents by reference; those that do not exist are missing."""
    with database.read() as connection:
        found = incident_rows.read_incidents(connection, refs=refs, state=None)
    return {incident.ref: incident for incident in found}


def listing(database: Database, state: str | None = None) -> list[Incident]:
    """All incidents, or those in one state, the oldest first."""
    with database.read() as connection:
        return incident_rows.read_incidents(connection, refs=None, state=state)


def counts(database: Database) -> dict[str, int]:
    """How many incidents there are in each state; a state without any is missing."""
    query = select(INCIDENTS.c.state, func.count()).group_by(INCIDENTS.c.state)
    with database.read() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def oldest_held(database: Database) -> datetime | None:
    """When the mail that has been held longest was received; None where nothing is held."""
    query = select(func.min(INCIDENTS.c.received_at)).where(INCIDENTS.c.state == Standing.HELD)
    with database.read() as connection:
        when: datetime | None = connection.execute(query).scalar()
        return when


def decided_since(database: Database, after: datetime) -> list[tuple[datetime, timedelta]]:
    """When incidents were decided after this time, and how long each had been open, in that order."""
    query = (
        select(INCIDENTS.c.decided_at, INCIDENTS.c.recorded_at)
        .where(INCIDENTS.c.decided_at > after)
        .order_by(INCIDENTS.c.decided_at)
    )
    with database.read() as connection:
        return [(row.decided_at, row.decided_at - row.recorded_at) for row in connection.execute(query)]
