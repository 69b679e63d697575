"""Compressed files (gzip, bzip2, xz, lzma) to their bytes, every stream of them, under a budget."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from types import MappingProxyType
from typing import Final, Protocol

from gateway.message import limits
from gateway.message.entries import Budget, Entry
from gateway.model import Reason

Bytes = bytes | memoryview

_CHUNK: Final = 262_144
"""Packed bytes taken at a time: what was read before a fault is kept."""
_PIECE: Final = 4_194_304
"""Bytes unpacked at a time."""
_STREAMS: Final = 10_000
"""Streams one behind the other: parallel packers make one for every 900 KB."""
_FIXED: Final = 10
_NAME: Final = 1_024
"""Bytes at the start of a gzip file in which its file's name is looked for."""
_FAULTS: Final = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError)


class Decompressor(Protocol):
    """What the decompressors of the standard library have in common."""

    @property
    def eof(self) -> bool:
        """Whether the end of the stream was seen."""

    @property
    def unused_data(self) -> bytes:
        """What stands behind it."""

    def decompress(self, data: Bytes, max_length: int, /) -> bytes:
        """The next bytes; fewer than `max_length` only when all of `data` is used up."""


Make = Callable[[], Decompressor]
Opener = Callable[[Bytes, Budget], Iterator[Entry]]


def expand(make: Make, data: Bytes, allowed: int) -> tuple[bytes, int, Reason | None]:
    """At most `allowed` bytes of the one stream that begins here, how many packed bytes it takes, and what is wrong."""
    # A buffer that grows and is handed over: pieces that are joined would need twice the memory.
    out = BytesIO()
    used, fault = _expand(make, data, allowed, out)
    return out.getvalue(), used, fault


def _expand(make: Make, data: Bytes, allowed: int, out: BytesIO) -> tuple[int, Reason | None]:
    """As `expand`, to the end of a buffer."""
    one, position, most = make(), 0, out.tell() + allowed
    while position < len(data):
        chunk = data[position : position + _CHUNK]
        try:
            for piece in _pieces(one, chunk):
                if out.write(piece[: most - out.tell()]) < len(piece):
                    return position, Reason.TOO_LARGE
        except _FAULTS:
            return position, Reason.BROKEN
        position += len(chunk)
        if one.eof:
            return position - len(one.unused_data), None
    return position, Reason.BROKEN


def _pieces(one: Decompressor, data: Bytes) -> Iterator[bytes]:
    """What packed bytes unpack to, so much at a time that a dense stream does not fill the memory at once."""
    while True:
        piece = one.decompress(data, _PIECE)
        yield piece
        if one.eof or len(piece) < _PIECE:
            return
        # Of the standard library's decompressors one gives back what it did not use, the others keep it.
        data = getattr(one, "unconsumed_tail", b"")


def _all(make: Make, magic: bytes, data: Bytes, budget: Budget, name: str = "") -> Iterator[Entry]:
    """All streams as one file, as programs unpack them; what stands behind the last one is a file of its own."""
    out = BytesIO()
    position, fault = 0, None
    for _ in range(_STREAMS):
        before = out.tell()
        used, fault = _expand(make, data[position:], budget.allowed(len(data)), out)
        budget.take(out.tell() - before)
        position += used
        if fault is not None or bytes(data[position : position + len(magic)]) != magic:
            break
    yield Entry(name, out.getvalue(), fault)
    rest = bytes(data[position:]).strip(b"\0") if fault is None else b""
    if rest:
        yield Entry("", rest)


def gunzip(data: Bytes, budget: Budget) -> Iterator[Entry]:
    """The file in a gzip file; one of a mail server's log may have many streams."""
    return _all(lambda: zlib.decompressobj(31), b"\x1f\x8b", data, budget, _gzip_name(bytes(data[:_NAME])))


def _gzip_name(start: bytes) -> str:
    """The name that a gzip file says its file had (RFC 1952 section 2.3.1), or the empty string."""
    if len(start) < _FIXED or not start[3] & 8:
        return ""
    extra = 2 + int.from_bytes(start[10:12], "little") if start[3] & 4 else 0
    return start[_FIXED + extra :].split(b"\0")[0].decode("utf-8", "replace")


def bunzip2(data: Bytes, budget: Budget) -> Iterator[Entry]:
    """The file in a bzip2 file."""
    return _all(bz2.BZ2Decompressor, b"BZh", data, budget)


def unxz(data: Bytes, budget: Budget) -> Iterator[Entry]:
    """The file in an xz file."""
    return _all(lambda: _lzma(lzma.FORMAT_XZ), b"\xfd7zXZ\0", data, budget)


def unlzma(data: Bytes, budget: Budget) -> Iterator[Entry]:
    """The file in an lzma file, the older form of xz."""
    return _all(lambda: _lzma(lzma.FORMAT_ALONE), b"\x5d\0\0\0", data, budget)


def _lzma(form: int) -> Decompressor:
    return lzma.LZMADecompressor(form, memlimit=limits.DICTIONARY)


def raw(filters: list[Mapping[str, int]]) -> Make:
    """A maker for lzma streams without a header, as archives have them."""
    return lambda: lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[dict(one) for one in filters])


def lzma1(properties: bytes) -> Mapping[str, int]:
    """The lzma filter that five bytes of properties describe.  Raises ValueError for impossible ones."""
    if len(properties) < 5:
        raise ValueError("lzma properties")
    packed, size = properties[0], int.from_bytes(properties[1:5], "little")
    if size > limits.DICTIONARY:
        raise MemoryError
    found = {"id": lzma.FILTER_LZMA1, "dict_size": max(size, 4096), "lc": packed % 9}
    return MappingProxyType({**found, "lp": packed // 9 % 5, "pb": packed // 45})


def lzma2(properties: bytes) -> Mapping[str, int]:
    """The lzma2 filter that one byte describes.  Raises ValueError, or MemoryError for too large a dictionary."""
    if len(properties) != 1 or properties[0] > 40:
        raise ValueError("lzma2 properties")
    size = (2 | (properties[0] & 1)) << (properties[0] // 2 + 11)
    if size > limits.DICTIONARY:
        raise MemoryError
    return MappingProxyType({"id": lzma.FILTER_LZMA2, "dict_size": size})
