"""What Outlook packs into winmail.dat (MS-OXTNEF): the body, and every attachment with its name."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from gateway.message import charsets, limits, packed_rtf
from gateway.message.entries import Budget, Entry, Unreadable
from gateway.model import Reason

Bytes = bytes | memoryview

MAGIC: Final = b"\x78\x9f\x3e\x22"
_NEXT_ATTACHMENT: Final = 0x9002
_DATA: Final = 0x800F
_NAME: Final = 0x8010
_MESSAGE_PROPERTIES: Final = 0x9003
_ATTACHMENT_PROPERTIES: Final = 0x9005
_TEXTS: Final = frozenset({0x8004, 0x800C, 0x0018, 0x001A})
"""Subject and body."""
_FIXED: Final = {
    0x02: 4,
    0x03: 4,
    0x04: 4,
    0x05: 8,
    0x06: 8,
    0x07: 8,
    0x0A: 4,
    0x0B: 4,
    0x14: 8,
    0x40: 8,
    0x48: 16,
}
_NARROW, _WIDE, _OBJECT, _BINARY = 0x1E, 0x1F, 0x0D, 0x102
_RTF: Final = 0x1009
_PAGE: Final = 0x1013
_FILE: Final = 0x3701
_NAMES: Final = frozenset({0x3001, 0x3704, 0x3707})
_OBJECT_NAME: Final = 16
"""Bytes before an embedded object: which program made it."""


def unpack(data: Bytes, budget: Budget) -> Iterator[Entry]:
    """Texts, pages and attachments, each as a file.  Raises Unreadable."""
    name, files = "", list[bytes]()
    for number, body in _attributes(data):
        if number == _NEXT_ATTACHMENT:
            yield from _files(name, files)
            name, files = "", []
        elif number == _DATA:
            files.append(body)
        elif number == _NAME:
            name = charsets.decode(body.rstrip(b"\0"))
        elif number in _TEXTS:
            yield Entry("", body.rstrip(b"\0"))
        elif number == _ATTACHMENT_PROPERTIES:
            found = list(_properties(body))
            name = next((_text(kind, value) for one, kind, value in found if one in _NAMES), name) or name
            held = ((kind, value) for one, kind, value in found if one == _FILE)
            files += (value[_OBJECT_NAME:] if kind == _OBJECT else value for kind, value in held)
        elif number == _MESSAGE_PROPERTIES:
            yield from _message(body)
    yield from _files(name, files)


def _files(name: str, files: list[bytes]) -> Iterator[Entry]:
    return (Entry(name, file) for file in dict.fromkeys(files) if file)


def _attributes(data: Bytes) -> Iterator[tuple[int, bytes]]:
    position = 6
    while position + 11 <= len(data):
        _, number, _, size = struct.unpack_from("<BHHL", data, position)
        if position + 9 + size > len(data):
            raise Unreadable(Reason.BROKEN)
        yield number, bytes(data[position + 9 : position + 9 + size])
        position += 11 + size
    if position == 6:
        raise Unreadable(Reason.BROKEN)


def _message(body: bytes) -> Iterator[Entry]:
    """Texts, pages and the body of a message; what is neither is of no interest."""
    texts = []
    for number, kind, value in _properties(body):
        if number == _RTF:
            yield Entry("", packed_rtf.unpacked(value))
        elif number == _PAGE:
            yield Entry("page.html", value)
        elif kind in (_NARROW, _WIDE):
            texts.append(_text(kind, value))
    yield Entry("", "\n".join(texts).encode())


def _text(kind: int, value: bytes) -> str:
    return (value.decode("utf-16-le", "replace") if kind == _WIDE else charsets.decode(value)).rstrip("\0")


class _Reader:
    """Numbers and bytes of a list of properties.  Raises Unreadable at its end."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def take(self, size: int) -> bytes:
        """The next bytes."""
        if self.position + size > len(self.data):
            raise Unreadable(Reason.BROKEN)
        self.position += size
        return self.data[self.position - size : self.position]

    def number(self) -> int:
        """The next number of four bytes."""
        return int.from_bytes(self.take(4), "little")

    def padded(self) -> bytes:
        """Bytes with their length before them, up to a multiple of four."""
        size = self.number()
        value = self.take(size)
        self.position += -size % 4
        return value


def _properties(body: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Number, kind and value of each property ([MS-OXTNEF] 2.1.3.4); of several values each."""
    reader = _Reader(body)
    for _ in range(min(reader.number(), limits.MEMBERS)):
        kind = int.from_bytes(reader.take(2), "little")
        number = int.from_bytes(reader.take(2), "little")
        if number >= 0x8000:
            reader.take(16)
            if reader.number():
                reader.padded()
            else:
                reader.number()
        plain = kind & ~0x1000
        size = _FIXED.get(plain)
        many = bool(kind & 0x1000) or size is None
        for _ in range(min(reader.number(), limits.MEMBERS) if many else 1):
            yield number, plain, reader.take(size) if size is not None else reader.padded()
