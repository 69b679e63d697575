"""Tables of a bulletin as grids of cells as they are shown, and columns and cells taken out of them."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.evaluation.bulletins import Bulletin
from tests.evaluation.papers import Office

_EXPORT = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
"""Every sheet to a file of its own, cells as they are shown (LibreOffice's token for it is the last one)."""
_NUMBER = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?")
_YEAR = re.compile(r"(?:18|19|20)\d\d")
_COLUMN, _TEN = 8, 10
"""Cells of the shortest column, and how many cells are ten."""


@dataclass(frozen=True, slots=True)
class Book:
    """One table file: its name without suffix, and its sheets by name."""

    name: str
    sheets: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]


def load(bulletins: Sequence[Bulletin], office: Office | None, folder: Path) -> dict[str, list[Book]]:
    """The table files of each bulletin by its id; spreadsheets need LibreOffice, which exports into `folder`."""
    spreadsheets = [path for each in bulletins for path in each.tables if path.suffix.lower() == ".xls"]
    if office is not None and spreadsheets:
        office.convert(spreadsheets, _EXPORT, folder)
    return {
        each.id: [book for path in each.tables if (book := _book(path, folder)).sheets] for each in bulletins
    }


def _book(path: Path, folder: Path) -> Book:
    if path.suffix.lower() == ".csv":
        sheets = [("Sheet1", path)]
    else:
        exported = sorted(folder.glob(f"{path.stem}-*.csv"))
        sheets = [(each.stem.removeprefix(f"{path.stem}-"), each) for each in exported]
    grids = [(name, _grid(each)) for name, each in sheets]
    return Book(path.stem, tuple((name, grid) for name, grid in grids if grid))


def _grid(path: Path) -> tuple[tuple[str, ...], ...]:
    text = path.read_text(encoding="utf-8", errors="replace")
    return tuple(tuple(row) for row in csv.reader(text.splitlines()) if any(map(str.strip, row)))


def columns(book: Book) -> list[list[tuple[str, str]]]:
    """The columns of figures of a file, each a list of (head of the row, cell)."""
    found = []
    for _, grid in book.sheets:
        for number in range(1, max(map(len, grid))):
            cells = [(_head(row), row[number]) for row in grid if len(row) > number and _telling(row[number])]
            if len(cells) >= _COLUMN:
                found.append(cells)
    return found


def cells(book: Book) -> list[list[tuple[str, str]]]:
    """All figures of each sheet that has enough, as (head of the row, cell)."""
    sheets = [
        [(_head(row), cell) for row in grid for cell in row[1:] if _telling(cell)] for _, grid in book.sheets
    ]
    return [sheet for sheet in sheets if len(sheet) >= _TEN]


def ten(rng: Random, sheet: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Ten of a sheet's figures in any order."""
    return rng.sample(sheet, _TEN)


def pasted(rng: Random, chosen: list[tuple[str, str]], *, shuffled: bool) -> str:
    """Cells as somebody pastes them: below each other or in a line, with or without the heads of their rows."""
    chosen = rng.sample(chosen, len(chosen)) if shuffled else chosen
    headed = [f"{head}\t{cell}" if head else cell for head, cell in chosen]
    bare = [cell for _, cell in chosen]
    return rng.choice(("\n".join(bare), " ".join(bare), "\n".join(headed), "\n".join(headed)))


def _head(row: Sequence[str]) -> str:
    head = row[0].strip()
    return "" if _NUMBER.fullmatch(head) and not _YEAR.fullmatch(head) else head


def _telling(cell: str) -> bool:
    """Whether a cell is a figure of two digits and more, and no year."""
    text = cell.strip().rstrip("%")
    if not _NUMBER.fullmatch(text) or _YEAR.fullmatch(text):
        return False
    return len(re.sub(r"\D", "", text).strip("0")) > 1
