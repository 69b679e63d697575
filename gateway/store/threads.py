"""Conversations in the store: which mails are known, by whom they are read, and when they are forgotten.

An entry is sealed under its publication's key and goes with it.  It is written with the incident of its mail, or, for a
mail that was relayed to listed people, a moment after it: then nothing waits for it, and nothing depends on it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select

from gateway.features.threads import Known, Note, Threads, unpacked
from gateway.replies import RegisterUnreadable
from gateway.store.database import Database, bump_epoch
from gateway.store.keys import Damaged, Keys, seal, unseal
from gateway.store.tables import PUBLICATIONS, THREADS


def remember(database: Database, keys: Keys, notes: Iterable[Note]) -> int:
    """Write the notes of mails that were relayed; how many were new.  Raises StoreUnavailable."""
    with database.write() as connection:
        return keep(connection, keys, notes, None)


def keep(connection: Connection, keys: Keys, notes: Iterable[Note], ref: str | None) -> int:
    """The same inside a transaction; `ref` is the mail's incident, for which it is kept however well it is known.

    A publication without a key keeps nothing.  Every worker hears of what is new.
    """
    opened: dict[str, bytes | None] = {}
    rows = []
    for note in notes:
        if note.publication not in opened:
            opened[note.publication] = _key(connection, keys, note.publication)
        key = opened[note.publication]
        if key is not None and (ref is not None or not _known(connection, note)):
            rows.append(_row(note, key, ref))
    if rows:
        connection.execute(insert(THREADS), rows)
        bump_epoch(connection)
    return len(rows)


def _row(note: Note, key: bytes, ref: str | None) -> dict[str, object]:
    return {
        "publication": note.publication,
        "ref": ref,
        "mail": note.known.name,
        "origin": note.known.origin,
        "sealed": seal(key, note.publication, note.known.packed()),
    }


def _known(connection: Connection, note: Note) -> bool:
    here = (THREADS.c.publication == note.publication) & (THREADS.c.mail == note.known.name)
    return connection.execute(select(THREADS.c.id).where(here).limit(1)).first() is not None


def _key(connection: Connection, keys: Keys, publication: str) -> bytes | None:
    here = PUBLICATIONS.c.id == publication
    # It must not go live, and its conversations be forgotten, before what is written here is there.
    query = select(PUBLICATIONS.c.sealed_key).where(here).with_for_update(read=True)
    sealed = connection.execute(query).scalar()
    return _unseal(keys.wrap_key, publication, sealed) if sealed is not None else None


def forget(connection: Connection, publication: str) -> None:
    """Delete every conversation of a publication; part of the caller's transaction."""
    connection.execute(delete(THREADS).where(THREADS.c.publication == publication))


def begun(connection: Connection, ref: str) -> tuple[tuple[str, bytes], ...]:
    """The conversations that an incident's mail is the root of: publication and root."""
    root = (THREADS.c.ref == ref) & (THREADS.c.mail == THREADS.c.origin)
    query = select(THREADS.c.publication, THREADS.c.origin).where(root).order_by(THREADS.c.id)
    return tuple((row.publication, bytes(row.origin)) for row in connection.execute(query))


_Opened = Mapping[tuple[int, bytes], tuple[str, Known]]
"""A row's number and its publication's sealed key -> publication and mail.  A number may come again, such a key not."""


class Recollection:
    """The index as it was made last: a row is opened once, and the index made anew only where one came or went."""

    def __init__(self) -> None:
        # One value, because two threads may load at once.
        self._kept: tuple[_Opened, object, Threads | None] = ({}, {}, None)

    def index(
        self,
        connection: Connection,
        sealed_keys: Mapping[str, bytes],
        keys: Keys,
        registered: Mapping[str, Sequence[bytes]],
    ) -> Threads | None:
        """The index of the publications whose sealed keys are given, with the sets `registered` for them as documents.

        None where nothing is known.  Raises RegisterUnreadable, and ValueError where an entry makes no sense.
        """
        opened, before, made = self._kept
        found = _all_opened(connection, sealed_keys, keys, opened)
        if found.keys() != opened.keys() or registered is not before:
            stated = ((name, each) for name, sets in registered.items() for each in unpacked(b"".join(sets)))
            made = Threads((*stated, *found.values()))
            self._kept = (found, registered, made)
        return made or None


def _all_opened(
    connection: Connection, sealed_keys: Mapping[str, bytes], keys: Keys, opened: _Opened
) -> _Opened:
    """Every row of these publications; those that were `opened` before are not read again."""
    rows = connection.execute(select(THREADS.c.id, THREADS.c.publication).order_by(THREADS.c.id)).all()
    wanted = {
        (row.id, sealed_keys[row.publication]): row.publication
        for row in rows
        if row.publication in sealed_keys
    }
    new = {number for number, key in wanted.keys() - opened.keys()}
    fresh = _open(connection, new, sealed_keys, keys) if new else {}
    return {place: opened[place] if place in opened else fresh[place] for place in wanted}


def _open(
    connection: Connection, numbers: Collection[int], sealed_keys: Mapping[str, bytes], keys: Keys
) -> _Opened:
    columns = (THREADS.c.id, THREADS.c.publication, THREADS.c.sealed)
    query = select(*columns).where(THREADS.c.id >= min(numbers)).order_by(THREADS.c.id)
    unlocked: dict[str, bytes] = {}
    found = {}
    for number, name, sealed in connection.execute(query):
        if number in numbers:
            if name not in unlocked:
                unlocked[name] = _unseal(keys.wrap_key, name, sealed_keys[name])
            (known,) = unpacked(_unseal(unlocked[name], name, sealed))
            found[number, sealed_keys[name]] = (name, known)
    return found


def _unseal(key: bytes, publication: str, sealed: bytes) -> bytes:
    try:
        return unseal(key, publication, sealed)
    except Damaged:
        raise RegisterUnreadable(f"a sealed thread of {publication} does not open") from None
