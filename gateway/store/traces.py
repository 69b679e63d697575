"""Sealed sets of traces as rows, and the indexes that are made of all of them for whoever decides about mail."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from ctypes import CDLL
from dataclasses import dataclass, field, replace
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, Row, func, select

from gateway.model import State
from gateway.replies import RegisterUnreadable
from gateway.store.database import Database
from gateway.store.keys import Damaged, Keys, unseal
from gateway.store.tables import DOCUMENTS, TRACES
from gateway.store.threads import Recollection
from gateway.traces import SIZE

if TYPE_CHECKING:
    from gateway.features.figures import Figures
    from gateway.features.links import Links
    from gateway.features.shingles import Texts
    from gateway.features.threads import Threads

FILE, TEXT, FIGURES, LINK, THREAD = "file", "text", "figures", "link", "thread"
PUBLIC: Final = "public"
"""How kinds begin that are of public documents: `public` alone is a set of files, `public-text` one of texts."""

Sets = Mapping[str, Sequence[bytes]]
"""Publication id -> packed sets, one for each document."""
_WIDTHS: Final = {FILE: SIZE, TEXT: 8, LINK: SIZE}
"""Bytes of one trace of each kind whose traces are all as long."""
_LONG = 0.25
"""Seconds; a change of the register is to be in every worker within one."""
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


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a load took out of the store: `quick` indexes, and the publications' `keys`.

    `complete`: the other indexes are as they were, or are left for later.
    """

    made_of: object
    quick: Indexes
    keys: Mapping[str, bytes] = field(repr=False)
    complete: bool


class Memory:
    """The indexes as they were made last: they are made anew only where traces came or went.

    Those of texts and figures take seconds for a hundred publications.  So they are made outside of any transaction,
    and who loads again may go on with the last ones until they are (`behind`).
    Not `indexed`: sets of files are opened and nothing else, for whoever does not decide about mail.
    """

    def __init__(self, *, indexed: bool = True) -> None:
        self._indexed = indexed
        self._conversations = Recollection()
        self._lock = Lock()
        self._quick: tuple[object, Indexes, Sets] = (None, Indexes(), {})
        self._slow: tuple[object, Mapping[str, Any]] = (None, {})
        self._seconds = 0.0

    @property
    def slow(self) -> bool:
        """Whether making the indexes took so long that nobody should wait for it."""
        return self._seconds > _LONG

    @property
    def behind(self) -> bool:
        """Whether traces came or went of which no index was made yet."""
        return self._indexed and self._slow[0] != self._quick[0]

    def fetch(
        self, connection: Connection, rows: Iterable[Row[Any]], keys: Keys, *, lagging: bool = False
    ) -> Fetched:
        """What is needed of the publications (rows of their table) that are not over.

        `lagging`: indexes that were made before will do.  Raises RegisterUnreadable, and ValueError where a set makes
        no sense.
        """
        sealed_keys = {
            row.id: row.sealed_key for row in rows if row.state not in _OVER and row.sealed_key is not None
        }
        opened = {name: _unseal(keys.wrap_key, name, sealed) for name, sealed in sealed_keys.items()}
        made_of = _identity(connection, sealed_keys)
        with self._lock:
            if self._quick[0] != made_of:
                self._quick = (made_of, *_quick(connection, opened, indexed=self._indexed))
            _, quick, registered = self._quick
            if self._indexed:
                threads = self._conversations.index(connection, sealed_keys, keys, registered)
                quick = replace(quick, threads=threads)
        last = self._slow[0]
        complete = not self._indexed or last == made_of or (lagging and last is not None)
        return Fetched(made_of, quick, opened, complete)

    def indexes(self, database: Database, fetched: Fetched) -> Indexes:
        """All indexes of what was fetched.  Raises RegisterUnreadable, and ValueError where a set makes no sense."""
        made = self._slow[1]
        if not fetched.complete:
            began = monotonic()
            made = _made(database, fetched.keys)
            self._slow, self._seconds = (fetched.made_of, made), monotonic() - began
        return replace(fetched.quick, **made)


def _identity(connection: Connection, sealed_keys: Mapping[str, bytes]) -> object:
    """What the indexes are made of: whatever is registered or renewed has a higher epoch than all before it."""
    columns = (DOCUMENTS.c.publication, func.count(), func.max(DOCUMENTS.c.epoch), func.sum(DOCUMENTS.c.id))
    found = connection.execute(select(*columns).group_by(DOCUMENTS.c.publication))
    return frozenset(sealed_keys), frozenset(tuple(row) for row in found if row.publication in sealed_keys)


def _quick(connection: Connection, keys: Mapping[str, bytes], *, indexed: bool) -> tuple[Indexes, Sets]:
    """The indexes that take no time, and the sets of registered mails."""
    sealed = _sealed(connection, keys, (FILE, LINK, THREAD) if indexed else (FILE,))
    files = _files(*_pair(sealed, FILE, keys))
    links = _pair(sealed, LINK, keys)
    return Indexes(files, links=_links(*links) if links[0] else None), _pair(sealed, THREAD, keys)[0]


def _made(database: Database, keys: Mapping[str, bytes]) -> dict[str, Any]:
    """The other indexes; one after the other, because each kind's sets are large."""
    makers: tuple[tuple[str, str, Callable[[Sets, Sets], Any]], ...] = (
        ("texts", TEXT, _texts),
        ("figures", FIGURES, _figures),
    )
    made = {}
    for name, kind, make in makers:
        with database.read() as connection:
            sealed = _sealed(connection, keys, (kind,))
        # The store is free again for who writes: making an index may take seconds.
        secret, public = _pair(sealed, kind, keys)
        if secret:
            made[name] = make(secret, public)
        del secret, public
        _give_back()
    return made


def _give_back() -> None:
    """Let the system have what the opened sets took: thousands of small pieces, which the C library would keep."""
    trim = getattr(CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _sealed(
    connection: Connection, keys: Mapping[str, bytes], kinds: Iterable[str]
) -> dict[str, list[tuple[str, bytes]]]:
    """Kind -> publication and sealed set, in the order in which they came."""
    wanted = [kind_of(kind, public=public) for kind in kinds for public in (False, True)]
    columns = (TRACES.c.publication, TRACES.c.kind, TRACES.c.sealed)
    query = select(*columns).where(TRACES.c.kind.in_(wanted)).order_by(TRACES.c.id)
    found: dict[str, list[tuple[str, bytes]]] = {}
    for name, kind, sealed in connection.execute(query):
        if name in keys:
            found.setdefault(kind, []).append((name, sealed))
    return found


def _pair(
    sealed: dict[str, list[tuple[str, bytes]]], kind: str, keys: Mapping[str, bytes]
) -> tuple[Sets, Sets]:
    """The opened sets of a kind, secret ones and public ones, by publication; what is `sealed` is used up."""
    width = _WIDTHS.get(kind, 1)
    pair: list[dict[str, list[bytes]]] = []
    for public in (False, True):
        opened: dict[str, list[bytes]] = {}
        waiting = sealed.pop(kind_of(kind, public=public), [])[::-1]
        while waiting:
            name, one = waiting.pop()
            packed = _unseal(keys[name], name, one)
            if len(packed) % width:
                raise RegisterUnreadable(f"a set of {name} is cut short")
            opened.setdefault(name, []).append(packed)
        pair.append(opened)
    return pair[0], pair[1]


def _unseal(key: bytes, publication: str, sealed: bytes) -> bytes:
    try:
        return unseal(key, publication, sealed)
    except Damaged:
        raise RegisterUnreadable(f"a sealed set of {publication} does not open") from None


def _texts(secret: Sets, public: Sets) -> Texts:
    import numpy as np

    from gateway.features.shingles import Texts

    def numbers(packed: bytes) -> Any:
        return np.frombuffer(packed, "<u8").astype(np.uint64, copy=False)

    def joined(sets: Sequence[bytes]) -> Any:
        # `numpy.unique` takes five times as long for as many.
        found = np.sort(np.concatenate([*map(numbers, sets)]))
        return found[np.concatenate(([True], found[1:] != found[:-1]))] if len(found) else found

    return Texts.of(
        {name: joined(sets) for name, sets in secret.items()},
        [numbers(packed) for sets in public.values() for packed in sets],
    )


def _figures(secret: Sets, public: Sets) -> Figures:
    from gateway.features.figures import Figures

    return Figures.of(secret, public)


def _links(secret: Sets, public: Sets) -> Links:
    from gateway.features.links import Links

    return Links.of(secret, public)


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
