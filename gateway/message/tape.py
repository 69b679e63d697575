"""Archives without compression (tar, cpio, ar): members one behind the other, each with its header before it."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gateway.message.entries import Budget, Entry, Unreadable
from gateway.model import Reason

Bytes = bytes | memoryview

_BLOCK: Final = 512
_NO_DATA: Final = frozenset(b"123456")
"""Links, devices, directories, pipes: what they name as a size is none."""
_LONG_NAME: Final = frozenset(b"LK")
_PAX: Final = frozenset(b"xgX")
_SPARSE: Final = ord("S")
_PAX_RECORD: Final = re.compile(rb"[0-9]{1,9} ([^=\n]{1,200})=([^\n]*)\n")
_PAX_BYTES: Final = 1_048_576
"""Of an extended header, the part that is looked at: names are short."""
_OCTAL: Final = re.compile(rb"[ \0]*([0-7]*)[ \0]*\Z")
_AR: Final = b"!<arch>\n"
_AR_HEADER: Final = 60


def is_tar(start: bytes) -> bool:
    """Whether the first block is the header of a tar file: its checksum is right."""
    return len(start) >= _BLOCK and _sums_up(start[:_BLOCK])


def _sums_up(block: bytes) -> bool:
    told = _OCTAL.match(block[148:156])
    if told is None or not told[1]:
        return False
    plain = block[:148] + b" " * 8 + block[156:]
    # Old tar of Sun added signed characters.
    signed = sum(plain) - 256 * sum(value > 127 for value in plain)
    return int(told[1], 8) in (sum(plain), signed)


@dataclass(slots=True)
class _Next:
    """What headers before a member say about it."""

    name: str = ""
    size: int | None = None
    sparse: bool = False


def untar(data: Bytes, budget: Budget) -> Iterator[Entry]:
    """Members of a tar file, those behind its end mark, too: some programs go on there.  Raises Unreadable."""
    position, following, ended = 0, _Next(), False
    while position + _BLOCK <= len(data):
        block = bytes(data[position : position + _BLOCK])
        if not any(block):
            position += _BLOCK
            ended = True
            continue
        if not _sums_up(block):
            if ended and (rest := bytes(data[position:]).strip(b"\0")):
                yield Entry("", rest)
                return
            raise Unreadable(Reason.BROKEN)
        start = position + _BLOCK
        size = _size(block, following)
        if size < 0 or start + size > len(data):
            yield Entry(_name(block), data[start:], Reason.BROKEN)
            return
        member = data[start : start + size]
        if block[156] in _LONG_NAME:
            following.name = _text(bytes(member[:_BLOCK]))
        elif block[156] in _PAX:
            _extend(following, bytes(member[:_PAX_BYTES]))
        else:
            yield _member(block, member, following)
            following = _Next()
        position = start + -(-size // _BLOCK) * _BLOCK
    if not ended and position < len(data):
        raise Unreadable(Reason.BROKEN)


def _size(block: bytes, following: _Next) -> int:
    """Bytes that follow the header; -1 for a size that makes no sense."""
    if following.size is not None and block[156] not in _PAX and block[156] not in _LONG_NAME:
        return following.size
    if block[156] in _NO_DATA:
        return 0
    raw = block[124:136]
    if raw[0] & 0x80:
        return int.from_bytes(raw[1:], "big") if raw[0] == 0x80 else -1
    told = _OCTAL.match(raw)
    return int(told[1] or b"0", 8) if told else -1


def _extend(following: _Next, records: bytes) -> None:
    for match in _PAX_RECORD.finditer(records):
        key, value = match.groups()
        if key == b"path":
            following.name = value.decode("utf-8", "replace")
        elif key == b"size" and value.isdigit() and len(value) < 20:
            following.size = int(value)
        elif key.startswith(b"GNU.sparse"):
            following.sparse = True


def _member(block: bytes, member: Bytes, following: _Next) -> Entry:
    sparse = following.sparse or block[156] == _SPARSE
    # A file with holes is kept without them, behind a map; what it says is mostly there all the same.
    return Entry(following.name or _name(block), member, Reason.UNSUPPORTED if sparse else None)


def _name(block: bytes) -> str:
    prefix = _text(block[345:500]) if block[257:262] == b"ustar" else ""
    name = _text(block[:100])
    return f"{prefix}/{name}" if prefix else name


def _text(raw: bytes) -> str:
    return raw.partition(b"\0")[0].decode("utf-8", "replace")


_NEW_CPIO: Final = (b"070701", b"070702")
_HEX: Final = re.compile(rb"[0-9A-Fa-f]+")
_ODD: Final = re.compile(rb"070707[0-7]{53}([0-7]{6})([0-7]{11})", re.S)
_LAST: Final = "TRAILER!!!"


def uncpio(data: Bytes, budget: Budget) -> Iterator[Entry]:
    """Members of a cpio file in its three forms.  Raises Unreadable."""
    position = 0
    while True:
        start, name_size, size, step = _cpio_header(bytes(data[position : position + 110]))
        name = _text(bytes(data[position + start : position + start + name_size]))
        if name == _LAST:
            rest = bytes(data[position + start + name_size :]).strip(b"\0")
            if rest:
                yield Entry("", rest)
            return
        begin = _up(position + start + name_size, step, position)
        if begin + size > len(data):
            yield Entry(name, data[begin:], Reason.BROKEN)
            return
        yield Entry(name, data[begin : begin + size])
        position = _up(begin + size, step, position)


def _up(position: int, step: int, origin: int) -> int:
    """The next multiple of `step` from where headers are counted."""
    return origin + -(-(position - origin) // step) * step


def _cpio_header(head: bytes) -> tuple[int, int, int, int]:
    """Length of the header, of the name, of the member, and what all begin at a multiple of.  Raises Unreadable."""
    try:
        if head.startswith(_NEW_CPIO) and _HEX.fullmatch(head, 6, 110):
            return 110, int(head[94:102], 16), int(head[54:62], 16), 4
        if (odd := _ODD.match(head)) is not None:
            return 76, int(odd[1], 8), int(odd[2], 8), 1
        order = {b"\xc7\x71": "<", b"\x71\xc7": ">"}[head[:2]]
        name_size, high, low = struct.unpack_from(f"{order}3H", head, 20)
    except (ValueError, KeyError, struct.error):
        raise Unreadable(Reason.BROKEN) from None
    return 26, name_size, high << 16 | low, 2


def unar(data: Bytes, budget: Budget) -> Iterator[Entry]:
    """Members of an ar file (a Debian package is one).  Raises Unreadable."""
    position = len(_AR)
    while position + _AR_HEADER <= len(data):
        head = bytes(data[position : position + _AR_HEADER])
        told = head[48:58].strip()
        if head[58:60] != b"`\n" or not told.isdigit():
            raise Unreadable(Reason.BROKEN)
        start, size = position + _AR_HEADER, int(told)
        fault = Reason.BROKEN if start + size > len(data) else None
        yield Entry(_text(head[:16].rstrip()), data[start : start + size], fault)
        position = start + size + size % 2
