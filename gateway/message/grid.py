"""Sheets of binary workbooks put together as text: cells come by row and column, with the number of their style."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from gateway.message import cells, number_formats
from gateway.message.rows import Rows

_MAC_DAYS = 1462
"""Days from the end of 1899 to the beginning of 1904, where some workbooks begin to count."""


@dataclass(slots=True)
class Styles:
    """What cells show by the number of their style: codes of number formats, and styles that show a day."""

    codes: dict[int, str] = field(default_factory=dict)
    dates: set[int] = field(default_factory=set)
    offset: int = 0

    def add(self, formats: Iterable[int], own: Mapping[int, str]) -> None:
        """Take the numbers of the formats that the styles have, in order, and the codes of the book's own formats."""
        for style, number in enumerate(formats):
            code = own.get(number)
            if cells.is_date(number) if code is None else cells.is_date_code(code):
                self.dates.add(style)
            elif code := code or number_formats.BUILT_IN.get(number, ""):
                self.codes[style] = code

    def count_from_1904(self) -> None:
        """The book counts its days from the beginning of 1904."""
        self.offset = _MAC_DAYS


@lru_cache(maxsize=1024)
def letters(column: int) -> str:
    """The name of a column that is numbered from nought."""
    name = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        name = chr(ord("A") + digit) + name
    return name


@dataclass(slots=True)
class Grid:
    """Rows of text made of cells as they come; a row ends where a cell of another one comes."""

    styles: Styles
    pieces: list[str] = field(default_factory=list)
    rows: Rows = field(init=False)
    row: int = -1

    def __post_init__(self) -> None:
        self.rows = Rows(self.pieces)

    def begin_sheet(self) -> None:
        """Another sheet begins."""
        self._end_row()
        self.row = -1

    def text(self, row: int, column: int, text: str) -> None:
        """A cell that shows a text."""
        self._begin(row, column)
        self.pieces.append(text)
        self.rows.end_cell()

    def number(self, row: int, column: int, number: float, style: int) -> None:
        """A cell that keeps a number."""
        self._begin(row, column)
        kept = repr(number)
        if style in self.styles.dates:
            day = cells.shown(f"{number + self.styles.offset:.10f}".rstrip("0").rstrip(".")).strip()
            self.pieces.append(day or kept)
        else:
            self.pieces.append(self.rows.number(kept, self.styles.codes.get(style)))
        self.rows.end_cell()

    def said(self) -> str:
        """All rows so far."""
        self.begin_sheet()
        self.rows.end()
        return "".join(self.pieces)

    def _begin(self, row: int, column: int) -> None:
        if row != self.row:
            self._end_row()
            self.rows.begin_row()
            self.row = row
        self.rows.begin_cell({"r": letters(column)})

    def _end_row(self) -> None:
        if self.row >= 0:
            self.pieces.append("\n")
            self.rows.end_row()
