"""What old Office files and objects say beside what the library reads: remarks, boxes, macros, and scraps."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Final

from gateway.message import (
    art97,
    biff,
    biff_cells,
    default_password,
    limits,
    native,
    objects97,
    slides97,
    vba,
    word97,
)
from gateway.message.compound import EMBEDDED, Broken, CompoundFile, Program, Stream, file_in, program
from gateway.message.entries import Budget

_PIVOTS: Final = "_SX_DB_CUR"
"""The storage of what pivot tables are made of."""
_PROPERTIES: Final = ("\x05summaryinformation", "\x05documentsummaryinformation")
_TABLES: Final = ("0table", "1table", "data")
_OFFICE: Final = frozenset({Program.WORD, Program.EXCEL, Program.POWERPOINT})
_OBJECTS: Final = ("objectpool", "mbd")
"""How storages of objects are called, by Word and by Excel."""


def texts(compound: CompoundFile, maker: Program) -> Iterator[str]:
    """Texts of the main stream, of documents within and of all macros; of no known maker whatever looks like text."""
    yield from _own_texts(compound, maker)
    for inside in objects97.within(compound):
        yield from _inner_texts(inside)
    yield from objects97.equations(compound)
    for stream in compound.streams:
        if stream.path[0].upper() == _PIVOTS and len(stream.path) > 1:
            yield biff.text(compound.read(stream))
        elif is_code(stream) or _is_loose(stream, maker):
            data = compound.read(stream)
            yield vba.source(data)
            yield "" if is_code(stream) else native.runs(data)


def _is_loose(stream: Stream, maker: Program) -> bool:
    """Whether only scraps can be had of a stream: of an unknown program, or of one that has put an object here."""
    if maker in _OFFICE:
        return objects97.is_unknown(stream) and (not _is_told(stream) or stream.size < limits.SETTINGS)
    return maker is Program.OTHER and stream.size > 0 and stream.name != objects97.EQUATION


def _own_texts(compound: CompoundFile, maker: Program) -> Iterator[str]:
    with suppress(Broken):
        if maker is Program.WORD:
            yield word97.text(compound)
            yield from _beside(compound)
        elif maker is Program.EXCEL:
            yield from map(biff.text, compound.books())
        elif maker is Program.POWERPOINT:
            yield slides97.text(compound.main())
    if maker not in (Program.OUTLOOK, Program.OTHER):
        for name in _PROPERTIES:
            if (stream := compound.first(name)) is not None:
                yield native.runs(compound.read(stream))


def _beside(compound: CompoundFile) -> Iterator[str]:
    """What a Word file keeps beside its text: WordArt, choices and hints of forms, who remarked and revised."""
    for name in _TABLES:
        if (stream := compound.first(name)) is not None:
            yield from native.wide_runs(compound.read(stream))


def _inner_texts(inside: CompoundFile) -> Iterator[str]:
    """What a document in a storage says, by our own readers alone: the library takes whole files."""
    try:
        found = program(inside)
        if found is Program.EXCEL:
            yield _sheets(inside).text
        elif found is Program.LOCKED:
            yield _unlocked(inside)
        elif found is Program.POWERPOINT or not word97.text(inside):
            yield native.runs(inside.main())
        yield from _own_texts(inside, found)
    except (Broken, struct.error):
        yield native.runs(inside.main())


def read(compound: CompoundFile, maker: Program) -> native.Native:
    """What an old document says, and where it leads; of a locked one only what is open to anybody."""
    found = _read(compound, maker)
    return replace(found, links=(*found.links, *native.addresses(compound.main())))


def _read(compound: CompoundFile, maker: Program) -> native.Native:
    """By the library, but a workbook by our own reader as long as there is nothing odd about it."""
    if maker is Program.LOCKED:
        return native.Native(_unlocked(compound))
    if maker in (Program.OUTLOOK, Program.OTHER):
        return native.Native("")
    shown = _sheets(compound) if maker is Program.EXCEL else biff_cells.Shown()
    if shown.whole:
        return native.Native(shown.text)
    found = native.read(compound.data, maker.value)
    more = shown.text if found.says else f"{shown.text}\n{native.runs(compound.main())}"
    # What the library cannot open may be whole all the same: its pieces are all there, and are read from the table.
    is_whole = maker is Program.WORD and _is_whole(compound)
    return replace(found, text=f"{found.text}\n{more}", reason=None if is_whole else found.reason)


def _is_whole(compound: CompoundFile) -> bool:
    """Whether the text of a Word file is found, piece by piece."""
    try:
        return word97.text(compound).strip() != ""
    except (Broken, struct.error):
        return False


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


def files(compound: CompoundFile, maker: Program, budget: Budget) -> Iterator[bytes]:
    """Files that somebody put into the document.  Raises Unreadable where they unpack to too much."""
    yield from (file_in(stream, compound.read(stream)) for stream in compound.embedded())
    if maker is Program.POWERPOINT:
        yield from objects97.packed(compound.main(), budget)
    yield from art97.pictures(compound, budget)


def is_closed(compound: CompoundFile, maker: Program) -> bool:
    """Whether there are macros that act, or an object (or all of it is one) of a program of which nothing is known."""
    if any(
        vba.acts(code.name, vba.source(compound.read(code))) for code in filter(is_code, compound.streams)
    ):
        return True
    if maker is Program.OTHER:
        return not any(_is_told(stream) for stream in compound.streams)
    return maker in _OFFICE and any(
        stream.path[0].lower().startswith(_OBJECTS) and objects97.is_unknown(stream) and not _is_told(stream)
        for stream in compound.streams
    )


def _is_told(stream: Stream) -> bool:
    """Whether a stream is read elsewhere: macros, equations, files, documents within."""
    return is_code(stream) or stream.name in objects97.READ or stream.name in EMBEDDED
