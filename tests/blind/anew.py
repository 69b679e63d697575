"""A registered bulletin written anew: saved, packed, printed, described otherwise, or a piece of it (Z24, Z25)."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from functools import partial

import docx
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.worksheet.worksheet import Worksheet
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from reportlab.pdfgen.canvas import Canvas

from tests import papers
from tests.blind import Case, Matter
from tests.blind.bulletin import HEADS, ROWS, SAID, register, twin

Cells = list[list[str]]


def report(text: str, cells: Cells) -> bytes:
    """The bulletin as Word keeps it."""
    document = docx.Document()
    for paragraph in text.split("\n\n"):
        document.add_paragraph(paragraph)
    table = document.add_table(rows=len(cells), cols=len(HEADS))
    for row, said in zip(table.rows, cells, strict=True):
        for cell, value in zip(row.cells, said, strict=True):
            cell.text = value
    return papers.saved(document)


def packed_anew(text: str, cells: Cells) -> bytes:
    """The same members, not packed, in another order."""
    with zipfile.ZipFile(io.BytesIO(report(text, cells))) as old:
        members = {name: old.read(name) for name in reversed(old.namelist())}
    return papers.archive(members, zipfile.ZIP_STORED)


def described(text: str, cells: Cells) -> bytes:
    """The same with another author."""
    document = docx.Document(io.BytesIO(report(text, cells)))
    document.core_properties.author = "somebody else"
    return papers.saved(document)


def one_byte(text: str, cells: Cells) -> bytes:
    """The same but for one byte in what the archive says of its time."""
    data = bytearray(report(text, cells))
    data[10] ^= 1
    return bytes(data)


def printed(text: str, cells: Cells) -> bytes:
    """As a PDF file."""
    out = io.BytesIO()
    page = Canvas(out)
    lines = [*text.split("\n"), *("  ".join(row) for row in cells)]
    for number, line in enumerate(lines):
        page.drawString(40, 800 - 14 * number, line)
    page.save()
    return out.getvalue()


def sheet(_: str, cells: Cells) -> bytes:
    """The table alone, as a sheet of numbers."""
    book = Workbook()
    _fill(book, cells)
    return papers.saved(book)


def drawn_sheet(_: str, cells: Cells) -> bytes:
    """A chart in a workbook, which keeps the numbers."""
    book = Workbook()
    table = _fill(book, cells)
    chart = BarChart()
    chart.add_data(Reference(table, min_col=2, min_row=1, max_row=len(cells)), titles_from_data=True)
    table.add_chart(chart, "H2")
    book.create_sheet("front", 0).append(["See the chart"])
    return papers.saved(book)


def drawn_slide(_: str, cells: Cells) -> bytes:
    """One chart on a slide."""
    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[6])
    data = CategoryChartData()  # type: ignore[no-untyped-call]
    data.categories = [row[0] for row in cells[1:]]
    for column in (1, 3):
        numbers = [_number(row[column]) for row in cells[1:]]
        data.add_series(cells[0][column], numbers)  # type: ignore[no-untyped-call]
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, 5_000_000, 3_000_000, data)
    return papers.saved(show)


def listed(_: str, cells: Cells) -> bytes:
    """The table alone, as comma-separated values."""
    out = io.StringIO()
    csv.writer(out).writerows(cells)
    return out.getvalue().encode()


def page(text: str, _: Cells) -> bytes:
    """One paragraph of it."""
    return papers.word(text.split("\n\n")[1])


def _fill(book: Workbook, cells: Cells) -> Worksheet:
    table: Worksheet = book.create_sheet("table")
    for row in cells:
        table.append([_number(value) for value in row])
    return table


def _number(value: str) -> str | int:
    plain = value.replace(",", "")
    return int(plain) if plain.isdigit() else value


ANEW: dict[str, Callable[[str, Cells], bytes]] = {
    "saved": report, "packed": packed_anew, "described": described, "one-byte": one_byte, "printed": printed,
    "odt": lambda text, _: papers.writer(text), "rtf": lambda text, _: papers.rtf(text),
    "notes": lambda text, _: papers.slides(text), "ods": lambda text, _: papers.calc(text),
}  # fmt: skip
PIECES: dict[str, Callable[[str, Cells], bytes]] = {
    "sheet": sheet, "chart-in-sheet": drawn_sheet, "chart-on-slide": drawn_slide, "csv": listed, "paragraph": page,
    "page": lambda text, _: printed(text.split("\n\n")[0], []),
}  # fmt: skip


def all_cases() -> Iterator[Case]:
    """Every case: as it is, and in an archive."""
    for row, ways in (("Z24", ANEW), ("Z25", PIECES)):
        for name, write in ways.items():
            for packed in (False, True):
                make = partial(_made, write, packed)
                yield Case(row, f"{name}{'-zip' if packed else ''}", make, register=register())


def _made(write: Callable[[str, Cells], bytes], packed: bool, matter: Matter) -> bytes:
    table = [list(row) for row in (HEADS, *ROWS)]
    text, cells = (
        (SAID, table) if matter.planted else (twin(SAID), [[twin(cell) for cell in row] for row in table])
    )
    data = write(text, cells)
    return papers.mail(papers.attached(papers.archive({"file": data}) if packed else data, "file.bin"))
