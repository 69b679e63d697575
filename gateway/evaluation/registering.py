"""Registering an evaluation's publications: in a store of its own that is gone afterwards, by what serves.

Each different file is read once, whatever number of publications has it, and by as many processes as there are.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from gateway.crew import Crew
from gateway.evaluation.folder import Entry
from gateway.model import Register
from gateway.registration import Empty, trace_file
from gateway.store import documents, grants, publications
from gateway.store.database import Database
from gateway.store.documents import NewDocument
from gateway.store.installation import open_store
from gateway.store.keys import Keys
from gateway.store.register import load_register

_ACTOR = "evaluation"
_DEADLINE = timedelta(minutes=10)
"""For reading one document: what a person would wait for `document add` at most."""


@dataclass(frozen=True, slots=True)
class Registered:
    """The register, and `path: problem` lines for documents that are not, or not wholly, protected."""

    register: Register
    problems: tuple[str, ...] = ()


def register(entries: Sequence[Entry], read: Callable[[Path], None]) -> Registered:
    """Register every publication with its list and documents; `read` is called after each document."""
    with tempfile.TemporaryDirectory(prefix="evaluation-") as folder:
        database, keys = open_store(f"sqlite:///{folder}/store.db", Path(folder) / "keys")
        try:
            return _register(database, keys, entries, read)
        finally:
            database.close()


def _register(
    database: Database, keys: Keys, entries: Sequence[Entry], read: Callable[[Path], None]
) -> Registered:
    now = datetime.now(UTC)
    wanted = [path for entry in entries for path in (*entry.documents, *entry.public)]
    found = _traced(wanted, keys.trace_key, read)
    for entry in entries:
        name = entry.publication.id
        publications.add(database, keys, entry.publication, [], _ACTOR, now)
        if entry.grants:
            grants.import_list(database, name, entry.grants, _ACTOR, now)
        for paths, public in ((entry.public, True), (entry.documents, False)):
            new = [one for path in paths if isinstance(one := found[path], NewDocument)]
            documents.add(database, keys, name, new, _ACTOR, now, public=public)
    problems = [f"{path}: {problem}" for path in wanted for problem in _problems(found[path])]
    return Registered(load_register(database, keys), tuple(dict.fromkeys(problems)))


def _traced(paths: Iterable[Path], key: bytes, read: Callable[[Path], None]) -> dict[Path, NewDocument | str]:
    """What of each file becomes traces, or why nothing does."""

    def work(path: Path) -> NewDocument | str:
        try:
            new = NewDocument.of(trace_file(path, key), str(path))
            # Read-only views of dictionaries cannot be sent from one process to another.
            return replace(new, features=dict(new.features), counts=dict(new.counts))
        except OSError as error:
            return error.strerror or "cannot be read"
        except Empty:
            return "is empty and not registered"
        except Exception as error:
            return f"not read: internal error: {type(error).__name__}"

    same: dict[tuple[bytes, str], list[Path]] = {}
    for path in dict.fromkeys(paths):
        same.setdefault(_content(path), []).append(path)
    found: dict[Path, NewDocument | str] = {}
    crew: Crew[Path, NewDocument | str] = Crew(work, _DEADLINE)
    first = {alike[0]: alike for alike in same.values()}
    for path, result in crew.results(first):
        for other in first[path]:
            found[other] = _named(result, other)
            read(other)
    return found


def _named(read: NewDocument | str | None, path: Path) -> NewDocument | str:
    """What was read of a file's bytes, for this file of the same bytes and suffix."""
    if isinstance(read, NewDocument):
        return replace(read, label=str(path))
    return read or "not read: it took too long or ended the process that read it"


def _content(path: Path) -> tuple[bytes, str]:
    try:
        with path.open("rb") as file:
            digest = sha256()
            while piece := file.read(1 << 20):
                digest.update(piece)
    except OSError:
        # Whoever reads it will say why it cannot be read.
        return str(path).encode("utf-8", "surrogateescape"), ""
    return digest.digest(), path.suffix.lower()


def _problems(found: NewDocument | str) -> Iterator[str]:
    if isinstance(found, str):
        yield found
    elif found.unreadable:
        yield f"not readable inside ({', '.join(found.unreadable)}); only an exact copy is found"
