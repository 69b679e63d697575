"""Rows of the lists that people keep: CSV as many programs write it, XLSX, and JSON."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000
_DELIMITERS = "\x1f,;\t|"
"""The first is none that people use: with it every line is one cell."""
_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
Cell = str | date | datetime
"""Text without spaces around it (empty: nothing there), or what a spreadsheet knows to be a date."""


class SheetError(ValueError):
    """The file cannot be read as a list; the message says why without quoting it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: where it begins in the file (the first line or row is 1), and its cells."""

    number: int
    cells: tuple[Cell, ...]

    @property
    def blank(self) -> bool:
        """Whether nothing stands in it."""
        return all(cell == "" for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Tables:
    """The visible sheets of a file, or `readings` of one text with each delimiter that it might have."""

    tables: tuple[list[Line], ...]
    readings: bool = False


def read_tables(path: Path) -> Tables:
    """The tables of a file, blank rows left out.  Raises SheetError for what cannot be read, and OSError."""
    if path.stat().st_size > MAX_BYTES:
        raise SheetError("is too large for a list")
    return tables_in(path.name, path.read_bytes())


def tables_in(name: str, content: bytes) -> Tables:
    """The tables of a file of this name that has been read already.  Raises SheetError."""
    if len(content) > MAX_BYTES:
        raise SheetError("is too large for a list")
    if content.startswith(b"PK\x03\x04"):
        return Tables(tuple(_sheets(content)))
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise SheetError("is an old or encrypted Excel file; save it as .xlsx without a password, or as CSV")
    text = _decode(content)
    if name.lower().endswith(".json"):
        return Tables((_objects(text),))
    return Tables(tuple(_rows(text, delimiter) for delimiter in _DELIMITERS), readings=True)


def _decode(content: bytes) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _strictly(content, encoding)
    if b"\x00" in content[:200]:
        return _strictly(content, "utf-16-le" if content[1:2] == b"\x00" else "utf-16-be")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        # Excel on Windows saves "CSV" in the code page of western Europe.
        return _strictly(content, "cp1252")


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise SheetError("is no text in UTF-8, UTF-16 or Windows-1252") from None


def _rows(text: str, delimiter: str) -> list[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    lines, number = [], 1
    try:
        for cells in reader:
            lines.append(Line(number, tuple(_cell(cell) for cell in cells)))
            number = reader.line_num + 1
    except csv.Error:
        raise SheetError(f"line {number}: is no CSV") from None
    return _kept(lines)


def _sheets(content: bytes) -> Iterator[list[Line]]:
    from openpyxl import load_workbook

    try:
        _check_expansion(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                # Some programs write a wrong size into the sheet, and rows beyond it would be lost.
                sheet.reset_dimensions()
                rows = enumerate(sheet.iter_rows(values_only=True), 1)
                yield _kept(Line(number, tuple(_cell(cell) for cell in row)) for number, row in rows)
    except SheetError:
        raise
    except Exception:
        # openpyxl raises whatever a broken file makes it raise.
        raise SheetError("is no readable .xlsx file") from None


def _check_expansion(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(info.file_size for info in archive.infolist()) > 10 * MAX_BYTES:
            raise SheetError("is too large for a list")


def _objects(text: str) -> list[Line]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f"line {error.lineno}: " if isinstance(error, json.JSONDecodeError) else ""
        raise SheetError(f"{where}is no JSON") from None
    if not isinstance(found, list) or not all(isinstance(item, dict | str) for item in found):
        raise SheetError("must be a JSON list of objects or of addresses")
    items = [item if isinstance(item, dict) else {"email": item} for item in found]
    names = list(dict.fromkeys(name for item in items for name in item))
    if any(isinstance(value, list | dict) for item in items for value in item.values()):
        raise SheetError("a value must not be a list or an object")
    # Entries are counted as people count them; the names stand before the first.
    rows = (Line(at, tuple(_cell(item.get(name)) for name in names)) for at, item in enumerate(items, 1))
    return [Line(0, tuple(names)), *_kept(rows)]


def _kept(lines: Iterable[Line]) -> list[Line]:
    kept: list[Line] = []
    for line in lines:
        if line.blank:
            continue
        if len(kept) == MAX_ROWS:
            raise SheetError("is too long for a list")
        kept.append(line)
    return kept


def _cell(value: Any) -> Cell:
    if value is None:
        return ""
    if isinstance(value, date):
        return value
    return " ".join(str(value).translate(_INVISIBLE).split())
