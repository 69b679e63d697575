"""Order as evidence: figures of a text that follow one another as those of a registered row or column do.

That ten figures of two digits all stand somewhere in a large column says little; that each is the one that comes after
the one before says nearly as much as its own rarity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gateway.features.atoms import Bits, Numbers
from gateway.features.hits import Hits
from gateway.features.numerals import Found

LINKS: Final = 3
"""Figures that must follow on one another at least."""
_GAPS: Final = (1.25, 4.0, 8.0, 16.0)
"""How many figures of the place might as well come next: the very next one, or one after so many left out."""
_AGAIN: Final = 0.6
_NEAR: Final = 0.3
"""How often a figure goes on by the step before, and how often it is near the one before: series move slowly."""
_MOST_CANDIDATES: Final = 12
"""Records of one value in one place that are looked at."""
_BATCH: Final = 4_096
"""Figures of a text whose steps are worked out at a time: 5 MB."""
_MOST_STEPS: Final = 5_000
"""Steps from figure to figure in one place that are looked at, those of the longest runs of figures first."""


Scores = NDArray[np.float64]


class Link(NamedTuple):
    """A pair of a place: its number, how unlikely it is by chance, and whether it follows on the one before."""

    pair: int
    value: float
    follows: bool = True


def diagonals(rank: Numbers, slot: Numbers, many: int) -> list[int]:
    """The ranks at which most figures stand that follow on one another, in either direction; `many` of each.

    `rank` is where the record of each pair stands among all, `slot` where its figure stands in the text.
    """
    found: list[int] = []
    for line in (rank - slot, rank + slot):
        order = np.argsort(line, kind="stable")
        _, first, counts = np.unique(line[order], return_index=True, return_counts=True)
        best = np.argsort(-counts, kind="stable")[:many]
        found += [int(rank[order[first[each]]]) for each in best.tolist() if counts[each] >= LINKS]
    return found


def expected(found: Found) -> Scores:
    """How surely each figure of a text could be foretold because the text said it before, or said it after the same."""
    values = np.unique(found.mantissa << 8 | (found.exponent & 255), return_inverse=True)[1]
    follows = np.concatenate(([-1], values[:-1])) * (len(values) + 1) + values
    said, so = (_before(each) for each in (values, follows))
    different = np.maximum(1, np.cumsum(~said))
    return np.where(so, _AGAIN, np.where(said, 1.0 / different, 0.0))


def _before(values: Numbers) -> Bits:
    first, which = np.unique(values, return_index=True, return_inverse=True)[1:]
    before: Bits = first[which] < np.arange(len(values))
    return before


def linked(found: Found, likely: Scores, pairs: Hits, rank: Numbers) -> list[Link]:
    """The pairs of one place that follow on one another, by the better of both directions.

    `likely` is what is `expected` of the figures.  The pairs are in the order of their figures; `rank` is where the
    record of each stands in its place.
    """
    ways = [_Ways(found, likely, pairs, rank * direction).chains() for direction in (1, -1)]
    return max(ways, key=lambda way: sum(each.value for each in way))


def _longest(number: Numbers) -> Bits:
    """Which steps to look at, by the numbers of the figures that they lead from: those of runs that can be chains."""
    run = np.cumsum(np.diff(number, prepend=number[:1]) > 1)
    lengths = np.bincount(run, np.diff(number, prepend=-1) > 0)
    if len(run) > _MOST_STEPS:
        order = np.argsort(-lengths, kind="stable")
        before = np.cumsum(np.bincount(run)[order]) - np.bincount(run)[order]
        lengths[order[before >= _MOST_STEPS]] = 0
    kept: Bits = lengths[run] >= LINKS
    return kept & (np.cumsum(kept) <= _MOST_STEPS)


@dataclass(frozen=True, slots=True)
class _Ways:
    """The ways from figure to figure in one direction."""

    found: Found
    likely: Scores
    pairs: Hits
    rank: Numbers

    def chains(self) -> list[Link]:
        """The links of chains of enough figures, the best first from the end of the text."""
        total, before, gains = self._best()
        taken: list[Link] = []
        slot = self.found.slot[self.pairs.figure]
        limit = np.inf
        for last in sorted(before, key=lambda pair: (-int(slot[pair]), -total[pair])):
            if slot[last] >= limit:
                continue
            chain = self._chain(last, before, gains)
            if len(chain) >= LINKS:
                taken += chain
                limit = float(slot[chain[-1].pair]) - 1
        return taken

    def _chain(self, last: int, before: dict[int, int], gains: dict[int, float]) -> list[Link]:
        chain = []
        while last in before:
            chain.append(Link(last, gains[last]))
            last = before[last]
        return chain

    def _best(self) -> tuple[Scores, dict[int, int], dict[int, float]]:
        """Of each pair: what the best chain up to it gains, the pair before it there, what its own link gains."""
        total = np.zeros(len(self.pairs))
        before: dict[int, int] = {}
        gains: dict[int, float] = {}
        for pair, previous, gap in zip(*(each.tolist() for each in self._steps()), strict=True):
            gain = self._gain(pair, previous, before.get(previous), gap)
            if gain > 0 and total[previous] + gain > total[pair]:
                total[pair], before[pair], gains[pair] = total[previous] + gain, previous, gain
        return total, before, gains

    def _steps(self) -> tuple[Numbers, Numbers, Numbers]:
        """The pairs that may follow on others, these, and how far apart both are in the place; in order."""
        slots = self.found.slot[self.pairs.figure]
        starts = np.flatnonzero(np.diff(slots, prepend=-1))
        ends = np.minimum(np.append(starts[1:], len(slots)), starts + _MOST_CANDIDATES)
        joined = np.flatnonzero(np.diff(slots[starts]) == 1)
        if not len(joined):
            return joined, joined, joined
        batches = (joined[at : at + _BATCH] for at in range(0, len(joined), _BATCH))
        columns = zip(*(self._batch(batch, starts, ends) for batch in batches), strict=True)
        number, pair, previous, gap = map(np.concatenate, columns)
        kept = _longest(number)
        return pair[kept], previous[kept], gap[kept]

    def _batch(self, joined: Numbers, starts: Numbers, ends: Numbers) -> tuple[Numbers, ...]:
        """Where figure `joined` and the next one begin and end among the pairs: the steps from one to the other."""
        candidates = np.arange(_MOST_CANDIDATES)
        first, second = (starts[joined + step][:, None] + candidates for step in (0, 1))
        last = len(self.rank) - 1
        gaps = self.rank[np.minimum(second, last)][:, :, None] - self.rank[np.minimum(first, last)][:, None]
        there = (second < ends[joined + 1][:, None])[:, :, None] & (first < ends[joined][:, None])[:, None]
        number, here, before = np.nonzero(there & (gaps > 0) & (gaps <= len(_GAPS)))
        return joined[number], second[number, here], first[number, before], gaps[number, here, before]

    def _gain(self, pair: int, previous: int, earlier: int | None, gap: int) -> float:
        """How unlikely it is that the figure of a pair follows on that of the previous one by chance."""
        one, other = int(self.pairs.figure[pair]), int(self.pairs.figure[previous])
        share = max(float(self.pairs.share[pair]), float(self.likely[one]))
        step = self._step(one, other)
        if step is not None:
            last = None if earlier is None else self._step(other, int(self.pairs.figure[earlier]))
            share = max(share, _AGAIN if step == last else _NEAR / (1 + abs(step)))
        return -float(np.log10(min(1.0, share * _GAPS[gap - 1])))

    def _step(self, one: int, other: int) -> int | None:
        """How much larger one figure is than another at the precision of both; None where they differ in that."""
        if self.found.exponent[one] != self.found.exponent[other]:
            return None
        return int(self.found.mantissa[one]) - int(self.found.mantissa[other])
