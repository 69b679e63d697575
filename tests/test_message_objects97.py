"""Objects in old Office files: storages, packed ones, equations."""

from __future__ import annotations

import struct
import zlib
from array import array

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.message import objects97, old_office
from gateway.message.compound import CompoundFile, Program, Stream
from gateway.message.documents import extract
from gateway.message.entries import Budget
from gateway.model import Document, Reason
from tests import binary_books as made
from tests.papers import compound


def stored(streams: dict[tuple[str, ...], bytes]) -> CompoundFile:
    """A compound file with folders, as it looks when it is open."""
    small = b"".join(data.ljust(-(-len(data) // 64) * 64, b"\0") for data in streams.values())
    table, found = array("I"), []
    for path, data in streams.items():
        found.append(Stream(path, len(table), len(data)))
        sectors = -(-len(data) // 64)
        table.extend([*range(len(table) + 1, len(table) + sectors), 0xFFFFFFFE])
    return CompoundFile(b"", 512, array("I"), table, small, cutoff=1 << 30, streams=tuple(found))


BOOK = made.biff(
    made.BEGIN_BOOK, made.strings("held back"), made.END, made.BEGIN_SHEET, made.shared(0, 0, 0), made.END
)


def said(opened: CompoundFile, maker: Program) -> str:
    """Everything beside the main text."""
    return "\n".join(old_office.texts(opened, maker))


def test_a_workbook_within_a_letter_is_read() -> None:
    """Word keeps a sheet that was put into a letter as a storage of its own, not as a file."""
    letter = stored(
        {
            ("WordDocument",): bytes(64),
            ("ObjectPool", "_1", "Workbook"): BOOK,
            ("ObjectPool", "_1", "\1Ole"): b"x",
        }
    )
    assert "held back" in said(letter, Program.WORD)
    assert not old_office.is_closed(letter, Program.WORD)


def test_an_object_of_an_unknown_program_is_named() -> None:
    """A drawing in a letter: whatever looks like text in it, and that there is more."""
    letter = stored(
        {("WordDocument",): bytes(64), ("ObjectPool", "_1", "VisioDocument"): "held back".encode("utf-16-le")}
    )
    assert "held back" in said(letter, Program.WORD)
    assert old_office.is_closed(letter, Program.WORD)


def test_what_programs_write_beside_an_object_is_not_named() -> None:
    """Its class, its looks, its properties, macros, signatures."""
    quiet: dict[tuple[str, ...], bytes] = {
        ("ObjectPool", "_1", name): b"x"
        for name in ("\1CompObj", "\2OlePres000", "\3ObjInfo", "\5SummaryInformation")
    }
    letter = stored(
        {("WordDocument",): bytes(64), **quiet, ("Macros", "VBA", "dir"): b"x", ("_signatures", "1"): b"x"}
    )
    assert not old_office.is_closed(letter, Program.WORD)


def test_an_equation_is_read() -> None:
    """Characters have their codes; how they are set does not matter."""
    figures = b"".join(b"\x02\x88" + bytes([code, 0]) for code in b"72670")
    letter = stored(
        {("WordDocument",): bytes(64), ("ObjectPool", "_1", "Equation Native"): bytes(28) + figures}
    )
    assert "72670" in said(letter, Program.WORD)
    assert not old_office.is_closed(letter, Program.WORD)


def test_what_pivot_tables_are_made_of_is_read() -> None:
    """A workbook keeps the values of a pivot table in a storage of its own."""
    cache = made.biff((0x00CD, struct.pack("<HB", 5, 0) + b"North"), (0x00C9, struct.pack("<d", 72670)))
    book = stored({("Workbook",): BOOK, ("_SX_DB_CUR", "0001"): cache})
    assert {"North", "72670"} <= set(said(book, Program.EXCEL).splitlines())


def slides(*objects: bytes) -> bytes:
    """A stream of slides with packed objects."""
    packed = [struct.pack("<L", len(data)) + zlib.compress(data) for data in objects]
    return b"".join(struct.pack("<HHL", 0x10, 0x1011, len(data)) + data for data in packed)


def test_a_workbook_within_slides_is_read() -> None:
    """PowerPoint packs the file of an object into its own stream."""
    show = compound({"PowerPoint Document": slides(compound({"Workbook": BOOK})), "Current User": b"x"})
    assert any("held back" in part.text for part in extract(Document("1", "", show)).parts)


def test_an_object_that_unpacks_to_too_much_is_named() -> None:
    """A budget bounds objects, too."""
    show = compound({"PowerPoint Document": slides(bytes(30_000_000))})
    reasons = {place.reason for place in extract(Document("1", "", show)).unreadable}
    assert Reason.TOO_LARGE in reasons


@settings(max_examples=25)
@given(st.binary(max_size=200))
def test_any_stream_of_slides_ends(data: bytes) -> None:
    """Whatever stands in it."""
    list(objects97.packed(data, Budget()))


def test_the_charts_of_graph_keep_cells_of_their_own() -> None:
    """Microsoft Graph writes cells as Excel 2 did, under a version of its own."""
    begin = (0x0809, struct.pack("<HH", 0x0680, 0x8000) + bytes(12))
    cells = (
        (0x0004, struct.pack("<2H3xBB", 0, 0, 4, 0) + b"Name"),
        (0x0003, struct.pack("<2H3xd", 0, 1, 2003.0)),
        (0x0002, struct.pack("<2H3xH", 0, 2, 7)),
    )
    opened = stored({("Workbook",): made.biff(begin, *cells, made.END)})
    assert "Name\t2003\t7" in old_office.read(opened, Program.EXCEL).text
