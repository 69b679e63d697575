"""Incidents as rows: how facts become rows of the tables, and rows become facts again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, select, true

from gateway.incident import Addressee, Concern, Consent, Incident, Standing, Verb
from gateway.model import Decision, Detector, Disposition, Finding, Hint, Membership, Reason
from gateway.store import letters
from gateway.store.tables import (
    CONSENTS,
    INCIDENT_FINDINGS,
    INCIDENT_RECIPIENTS,
    INCIDENTS,
    LETTERS,
    PUBLICATIONS,
)

_AT_ONCE = 500
"""References in one statement: databases limit its parameters."""


def recipient_rows(ref: str, decision: Decision, now: Any) -> list[dict[str, Any]]:
    """One row for each recipient of a decision, in order; who may have the mail is `releasing` at once."""
    rows = []
    for position, outcome in enumerate(decision.outcomes):
        state = _first_standing(decision, outcome.disposition)
        starts = now if state is Standing.RELEASING else None
        rows.append(
            {
                "ref": ref,
                "position": position,
                "address": outcome.recipient.address,
                "parameters": list(outcome.recipient.parameters),
                "state": state,
                "ineligible_for": list(outcome.ineligible_for),
                "without_grant": False,
                "attempts": 0,
                "next_attempt_at": starts,
                "releasing_since": starts,
                "in_doubt": False,
                "members": outcome.group.members if outcome.group else None,
                "unlisted": outcome.group.unlisted if outcome.group else None,
                "resembles": outcome.resembles,
                "suspended_until": outcome.suspended_until,
            }
        )
    return rows


def _first_standing(decision: Decision, disposition: Disposition) -> Standing:
    if decision.observed or decision.disposition is Disposition.RELAY:
        return Standing.OBSERVED
    if decision.disposition is Disposition.REJECT:
        return Standing.REJECTED
    return Standing.HELD if disposition is Disposition.HOLD else Standing.RELEASING


def finding_rows(ref: str, findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """One row for each finding: rule and place."""
    return [
        {
            "ref": ref,
            "rule": finding.rule,
            "detector": finding.detector.value,
            "publication": finding.publication,
            "candidates": list(finding.candidates),
            "part": finding.part,
            "asks": finding.asks.word,
            "reason": finding.reason.value if finding.reason else None,
            "trace": finding.trace or None,
        }
        for finding in findings
    ]


def concerns(connection: Connection, publications: Iterable[str | None]) -> tuple[Concern, ...]:
    """The registered ones among these publications, the soonest first."""
    ids = [publication for publication in publications if publication is not None]
    query = select(PUBLICATIONS).where(PUBLICATIONS.c.id.in_(ids)).order_by(PUBLICATIONS.c.publishes_at)
    rows = connection.execute(query)
    return tuple(Concern(r.id, r.title, r.publishes_at, r.lead, tuple(r.deputies)) for r in rows)


def read_incident(connection: Connection, ref: str) -> Incident | None:
    """Everything about one incident but its content."""
    return next(iter(_read(connection, INCIDENTS.c.ref == ref)), None)


def read_incidents(
    connection: Connection, *, refs: Iterable[str] | None, state: str | None
) -> list[Incident]:
    """The incidents of these references or in this state (None: all), the oldest first."""
    if refs is None:
        return _read(connection, true() if state is None else INCIDENTS.c.state == state)
    found: list[Incident] = []
    wanted = list(dict.fromkeys(refs))
    for start in range(0, len(wanted), _AT_ONCE):
        found += _read(connection, INCIDENTS.c.ref.in_(wanted[start : start + _AT_ONCE]))
    return found


def _read(connection: Connection, which: ColumnElement[bool]) -> list[Incident]:
    """A handful of statements, however many incidents there are."""
    rows = connection.execute(
        select(INCIDENTS).where(which).order_by(INCIDENTS.c.recorded_at, INCIDENTS.c.ref)
    ).all()
    refs = select(INCIDENTS.c.ref).where(which)
    recipients = _by_ref(connection, INCIDENT_RECIPIENTS, refs, INCIDENT_RECIPIENTS.c.position)
    findings = _by_ref(connection, INCIDENT_FINDINGS, refs, INCIDENT_FINDINGS.c.id)
    owed = select(LETTERS.c.ref).where(
        LETTERS.c.ref.in_(refs), LETTERS.c.kind == letters.Kind.ALERT, LETTERS.c.state == letters.OWED
    )
    unsent = set(connection.execute(owed).scalars())
    said = consents_of(connection, refs)
    known = concerns(connection, {publication for row in rows for publication in row.publications})
    return [
        _incident(row, recipients[row.ref], findings[row.ref], known, said, owed=row.ref in unsent)
        for row in rows
    ]


def _by_ref(
    connection: Connection, table: Table, refs: Select[tuple[str]], order: ColumnElement[int]
) -> dict[str, list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(select(table).where(table.c.ref.in_(refs)).order_by(table.c.ref, order)):
        found[row.ref].append(row)
    return found


def _incident(
    row: Row[Any],
    recipients: Iterable[Row[Any]],
    findings: Iterable[Row[Any]],
    known: Iterable[Concern],
    consents: Mapping[int, tuple[Consent, ...]],
    *,
    owed: bool,
) -> Incident:
    return Incident(
        ref=row.ref,
        state=Standing(row.state),
        disposition=row.disposition,
        received_at=row.received_at,
        recorded_at=row.recorded_at,
        sender=row.sender,
        recipients=tuple(addressee(recipient, consents.get(recipient.id, ())) for recipient in recipients),
        findings=tuple(_finding(finding) for finding in findings),
        publications=tuple(row.publications),
        concerns=tuple(concern for concern in known if concern.id in row.publications),
        sender_ineligible_for=tuple(row.sender_ineligible_for),
        sender_suspended_until=row.sender_suspended_until,
        hints=tuple(Hint(publication, part) for publication, part in row.hints),
        parameters=tuple(row.parameters),
        client_ip=row.client_ip,
        helo=row.helo,
        size=row.size,
        escalation=row.escalation,
        damaged=row.damaged,
        alert_owed=owed,
    )


def consents_of(
    connection: Connection, refs: Iterable[str] | Select[tuple[str]]
) -> dict[int, tuple[Consent, ...]]:
    """What was said about each recipient (by its row's id), in the order in which it was said."""
    found: dict[int, tuple[Consent, ...]] = {}
    query = select(CONSENTS).where(CONSENTS.c.ref.in_(refs)).order_by(CONSENTS.c.id)
    for row in connection.execute(query):
        said = Consent(row.publication, Verb(row.verb), row.given_by, row.given_at, row.reason)
        found[row.recipient] = (*found.get(row.recipient, ()), said)
    return found


def addressee(row: Row[Any], consents: Iterable[Consent] = ()) -> Addressee:
    """One recipient of an incident from its row, with what the leads have said about it."""
    return Addressee(
        address=row.address,
        standing=Standing(row.state),
        parameters=tuple(row.parameters),
        ineligible_for=tuple(row.ineligible_for),
        without_grant=row.without_grant,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        in_doubt=row.in_doubt,
        last_code=row.last_code,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        reason=row.decision_reason,
        group=Membership(row.members, row.unlisted) if row.members is not None else None,
        resembles=row.resembles,
        suspended_until=row.suspended_until,
        consents=tuple(consents),
    )


def _finding(row: Row[Any]) -> Finding:
    return Finding(
        rule=row.rule,
        detector=Detector(row.detector),
        part=row.part,
        publication=row.publication,
        candidates=tuple(row.candidates),
        asks=Disposition[row.asks.upper()],
        reason=Reason(row.reason) if row.reason else None,
        trace=row.trace or b"",
    )
