"""Frames of zstd (RFC 8878) and lz4 (frame format 1.6) files: where each ends, so that what is between is seen."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from gateway.message.sniff import Kind

Bytes = bytes | memoryview

_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_LZ4: Final = b"\x04\x22\x4d\x18"
_OLD_LZ4: Final = b"\x02\x21\x4c\x18"
_SKIPPED: Final = b"\x2a\x4d\x18"
_WORD: Final = struct.Struct("<L")
_FRAMES: Final = 100_000
_BLOCKS: Final = 1_000_000
"""Blocks of one frame: one for every 64 KiB, and small ones where a program sent as it wrote."""
_SAME: Final = 1
"""The type of a zstd block that is one byte again and again."""


def split(data: Bytes) -> Iterator[tuple[Kind | None, int, int]]:
    """Kind, start and end of each run of frames of one kind; None for a frame that programs skip, and for the rest."""
    run: tuple[Kind, int, int] | None = None
    position = 0
    for _ in range(_FRAMES):
        kind, start, end = _frame(data, position)
        if run is not None and kind is not run[0]:
            yield run
            run = None
        if end <= position:
            break
        position = end
        if kind is None:
            yield None, start, end
        else:
            run = kind, run[1] if run is not None else start, end
    if run is not None:
        yield run
    if position < len(data):
        yield None, position, len(data)


def _frame(data: Bytes, start: int) -> tuple[Kind | None, int, int]:
    """The frame that begins here; it ends where it begins if it is none."""
    magic = bytes(data[start : start + 4])
    if magic[1:] == _SKIPPED and magic[0] >> 4 == 5:
        content = start + 8
        return None, min(content, len(data)), min(content + _word(data, start + 4), len(data))
    if magic == _ZSTD:
        return Kind.ZSTD, start, min(_zstd_end(data, start), len(data))
    if magic == _LZ4:
        return Kind.LZ4, start, min(_lz4_end(data, start), len(data))
    return (Kind.LZ4, start, len(data)) if magic == _OLD_LZ4 else (None, start, start)


def _word(data: Bytes, position: int) -> int:
    """Four bytes; behind the end of the data more than there can be."""
    return int(_WORD.unpack_from(data, position)[0]) if position + 4 <= len(data) else len(data)


def _zstd_end(data: Bytes, start: int) -> int:
    told = data[start + 4] if start + 4 < len(data) else 0
    single = bool(told & 0x20)
    size = (int(single), 2, 4, 8)[told >> 6]
    position = start + 5 + (not single) + (0, 1, 2, 4)[told & 3] + size
    for _ in range(_BLOCKS):
        if position + 3 > len(data):
            return len(data)
        head = int.from_bytes(data[position : position + 3], "little")
        position += 3 + (1 if head >> 1 & 3 == _SAME else head >> 3)
        if head & 1:
            return position + (4 if told & 4 else 0)
    return len(data)


def _lz4_end(data: Bytes, start: int) -> int:
    told = data[start + 4] if start + 4 < len(data) else 0
    position = start + 7 + (8 if told & 8 else 0) + (4 if told & 1 else 0)
    for _ in range(_BLOCKS):
        size = _word(data, position) & 0x7FFFFFFF
        position += 4
        if size == 0 or position >= len(data):
            return position + (4 if told & 4 else 0)
        position += size + (4 if told & 16 else 0)
    return len(data)
