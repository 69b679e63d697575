"""Parts of xlsb workbooks: what their cells show, and what other records say."""

from __future__ import annotations

import struct
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.message.biff12 import Workbook
from tests import binary_books as made
from tests.pace import slowness


def lines(*records: made.Record, book: Workbook | None = None) -> list[str]:
    """What one part says, without blank lines."""
    text = (book or Workbook()).read(made.biff12(*records))
    return [line.strip() for line in text.splitlines() if line.strip()]


def test_cells_are_shown_under_their_formats() -> None:
    """Strings by number, percentages, days: what the sheet shows."""
    book = Workbook()
    book.read(made.biff12((159, bytes(8)), (19, b"\0" + made.wide("Region")), (160, b"")))
    fmt = (44, struct.pack("<H", 164) + made.wide("0.0%"))
    styles = [(47, struct.pack("<2H", 0, number) + bytes(12)) for number in (0, 164, 14)]
    book.read(made.biff12(fmt, (47, struct.pack("<2H", 0, 9)), (617, b""), *styles, (618, b"")))
    cells = (
        (7, made.cell(0) + struct.pack("<L", 0)),
        (5, made.cell(1, 1) + struct.pack("<d", 0.047)),
        (2, made.cell(2, 2) + struct.pack("<L", 46519 << 2 | 2)),
    )
    assert "Region\t4.7%\t12 May 2027" == lines(made.ROW, *cells, book=book)[0]
    assert book.whole


def test_what_formulas_come_to() -> None:
    """A text, a number, a truth and an error, and the strings that the formula itself has."""
    token = b"\x17" + struct.pack("<H", 9) + "hold back".encode("utf-16-le")
    cells = (
        (8, made.cell(0) + made.wide("text") + bytes(6)),
        (9, made.cell(1) + struct.pack("<d", 2.5) + token),
        (10, made.cell(2) + b"\1"),
        (11, made.cell(3) + b"\x2a"),
        (6, made.cell(4) + made.wide("inline")),
        (62, made.cell(5) + b"\0" + made.wide("rich")),
    )
    assert ["text\t2.5\tTRUE\t#N/A\tinline\trich", "hold back"] == lines(made.ROW, *cells)


def test_other_records_say_something() -> None:
    """Remarks, names of sheets, headers: strings wherever they stand, in any script."""
    assert ["a remark"] == lines((637, b"\0" + made.wide("a remark")))
    assert ["Übersicht"] == lines((156, bytes(8) + made.wide("rId1") + made.wide("Übersicht")))[1:]
    assert ["статистика"] == lines((479, b"\0\0" + made.wide("статистика")))


def test_numbers_kept_of_others() -> None:
    """Fields of a pivot table, and what is kept of other workbooks."""
    assert ["72670"] == lines((21, struct.pack("<d", 72670)))
    assert ["4.7"] == lines((368, struct.pack("<Ld", 1, 4.7)))


def test_rows_of_a_pivot_table_are_named() -> None:
    """They are packed as the fields say, which is not followed."""
    book = Workbook()
    assert not book.closed
    book.read(made.biff12((33, bytes(8))))
    assert book.closed


def test_broken_parts_are_named() -> None:
    """A length beyond the end, a cell beyond the strings."""
    for broken in (b"\x80", b"\x05\x7f", made.biff12((7, made.cell(0) + bytes(4)))):
        book = Workbook()
        book.read(broken)
        assert not book.whole


@settings(max_examples=25)
@given(st.binary(max_size=200))
def test_any_part_ends(data: bytes) -> None:
    """Whatever the bytes are, reading them ends without an error."""
    Workbook().read(data)


def test_a_part_that_is_made_of_lengths_ends_soon() -> None:
    """Each of them would have tens of thousands of letters behind it: that is given up, and named."""
    book = Workbook()
    began = time.process_time()
    book.read(made.biff12((637, b"\xff\xff\0\0" * 50_000)))
    assert time.process_time() - began < 2 * slowness()
    assert not book.whole
