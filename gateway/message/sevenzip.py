"""7z archives to their files: the methods that the standard library knows; the others and encrypted ones get named."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

from gateway.message import foreign, streams
from gateway.message.entries import Budget, Entry, Unreadable
from gateway.message.sevenzip_header import Coder, Folder, Listing, Reader, listing
from gateway.message.sevenzip_header import streams as read_streams
from gateway.model import Reason

Bytes = bytes | memoryview

MAGIC: Final = b"7z\xbc\xaf\x27\x1c"
_HEADER: Final = 32
_PLAIN, _ENCODED = 0x01, 0x17
_COPY: Final = b"\0"
_LZMA: Final = b"\x03\x01\x01"
_LZMA2: Final = b"\x21"
_DEFLATE: Final = b"\x04\x01\x08"
_BZIP2: Final = b"\x04\x02\x02"
_AES: Final = b"\x06\xf1\x07\x01"
_DELTA: Final = b"\x03"
_BRANCHES: Final[Mapping[bytes, int]] = {
    b"\x04": lzma.FILTER_X86, b"\x03\x03\x01\x03": lzma.FILTER_X86,
    b"\x05": lzma.FILTER_POWERPC, b"\x03\x03\x02\x05": lzma.FILTER_POWERPC,
    b"\x06": lzma.FILTER_IA64, b"\x03\x03\x04\x01": lzma.FILTER_IA64,
    b"\x07": lzma.FILTER_ARM, b"\x03\x03\x05\x01": lzma.FILTER_ARM,
    b"\x08": lzma.FILTER_ARMTHUMB, b"\x03\x03\x07\x01": lzma.FILTER_ARMTHUMB,
    b"\x09": lzma.FILTER_SPARC, b"\x03\x03\x08\x05": lzma.FILTER_SPARC,
}  # fmt: skip
"""Filters that programs are packed through."""
_KNOWN: Final = frozenset({_COPY, _LZMA, _LZMA2, _DEFLATE, _BZIP2, _DELTA, *_BRANCHES})


def unpack(data: Bytes, budget: Budget) -> Iterator[Entry]:
    """Files of a 7z archive.  Raises Unreadable where nothing can be said about them."""
    found = _listing(data, budget)
    count = sum(len(folder.files) for folder in found.folders)
    if _needs_more(found) and (yield from foreign.instead(foreign.sevenzip, data, budget, count)):
        yield from _behind(data)
        return
    names = iter(_named(found))
    for folder in found.folders:
        try:
            content, fault = _unpacked(data, folder, budget), None
        except Unreadable as error:
            content, fault = error.read, error.reason
        position = 0
        for size, crc in folder.files:
            file = content[position : position + size]
            position += max(size, 0)
            yield Entry(next(names, ""), file, fault or _fault(file, size, crc))
    yield from _behind(data)


def _needs_more(found: Listing) -> bool:
    """Whether files are packed in a way that nothing here knows, and none is locked."""
    coders = [coder for folder in found.folders for coder in folder.coders]
    simple = all(coder.simple and coder.method in _KNOWN for coder in coders)
    return not simple and all(coder.method != _AES for coder in coders)


def _behind(data: Bytes) -> Iterator[Entry]:
    """What stands behind the archive."""
    rest = bytes(data[_end(data) :]).strip(b"\0")
    if rest:
        yield Entry("", rest)


def _end(data: Bytes) -> int:
    """Where the archive ends by its own account."""
    return _HEADER + int.from_bytes(data[12:20], "little") + int.from_bytes(data[20:28], "little")


def _named(found: Listing) -> Iterator[str]:
    """Names of the files that have content, in the order of the streams."""
    return (name for name, filled in zip(found.names, found.filled, strict=False) if filled)


def _fault(file: bytes, size: int, crc: int | None) -> Reason | None:
    whole = len(file) == size and (crc is None or zlib.crc32(file) == crc)
    return None if whole else Reason.BROKEN


def _listing(data: Bytes, budget: Budget) -> Listing:
    """The listing, which may be packed itself, and that more than once."""
    if len(data) < _HEADER:
        raise Unreadable(Reason.BROKEN)
    start = _HEADER + int.from_bytes(data[12:20], "little")
    size = int.from_bytes(data[20:28], "little")
    header = bytes(data[start : start + size])
    if len(header) != size or (not size and len(data) > _HEADER):
        raise Unreadable(Reason.BROKEN)
    for _ in range(4):
        if not header:
            return Listing()
        if header[0] == _PLAIN:
            return listing(header)
        if header[0] != _ENCODED:
            break
        folders = read_streams(_behind_kind(header))
        header = _unpacked(data, folders[0], budget) if folders else b""
    raise Unreadable(Reason.BROKEN)


def _behind_kind(header: bytes) -> Reader:
    reader = Reader(header)
    reader.byte()
    return reader


def _unpacked(data: Bytes, folder: Folder, budget: Budget) -> bytes:
    """What a folder unpacks to.  Raises Unreadable, with what could be read."""
    if any(coder.method == _AES for coder in folder.coders):
        raise Unreadable(Reason.ENCRYPTED)
    packed = data[_HEADER + folder.start : _HEADER + folder.start + folder.packed]
    if folder.size > budget.allowed(len(packed)):
        raise Unreadable(Reason.TOO_LARGE)
    budget.take(folder.size)
    if all(coder.method == _COPY for coder in folder.coders):
        return bytes(packed[: folder.size])
    try:
        make = _maker(folder.coders)
    except ValueError:
        raise Unreadable(Reason.BROKEN) from None
    content, _, _ = streams.expand(make, packed, folder.size)
    if len(content) != folder.size:
        raise Unreadable(Reason.BROKEN, content)
    return content


def _maker(coders: tuple[Coder, ...]) -> streams.Make:
    """What unpacks through all coders at once.  Raises Unreadable for a method that nothing here knows."""
    methods = [coder.method for coder in coders]
    if methods == [_DEFLATE]:
        return lambda: zlib.decompressobj(-15)
    if methods == [_BZIP2]:
        return bz2.BZ2Decompressor
    if not all(coder.simple for coder in coders):
        raise Unreadable(Reason.UNSUPPORTED)
    # Filters are named in the order of packing.
    return streams.raw([_filter(coder) for coder in reversed(coders)])


def _filter(coder: Coder) -> Mapping[str, int]:
    if coder.method == _LZMA:
        return streams.lzma1(coder.properties)
    if coder.method == _LZMA2:
        return streams.lzma2(coder.properties)
    if coder.method == _DELTA:
        return {"id": lzma.FILTER_DELTA, "dist": (coder.properties or b"\0")[0] + 1}
    if coder.method in _BRANCHES:
        return {"id": _BRANCHES[coder.method]}
    raise Unreadable(Reason.UNSUPPORTED)
