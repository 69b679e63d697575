"""What a leaf is, told by its first bytes: names and declared types lie, magic numbers rarely do."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from gateway.message import charsets, html, tape

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
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    LZMA = "lzma"
    SEVENZIP = "7z"
    RAR = "rar"
    TAR = "tar"
    CPIO = "cpio"
    AR = "ar"
    TNEF = "tnef"
    XML = "xml"
    MAIL = "mail"
    MAILBOX = "mailbox"
    HTML = "html"
    TEXT = "text"
    MEDIA = "media"
    PGP = "pgp"
    UNKNOWN = "unknown"


CONTAINERS: Final = frozenset(
    {
        Kind.GZIP,
        Kind.BZIP2,
        Kind.XZ,
        Kind.LZMA,
        Kind.SEVENZIP,
        Kind.RAR,
        Kind.TAR,
        Kind.CPIO,
        Kind.AR,
        Kind.TNEF,
    }
)
_CHANCE: Final = 16
"""Bytes that may look like text by chance."""
DOCUMENTS: Final = CONTAINERS | {
    Kind.ZIP,
    Kind.PDF,
    Kind.RTF,
    Kind.COMPOUND,
    Kind.MAIL,
    Kind.MAILBOX,
    Kind.XML,
}
_MAGIC: Final = (
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),
    (b"PK00PK\x03\x04", Kind.ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.COMPOUND),
    (b"{\\rt", Kind.RTF),
    (b"\x1f\x8b\x08", Kind.GZIP),
    (b"\xfd7zXZ\0", Kind.XZ),
    (b"7z\xbc\xaf\x27\x1c", Kind.SEVENZIP),
    (b"Rar!\x1a\x07", Kind.RAR),
    (b"!<arch>\n", Kind.AR),
    (b"\x78\x9f\x3e\x22", Kind.TNEF),
    (b"-----BEGIN PGP MESSAGE-----", Kind.PGP),
    (b"age-encryption.org/v1", Kind.PGP),
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
_ODD: Final = (
    (re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"), Kind.BZIP2),
    (re.compile(rb"\x5d\0\0.{2}(?:\xff{8}|.{4}\0{4})", re.S), Kind.LZMA),
    (re.compile(rb"07070[12][0-9A-Fa-f]{104}|070707[0-7]{70}|\xc7\x71.{18}|\x71\xc7.{18}", re.S), Kind.CPIO),
)
"""Magic numbers that are too short to be believed alone."""
_ODD_STARTS: Final = frozenset({b"B", b"\x5d", b"0", b"\xc7", b"\x71"})
"""What they begin with: next to no other leaf does."""
_FIELD: Final = (
    rb"(?:Return-Path|Received|Delivered-To|From|To|Subject|Date|Message-ID|MIME-Version|Content-[A-Za-z-]+"
    rb"|DKIM-Signature|Authentication-Results|ARC-[A-Za-z-]+|X-[A-Za-z0-9-]+|Reply-To|Cc|Thread-[A-Za-z]+):"
)
_MAIL: Final = re.compile(rb"\s*" + _FIELD, re.I)
_MAILBOX: Final = re.compile(rb"From [^\n]{3,200}\n" + _FIELD, re.I)
_MADE_OF_PARTS: Final = re.compile(rb"\n(?:MIME-Version|Content-(?:Type|Transfer-Encoding))[ \t]*:", re.I)
"""What makes a mail more than its text: without such a field it says nothing that its source does not show."""
_XML: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml\s|\xff\xfe<\0\?\0x\0|\xfe\xff\0<\0\?\0x")
_END_OF_ZIP: Final = b"PK\x05\x06"
_WITH_ZIP_INSIDE: Final = CONTAINERS | {Kind.ZIP, Kind.COMPOUND, Kind.MAIL, Kind.MAILBOX}
"""Kinds whose own reader comes to what stands in them."""
_MEMBER_OF_ZIP: Final = b"PK\x03\x04"
_REACH_OF_ZIP: Final = 66_000
_RIFF: Final = re.compile(rb"RIFF....(?:WEBP|WAVE|AVI )|....ftyp|BM....\0\0\0\0", re.S)
_PDF_WITHIN: Final = 1_024
"""Readers of PDF accept junk before the header, but not more than this."""
_CONTROL: Final = bytes({*range(32), 127} - {9, 10, 11, 12, 13, 26, 27})


def kind(data: Bytes) -> Kind:
    """The kind of a leaf by its content alone."""
    start = bytes(data[:START])
    if not start.strip():
        behind = bytes(data).lstrip() if len(data) > START else b""
        return kind(behind) if behind else Kind.EMPTY
    found = by_magic(start) or _mail(start)
    if found is not None:
        return found
    if html.looks_like_html(start.removeprefix(b"\xef\xbb\xbf")):
        return Kind.HTML
    if b"x" in start[:64] and _XML.match(start):
        return Kind.XML
    return _without_magic(start)


def _without_magic(start: bytes) -> Kind:
    if b"\0" in start and tape.is_tar(start):
        return Kind.TAR
    return Kind.TEXT if _textual(start) else Kind.UNKNOWN


def _mail(start: bytes) -> Kind | None:
    """Whether it is a mail or a box of mails that somebody kept as a file, with parts that have to be taken apart."""
    if start.startswith(b"From ") and _MAILBOX.match(start):
        return Kind.MAILBOX
    return Kind.MAIL if _MAIL.match(start) and _MADE_OF_PARTS.search(b"\n" + start) else None


def zip_behind(data: Bytes) -> int:
    """Where a zip archive begins that stands in or behind something else; 0 if there is none.

    Programs look for an archive from the end of a file, whatever the file begins with.
    """
    tail = bytes(data[max(0, len(data) - _REACH_OF_ZIP) :])
    # The record always has zeros, and text has none: to look for one byte costs a tenth.
    if b"\0" not in tail or tail.rfind(_END_OF_ZIP) < 0:
        return 0
    return 0 if kind(data) in _WITH_ZIP_INSIDE else max(0, bytes(data).find(_MEMBER_OF_ZIP))


def turns_binary(data: Bytes) -> bool:
    """Whether what begins as text has zero bytes later on: something else begins there."""
    if len(data) <= START or bytes(data[:3]).startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    return b"\0" in bytes(data[START:])


def by_magic(start: bytes) -> Kind | None:
    """The kind that a magic number in the first bytes names, or None."""
    if start.startswith(_NUMBERS):
        return next(kind for magic, kind in _MAGIC if start.startswith(magic))
    if start.find(b"%PDF-", 0, _PDF_WITHIN) >= 0:
        return Kind.PDF
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if bare.startswith((b"{\\rt", b"-----BEGIN PGP MESSAGE-----")):
        return Kind.RTF if bare.startswith(b"{") else Kind.PGP
    if _RIFF.match(start):
        return Kind.MEDIA
    if start[:1] not in _ODD_STARTS:
        return None
    return next((kind for pattern, kind in _ODD if pattern.match(start)), None)


def _textual(start: bytes) -> bool:
    """Whether the bytes are text in some charset: a byte order mark, or next to no control characters."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return True
    controls = len(start) - len(start.translate(None, _CONTROL))
    if b"\0" in start:
        return charsets.guessed(start) is not None
    return controls * 200 <= len(start)


def says_something(data: bytes) -> bool:
    """Whether bytes that may be decoded wrongly are decoded right: nothing but ASCII text, or a document."""
    found = kind(data)
    return found in DOCUMENTS or (
        found in (Kind.TEXT, Kind.HTML) and len(data) > _CHANCE and data[:START].isascii()
    )
