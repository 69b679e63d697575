"""Records of zip archives: the end of the directory, its entries, and the local headers that stand before members."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gateway.message.entries import Unreadable
from gateway.model import Reason

Bytes = bytes | memoryview

END: Final = struct.Struct("<4s4H2LH")
END_SIGNATURE: Final = b"PK\x05\x06"
_END_REACH: Final = END.size + 65_535
_END64_LOCATOR: Final = struct.Struct("<4sLQL")
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_LOCAL: Final = struct.Struct("<4s5H3L2H")
LOCAL_SIGNATURE: Final = b"PK\x03\x04"
_ANY_SIGNATURE: Final = re.compile(rb"PK(?:\x01\x02|\x03\x04|\x05\x06|\x06\x06|\x07\x08)")
ENCRYPTED: Final = 0x0001 | 0x0040 | 0x2000
_UTF8: Final = 0x0800
_LATER: Final = 0x0008
"""Sizes and checksum stand behind the member: a program wrote it that could not go back."""
_FULL: Final = 0xFFFFFFFF
_UNICODE_PATH: Final = 0x7075
UNTOLD: Final = -1
"""A size or a checksum that no header tells."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member; offsets count from the start of the file.  `said` are names and comments that stand elsewhere."""

    name: str
    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Local:
    """The local header of a member, and where its packed bytes begin."""

    member: Member
    start: int
    later: bool

    def contradicts(self, member: Member) -> bool:
        """Whether readers from the front would see another file than those of the directory."""
        here = self.member
        same = (here.raw_name, here.method, here.flags & ENCRYPTED) == (
            member.raw_name,
            member.method,
            member.flags & ENCRYPTED,
        )
        sized = (here.crc, here.packed, here.size) == (member.crc, member.packed, member.size)
        return not same or not (sized or self.later or _FULL in (here.packed, here.size))


@dataclass(frozen=True, slots=True)
class End:
    """The end of the directory: members, its size and offset as told, where it ends, and where the archive does.

    `comment` stands from `said` to `last`.
    """

    count: int
    size: int
    offset: int
    position: int
    last: int
    comment: str
    said: int = 0


def find_end(data: Bytes) -> End | None:
    """The last end record, wherever what is behind it ends; None where there is none.

    Raises Unreadable for the last part of an archive in several.
    """
    reach = max(0, len(data) - _END_REACH)
    found = bytes(data[reach:]).rfind(END_SIGNATURE)
    if found < 0 and reach:
        reach, found = 0, bytes(data).rfind(END_SIGNATURE)
    if found < 0 or reach + found + END.size > len(data):
        return None
    position = reach + found
    _, disk, _, _, count, size, offset, length = END.unpack_from(data, position)
    if disk not in (0, 0xFFFF):
        raise Unreadable(Reason.UNSUPPORTED)
    last = position + END.size + length
    comment = bytes(data[position + END.size : last]).decode("utf-8", "replace")
    plain = End(count, size, offset, position, last, comment, position + END.size)
    return (_end64(data, plain) or plain) if _FULL in (size, offset) or count == 0xFFFF else plain


def _end64(data: Bytes, end: End) -> End | None:
    """The same from the zip64 records that stand before the end record, if they do."""
    locator = end.position - _END64_LOCATOR.size
    record = locator - _END64.size
    if record < 0 or bytes(data[locator : locator + 4]) != b"PK\x06\x07":
        return None
    signature, *_, count, size, offset = _END64.unpack_from(data, record)
    return (
        End(count, size, offset, record, end.last, end.comment, end.said)
        if signature == b"PK\x06\x06"
        else None
    )


def directory(data: Bytes, position: int, end: int, shift: int) -> Iterator[Member]:
    """The entries of the central directory; it ends where an entry is none."""
    while position + _CENTRAL.size <= end:
        values = _CENTRAL.unpack_from(data, position)
        signature, _, _, flags, method, _, _, crc, packed, size = values[:10]
        name_size, extra_size, comment_size, _, _, _, offset = values[10:]
        if signature != b"PK\x01\x02":
            return
        start = position + _CENTRAL.size
        behind = start + name_size + extra_size
        raw, extra = bytes(data[start : start + name_size]), bytes(data[start + name_size : behind])
        said = tuple(_said(extra, bytes(data[behind : behind + comment_size]), flags))
        if _FULL in (packed, size, offset):
            size, packed, offset = _wide(extra, size, packed, offset)
        shifted = bytes(data[offset + shift : offset + shift + 4]) == LOCAL_SIGNATURE
        place = offset + shift if shifted else offset
        yield Member(_decoded(raw, flags), raw, flags, method, crc, packed, size, place, said)
        position = behind + comment_size


def _decoded(raw: bytes, flags: int) -> str:
    return raw.decode("utf-8" if flags & _UTF8 else "cp437", "replace")


def _said(extra: bytes, comment: bytes, flags: int) -> Iterator[str]:
    if comment:
        yield _decoded(comment, flags)
    for kind, start, end in _fields(extra):
        if kind == _UNICODE_PATH:
            yield extra[start + 5 : end].decode("utf-8", "replace")


def _fields(extra: bytes) -> Iterator[tuple[int, int, int]]:
    """Kind, start and end of each extra field."""
    position = 0
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, position)
        yield kind, position + 4, min(position + 4 + length, len(extra))
        position += 4 + length


def _wide(extra: bytes, *narrow: int) -> tuple[int, int, int]:
    """Size, packed size and offset with the zip64 extra field (0x0001) put in the place of full ones."""
    for kind, start, end in _fields(extra):
        if kind == 1:
            words = iter(struct.unpack_from(f"<{(end - start) // 8}Q", extra, start))
            size, packed, offset = (next(words, value) if value == _FULL else value for value in narrow)
            return size, packed, offset
    return narrow[0], narrow[1], narrow[2]


def local(data: Bytes, offset: int) -> Local | None:
    """The local header at this place, if there is one."""
    if not 0 <= offset <= len(data) - _LOCAL.size:
        return None
    signature, _, flags, method, _, _, crc, packed, size, name_size, extra_size = _LOCAL.unpack_from(
        data, offset
    )
    start = offset + _LOCAL.size + name_size + extra_size
    if signature != LOCAL_SIGNATURE or start > len(data):
        return None
    raw = bytes(data[offset + _LOCAL.size : offset + _LOCAL.size + name_size])
    member = Member(_decoded(raw, flags), raw, flags, method, crc, packed, size, offset)
    return Local(member, start, bool(flags & _LATER) and not (packed and size))


def locals_between(data: Bytes, begin: int, end: int) -> Iterator[tuple[Member, int, int]]:
    """Members that stand between two places by their local headers alone, and where their packed bytes do."""
    position = begin
    whole = bytes(data[begin:end])
    while (found := whole.find(LOCAL_SIGNATURE, position - begin)) >= 0:
        here = local(data, begin + found)
        if here is None or here.start > end:
            position = begin + found + 4
            continue
        member, stop = here.member, here.start + here.member.packed
        if here.later or stop > end or _FULL in (member.packed, member.size):
            # Nobody tells how long it is: to the next record, or to the end.
            following = _ANY_SIGNATURE.search(whole, here.start - begin)
            stop = begin + following.start() if following else end
            member = Member(
                member.name, member.raw_name, member.flags, member.method,
                UNTOLD, stop - here.start, UNTOLD, member.offset,
            )  # fmt: skip
        yield member, here.start, stop
        position = stop
