"""Which files a command is to register, what they give, and what is said of each: for all `document` commands."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.amounts import amounts, in_words, summed
from gateway.cli.bar import counted
from gateway.cli.common import emit, fail, tell

if TYPE_CHECKING:
    from gateway.registration import Traced

_LITTER = re.compile(r"~\$.*|\.DS_Store|Thumbs\.db|desktop\.ini", re.IGNORECASE)
"""What office programs and file managers leave in folders."""
_LEFT = (
    "it is protected only against being sent as it is",
    "what was not read there is found only where the file is sent as it is",
)
_LEFT_PUBLIC = ("mail that quotes it may still be held",) * 2
"""What it means that a whole file, or a part of one, could not be read."""


def read_all(paths: list[str], key: bytes, *, sealed: bool = True) -> list[Traced]:
    """The traces of every file, also of those that a trace file tells of if `sealed` ones are taken.

    All problems end the command before anything is registered; an empty file is told of and left out.
    """
    problems: list[str] = []
    found: list[Traced] = []
    files = list(_files(paths, problems))
    with counted(files, "reading") as steps:
        for path in steps:
            found += _read(path, key, problems, sealed=sealed)
    if problems or not found:
        fail(problems or f"{paths[0]}: nothing to register")
    return found


def _read(path: Path, key: bytes, problems: list[str], *, sealed: bool) -> Iterable[Traced]:
    from gateway import registration, tracefile

    try:
        content = path.read_bytes()
        if sealed and content.startswith(tracefile.MAGIC):
            return tracefile.opened(key, content)
        return [replace(registration.trace(path.name, content, key), name=str(path))]
    except OSError as error:
        problems.append(f"{path}: {error.strerror or error}")
    except tracefile.Unusable as error:
        problems.append(f"{path}: {error}")
    except registration.Empty:
        tell(f"{path}: is empty and not registered")
    return ()


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


def amounts_of(one: Traced) -> dict[str, int]:
    """How much a file gave, by name."""
    return amounts(len(one.digests), one.counts)


def report(one: Traced, done: str, facts: Mapping[str, Any], *, as_json: bool) -> None:
    """Print what became of one file, and on standard error what of it could not be read.

    `done` says it, with a place for the amounts in words.
    """
    found = amounts_of(one)
    emit(
        {"path": one.name, **facts, **found, "unreadable": list(one.unreadable)},
        f"{one.name}: {done.format(in_words(found))}",
        as_json=as_json,
    )
    places = ", ".join(one.unreadable)
    whole, part = _LEFT_PUBLIC if facts.get("public") else _LEFT
    if one.bare:
        tell(f"{one.name}: error: nothing in it could be read ({places or 'it holds no text'}); {whole}")
    elif places:
        tell(f"{one.name}: warning: not wholly read ({places}); {part}")


def total(found: Iterable[Traced]) -> str:
    """All of it in words."""
    return in_words(summed(map(amounts_of, found)))
