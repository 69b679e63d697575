"""How the figures of a text agree with those of registered publications: a score, and what it is made of.

For each publication, each figure of the text gains by how unlikely it is to agree by chance: how many registered
figures of its kind (of sentences, of tables) fit the words beside it as well as the one with its value, times how often
such a value stands there anyway.  So a figure under its own label gains much, one that meets its value somewhere in a
large table nothing, and one whose label belongs to another value little: that is another period's.  It gains again by
the words of its label that agree.  The score is the best stretch of these gains.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gateway.features.atoms import Atoms, Numbers
from gateway.features.figures import Figures
from gateway.features.hits import Hits, hits, overlaps
from gateway.features.labels import Labels, labels
from gateway.features.numerals import Found, begins, figures
from gateway.features.packing import EARLIER, PROSE, PUBLIC
from gateway.features.stretch import BEST, Gain, Stretch, best_stretch, bounds, by_words
from gateway.features.together import together

Scores = NDArray[np.float64]

_MOST_OWNERS: Final = 8
_MOST_FIGURES: Final = 96
"""Publications, and figures of each, that are weighed for one text."""
_LEAST_SHARED: Final = 0.25
"""Words in common below which two labels have nothing to do with each other."""
_PRIOR: Final = 50
"""How many figures of a publication the general frequency of a value is worth beside those that it has."""
_FINER: Final = 0.5
"""Taken off for each digit that a text prints beyond what is registered: people quote no finer than they read."""
_EARLIER: Final = 0.4
"""Taken off for what a publication says of earlier times: an edition before it has said so, too, and that is public."""
_IN_PROSE, _IN_TABLES = 0.1, 0.5
"""Most figures that are copied stand in the sentences of a publication (137 of 181): powers of ten taken off."""


class Agreement(NamedTuple):
    """One publication in one text.

    `score` is how unlikely the agreement is by chance, as a power of ten; `stretch` what it is made of; `start` and
    `end` where it stands in atoms; `kind` whether labels agree (`labels`) or figures of one row, column or paragraph
    stand together (`together`).
    """

    publication: str
    score: float
    stretch: Stretch
    start: int
    end: int
    kind: str
    values: tuple[tuple[int, int], ...]
    """Mantissa and exponent of the figures that agree."""

    @property
    def figures(self) -> int:
        """How many different figures agree."""
        return len(self.stretch.gains)

    @property
    def gains(self) -> tuple[float, ...]:
        """What each of them adds."""
        return tuple(each.total for each in self.stretch.gains)


def agreements(index: Figures, atoms: Atoms, salted: int, least: float = 0.0) -> list[Agreement]:
    """How a text agrees with each publication, the best stretch of each, best first; those that score `least` at least.

    `salted` is `values.salt` of the key under which the index was made.
    """
    if not len(index):
        return []
    found = figures(atoms)
    if found.places < 2:
        return []
    close, loose = hits(index, found, salted)
    best: dict[str, Agreement] = {}
    for agreement in (
        *_by_labels(index, atoms, found, close, least),
        *_by_places(index, found, loose, least, salted),
    ):
        if agreement.score < least:
            continue
        if agreement.publication not in best or agreement.score > best[agreement.publication].score:
            best[agreement.publication] = agreement
    return sorted(best.values(), key=lambda each: (-each.score, each.publication))


def _agreement(index: Figures, found: Found, owner: int, stretch: Stretch, kind: str) -> Agreement:
    numbers = [each.figure for each in stretch.gains]
    values = tuple((int(found.mantissa[number]), int(found.exponent[number])) for number in numbers)
    start, end = int(found.start[numbers[0]]), int(found.end[numbers[-1]])
    return Agreement(index.ids[owner], stretch.score, stretch, start, end, kind, values)


def _by_places(index: Figures, found: Found, pairs: Hits, least: float, salted: int) -> Iterator[Agreement]:
    """Figures without labels that all stand in one row, column, table or paragraph."""
    for owner, stretch in together(index, found, pairs, least, salted):
        yield _agreement(index, found, owner, stretch, "together")


def _by_labels(index: Figures, atoms: Atoms, found: Found, pairs: Hits, least: float) -> Iterator[Agreement]:
    """Figures that agree under a common label."""
    if len(pairs) < 2:
        return
    chosen = np.flatnonzero(np.bincount(pairs.figure))
    if len(chosen) < 2:
        return
    beside = labels(atoms, found, chosen)
    number = np.zeros(len(found), np.int64)
    number[chosen] = np.arange(len(chosen))
    row = number[pairs.figure]
    shared = overlaps(index, beside, row, pairs.record)
    labelled = np.flatnonzero(shared >= _LEAST_SHARED)
    if len(labelled) < 2:
        return
    pairs, row, shared = pairs.taken(labelled), row[labelled], shared[labelled]
    for owner in _worth(index, found, pairs, shared, least):
        own = np.flatnonzero(pairs.owner == owner)
        case = _Case(index, found, beside, owner, pairs.taken(own), row[own], shared[own]).shortened()
        stretch = best_stretch(found, case.gains())
        if stretch is not None and stretch.score > 0:
            yield _agreement(index, found, owner, stretch, "labels")


def _worth(index: Figures, found: Found, pairs: Hits, shared: Scores, least: float) -> list[int]:
    """The publications for which the figures can suffice, the most promising first."""
    if not len(pairs):
        return []
    size = np.diff(index.bounds)[pairs.owner]
    chance = _PRIOR * pairs.share / (size + _PRIOR)
    total = np.minimum(BEST, -np.log10(np.minimum(1.0, chance))) + by_words(shared)
    group = pairs.owner.astype(np.int64)
    order = np.lexsort((-total, pairs.figure, group))
    order = order[begins((group << 32 | pairs.figure)[order])]
    owners, reach = bounds(found, group[order], pairs.figure[order], total[order])
    chosen = np.argsort(-reach, kind="stable")[:_MOST_OWNERS]
    best: list[int] = owners[chosen[reach[chosen] >= least]].tolist()
    return best


@dataclass(frozen=True, slots=True)
class _Case:
    """One publication and one text: the pairs that agree, the row of each in the labels, the words in common."""

    index: Figures
    found: Found
    beside: Labels
    owner: int
    pairs: Hits
    row: Numbers
    shared: Scores

    def shortened(self) -> _Case:
        """Without figures beyond those that are weighed."""
        rows = np.unique(self.row)
        if len(rows) <= _MOST_FIGURES:
            return self
        kept = self.row < rows[_MOST_FIGURES]
        pairs = self.pairs.taken(kept)
        return _Case(
            self.index, self.found, self.beside, self.owner, pairs, self.row[kept], self.shared[kept]
        )

    def gains(self) -> list[Gain]:
        """What each figure adds, by the record that makes most of it."""
        values = self._values()
        order = np.lexsort((-values, self.pairs.figure))
        best = order[begins(self.pairs.figure[order])]
        best = best[values[best] > 0]
        columns = (
            self.pairs.figure[best],
            np.minimum(BEST, values[best]),
            self.pairs.digits[best],
            by_words(self.shared[best]),
        )
        return [Gain(*each) for each in zip(*(column.tolist() for column in columns), strict=True)]

    def _values(self) -> Scores:
        """What each pair gains by its value, under its label; of a figure only where its label fits best."""
        matter, whole = self.index.matter(self.owner), self.index.all
        rows, line = np.unique(self.row, return_inverse=True)
        fits = matter.fits(self.beside.taken(rows))
        record = self.pairs.record
        prose, public = ((whole.prose[record] & flag) != 0 for flag in (PROSE, PUBLIC))
        row, column = (each[record].astype(np.int64) - matter.first for each in (whole.row, whole.column))
        mine = fits[line, row] + np.where(prose, 0.0, fits[line, column])
        values = np.full(len(mine), -np.inf)
        for kind, sample, prior in ((prose, matter.prose, _IN_PROSE), (~prose, matter.tables, _IN_TABLES)):
            best = _best_of_each(line, np.where(kind & ~public, mine, 0.0))
            if len(best):
                there = fits[:, sample.row] + (fits[:, sample.column] if sample is matter.tables else 0.0)
                many = 1 + sample.scale * np.count_nonzero(
                    there[line[best]] > mine[best, None] - 1e-9, axis=1
                )
                many = np.maximum(1.0, many - sample.scale)
                values[best] = self._rarity(best, line, mine, many, sample.size) - prior
        finer = self.found.digits[self.pairs.figure] - self.pairs.digits
        # What the words of the mail say of the public figure at least as well is that one.
        known = np.zeros(len(rows))
        np.maximum.at(known, line[public], mine[public])
        values[mine <= known[line]] = -np.inf
        values = np.minimum(values, BEST)
        values -= np.where(whole.prose[record] & EARLIER, _EARLIER, 0.0)
        found: Scores = values - _FINER * finer * (self.pairs.digits >= whole.digits[record])
        return found

    def _rarity(self, best: Numbers, line: Numbers, mine: Scores, many: Scores, size: int) -> Scores:
        """How unlikely one of the many records that fit as well has the value: by how many have it anyway, too."""
        top = np.zeros(int(line.max()) + 1)
        top[line[best]] = mine[best]
        elsewhere = np.bincount(line, mine < top[line] / 2, len(top))[line[best]]
        anyway = _PRIOR * self.pairs.share[best]
        return -np.log10(np.minimum(1.0, many * (elsewhere + anyway) / (size + _PRIOR)))


def _best_of_each(line: Numbers, mine: Scores) -> Numbers:
    """Of each line the pair that fits best, if any does."""
    order = np.lexsort((-mine, line))
    best = order[begins(line[order])]
    found: Numbers = best[mine[best] > 0]
    return found
