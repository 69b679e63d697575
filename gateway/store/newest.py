"""The newest incidents of one state, a bounded number of them: what list pages show."""

from __future__ import annotations

from sqlalchemy import select

from gateway.incident import Incident
from gateway.store import incident_rows
from gateway.store.database import Database
from gateway.store.tables import INCIDENTS


def incidents_in(database: Database, state: str, most: int) -> list[Incident]:
    """Up to `most` incidents in one state, the newest first."""
    query = select(INCIDENTS.c.ref).where(INCIDENTS.c.state == state)
    latest = query.order_by(INCIDENTS.c.recorded_at.desc(), INCIDENTS.c.ref.desc()).limit(most)
    with database.read() as connection:
        refs = connection.execute(latest).scalars().all()
        found = {each.ref: each for each in incident_rows.read_incidents(connection, refs=refs, state=None)}
    return [found[ref] for ref in refs]
