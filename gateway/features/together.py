"""Figures without labels that stand together: in one row, column, table or paragraph of a publication."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gateway.features.atoms import Bits
from gateway.features.figures import Figures
from gateway.features.hits import Hits
from gateway.features.numerals import Found
from gateway.features.packing import PUBLIC
from gateway.features.stretch import Stretch, best_stretch, bounds, gain

Scores = NDArray[np.float64]

FEWEST: Final = 4
"""Different figures without labels that must stand in one place of a publication."""
_MOST_PLACES: Final = 4
"""Places that are looked at closely: those that promise most."""
_TELLING: Final = 0.7
"""What figures must add on average: where a place has every fifth value anyway, figures of one kind (prices, indices)
all agree or none."""
_SHAPES: Final = 4
"""Shapes of figures (digits, decimals) that the figures of a place may be spread over."""


def together(index: Figures, found: Found, pairs: Hits, least: float) -> Iterator[tuple[int, Stretch]]:
    """For places in which figures may reach a score of `least`: the publication's number, and the best stretch."""
    if found.places < FEWEST or len(pairs) < FEWEST:
        return
    pairs = pairs.taken((pairs.digits > 1) & ~_counting(found)[pairs.figure])
    public = (index.all.prose[pairs.record] & PUBLIC) != 0
    if public.any():
        both = pairs.owner.astype(np.int64) << 32 | pairs.figure
        pairs = pairs.taken(~np.isin(both, both[public]))
    columns = (index.all.row, index.all.stack, index.all.block)
    for kind, place in _crowded(index, found, pairs, least):
        yield from _Place(index, found, columns[kind], kind, place).stretch(pairs)


def _counting(found: Found) -> Bits:
    """Which figures only count on from one to the next by the same step: numbers of items, of seconds, of samples."""
    steps = np.diff(found.mantissa)
    alike = (np.diff(found.exponent) == 0) & (steps != 0)
    counts = alike & (np.abs(steps) == 1)
    same = alike[1:] & alike[:-1] & (steps[1:] == steps[:-1])
    counting = np.zeros(len(found), np.bool_)
    counting[1:] |= counts
    counting[:-1] |= counts
    for shift in range(3):
        counting[shift : shift + len(same)] |= same
    return counting


def _crowded(index: Figures, found: Found, pairs: Hits, least: float) -> list[tuple[int, int]]:
    """The kinds and numbers of places that may gain most: enough different figures stand there, for its size."""
    place = np.concatenate([each.of[pairs.record] for each in index.places]).astype(np.int64)
    pairs = Hits.joined((pairs, pairs, pairs))
    order = np.argsort(place, kind="stable")
    there = place[order]
    alike = np.flatnonzero(there[FEWEST - 1 :] == there[: 1 - FEWEST])
    if not len(alike):
        return []
    kept = np.zeros(len(there), np.bool_)
    for step in range(FEWEST):
        kept[alike + step] = True
    place, pairs = there[kept], pairs.taken(order[kept])
    both, first = np.unique(place << 32 | pairs.figure, return_index=True)
    pairs, place = pairs.taken(first), both >> 32
    value = -np.log10(np.minimum(1.0, pairs.share * np.maximum(1.0, index.sizes[place] / _SHAPES)))
    names, reach = bounds(found, place, pairs.figure, value)
    chosen = np.argsort(-reach, kind="stable")[:_MOST_PLACES]
    best = names[chosen]
    kinds = np.searchsorted(index.kinds, best, side="right") - 1
    enough = reach[chosen] >= least + np.array([each.many for each in index.places])[kinds]
    return list(zip(kinds[enough].tolist(), (best - index.kinds[kinds])[enough].tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class _Place:
    """One row, column, table or paragraph: its number among its kind, which the column of the records has."""

    index: Figures
    found: Found
    column: NDArray[np.uint32]
    kind: int
    name: int

    def stretch(self, pairs: Hits) -> Iterator[tuple[int, Stretch]]:
        """The best stretch of figures that stand there."""
        pairs = pairs.taken(self.column[pairs.record] == self.name)
        pairs = pairs.taken(np.lexsort((-pairs.digits, pairs.figure)))
        pairs = pairs.taken(np.diff(pairs.figure, prepend=-1) != 0)
        value = self._values(pairs)
        there = np.flatnonzero(value > 0)
        columns = (pairs.figure[there], value[there], pairs.digits[there])
        gains = [gain(f, v, d, 0.0) for f, v, d in zip(*(column.tolist() for column in columns), strict=True)]
        stretch = best_stretch(self.found, gains)
        if stretch is None or len(stretch.gains) < FEWEST:
            return
        if sum(each.value for each in stretch.gains) >= _TELLING * len(stretch.gains):
            # As many places as a publication has of the kind could have agreed by chance.
            many = self.index.places[self.kind].many
            yield (
                int(pairs.owner[0]),
                stretch._replace(score=stretch.score - many, chance=stretch.chance + many),
            )

    def _values(self, pairs: Hits) -> Scores:
        """How unlikely it is that one of the figures of the place has the value of each pair."""
        whole, owner = self.index.all, int(pairs.owner[0])
        low, high = (int(each) for each in self.index.bounds[owner : owner + 2])
        records = low + np.flatnonzero(self.column[low:high] == self.name)
        digits, magnitude = whole.digits[records], whole.magnitude[records].astype(np.int64)
        shape = pairs.digits * 3 + (self.found.magnitude[pairs.figure] - pairs.digits) % 3
        # A registered figure of more digits has the value of a coarser one as well.
        alike = np.zeros(3 * int(shape.max() // 3 + 1))
        for count in range(1, len(alike) // 3):
            kept = digits >= count
            alike[3 * count : 3 * count + 3] = np.bincount((magnitude[kept] - count) % 3, minlength=3)
        chance = pairs.share * np.maximum(1, alike[shape])
        return -np.log10(np.minimum(1.0, chance))
