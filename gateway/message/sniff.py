"""What a leaf is, told by its first bytes: names and declared types lie, magic numbers rarely do."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from gateway.message import html

Bytes = bytes | memoryview
START: Final = 4_096
"""Bytes looked at; the longest magic number stands at 2,112 (OpenDocument in a zip needs 128)."""


class Kind(Enum):
    """What reading a leaf takes: an extractor, plain decoding, or nothing because no text can be in it."""

    EMPTY = "empty"
    ZIP = "zip"
    PDF = "pdf"
    RTF = "rtf"
    COMPOUND = "compound"
    HTML = "html"
    TEXT = "text"
    MEDIA = "media"
    PGP = "pgp"
    UNKNOWN = "unknown"


DOCUMENTS: Final = frozenset({Kind.ZIP, Kind.PDF, Kind.RTF, Kind.COMPOUND})
_MAGIC: Final = (
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),
    (b"PK00PK\x03\x04", Kind.ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.COMPOUND),
    (b"{\\rt", Kind.RTF),
    (b"-----BEGIN PGP MESSAGE-----", Kind.PGP),
    (b"\x89PNG\r\n\x1a\n", Kind.MEDIA),
    (b"\xff\xd8\xff", Kind.MEDIA),
    (b"GIF8", Kind.MEDIA),
    (b"II*\0", Kind.MEDIA),
    (b"MM\0*", Kind.MEDIA),
    (b"\0\0\1\0", Kind.MEDIA),
    (b"ID3", Kind.MEDIA),
    (b"OggS", Kind.MEDIA),
    (b"fLaC", Kind.MEDIA),
    (b"\x1aE\xdf\xa3", Kind.MEDIA),
    (b"wOFF", Kind.MEDIA),
    (b"wOF2", Kind.MEDIA),
    (b"OTTO", Kind.MEDIA),
    (b"\0\1\0\0\0", Kind.MEDIA),
)
_NUMBERS: Final = tuple(magic for magic, _ in _MAGIC)
_RIFF: Final = re.compile(rb"RIFF....(?:WEBP|WAVE|AVI )|....ftyp|BM....\0\0\0\0", re.S)
_PDF_WITHIN: Final = 1_024
"""Readers of PDF accept junk before the header, but not more than this."""
_CONTROL: Final = bytes({*range(32), 127} - {9, 10, 11, 12, 13, 26, 27})


def kind(data: Bytes) -> Kind:
    """The kind of a leaf by its content alone."""
    if len(data) == 0:
        return Kind.EMPTY
    start = bytes(data[:START])
    found = by_magic(start)
    if found is not None:
        return found
    if not start.strip():
        return Kind.EMPTY
    if html.looks_like_html(start.removeprefix(b"\xef\xbb\xbf")):
        return Kind.HTML
    return Kind.TEXT if _textual(start) else Kind.UNKNOWN


def by_magic(start: bytes) -> Kind | None:
    """The kind that a magic number in the first bytes names, or None."""
    if start.startswith(_NUMBERS):
        return next(kind for magic, kind in _MAGIC if start.startswith(magic))
    if start.find(b"%PDF-", 0, _PDF_WITHIN) >= 0:
        return Kind.PDF
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if bare.startswith(b"{\\rt"):
        return Kind.RTF
    if bare.startswith(b"-----BEGIN PGP MESSAGE-----"):
        return Kind.PGP
    return Kind.MEDIA if _RIFF.match(start) else None


def _textual(start: bytes) -> bool:
    """Whether the bytes are text in some charset: a byte order mark, or next to no control characters."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return True
    controls = len(start) - len(start.translate(None, _CONTROL))
    return controls * 200 <= len(start) and b"\0" not in start
