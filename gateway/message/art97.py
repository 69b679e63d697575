"""Pictures in old Office files: the records of [MS-ODRAW] section 2.2.23 that hold them, in whatever stream they stand.

Word keeps them in `Data`, PowerPoint in `Pictures`, Excel in records of its workbook, in pieces.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Final

from gateway.message import limits, metafiles, streams
from gateway.message.compound import CompoundFile
from gateway.message.entries import Budget

_STREAMS: Final = frozenset({"data", "pictures", "worddocument"})
_PICTURE: Final = re.compile(rb".{2}([\x1a\x1b\x1d\x1e\x1f\x29\x2a])\xf0(.{4})", re.S)
_DRAWN: Final = (0x1A, 0x1B)
_BITMAP: Final = 0x1F
_TWO_NAMES: Final = frozenset({0x3D5, 0x217, 0x46B, 0x6E3, 0x6E1, 0x7A9, 0x6E5})
"""Instances of records that begin with two digests of the picture, not with one."""
_DIGEST: Final = 16
_DRAWING_HEAD: Final = 34
_DRAWINGS_OF_BOOK: Final = 0x00EB
_CONTINUED: Final = 0x003C


def pictures(compound: CompoundFile, budget: Budget) -> Iterator[bytes]:
    """Pictures as files, a metafile unpacked.  Raises Broken where a stream is; total otherwise, linear."""
    for stream in compound.streams:
        if len(stream.path) == 1 and stream.name in _STREAMS:
            yield from _within(compound.read(stream), budget)
    for book in compound.books():
        yield from _within(_drawings(book), budget)


def _within(data: bytes, budget: Budget) -> Iterator[bytes]:
    position = 0
    for _ in range(limits.PARTS):
        match = _PICTURE.search(data, position)
        if match is None:
            return
        size = int.from_bytes(match[2], "little")
        body = data[match.end() : match.end() + size]
        position = match.start() + 1
        # The low digit of what begins a record is its version, 0 here; all else is chance.
        if not match[0][0] & 15 and _DIGEST < size == len(body):
            position = match.end() + size
            yield _file(match[1][0], int.from_bytes(match[0][:2], "little") >> 4, body, budget)


def _file(kind: int, instance: int, body: bytes, budget: Budget) -> bytes:
    start = _DIGEST * (1 + (instance in _TWO_NAMES))
    if kind in _DRAWN:
        packed = body[start + _DRAWING_HEAD :]
        if body[start + _DRAWING_HEAD - 2 : start + _DRAWING_HEAD - 1] != b"\0":
            return packed
        plain, _, _ = streams.expand(zlib.decompressobj, packed, budget.allowed(len(packed)))
        budget.take(len(plain))
        return plain
    return metafiles.bitmap_file(body[start + 1 :]) if kind == _BITMAP else body[start + 1 :]


def _drawings(book: bytes) -> bytes:
    """What the records of drawings of a workbook hold, put together."""
    pieces: list[bytes] = []
    position, taken = 0, False
    while position + 4 <= len(book):
        kind = int.from_bytes(book[position : position + 2], "little")
        end = position + 4 + int.from_bytes(book[position + 2 : position + 4], "little")
        taken = kind == _DRAWINGS_OF_BOOK or (taken and kind == _CONTINUED)
        if taken:
            pieces.append(book[position + 4 : end])
        position = end
    return b"".join(pieces)
