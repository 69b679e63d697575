"""Documents of a publication: the store keeps keyed digests under the publication's key, never a document."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from gateway.model import State
from gateway.store import NotDone, StoreRefused
from gateway.store.audit import append
from gateway.store.database import Database, bump_epoch
from gateway.store.keys import Damaged, Keys, seal, unseal
from gateway.store.tables import DOCUMENTS, PUBLICATIONS, TRACES
from gateway.traces import file_hash

FILE, PUBLIC = "file", "public"
"""Kinds of a set of file traces: of what is under embargo, and of what is public and so is no trace."""


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What is to be registered: a label for the list, SHA-256 digests (32 bytes), size in bytes if known."""

    label: str
    digests: frozenset[bytes]
    size: int | None = None
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A registered document; `label` is None once the publication's key is destroyed."""

    id: int
    label: str | None
    public: bool
    size: int | None
    unreadable: tuple[str, ...]
    traces: int
    added_at: datetime


def add(
    database: Database,
    keys: Keys,
    publication: str,
    documents: Sequence[NewDocument],
    actor: str,
    now: datetime,
    *,
    public: bool = False,
) -> tuple[bool, ...]:
    """Register documents, all or none; whether each was new (the same traces again change nothing).

    `public` ones are the previous edition or other published text: what stands in them is no trace of this
    publication.  Raises NotDone where there is no such publication or it is live.
    """
    with database.write() as connection:
        return place(connection, keys, publication, documents, actor, now, public=public)


def place(
    connection: Connection,
    keys: Keys,
    publication: str,
    documents: Sequence[NewDocument],
    actor: str,
    now: datetime,
    *,
    public: bool = False,
) -> tuple[bool, ...]:
    """The same inside a transaction."""
    kind = PUBLIC if public else FILE
    key = _key(connection, keys, publication)
    known = set(_sets(connection, key, publication, kind))
    fresh = []
    for document in documents:
        traces = _joined(keys, document.digests)
        fresh.append(traces not in known)
        if fresh[-1]:
            known.add(traces)
            _insert(connection, key, publication, document, kind, traces, now)
    if any(fresh):
        bump_epoch(connection)
        facts = {"documents": sum(fresh), "public": public}
        append(connection, now, actor, "document add", publication, facts)
    return tuple(fresh)


def listed(database: Database, keys: Keys, publication: str) -> tuple[Listed, ...]:
    """The documents of a publication as they were registered; raises NotDone where there is none such."""
    with database.read() as connection:
        key = _opened(connection, keys, publication)
        counts = _counts(connection, key, publication)
        rows = connection.execute(
            select(DOCUMENTS).where(DOCUMENTS.c.publication == publication).order_by(DOCUMENTS.c.id)
        )
        return tuple(
            Listed(
                row.id,
                _unseal(key, publication, row.label).decode() if key is not None else None,
                row.public,
                row.size,
                tuple(row.unreadable),
                counts.get(row.id, 0),
                row.added_at,
            )
            for row in rows
        )


def _insert(
    connection: Connection,
    key: bytes,
    publication: str,
    document: NewDocument,
    kind: str,
    traces: bytes,
    now: datetime,
) -> None:
    values = {
        "publication": publication,
        "label": seal(key, publication, document.label.encode("utf-8", "replace")),
        "public": kind == PUBLIC,
        "size": document.size,
        "unreadable": list(document.unreadable),
        "added_at": now,
    }
    (number,) = connection.execute(insert(DOCUMENTS).values(**values)).inserted_primary_key or (None,)
    sealed = seal(key, publication, traces)
    connection.execute(
        insert(TRACES).values(document=number, publication=publication, kind=kind, sealed=sealed)
    )


def _joined(keys: Keys, digests: Iterable[bytes]) -> bytes:
    # In order of the traces, so that the same files give the same set.
    return b"".join(sorted(file_hash(keys.trace_key, digest) for digest in digests))


def _sets(connection: Connection, key: bytes, publication: str, kind: str) -> Iterable[bytes]:
    wanted = select(TRACES.c.sealed).where((TRACES.c.publication == publication) & (TRACES.c.kind == kind))
    return [_unseal(key, publication, sealed) for sealed in connection.execute(wanted).scalars()]


def _counts(connection: Connection, key: bytes | None, publication: str) -> dict[int, int]:
    if key is None:
        return {}
    wanted = select(TRACES.c.document, func.sum(func.length(TRACES.c.sealed))).where(
        TRACES.c.publication == publication
    )
    return {
        number: _traces_in(size)
        for number, size in connection.execute(wanted.group_by(TRACES.c.document)).all()
    }


def _traces_in(sealed_bytes: int) -> int:
    return (sealed_bytes - len(seal(bytes(32), "", b""))) // len(file_hash(bytes(32), b""))


def _key(connection: Connection, keys: Keys, publication: str) -> bytes:
    key = _opened(connection, keys, publication)
    return key if key is not None else _another(connection, keys, publication)


def _another(connection: Connection, keys: Keys, publication: str) -> bytes:
    """A new key for a publication that was postponed after its key had been destroyed; NotDone for a live one."""
    here = PUBLICATIONS.c.id == publication
    state = connection.execute(select(PUBLICATIONS.c.state).where(here)).scalar()
    if state == State.LIVE.value:
        raise NotDone(publication, "is live and its key is destroyed, so nothing can be registered for it")
    key = os.urandom(32)
    sealed = seal(keys.wrap_key, publication, key)
    connection.execute(update(PUBLICATIONS).where(here).values(sealed_key=sealed))
    # Their names went with the old key.
    connection.execute(delete(DOCUMENTS).where(DOCUMENTS.c.publication == publication))
    return key


def _opened(connection: Connection, keys: Keys, publication: str) -> bytes | None:
    row = connection.execute(
        select(PUBLICATIONS.c.sealed_key).where(PUBLICATIONS.c.id == publication)
    ).first()
    if row is None:
        raise NotDone(publication, "no such publication")
    return _unseal(keys.wrap_key, publication, row.sealed_key) if row.sealed_key is not None else None


def _unseal(key: bytes, publication: str, sealed: bytes) -> bytes:
    try:
        return unseal(key, publication, sealed)
    except Damaged:
        raise StoreRefused(
            f"store: what is registered for {publication} is damaged and does not open"
        ) from None
