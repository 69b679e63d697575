"""Documents that people make: bulletins and pieces of them as docx, odt, pdf; tables as xlsx, csv, ods."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import docx
from odf import text as odf_text
from odf.opendocument import OpenDocumentSpreadsheet, OpenDocumentText
from odf.table import Table, TableCell, TableRow
from openpyxl import Workbook
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate

from tests.evaluation.bulletins import Block

Grid = Sequence[Sequence[str]]
_MADE = datetime(2015, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def word(blocks: Iterable[Block], title: str = "") -> bytes:
    """A docx of blocks."""
    document = docx.Document()
    if title:
        document.add_heading(title, 0)
    for block in blocks:
        if block.kind == "table":
            _word_table(document, block.rows)
        elif block.kind == "heading":
            document.add_heading(block.text, 2)
        else:
            document.add_paragraph(block.text, "List Bullet" if block.kind == "bullet" else None)
    return _saved(document)


def _word_table(document: docx.document.Document, rows: Grid) -> None:
    width = max(map(len, rows), default=0)
    table = document.add_table(rows=len(rows), cols=width)
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=False):
            cell.text = text


def writer(blocks: Iterable[Block]) -> bytes:
    """An odt of blocks; a table's rows are lines."""
    document = OpenDocumentText()
    for line in _lines(blocks):
        document.text.addElement(odf_text.P(text=line))
    return _saved(document)


def pdf(blocks: Iterable[Block]) -> bytes:
    """A PDF of blocks; a table's rows are lines."""
    out = io.BytesIO()
    style = getSampleStyleSheet()["BodyText"]
    SimpleDocTemplate(out).build([Paragraph(escape(line), style) for line in _lines(blocks)])
    return out.getvalue()


def _lines(blocks: Iterable[Block]) -> Iterable[str]:
    for block in blocks:
        yield from (" ".join(row) for row in block.rows) if block.kind == "table" else [block.text]


def paragraphs(text: str) -> list[Block]:
    """A text as blocks, one for each line."""
    return [Block("paragraph", line) for line in text.split("\n") if line.strip()]


def workbook(sheets: Sequence[tuple[str, Grid]]) -> bytes:
    """An xlsx of sheets; cells that are numbers are numbers, under the format that they are shown in."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for number, (name, grid) in enumerate(sheets, 1):
        sheet = book.create_sheet(f"{''.join(char for char in name if char.isalnum())[:20]}{number}")
        for row, cells in enumerate(grid, 1):
            for column, text in enumerate(cells, 1):
                _put(sheet.cell(row, column), text)
    book.properties.created = book.properties.modified = _MADE
    return _saved(book)


def _put(cell: object, text: str) -> None:
    """A cell as a spreadsheet keeps it."""
    plain = text.replace(",", "")
    try:
        value = float(plain)
    except ValueError:
        cell.value = text[:32000] or None  # type: ignore[attr-defined]
        return
    decimals = len(plain.partition(".")[2])
    cell.value = value if decimals else int(value)  # type: ignore[attr-defined]
    cell.number_format = ("#,##0" if "," in text else "0") + ("." + "0" * decimals if decimals else "")  # type: ignore[attr-defined]


def calc(grid: Grid) -> bytes:
    """An ods of one sheet."""
    document = OpenDocumentSpreadsheet()
    table = Table(name="Sheet1")
    for cells in grid:
        row = TableRow()
        for text in cells:
            cell = TableCell()
            cell.addElement(odf_text.P(text=text))
            row.addElement(cell)
        table.addElement(row)
    document.spreadsheet.addElement(table)
    return _saved(document)


def comma_separated(grid: Grid) -> bytes:
    """A CSV file."""
    out = io.StringIO()
    csv.writer(out).writerows(grid)
    return out.getvalue().encode()


def _saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


class Office:
    """LibreOffice: many files of one kind in one call."""

    def __init__(self) -> None:
        self.program = shutil.which("soffice")

    def convert(self, files: Sequence[Path], to: str, folder: Path) -> None:
        """Convert files into a folder; `to` is a suffix, or a suffix with a filter as LibreOffice names it."""
        assert self.program is not None, "soffice is not installed; call with --plain"
        folder.mkdir(parents=True, exist_ok=True)
        if not files:
            return
        with tempfile.TemporaryDirectory() as profile:
            options = [
                f"-env:UserInstallation=file://{profile}",
                "--headless",
                "--convert-to",
                to,
                "--outdir",
            ]
            call = [self.program, *options, str(folder), *map(str, files)]
            subprocess.run(call, check=True, capture_output=True, timeout=1800)
