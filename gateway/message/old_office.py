"""What old Office files and objects say beside what the library reads: remarks, boxes, macros, and scraps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from gateway.message import biff, biff_cells, default_password, native, vba, word97
from gateway.message.compound import Broken, CompoundFile, Program, Stream, file_in


def texts(compound: CompoundFile, program: Program) -> Iterator[str]:
    """Texts of the main stream and of all macros; of a file of no known program everything that looks like text."""
    with suppress(Broken):
        if program is Program.WORD:
            yield word97.text(compound)
        elif program is Program.EXCEL:
            yield from map(biff.text, compound.books())
    for stream in compound.streams:
        if (code := is_code(stream)) or (program is Program.OTHER and stream.size):
            data = compound.read(stream)
            yield vba.source(data)
            yield "" if code else native.runs(data)


def read(compound: CompoundFile, program: Program) -> native.Native:
    """What an old document says, and where it leads; of a locked one only what is open to anybody."""
    found = _read(compound, program)
    return replace(found, links=(*found.links, *native.addresses(compound.main())))


def _read(compound: CompoundFile, program: Program) -> native.Native:
    """By the library, but a workbook by our own reader as long as there is nothing odd about it."""
    if program is Program.LOCKED:
        return native.Native(_unlocked(compound))
    if program in (Program.OUTLOOK, Program.OTHER):
        return native.Native("")
    shown = _sheets(compound) if program is Program.EXCEL else biff_cells.Shown()
    if shown.whole:
        return native.Native(shown.text)
    found = native.read(compound.data, program.value)
    more = shown.text if found.says else f"{shown.text}\n{native.runs(compound.main())}"
    return replace(found, text=f"{found.text}\n{more}")


def _sheets(compound: CompoundFile) -> biff_cells.Shown:
    """What the cells of a workbook show."""
    books = list(map(biff_cells.read, compound.books()))
    return biff_cells.Shown("\n".join(book.text for book in books), all(book.whole for book in books))


def _unlocked(compound: CompoundFile) -> str:
    """What a locked workbook says, if its lock is the one that opens to anybody; else nothing."""
    books = filter(None, map(default_password.book, compound.books()))
    return "\n".join(f"{biff_cells.read(book).text}\n{biff.text(book)}" for book in books)


def is_code(stream: Stream) -> bool:
    """Whether a stream is of a project of macros."""
    return len(stream.path) > 1 and stream.path[-2].upper() == "VBA"


def files(compound: CompoundFile) -> Iterator[bytes]:
    """Files that somebody put into the document."""
    return (file_in(stream, compound.read(stream)) for stream in compound.embedded())


def is_closed(compound: CompoundFile, program: Program) -> bool:
    """Whether nothing is known of the program, and there are neither files nor macros in what it wrote."""
    told = any(map(is_code, compound.streams)) or any(compound.embedded())
    return program is Program.OTHER and not told
