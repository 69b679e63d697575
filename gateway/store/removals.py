"""Documents that are taken out of the register again: with all that was made of them, in one transaction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath

from sqlalchemy import Connection, delete

from gateway.store import NotDone
from gateway.store.audit import append
from gateway.store.database import Database, bump_epoch
from gateway.store.documents import Listed, file_sets, opened, present
from gateway.store.keys import Keys
from gateway.store.publication_rows import known
from gateway.store.tables import DOCUMENTS, TRACES
from gateway.store.traces import hashes
from gateway.traces import file_hash

_SHA256 = re.compile(r"[0-9a-fA-F]{64}\Z")


def remove(
    database: Database, keys: Keys, publication: str, document: int | str, actor: str, now: datetime
) -> Listed:
    """Take one document out of the register; what it was.

    `document` is its number, or as text its number, its name with or without folders, or the SHA-256 of the file or of
    one in it.  Raises NotDone where there is no such publication, or not one such document.
    """
    with database.write() as connection:
        # Whoever registers something for the publication at the same time comes before or after.
        known(connection, publication)
        key = opened(connection, keys, publication)
        if key is None:
            raise NotDone(publication, "its key is destroyed, and nothing of its documents is left")
        named = _named(connection, keys, key, publication, document)
        if len(named) != 1:
            raise NotDone(publication, _unclear(named))
        (removed,) = named
        connection.execute(delete(TRACES).where(TRACES.c.document == removed.id))
        connection.execute(delete(DOCUMENTS).where(DOCUMENTS.c.id == removed.id))
        bump_epoch(connection)
        facts = {"document": removed.id, "public": removed.public}
        append(connection, now, actor, "document remove", publication, facts)
    return removed


def _named(
    connection: Connection, keys: Keys, key: bytes, publication: str, document: int | str
) -> Sequence[Listed]:
    wanted = str(document)
    trace = file_hash(keys.trace_key, bytes.fromhex(wanted)) if _SHA256.match(wanted) else None
    sets = file_sets(connection, key, publication) if trace is not None else {}
    return [
        one
        for one in present(connection, key, publication)
        if wanted == str(one.id)
        or trace in hashes(sets.get(one.id, b""))
        or (isinstance(document, str) and one.label and wanted in (one.label, PurePath(one.label).name))
    ]


def _unclear(named: Sequence[Listed]) -> str:
    if not named:
        return "no document of this name, number or SHA-256 is registered"
    numbers = ", ".join(f"{one.id} (public)" if one.public else str(one.id) for one in named)
    return f"that means {len(named)} documents: {numbers}; give one of these numbers"
