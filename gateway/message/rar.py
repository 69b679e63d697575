"""RAR archives: names, locks, and files that were only stored; libarchive unpacks the rest where it is installed.

Two forms: the older one of RAR 1.5 to 4 and the one of RAR 5 (RARLAB, technical note).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from gateway.message import foreign
from gateway.message.entries import Budget, Entry, Unreadable
from gateway.model import Reason

Bytes = bytes | memoryview

MAGIC: Final = b"Rar!\x1a\x07"
_OLD: Final = MAGIC + b"\0"
_NEW: Final = MAGIC + b"\x01\0"
_MAIN, _FILE, _SERVICE, _ENDING = 0x73, 0x74, 0x7A, 0x7B
_LONG: Final = 0x8000
_LOCKED_HEADERS: Final = 0x0080
_LOCKED: Final = 0x0004
_LARGE: Final = 0x0100
_SPLIT: Final = 0x0003
_STORED: Final = 0x30
_NEW_FILE, _NEW_SERVICE, _NEW_LOCK, _NEW_ENDING = 2, 3, 4, 5
_LOCK_RECORD: Final = 1


def unpack(data: Bytes, budget: Budget) -> Iterator[Entry]:
    """Files of a RAR archive.  Raises Unreadable."""
    here = _new if bytes(data[: len(_NEW)]) == _NEW else _old
    packed, count = _packed(here(data))
    if packed and (yield from foreign.instead(foreign.rar, data, budget, count)):
        # What is left is what stands behind the archive, and what is wrong with its blocks.
        yield from (entry for entry in here(data) if not entry.name)
    else:
        yield from here(data)


def _packed(entries: Iterator[Entry]) -> tuple[bool, int]:
    """Whether there are packed files and none is locked, and how many files there are in all."""
    faults: list[Reason | None] = []
    with suppress(Unreadable):
        faults.extend(entry.fault for entry in entries if entry.name)
    return Reason.UNSUPPORTED in faults and Reason.ENCRYPTED not in faults, len(faults)


def _old(data: Bytes) -> Iterator[Entry]:
    position = len(_OLD)
    while position + 7 <= len(data):
        kind, flags, size = struct.unpack_from("<BHH", data, position + 2)
        head = bytes(data[position : position + size])
        if size < 7 or len(head) != size:
            raise Unreadable(Reason.BROKEN)
        if kind == _MAIN and flags & _LOCKED_HEADERS:
            raise Unreadable(Reason.ENCRYPTED)
        position += size
        if kind == _ENDING:
            break
        behind = struct.unpack_from("<L", head, 7)[0] if flags & _LONG and size >= 11 else 0
        if kind in (_FILE, _SERVICE) and size >= 32:
            large = flags & _LARGE and size >= 40
            behind |= struct.unpack_from("<L", head, 32)[0] << 32 if large else 0
            if kind == _FILE:
                yield _old_file(head, flags, data[position : position + behind])
        position += behind
    yield from _behind(data, position)


def _behind(data: Bytes, position: int) -> Iterator[Entry]:
    """What stands behind the end of the archive."""
    rest = bytes(data[position:]).strip(b"\0")
    if rest:
        yield Entry("", rest)


def _old_file(head: bytes, flags: int, packed: Bytes) -> Entry:
    (crc,) = struct.unpack_from("<L", head, 16)
    method, length = struct.unpack_from("<BH", head, 25)
    start = 40 if flags & _LARGE else 32
    name = head[start : start + length].partition(b"\0")[0].decode("utf-8", "replace")
    locked, split = bool(flags & _LOCKED), bool(flags & _SPLIT)
    return _entry(name, packed, crc, locked=locked, stored=method == _STORED and not split)


def _entry(name: str, packed: Bytes, crc: int | None, *, locked: bool, stored: bool) -> Entry:
    if locked:
        return Entry(name, b"", Reason.ENCRYPTED)
    if not stored:
        return Entry(name, b"", Reason.UNSUPPORTED)
    whole = crc is None or zlib.crc32(packed) == crc
    return Entry(name, packed, None if whole else Reason.BROKEN)


class _Numbers:
    """Numbers of a header of RAR 5, seven bits a byte, lowest first.  Raises Unreadable at its end."""

    def __init__(self, data: bytes, position: int = 0) -> None:
        self.data = data
        self.position = position

    def next(self) -> int:
        """The next number."""
        value = shift = 0
        while self.position < len(self.data) and shift < 64:
            byte = self.data[self.position]
            self.position += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value
        raise Unreadable(Reason.BROKEN)


def _new(data: Bytes) -> Iterator[Entry]:
    position = len(_NEW)
    while position + 6 <= len(data):
        sizes = _Numbers(bytes(data[position + 4 : position + 8]))
        size = sizes.next()
        start = position + 4 + sizes.position
        head = bytes(data[start : start + size])
        if not size or len(head) != size:
            raise Unreadable(Reason.BROKEN)
        numbers = _Numbers(head)
        kind, flags = numbers.next(), numbers.next()
        extra = numbers.next() if flags & 1 else 0
        behind = numbers.next() if flags & 2 else 0
        if kind == _NEW_LOCK:
            raise Unreadable(Reason.ENCRYPTED)
        position = start + size
        if kind == _NEW_ENDING:
            break
        if kind == _NEW_FILE:
            split = bool(flags & 0x18)
            yield _new_file(head, numbers, extra, data[position : position + behind], split=split)
        position += behind
    yield from _behind(data, position)


def _new_file(head: bytes, numbers: _Numbers, extra: int, packed: Bytes, *, split: bool) -> Entry:
    flags, _, _ = numbers.next(), numbers.next(), numbers.next()
    numbers.position += 4 if flags & 2 else 0
    crc = None
    if flags & 4:
        crc = int.from_bytes(head[numbers.position : numbers.position + 4], "little")
        numbers.position += 4
    method = numbers.next() >> 7 & 7
    numbers.next()
    length = numbers.next()
    name = head[numbers.position : numbers.position + length].decode("utf-8", "replace")
    locked = _has_lock(head[len(head) - extra :] if extra else b"")
    return _entry(name, packed, crc, locked=locked, stored=method == 0 and not split)


def _has_lock(extra: bytes) -> bool:
    """Whether a record of encryption is among the extra ones."""
    numbers = _Numbers(extra)
    while numbers.position < len(extra):
        size = numbers.next()
        following = numbers.position + size
        if size and numbers.next() == _LOCK_RECORD:
            return True
        numbers.position = max(following, numbers.position)
    return False
