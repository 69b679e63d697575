"""Archives that unpack to far more than they are, made from nothing: overlapped members, and one that is in itself."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from functools import cache
from itertools import chain

_POLYNOMIAL = 0xEDB88320
_ONE = 1 << 31
"""The polynomial 1 in the order of bits that zlib takes."""
_NAME = 5


def _times(one: int, two: int) -> int:
    """The product of two polynomials modulo that of CRC-32."""
    product = 0
    while one:
        if one & _ONE:
            product ^= two
        one = one << 1 & 0xFFFFFFFF
        two = two >> 1 ^ (_POLYNOMIAL if two & 1 else 0)
    return product


def _shifts(count: int) -> list[int]:
    """What a checksum is multiplied by for 1, 2, 4, ... bytes behind it."""
    shifts = [_ONE >> 8]
    while len(shifts) < count:
        shifts.append(_times(shifts[-1], shifts[-1]))
    return shifts


_SHIFTS = _shifts(40)


def joined_crc(one: int, two: int, length: int) -> int:
    """The checksum of two texts in a row by that of each, and the second one's length."""
    for bit, shift in enumerate(_SHIFTS):
        if length >> bit & 1:
            one = _times(one, shift)
    return one ^ two


def _local(name: bytes, crc: int, packed: int, size: int, extra: bytes = b"") -> bytes:
    """A local header of a deflated member."""
    fields = (20, 0, 8, 0, 0, crc, packed, size, len(name), len(extra))
    return struct.pack("<4s5H3L2H", b"PK\3\4", *fields) + name + extra


def _entry(name: bytes, crc: int, packed: int, size: int, offset: int, extra: bytes = b"") -> bytes:
    """Its entry in the directory."""
    fields = (20, 20, 0, 8, 0, 0, crc, packed, size, len(name), len(extra), 0, 0, 0, 0, offset)
    return struct.pack("<4s6H3L5H2L", b"PK\1\2", *fields) + name + extra


def _end(count: int, size: int, offset: int, comment: bytes = b"") -> bytes:
    fields = (0, 0, count, count, size, offset, len(comment))
    return struct.pack("<4s4H2LH", b"PK\5\6", *fields) + comment


def _kernel(size: int) -> tuple[bytes, int]:
    """Zeros, deflated, and their checksum; whole pieces are packed once and repeated."""
    piece = 1 << 24
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(piece)) + packer.flush(zlib.Z_FULL_FLUSH)
    crc, one = 0, zlib.crc32(bytes(piece))
    for _ in range(size // piece):
        crc = joined_crc(crc, one, piece)
    return block * (size // piece) + b"\3\0", crc


def quoted_overlap(members: int, size: int) -> bytes:
    """Members that share one kernel of so many zeros (a multiple of 16 MiB): each quotes the headers behind its own.

    Fifield's construction: a stored block of deflate holds the next member's header, whose own data follow it.
    """
    data, crc = _kernel(size)
    length = size
    headers: list[bytes] = []
    facts: list[tuple[bytes, int, int, int]] = []
    packed = len(data)
    for number in reversed(range(members)):
        name = f"{number:05}".encode()
        if headers:
            behind = headers[-1]
            packed += _NAME + len(behind)
            crc, length = joined_crc(zlib.crc32(behind), crc, length), length + len(behind)
        headers.append(_local(name, crc, packed, length))
        facts.append((name, crc, packed, length))
    headers.reverse()
    facts.reverse()
    body, offsets = bytearray(), []
    for number, header in enumerate(headers):
        offsets.append(len(body))
        body += header
        if number + 1 < members:
            body += _literal(len(headers[number + 1]))
    body += data
    entries = b"".join(_entry(*fact, offset) for fact, offset in zip(facts, offsets, strict=True))
    return bytes(body) + entries + _end(members, len(entries), len(body))


def _literal(length: int) -> bytes:
    """The instruction "say the next bytes as they are": a stored block's head, five bytes (RFC 1951 section 3.2.4)."""
    return struct.pack("<BHH", 0, length, length ^ 0xFFFF)


def _bits(fields: Sequence[tuple[int, int]]) -> bytes:
    """Fields of (value, bits), the lowest bit first."""
    value = position = 0
    for field, size in fields:
        value |= field << position
        position += size
    return value.to_bytes(-(-position // 8), "little")


def _code(code: int, size: int) -> tuple[int, int]:
    """A Huffman code: it stands with its highest bit first."""
    return int(f"{code:0{size}b}"[::-1], 2), size


_BLOCK, _EMPTY = ((0, 1), (1, 2)), ((0, 1), (1, 2), (0, 7))
"""How a block of fixed codes begins; one in which nothing stands."""

_AGAIN_20 = _bits([*_BLOCK, *(_code(8, 7), _code(8, 5), (3, 3)) * 2, (0, 7)])
"""The last 20 bytes again: twice ten, from twenty back; 3 + 2 * 15 + 7 bits are five bytes."""

_AGAIN_258 = _bits([*_BLOCK, _code(0b11000101, 8), _code(16, 5), (1, 7), (0, 7), *_EMPTY])
"""The last 258 bytes again, in as many bits with an empty block behind it."""

_REACH = 258 - _NAME
"""Bytes that stand before the instructions, and as many behind them."""


def _instructions(head: bytes, tail: bytes) -> bytes:
    """A program in deflate that says head, itself, and tail; head and tail have 253 bytes each, an instruction five."""
    one, four, both = _literal(5), _literal(20), _literal(258)
    again, twenty, nothing = _AGAIN_258, _AGAIN_20, _literal(0)
    steps = (
        (both, head, both), (again,), (one, again), (one, one),
        (four, again, one, one, four), (twenty,),
        (four, twenty, four, twenty, four), (twenty,),
        (four, twenty, nothing, nothing, both), (twenty, nothing, nothing),
        (both, again, tail), (again,),
    )  # fmt: skip
    return b"".join(chain.from_iterable(steps))


def _whole(crc: int, stamp: int) -> bytes:
    """The archive with this checksum of itself written into it; `stamp` is any number of 16 bits."""
    name = b"r.zip"
    long = _REACH - 30 - len(name)
    size = 2 * _REACH + len(_instructions(bytes(_REACH), bytes(_REACH)))
    packed = size - _REACH - _REACH + 2
    extra = struct.pack("<HHH", 0x7777, long - 4, stamp).ljust(long, b"\0")
    head = _local(name, crc, packed, size, extra)
    entry = _entry(name, crc, packed, size, 0)
    end = _end(1, len(entry), len(head) + packed, bytes(_REACH - 2 - len(entry) - 22))
    tail = b"\3\0" + entry + end
    return head + _instructions(head, tail) + tail


def _solved(rows: list[int]) -> int | None:
    """The number whose 32 bits fulfil these equations (the coefficients, and the right side in bit 32)."""
    for bit in range(32):
        pivot = next((at for at in range(bit, 32) if rows[at] >> bit & 1), None)
        if pivot is None:
            return None
        rows[bit], rows[pivot] = rows[pivot], rows[bit]
        rows = [r ^ rows[bit] if at != bit and r >> bit & 1 else r for at, r in enumerate(rows)]
    return sum((row >> 32) << bit for bit, row in enumerate(rows))


@cache
def quine() -> bytes:
    """A zip archive with one member, which is the archive itself, checksum included.

    A checksum is affine in every bit that it covers: what it must be to cover itself is a system of 32 equations, which
    some stamps make solvable.
    """
    for stamp in range(1 << 16):
        base = zlib.crc32(_whole(0, stamp))
        columns = [zlib.crc32(_whole(1 << bit, stamp)) ^ base ^ (1 << bit) for bit in range(32)]
        rows = [
            sum((column >> row & 1) << at for at, column in enumerate(columns)) | (base >> row & 1) << 32
            for row in range(32)
        ]
        if (crc := _solved(rows)) is not None:
            return _whole(crc, stamp)
    raise ValueError("no stamp fits")
