"""An incident while somebody decides about it: locked, with its recipients, what was said of them, and what is live.

Whoever locks several things in one transaction does so in this order: incidents (by reference), the epoch, the audit
log.  Otherwise two transactions on PostgreSQL could wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, select, update

from gateway.address import canonical
from gateway.incident import WAITING, Consent, Standing, may_notify, standing
from gateway.letters.form import shown
from gateway.model import Publication, State
from gateway.store import NotDone, letters
from gateway.store.incident_rows import consents_of
from gateway.store.publication_rows import publication_of
from gateway.store.tables import CONTENTS, INCIDENT_RECIPIENTS, INCIDENTS, PUBLICATIONS

Behalf = frozenset[str | None] | None
"""The publications for which somebody may speak (None inside: the unknown one); None: for all."""

_MOST_NAMED = 5


class NoSuchIncident(NotDone):
    """There is no incident of this reference."""


class NotHeld(NotDone):
    """Nobody in the incident, or not everybody who was named, is held any more: somebody else has decided."""


class NotAmong(NotDone):
    """Addresses were named that are no recipients of the incident."""


class NotTheirs(NotDone):
    """The mail is held for publications that somebody else decides about."""


@dataclass(frozen=True, slots=True)
class Case:
    """An incident and its recipients as rows; `said` maps a recipient's id -> publication -> the last word on it.

    `known` are the registered publications that it is about.
    """

    incident: Row[Any]
    rows: Sequence[Row[Any]]
    said: dict[int, dict[str | None, Consent]]
    known: dict[str, Publication]

    @property
    def ref(self) -> str:
        """The incident's reference."""
        return str(self.incident.ref)

    @property
    def held(self) -> list[Row[Any]]:
        """The recipients about whom somebody has to decide."""
        return [row for row in self.rows if row.state == Standing.HELD]

    def closed(self, row: Row[Any]) -> tuple[str | None, ...]:
        """The publications whose word a recipient needs: of one who waits with the others, all of the incident."""
        return tuple(row.ineligible_for or self.incident.publications) or (None,)

    def theirs(self, row: Row[Any], behalf: Behalf) -> tuple[str | None, ...]:
        """Those among them for which somebody may speak."""
        return tuple(key for key in self.closed(row) if behalf is None or key in behalf)

    def word(self, row: Row[Any], key: str | None) -> Consent | None:
        """What was last said of a recipient for a publication."""
        return self.said.get(row.id, {}).get(key)

    def live(self, key: str | None) -> bool:
        """Whether a publication is confirmed to be public."""
        return self._state(key) is State.LIVE

    def withdrawn(self, key: str | None) -> bool:
        """Whether a publication will not be published as things stand."""
        return self._state(key) is State.WITHDRAWN

    def coming(self, key: str | None) -> bool:
        """Whether a publication can still go live as things stand."""
        return self._state(key) not in (None, State.LIVE, State.WITHDRAWN)

    def fate(self, key: str | None) -> str:
        """What has become of a publication that cannot, in words."""
        state = self._state(key)
        return "is not registered" if state is None else f"is {state.value}"

    def open(self, key: str | None, now: datetime) -> bool:
        """Whether the embargo of a publication is over at `now`, confirmed or not."""
        return key is not None and key in self.known and not self.known[key].embargoed(now)

    def _state(self, key: str | None) -> State | None:
        return self.known[key].state if key is not None and key in self.known else None


def opened(connection: Connection, ref: str) -> Case:
    """The incident, locked until the transaction ends (SQLite has one writer anyway); raises NoSuchIncident."""
    return _of(connection, ref, select(INCIDENTS).with_for_update())


def read(connection: Connection, ref: str) -> Case:
    """The incident as it is, without a lock; raises NoSuchIncident."""
    return _of(connection, ref, select(INCIDENTS))


def _of(connection: Connection, ref: str, query: Select[Any]) -> Case:
    incident = connection.execute(query.where(INCIDENTS.c.ref == ref)).first()
    if incident is None:
        raise NoSuchIncident(ref, "no such incident")
    return of(connection, incident)


def of(connection: Connection, incident: Row[Any]) -> Case:
    """What belongs to the row of an incident."""
    query = select(INCIDENT_RECIPIENTS).where(INCIDENT_RECIPIENTS.c.ref == incident.ref)
    rows = connection.execute(query.order_by(INCIDENT_RECIPIENTS.c.position)).all()
    given = consents_of(connection, [incident.ref])
    said = {id_: {one.publication: one for one in consents} for id_, consents in given.items()}
    return Case(incident, rows, said, _known(connection, incident.publications))


def _known(connection: Connection, keys: Iterable[str | None]) -> dict[str, Publication]:
    ids = [key for key in keys if key is not None]
    rows = connection.execute(select(PUBLICATIONS).where(PUBLICATIONS.c.id.in_(ids))) if ids else ()
    return {row.id: publication_of(row) for row in rows}


def chosen(case: Case, named: Sequence[str] | None) -> list[Row[Any]]:
    """The held recipients that are named, however people write them (None: all held); raises NotHeld, NotAmong."""
    if not case.held:
        raise NotHeld(case.ref, decided_already(case.rows))
    if named is None:
        return case.held
    wanted = {form(address) for address in named}
    known = {form(row.address) for row in case.rows}
    strangers = [address for address in named if form(address) not in known]
    if strangers:
        raise NotAmong(case.ref, f"not a recipient of this mail: {', '.join(map(shown, strangers))}")
    rows = [row for row in case.held if form(row.address) in wanted]
    gone = [row for row in case.rows if form(row.address) in wanted - {form(one.address) for one in rows}]
    if gone or not rows:
        raise NotHeld(case.ref, decided_already(gone))
    return rows


def form(address: str) -> str:
    """The form in which addresses of recipients are compared here."""
    return canonical(address.strip()) or address.strip()


def decided_already(rows: Iterable[Row[Any]]) -> str:
    """Who has decided about these, and when."""
    said = []
    for row in rows:
        by = f" by {row.decided_by} at {row.decided_at:%Y-%m-%d %H:%M} UTC" if row.decided_by else ""
        said.append(f"{shown(row.address)} is {row.state}{by}")
    more = " and others" if len(said) > _MOST_NAMED else ""
    return f"not held: {'; '.join(said[:_MOST_NAMED])}{more}"


def leave(
    connection: Connection,
    rows: Sequence[Row[Any]],
    state: Standing,
    actor: str,
    reason: str,
    now: datetime,
) -> None:
    """End the wait of these recipients for a decision; raises NotHeld where somebody else has just done so."""
    if not rows:
        return
    begun = state is Standing.RELEASING
    when = {"next_attempt_at": now if begun else None}
    if begun:
        when |= {"releasing_since": now}
    # The update itself asks for the states once more: whoever comes second changes no row, and is told so.
    changed = connection.execute(
        update(INCIDENT_RECIPIENTS)
        .where(
            INCIDENT_RECIPIENTS.c.id.in_([row.id for row in rows]),
            INCIDENT_RECIPIENTS.c.state.in_({row.state for row in rows}),
        )
        .values(state=state, decided_at=now, decided_by=actor, decision_reason=reason, **when)
    )
    if changed.rowcount != len(rows):
        raise NotHeld(rows[0].ref, "somebody else has just decided")


def refuse(
    connection: Connection,
    case: Case,
    rows: Sequence[Row[Any]],
    actor: str,
    reason: str,
    now: datetime,
    message: str = "",
) -> None:
    """Delete the mail for these recipients, and owe the sender a notice with `message` of the one who decided."""
    leave(connection, rows, Standing.DISCARDED, actor, reason, now)
    told = [row.address for row in rows if may_notify(row.parameters)]
    if case.incident.sender is not None and told:
        facts = {"recipients": told, "message": message}
        letters.owe(connection, case.ref, letters.Kind.DISCARDED, case.incident.sender, now, facts=facts)


def mark_without_grant(connection: Connection, rows: Sequence[Row[Any]]) -> None:
    """Note that these were released although they had no grant."""
    if rows:
        bare = INCIDENT_RECIPIENTS.c.id.in_([row.id for row in rows])
        connection.execute(update(INCIDENT_RECIPIENTS).where(bare).values(without_grant=True))


def addresses(rows: Iterable[Row[Any]]) -> tuple[str, ...]:
    """The addresses of recipients as they were given."""
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
