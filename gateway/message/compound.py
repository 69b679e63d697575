"""Compound files (OLE2: doc, xls, ppt, msg and what is embedded in documents): their streams, and their locks."""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from gateway.message import charsets, limits, packed_rtf

Bytes = bytes | memoryview

_END: Final = 0xFFFFFFFA
"""Sector numbers from here on are marks (free, end of chain, table), not sectors."""

_ENTRY: Final = 128
_HEADER: Final = 512
_STREAM: Final = 2
_ROOT: Final = 5
_FILEPASS: Final = 0x2F

EMBEDDED: Final = frozenset({"package", "contents", "\x01ole10native", "__substg1.0_37010102"})
"""Streams that are a file: of OLE objects, and the attachments of an Outlook message."""


class Broken(Exception):
    """The file's own tables contradict each other or point outside it."""


class Program(Enum):
    """What wrote the file, told by its streams; the value is the MIME type."""

    WORD = "application/msword"
    EXCEL = "application/vnd.ms-excel"
    POWERPOINT = "application/vnd.ms-powerpoint"
    OUTLOOK = "application/vnd.ms-outlook"
    LOCKED = "locked"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream: its path of storage names, where its chain starts, its size in bytes."""

    path: tuple[str, ...]
    start: int
    size: int

    @property
    def name(self) -> str:
        """The last name of the path, lower-case: programs are not strict about case."""
        return self.path[-1].lower()


@dataclass(slots=True)
class CompoundFile:
    """An opened compound file."""

    data: Bytes
    sector: int
    table: array[int]
    small_table: array[int] = field(default_factory=lambda: array("I"))
    small: bytes = b""
    cutoff: int = 4096
    streams: tuple[Stream, ...] = ()

    def read(self, stream: Stream) -> bytes:
        """The stream's bytes.  Raises Broken when its chain leaves the file or runs in a circle."""
        if stream.size < self.cutoff:
            chain = self._chain(stream.start, self.small_table)
            pieces = [self.small[number * 64 : number * 64 + 64] for number in chain]
            return b"".join(pieces)[: stream.size]
        return self.bytes_from(stream.start)[: stream.size]

    def bytes_from(self, start: int) -> bytes:
        """All sectors of the chain that starts there."""
        return b"".join(bytes(self.sector_bytes(number)) for number in self._chain(start, self.table))

    def sector_bytes(self, number: int) -> Bytes:
        """One sector; the last one of a file may be short."""
        position = (number + 1) * self.sector
        if position >= len(self.data):
            raise Broken("a sector outside the file")
        return self.data[position : position + self.sector]

    def _chain(self, number: int, table: array[int]) -> Iterator[int]:
        for _ in range(min(len(table), limits.CHAIN_SECTORS) + 1):
            if number >= _END:
                return
            if number >= len(table):
                raise Broken("a chain leaves its table")
            yield number
            number = table[number]
        raise Broken("a chain runs in a circle")

    def first(self, *names: str) -> Stream | None:
        """The first stream at the top whose name is one of these."""
        return next(
            (stream for stream in self.streams if len(stream.path) == 1 and stream.name in names), None
        )

    def main(self) -> bytes:
        """The stream that holds an Office document's text, or nothing."""
        stream = self.first("worddocument", "workbook", "book", "powerpoint document")
        return self.read(stream) if stream is not None else b""

    def books(self) -> Iterator[bytes]:
        """The streams of a workbook: one, or two where it was saved for older programs, too."""
        for stream in self.streams:
            if len(stream.path) == 1 and stream.name in ("workbook", "book"):
                yield self.read(stream)

    def embedded(self) -> Iterator[Stream]:
        """Streams that hold a file somebody put into the document."""
        return (stream for stream in self.streams if stream.name in EMBEDDED and stream.size)


def open_compound(data: Bytes) -> CompoundFile:
    """The file's tables and streams.  Raises Broken."""
    if len(data) < _HEADER:
        raise Broken("shorter than its header")
    shift, small_shift = struct.unpack_from("<2H", data, 30)
    if shift not in (9, 12) or small_shift != 6:
        raise Broken("sectors of a size that there is not")
    directory, cutoff, small_start, difat = struct.unpack_from("<L4x2L4xL", data, 48)
    compound = CompoundFile(data, 1 << shift, array("I"), cutoff=cutoff)
    compound.table = _numbers(compound, _table_sectors(compound, difat))
    compound.small_table = _words(compound.bytes_from(small_start)) if small_start < _END else array("I")
    entries = _entries(compound.bytes_from(directory))
    if not entries or entries[0].kind != _ROOT:
        raise Broken("no root")
    compound.small = compound.bytes_from(entries[0].start) if entries[0].start < _END else b""
    compound.streams = tuple(_streams(entries))
    return compound


def _table_sectors(compound: CompoundFile, difat: int) -> list[int]:
    """Numbers of the sectors that hold the sector table: 109 in the header, the rest in a chain of their own."""
    numbers = list(struct.unpack_from("<109L", compound.data, 76))
    seen: set[int] = set()
    while difat < _END and difat not in seen:
        seen.add(difat)
        words = _words(bytes(compound.sector_bytes(difat)))
        numbers += words[:-1]
        difat = words[-1] if len(words) * 4 == compound.sector else _END
    return [number for number in numbers if number < _END][: limits.CHAIN_SECTORS]


def _numbers(compound: CompoundFile, sectors: list[int]) -> array[int]:
    table = array("I")
    for number in dict.fromkeys(sectors):
        table.extend(_words(bytes(compound.sector_bytes(number))))
    return table


def _words(data: bytes) -> array[int]:
    """Little-endian 32 bit words; an odd rest is dropped."""
    words = array("I", data[: len(data) // 4 * 4])
    if sys.byteorder == "big":
        words.byteswap()
    return words


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


def _entries(directory: bytes) -> list[_Entry]:
    entries: list[_Entry] = []
    for position in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        length, kind = struct.unpack_from("<HB", directory, position + 64)
        left, right, child = struct.unpack_from("<3L", directory, position + 68)
        start, size = struct.unpack_from("<2L", directory, position + 116)
        raw = directory[position : position + max(0, min(length, 64) - 2)]
        entries.append(_Entry(raw.decode("utf-16-le", "replace"), kind, left, right, child, start, size))
    return entries


def _streams(entries: list[_Entry]) -> Iterator[Stream]:
    """All streams below the root; an entry that is reached twice is only taken once, so circles end."""
    seen: set[int] = set()
    pending: list[tuple[int, tuple[str, ...]]] = [(entries[0].child, ())]
    while pending:
        number, path = pending.pop()
        if number >= len(entries) or number in seen:
            continue
        seen.add(number)
        entry = entries[number]
        here = (*path, entry.name)
        pending += [(entry.left, path), (entry.right, path)]
        if entry.kind == _STREAM:
            yield Stream(here, entry.start, entry.size)
        elif len(here) <= limits.DEPTH:
            pending.append((entry.child, here))


def program(compound: CompoundFile) -> Program:
    """What wrote the file, or that it is locked by a password or by rights management.  Raises Broken."""
    if compound.first("encryptedpackage", "\tdrmcontent", "encryptedsummary") is not None:
        return Program.LOCKED
    if (word := compound.first("worddocument")) is not None:
        return Program.LOCKED if _word_locked(compound.read(word)) else Program.WORD
    if (book := compound.first("workbook", "book")) is not None:
        return Program.LOCKED if _book_locked(compound.read(book)) else Program.EXCEL
    if compound.first("powerpoint document") is not None:
        user = compound.first("current user")
        locked = user is not None and compound.read(user)[12:16] == b"\xdf\xc4\xd1\xf3"
        return Program.LOCKED if locked else Program.POWERPOINT
    return Program.OUTLOOK if compound.first("__properties_version1.0") is not None else Program.OTHER


def _word_locked(head: bytes) -> bool:
    """Bit fEncrypted of the file information block ([MS-DOC] 2.5.1)."""
    return len(head) >= 12 and bool(head[11] & 0x01)


def _book_locked(book: bytes) -> bool:
    """Whether a FILEPASS record stands among the first records ([MS-XLS] 2.4.117)."""
    position = 0
    for _ in range(limits.FIRST_RECORDS):
        if position + 4 > len(book):
            return False
        number, length = struct.unpack_from("<2H", book, position)
        if number == _FILEPASS:
            return True
        position += 4 + length
    return False


def file_in(stream: Stream, data: bytes) -> bytes:
    """The file in an embedded stream: `Ole10Native` has a label and two paths before it, others have nothing."""
    if "native" not in stream.name:
        return data
    position = 6
    for _ in ("label", "path"):
        position = data.find(b"\0", position) + 1
        if position == 0:
            return data
    position = data.find(b"\0", position + 8) + 1
    if position == 0 or position + 4 > len(data):
        return data
    (size,) = struct.unpack_from("<L", data, position)
    inner = data[position + 4 : position + 4 + size]
    return inner if len(inner) == size else data


_UNICODE: Final = "001f"
_ANSI: Final = "001e"
_PAGE: Final = "__substg1.0_10130102"
_BODY: Final = "__substg1.0_10090102"
_PROPERTY: Final = "__substg1.0_"


def mail_text(compound: CompoundFile) -> str:
    """Every text property of an Outlook message and of the messages in it, a line each ([MS-OXMSG] 2.1)."""
    texts: list[str] = []
    for stream in compound.streams:
        if not stream.name.startswith(_PROPERTY) or not stream.size:
            continue
        if stream.name.endswith(_UNICODE):
            texts.append(compound.read(stream).decode("utf-16-le", "replace"))
        elif stream.name.endswith(_ANSI):
            texts.append(charsets.decode(compound.read(stream)))
    return "\n".join(texts)


def mail_bodies(compound: CompoundFile) -> Iterator[bytes]:
    """The RTF bodies of an Outlook message and of the messages in it."""
    found = (stream for stream in compound.streams if stream.name == _BODY and stream.size)
    return (packed_rtf.unpacked(compound.read(stream)) for stream in found)


def mail_pages(compound: CompoundFile) -> Iterator[bytes]:
    """The HTML bodies of an Outlook message and of the messages in it."""
    return (compound.read(stream) for stream in compound.streams if stream.name == _PAGE and stream.size)
