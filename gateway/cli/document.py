"""`document ...`: register the files of a publication as traces."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.common import (
    DEFAULT_CONFIG,
    WRONG_CALL,
    ConfigOption,
    JsonOption,
    actor,
    emit,
    emit_table,
    fail,
    open_store,
    settings_from,
    tell,
)

if TYPE_CHECKING:
    from gateway.store.documents import NewDocument

group = typer.Typer(help="Documents under embargo.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(metavar="ID", help="The publication.")]
_SHA256 = re.compile(r"[0-9a-fA-F]{64}\Z")
_LITTER = re.compile(r"~\$.*|\.DS_Store|Thumbs\.db|desktop\.ini", re.IGNORECASE)
"""What office programs and file managers leave in folders."""


def register(app: typer.Typer) -> None:
    """Add the group to the command line."""
    app.add_typer(group, name="document")


@group.command()
def add(
    id: Id,
    paths: Annotated[list[str] | None, typer.Argument(metavar="PATH...", help="Files and folders.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    public: Annotated[bool, typer.Option("--public", help="Published already: never a trace.")] = False,
    sha256: Annotated[
        list[str] | None, typer.Option(metavar="HEX...", help="Digests instead of files.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Register files as traces; the store keeps keyed digests of them, never the files."""
    from gateway.store import documents

    settings = settings_from(config)
    database, keys = open_store(settings)
    if sha256:
        found = [_digest(text) for text in (*sha256, *(paths or ()))]
    elif paths:
        found = _read_all(paths, keys.trace_key)
    else:
        fail("embargo-gateway document add: give files, folders or --sha256", WRONG_CALL)
    fresh = documents.add(database, keys, id, found, actor(), datetime.now(UTC), public=public)
    for document, new in zip(found, fresh, strict=True):
        _report(document, new=new, public=public, as_json=json)


def _digest(text: str) -> NewDocument:
    from gateway.store.documents import NewDocument

    if _SHA256.match(text) is None:
        fail(f"--sha256: {text!r} is no SHA-256 of 64 hexadecimal digits", WRONG_CALL)
    return NewDocument(f"sha256 {text.lower()}", frozenset({bytes.fromhex(text)}))


def _read_all(paths: list[str], key: bytes) -> list[NewDocument]:
    """Every file; all problems end the command before anything is registered."""
    from gateway.registration import Empty, trace_file
    from gateway.store.documents import NewDocument

    problems: list[str] = []
    found: list[NewDocument] = []
    files = list(_files(paths, problems))
    with _progress(files) as steps:
        for path in steps:
            try:
                found.append(NewDocument.of(trace_file(path, key), str(path)))
            except OSError as error:
                problems.append(f"{path}: {error.strerror or error}")
            except Empty:
                tell(f"{path}: is empty and not registered")
    if problems or not found:
        fail(problems or f"{paths[0]}: nothing to register")
    return found


def _files(paths: list[str], problems: list[str]) -> Iterator[Path]:
    for path in map(Path, paths):
        if path.is_dir():
            yield from _walk(path, problems)
        elif path.is_file():
            yield path
        else:
            problems.append(
                f"{path}: {'is no regular file' if path.exists() else 'No such file or directory'}"
            )


def _walk(folder: Path, problems: list[str]) -> Iterator[Path]:
    def note(error: OSError) -> None:
        problems.append(f"{error.filename}: {error.strerror or error}")

    for place, folders, names in os.walk(folder, onerror=note):
        folders.sort()
        for name in sorted(names):
            path = Path(place, name)
            if path.is_file() and _LITTER.fullmatch(name) is None:
                yield path


@contextmanager
def _progress(files: list[Path]) -> Iterator[Iterable[Path]]:
    if not sys.stderr.isatty():
        yield files
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        yield progress.track(files, description="reading")


def _report(document: NewDocument, *, new: bool, public: bool, as_json: bool) -> None:
    record = {
        "path": document.label,
        "registered": new,
        "public": public,
        "digests": len(document.digests),
        "unreadable": list(document.unreadable),
    }
    count = len(document.digests)
    what = "public, never a trace" if public else f"{count} digest{'s' if count != 1 else ''}"
    emit(
        record,
        f"{document.label}: {f'registered ({what})' if new else 'is registered already'}",
        as_json=as_json,
    )
    if document.unreadable:
        places = ", ".join(document.unreadable)
        tell(f"{document.label}: warning: not readable inside ({places}); only an exact copy is found")


@group.command("list")
def list_(id: Id, config: ConfigOption = DEFAULT_CONFIG, json: JsonOption = False) -> None:
    """What is registered for a publication."""
    from gateway.store import documents

    settings = settings_from(config)
    database, keys = open_store(settings)
    rows = [
        {
            "document": found.id,
            "path": found.label,
            "public": found.public,
            "size": found.size,
            "digests": found.traces,
            "unreadable": list(found.unreadable),
            "added_at": found.added_at.astimezone(settings.policy.zone).isoformat(timespec="seconds"),
        }
        for found in documents.listed(database, keys, id)
    ]
    emit_table(rows, as_json=json)
