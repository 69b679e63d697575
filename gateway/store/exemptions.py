"""Exemptions: evidence that somebody called a false alarm, so that it is none again for that publication.

What is kept is a keyed digest of what the evidence rested on; nobody sees what it was.  It ends with the embargo.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from gateway.model import Detector
from gateway.store import NotDone, audit, threads
from gateway.store.cases import Behalf, Case
from gateway.store.database import Database, bump_epoch
from gateway.store.tables import EXEMPTIONS, INCIDENT_FINDINGS


@dataclass(frozen=True, slots=True)
class Exemption:
    """One remembered false alarm: for which publication (None: the unknown one), in which incident, by whom."""

    id: int
    publication: str | None
    detector: str
    ref: str
    exempted_by: str
    exempted_at: datetime


def remember(connection: Connection, case: Case, behalf: Behalf, actor: str, now: datetime) -> int:
    """Exempt what an incident's evidence for these publications rests on; how many pieces of it are exempt now.

    Evidence without a trace cannot be remembered.  The conversation that the mail began is none of theirs either.
    Part of the caller's transaction, which has locked the incident.
    """
    query = select(INCIDENT_FINDINGS).where(
        INCIDENT_FINDINGS.c.ref == case.ref, INCIDENT_FINDINGS.c.trace.is_not(None)
    )
    wanted = {
        (key, bytes(row.trace)): row.detector
        for row in connection.execute(query.order_by(INCIDENT_FINDINGS.c.id))
        for key in _publications(row)
        if (behalf is None or key in behalf) and not case.open(key, now)
    }
    detectors = {
        (key, root): Detector.THREAD.value
        for key, root in threads.begun(connection, case.ref)
        if (behalf is None or key in behalf) and not case.open(key, now)
    } | wanted
    known = _exempt(connection, detectors)
    new = [pair for pair in detectors if pair not in known]
    if new:
        bump_epoch(connection)
        common = {"ref": case.ref, "exempted_by": actor, "exempted_at": now}
        rows = [
            {"publication": key, "trace": trace, "detector": detectors[key, trace], **common}
            for key, trace in new
        ]
        connection.execute(insert(EXEMPTIONS), rows)
    return len(wanted)


def _publications(row: Row[Any]) -> Iterable[str | None]:
    if row.publication is not None:
        return (row.publication,)
    return tuple(row.candidates) or (None,)


def _exempt(
    connection: Connection, wanted: Iterable[tuple[str | None, bytes]]
) -> frozenset[tuple[str | None, bytes]]:
    traces = {trace for _, trace in wanted}
    query = select(EXEMPTIONS.c.publication, EXEMPTIONS.c.trace).where(EXEMPTIONS.c.trace.in_(traces))
    return frozenset((row.publication, bytes(row.trace)) for row in connection.execute(query))


def listed(database: Database) -> tuple[Exemption, ...]:
    """Every false alarm that is remembered, in the order in which they came."""
    with database.read() as connection:
        rows = connection.execute(select(EXEMPTIONS).order_by(EXEMPTIONS.c.id))
        return tuple(
            Exemption(row.id, row.publication, row.detector, row.ref, row.exempted_by, row.exempted_at)
            for row in rows
        )


def forget(database: Database, id_: int, actor: str, now: datetime) -> None:
    """Let the evidence count again; raises NotDone where there is no such exemption."""
    here = EXEMPTIONS.c.id == id_
    with database.write() as connection:
        bump_epoch(connection)
        row = connection.execute(select(EXEMPTIONS).where(here)).first()
        if row is None:
            raise NotDone(str(id_), "no such exemption")
        connection.execute(delete(EXEMPTIONS).where(here))
        facts = {"publication": row.publication, "detector": row.detector, "id": id_}
        audit.append(connection, now, actor, "exemption forget", row.ref, facts)


def end(connection: Connection, publication: str) -> None:
    """Forget what was exempt for a publication, and what its findings rested on; part of the caller's transaction."""
    connection.execute(delete(EXEMPTIONS).where(EXEMPTIONS.c.publication == publication))
    of_it = (INCIDENT_FINDINGS.c.publication == publication) & INCIDENT_FINDINGS.c.trace.is_not(None)
    connection.execute(update(INCIDENT_FINDINGS).where(of_it).values(trace=None))
