"""Mails on disk: single files, mbox files and folders of either, one mail in memory at a time."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

_FROM = b"From "
_SEPARATOR = re.compile(rb"From [^\r\n]*[0-9]{1,2}:[0-9]{2}")
"""The line between two mails of an mbox ends in a time; a sentence that begins with "From" seldom has one."""
_QUOTED_FROM = re.compile(rb">+From ")
_FIRST_FIELD = re.compile(rb"\A(?:\xef\xbb\xbf)?[!-9;-~]{1,200}[ \t]*:")
_SUFFIXES = frozenset({".eml", ".mbox", ".mbx"})
_ENOUGH = 4096

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class MailFile:
    """One mail as it lies on disk: a name for people (an mbox's mails are numbered from 1) and its bytes."""

    name: str
    content: bytes = field(repr=False)


def files(paths: Iterable[Path], problem: Tell, note: Tell) -> Iterator[Path]:
    """Every file that is named, and every mail or mbox in the folders that are, sorted by name.

    What cannot be listed goes to `problem`; what lies in a folder and is no mail goes to `note`.
    """
    for path in paths:
        if path.is_dir():
            yield from _walk(path, problem, note)
        else:
            yield path


def _walk(folder: Path, problem: Tell, note: Tell) -> Iterator[Path]:
    def unlisted(error: OSError) -> None:
        problem(f"{error.filename}: {error.strerror}")

    for place, folders, names in os.walk(folder, onerror=unlisted):
        folders.sort()
        for path in (Path(place, name) for name in sorted(names)):
            if path.suffix.lower() in _SUFFIXES or _looks_like_mail(path):
                yield path
            else:
                note(f"{path}: not a mail, left out")


def _looks_like_mail(path: Path) -> bool:
    if not path.is_file():
        # Opening a named pipe would wait for ever.
        return False
    try:
        with path.open("rb") as file:
            start = file.read(_ENOUGH)
    except OSError:
        # Whoever reads the file will say why it cannot be read.
        return True
    return start.startswith(_FROM) or _FIRST_FIELD.match(start) is not None


def mails(path: Path) -> Iterator[MailFile]:
    """The mails of one file: each of an mbox, else the whole file; raises OSError."""
    if not path.is_file():
        kind = "No such file or directory" if not path.exists() else "Not a regular file"
        raise OSError(None, kind, str(path))
    with path.open("rb") as file:
        if file.read(len(_FROM)) == _FROM:
            file.seek(0)
            for number, content in enumerate(_split(file), 1):
                yield MailFile(f"{path}:{number}", content)
        else:
            file.seek(0)
            yield MailFile(str(path), file.read())


def _split(file: BinaryIO) -> Iterator[bytes]:
    """The mails of an mbox, its quoting of `From ` lines taken off."""
    lines: list[bytes] = []
    file.readline()
    after_blank = False
    for line in file:
        if after_blank and _SEPARATOR.match(line):
            yield b"".join(lines[:-1])
            lines = []
        else:
            lines.append(line[1:] if _QUOTED_FROM.match(line) else line)
        after_blank = not line.strip(b"\r\n")
    yield b"".join(lines)
