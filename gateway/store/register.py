"""The register as workers use it: publications, grants and opened traces in one read-only snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, select

from gateway.model import Grant, Register, State
from gateway.replies import RegisterUnreadable
from gateway.store.database import Database
from gateway.store.grants import grant_of
from gateway.store.keys import Damaged, Keys, unseal
from gateway.store.publications import publication_of
from gateway.store.tables import EPOCH, GRANTS, PUBLICATIONS, TRACES
from gateway.traces import SIZE

_OVER = frozenset({State.LIVE.value, State.WITHDRAWN.value})


def load_register(database: Database, keys: Keys) -> Register:
    """The present register; raises StoreUnavailable, or RegisterUnreadable where anything in it makes no sense."""
    with database.read() as connection:
        try:
            return _load(connection, keys)
        except (ValueError, KeyError, TypeError) as error:
            # A store that was damaged or meddled with; a register without the row would let its mail through.
            raise RegisterUnreadable(
                f"the register holds a value that makes no sense ({type(error).__name__})"
            ) from None


def _load(connection: Connection, keys: Keys) -> Register:
    # The epoch comes first: should the rest be newer than it says, the next poll only loads once more.
    epoch = int(connection.execute(select(EPOCH.c.value)).scalar_one())
    rows = connection.execute(select(PUBLICATIONS)).all()
    publications = {row.id: publication_of(row) for row in rows}
    files = _files(connection, rows, keys)
    return Register(
        epoch, MappingProxyType(publications), _grants(connection), MappingProxyType(files), keys.trace_key
    )


def _grants(connection: Connection) -> Mapping[str, Mapping[str, tuple[Grant, ...]]]:
    found: dict[str, dict[str, tuple[Grant, ...]]] = {}
    for row in connection.execute(select(GRANTS).order_by(GRANTS.c.id)):
        people = found.setdefault(row.publication, {})
        people[row.address] = (*people.get(row.address, ()), grant_of(row))
    return MappingProxyType({name: MappingProxyType(people) for name, people in found.items()})


def _files(connection: Connection, rows: Iterable[Row[Any]], keys: Keys) -> dict[bytes, frozenset[str]]:
    sealed_keys = {
        row.id: row.sealed_key for row in rows if row.state not in _OVER and row.sealed_key is not None
    }
    secret: dict[str, set[bytes]] = {}
    public: dict[str, set[bytes]] = {}
    opened = {name: _unseal(keys.wrap_key, name, sealed) for name, sealed in sealed_keys.items()}
    wanted = select(TRACES.c.publication, TRACES.c.kind, TRACES.c.sealed).where(
        TRACES.c.kind.in_(("file", "public"))
    )
    for name, kind, sealed in connection.execute(wanted):
        if name in opened:
            kept = secret if kind == "file" else public
            kept.setdefault(name, set()).update(hashes(_unseal(opened[name], name, sealed)))
    return _by_hash({name: found - public.get(name, set()) for name, found in secret.items()})


def _unseal(key: bytes, publication: str, sealed: bytes) -> bytes:
    try:
        return unseal(key, publication, sealed)
    except Damaged:
        raise RegisterUnreadable(f"a sealed set of {publication} does not open") from None


def hashes(joined: bytes) -> list[bytes]:
    """The traces of a set, which is kept as one run of bytes."""
    return [joined[start : start + SIZE] for start in range(0, len(joined), SIZE)]


def _by_hash(sets: Mapping[str, set[bytes]]) -> dict[bytes, frozenset[str]]:
    found: dict[bytes, frozenset[str]] = {}
    for name, traces in sets.items():
        alone = frozenset({name})
        shared = found.keys() & traces
        both = {trace: found[trace] | alone for trace in shared}
        found.update(dict.fromkeys(traces, alone))
        found.update(both)
    return found
