"""What time does to publications, in the store: overdue ones are nagged about, stale keys destroyed.

When the time has come is the caller's to say (`gateway.life`); here each step asks the row once more, so that of
several offices on one store one does it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, or_, select, update

from gateway.incident import Standing
from gateway.model import LiveBy, Publication, State
from gateway.store import NotDone, threads
from gateway.store.audit import GATEWAY, append
from gateway.store.database import Database
from gateway.store.letters import Kind, lapse_nags, owe
from gateway.store.publication_rows import known, publication_of, save
from gateway.store.tables import INCIDENTS, INSTALLATION, PUBLICATIONS, TRACES

_UNPUBLISHED = [State.DRAFT.value, State.EMBARGOED.value, State.PAUSED.value]


@dataclass(frozen=True, slots=True)
class Due:
    """A publication whose planned time has passed unconfirmed: when its lead was last nagged, whether it has a key."""

    publication: Publication
    nagged_at: datetime | None
    has_key: bool
    waiting: int = 0


def due(database: Database, now: datetime) -> tuple[Due, ...]:
    """Every publication that is overdue at `now`, the longest first; `waiting` counts the mails held for it."""
    query = select(PUBLICATIONS).where(
        PUBLICATIONS.c.state.in_(_UNPUBLISHED), PUBLICATIONS.c.publishes_at <= now
    )
    with database.read() as connection:
        rows = connection.execute(query.order_by(PUBLICATIONS.c.publishes_at, PUBLICATIONS.c.id)).all()
        held = _held_for(connection) if rows else []
    return tuple(
        Due(publication_of(row), row.nagged_at, row.sealed_key is not None, held.count(row.id))
        for row in rows
    )


def next_planned(database: Database, now: datetime) -> datetime | None:
    """The soonest planned time after `now`; None where nothing is planned."""
    coming = (PUBLICATIONS.c.state.in_(_UNPUBLISHED)) & (PUBLICATIONS.c.publishes_at > now)
    query = select(PUBLICATIONS.c.publishes_at).where(coming).order_by(PUBLICATIONS.c.publishes_at).limit(1)
    with database.read() as connection:
        when: datetime | None = connection.execute(query).scalar()
        return when


def _held_for(connection: Connection) -> list[str]:
    """The publications of all held incidents, one entry for each of both."""
    query = select(INCIDENTS.c.publications).where(INCIDENTS.c.state == Standing.HELD)
    return [name for names in connection.execute(query).scalars() for name in names]


def nag(database: Database, overdue: Due, every: timedelta, now: datetime) -> bool:
    """Owe a nag to lead and deputies unless one was owed within `every`; whether it was."""
    publication = overdue.publication
    stale = or_(PUBLICATIONS.c.nagged_at.is_(None), PUBLICATIONS.c.nagged_at <= now - every)
    still = (PUBLICATIONS.c.id == publication.id) & (PUBLICATIONS.c.publishes_at == publication.publishes_at)
    claim = update(PUBLICATIONS).where(still, PUBLICATIONS.c.state == publication.state.value, stale)
    with database.write() as connection:
        if connection.execute(claim.values(nagged_at=now)).rowcount == 0:
            return False
        lapse_nags(connection, publication.id)
        people = tuple(dict.fromkeys((publication.lead, *publication.deputies)))
        for address in people:
            owe(connection, None, Kind.NAG, address, now, facts=_facts(overdue), publication=publication.id)
        append(connection, now, GATEWAY, "publication nag", publication.id, {"asked": people})
    return True


def _facts(overdue: Due) -> dict[str, Any]:
    publication = overdue.publication
    return {
        "title": publication.title,
        "publishes_at": publication.publishes_at.isoformat(),
        "live_by": publication.live_by.value,
        "state": publication.state.value,
        "waiting": overdue.waiting,
    }


def destroy_keys(database: Database, publication: str, actor: str, now: datetime) -> None:
    """Destroy key and traces of a publication whose time is long past, though nobody has said that it is out.

    Raises NotDone where it is under embargo at `now`, is planned anew, or its key is gone already.
    """
    with database.write() as connection:
        before = known(connection, publication)
        if before.embargoed(now) or before.live_by is not LiveBy.CLOCK:
            raise NotDone(publication, "is under embargo")
        if before.state is State.WITHDRAWN:
            raise NotDone(publication, "is withdrawn: its key is kept for another plan")
        here = PUBLICATIONS.c.id == publication
        if connection.execute(select(PUBLICATIONS.c.sealed_key).where(here)).scalar() is None:
            raise NotDone(publication, "its key is destroyed already")
        save(connection, before, actor, "publication destroy keys", {}, now, {"sealed_key": None})
        connection.execute(delete(TRACES).where(TRACES.c.publication == publication))
        threads.forget(connection, publication)


def trusted_at(database: Database) -> datetime | None:
    """The latest time at which an office on this store trusted its clock; None before the first."""
    with database.read() as connection:
        when: datetime | None = connection.execute(select(INSTALLATION.c.trusted_at)).scalar()
        return when


def remember_trusted(database: Database, now: datetime) -> None:
    """Keep a trusted time for the next start."""
    with database.write() as connection:
        connection.execute(update(INSTALLATION).values(trusted_at=now))
