"""Sealed sets of traces as rows, and the indexes that are made of all of them for whoever decides about mail."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, Row, select

from gateway.model import State
from gateway.replies import RegisterUnreadable
from gateway.store.keys import Damaged, Keys, unseal
from gateway.store.tables import DOCUMENTS, TRACES
from gateway.store.threads import Recollection
from gateway.traces import SIZE

if TYPE_CHECKING:
    from gateway.features.figures import Figures
    from gateway.features.links import Links
    from gateway.features.shingles import Texts
    from gateway.features.threads import Threads

FILE, THREAD = "file", "thread"
PUBLIC: Final = "public"
"""How kinds begin that are of public documents: `public` alone is a set of files, `public-text` one of texts."""

Sets = Mapping[str, Sequence[bytes]]
"""Publication id -> packed sets, one for each document."""
_WIDTHS: Final = {FILE: SIZE, PUBLIC: SIZE, "text": 8, "link": SIZE}
"""Bytes of one trace of each kind whose traces are all as long."""
_OVER = frozenset({State.LIVE.value, State.WITHDRAWN.value})


def kind_of(kind: str, *, public: bool) -> str:
    """The kind under which a set is kept."""
    if not public:
        return kind
    return PUBLIC if kind == FILE else f"{PUBLIC}-{kind}"


@dataclass(frozen=True, slots=True)
class Indexes:
    """What mail is compared with; an index of which nothing is registered is None."""

    files: Mapping[bytes, frozenset[str]] = field(default_factory=dict, repr=False)
    texts: Texts | None = None
    figures: Figures | None = None
    links: Links | None = None
    threads: Threads | None = None


class Memory:
    """The indexes as they were made last: they are made anew only where traces came or went.

    Not `indexed`: sets are opened and looked at, but only files are kept, for whoever does not decide about mail.
    """

    def __init__(self, *, indexed: bool = True) -> None:
        self._kinds = _MAKERS if indexed else {}
        self._conversations = Recollection() if indexed else None
        self._lock = Lock()
        self._made_of: object = None
        self._made = Indexes()
        self._registered: Sets = {}

    def indexes(self, connection: Connection, rows: Iterable[Row[Any]], keys: Keys) -> Indexes:
        """The indexes of those publications (rows of their table) that are not over.

        Raises RegisterUnreadable, and ValueError where a set makes no sense.
        """
        sealed_keys = {
            row.id: row.sealed_key for row in rows if row.state not in _OVER and row.sealed_key is not None
        }
        made_of = _identity(connection, sealed_keys)
        with self._lock:
            if self._made_of != made_of:
                self._make(Opened.of(connection, sealed_keys, keys), keys.trace_key)
                self._made_of = made_of
            if self._conversations is None:
                return self._made
            threads = self._conversations.index(connection, sealed_keys, keys, self._registered)
            return replace(self._made, threads=threads)

    def _make(self, opened: Opened, key: bytes) -> None:
        pairs = {kind: opened.pair(kind) for kind in self._kinds}
        made = {name: make(key, *pairs[kind]) for kind, (name, make) in self._kinds.items() if pairs[kind][0]}
        self._made = Indexes(_files(*opened.pair(FILE)), **made)
        self._registered = opened.pair(THREAD)[0]


def _identity(connection: Connection, sealed_keys: Mapping[str, bytes]) -> object:
    """What the indexes are made of: numbers of rows may come again, but never at the same epoch."""
    columns = (DOCUMENTS.c.publication, DOCUMENTS.c.id, DOCUMENTS.c.epoch)
    found = connection.execute(select(*columns).order_by(DOCUMENTS.c.id))
    return frozenset(sealed_keys), tuple(tuple(row) for row in found if row.publication in sealed_keys)


@dataclass(frozen=True, slots=True)
class Opened:
    """All sets, opened: kind -> publication -> packed sets, one for each document."""

    sets: dict[str, dict[str, list[bytes]]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, connection: Connection, sealed_keys: Mapping[str, bytes], keys: Keys) -> Opened:
        """The sets of the publications whose sealed keys are given; RegisterUnreadable where one does not open."""
        opened = {name: _unseal(keys.wrap_key, name, sealed) for name, sealed in sealed_keys.items()}
        found = cls()
        columns = (TRACES.c.publication, TRACES.c.kind, TRACES.c.sealed)
        for name, kind, sealed in connection.execute(select(*columns).order_by(TRACES.c.id)):
            if name in opened:
                found.add(name, kind, _unseal(opened[name], name, sealed))
        return found

    def add(self, publication: str, kind: str, packed: bytes) -> None:
        """Put in one set; RegisterUnreadable for one that was cut short."""
        if len(packed) % _WIDTHS.get(kind.removeprefix(f"{PUBLIC}-"), 1):
            raise RegisterUnreadable(f"a set of {publication} is cut short")
        self.sets.setdefault(kind, {}).setdefault(publication, []).append(packed)

    def pair(self, kind: str) -> tuple[Sets, Sets]:
        """The sets of a kind: secret ones and public ones."""
        return self.sets.get(kind, {}), self.sets.get(kind_of(kind, public=True), {})


def _unseal(key: bytes, publication: str, sealed: bytes) -> bytes:
    try:
        return unseal(key, publication, sealed)
    except Damaged:
        raise RegisterUnreadable(f"a sealed set of {publication} does not open") from None


def _texts(_key: bytes, secret: Sets, public: Sets) -> Texts:
    import numpy as np

    from gateway.features.shingles import Texts

    def numbers(packed: bytes) -> Any:
        return np.frombuffer(packed, "<u8").astype(np.uint64, copy=False)

    def joined(sets: Sequence[bytes]) -> Any:
        return numbers(sets[0]) if len(sets) == 1 else np.unique(np.concatenate([*map(numbers, sets)]))

    return Texts.of(
        {name: joined(sets) for name, sets in secret.items()},
        [numbers(packed) for sets in public.values() for packed in sets],
    )


def _figures(_key: bytes, secret: Sets, public: Sets) -> Figures:
    from gateway.features.figures import Figures

    return Figures.of(secret, public)


def _links(_key: bytes, secret: Sets, public: Sets) -> Links:
    from gateway.features.links import Links

    return Links.of(secret, public)


_MAKERS: Mapping[str, tuple[str, Callable[[bytes, Sets, Sets], Any]]] = {
    "text": ("texts", _texts),
    "figures": ("figures", _figures),
    "link": ("links", _links),
}
"""Kind -> which of `Indexes` it makes, and how."""


def _files(secret: Sets, public: Sets) -> dict[bytes, frozenset[str]]:
    """Keyed digest -> the publications that have it and did not make it public."""
    found: dict[bytes, frozenset[str]] = {}
    for name, sets in secret.items():
        out = {trace for packed in public.get(name, ()) for trace in hashes(packed)}
        traces = {trace for packed in sets for trace in hashes(packed)} - out
        alone = frozenset({name})
        both = {trace: found[trace] | alone for trace in found.keys() & traces}
        found.update(dict.fromkeys(traces, alone))
        found.update(both)
    return found


def hashes(packed: bytes) -> tuple[bytes, ...]:
    """The traces of a set of files."""
    return struct.unpack(f"{SIZE}s" * (len(packed) // SIZE), packed)
