"""What stands beside each publication in a list of them: mails that wait, people, documents, and what is unread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from gateway.incident import Standing
from gateway.model import GrantKind
from gateway.store.database import Database
from gateway.store.tables import DOCUMENTS, GRANTS, INCIDENTS

_LEAD = "lead"


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of one publication: held mails, people with each kind of grant, documents and those not wholly read.

    `team` counts who holds a production grant without being lead or deputy.
    """

    held: int = 0
    listed: int = 0
    pre_release: int = 0
    team: int = 0
    documents: int = 0
    unread: int = 0


def numbers(database: Database) -> Mapping[str, Numbers]:
    """The numbers of every publication that has any (id -> numbers)."""
    with database.read() as connection:
        held = _held(connection)
        kinds, people = _people(connection)
        documents = _documents(connection)
    return {
        key: Numbers(
            held[key],
            people.get(key, 0),
            kinds.get((key, GrantKind.PRE_RELEASE.value), 0),
            kinds.get((key, GrantKind.PRODUCTION.value), 0),
            *documents.get(key, (0, 0)),
        )
        for key in {*held, *people, *documents}
    }


def _held(connection: Connection) -> Counter[str]:
    lists = select(INCIDENTS.c.publications).where(INCIDENTS.c.state == Standing.HELD.value)
    return Counter(key for keys in connection.execute(lists).scalars() for key in keys if key is not None)


def _people(connection: Connection) -> tuple[dict[tuple[str, str], int], dict[str, int]]:
    here = GRANTS.c
    each = select(here.publication, func.count(func.distinct(here.address))).group_by(here.publication)
    by_kind = (
        select(here.publication, here.kind, func.count(func.distinct(here.address)))
        .where(here.origin != _LEAD)
        .group_by(here.publication, here.kind)
    )
    kinds = {(key, kind): count for key, kind, count in connection.execute(by_kind)}
    return kinds, {row[0]: row[1] for row in connection.execute(each)}


def _documents(connection: Connection) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for key, unreadable in connection.execute(select(DOCUMENTS.c.publication, DOCUMENTS.c.unreadable)):
        documents, unread = found.get(key, (0, 0))
        found[key] = documents + 1, unread + bool(unreadable)
    return found
