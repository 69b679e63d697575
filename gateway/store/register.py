"""The register as workers use it: publications, grants and opened traces in one read-only snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, select, type_coerce
from sqlalchemy.types import NullType

from gateway.model import Grant, GrantKind, Register
from gateway.replies import RegisterUnreadable
from gateway.store import directory
from gateway.store.database import Database
from gateway.store.keys import Keys
from gateway.store.publication_rows import publication_of
from gateway.store.tables import EPOCH, EXEMPTIONS, GRANTS, PUBLICATIONS, Moment
from gateway.store.traces import Memory

_GRANT_ROWS = select(
    GRANTS.c.publication,
    GRANTS.c.address,
    GRANTS.c.kind,
    type_coerce(GRANTS.c.starts_at, NullType()),
    type_coerce(GRANTS.c.ends_at, NullType()),
    GRANTS.c.reason,
    GRANTS.c.origin,
    GRANTS.c.name,
    GRANTS.c.role,
    GRANTS.c.organisation,
).order_by(GRANTS.c.id)


def load_register(
    database: Database, keys: Keys, memory: Memory | None = None, *, lagging: bool = False
) -> Register:
    """The present register, with all that mail is compared with.

    Who loads it again and again gives a `memory`: then indexes are made only where traces came or went, or where
    `lagging` not even then.  Raises StoreUnavailable, or RegisterUnreadable where anything in it makes no sense.
    """
    memory = memory or Memory()
    with _making_sense():
        with database.read() as connection:
            people, rows = _load(connection)
            fetched = memory.fetch(connection, rows, keys, lagging=lagging)
            exempt = _exempt(connection)
        made = memory.indexes(database, fetched)
    return replace(
        people,
        files=MappingProxyType(made.files),
        trace_key=keys.trace_key,
        exempt=exempt,
        texts=made.texts,
        figures=made.figures,
        links=made.links,
        threads=made.threads,
    )


def load_people(database: Database) -> Register:
    """The present register without traces, for whoever decides about people and not about mail; raises the same."""
    with database.read() as connection:
        return without_traces(connection)


def without_traces(connection: Connection) -> Register:
    """Who may have what, as part of the caller's transaction; raises RegisterUnreadable as `load_register` does."""
    with _making_sense():
        return _load(connection)[0]


@contextmanager
def _making_sense() -> Iterator[None]:
    try:
        yield
    except (ValueError, KeyError, TypeError) as error:
        # A store that was damaged or meddled with; a register without the row would let its mail through.
        raise RegisterUnreadable(
            f"the register holds a value that makes no sense ({type(error).__name__})"
        ) from None


def _load(connection: Connection) -> tuple[Register, Sequence[Row[Any]]]:
    """Publications and people, and the rows of the publications."""
    # The epoch comes first: should the rest be newer than it says, the next poll only loads once more.
    epoch = int(connection.execute(select(EPOCH.c.value)).scalar_one())
    rows = connection.execute(select(PUBLICATIONS)).all()
    publications = {row.id: publication_of(row) for row in rows}
    known = directory.load(connection)
    register = Register(
        epoch,
        MappingProxyType(publications),
        _grants(connection, known.aliases),
        MappingProxyType({}),
        aliases=MappingProxyType(known.aliases),
        groups=MappingProxyType(known.groups),
        suspended=MappingProxyType(known.suspended),
    )
    return register, rows


def _exempt(connection: Connection) -> frozenset[tuple[str | None, bytes]]:
    rows = connection.execute(select(EXEMPTIONS.c.publication, EXEMPTIONS.c.trace))
    return frozenset((row.publication, bytes(row.trace)) for row in rows)


def _grants(
    connection: Connection, aliases: Mapping[str, str]
) -> Mapping[str, Mapping[str, tuple[Grant, ...]]]:
    """By the person whom the address of a grant stands for."""
    found: dict[str, dict[str, tuple[Grant, ...]]] = {}
    for publication, *values in connection.execute(_GRANT_ROWS):
        people = found.setdefault(publication, {})
        given = _grant(*values)
        person = aliases.get(given.address, given.address)
        people[person] = (*people[person], given) if person in people else (given,)
    return MappingProxyType({name: MappingProxyType(people) for name, people in found.items()})


@lru_cache(maxsize=65_536)
def _grant(address: str, kind: str, starts_at: Any, ends_at: Any, *words: str) -> Grant:
    """The grant of a row whose times are still as the driver gives them.

    After a change most rows are those of the last load, and making their values anew is what would take the time.
    """
    reason, origin, name, role, organisation = words
    return Grant(
        address, GrantKind(kind), reason, _utc(starts_at), _utc(ends_at), origin, name, role, organisation
    )


def _utc(raw: Any) -> datetime | None:
    return raw if raw is None else Moment.utc(datetime.fromisoformat(raw) if isinstance(raw, str) else raw)
