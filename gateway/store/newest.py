"""The newest incidents of one state that somebody may see, a bounded number of them: what list pages show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from sqlalchemy import select

from gateway.incident import Incident
from gateway.store import incident_rows
from gateway.store.database import Database
from gateway.store.tables import INCIDENTS

Wanted = Callable[[Sequence[str | None]], bool]
"""Whether an incident with traces of these publications (id; None: one that nobody registered) is wanted."""


def incidents_in(database: Database, state: str, most: int, wanted: Wanted) -> list[Incident]:
    """Up to `most` incidents in one state, the newest first; those that are not wanted take nobody's place."""
    query = select(INCIDENTS.c.ref, INCIDENTS.c.publications).where(INCIDENTS.c.state == state)
    latest = query.order_by(INCIDENTS.c.recorded_at.desc(), INCIDENTS.c.ref.desc())
    with database.read() as connection:
        rows = connection.execute(latest)
        refs = list(islice((row.ref for row in rows if wanted(row.publications)), most))
        rows.close()
        found = {each.ref: each for each in incident_rows.read_incidents(connection, refs=refs, state=None)}
    return [found[ref] for ref in refs]
