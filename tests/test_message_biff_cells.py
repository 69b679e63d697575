"""Cells of old workbooks: what they show, record by record."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from gateway.message import biff_cells
from gateway.message.documents import extract
from gateway.model import Document
from tests import binary_books as made


def book(*sheet: made.Record, before: tuple[made.Record, ...] = ()) -> bytes:
    """The stream of a workbook of one sheet."""
    return made.biff(made.BEGIN_BOOK, *before, made.END, made.BEGIN_SHEET, *sheet, made.END)


def lines(stream: bytes) -> list[str]:
    """What the cells show, without blank lines."""
    return [line.strip() for line in biff_cells.read(stream).text.splitlines() if line.strip()]


STYLES = (made.code(164, "0.0%;-0.0%"), made.style(0), made.style(164), made.style(3), made.style(14))


def test_a_number_is_shown_under_its_format() -> None:
    """0.047 in a cell of percentages is 4.7 %, and large numbers have commas."""
    read = lines(book(made.real(0, 0, 1, 0.047), made.real(0, 1, 2, 72670.0), before=STYLES))
    assert "4.7%\t72,670" == read[0]


def test_a_day_is_shown_as_such() -> None:
    """Format 14 shows a day."""
    assert ["12 May 2027"] == lines(book(made.real(0, 0, 3, 46519.0), before=STYLES))


def test_days_counted_from_1904() -> None:
    """Workbooks of old Macintoshes begin to count four years later."""
    assert ["12 May 2027"] == lines(book(made.real(0, 0, 3, 45057.0), before=((0x0022, b"\1\0"), *STYLES)))


def test_a_shared_string_goes_on_in_another_piece() -> None:
    """What is left of a string stands behind a byte that says how wide its letters are there."""
    first = struct.pack("<2LHB", 1, 1, 6, 0) + b"EMB"
    rest = (0x003C, b"\1" + "ARG".encode("utf-16-le"))
    assert ["EMBARG"] == lines(book(made.shared(0, 0, 0), before=((0x00FC, first), rest)))


def test_runs_and_readings_of_a_string_are_no_letters() -> None:
    """How pieces of a string look, and how it is pronounced, stand behind it."""
    body = (
        struct.pack("<2L", 2, 2)
        + struct.pack("<HBHL", 2, 12, 1, 3)
        + b"ab"
        + bytes(7)
        + struct.pack("<HB", 2, 0)
        + b"cd"
    )
    read = lines(book(made.shared(0, 0, 0), made.shared(0, 1, 1), before=((0x00FC, body),)))
    assert ["ab\tcd"] == read


@pytest.mark.parametrize(
    ("packed", "number"),
    [(0x3FF00000, 1.0), (0x3FF00001, 0.01), (18 << 2 | 2, 18.0), (0xFFFFFFFE, -1.0), (1234 << 2 | 3, 12.34)],
)
def test_numbers_in_four_bytes(packed: int, number: float) -> None:
    """Whole numbers, halves of floats, and hundredths of both."""
    assert number == biff_cells.rk(packed)


def test_several_numbers_in_one_record() -> None:
    """A row of numbers is one record."""
    body = (
        struct.pack("<2H", 4, 0) + struct.pack("<HLHL", 0, 7 << 2 | 2, 0, 8 << 2 | 2) + struct.pack("<H", 1)
    )
    assert ["7\t8"] == lines(book((0x00BD, body)))


def test_what_a_formula_came_to() -> None:
    """A number, a text behind it, a truth, an error."""
    sheet = (
        made.formula(0, 0, b"", struct.pack("<d", 4.5)),
        made.formula(0, 1, b"", b"\0\0\0\0\0\0\xff\xff"),
        (0x0207, struct.pack("<HB", 4, 0) + b"text"),
        made.formula(0, 2, b"", b"\1\0\1\0\0\0\xff\xff"),
        made.formula(0, 3, b"", b"\2\0\x2a\0\0\0\xff\xff"),
    )
    assert ["4.5\ttext\tTRUE\t#N/A"] == lines(book(*sheet))


def test_strings_of_a_macro_sheet() -> None:
    """A macro sheet says in its formulas what it will say."""
    sheet = (made.BEGIN_MACROS, made.formula(0, 0, made.token("hold back"), bytes(8)), made.END)
    assert "hold back" in biff_cells.read(made.biff(made.BEGIN_BOOK, made.END, *sheet)).text


def test_numbers_of_a_chart_are_no_cells() -> None:
    """A chart in a sheet keeps numbers by series and point, not by row and column."""
    chart = ((0x0809, struct.pack("<HH", 0x0600, 0x0020) + bytes(12)), made.real(0, 0, 0, 99.0), made.END)
    assert ["7"] == lines(book(*chart, made.real(0, 0, 0, 7.0)))


def test_older_versions_keep_bytes() -> None:
    """Excel 95 has a byte a letter, and no table of strings."""
    begin = (0x0809, struct.pack("<HH", 0x0500, 5) + bytes(4))
    label = (0x0204, struct.pack("<3HH", 0, 0, 0, 4) + b"1995")
    assert ["1995"] == lines(made.biff(begin, made.END, (0x0809, begin[1]), label, made.END))


def test_a_cut_stream_is_not_whole() -> None:
    """What ends in a record, or before its end, is told from what was read to the end."""
    whole = book(made.real(0, 0, 0, 7.0))
    assert biff_cells.read(whole).whole
    assert not biff_cells.read(whole[:-4]).whole
    assert biff_cells.Shown() == biff_cells.read(b"\x09\x02\4\0\0\2\0\0")


@settings(max_examples=25)
@given(st.binary(max_size=200))
def test_any_stream_ends(rest: bytes) -> None:
    """Whatever stands in the records, reading it ends without an error."""
    biff_cells.read(made.biff(made.BEGIN_BOOK) + rest)


@pytest.mark.long
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_what_libreoffice_saves_is_read_alike(tmp_path: Path) -> None:
    """A workbook of today and the same saved for Excel 97 show the same cells."""
    new = Workbook()
    sheet = new.worksheets[0]
    sheet.append(["Region", "Größe", "Заметка", "x" * 9000])
    for row, (number, code) in enumerate(NUMBERS, 2):
        sheet.cell(row, 1, number).number_format = code
        sheet.cell(row, 2, f"text {row} " * (row * 300))
    new.save(tmp_path / "a.xlsx")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", "--headless", profile, "--convert-to", "xls", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "a.xlsx")], check=True, capture_output=True, timeout=100)
    shown = [_shown((tmp_path / name).read_bytes()) for name in ("a.xlsx", "a.xls")]
    assert shown[0] == shown[1]


NUMBERS = [
    (0.047, "0.0%"),
    (72670, "#,##0"),
    (-1234.5, "#,##0.00;(#,##0.00)"),
    (46519, "d mmmm yyyy"),
    (3, "0"),
    (2.5, "General"),
]


def _shown(data: bytes) -> list[str]:
    """Cells of the largest part of a workbook, by rows."""
    text = max((part.text for part in extract(Document("1", "", data)).parts), key=len)
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]
