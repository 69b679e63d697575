"""What people and programs write into a picture file beside the picture: captions, comments, descriptions.

Photo programs and file managers show them: Exif and IPTC fields, XMP, comments of JPEG and GIF, texts of PNG.  Only the
segments that hold such text are looked at, never the picture.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Final

Bytes = bytes | memoryview

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
_GIF: Final = b"GIF8"
_RIFF: Final = b"RIFF"
_TIFF: Final = (b"II*\0", b"MM\0*")
_TEXTS: Final = frozenset({b"tEXt", b"iTXt", b"zTXt", b"eXIf"})
_TEXT_SEGMENTS: Final = frozenset({0xE1, 0xED, 0xFE})
"""APP1 (Exif, XMP), APP13 (IPTC) and COM of JPEG (ITU T.81 table B.1)."""
_SCAN: Final = 0xDA
_MOST: Final = 65_536
"""Bytes of text that one picture is asked for: a segment of JPEG has no more."""
_SEGMENTS: Final = 1_000
_NARROW: Final = re.compile(rb"[\t\r\n -~\x80-\xff]{12,}")
_WIDE: Final = re.compile(rb"(?:[\t\r\n -~]\0){12,}")
_GIF_COMMENT: Final = b"\x21\xfe"


def text(data: Bytes) -> str:
    """What is written in such segments, a line for each run of letters; empty for most pictures.  Total, linear."""
    said = b"\n".join(_segments(bytes(data)))[:_MOST]
    wide = (match[0].decode("utf-16-le") for match in _WIDE.finditer(said))
    narrow = (match[0].decode("utf-8", "replace") for match in _NARROW.finditer(said))
    return "\n".join([*wide, *(run for run in narrow if " " in run)])


def _segments(data: bytes) -> Iterator[bytes]:
    if data.startswith(_JPEG):
        yield from _of_jpeg(data)
    elif data.startswith(_PNG):
        yield from _of_png(data)
    elif data.startswith(_GIF):
        yield from _of_gif(data)
    elif data.startswith(_RIFF):
        yield from (data[at : at + _MOST] for name in (b"EXIF", b"XMP ") if (at := data.find(name)) > 0)
    elif data.startswith(_TIFF):
        yield data[:_MOST]


def _of_jpeg(data: bytes) -> Iterator[bytes]:
    """The segments before the picture itself."""
    position = 2
    for _ in range(_SEGMENTS):
        if data[position : position + 1] != b"\xff" or position + 4 > len(data):
            return
        kind, size = data[position + 1], int.from_bytes(data[position + 2 : position + 4], "big")
        if kind == _SCAN:
            return
        if kind in _TEXT_SEGMENTS:
            yield data[position + 4 : position + 2 + size]
        position += 2 + size


def _of_png(data: bytes) -> Iterator[bytes]:
    position = len(_PNG)
    for _ in range(_SEGMENTS):
        size, kind = int.from_bytes(data[position : position + 4], "big"), data[position + 4 : position + 8]
        if len(kind) < len(_GIF):
            return
        if kind in _TEXTS:
            body = data[position + 8 : position + 8 + size]
            yield body
            yield _unpacked(body)
        position += 12 + size


def _unpacked(body: bytes) -> bytes:
    """The text of a packed chunk: behind its keyword and what says how it is packed."""
    start = body.find(b"\x78", body.find(b"\0"))
    try:
        return zlib.decompressobj().decompress(body[start:], _MOST) if start > 0 else b""
    except zlib.error:
        return b""


def _of_gif(data: bytes) -> Iterator[bytes]:
    """Comments, each in blocks of up to 255 bytes."""
    position = 0
    for _ in range(_SEGMENTS):
        position = data.find(_GIF_COMMENT, position) + 2
        if position < 2:
            return
        pieces = []
        while size := data[position] if position < len(data) else 0:
            pieces.append(data[position + 1 : position + 1 + size])
            position += 1 + size
        yield b"".join(pieces)
