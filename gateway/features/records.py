"""What of a document's figures is registered: records with their forms, and the contexts that are their labels.

A document is read whole: what stands in rows is read as a table, the rest as paragraphs.  A figure of a table has two
contexts, its row and its column; a figure of a sentence has one of its own, the words beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gateway.features.atoms import Atoms, Bits, Numbers, Words
from gateway.features.cells import parted
from gateway.features.labels import labels
from gateway.features.numberwords import CELL, LINE, Says
from gateway.features.numerals import Found, figures
from gateway.text import fold

_ROW_WORDS, _COLUMN_WORDS = 8, 8
_HEADING: Final = 160
"""Characters of the longest heading."""
_HEADINGS: Final = 5


@dataclass(slots=True)
class Reading:
    """The figures of one document with their contexts; the contexts and blocks are numbered from 0.

    Of each figure: `row` and `column` are contexts (the same twice in a sentence), `block` is its table or paragraph,
    `stack` its column of that table (headings between its rows part contexts, not stacks), `prose` whether it stands in
    a sentence, `earlier` whether that says that something was so before.  `contexts` are the stems of each context.
    """

    found: Found
    row: Numbers
    column: Numbers
    block: Numbers
    stack: Numbers
    prose: Bits
    earlier: Bits
    contexts: list[NDArray[np.uint32]]


def read(words: Words, text: str) -> Reading:
    """The figures of a document's text as a reader gives it (not folded), tables as lines with tabs."""
    lines = parted(_ITEM.sub("\n\n", text.replace("\r\n", "\n").replace("\n\t", "\t")).split("\n"))
    folded = fold(f" {LINE} ".join(lines).replace("\t", f" {CELL} "))
    atoms = words.read(folded)
    return _Layout(atoms, figures(atoms)).reading()


_ITEM: Final = re.compile(r"\n[ \t]*[-*\u2022] +")


@dataclass(slots=True)
class _Layout:
    """How the lines of a document stand: rows of tables with the headings above them, and paragraphs."""

    atoms: Atoms
    found: Found
    contexts: list[NDArray[np.uint32]] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    columns: dict[tuple[int, ...], int] = field(default_factory=dict)
    in_table: bool = False
    in_block: bool = False
    blocks: int = 0

    def reading(self) -> Reading:
        """All figures with their contexts."""
        size = len(self.found)
        row, column, block, place = (np.zeros(size, np.int64) for _ in range(4))
        prose = np.ones(size, np.bool_)
        lines = _Lines.of(self.atoms, self.found)
        paragraph = np.zeros(len(lines.starts), np.int64)
        for number, kind in enumerate(lines.kinds()):
            chosen = slice(lines.first[number], lines.first[number + 1])
            if kind == "row":
                self._enter_table()
                prose[chosen] = False
                row[chosen] = self._add(lines.stems(number, _ROW_WORDS))
                places = lines.places(number)
                place[chosen] = places
                column[chosen] = self._columns(lines, number, places)
                block[chosen] = self.blocks
            else:
                self._leave(lines, number, kind)
                paragraph[number] = self.blocks
                block[chosen] = self.blocks
        at = np.flatnonzero(prose)
        row[at] = column[at] = self._sentences(lines, at)
        earlier = prose & _earlier(self.atoms, self.found)
        stack = np.unique(block << 32 | np.where(prose, 0, place + 1), return_inverse=True)[1]
        return Reading(self.found, row, column, block, stack, prose, earlier, self.contexts)

    def _enter_table(self) -> None:
        if not self.in_table:
            self.in_table = True
            self.columns = {}
        if not self.in_block:
            self.in_block = True
            self.blocks += 1

    def _leave(self, lines: _Lines, number: int, kind: str) -> None:
        """A line that is no row: a blank one, a heading, or a line of a paragraph."""
        if kind == "heading":
            if self.in_table:
                self.headings = []
            self.headings = [*self.headings, number][-_HEADINGS:]
        if kind != "blank":
            self.in_table = False
        if self.in_block and kind != "blank" and not lines.cells[number]:
            self.in_block = False
            self.blocks += 1
        if kind == "blank":
            self.blocks += not self.in_block

    def _add(self, stems: NDArray[np.uint32]) -> int:
        self.contexts.append(stems)
        return len(self.contexts) - 1

    def _columns(self, lines: _Lines, number: int, places: list[int]) -> list[int]:
        """The contexts of a row's figures: the headings over the cell of each where cells are apart, else all."""
        wide = int(lines.cells[number]) > 0
        return [self._column(lines, place, wide=wide) for place in places]

    def _column(self, lines: _Lines, place: int, *, wide: bool) -> int:
        key = (place, *self.headings) if wide else (place, -1, *self.headings)
        known = self.columns.get(key)
        if known is None:
            above = [lines.over(heading, place if wide else None) for heading in reversed(self.headings)]
            stems = np.concatenate(above) if above else np.empty(0, np.uint32)
            known = self.columns[key] = self._add(
                _distinct(stems)[: _COLUMN_WORDS if wide else 2 * _COLUMN_WORDS]
            )
        return known

    def _sentences(self, lines: _Lines, at: Numbers) -> Numbers:
        """One context for each figure of a sentence."""
        near = labels(self.atoms, self.found, at, lines.borders())
        first = len(self.contexts)
        self.contexts += [_distinct(stems[stems != 0]) for stems in near.stems]
        return first + np.arange(len(at))


def _earlier(atoms: Atoms, found: Found) -> Bits:
    """Which figures are what others are compared with, or were so a year ago: an earlier edition may have said them."""
    than, ends = (
        np.concatenate(([0], np.cumsum((atoms.says & flag) != 0))) for flag in (Says.THAN, Says.ENDS)
    )
    ago = np.append(np.flatnonzero(atoms.says & Says.AGO), len(atoms))
    end_before = np.concatenate(([0], found.end[:-1])).astype(np.int64)
    start_after = np.concatenate((found.start[1:], [len(atoms)])).astype(np.int64)
    start = np.minimum(found.start, len(atoms))
    low = np.maximum(np.minimum(end_before, start), start - _COMPARED)
    high = np.maximum(found.end, np.minimum(start_after, np.minimum(found.end + _COMPARED, len(atoms))))
    compared = (than[start] > than[low]) & (ends[start] == ends[low])
    following = ago[np.searchsorted(ago, np.minimum(found.end, len(atoms)))]
    over = (following < high) & (ends[following] == ends[np.minimum(found.end, len(atoms))])
    earlier: Bits = compared | over | _of_earlier_year(atoms, found, start, high)
    return earlier


def _of_earlier_year(atoms: Atoms, found: Found, start: Numbers, high: Numbers) -> Bits:
    """Which figures have a year after them (up to the next figure) that is earlier than the one a text is about.

    A text is about the latest of the years that it names at least half as often as the one it names most.
    """
    at = np.flatnonzero((atoms.says & Says.YEAR) != 0)
    years = atoms.mantissa[at] * 10 ** np.maximum(0, atoms.exponent[at])
    at, years = at[years < _LATEST], years[years < _LATEST]
    if not len(at):
        return np.zeros(len(found), np.bool_)
    named, counts = np.unique(years, return_counts=True)
    about = int(named[counts * 2 >= counts.max()].max())
    following = np.minimum(np.searchsorted(at, start), len(at) - 1)
    there = (at[following] >= start) & (at[following] < high)
    earlier: Bits = there & (years[following] < about)
    return earlier


_LATEST: Final = 2100


_COMPARED: Final = 8
"""Atoms between a figure and the word that says that it is of an earlier time."""


def _distinct(stems: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Each once, in order."""
    _, first = np.unique(stems, return_index=True)
    return stems[np.sort(first)]


_NO_WORD: Final = Says.NUMBER | Says.DIGITS | Says.LINE | Says.CELL


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of a document: where each begins and ends in the atoms, how many cells, words and figures it has.

    `first` is the number of the first figure of each line, with one more at the end.
    """

    atoms: Atoms
    found: Found
    starts: Numbers
    ends: Numbers
    cells: Numbers
    words: Numbers
    first: Numbers
    known: dict[int, list[NDArray[np.uint32]]]

    @classmethod
    def of(cls, atoms: Atoms, found: Found) -> _Lines:
        """The lines of a text that keeps them."""
        marks = np.flatnonzero(atoms.says & Says.LINE)
        starts = np.concatenate(([0], marks + 1))
        ends = np.concatenate((marks, [len(atoms)]))
        line = np.cumsum((atoms.says & Says.LINE) != 0)
        cells = np.bincount(line, (atoms.says & Says.CELL) != 0, len(starts)).astype(np.int64)
        words = np.bincount(line, atoms.says & _NO_WORD == 0, len(starts)).astype(np.int64)
        first = np.searchsorted(found.start, np.append(starts, len(atoms) + 1))
        return cls(atoms, found, starts, ends, cells, words, first, {})

    def kinds(self) -> Iterator[str]:
        """What each line is: blank, row, heading or paragraph."""
        counts, lengths = np.diff(self.first), self.ends - self.starts
        rows = np.where(
            self.cells > 0,
            (counts > 0) & ((counts > 1) | (self.words <= 12 * counts)),
            (counts >= 2) & (self.words <= 3 * counts + 4),
        )
        said = self.words + counts
        heads = (self.cells > 0) | ((counts == 0) & (lengths < _HEADING // 6))
        order = np.select([lengths == 0, rows, (said == 0) & (self.cells == 0), heads], [0, 1, 0, 2], 3)
        return (("blank", "row", "heading", "paragraph")[kind] for kind in order.tolist())

    def stems(self, number: int, most: int) -> NDArray[np.uint32]:
        """The stems of a line."""
        stems = self.atoms.stem[self.starts[number] : self.ends[number]]
        return _distinct(stems[stems != 0])[:most]

    def places(self, number: int) -> list[int]:
        """For each figure of a row in which cell it stands, or which of the row it is where no cells are apart."""
        low, high = int(self.first[number]), int(self.first[number + 1])
        if not self.cells[number]:
            order: list[int] = (np.cumsum(np.diff(self.found.slot[low:high], prepend=-1) > 0) - 1).tolist()
            return order
        marks = np.flatnonzero(self.atoms.says[self.starts[number] : self.ends[number]] & Says.CELL)
        cells: list[int] = np.searchsorted(marks, self.found.start[low:high] - self.starts[number]).tolist()
        return cells

    def over(self, number: int, place: int | None) -> NDArray[np.uint32]:
        """The stems of a heading: of the cell at this place, of all of it where it has one or none is asked for."""
        cells = self.heading(number)
        if place is None or len(cells) == 1:
            return np.concatenate(cells)
        return cells[place] if place < len(cells) else cells[0][:0]

    def heading(self, number: int) -> list[NDArray[np.uint32]]:
        """The stems of each cell of a line, worked out once; of one cell where no other has any."""
        if number not in self.known:
            start, end = int(self.starts[number]), int(self.ends[number])
            marks = np.flatnonzero(self.atoms.says[start:end] & Says.CELL)
            parts = np.split(self.atoms.stem[start:end], marks)
            cells = [part[part != 0] for part in parts]
            alone = sum(len(cell) > 0 for cell in cells) < 2
            self.known[number] = [np.concatenate(cells)] if alone else cells
        return self.known[number]

    def borders(self) -> Bits:
        """The atoms at which a paragraph ends: blank lines."""
        borders = np.zeros(len(self.atoms), np.bool_)
        blank = self.starts[(self.ends == self.starts) & (self.starts > 0)] - 1
        borders[blank] = True
        return borders


def read_all(key: bytes, texts: Sequence[str]) -> Iterator[Reading]:
    """The readings of several texts of one document."""
    words = Words(key)
    return (read(words, text) for text in texts)
