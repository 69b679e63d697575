"""The header of a 7z archive: packed streams, the coders they go through, and the files they make."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from gateway.message import limits
from gateway.message.entries import Unreadable
from gateway.model import Reason

_END, _FILES, _PACK, _UNPACK, _SUBSTREAMS = 0x00, 0x05, 0x06, 0x07, 0x08
_SIZE, _CRC, _FOLDER, _CODER_SIZES, _COUNTS = 0x09, 0x0A, 0x0B, 0x0C, 0x0D
_EMPTY, _NAMES, _STREAMS = 0x0E, 0x11, 0x04
_ARCHIVE_PROPERTIES: Final = 0x02
_MOST_CODERS: Final = 32


@dataclass(frozen=True, slots=True)
class Coder:
    """One step of unpacking: the method's number as bytes, and its properties; `simple`: one stream in, one out."""

    method: bytes
    properties: bytes
    simple: bool = True


@dataclass(slots=True)
class Folder:
    """Files packed into one stream: coders in the order in which they unpack, where that stands, what it makes."""

    coders: tuple[Coder, ...] = ()
    packed_streams: int = 1
    start: int = 0
    packed: int = 0
    sizes: list[int] = field(default_factory=list)
    main: int = 0
    crc: int | None = None
    files: list[tuple[int, int | None]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Bytes that it unpacks to."""
        return self.sizes[self.main]


@dataclass(slots=True)
class Listing:
    """Folders, and for each file its name and whether anything is in it."""

    folders: list[Folder] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    filled: list[bool] = field(default_factory=list)


class Reader:
    """Numbers and bytes of a header one by one.  All methods raise Unreadable at its end."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def bytes(self, size: int) -> bytes:
        """The next bytes."""
        if size < 0 or self.position + size > len(self.data):
            raise Unreadable(Reason.BROKEN)
        self.position += size
        return self.data[self.position - size : self.position]

    def byte(self) -> int:
        """The next byte."""
        return self.bytes(1)[0]

    def number(self) -> int:
        """A number of one to nine bytes: the leading ones of the first tell how many follow."""
        first = self.byte()
        more = next((count for count in range(8) if not first & (0x80 >> count)), 8)
        low = int.from_bytes(self.bytes(more), "little")
        return low if more >= 7 else low | (first & (0x7F >> more)) << (8 * more)

    def count(self) -> int:
        """A number of things.  Raises Unreadable when there are more than any mail has."""
        found = self.number()
        if found > limits.MEMBERS:
            raise Unreadable(Reason.TOO_LARGE)
        return found

    def bits(self, count: int) -> list[bool]:
        """So many bits, highest first."""
        packed = self.bytes(-(-count // 8))
        return [bool(packed[number // 8] & (0x80 >> number % 8)) for number in range(count)]

    def optional_bits(self, count: int) -> list[bool]:
        """Bits, or one byte that says that all are set."""
        return [True] * count if self.byte() else self.bits(count)

    def checksums(self, count: int) -> list[int | None]:
        """A CRC for those that have one."""
        told = self.optional_bits(count)
        return [struct.unpack("<L", self.bytes(4))[0] if one else None for one in told]

    def expect(self, number: int) -> None:
        """Raises Unreadable for another property than this."""
        if self.byte() != number:
            raise Unreadable(Reason.BROKEN)


def listing(data: bytes) -> Listing:
    """The listing in a plain header.  Raises Unreadable."""
    reader = Reader(data)
    reader.expect(0x01)
    found, kind = Listing(), reader.byte()
    if kind == _ARCHIVE_PROPERTIES:
        while reader.byte():
            reader.bytes(reader.number())
        kind = reader.byte()
    if kind == _STREAMS:
        found.folders = streams(reader)
        kind = reader.byte()
    if kind == _FILES:
        _files(reader, found)
    return found


def streams(reader: Reader) -> list[Folder]:
    """Folders with where their streams stand and the files they make.  Raises Unreadable."""
    start, sizes, folders, kind = 0, list[int](), list[Folder](), reader.byte()
    if kind == _PACK:
        start, sizes = _packed(reader)
        kind = reader.byte()
    if kind == _UNPACK:
        folders = _folders(reader)
        kind = reader.byte()
    if kind == _SUBSTREAMS:
        _substreams(reader, folders)
        kind = reader.byte()
    else:
        for folder in folders:
            folder.files = [(folder.size, folder.crc)]
    if kind != _END:
        raise Unreadable(Reason.BROKEN)
    _place(folders, start, sizes)
    return folders


def _packed(reader: Reader) -> tuple[int, list[int]]:
    start, count, sizes = reader.number(), reader.count(), list[int]()
    while (kind := reader.byte()) != _END:
        if kind == _SIZE:
            sizes = [reader.number() for _ in range(count)]
        elif kind == _CRC:
            reader.checksums(count)
        else:
            raise Unreadable(Reason.BROKEN)
    return start, sizes


def _place(folders: list[Folder], start: int, sizes: list[int]) -> None:
    """Tell each folder where its first packed stream is."""
    first = 0
    for folder in folders:
        taken = sizes[first : first + folder.packed_streams]
        if not taken:
            raise Unreadable(Reason.BROKEN)
        folder.start, folder.packed = start, taken[0]
        start += sum(taken)
        first += folder.packed_streams


def _folders(reader: Reader) -> list[Folder]:
    reader.expect(_FOLDER)
    count = reader.count()
    reader.expect(0)
    folders = [_folder(reader) for _ in range(count)]
    reader.expect(_CODER_SIZES)
    for folder in folders:
        folder.sizes = [reader.number() for _ in folder.sizes]
    kind = reader.byte()
    if kind == _CRC:
        for folder, crc in zip(folders, reader.checksums(count), strict=True):
            folder.crc = crc
        kind = reader.byte()
    if kind != _END:
        raise Unreadable(Reason.BROKEN)
    return folders


def _folder(reader: Reader) -> Folder:
    coders, ins, outs = list[Coder](), 0, 0
    for _ in range(min(reader.number(), _MOST_CODERS)):
        flags = reader.byte()
        method = reader.bytes(flags & 0x0F)
        simple = not flags & 0x10
        taken, made = (1, 1) if simple else (reader.count(), reader.count())
        properties = reader.bytes(reader.number()) if flags & 0x20 else b""
        coders.append(Coder(method, properties, simple))
        ins, outs = ins + taken, outs + made
    if not coders or not 0 < outs <= _MOST_CODERS or ins > _MOST_CODERS:
        raise Unreadable(Reason.BROKEN)
    bound = {reader.number(): reader.number() for _ in range(outs - 1)}
    packed = ins - len(bound)
    if packed > 1:
        for _ in range(packed):
            reader.number()
    main = next((number for number in range(outs) if number not in bound.values()), 0)
    return Folder(_in_order(coders, bound, main), max(packed, 1), sizes=[0] * outs, main=main)


def _in_order(coders: list[Coder], bound: dict[int, int], main: int) -> tuple[Coder, ...]:
    """Coders from the packed stream to the files, where each has one stream on either side; else as they stand."""
    if not all(coder.simple for coder in coders):
        return tuple(coders)
    order, number = list[Coder](), main
    for _ in coders:
        if number >= len(coders):
            raise Unreadable(Reason.BROKEN)
        order.insert(0, coders[number])
        if number not in bound:
            break
        number = bound[number]
    return tuple(order)


def _substreams(reader: Reader, folders: list[Folder]) -> None:
    kind, counts = reader.byte(), [1] * len(folders)
    if kind == _COUNTS:
        counts = [reader.count() for _ in folders]
        kind = reader.byte()
    sizes = [list(_sizes(reader, folder, count, kind)) for folder, count in zip(folders, counts, strict=True)]
    if kind == _SIZE:
        kind = reader.byte()
    known = [count == 1 and folder.crc is not None for folder, count in zip(folders, counts, strict=True)]
    told = iter(list[int | None]())
    if kind == _CRC:
        asked = zip(counts, known, strict=True)
        told = iter(reader.checksums(sum(count for count, is_known in asked if not is_known)))
        kind = reader.byte()
    for folder, these, is_known in zip(folders, sizes, known, strict=True):
        folder.files = [(size, folder.crc if is_known else next(told, None)) for size in these]
    if kind != _END:
        raise Unreadable(Reason.BROKEN)


def _sizes(reader: Reader, folder: Folder, count: int, kind: int) -> Iterator[int]:
    """Sizes of the files of a folder; that of the last one is what is left."""
    left = folder.size
    for _ in range(count - 1):
        size = reader.number() if kind == _SIZE else 0
        left -= size
        yield size
    if count:
        yield left


def _files(reader: Reader, found: Listing) -> None:
    count = reader.count()
    found.filled = [True] * count
    while (kind := reader.byte()) != _END:
        record = Reader(reader.bytes(reader.number()))
        if kind == _EMPTY:
            found.filled = [not empty for empty in record.bits(count)]
        elif kind == _NAMES and record.byte() == 0:
            names = record.data[1:].decode("utf-16-le", "replace").split("\0")
            found.names = names[:count]
