"""What a person decides about held mail: release it to recipients, or discard it.  Exactly one decision wins.

A decision is recorded with who made it and why (R1), in one transaction with its audit entry: without that
entry there is no decision.  Nothing is relayed here: a release only lets the office begin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from gateway.address import canonical
from gateway.incident import WAITING, Standing, may_notify, standing
from gateway.letters.form import shown
from gateway.model import Policy, Register
from gateway.policy import Desk
from gateway.store import NotDone, audit, letters
from gateway.store.database import Database
from gateway.store.tables import CONTENTS, INCIDENT_RECIPIENTS, INCIDENTS

Granted = Callable[[str, str], bool]
"""Whether a publication (id) is open to an address now: by a grant, or because its embargo is over."""


def grants_in(register: Register, now: datetime) -> Granted:
    """What is open to whom at `now`, by this register: the measure for releases without grant."""
    desk = Desk(register, Policy(), now)
    return lambda publication, address: not desk.embargoed(publication) or desk.eligible(address, publication)


class NoSuchIncident(NotDone):
    """There is no incident of this reference."""


class NotHeld(NotDone):
    """Nobody in the incident, or not everybody who was named, is held any more: somebody else has decided."""


class NotAmong(NotDone):
    """Addresses were named that are no recipients of the incident."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Whom a decision concerned, and who among them was released without a valid grant."""

    ref: str
    recipients: tuple[str, ...]
    without_grant: tuple[str, ...] = ()


def release(
    database: Database,
    ref: str,
    recipients: Sequence[str] | None,
    reason: str,
    actor: str,
    now: datetime,
    granted: Granted,
) -> Decided:
    """Let the office relay a held mail to `recipients` (as people write them; None: everybody held).

    Who has no grant at this moment is recorded as released without.  Raises NotDone, with nothing changed.
    """
    with database.write() as connection:
        incident, rows = _locked(connection, ref)
        chosen = _chosen(ref, rows, recipients)
        bare = [row for row in chosen if not _has_grants(incident, row, granted)]
        values = {"releasing_since": now, "next_attempt_at": now, "attempts": 0, "last_code": None}
        _decide(connection, chosen, Standing.RELEASING, actor, reason, now, values)
        if bare:
            ids = [row.id for row in bare]
            query = update(INCIDENT_RECIPIENTS).where(INCIDENT_RECIPIENTS.c.id.in_(ids))
            connection.execute(query.values(without_grant=True))
        restate(connection, ref, now)
        decided = Decided(ref, _addresses(chosen), _addresses(bare))
        facts = {"recipients": decided.recipients, "without_grant": decided.without_grant, "reason": reason}
        audit.append(connection, now, actor, "incident release", ref, facts)
    return decided


def discard(database: Database, ref: str, reason: str, actor: str, now: datetime) -> Decided:
    """End a hold by deleting: for everybody still held, with a notice to the sender.

    Where the stored content is damaged, this also ends a release that cannot be carried out.  Raises NotDone.
    """
    with database.write() as connection:
        incident, rows = _locked(connection, ref)
        open_states = WAITING if incident.damaged else {Standing.HELD}
        chosen = [row for row in rows if row.state in open_states]
        if not chosen:
            raise NotHeld(ref, _decided_already(rows))
        _decide(connection, chosen, Standing.DISCARDED, actor, reason, now, {"next_attempt_at": None})
        restate(connection, ref, now)
        told = [row.address for row in chosen if may_notify(row.parameters)]
        if incident.sender is not None and told:
            letters.owe(
                connection, ref, letters.Kind.DISCARDED, incident.sender, now, facts={"recipients": told}
            )
        decided = Decided(ref, _addresses(chosen))
        facts = {"recipients": decided.recipients, "reason": reason}
        audit.append(connection, now, actor, "incident discard", ref, facts)
    return decided


def _locked(connection: Connection, ref: str) -> tuple[Row[Any], Sequence[Row[Any]]]:
    """The incident and its recipients, locked until the transaction ends (SQLite has one writer anyway)."""
    incident = connection.execute(select(INCIDENTS).where(INCIDENTS.c.ref == ref).with_for_update()).first()
    if incident is None:
        raise NoSuchIncident(ref, "no such incident")
    query = select(INCIDENT_RECIPIENTS).where(INCIDENT_RECIPIENTS.c.ref == ref)
    return incident, connection.execute(query.order_by(INCIDENT_RECIPIENTS.c.position)).all()


def _chosen(ref: str, rows: Sequence[Row[Any]], named: Sequence[str] | None) -> list[Row[Any]]:
    held = [row for row in rows if row.state == Standing.HELD]
    if not held:
        raise NotHeld(ref, _decided_already(rows))
    if named is None:
        return held
    wanted = {_form(address) for address in named}
    known = {_form(row.address) for row in rows}
    strangers = [address for address in named if _form(address) not in known]
    if strangers:
        raise NotAmong(ref, f"not a recipient of this mail: {', '.join(map(shown, strangers))}")
    chosen = [row for row in held if _form(row.address) in wanted]
    gone = [row for row in rows if _form(row.address) in wanted - {_form(one.address) for one in chosen}]
    if gone or not chosen:
        raise NotHeld(ref, _decided_already(gone))
    return chosen


def _form(address: str) -> str:
    return canonical(address.strip()) or address.strip()


def _decided_already(rows: Iterable[Row[Any]]) -> str:
    said = []
    for row in rows:
        by = f" by {row.decided_by} at {row.decided_at:%Y-%m-%d %H:%M} UTC" if row.decided_by else ""
        said.append(f"{shown(row.address)} is {row.state}{by}")
    return f"not held: {'; '.join(said[:5])}{' and others' if len(said) > 5 else ''}"


def _has_grants(incident: Row[Any], row: Row[Any], granted: Granted) -> bool:
    closed = row.ineligible_for or incident.publications
    return all(publication is not None and granted(publication, row.address) for publication in closed)


def _decide(
    connection: Connection,
    rows: Sequence[Row[Any]],
    state: Standing,
    actor: str,
    reason: str,
    now: datetime,
    values: dict[str, Any],
) -> None:
    # The update itself asks for the states once more: whoever comes second changes no row, and is told so.
    changed = connection.execute(
        update(INCIDENT_RECIPIENTS)
        .where(
            INCIDENT_RECIPIENTS.c.id.in_([row.id for row in rows]),
            INCIDENT_RECIPIENTS.c.state.in_({row.state for row in rows}),
        )
        .values(state=state, decided_at=now, decided_by=actor, decision_reason=reason, **values)
    )
    if changed.rowcount != len(rows):
        raise NotHeld(rows[0].ref, "somebody else has just decided")


def _addresses(rows: Iterable[Row[Any]]) -> tuple[str, ...]:
    return tuple(row.address for row in rows)


def restate(connection: Connection, ref: str, now: datetime) -> Standing:
    """Bring an incident in line with its recipients: state, content, alerts; gives the state it has now.

    Content is erased (R5) as soon as nobody waits for it, alerts lapse as soon as nobody has to decide.
    """
    query = select(INCIDENT_RECIPIENTS.c.state).where(INCIDENT_RECIPIENTS.c.ref == ref)
    state = standing({Standing(value) for value in connection.execute(query).scalars()})
    of_ref = INCIDENTS.c.ref == ref
    connection.execute(update(INCIDENTS).where(of_ref).values(state=state))
    if state is not Standing.HELD:
        undecided = INCIDENTS.c.decided_at.is_(None)
        connection.execute(update(INCIDENTS).where(of_ref, undecided).values(decided_at=now))
        letters.lapse(connection, ref)
    if state not in WAITING:
        connection.execute(delete(CONTENTS).where(CONTENTS.c.ref == ref))
    return state
