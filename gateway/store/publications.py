"""Publications in the store: adding, reading, and each change of their life that a person makes."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from gateway.model import Grant, GrantKind, Publication, State
from gateway.store import NotDone, consents, exemptions, threads
from gateway.store.audit import append
from gateway.store.database import Database, bump_epoch
from gateway.store.grants import insert_all
from gateway.store.keys import Keys, seal
from gateway.store.letters import lapse_nags
from gateway.store.plans import settle_live
from gateway.store.publication_rows import columns, known, publication_of, row_of, save
from gateway.store.tables import DOCUMENTS, GRANTS, PUBLICATIONS, TRACES

_OVER = (State.LIVE, State.WITHDRAWN)
_CARRIED_OVER = ("lead", "team")
"""Origins of grants that a new edition keeps: everybody else is listed anew, so that nobody is carried over unseen."""


def add(
    database: Database, keys: Keys, publication: Publication, team: Iterable[Grant], actor: str, now: datetime
) -> None:
    """Register a publication with a key of its own; lead, deputies and team hold production grants at once.

    Raises NotDone where the id is taken.
    """
    with database.write() as connection:
        place(connection, keys, publication, [replace(grant, origin="team") for grant in team], actor, now)


def place(
    connection: Connection,
    keys: Keys,
    publication: Publication,
    grants: Iterable[Grant],
    actor: str,
    now: datetime,
) -> None:
    """The same inside a transaction, with other grants as they are; those of lead and deputies count as theirs."""
    people = dict.fromkeys((publication.lead, *publication.deputies))
    leads = [Grant(address, GrantKind.PRODUCTION, "lead or deputy", origin="lead") for address in people]
    members = [grant for grant in grants if grant.address not in people]
    if row_of(connection, publication.id) is not None:
        raise NotDone(publication.id, "is registered already")
    bump_epoch(connection)
    sealed = seal(keys.wrap_key, publication.id, os.urandom(32))
    values = {**columns(publication), "id": publication.id, "created_at": now, "sealed_key": sealed}
    connection.execute(insert(PUBLICATIONS).values(**values))
    insert_all(connection, publication.id, [*leads, *members])
    facts = {
        "publishes_at": publication.publishes_at.isoformat(),
        "lead": publication.lead,
        "team": sum(grant.origin == "team" for grant in members),
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
        return known(connection, publication, change=False)


def postpone(database: Database, publication: str, to: datetime, actor: str, now: datetime) -> Publication:
    """Give a publication another planned time, later or earlier, also when the old one has passed.

    The former time stays known, for banners that name it; an access window that was set moves along.  A
    withdrawn publication is under embargo again.  Raises NotDone once it is live: then it can be reissued.
    """
    with database.write() as connection:
        before = known(connection, publication)
        if before.state is State.LIVE:
            raise NotDone(publication, "is live and its traces are destroyed; it can only be reissued")
        if to == before.publishes_at:
            raise NotDone(publication, "is planned for that time already")
        opens_at = before.opens_at + (to - before.publishes_at) if before.opens_at else None
        former = tuple(when for when in before.times if when != to)
        state = State.EMBARGOED if before.state is State.WITHDRAWN else before.state
        after = replace(before, publishes_at=to, opens_at=opens_at, former_times=former, state=state)
        facts = {"from": before.publishes_at.isoformat(), "to": to.isoformat()}
        action = "publication postpone" if to > before.publishes_at else "publication bring forward"
        save(connection, after, actor, action, facts, now, {"nagged_at": None})
        lapse_nags(connection, publication)
    return after


def take(database: Database, publication: str, actor: str, now: datetime) -> Publication:
    """Make an entry of a draft: from now on its whole access list counts.  Raises NotDone unless it is a draft."""
    with database.write() as connection:
        before = known(connection, publication)
        if before.state is not State.DRAFT:
            raise NotDone(publication, f"is no draft: it is {before.state.value}")
        after = replace(before, state=State.EMBARGOED)
        save(connection, after, actor, "publication take", {}, now)
    return after


def go_live(
    database: Database, publication: str, actor: str, now: datetime, *, seen: Publication | None = None
) -> Publication:
    """Confirm that a publication is public, at whatever time: nothing of it is a finding any more.

    Its key and traces are destroyed, what somebody called a false alarm is forgotten, and held mail that waits for this
    moment is sent or dropped.  Raises NotDone where it is live or withdrawn already, or not as it was `seen` any more.
    """
    with database.write() as connection:
        before = known(connection, publication)
        if before.state in _OVER:
            raise NotDone(publication, f"is {before.state.value} already")
        if seen not in (None, before):
            raise NotDone(publication, "was changed meanwhile")
        # Before anything else: whoever decides about an incident locks it first, then epoch and audit log.
        settle_live(connection, publication, now)
        after = replace(before, state=State.LIVE, confirmed_at=now)
        facts = {"planned": before.publishes_at.isoformat()}
        more = {"sealed_key": None, "pause_reason": None}
        save(connection, after, actor, "publication live", facts, now, more)
        _forget(connection, publication)
        lapse_nags(connection, publication)
    return after


def withdraw(database: Database, publication: str, actor: str, now: datetime) -> Publication:
    """Take a publication back: its embargo ends unpublished; its traces are kept for another plan."""
    with database.write() as connection:
        before = known(connection, publication)
        if before.state in _OVER:
            raise NotDone(publication, f"is {before.state.value} already")
        after = replace(before, state=State.WITHDRAWN)
        save(connection, after, actor, "publication withdraw", {}, now, {"pause_reason": None})
        lapse_nags(connection, publication)
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
        before = known(connection, publication)
        if before.state is not from_:
            raise NotDone(publication, f"is {before.state.value}")
        after = replace(before, state=to)
        action = "publication pause" if to is State.PAUSED else "publication resume"
        save(
            connection,
            after,
            actor,
            action,
            {"reason": reason} if reason else {},
            now,
            {"pause_reason": reason},
        )
    return after


def reissue(
    database: Database,
    keys: Keys,
    publication: str,
    publishes_at: datetime,
    opens_at: datetime | None,
    actor: str,
    now: datetime,
) -> Publication:
    """Put a live publication under a new embargo: a new key, nothing registered yet, and only its makers may have it.

    Documents, traces and false alarms of the old edition are gone; so are grants that came by import or by hand.  What
    a banner says of the old edition's time is over.  Raises NotDone unless it is live and the time is to come.
    """
    with database.write() as connection:
        before = known(connection, publication)
        if before.state is not State.LIVE:
            raise NotDone(publication, f"is not live: it is {before.state.value}")
        if publishes_at <= now:
            raise NotDone(publication, "a new edition needs a time that is to come")
        after = _next_edition(before, publishes_at, opens_at, now)
        # What a lead said of mail that still waits was said of the edition that is public.
        consents.lapse(connection, publication)
        more = {"sealed_key": seal(keys.wrap_key, publication, os.urandom(32)), "nagged_at": None}
        facts = {"publishes_at": publishes_at.isoformat(), "edition": after.reissues + 1}
        save(connection, after, actor, "publication reissue", facts, now, more)
        _forget(connection, publication)
        connection.execute(delete(DOCUMENTS).where(DOCUMENTS.c.publication == publication))
        listed = (GRANTS.c.publication == publication) & GRANTS.c.origin.not_in(_CARRIED_OVER)
        connection.execute(delete(GRANTS).where(listed))
    return after


def _next_edition(
    before: Publication, publishes_at: datetime, opens_at: datetime | None, now: datetime
) -> Publication:
    # A former time that is still to come was never public: a draft of the old edition may name it yet.
    coming = tuple(when for when in before.times if when > now and when != publishes_at)
    past = tuple(when for when in before.times if when <= now)
    try:
        return replace(
            before,
            publishes_at=publishes_at,
            opens_at=opens_at,
            state=State.EMBARGOED,
            former_times=coming,
            public_times=(*past, *before.public_times),
            confirmed_at=None,
            reissues=before.reissues + 1,
        )
    except ValueError as error:
        raise NotDone(before.id, str(error)) from None


def _forget(connection: Connection, publication: str) -> None:
    """Delete the traces and conversations, and what somebody called a false alarm: it says nothing any more."""
    connection.execute(delete(TRACES).where(TRACES.c.publication == publication))
    threads.forget(connection, publication)
    exemptions.end(connection, publication)
