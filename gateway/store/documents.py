"""Documents of a publication: the store keeps keyed digests and features under the publication's key, no document."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import Connection, delete, insert, select, update

from gateway.model import State
from gateway.store import NotDone, StoreRefused
from gateway.store.audit import append
from gateway.store.database import Database, bump_epoch
from gateway.store.keys import Damaged, Keys, seal, unseal
from gateway.store.publication_rows import known
from gateway.store.tables import DOCUMENTS, EPOCH, PUBLICATIONS, TRACES
from gateway.store.traces import FILE, kind_of
from gateway.traces import SIZE, file_hash

if TYPE_CHECKING:
    from gateway.registration import Traced

_THREAD = "thread"
"""What a public mail began is no reason to let the conversation about an embargo pass."""
FEATURES = ("text", "figures", "link", _THREAD)
_FILES = [kind_of(FILE, public=public) for public in (False, True)]


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What is to be registered: a label for the list, SHA-256 digests (32 bytes), size in bytes if known.

    `features` are packed sets by kind, keyed already; `counts` says how many features each has.
    """

    label: str
    digests: frozenset[bytes]
    size: int | None = None
    unreadable: tuple[str, ...] = ()
    features: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    counts: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, traced: Traced, label: str | None = None) -> Self:
        """What a file gave, under its own name or another label."""
        named = traced.name if label is None else label
        return cls(named, traced.digests, traced.size, traced.unreadable, traced.features, traced.counts)


@dataclass(frozen=True, slots=True)
class Listed:
    """A registered document; `label` is None and nothing is counted once the publication's key is destroyed.

    `traces` are its digests, `counts` its features by kind.  `both`: the same files are registered as public and as
    under embargo, so that nothing of them is a trace.
    """

    id: int
    label: str | None
    public: bool
    size: int | None
    unreadable: tuple[str, ...]
    traces: int
    counts: Mapping[str, int]
    added_at: datetime
    both: bool = False


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
    desk = _Desk(connection, _key(connection, keys, publication), publication, public=public)
    fresh = tuple([desk.place(_sets(keys, document), document, now) for document in documents])
    if any(fresh):
        facts = {"documents": sum(fresh), "public": public}
        append(connection, now, actor, "document add", publication, facts)
    return fresh


class _Desk:
    """The documents of one publication, secret or public ones, inside a transaction that registers more."""

    def __init__(self, connection: Connection, key: bytes, publication: str, *, public: bool) -> None:
        self._connection = connection
        self._key = key
        self._publication = publication
        self._public = public
        self._epoch: int | None = None
        self._known = {sets[FILE]: (number, sets) for number, sets in self._stored().items() if FILE in sets}

    def _stored(self) -> dict[int, dict[str, bytes]]:
        """Document -> kind -> opened set."""
        columns = (TRACES.c.document, TRACES.c.kind, TRACES.c.sealed)
        kinds = {self._kept(kind): kind for kind in (FILE, *FEATURES)}
        here = (TRACES.c.publication == self._publication) & TRACES.c.kind.in_(kinds)
        found: dict[int, dict[str, bytes]] = {}
        for number, kind, sealed in self._connection.execute(select(*columns).where(here)):
            found.setdefault(number, {})[kinds[kind]] = unsealed(self._key, self._publication, sealed)
        return found

    def place(self, sets: Mapping[str, bytes], document: NewDocument, now: datetime) -> bool:
        """Register a document, or what is new of one that is there; whether there was anything to do."""
        number, stored = self._known.get(sets[FILE], (None, {}))
        kept = {kind: packed for kind, packed in sets.items() if not (self._public and kind == _THREAD)}
        fresh = {kind: packed for kind, packed in kept.items() if stored.get(kind) != packed}
        if not fresh:
            return False
        values = {"counts": dict(document.counts), "unreadable": list(document.unreadable)}
        if number is None:
            number = self._insert(document, values, now)
        else:
            self._renew(number, fresh, values)
        for kind, packed in fresh.items():
            self._write(number, kind, packed)
        self._known[sets[FILE]] = number, {**stored, **fresh}
        return True

    def _insert(self, document: NewDocument, values: Mapping[str, Any], now: datetime) -> int:
        label = seal(self._key, self._publication, document.label.encode("utf-8", "replace"))
        facts = {"publication": self._publication, "label": label, "public": self._public, "added_at": now}
        row = insert(DOCUMENTS).values(**facts, **values, size=document.size, epoch=self._bumped())
        (number,) = self._connection.execute(row).inserted_primary_key or (0,)
        return int(number)

    def _renew(self, number: int, fresh: Iterable[str], values: Mapping[str, Any]) -> None:
        """Make room for sets that were made anew: of a file that could be read this time, or by a later version."""
        kinds = [self._kept(kind) for kind in fresh]
        self._connection.execute(
            delete(TRACES).where((TRACES.c.document == number) & TRACES.c.kind.in_(kinds))
        )
        here = DOCUMENTS.c.id == number
        self._connection.execute(update(DOCUMENTS).where(here).values(**values, epoch=self._bumped()))

    def _write(self, number: int, kind: str, packed: bytes) -> None:
        sealed = seal(self._key, self._publication, packed)
        facts = {"document": number, "publication": self._publication, "sealed": sealed}
        self._connection.execute(insert(TRACES).values(**facts, kind=self._kept(kind)))

    def _kept(self, kind: str) -> str:
        return kind_of(kind, public=self._public)

    def _bumped(self) -> int:
        """The epoch from which these traces count: one for the whole transaction."""
        if self._epoch is None:
            bump_epoch(self._connection)
            self._epoch = int(self._connection.execute(select(EPOCH.c.value)).scalar_one())
        return self._epoch


def _sets(keys: Keys, document: NewDocument) -> dict[str, bytes]:
    # In order of the traces, so that the same files give the same set.
    files = b"".join(sorted(file_hash(keys.trace_key, digest) for digest in document.digests))
    return {FILE: files, **{kind: packed for kind, packed in document.features.items() if packed}}


def lacks_public(database: Database, publication: str) -> bool:
    """Whether no public document of a publication is registered, such as its previous edition."""
    here = (DOCUMENTS.c.publication == publication) & DOCUMENTS.c.public
    with database.read() as connection:
        return connection.execute(select(DOCUMENTS.c.id).where(here).limit(1)).first() is None


def listed(database: Database, keys: Keys, publication: str) -> tuple[Listed, ...]:
    """The documents of a publication as they were registered; raises NotDone where there is none such."""
    with database.read() as connection:
        return present(connection, opened(connection, keys, publication), publication)


def present(connection: Connection, key: bytes | None, publication: str) -> tuple[Listed, ...]:
    """The same inside a transaction, with the publication's key."""
    sets = file_sets(connection, key, publication) if key is not None else {}
    rows = connection.execute(
        select(DOCUMENTS).where(DOCUMENTS.c.publication == publication).order_by(DOCUMENTS.c.id)
    ).all()
    secret, public = ({sets.get(row.id) for row in rows if row.public is kind} for kind in (False, True))
    return tuple(
        Listed(
            row.id,
            unsealed(key, publication, row.label).decode() if key is not None else None,
            row.public,
            row.size,
            tuple(row.unreadable),
            len(sets.get(row.id, b"")) // SIZE,
            row.counts if row.id in sets else {},
            row.added_at,
            both=row.id in sets and sets[row.id] in secret & public,
        )
        for row in rows
    )


def file_sets(connection: Connection, key: bytes, publication: str) -> dict[int, bytes]:
    """Document -> its packed set of files; raises StoreRefused where one is damaged."""
    here = (TRACES.c.publication == publication) & TRACES.c.kind.in_(_FILES)
    rows = connection.execute(select(TRACES.c.document, TRACES.c.sealed).where(here))
    return {number: unsealed(key, publication, sealed) for number, sealed in rows}


def _key(connection: Connection, keys: Keys, publication: str) -> bytes:
    # Its key must not be destroyed, nor made anew, before what is sealed under it here is there.
    known(connection, publication)
    key = opened(connection, keys, publication)
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


def opened(connection: Connection, keys: Keys, publication: str) -> bytes | None:
    """The publication's key, None once it is destroyed; raises NotDone where there is no such publication."""
    row = connection.execute(
        select(PUBLICATIONS.c.sealed_key).where(PUBLICATIONS.c.id == publication)
    ).first()
    if row is None:
        raise NotDone(publication, "no such publication")
    return unsealed(keys.wrap_key, publication, row.sealed_key) if row.sealed_key is not None else None


def unsealed(key: bytes, publication: str, sealed: bytes) -> bytes:
    """What was sealed under a publication's key; raises StoreRefused where it is damaged."""
    try:
        return unseal(key, publication, sealed)
    except Damaged:
        raise StoreRefused(
            f"store: what is registered for {publication} is damaged and does not open"
        ) from None
