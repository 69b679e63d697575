"""Publications as rows: how facts become a row of the table, and a row becomes facts again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from gateway.model import LiveBy, Mixed, OnFinding, Publication, State
from gateway.store import NotDone
from gateway.store.audit import append
from gateway.store.database import bump_epoch
from gateway.store.tables import PUBLICATIONS


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
        former_times=_times(row.former_times),
        confirmed_at=row.confirmed_at,
        producer=row.producer,
        reissues=row.reissues,
        public_times=_times(row.public_times),
    )


def _times(written: list[str]) -> tuple[datetime, ...]:
    return tuple(datetime.fromisoformat(when) for when in written)


def columns(publication: Publication) -> dict[str, Any]:
    """The values of a row, but for those that are no part of the model: key, pause, nag."""
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
        "public_times": [when.astimezone(UTC).isoformat() for when in publication.public_times],
    }


def row_of(connection: Connection, publication: str) -> Row[Any] | None:
    """The row; None where there is none."""
    return connection.execute(select(PUBLICATIONS).where(PUBLICATIONS.c.id == publication)).first()


def known(connection: Connection, publication: str, *, change: bool = True) -> Publication:
    """The publication, locked until the transaction ends where it is to `change` (SQLite has one writer anyway).

    Raises NotDone where there is none of that id.
    """
    query = select(PUBLICATIONS).where(PUBLICATIONS.c.id == publication)
    # A lock of the key too would make us wait for whoever gives a grant (its row names this one), and they for us.
    row = connection.execute(query.with_for_update(key_share=True) if change else query).first()
    if row is None:
        raise NotDone(publication, "no such publication")
    return publication_of(row)


def save(
    connection: Connection,
    publication: Publication,
    actor: str,
    action: str,
    facts: Mapping[str, Any],
    now: datetime,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Write a changed publication with its audit entry, and tell every worker; `more` are other columns."""
    bump_epoch(connection)
    here = PUBLICATIONS.c.id == publication.id
    connection.execute(update(PUBLICATIONS).where(here).values(**columns(publication), **(more or {})))
    append(connection, now, actor, action, publication.id, facts)
