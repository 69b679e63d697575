"""Publications in the store: adding, reading, and each change of their life."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from gateway.model import Grant, GrantKind, LiveBy, Mixed, OnFinding, Publication, State
from gateway.store import NotDone
from gateway.store.audit import append
from gateway.store.database import Database, bump_epoch
from gateway.store.grants import insert_all
from gateway.store.keys import Keys, seal
from gateway.store.tables import PUBLICATIONS, TRACES

_OVER = (State.LIVE, State.WITHDRAWN)


def publication_of(row: Row[Any]) -> Publication:
    """The publication in a row of the table."""
    return Publication(
        id=row.id,
        title=row.title,
        publishes_at=row.publishes_at,
        lead=row.lead,
        opens_at=row.opens_at,
        deputies=tuple(row.deputies),
        state=State(row.state),
        live_by=LiveBy(row.live_by),
        url=row.url,
        at_live=row.at_live,
        market_sensitive=row.market_sensitive,
        on_finding=OnFinding(row.on_finding) if row.on_finding else None,
        mixed=Mixed(row.mixed) if row.mixed else None,
        former_times=tuple(datetime.fromisoformat(when) for when in row.former_times),
        confirmed_at=row.confirmed_at,
        producer=row.producer,
        reissues=row.reissues,
    )


def _columns(publication: Publication) -> dict[str, Any]:
    return {
        "title": publication.title,
        "publishes_at": publication.publishes_at,
        "lead": publication.lead,
        "opens_at": publication.opens_at,
        "deputies": list(publication.deputies),
        "state": publication.state.value,
        "live_by": publication.live_by.value,
        "url": publication.url,
        "at_live": publication.at_live,
        "market_sensitive": publication.market_sensitive,
        "on_finding": publication.on_finding.value if publication.on_finding else None,
        "mixed": publication.mixed.value if publication.mixed else None,
        "former_times": [when.astimezone(UTC).isoformat() for when in publication.former_times],
        "confirmed_at": publication.confirmed_at,
        "producer": publication.producer,
        "reissues": publication.reissues,
    }


def add(
    database: Database, keys: Keys, publication: Publication, team: Iterable[Grant], actor: str, now: datetime
) -> None:
    """Register a publication with a key of its own; lead, deputies and team hold production grants at once.

    Raises NotDone where the id is taken.
    """
    people = dict.fromkeys((publication.lead, *publication.deputies))
    leads = [Grant(address, GrantKind.PRODUCTION, "lead or deputy", origin="lead") for address in people]
    members = [replace(grant, origin="team") for grant in team if grant.address not in people]
    sealed = seal(keys.wrap_key, publication.id, os.urandom(32))
    with database.write() as connection:
        if _row(connection, publication.id) is not None:
            raise NotDone(publication.id, "is registered already")
        bump_epoch(connection)
        values = {**_columns(publication), "id": publication.id, "created_at": now, "sealed_key": sealed}
        connection.execute(insert(PUBLICATIONS).values(**values))
        insert_all(connection, publication.id, [*leads, *members])
        facts = {
            "publishes_at": publication.publishes_at.isoformat(),
            "lead": publication.lead,
            "team": len(members),
        }
        append(connection, now, actor, "publication add", publication.id, facts)


def listed(database: Database) -> tuple[Publication, ...]:
    """Every publication, the soonest first."""
    with database.read() as connection:
        rows = connection.execute(
            select(PUBLICATIONS).order_by(PUBLICATIONS.c.publishes_at, PUBLICATIONS.c.id)
        )
        return tuple(publication_of(row) for row in rows)


def get(database: Database, publication: str) -> Publication:
    """One publication; raises NotDone where there is none of that id."""
    with database.read() as connection:
        return _known(connection, publication)


def postpone(database: Database, publication: str, to: datetime, actor: str, now: datetime) -> Publication:
    """Give a publication another planned time, later or earlier, also when the old one has passed.

    The former time stays known, for banners that name it; an access window that was set moves along.  A
    withdrawn publication is under embargo again.  Raises NotDone once it is live.
    """
    with database.write() as connection:
        before = _known(connection, publication)
        if before.state is State.LIVE:
            raise NotDone(
                publication, "is live and its traces are destroyed; register it again under another id"
            )
        if to == before.publishes_at:
            raise NotDone(publication, "is planned for that time already")
        opens_at = before.opens_at + (to - before.publishes_at) if before.opens_at else None
        former = tuple(when for when in before.times if when != to)
        state = State.EMBARGOED if before.state is State.WITHDRAWN else before.state
        after = replace(before, publishes_at=to, opens_at=opens_at, former_times=former, state=state)
        facts = {"from": before.publishes_at.isoformat(), "to": to.isoformat()}
        _save(connection, after, actor, "publication postpone", facts, now)
    return after


def go_live(database: Database, publication: str, actor: str, now: datetime) -> Publication:
    """Confirm that a publication is public: nothing of it is a finding any more, and its key is destroyed."""
    with database.write() as connection:
        before = _known(connection, publication)
        if before.state in _OVER:
            raise NotDone(publication, f"is {before.state.value} already")
        after = replace(before, state=State.LIVE, confirmed_at=now)
        _save(
            connection, after, actor, "publication live", {}, now, {"sealed_key": None, "pause_reason": None}
        )
        connection.execute(delete(TRACES).where(TRACES.c.publication == publication))
    return after


def withdraw(database: Database, publication: str, actor: str, now: datetime) -> Publication:
    """Take a publication back: its embargo ends unpublished; its traces are kept for another plan."""
    with database.write() as connection:
        before = _known(connection, publication)
        if before.state in _OVER:
            raise NotDone(publication, f"is {before.state.value} already")
        after = replace(before, state=State.WITHDRAWN)
        _save(connection, after, actor, "publication withdraw", {}, now, {"pause_reason": None})
    return after


def pause(database: Database, publication: str, reason: str, actor: str, now: datetime) -> Publication:
    """Mark a publication as paused, and why; its embargo goes on."""
    return _switch(database, publication, State.EMBARGOED, State.PAUSED, reason, actor, now)


def resume(database: Database, publication: str, actor: str, now: datetime) -> Publication:
    """End a pause."""
    return _switch(database, publication, State.PAUSED, State.EMBARGOED, None, actor, now)


def _switch(
    database: Database,
    publication: str,
    from_: State,
    to: State,
    reason: str | None,
    actor: str,
    now: datetime,
) -> Publication:
    with database.write() as connection:
        before = _known(connection, publication)
        if before.state is not from_:
            raise NotDone(publication, f"is {before.state.value}")
        after = replace(before, state=to)
        action = "publication pause" if to is State.PAUSED else "publication resume"
        _save(
            connection,
            after,
            actor,
            action,
            {"reason": reason} if reason else {},
            now,
            {"pause_reason": reason},
        )
    return after


def _row(connection: Connection, publication: str) -> Row[Any] | None:
    return connection.execute(select(PUBLICATIONS).where(PUBLICATIONS.c.id == publication)).first()


def _known(connection: Connection, publication: str) -> Publication:
    row = _row(connection, publication)
    if row is None:
        raise NotDone(publication, "no such publication")
    return publication_of(row)


def _save(
    connection: Connection,
    publication: Publication,
    actor: str,
    action: str,
    facts: Mapping[str, Any],
    now: datetime,
    more: Mapping[str, Any] | None = None,
) -> None:
    bump_epoch(connection)
    here = PUBLICATIONS.c.id == publication.id
    connection.execute(update(PUBLICATIONS).where(here).values(**_columns(publication), **(more or {})))
    append(connection, now, actor, action, publication.id, facts)
