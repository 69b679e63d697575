"""Texts of Pages, Numbers and Keynote since 2013: packed messages of a form of their own; their tables are not read.

An `.iwa` part is a row of chunks, each packed as Snappy does it, without its frame; they hold records of Protocol
Buffers.  Which record is which is not looked at: every field that is text is taken for such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gateway.message import limits, native
from gateway.model import Reason

Bytes = bytes | memoryview

_CHUNK: Final = 65_536
"""Bytes that a chunk unpacks to, at most."""
_CELLS: Final = re.compile(r"Tables/Tile[^/]*\.iwa\Z")
"""Parts with the numbers of tables, packed cell by cell."""
_LEAST: Final = 3
_TEXT: Final = 2
"""The wire type of fields that have a length: texts, and messages within."""
_SKIPPED: Final = {1: 8, 5: 4}


def is_part(name: str, data: Bytes) -> bool:
    """Whether a member of an archive is a part of such a document, or what the program notes about it."""
    if name.endswith(".plist"):
        return "Metadata/" in name and len(data) < limits.SETTINGS and bytes(data[:6]) == b"bplist"
    return name.endswith(".iwa")


def read(name: str, data: Bytes) -> native.Native:
    """Texts of one part, a line each; `unsupported` for cells of tables, `broken` for what does not unpack.  Total."""
    if name.endswith(".plist"):
        return native.Native(native.runs(bytes(data)))
    message, whole = _unpacked(bytes(data))
    reason = Reason.UNSUPPORTED if _CELLS.search(name) else None if whole else Reason.BROKEN
    return native.Native("\n".join(dict.fromkeys(_texts(message, 0))), reason=reason)


def _unpacked(data: bytes) -> tuple[bytes, bool]:
    """The chunks of a part as one piece, because a record may go on in the next; and whether that is all of it."""
    pieces, position, whole = list[bytes](), 0, True
    while position + 4 <= len(data) and data[position] == 0:
        size = int.from_bytes(data[position + 1 : position + 4], "little")
        piece, told = _snappy(data[position + 4 : position + 4 + size])
        pieces.append(piece)
        position += 4 + size
        whole = whole and told == len(piece)
    return b"".join(pieces), whole and position == len(data)


def _snappy(packed: bytes) -> tuple[bytes, int]:
    """What a block unpacks to, literals and copies of what stands before; and how long it says that is."""
    size, position = _number(packed, 0)
    out = bytearray()
    while position < len(packed) and len(out) < min(size, _CHUNK):
        tag, position = packed[position], position + 1
        if tag & 3 == 0:
            length, position = _literal(packed, tag >> 2, position)
            out += packed[position : position + length]
            position += length
            continue
        wide = (1, 2, 4)[(tag & 3) - 1]
        back = int.from_bytes(packed[position : position + wide], "little") | (
            (tag >> 5) << 8 if wide == 1 else 0
        )
        length = (tag >> 2 & 7) + 4 if wide == 1 else (tag >> 2) + 1
        position += wide
        if not 0 < back <= len(out):
            break
        for _ in range(length):
            out.append(out[-back])
    return bytes(out), size


def _literal(packed: bytes, told: int, position: int) -> tuple[int, int]:
    """The length of a literal, and where it begins: long ones say their length in bytes of their own."""
    if told < 60:
        return told + 1, position
    wide = told - 59
    return int.from_bytes(packed[position : position + wide], "little") + 1, position + wide


def _number(data: bytes, position: int) -> tuple[int, int]:
    """A number in seven bits a byte, and where it ends."""
    value = 0
    for place in range(10):
        if position >= len(data):
            break
        value |= (data[position] & 0x7F) << 7 * place
        position += 1
        if data[position - 1] < 0x80:
            break
    return value, position


def _texts(message: bytes, depth: int) -> Iterator[str]:
    """Every field that is text, of the messages within, too."""
    position = 0
    while position < len(message):
        key, position = _number(message, position)
        kind = key & 7
        if kind == 0:
            _, position = _number(message, position)
        elif kind in _SKIPPED:
            position += _SKIPPED[kind]
        elif kind == _TEXT:
            size, position = _number(message, position)
            yield from _field(message[position : position + size], depth)
            position += size
        # Between records stand their lengths, which look like fields that are none.


def _field(field: bytes, depth: int) -> Iterator[str]:
    text = _readable(field)
    if text is not None:
        yield text
    elif depth < limits.IWORK_DEPTH:
        yield from _texts(field, depth + 1)


def _readable(field: bytes) -> str | None:
    """The text that a field is; None for a message within, which has numbers of fields below all letters."""
    try:
        text = field.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if len(text.translate(_LINES)) >= _LEAST and _NUMBERS.search(text) is None else None


_LINES: Final = dict.fromkeys(map(ord, "\t\n\r\v\u2028\u2029\u00a0\u0005\ufffc"))
_NUMBERS: Final = re.compile("[\0-\x04\x06-\x08\x0c\x0e-\x1f\x7f]")
"""Controls that no text has; soft hyphens, joiners and new signs are no controls, whoever can print them."""
