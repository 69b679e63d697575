"""Rows of tables put together as text: every cell in its column, and below a block what its numbers do not show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from typing import Final

from gateway.message import cells, number_formats

_HEADS: Final = 3
"""Texts of a row that are its heading, at most."""
_HEAD: Final = 100
"""Characters of such a text."""
_GAP: Final = 64
"""Columns left out, or cells told once, that are put back: more is no table but the rest of a sheet."""
_TOLD: Final = 1000
"""Characters that cells told once may come to."""
_COUNT: Final = re.compile(r"[0-9]{1,5}\Z")
_PLACE: Final = re.compile(r"[A-Z]{1,3}\Z")


@lru_cache(maxsize=1024)
def _column(letters: str) -> int:
    """The number of a column from nought, -1 for what is none."""
    if _PLACE.match(letters) is None:
        return -1
    digits = (ord(letter) - ord("A") + 1 for letter in letters)
    return reduce(lambda number, digit: 26 * number + digit, digits, 0) - 1


@dataclass(slots=True)
class Rows:
    """The rows of tables while they are read: every cell in its column, and numbers that show less than they are.

    `pieces` is the text that is put together.  Such numbers stand below a block of rows, in rows of their own with the
    headings: so rows as they are shown stay together, and a value that was copied with all its digits is found too.
    """

    pieces: list[str]
    again: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    row: int = 0
    cell: int = 0
    heads: int = 0
    kept: str = ""
    told: int = 1
    owed: int = 0
    is_number: bool = False
    has_numbers: bool = False
    has_more: bool = False

    def begin_row(self) -> None:
        """A row begins."""
        self.row = len(self.pieces)
        self.again = []
        self.heads = self.owed = 0
        self.has_numbers = self.has_more = False

    def begin_cell(self, attributes: Mapping[str, str]) -> None:
        """A cell begins; its attributes say where it stands, or how many like it follow (both if the program likes)."""
        place = attributes.get("r")
        gap = _column(place.rstrip("0123456789")) - len(self.again) if place else self.owed
        if 0 < gap <= _GAP:
            self._leave_out(gap)
        repeated = attributes.get("table:number-columns-repeated", "")
        self.told = int(repeated) if repeated and _COUNT.match(repeated) else 1
        self.cell = len(self.pieces)
        self.kept, self.owed, self.is_number = "", 0, False

    def _leave_out(self, cells: int) -> None:
        self.pieces.append((" " if len(self.pieces) == self.row else "") + "\t" * cells)
        self.again += [""] * cells

    def number(self, number: str, code: str | None) -> str:
        """What the cell shows of a number under the code of its format."""
        text, self.kept = cells.read_number(number, code)
        self.is_number = True
        return text

    def end_cell(self, number: str = "") -> None:
        """The cell ends; `number` is what it keeps where its text is already what it shows."""
        while self.pieces[-1:] == ["\n"] and len(self.pieces) > self.cell:
            self.pieces.pop()
        if self.is_number:
            self._end_number("\t")
        else:
            self._end_text(" ".join("".join(self.pieces[self.cell :]).split()), number)

    def _end_number(self, end: str) -> None:
        self.again.append(self.kept)
        self.has_numbers = True
        self.has_more |= self.kept != ""
        self.pieces.append(end)

    def _end_text(self, text: str, number: str) -> None:
        kept = number_formats.value(number) if number else None
        # The first of a row is a blank if it is empty: it would else look like the end of the row before.
        end = " \t" if not text and self.cell == self.row else "\t"
        if kept is not None:
            self.kept = number_formats.general(kept) if cells.says_less(text, kept) else ""
            self._end_number(end)
        else:
            self.again.append(self._head(text))
            self.pieces.append(end)
        if self.told > 1:
            self._tell(text)

    def _head(self, text: str) -> str:
        self.heads += text != ""
        return text[:_HEAD] if self.heads <= _HEADS else ""

    def _tell(self, text: str) -> None:
        """Cells that are alike are kept once; empty ones only matter where another follows."""
        if not text:
            self.owed = self.told - 1
        elif self.told <= _GAP and self.told * len(text) <= _TOLD:
            self.pieces.append(f"{text}\t" * (self.told - 1))
            self.again += self.again[-1:] * (self.told - 1)

    def end_row(self) -> None:
        """The row ends; one without numbers ends the block."""
        if self.has_more:
            self.waiting.append(("" if self.again[0] else " ") + "\t".join(self.again) + "\n")
        elif not self.has_numbers:
            self.pieces[self.row : self.row] = self._block()

    def end(self) -> None:
        """The text ends."""
        self.pieces += self._block()

    def _block(self) -> list[str]:
        block, self.waiting = self.waiting, []
        return block
