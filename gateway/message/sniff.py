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
    CAB = "cab"
    LHA = "lzh"
    ISO = "iso"
    RPM = "rpm"
    ZSTD = "zstd"
    LZ4 = "lz4"
    LZIP = "lzip"
    COMPRESS = "compress"
    FOREIGN = "foreign"
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
        Kind.CAB,
        Kind.LHA,
        Kind.ISO,
        Kind.RPM,
        Kind.ZSTD,
        Kind.LZ4,
        Kind.LZIP,
        Kind.COMPRESS,
        Kind.FOREIGN,
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
_WRITTEN: Final = frozenset({Kind.MAIL, Kind.MAILBOX, Kind.XML})
"""Kinds that people see as they are where they are declared as text."""
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
    (b"MSCF\0\0\0\0", Kind.CAB),
    (b"\xed\xab\xee\xdb", Kind.RPM),
    (b"\x28\xb5\x2f\xfd", Kind.ZSTD),
    (b"\x04\x22\x4d\x18", Kind.LZ4),
    (b"\x02\x21\x4c\x18", Kind.LZ4),
    (b"LZIP\1", Kind.LZIP),
    (b"MSWIM\0\0\0", Kind.FOREIGN),
    (b"conectix\0", Kind.FOREIGN),
    (b"vhdxfile", Kind.FOREIGN),
    (b"KDMV\1", Kind.FOREIGN),
    (b"KDMV\3", Kind.FOREIGN),
    (b"QFI\xfb", Kind.FOREIGN),
    (b"xar!\0", Kind.FOREIGN),
    (b"\x89LZO\0\r\n\x1a\n", Kind.FOREIGN),
    (b"LRZI\0", Kind.FOREIGN),
    (b"hsqs", Kind.FOREIGN),
    (b"ISc(", Kind.FOREIGN),
    (b"SIT!\0", Kind.FOREIGN),
    (b"StuffIt (c)1997-", Kind.FOREIGN),
    (b"7kSt\xa0", Kind.FOREIGN),
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
    (re.compile(rb"[\x50-\x5f]\x2a\x4d\x18"), Kind.ZSTD),
    (re.compile(rb"\x1f\x9d[\x89-\x90]"), Kind.COMPRESS),
    (re.compile(rb"\x01\0\0\0.{36} EMF|\xd7\xcd\xc6\x9a|[\1\2]\0\x09\0\0[\1\3]", re.S), Kind.MEDIA),
    (
        re.compile(
            rb"\0\0\0\x0c(?:jP  |JXL )|\xff\x4f\xff\x51|\xff\x0a|8BPS\0[\1\2]|II\xbc\x01|(?:II|MM\0)\+\0",
            re.S,
        ),
        Kind.MEDIA,
    ),
    (re.compile(rb"\x60\xea.[\0-\x0a][\x1e-\x40][\1-\x66]{2}[\0-\x0c]", re.S), Kind.FOREIGN),
    (re.compile(rb"07070[12][0-9A-Fa-f]{104}|070707[0-7]{70}", re.S), Kind.CPIO),
    # The binary forms begin with two bytes that stand in every hundredth list of digests: a name must follow them.
    (re.compile(rb"\xc7\x71.{19}[\x00-\x0f].{4}[^\x00-\x1f]", re.S), Kind.CPIO),
    (re.compile(rb"\x71\xc7.{18}[\x00-\x0f].{5}[^\x00-\x1f]", re.S), Kind.CPIO),
)
"""Magic numbers that are too short to be believed alone."""
_ODD_STARTS: Final = frozenset(
    bytes([code]) for code in (0, 1, 2, 0x1F, 0x60, 0xC7, 0x71, 0xD7, 0xFF, *b"08BIM", *range(0x50, 0x60))
)
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
END_OF_ZIP: Final = b"PK\x05\x06"
_WITH_ZIP_INSIDE: Final = CONTAINERS | {Kind.ZIP, Kind.COMPOUND, Kind.MAIL, Kind.MAILBOX}
"""Kinds whose own reader comes to what stands in them."""
_MEMBER_OF_ZIP: Final = b"PK\x03\x04"
REACH_OF_ZIP: Final = 66_000
"""Bytes before the end of a file in which programs look for the record at the end of an archive."""
_RIFF: Final = re.compile(rb"RIFF....(?:WEBP|WAVE|AVI )|....ftyp|BM....\0\0\0\0", re.S)
_ZERO: Final = re.compile(rb"\0")
_PDF_WITHIN: Final = 1_024
"""Readers of PDF accept junk before the header, but not more than this."""
_LHA: Final = re.compile(rb".{2}-l(?:h[0-9dx]|z[45s]|[hz]\xff)-", re.S)
_ACE: Final = b"**ACE**"
ISO_START: Final = 32_768
"""Where the first descriptor of a disk image stands; before it anything may, another kind of file, too."""
_ISO: Final = b"CD001"
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
    return _without_magic(start, data)


def _without_magic(start: bytes, data: Bytes) -> Kind:
    if b"\0" in start and tape.is_tar(start):
        return Kind.TAR
    if has_disk_image(data):
        return Kind.ISO
    return Kind.TEXT if _textual(start) else Kind.UNKNOWN


def has_disk_image(data: Bytes) -> bool:
    """Whether a disk image (ECMA-119) stands in it, whatever the first 32 KiB are."""
    return bytes(data[ISO_START + 1 : ISO_START + 6]) == _ISO


def _mail(start: bytes) -> Kind | None:
    """Whether it is a mail or a box of mails that somebody kept as a file, with parts that have to be taken apart."""
    if start.startswith(b"From ") and _MAILBOX.match(start):
        return Kind.MAILBOX
    return Kind.MAIL if _MAIL.match(start) and _MADE_OF_PARTS.search(b"\n" + start) else None


def zip_behind(data: Bytes) -> int:
    """Where a zip archive begins that stands in or behind something else; 0 if there is none.

    Programs look for an archive from the end of a file, whatever the file begins with.
    """
    tail = bytes(data[max(0, len(data) - REACH_OF_ZIP) :])
    # The record always has zeros, and text has none: to look for one byte costs a tenth.
    if b"\0" not in tail or tail.rfind(END_OF_ZIP) < 0:
        return 0
    return 0 if kind(data) in _WITH_ZIP_INSIDE else max(0, bytes(data).find(_MEMBER_OF_ZIP))


def turns_binary(data: Bytes) -> bool:
    """Whether what begins as text has zero bytes later on: something else begins there."""
    if len(data) <= START or bytes(data[:3]).startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    return _ZERO.search(data, START) is not None


def is_binary(found: Kind, data: Bytes) -> bool:
    """Whether a leaf of this kind is a file whatever it is declared as, and not a text that begins like one."""
    if found not in DOCUMENTS or found in _WRITTEN:
        return False
    start = bytes(data[:START])
    if by_magic(start[:8]) is not None or found is Kind.BZIP2 or b"\0" in start:
        return True
    return found is Kind.PDF and b"endobj" in bytes(data)


def by_magic(start: bytes) -> Kind | None:
    """The kind that a magic number in the first bytes names, or None."""
    if start.startswith(_NUMBERS):
        return next(kind for magic, kind in _MAGIC if start.startswith(magic))
    if start.find(b"%PDF-", 0, _PDF_WITHIN) >= 0:
        return Kind.PDF
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if bare.startswith((b"{\\rt", b"-----BEGIN PGP MESSAGE-----")):
        return Kind.RTF if bare.startswith(b"{") else Kind.PGP
    return Kind.MEDIA if _RIFF.match(start) else _odd(start)


def _odd(start: bytes) -> Kind | None:
    """The kind by a magic number that does not begin the file, or is too short to be believed alone."""
    if start[2:4] == b"-l" and _LHA.match(start):
        return Kind.LHA
    if start[7:14] == _ACE:
        return Kind.FOREIGN
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
