"""Zip archives, read from their central directory and checked against their local headers: nothing is written anywhere.

`zipfile` reads overlapping members and members that only one of the two directories knows without a word (Python 3.11);
here both are faults that get named, and every member is inflated under a budget.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from gateway.message import limits
from gateway.model import Reason

Bytes = bytes | memoryview

_END: Final = struct.Struct("<4s4H2LH")
_END_SIGNATURE: Final = b"PK\x05\x06"
_END_REACH: Final = _END.size + 65_535
_END64_LOCATOR: Final = struct.Struct("<4sLQL")
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_LOCAL_SIGNATURE: Final = re.compile(rb"PK\x03\x04")
_ENCRYPTED: Final = 0x0001 | 0x0040 | 0x2000
_UTF8: Final = 0x0800
_STORED: Final = 0
_DEFLATED: Final = 8
_FULL: Final = 0xFFFFFFFF


class Unreadable(Exception):
    """An archive or a member cannot be read; `read` is what could be had of it all the same."""

    def __init__(self, reason: Reason, read: bytes = b"") -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.read = read


@dataclass(slots=True)
class Budget:
    """What may still be inflated for one document of a mail, in bytes."""

    left: int = field(default_factory=lambda: limits.EXPANDED_BYTES)

    def take(self, size: int) -> None:
        """Raises Unreadable (too-large) when there is not so much left."""
        if size > self.left:
            raise Unreadable(Reason.TOO_LARGE)
        self.left -= size


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of the central directory; offsets count from the start of the file."""

    name: str
    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int


@dataclass(frozen=True, slots=True)
class Zip:
    """An archive's members in the order of its directory, and what is wrong with it as a whole."""

    data: Bytes
    members: tuple[Member, ...]
    faults: tuple[Reason, ...] = ()
    extents: dict[int, tuple[int, int]] = field(default_factory=dict)

    def named(self, name: str) -> Member | None:
        """The member of this name, letter case aside, as Office takes it."""
        return next((member for member in self.members if member.name.lower() == name.lower()), None)

    def read(self, member: Member, budget: Budget) -> bytes:
        """The member's bytes, checked.  Raises Unreadable with whatever reason there is."""
        start, end = self.extents[member.offset]
        if member.flags & _ENCRYPTED or self._local_flags(member) & _ENCRYPTED:
            raise Unreadable(Reason.ENCRYPTED)
        if member.method not in (_STORED, _DEFLATED):
            raise Unreadable(Reason.UNSUPPORTED)
        if member.size > max(limits.EXPANSION_FREE_BYTES, member.packed * limits.EXPANSION):
            raise Unreadable(Reason.TOO_LARGE)
        budget.take(member.size)
        packed = self.data[start:end]
        content = bytes(packed) if member.method == _STORED else _inflated(packed, member.size)
        if len(content) != member.size or zlib.crc32(content) != member.crc:
            raise Unreadable(Reason.BROKEN, content[: member.size])
        return content

    def _local_flags(self, member: Member) -> int:
        flags: int = _LOCAL.unpack_from(self.data, member.offset)[2]
        return flags


def open_zip(data: Bytes) -> Zip:
    """The archive's directory.  Raises Unreadable where there is none, or where members share bytes (a bomb)."""
    count, size, offset, position = _end(data)
    # An archive may stand behind a program that unpacks it; then all offsets are short by the program's length.
    shift = position - size - offset
    if shift < 0 or size > position:
        raise Unreadable(Reason.BROKEN)
    members: list[Member] = []
    faults: dict[Reason, None] = {}
    for member in _directory(data, position - size, position, shift):
        if len(members) == limits.MEMBERS:
            faults[Reason.TOO_LARGE] = None
            break
        members.append(member)
    if not faults and len(members) != count:
        faults[Reason.BROKEN] = None
    extents = {member.offset: _extent(data, member) for member in members}
    if _overlap(members, extents, position - size):
        raise Unreadable(Reason.BROKEN)
    if not faults and _hidden(data, extents, position - size):
        faults[Reason.AMBIGUOUS] = None
    return Zip(data, tuple(members), tuple(faults), extents)


def _end(data: Bytes) -> tuple[int, int, int, int]:
    """Number of members, size and offset of the directory, and where it ends."""
    reach = max(0, len(data) - _END_REACH)
    found = bytes(data[reach:]).rfind(_END_SIGNATURE)
    if found < 0 or reach + found + _END.size > len(data):
        raise Unreadable(Reason.BROKEN)
    position = reach + found
    _, disk, _, _, count, size, offset, _ = _END.unpack_from(data, position)
    if disk not in (0, 0xFFFF):
        raise Unreadable(Reason.UNSUPPORTED)
    if _FULL in (size, offset) or count == 0xFFFF:
        return _end64(data, position) or (count, size, offset, position)
    return count, size, offset, position


def _end64(data: Bytes, end: int) -> tuple[int, int, int, int] | None:
    """The same from the zip64 records that stand before the end record, if they do."""
    locator = end - _END64_LOCATOR.size
    record = locator - _END64.size
    if record < 0 or bytes(data[locator : locator + 4]) != b"PK\x06\x07":
        return None
    signature, *_, count, size, offset = _END64.unpack_from(data, record)
    return (count, size, offset, record) if signature == b"PK\x06\x06" else None


def _directory(data: Bytes, position: int, end: int, shift: int) -> Iterator[Member]:
    """The entries of the central directory; it ends where an entry is none."""
    while position + _CENTRAL.size <= end:
        values = _CENTRAL.unpack_from(data, position)
        signature, _, _, flags, method, _, _, crc, packed, size = values[:10]
        name_size, extra_size, comment_size, _, _, _, offset = values[10:]
        if signature != b"PK\x01\x02":
            return
        start = position + _CENTRAL.size
        raw = bytes(data[start : start + name_size])
        if _FULL in (packed, size, offset):
            extra = bytes(data[start + name_size : start + name_size + extra_size])
            size, packed, offset = _wide(extra, size, packed, offset)
        name = raw.decode("utf-8" if flags & _UTF8 else "cp437", "replace")
        shifted = bytes(data[offset + shift : offset + shift + 4]) == b"PK\x03\x04"
        yield Member(name, raw, flags, method, crc, packed, size, offset + shift if shifted else offset)
        position = start + name_size + extra_size + comment_size


def _wide(extra: bytes, *narrow: int) -> tuple[int, int, int]:
    """Size, packed size and offset with the zip64 extra field (0x0001) put in the place of full ones."""
    position = 0
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, position)
        if kind == 1:
            words = iter(
                struct.unpack_from(f"<{min(length, len(extra) - position - 4) // 8}Q", extra, position + 4)
            )
            size, packed, offset = (next(words, value) if value == _FULL else value for value in narrow)
            return size, packed, offset
        position += 4 + length
    return narrow[0], narrow[1], narrow[2]


def _extent(data: Bytes, member: Member) -> tuple[int, int]:
    """Where the member's packed bytes stand, by its local header, which must tell the same name."""
    if not 0 <= member.offset <= len(data) - _LOCAL.size:
        raise Unreadable(Reason.BROKEN)
    local = _LOCAL.unpack_from(data, member.offset)
    name_at = member.offset + _LOCAL.size
    start = name_at + local[9] + local[10]
    end = start + member.packed
    if local[0] != b"PK\x03\x04" or end > len(data):
        raise Unreadable(Reason.BROKEN)
    if bytes(data[name_at : name_at + local[9]]) != member.raw_name:
        raise Unreadable(Reason.BROKEN)
    return start, end


def _overlap(members: list[Member], extents: dict[int, tuple[int, int]], directory: int) -> bool:
    """Whether two members, or a member and the directory, share a byte."""
    starts = sorted(member.offset for member in members)
    ends = (extents[start][1] for start in starts)
    return any(end > begin for end, begin in zip(ends, [*starts[1:], directory], strict=False))


def _hidden(data: Bytes, extents: dict[int, tuple[int, int]], directory: int) -> bool:
    """Whether a local header stands where the directory knows of no member: readers that go from the front see it."""
    position = 0
    for offset in sorted(extents):
        if _LOCAL_SIGNATURE.search(data, position, offset):
            return True
        position = extents[offset][1]
    return _LOCAL_SIGNATURE.search(data, position, directory) is not None


def _inflated(packed: Bytes, size: int) -> bytes:
    try:
        return zlib.decompressobj(-15).decompress(packed, size + 1)
    except zlib.error:
        raise Unreadable(Reason.BROKEN) from None
