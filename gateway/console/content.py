"""What of a held mail may be shown: subject, texts and names of attachments, as harmless plain text.

Pure.  Nothing is rendered: of HTML mail only its visible text is here, controls and signs that turn a line around are
written out, invisible signs are dropped, and what is long is cut where it says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gateway.message.names import Attachment, describe
from gateway.model import Part, PartKind

MAX_TEXT = 20_000
"""Characters shown of one text."""
MAX_ALL = 100_000
"""Characters shown of all texts of a mail together."""
MAX_TEXTS = 50
MAX_FILES = 100
_MAX_LINE = 300

_SUBJECT = re.compile(r"^subject[ \t]*:(.*)", re.I | re.M)
_EMPTY_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")
_DROPPED = frozenset("\u00ad\u034f\u180e\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff\r")
"""Signs without an extent of their own; newsletters pad themselves with them."""
_BREAKS = {"\u2028": "\n", "\u2029": "\n", "\x0b": "\n", "\x0c": "\n", "\x85": "\n"}


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a mail in lines; `cut`: how many characters are not shown."""

    path: str
    lines: tuple[str, ...]
    cut: int = 0


@dataclass(frozen=True, slots=True)
class File:
    """An attachment: its names, declared type and size, each as one line."""

    path: str
    names: tuple[str, ...]
    kind: str
    size: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A held mail as its page shows it; the numbers say how many texts and files were left out."""

    subjects: tuple[tuple[str, str], ...]
    texts: tuple[Text, ...]
    files: tuple[File, ...]
    more_texts: int = 0
    more_files: int = 0


def show(content: bytes) -> Shown:
    """What the page shows of a mail; total: any bytes give a page."""
    reading, attached = describe(content)
    files = {attachment.path for attachment in attached}
    bodies = [part for part in reading.message.parts if part.kind is PartKind.BODY and part.path not in files]
    texts = tuple(_texts(bodies))
    return Shown(
        subjects=tuple(_subjects(reading.message.parts)),
        texts=texts,
        files=tuple(map(_file, attached[:MAX_FILES])),
        more_texts=len(bodies) - len(texts),
        more_files=max(0, len(attached) - MAX_FILES),
    )


def _subjects(parts: Iterable[Part]) -> Iterator[tuple[str, str]]:
    """The path and subject of the mail and of each mail inside."""
    headers = [part for part in parts if part.kind is PartKind.HEADER and part.path.endswith("header")]
    for part in headers[:MAX_TEXTS]:
        found = _SUBJECT.search(part.text)
        yield part.path, line(found[1]) if found else ""


def _texts(parts: Iterable[Part]) -> Iterator[Text]:
    room = MAX_ALL
    for number, part in enumerate(parts):
        if number == MAX_TEXTS or room <= 0:
            return
        kept = part.text[: min(MAX_TEXT, room)]
        room -= len(kept)
        lines = _EMPTY_LINES.sub("\n\n", harmless(kept)).strip().split("\n")
        yield Text(part.path, tuple(text.rstrip() for text in lines), len(part.text) - len(kept))


def _file(attachment: Attachment) -> File:
    names = tuple(filter(None, map(line, attachment.names[:10])))
    return File(attachment.path, names, line(attachment.media_type), size(attachment.size))


def line(text: str) -> str:
    """Harmless text on one line of at most 300 characters."""
    flat = " ".join(harmless(text[: 4 * _MAX_LINE]).split())
    return flat if len(flat) <= _MAX_LINE else flat[: _MAX_LINE - 3] + "..."


def harmless(text: str) -> str:
    """The text with every sign that could hide or turn something around written out, as `[U+202E]`."""
    return "".join(char if char.isprintable() or char in "\n\t" else _written(char) for char in text)


def _written(char: str) -> str:
    if char in _DROPPED:
        return ""
    if char in _BREAKS:
        return _BREAKS[char]
    return " " if unicodedata.category(char) == "Zs" else f"[U+{ord(char):04X}]"


def size(octets: int) -> str:
    """`4 bytes`, `12 KB`, `3.4 MB`: a size as people read it."""
    if octets < 1000:
        return "1 byte" if octets == 1 else f"{octets} bytes"
    return f"{octets / 1000:.0f} KB" if octets < 999_500 else f"{octets / 1_000_000:.1f} MB"
