"""What old Office files and objects say beside what the library reads: remarks, boxes, macros, and scraps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from gateway.message import biff, native, vba, word97
from gateway.message.compound import Broken, CompoundFile, Program, Stream


def texts(compound: CompoundFile, program: Program) -> Iterator[str]:
    """Texts of the main stream and of all macros; of a file of no known program everything that looks like text."""
    with suppress(Broken):
        if program is Program.WORD:
            yield word97.text(compound)
        elif program is Program.EXCEL:
            yield biff.text(compound.main())
    for stream in compound.streams:
        if (code := is_code(stream)) or (program is Program.OTHER and stream.size):
            data = compound.read(stream)
            yield vba.source(data)
            yield "" if code else native.runs(data)


def is_code(stream: Stream) -> bool:
    """Whether a stream is of a project of macros."""
    return len(stream.path) > 1 and stream.path[-2].upper() == "VBA"


def has_code(compound: CompoundFile) -> bool:
    """Whether there are macros."""
    return any(map(is_code, compound.streams))
