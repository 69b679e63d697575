"""Labels of figures: stems of the headings of their row and column, or of the content words beside them.

A register reads a document whole: what stands in rows is read as a table, the rest as paragraphs.  A mail is read more
simply, words on both sides of a figure: what was copied out of a table stands in a row no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple

from gateway.features.figure import Figure
from gateway.features.numerals import CELL, LINE, figures, folded_lines
from gateway.text import words

REACH: Final = 12
"""Content words on either side of a figure that may be its label."""
_SPAN: Final = 160
"""Characters in which these are looked for."""
_ROW_WORDS, _COLUMN_WORDS = 6, 6
_WORD: Final = re.compile(r"(?:19|20)\d\d(?!\d)|[a-z]{3,}")
_SENTENCE_END: Final = re.compile(r"[.!?;] (?=[{}' (]*[a-z])")
_STOP: Final = frozenset(
    words("""
    about above after again against all also although among and any are around because been before being below between
    both but can compared could did does down during each either estimated few fewer for found from further had has
    have having her here him his how however into its itself just latest less lower made main many may means might more
    most much must near nearly new not now number numbers off once one only other our out over overall own per cent
    percent percentage percentages points point same she should show showed shown shows since some such than that the
    their them then there these they this those through thus too total two three four five six seven eight nine ten
    under until upon was way well were what when where whether which while who whose why will with within without would
    year years month months quarter quarterly annual yearly period periods previous last first second third half
    million billion thousand thousands trillion figure figures table note notes source office national statistics
    statistic statistical data increase increased increases decrease decreased decreases rise rose risen rises fall fell
    fallen falls grew growth grow change changed changes higher high low highest lowest up drop dropped dropping
    remained average level levels rate rates very according including include includes proportion share amount value
    values accounted estimate estimates against approximately almost around said says say year's yet you your
    january february march april may june july august september october november december jan feb mar apr jun jul aug
    sep sept oct nov dec http https www com org html mail email subject
    """)
)
"""Words that stand beside figures of every kind; months stand in every table."""
_SUFFIXES: Final = (
    "isations", "isation", "izations", "ization", "ational", "fulness", "ousness", "iveness", "ations", "ation",
    "ements", "ement", "ments", "ment", "ities", "ings", "ances", "ences", "ance", "ence", "ists", "ness", "ated",
    "ates", "ate", "ions", "ion", "ity", "ing", "ies", "ied", "ers", "ors", "est", "ist", "ive", "able", "ible", "als",
    "al", "ed", "er", "or", "es", "ly", "ic", "s", "e", "y",
)  # fmt: skip
"""Longest first; what is left must keep four letters, three for a plural."""


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The stem of a lower-case word, empty for one that says nothing about a figure; a year stands for itself."""
    if word in _STOP:
        return ""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= (3 if suffix == "s" else 4):
            return word[: -len(suffix)]
    return word


def stems(folded: str) -> list[str]:
    """The stems of the content words of a folded text, each once, in order."""
    return list(dict.fromkeys(filter(None, map(stem, _WORD.findall(folded)))))


def near(folded: str, start: int, end: int) -> list[str]:
    """The stems of the words beside a place, nearest first, REACH on either side.

    What follows ends with the sentence; what stands before may name the matter in a sentence before.
    """
    before = folded[max(0, start - _SPAN) : start]
    after = folded[end : end + _SPAN]
    stop = _SENTENCE_END.search(after)
    after = after if stop is None else after[: stop.start()]
    left = list(filter(None, map(stem, reversed(_WORD.findall(before)))))[:REACH]
    right = list(filter(None, map(stem, _WORD.findall(after))))[:REACH]
    both = chain.from_iterable(zip(left, right, strict=False))
    longer = left if len(left) > len(right) else right
    return list(dict.fromkeys((*both, *longer[min(len(left), len(right)) :])))


class Labelled(NamedTuple):
    """A figure of a document with the stems of its label and the places it stands in: row, column or paragraph."""

    figure: Figure
    stems: tuple[str, ...]
    blocks: tuple[tuple[str, int], ...]


def labelled(text: str) -> Iterator[Labelled]:
    """The figures of a document's text as a reader gives it (not folded), with their labels."""
    reading = _Reading()
    # Where a cell holds paragraphs, the line ends with its text and the next begins with the mark of the cell.
    for line in chain(text.replace("\r\n", "\n").replace("\n\t", "\t").split("\n"), [""]):
        yield from reading.line(line)


@dataclass(slots=True)
class _Reading:
    """What was read so far of a document: the paragraph at hand, and the headings above a table."""

    paragraph: list[str] = field(default_factory=list)
    headings: list[list[str]] = field(default_factory=list)
    in_table: bool = False
    number: int = 0

    def line(self, line: str) -> Iterator[Labelled]:
        cells = _cells(line)
        numbers = [figures(cell) for cell in cells]
        if not any(cells):
            yield from self._end_paragraph()
        elif _is_row(cells, numbers):
            yield from self._row(cells, numbers)
        elif len(cells) > 1 or (not any(numbers) and len(line) < _SPAN):
            yield from self._heading(cells)
            self.paragraph.append(line)
        else:
            self.paragraph.append(line)

    def _heading(self, cells: list[str]) -> Iterator[Labelled]:
        if self.in_table:
            self.in_table, self.headings = False, []
            yield from self._end_paragraph()
        self.headings = [*self.headings, cells][-5:]

    def _end_paragraph(self) -> Iterator[Labelled]:
        text = folded_lines("\n".join(self.paragraph))
        self.paragraph = []
        self.number += 1
        for figure in figures(text):
            labels = near(text, figure.start, figure.end)
            yield Labelled(figure, tuple(labels), (("paragraph", self.number),))

    def _row(self, cells: list[str], numbers: list[list[Figure]]) -> Iterator[Labelled]:
        if not self.in_table:
            self.paragraph = []
            self.in_table = True
            self.number += 1000
        self.number += 1
        table = self.number // 1000
        row = stems(" ".join(cells))[:_ROW_WORDS]
        for column, found in enumerate(numbers):
            for place, figure in enumerate(found):
                within = column if len(cells) > 1 else place
                labels = dict.fromkeys((*row, *self._above(within, len(cells))))
                blocks = (("row", self.number), ("column", table * 1000 + within % 1000), ("table", table))
                yield Labelled(figure, tuple(labels), blocks)

    def _above(self, column: int, columns: int) -> list[str]:
        """The stems of the headings over a column: of its own cells where they are apart, else of all together."""
        if columns > 1:
            heads = (cells[column] for cells in self.headings if column < len(cells))
            title = (cells[0] for cells in self.headings if sum(map(bool, cells)) == 1)
            return stems(" ".join(chain(heads, title)))[:_COLUMN_WORDS]
        return stems(" ".join(cell for cells in reversed(self.headings) for cell in cells))[
            : 2 * _COLUMN_WORDS
        ]


def _cells(line: str) -> list[str]:
    """The folded cells of a line: parted by tabs, bars or bare commas; one cell where nothing parts them."""
    if "\t" in line:
        parts = line.split("\t")
    elif line.count("|") >= 2:
        parts = line.strip().strip("|").split("|")
    elif _is_separated(line):
        parts = [first or second for first, second in _SEPARATED.findall(line)]
    else:
        parts = [line]
    return [folded_lines(part.strip().strip('"')) for part in parts]


def _is_separated(line: str) -> bool:
    """Whether a line is of comma-separated values: no comma is followed by a space or groups the digits of a number."""
    if line.count(",") < 2:
        return False
    bare = _QUOTED.sub("", line)
    return bare.count(",") >= 2 and ", " not in bare and (" " not in bare or _GROUPED.search(bare) is None)


_QUOTED: Final = re.compile(r'"[^"]*"')
_GROUPED: Final = re.compile(r"(?<![\d,])[^,\d]?\d{1,3},\d{3}(?![\d])")
_SEPARATED: Final = re.compile(r'(?:^|,)(?:"([^"]*)"|([^,]*))')


def _is_row(cells: Iterable[str], numbers: list[list[Figure]]) -> bool:
    """Whether a line is a row of figures rather than a sentence or a heading."""
    count = sum(map(len, numbers))
    spoken = sum(len(_WORD.findall(cell)) for cell in cells)
    if len(numbers) > 1:
        return count > 0 and (count > 1 or spoken <= 12 * count)
    return count >= 2 and spoken <= 3 * count + 4


__all__ = ["CELL", "LINE", "REACH", "Labelled", "labelled", "near", "stem", "stems"]
