"""Windows metafiles: the text that their records draw, and the pictures in them.

A metafile is a list of drawing orders, each with its own length.  Formats: WMF ([MS-WMF] section 2.3), EMF ([MS-EMF]
section 2.3), EMF+ in the comments of EMF ([MS-EMFPLUS] section 2.3).  Total, linear: records are walked once, and one
that claims no length ends the walk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from gateway.message import charsets, limits
from gateway.model import Reason

Bytes = bytes | memoryview

_EMF: Final = re.compile(rb"\x01\0\0\0.{36} EMF", re.S)
_PLACEABLE: Final = b"\xd7\xcd\xc6\x9a"
_WMF: Final = re.compile(rb"[\1\2]\0\x09\0\0[\1\3]", re.S)
_WIDE: Final = "utf-16-le"
_NARROW: Final = "windows-1252"

_EMF_TEXT_WIDE, _EMF_TEXT_NARROW, _EMF_SMALL, _EMF_COMMENT, _EMF_END = 84, 83, 108, 70, 14
_EMF_POLY_NARROW, _EMF_POLY_WIDE = 96, 97
_EMF_BITMAPS: Final = {76: 84, 77: 84, 78: 84, 79: 96, 80: 48, 81: 48, 114: 84, 116: 84}
"""Records that carry a bitmap, and where each says its place: offset and size of the header, then of the pixels."""
_NO_BOX: Final = 0x100
_SMALL_WIDE: Final = 0x200
_GLYPHS: Final = 0x10
"""Options of a text record: no rectangle before it, one byte a letter, numbers of a font's drawings for letters."""
_PLUS: Final = b"EMF+"
_PLUS_OBJECT, _PLUS_STRING, _PLUS_DRIVER = 0x4008, 0x401C, 0x4036
_WMF_TEXT, _WMF_PLACED, _WMF_ESCAPE = 0x0521, 0x0A32, 0x0626
_WMF_BITMAPS: Final = {0x0940: 16, 0x0B41: 20, 0x0F43: 22, 0x0D33: 18}
"""Records of a WMF that carry a bitmap, and where it begins behind their function."""
_WITH_EMF: Final = re.compile(rb"\x0f\0..WMFC\x01\0\0\0", re.S)
_HEADER: Final = 40
"""Bytes of the header of a bitmap (BITMAPINFOHEADER)."""
_EMF_PIECE: Final = 38
"""Where the piece begins of an EMF that comes along in comments ([MS-WMF] section 2.3.6.25)."""
_PICTURE: Final = re.compile(rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff[\xc0-\xfe]|GIF8[79]a")


@dataclass(slots=True)
class Drawn:
    """What a metafile shows: texts in order, pictures as files of their own, and why that may not be all."""

    texts: list[str] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)
    fault: Reason | None = None

    @property
    def text(self) -> str:
        """All texts: each on its own line, and once more as one, because programs draw letter by letter."""
        return "\n".join([*self.texts, "".join(self.texts)]) if len(self.texts) > 1 else "".join(self.texts)


def is_metafile(data: Bytes) -> bool:
    """Whether it is one by its first bytes."""
    start = bytes(data[:44])
    return start.startswith(_PLACEABLE) or _EMF.match(start) is not None or _WMF.match(start) is not None


def read(data: Bytes) -> Drawn:
    """What a metafile shows; nothing for what is none.  Total."""
    source = bytes(data)
    drawn = Drawn()
    if _EMF.match(source):
        _enhanced(source, drawn)
    elif is_metafile(source):
        _plain(source, drawn)
    return drawn


def _int(data: bytes, at: int, size: int = 4) -> int:
    return int.from_bytes(data[at : at + size], "little")


def _say(drawn: Drawn, raw: bytes, encoding: str) -> None:
    text = raw.decode(_WIDE, "replace") if encoding == _WIDE else charsets.decode(raw, encoding)
    text = text.replace("\0", "")
    if text:
        drawn.texts.append(text)


def _records(data: bytes, start: int, drawn: Drawn) -> Iterator[tuple[int, bytes]]:
    """The records of an EMF from `start`, each with its type."""
    position = start
    while position + 8 <= len(data):
        kind, size = _int(data, position), _int(data, position + 4)
        if size < 8 or position + size > len(data):
            drawn.fault = Reason.BROKEN
            return
        yield kind, data[position : position + size]
        if kind == _EMF_END:
            return
        position += size


def _enhanced(data: bytes, drawn: Drawn) -> None:
    size, length, offset = _int(data, 4), _int(data, 60), _int(data, 64)
    if length and offset + 2 * length <= size:
        _say(drawn, data[offset : offset + 2 * length], _WIDE)
    for kind, record in _records(data, 0, drawn):
        if kind in (_EMF_TEXT_WIDE, _EMF_TEXT_NARROW):
            _written(record, 36, kind == _EMF_TEXT_WIDE, drawn)
        elif kind in (_EMF_POLY_NARROW, _EMF_POLY_WIDE):
            for at in range(40, 40 + 40 * min(_int(record, 36), len(record) // 40), 40):
                _written(record, at, kind == _EMF_POLY_WIDE, drawn)
        elif kind == _EMF_SMALL:
            _small(record, drawn)
        elif kind == _EMF_COMMENT:
            _comment(record, drawn)
        elif kind in _EMF_BITMAPS:
            _placed_bitmap(record, _EMF_BITMAPS[kind], drawn)


def _written(record: bytes, at: int, wide: bool, drawn: Drawn) -> None:
    """The text object of a record: its place, how many letters, and where they stand in the record."""
    count, start = _int(record, at + 8), _int(record, at + 12)
    if _int(record, at + 16) & _GLYPHS:
        drawn.fault = Reason.UNSUPPORTED
        return
    _say(drawn, record[start : start + count * (1 + wide)], _WIDE if wide else _NARROW)


def _small(record: bytes, drawn: Drawn) -> None:
    count, options = _int(record, 16), _int(record, 20)
    start = 36 if options & _NO_BOX else 52
    narrow = bool(options & _SMALL_WIDE)
    _say(drawn, record[start : start + count * (2 - narrow)], _NARROW if narrow else _WIDE)


def _comment(record: bytes, drawn: Drawn) -> None:
    """EMF+ records, or whatever a program wrote for itself: words in it are shown by some."""
    content = record[12 : 12 + _int(record, 8)]
    if content[:4] != _PLUS:
        return
    position = 4
    while position + 12 <= len(content):
        kind, size = _int(content, position, 2), _int(content, position + 4)
        if size < 12:
            return
        _plus(kind, content[position + 12 : position + size], drawn)
        position += size


def _plus(kind: int, body: bytes, drawn: Drawn) -> None:
    if kind == _PLUS_STRING:
        _say(drawn, body[28 : 28 + 2 * _int(body, 8)], _WIDE)
    elif kind == _PLUS_DRIVER:
        flags, count = _int(body, 4), _int(body, 12)
        if flags & 1:
            _say(drawn, body[16 : 16 + 2 * count], _WIDE)
        else:
            drawn.fault = Reason.UNSUPPORTED
    elif kind == _PLUS_OBJECT and (match := _PICTURE.search(body, 0, 256)):
        drawn.pictures.append(body[match.start() :])


def _placed_bitmap(record: bytes, at: int, drawn: Drawn) -> None:
    header, size, bits, length = (_int(record, at + 4 * number) for number in range(4))
    if size >= 40 and length:
        _bitmap(record[header : header + size], record[bits : bits + length], drawn)


def _bitmap(header: bytes, bits: bytes, drawn: Drawn) -> None:
    """A bitmap as a file; a PNG or JPEG that stands for its pixels is one already."""
    if len(drawn.pictures) >= limits.PARTS:
        drawn.fault = Reason.TOO_LARGE
        return
    if _PICTURE.match(bits):
        drawn.pictures.append(bits)
        return
    start = 14 + len(header)
    drawn.pictures.append(
        b"BM"
        + (start + len(bits)).to_bytes(4, "little")
        + bytes(4)
        + start.to_bytes(4, "little")
        + header
        + bits
    )


def _plain(data: bytes, drawn: Drawn) -> None:
    """The records of a WMF: their lengths count words of two bytes."""
    position = 40 if data.startswith(_PLACEABLE) else 18
    along = bytearray()
    while position + 6 <= len(data):
        size, kind = 2 * _int(data, position), _int(data, position + 4, 2)
        if kind == 0:
            break
        if size < 6 or position + size > len(data):
            drawn.fault = Reason.BROKEN
            break
        body = data[position + 6 : position + size]
        if kind == _WMF_ESCAPE and _WITH_EMF.match(body):
            along += body[_EMF_PIECE:]
        _order(kind, body, drawn)
        position += size
    if _EMF.match(along):
        _enhanced(bytes(along), drawn)


def _order(kind: int, body: bytes, drawn: Drawn) -> None:
    if kind == _WMF_TEXT:
        _say(drawn, body[2 : 2 + _int(body, 0, 2)], _NARROW)
    elif kind == _WMF_PLACED:
        start = 16 if _int(body, 6, 2) & 6 else 8
        if _int(body, 6, 2) & _GLYPHS:
            drawn.fault = Reason.UNSUPPORTED
            return
        _say(drawn, body[start : start + _int(body, 4, 2)], _NARROW)
    elif kind in _WMF_BITMAPS:
        _whole_bitmap(body[_WMF_BITMAPS[kind] :], drawn)


def _whole_bitmap(body: bytes, drawn: Drawn) -> None:
    if _int(body, 0) == _HEADER and len(drawn.pictures) < limits.PARTS:
        drawn.pictures.append(bitmap_file(body))


def bitmap_file(bitmap: bytes) -> bytes:
    """A BMP file of a bitmap whose pixels stand right behind its header and its colours."""
    depth, used = _int(bitmap, 14, 2), _int(bitmap, 32)
    colours = min(used or (1 << depth if depth <= 8 else 0), 256)
    start = 14 + _HEADER + 4 * colours + (12 if _int(bitmap, 16) == 3 else 0)
    return b"BM" + (14 + len(bitmap)).to_bytes(4, "little") + bytes(4) + start.to_bytes(4, "little") + bitmap
