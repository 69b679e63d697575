"""Zip archives, read from their central directory and checked against their local headers: nothing is written anywhere.

`zipfile` reads overlapping members and members that only one of the two directories knows without a word (Python 3.11);
here both are faults that get named, what only a local header knows is read all the same, and every member is inflated
under a budget.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from gateway.message import foreign, limits, streams, zip_records
from gateway.message.entries import Budget, Unreadable
from gateway.message.zip_records import UNTOLD, Member
from gateway.model import Reason

__all__ = ["Budget", "Member", "Unreadable", "Zip", "open_zip"]

Bytes = bytes | memoryview

_STORED: Final = 0
_DEFLATED: Final = 8
_BZIP2: Final = 12
_LZMA: Final = 14
_XZ: Final = 95
_METHODS: Final = frozenset({_STORED, _DEFLATED, _BZIP2, _LZMA, _XZ})
_PADDING: Final = 64
"""Bytes between members that nobody asks about: data descriptors have up to 24, some programs align to 64."""
_REMARK: Final = 60
"""Bytes of a comment that may be a file, or hold one: no shorter line of base64 is taken for one."""


@dataclass(frozen=True, slots=True)
class Zip:
    """An archive's members in the order of its directory, and what is wrong with it as a whole.

    `extents` tell where a member's packed bytes stand; `doubted` are the offsets of members that their two headers
    tell differently; `gaps` is what stands before, between and behind members; `said` the comment.
    """

    data: Bytes
    members: tuple[Member, ...]
    faults: tuple[Reason, ...] = ()
    extents: dict[int, tuple[int, int]] = field(default_factory=dict)
    doubted: frozenset[int] = frozenset()
    gaps: tuple[tuple[int, int], ...] = ()
    said: str = ""

    def named(self, name: str) -> Member | None:
        """The member of this name, letter case aside, as Office takes it."""
        return next((member for member in self.members if member.name.lower() == name.lower()), None)

    def read(self, member: Member, budget: Budget) -> bytes:
        """The member's bytes, checked.  Raises Unreadable with whatever reason there is."""
        if member.offset not in self.extents:
            raise Unreadable(Reason.BROKEN)
        locked = (member.flags | self._local_flags(member)) & zip_records.ENCRYPTED
        try:
            content = self._unpacked(member, budget)
        except Unreadable as fault:
            raise Unreadable(Reason.ENCRYPTED) if locked else fault from None
        if locked:
            # What unpacks to its checksum was never encrypted; still a reader would ask for a password.
            raise Unreadable(Reason.ENCRYPTED, content)
        if member.offset in self.doubted:
            raise Unreadable(Reason.AMBIGUOUS, content)
        return content

    def _unpacked(self, member: Member, budget: Budget) -> bytes:
        if member.size > max(limits.EXPANSION_FREE_BYTES, member.packed * limits.EXPANSION):
            raise Unreadable(Reason.TOO_LARGE)
        start, end = self.extents[member.offset]
        if member.method not in _METHODS:
            return _verified(foreign.unzip_member(self.data, member.offset, end, budget), member)
        allowed = budget.allowed(member.packed) if member.size == UNTOLD else member.size
        if member.size != UNTOLD:
            budget.take(member.size)
        content, fault = _expanded(member.method, self.data[start:end], allowed)
        if member.size == UNTOLD:
            budget.take(len(content))
        if fault is not None:
            raise Unreadable(fault, content)
        return _verified(content, member)

    def _local_flags(self, member: Member) -> int:
        here = zip_records.local(self.data, member.offset)
        return here.member.flags if here is not None else 0


def _verified(content: bytes, member: Member) -> bytes:
    """The bytes that a member unpacks to, if its header tells them so.  Raises Unreadable."""
    if member.size != UNTOLD and (len(content) != member.size or zlib.crc32(content) != member.crc):
        raise Unreadable(Reason.BROKEN, content)
    return content


def _expanded(method: int, packed: Bytes, allowed: int) -> tuple[bytes, Reason | None]:
    """At most so many bytes of a member, and what is wrong with it."""
    if method == _STORED:
        return bytes(packed[:allowed]), None
    if method == _DEFLATED:
        content, _, fault = streams.expand(lambda: zlib.decompressobj(-15), packed, allowed)
    elif method == _BZIP2:
        content, _, fault = streams.expand(bz2.BZ2Decompressor, packed, allowed)
    elif method == _XZ:
        content, _, fault = streams.expand(lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ), packed, allowed)
    else:
        return _lzma(packed, allowed)
    # A stream that goes on behind the size that was told is as wrong as one that ends before.
    return content, Reason.BROKEN if fault is Reason.TOO_LARGE else fault


def _lzma(packed: Bytes, allowed: int) -> tuple[bytes, Reason | None]:
    """Method 14: version, length of the properties, properties, and a stream whose end may be told by size alone."""
    length = int.from_bytes(packed[2:4], "little")
    try:
        make = streams.raw([streams.lzma1(bytes(packed[4 : 4 + length]))])
    except ValueError:
        return b"", Reason.BROKEN
    content, _, _ = streams.expand(make, packed[4 + length :], allowed)
    return content, None


def open_zip(data: Bytes) -> Zip:
    """The archive's directory, or what its local headers tell where it has none.

    Raises Unreadable where there is neither, and where members share bytes (a bomb).
    """
    end = zip_records.find_end(data)
    if end is None:
        return _salvaged(data)
    # An archive may stand behind a program that unpacks it; then all offsets are short by the program's length.
    shift = end.position - end.size - end.offset
    if shift < 0 or end.size > end.position:
        return _salvaged(data)
    members: list[Member] = []
    faults: dict[Reason, None] = {}
    begin = end.position - end.size
    for member in zip_records.directory(data, begin, end.position, shift):
        if len(members) == limits.MEMBERS:
            faults[Reason.TOO_LARGE] = None
            break
        members.append(member)
    if not faults and len(members) != end.count:
        faults[Reason.BROKEN] = None
    return _checked(data, members, faults, begin, end)


def _checked(
    data: Bytes, members: list[Member], faults: dict[Reason, None], begin: int, end: zip_records.End
) -> Zip:
    """The archive with its members' extents, and what only local headers know."""
    extents: dict[int, tuple[int, int]] = {}
    doubted = set()
    for member in members:
        here = zip_records.local(data, member.offset)
        if here is None or here.start + member.packed > len(data):
            faults[Reason.BROKEN] = None
            continue
        extents[member.offset] = here.start, here.start + member.packed
        if here.contradicts(member):
            doubted.add(member.offset)
    if _overlap(members, extents, begin):
        raise Unreadable(Reason.BROKEN)
    gaps = [] if Reason.TOO_LARGE in faults else list(_gaps(extents, begin, end, len(data)))
    apart = (one for gap in gaps for one in zip_records.locals_between(data, *gap))
    hidden = list(islice(apart, limits.MEMBERS))
    if hidden:
        faults[Reason.AMBIGUOUS] = None
        extents |= {member.offset: (start, stop) for member, start, stop in hidden}
    shown = () if hidden else tuple(gap for gap in gaps if _says_something(data, *gap))
    if end.last - end.said > _REMARK:
        shown = (*shown, (end.said, end.last))
    found = (*members, *(member for member, _, _ in hidden))
    return Zip(data, found, tuple(faults), extents, frozenset(doubted), shown, end.comment)


def _salvaged(data: Bytes) -> Zip:
    """An archive without a directory: as programs repair it.  Raises Unreadable if nothing is left of it."""
    found = list(islice(zip_records.locals_between(data, 0, len(data)), limits.MEMBERS))
    if not found:
        raise Unreadable(Reason.BROKEN)
    extents = {member.offset: (start, end) for member, start, end in found}
    return Zip(data, tuple(member for member, _, _ in found), (Reason.BROKEN,), extents)


def _overlap(members: list[Member], extents: dict[int, tuple[int, int]], directory: int) -> bool:
    """Whether two members, or a member and the directory, share a byte."""
    starts = sorted(member.offset for member in members if member.offset in extents)
    ends = (extents[start][1] for start in starts)
    return any(end > begin for end, begin in zip(ends, [*starts[1:], directory], strict=False))


def _gaps(
    extents: dict[int, tuple[int, int]], begin: int, end: zip_records.End, size: int
) -> Iterator[tuple[int, int]]:
    """What no member takes: before the first, between two, behind the last and behind the end of the archive."""
    position = 0
    for offset in sorted(extents):
        yield position, offset
        position = extents[offset][1]
    yield position, begin
    yield end.last, size


def _says_something(data: Bytes, start: int, end: int) -> bool:
    return end - start > _PADDING and any(
        bytes(data[start : min(end, start + limits.LOOSE_BYTES)]).strip(b"\0")
    )
