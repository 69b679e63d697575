"""What of a text's figures is registered: pairs of a figure and a record with the same value; how labels overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
        return cls(
            np.concatenate([each.figure for each in parts]),
            np.concatenate([each.record for each in parts]),
            np.concatenate([each.owner for each in parts]),
            np.concatenate([each.digits for each in parts]),
            np.concatenate([each.share for each in parts]),
        )

    def __len__(self) -> int:
        return len(self.figure)

    def taken(self, chosen: Bits | Numbers | slice) -> Hits:
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
    close = _close(found, _CROWD, _CLOSE)
    crowd = bool(close.any())
    two = asked.own & (asked.digits == _FEWEST)
    cells = (two & close[asked.figure] if crowd else two).nonzero()[0]
    told = _alike(index.strong, asked, np.arange(len(asked.key)), _BUDGET)
    weak = _alike(index.weak, asked, cells, _MANY if crowd else _FEW)
    both, many = _pairs(index, found, asked, told, weak)
    strong = both.taken(slice(many)) if many < len(both) else both
    near = _close(found, _TOGETHER, 2 * _CLOSE)
    loose = both if crowd else strong
    some = near[loose.figure].nonzero()[0] if near.any() else _NONE
    return both if len(both) - many <= _MANY else strong, loose.taken(some)


def _close(found: Found, many: int, atoms: int) -> Bits:
    """Which figures are one of so many that begin within so many atoms."""
    close = np.zeros(len(found), np.bool_)
    if len(found) < many:
        return close
    gaps = found.start[many - 1 :] - found.start[: 1 - many]
    at = np.flatnonzero(gaps <= atoms)
    for step in range(many if len(at) else 0):
        close[at + step] = True
    return close


def _alike(registered: Registered, asked: Forms, some: Numbers, budget: int) -> tuple[Numbers, Numbers]:
    """Pairs of some of the forms that are asked for and of records that have the value; one of both as printed."""
    some = some[registered.known(asked.key[some]).nonzero()[0]]
    if not len(some):
        return _NONE, _NONE
    first, counts = registered.counts(asked.key[some])
    there = ((counts > 0) & (counts <= _most(counts, budget))).nonzero()[0]
    if not len(there):
        return _NONE, _NONE
    which, record, own = registered.at(first[there], counts[there])
    which = some[there][which]
    fits = (asked.own[which] | own).nonzero()[0]
    return which[fits], record[fits]


def _pairs(
    index: Figures,
    found: Found,
    asked: Forms,
    told: tuple[Numbers, Numbers],
    weak: tuple[Numbers, Numbers],
) -> tuple[Hits, int]:
    """Those of the pairs of forms and records whose units agree; how many of them are of the first lot."""
    form, record = (np.concatenate(both) for both in zip(told, weak, strict=True))
    if not len(form):
        return _NO_HITS, 0
    figure = asked.figure[form]
    fits = units_agree(index, found, figure, record).nonzero()[0]
    form, record = form[fits], record[fits]
    used = np.bincount(form, minlength=1).nonzero()[0]
    share = np.zeros(len(asked.key))
    share[used] = general(found, asked.figure[used], asked.digits[used])
    pairs = Hits(figure[fits], record, index.owner[record], asked.digits[form], share[form])
    return pairs, int(fits.searchsorted(len(told[0])))


def _most(counts: Numbers, budget: int) -> int:
    """How many pairs one value may make: the rarer values first, as far as the budget goes."""
    if int(counts.sum()) <= budget:
        return budget
    ordered = np.sort(counts)
    summed = np.cumsum(ordered)
    within = int(summed.searchsorted(budget))
    most = int(ordered[within - 1]) if within else 0
    # Values as frequent as the last one within go with it, but not the same few said again and again.
    if summed[int(ordered.searchsorted(most, side="right")) - 1] > 2 * _BUDGET and within:
        rarer = int(ordered.searchsorted(most))
        most = int(ordered[rarer - 1]) if rarer else 0
    return most


def units_agree(index: Figures, found: Found, figure: Numbers, record: Numbers) -> Bits:
    """A sentence says the unit, and so must a text that copies it; a cell of a table leaves it to its heading."""
    # Who leaves out the unit of a fraction still writes one; a bare whole number may count anything.
    loose = (found.exponent < 0) & (found.unit != Unit.PERCENT) & (found.unit != Unit.COUNT)
    mine, theirs = found.unit * len(Unit), index.all.unit[record]
    agree: Bits = _IN_TABLES.take(mine[figure] + theirs)
    # Of the pairs that are left the sentences ask for more.
    at = np.flatnonzero(index.all.prose[record] & PROSE)
    if len(at):
        figure, record, theirs = figure[at], record[at], theirs[at]
        near = np.abs(index.all.magnitude[record] - found.magnitude[figure]) <= 1
        agree[at] = (_IN_PROSE.take(mine[figure] + theirs) & near) | (loose[figure] & agree[at])
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
_NONE: Final = np.empty(0, np.int64)
_NO_HITS: Final = Hits(_NONE, _NONE, np.empty(0, np.uint16), _NONE, np.empty(0))


def overlaps(index: Figures, labels: Labels, row: Numbers, record: Numbers) -> Scores:
    """How many words of its label each pair has in common: of the label in this row and of the record.

    A word counts by how near it stands and how telling it is.
    """
    stems, table = _told(labels)
    whole = index.all
    # A record of a table has two contexts, one of a sentence one.
    cells = np.flatnonzero((whole.prose[record] & PROSE) == 0)
    context = np.concatenate((whole.row[record], whole.column[record[cells]])).astype(np.int64)
    rows = np.concatenate((row, row[cells]))
    told = _common(index, table, stems, rows, context)
    shared = told[: len(record)]
    shared[cells] += told[len(record) :]
    return shared


def _told(labels: Labels) -> tuple[NDArray[np.uint32], Scores]:
    """The stems of all labels in order, and for each label (row) what each stem (column) counts there."""
    row, at = np.nonzero(labels.stems)
    said = labels.stems[row, at]
    order = np.argsort(said, kind="stable")
    ordered = said[order]
    begins = np.ones(len(said), np.bool_)
    begins[1:] = ordered[1:] != ordered[:-1]
    column = np.empty(len(said), np.int64)
    column[order] = np.cumsum(begins) - 1
    stems = ordered[begins]
    table = np.zeros((len(labels.stems), len(stems)))
    np.maximum.at(table, (row, column), labels.tells[row, at])
    return stems, table


_BUCKET: Final = np.uint32(0xFFFF)


def _common(
    index: Figures, table: Scores, stems: NDArray[np.uint32], row: Numbers, context: Numbers
) -> Scores:
    """What the words count that each context has in common with the label in its row of the table."""
    start = index.starts[context]
    counts = index.starts[context + 1] - start
    ends = np.cumsum(counts)
    if not len(stems) or not len(ends):
        return np.zeros(len(context))
    at = np.arange(ends[-1]) + np.repeat(start - (ends - counts), counts)
    there = index.all.stems[at]
    # Most words of the contexts are none of the labels': a look at some of their bits tells.
    may = np.zeros(int(_BUCKET) + 1, np.bool_)
    may[stems & _BUCKET] = True
    some = np.flatnonzero(may[there & _BUCKET])
    there = there[some]
    local = np.minimum(np.searchsorted(stems, there), len(stems) - 1)
    alike = np.flatnonzero(stems[local] == there)
    which = np.searchsorted(ends, some[alike], side="right")
    return np.bincount(which, table[row[which], local[alike]], len(context)).astype(np.float64)
