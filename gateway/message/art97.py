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
from gateway.message.entries import Budget, Unreadable
from gateway.model import Reason

_STREAMS: Final = frozenset({"data", "pictures", "worddocument"})
_PICTURE: Final = re.compile(rb".{2}([\x1a-\x1f\x29\x2a])\xf0(.{4})", re.S)
_DRAWN: Final = (0x1A, 0x1B, 0x1C)
_BITMAP: Final = 0x1F
_TWO_NAMES: Final = frozenset({0x3D5, 0x217, 0x543, 0x46B, 0x6E3, 0x6E1, 0x7A9, 0x6E5})
"""Instances of records that begin with two digests of the picture, not with one."""
_DIGEST: Final = 16
_LOOKS: Final = re.compile(r"\x02olepres\d+")
_METAFILE: Final = re.compile(rb"\x01\0\0\0.{36} EMF|[\1\2]\0\x09\0\0[\1\3]", re.S)
_LOOKS_HEAD: Final = 4_096
"""Bytes in which a metafile begins that an object looks like ([MS-OLEDS] 2.3.4), behind a printer it was made for."""
_DRAWING_HEAD: Final = 34
_DRAWINGS_OF_BOOK: Final = 0x00EB
_CONTINUED: Final = 0x003C


def pictures(compound: CompoundFile, budget: Budget) -> Iterator[bytes]:
    """Pictures as files, a metafile unpacked; what an object looks like is one, too.

    Raises Broken where a stream is, Unreadable where there are too many; total otherwise, linear.
    """
    for stream in compound.streams:
        if stream.name in _STREAMS:
            yield from _within(compound.read(stream), budget)
        elif _LOOKS.match(stream.name):
            data = compound.read(stream)
            if match := _METAFILE.search(data, 0, _LOOKS_HEAD):
                yield data[match.start() :]
    for book in compound.books():
        yield from _within(_drawings(book), budget)


def _within(data: bytes, budget: Budget) -> Iterator[bytes]:
    position = count = 0
    while (match := _PICTURE.search(data, position)) is not None:
        end = match.end() + int.from_bytes(match[2], "little")
        position = match.start() + 1
        # The low digit of what begins a record is its version, 0 here; all else is chance.
        if match[0][0] & 15 or not match.end() + _DIGEST < end <= len(data):
            continue
        if (count := count + 1) > limits.PARTS:
            raise Unreadable(Reason.TOO_LARGE)
        position = end
        instance = int.from_bytes(match[0][:2], "little") >> 4
        yield _file(match[1][0], instance, data[match.end() : end], budget)


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
