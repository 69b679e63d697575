"""Archives that nothing here unpacks: the system's libarchive does where it is installed, else they are named.

What stands behind the end of one is a file of its own, and a disk image is read by both of its directories.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from typing import Final

from gateway.message import frames, libarchive
from gateway.message.entries import Budget, Entry, Unreadable
from gateway.message.libarchive import STREAM, Form
from gateway.message.sniff import Kind
from gateway.model import Reason

Bytes = bytes | memoryview

_CAB: Final = Form(("cab",))
_LHA: Final = Form(("lha",))
_SEVENZIP: Final = Form(("7zip",))
_RAR: Final = Form(("rar", "rar5"))
_MEMBER: Final = Form(("zip_streamable",))
_STREAMS: Final = {
    Kind.ZSTD: Form(STREAM, ("zstd",)),
    Kind.LZ4: Form(STREAM, ("lz4",)),
    Kind.LZIP: Form(STREAM, ("lzip",)),
    Kind.COMPRESS: Form(STREAM, ("compress",)),
}
_TREES: Final = (
    Form(("iso9660",), (), ("iso9660", "joliet")),
    Form(("iso9660",), (), ("iso9660", "rockridge")),
)
"""A disk image may have two directories; programs show one of them."""
_SECTOR: Final = 2_048
_VOLUME: Final = 16 * _SECTOR
_THIRD_TREE: Final = re.compile(rb"NSR0[23]")
_SKIPPED: Final = 16
"""Bytes of a frame that programs skip which are too few to say anything: they tell the length of the next one."""
_RPM_LEAD: Final = 96
_RPM_HEADER: Final = b"\x8e\xad\xe8\x01"
_RUN: Final = re.compile(rb"[\t\n\x20-\x7e\x80-\xff]{4,}")


def closed(data: Bytes, budget: Budget) -> Iterator[Entry]:
    """An archive of a kind that nothing reads.  Raises Unreadable."""
    raise Unreadable(Reason.UNSUPPORTED)


def uncab(data: Bytes, budget: Budget) -> Iterator[Entry]:
    """Files of a cabinet ([MS-CAB])."""
    yield from libarchive.entries(data, _CAB, budget)
    yield from _rest(data, int.from_bytes(data[8:12], "little"))


def unlha(data: Bytes, budget: Budget) -> Iterator[Entry]:
    """Files of an lzh archive."""
    yield from libarchive.entries(data, _LHA, budget)
    yield from _rest(data, _lha_end(data))


def _lha_end(data: Bytes) -> int:
    """Behind the empty header that ends it: levels 0 to 2 tell the lengths of header and file in three ways."""
    position = 0
    while position + 21 <= len(data) and data[position]:
        head = int.from_bytes(data[position : position + 2], "little")
        length = head if data[position + 20] == 2 else data[position] + 2
        position += length + int.from_bytes(data[position + 7 : position + 11], "little")
    return position + 1


def unframe(data: Bytes, budget: Budget) -> Iterator[Entry]:
    """The files in zstd and lz4 frames, and what stands between them."""
    for kind, start, end in frames.split(data):
        if kind is not None:
            yield from _stream(kind, data[start:end], budget)
        elif end - start > _SKIPPED:
            yield from _rest(data[:end], start)


def unlzip(data: Bytes, budget: Budget) -> Iterator[Entry]:
    """The file in an lzip file."""
    return _stream(Kind.LZIP, data, budget)


def uncompress(data: Bytes, budget: Budget) -> Iterator[Entry]:
    """The file in one of compress (`.Z`)."""
    return _stream(Kind.COMPRESS, data, budget)


def _stream(kind: Kind, data: Bytes, budget: Budget) -> Iterator[Entry]:
    # The library gives what has no name one of its own.
    return (Entry("", entry.data, entry.fault) for entry in libarchive.entries(data, _STREAMS[kind], budget))


def uniso(data: Bytes, budget: Budget) -> Iterator[Entry]:
    """Files of a disk image (ECMA-119), by each of its directories: `ambiguous` where they tell different files."""
    seen: list[set[bytes]] = []
    for form in _TREES:
        here = set()
        for entry in libarchive.entries(data, form, budget):
            digest = hashlib.sha256(entry.data).digest()
            here.add(digest)
            if not seen or digest not in seen[0]:
                yield entry
        seen.append(here)
    if seen[0] != seen[1]:
        raise Unreadable(Reason.AMBIGUOUS)
    if _THIRD_TREE.search(data, _VOLUME, _VOLUME + 32 * _SECTOR):
        raise Unreadable(Reason.UNSUPPORTED)
    yield from _rest(data, int.from_bytes(data[_VOLUME + 80 : _VOLUME + 84], "little") * _SECTOR)


def unrpm(data: Bytes, budget: Budget) -> Iterator[Entry]:
    """What a package of RPM says about itself, and its archive of files."""
    position = _RPM_LEAD
    for _ in ("signature", "header"):
        if bytes(data[position : position + 4]) != _RPM_HEADER:
            raise Unreadable(Reason.BROKEN)
        count = int.from_bytes(data[position + 8 : position + 12], "big")
        start = position + 16 + 16 * count
        end = start + int.from_bytes(data[position + 12 : position + 16], "big")
        yield Entry("", b"\n".join(_RUN.findall(bytes(data[start:end]))))
        # The first header is filled up to eight bytes; the second one ends where it ends.
        position = end + -end % 8 if position == _RPM_LEAD else end
    yield from _rest(data, position)


def unzip_member(data: Bytes, start: int, end: int, budget: Budget) -> bytes:
    """One member of a zip archive that is packed in a way of its own, by its local header.  Raises Unreadable."""
    read = next(iter(libarchive.entries(data[start:end], _MEMBER, budget)), Entry("", b"", Reason.BROKEN))
    if read.fault is not None:
        raise Unreadable(read.fault, bytes(read.data))
    return bytes(read.data)


def sevenzip(data: Bytes, budget: Budget) -> Iterator[Entry]:
    """Files of a 7z archive, whatever they are packed with."""
    return libarchive.entries(data, _SEVENZIP, budget)


def rar(data: Bytes, budget: Budget) -> Iterator[Entry]:
    """Files of a RAR archive of either form."""
    return libarchive.entries(data, _RAR, budget)


Opener = Callable[[Bytes, Budget], Iterator[Entry]]


def instead(opener: Opener, data: Bytes, budget: Budget, expected: int) -> Generator[Entry, None, bool]:
    """Files by an opener of this module; the result tells whether it read every one, as many as are expected.

    Whoever asks reads on by himself where it did not, so that nothing is lost and the reason is his.
    """
    whole = count = 0
    with suppress(Unreadable):
        for entry in opener(data, budget):
            count += 1
            whole += entry.fault is None
            if entry.fault is None or entry.data:
                yield Entry(entry.name, entry.data)
        return whole == count >= expected
    return False


def _rest(data: Bytes, end: int) -> Iterator[Entry]:
    """What stands behind the end of an archive.  Raises Unreadable where that is behind the end of the data."""
    if end > len(data):
        raise Unreadable(Reason.BROKEN)
    rest = data[end:]
    if bytes(rest[:4096]).strip(b"\0") or bytes(rest).strip(b"\0"):
        yield Entry("", rest)
