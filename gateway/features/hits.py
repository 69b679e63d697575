"""What of a text's figures is registered: pairs of a figure and a record with the same value; how labels overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gateway.features.atoms import Bits, Numbers
from gateway.features.figure import Unit
from gateway.features.figures import Figures
from gateway.features.figures import Forms as Registered
from gateway.features.labels import Labels
from gateway.features.numerals import Found
from gateway.features.packing import PROSE
from gateway.features.rarity import general
from gateway.features.values import Forms
from gateway.features.values import forms as asked_forms

Scores = NDArray[np.float64]

_BUDGET: Final = 30_000
"""Pairs that are looked at for one stretch of text in all, so that one of nothing but digits ends, too."""
_FEW: Final = 1_000
"""Pairs by two digits of tables that are looked at where they do not stand close together."""
_MANY: Final = 10_000
"""The same where many do."""
_FEWEST: Final = 2
_CROWD, _CLOSE = 8, 60
"""So many figures within so many atoms may be cells of a table."""
_TOGETHER: Final = 4
"""So many, within twice the distance, may stand together somewhere."""


@dataclass(frozen=True, slots=True)
class Hits:
    """Pairs of a figure of a text and a record: their numbers, whose it is, and how many digits agree.

    `share` is how often figures of its shape have this value in ordinary text.
    """

    figure: Numbers
    record: Numbers
    owner: NDArray[np.uint16]
    digits: Numbers
    share: Scores

    @classmethod
    def joined(cls, parts: Sequence[Hits]) -> Hits:
        """Several lots of pairs as one."""
        return cls(*(np.concatenate([getattr(each, c.name) for each in parts]) for c in fields(cls)))

    def __len__(self) -> int:
        return len(self.figure)

    def taken(self, chosen: Bits | Numbers) -> Hits:
        """Some of them."""
        return Hits(
            self.figure[chosen],
            self.record[chosen],
            self.owner[chosen],
            self.digits[chosen],
            self.share[chosen],
        )


def hits(index: Figures, found: Found, salted: int) -> tuple[Hits, Hits]:
    """Pairs with the same value at the coarser printed precision, whose units agree: for labels, and for places.

    `salted` is `values.salt` of the key under which the index was made.  Two digits of a table are so common that they
    are looked at only where they are few, or where many stand close together.
    """
    fewest = np.full(len(found), _FEWEST)
    asked = asked_forms(found.mantissa, found.exponent, fewest, salted)
    strong = _pairs(index, index.strong, found, asked, _BUDGET)
    two = asked.taken(asked.own & (asked.digits == _FEWEST))
    close = _close(found, _CROWD, _CLOSE)
    cells = two.taken(close[two.figure]) if close.any() else two
    weak = _pairs(index, index.weak, found, cells, _MANY if close.any() else _FEW)
    both = Hits.joined((strong, weak)) if len(weak) else strong
    near = _close(found, _TOGETHER, 2 * _CLOSE)
    loose = both if close.any() else strong
    return both if len(weak) <= _MANY else strong, loose.taken(near[loose.figure])


def _close(found: Found, many: int, atoms: int) -> Bits:
    """Which figures are one of so many that begin within so many atoms."""
    close = np.zeros(len(found), np.bool_)
    gaps = found.start[many - 1 :] - found.start[: 1 - many]
    at = np.flatnonzero(gaps <= atoms)
    for step in range(many if len(at) else 0):
        close[at + step] = True
    return close


def _pairs(index: Figures, registered: Registered, found: Found, asked: Forms, budget: int) -> Hits:
    """The pairs of the forms that are asked for with those that are registered."""
    asked = asked.taken(registered.known(asked.key))
    first, counts = registered.counts(asked.key)
    there = (counts > 0) & (counts <= _most(counts, budget))
    asked, first, counts = asked.taken(there), first[there], counts[there]
    which, record, own = registered.at(first, counts)
    figure = asked.figure[which]
    fits = np.flatnonzero((asked.own[which] | own) & _units_agree(index, found, figure, record))
    which, record = which[fits], record[fits]
    share = general(found, asked.figure, asked.digits)
    return Hits(figure[fits], record, index.owner[record], asked.digits[which], share[which])


def _most(counts: Numbers, budget: int) -> int:
    """How many pairs one value may make: the rarer values first, as far as the budget goes."""
    if int(counts.sum()) <= budget:
        return budget
    ordered = np.sort(counts)
    within = int(np.searchsorted(np.cumsum(ordered), budget))
    return int(ordered[within - 1]) if within else 0


def _units_agree(index: Figures, found: Found, figure: Numbers, record: Numbers) -> Bits:
    """A sentence says the unit, and so must a text that copies it; a cell of a table leaves it to its heading."""
    mine, theirs = found.unit[figure], index.all.unit[record]
    prose = (index.all.prose[record] & PROSE) != 0
    magnitude = np.abs(index.all.magnitude[record].astype(np.int64) - found.magnitude[figure]) <= 1
    # Who leaves out the unit of a fraction still writes one; a bare whole number may count anything.
    loose = (found.exponent[figure] < 0) & (mine != Unit.PERCENT) & (mine != Unit.COUNT)
    spoken = (_IN_PROSE[mine, theirs] & magnitude) | (loose & _IN_TABLES[mine, theirs])
    agree: Bits = np.where(prose, spoken, _IN_TABLES[mine, theirs])
    return agree


_IN_TABLES: Final = np.array(
    [
        [True, True, True, True],
        [True, True, False, False],
        [True, False, True, True],
        [True, False, True, True],
    ]
)
"""Whether two units agree, by `Unit`: a percentage is no money; a bare number may be anything."""
_IN_PROSE: Final = np.array(
    [
        [True, False, False, True],
        [False, True, False, False],
        [False, False, True, True],
        [True, False, True, True],
    ]
)
assert tuple(Unit) == (0, 1, 2, 3)


def overlaps(index: Figures, labels: Labels, row: Numbers, record: Numbers) -> Scores:
    """How many words of its label each pair has in common: of the label in this row and of the record.

    A word counts by how near it stands and how telling it is.
    """
    stems, inverse = np.unique(labels.stems, return_inverse=True)
    table = np.zeros((len(labels.stems), len(stems) + 1))
    rows = np.repeat(np.arange(len(labels.stems)), labels.stems.shape[1])
    np.maximum.at(table, (rows, inverse.ravel()), np.where(labels.stems != 0, labels.tells, 0.0).ravel())
    whole = index.all
    first = _common(index, table, stems, row, whole.row[record].astype(np.int64))
    second = _common(index, table, stems, row, whole.column[record].astype(np.int64))
    found: Scores = first + np.where(whole.prose[record] & PROSE, 0.0, second)
    return found


def _common(
    index: Figures, table: Scores, stems: NDArray[np.uint32], row: Numbers, context: Numbers
) -> Scores:
    start = index.starts[context]
    counts = index.starts[context + 1] - start
    which = np.repeat(np.arange(len(context)), counts)
    at = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts) + start[which]
    there = index.all.stems[at]
    local = np.minimum(np.searchsorted(stems, there), len(stems) - 1)
    told = np.where(stems[local] == there, table[row[which], local], 0.0)
    return np.bincount(which, told, len(context)).astype(np.float64)
