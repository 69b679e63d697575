"""Archives, compressed files, boxes of mails: what opens each kind of file that is made of files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from gateway.message import foreign, mailbox, rar, sevenzip, streams, tape, tnef
from gateway.message.entries import Budget, Entry
from gateway.message.sniff import Kind

Bytes = bytes | memoryview

OPENERS: Final[Mapping[Kind, Callable[[Bytes, Budget], Iterator[Entry]]]] = MappingProxyType(
    {
        Kind.GZIP: streams.gunzip,
        Kind.BZIP2: streams.bunzip2,
        Kind.XZ: streams.unxz,
        Kind.LZMA: streams.unlzma,
        Kind.SEVENZIP: sevenzip.unpack,
        Kind.RAR: rar.unpack,
        Kind.TAR: tape.untar,
        Kind.CPIO: tape.uncpio,
        Kind.AR: tape.unar,
        Kind.CAB: foreign.uncab,
        Kind.LHA: foreign.unlha,
        Kind.ISO: foreign.uniso,
        Kind.RPM: foreign.unrpm,
        Kind.ZSTD: foreign.unframe,
        Kind.LZ4: foreign.unframe,
        Kind.LZIP: foreign.unlzip,
        Kind.COMPRESS: foreign.uncompress,
        Kind.FOREIGN: foreign.closed,
        Kind.TNEF: tnef.unpack,
        Kind.MAILBOX: mailbox.mails,
    }
)
"""Each gives the files one by one, and raises Unreadable for a fault of the whole."""
