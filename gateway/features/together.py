"""Figures without labels that stand together: in one row, column, table or paragraph of a publication."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gateway.features.atoms import Bits, Numbers
from gateway.features.figures import Figures
from gateway.features.hits import Hits, units_agree
from gateway.features.numerals import Found
from gateway.features.order import Link, diagonals, expected, linked
from gateway.features.packing import PUBLIC
from gateway.features.rarity import general
from gateway.features.stretch import Stretch, best_stretch, bounds, gain
from gateway.features.stretch import reach as reached
from gateway.features.values import Keys, keys

Scores = NDArray[np.float64]

FEWEST: Final = 4
"""Different figures without labels that must stand in one place of a publication."""
_MOST_LINES: Final = 2
"""Rows and columns that are looked at closely because figures follow on one another there, in either direction."""
_SMALL, _LONGEST = 1_000, 1_000
"""Figures of a place, and of a text, up to which all that agree are looked at, however common their values are."""
_MOST_DRAWN: Final = 5_000
"""Pairs of one place that are drawn, so that a text of nothing but digits ends, too."""
_MOST_PLACES: Final = 4
"""Places that are looked at closely: those that promise most."""
_TELLING: Final = 0.7
"""What figures must add on average: where a place has every fifth value anyway, figures of one kind (prices, indices)
all agree or none."""
_SHAPES: Final = 4
"""Shapes of figures (digits, decimals) that the figures of a place may be spread over."""


def together(
    index: Figures, found: Found, pairs: Hits, least: float, salted: int
) -> Iterator[tuple[int, Stretch]]:
    """For places in which figures may reach a score of `least`: the publication's number, and the best stretch.

    `salted` is `values.salt` of the key under which the index was made.
    """
    if found.places < FEWEST or len(pairs) < FEWEST:
        return
    # Whoever copies a cell does not make it finer.
    finer = (found.digits[pairs.figure] > pairs.digits) & (pairs.digits >= index.all.digits[pairs.record])
    pairs = pairs.taken((pairs.digits > 1) & ~finer)
    public = (index.all.prose[pairs.record] & PUBLIC) != 0
    if public.any():
        both = pairs.owner.astype(np.int64) << 32 | pairs.figure
        pairs = pairs.taken(~np.isin(both, both[public]))
    counting = _counting(found)
    columns = (index.all.row, index.all.stack, index.all.block)
    crowded = _crowded(index, found, pairs.taken(~counting[pairs.figure]), least)
    chosen = dict.fromkeys((*crowded, *_in_order(index, found, pairs)))
    if not chosen:
        return
    likely, asked = expected(found), keys(found.mantissa, found.exponent, salted)
    for kind, place in chosen:
        yield from _Place(index, found, asked, counting, likely, columns[kind], kind, place, least).stretch(
            pairs
        )


def _in_order(index: Figures, found: Found, pairs: Hits) -> Iterator[tuple[int, int]]:
    """The kinds and numbers of places in which figures follow on one another as they do in the text."""
    slot, record = found.slot[pairs.figure], pairs.record
    for rank in diagonals(index.ranks[record].astype(np.int64), slot, _MOST_LINES):
        yield 1, int(index.all.stack[index.ranked[rank]])
    for rank in diagonals(record, slot, _MOST_LINES):
        yield 0, int(index.all.row[rank])
        yield 2, int(index.all.block[rank])


def _counting(found: Found) -> Bits:
    """Which figures only count on from one to the next by the same step: numbers of items, of seconds, of samples."""
    steps = np.diff(found.mantissa)
    alike = (np.diff(found.exponent) == 0) & (steps != 0)
    counts = alike & (np.abs(steps) == 1)
    same = alike[1:] & alike[:-1] & ((steps[1:] == steps[:-1]) | (counts[1:] & counts[:-1]))
    counting = np.zeros(len(found), np.bool_)
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
    owners = pairs.owner[np.searchsorted(place, best)]
    many = np.array([each.many for each in index.places])
    enough = reach[chosen] >= least + many[kinds, owners]
    return list(zip(kinds[enough].tolist(), (best - index.kinds[kinds])[enough].tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class _Place:
    """One row, column, table or paragraph: its number among its kind, which the column of the records has."""

    index: Figures
    found: Found
    asked: Keys
    counting: Bits
    likely: Scores
    column: NDArray[np.uint32]
    kind: int
    name: int
    least: float

    def stretch(self, pairs: Hits) -> Iterator[tuple[int, Stretch]]:
        """The best stretch of figures that stand there."""
        pairs = pairs.taken(self.column[pairs.record] == self.name)
        if not len(pairs):
            return
        owner = int(pairs.owner[0])
        low, high = (int(each) for each in self.index.bounds[owner : owner + 2])
        records = low + np.flatnonzero(self.column[low:high] == self.name)
        pairs = self._completed(pairs, records)
        links = linked(self.found, self.likely, pairs, np.searchsorted(records, pairs.record))
        rest = self._drawn(pairs, records, links)
        best = self._best(pairs, [*links, *rest])
        if best is not None and rest and sum(each.value for each in best.gains) < _TELLING * len(best.gains):
            best = self._best(pairs, links)
        if best is not None and len(best.gains) >= FEWEST:
            # As many places as the publication has of the kind could have agreed by chance.
            many = float(self.index.places[self.kind].many[owner])
            yield owner, best._replace(score=best.score - many, chance=best.chance + many)

    def _completed(self, pairs: Hits, records: Numbers) -> Hits:
        """The pairs with those that were left out because their values are everywhere; in order of the figures."""
        if len(records) <= _SMALL:
            own = self.index.own[records]
            figure, at = np.nonzero(self.asked[:_LONGEST, None] == own[None])
            record, digits = records[at], self.found.digits[figure]
            fits = np.flatnonzero((digits > 1) & units_agree(self.index, self.found, figure, record))
            figure, record, digits = figure[fits], record[fits], digits[fits]
            share = general(self.found, figure, digits)
            pairs = Hits.joined((pairs, Hits(figure, record, self.index.owner[record], digits, share)))
            pairs = pairs.taken(np.unique(pairs.figure << 32 | pairs.record, return_index=True)[1])
        return pairs.taken(np.lexsort((-pairs.digits, pairs.figure)))

    def _best(self, pairs: Hits, links: list[Link]) -> Stretch | None:
        """The best stretch of these pairs; those that follow on one another agree again and again."""
        chosen = sorted(links, key=lambda each: each.pair)
        gains = [
            gain(int(pairs.figure[each.pair]), each.value, int(pairs.digits[each.pair]), 0.0)
            for each in chosen
        ]
        # Of the places of large tables few come to anything.
        if reached(self.found, gains) < self.least:
            return None
        again = frozenset(int(pairs.figure[each.pair]) for each in links if each.follows)
        return best_stretch(self.found, gains, again)

    def _drawn(self, pairs: Hits, records: Numbers, links: list[Link]) -> list[Link]:
        """What the other figures gain: how unlikely it is that one of the figures left in the place has the value."""
        shape = self._shapes(pairs)
        left = self._alike(records, int(shape.max() // 3 + 1))
        taken = {int(pairs.record[each.pair]) for each in links}
        for each in links:
            left[shape[each.pair]] -= 1
        gone = {int(self.found.slot[pairs.figure[each.pair]]) for each in links}
        drawn = []
        slots = self.found.slot[pairs.figure]
        # What cannot gain even when the others are drawn is not looked at.
        fewest = np.maximum(1.0, left[shape] - len(np.unique(slots)))
        worth = np.flatnonzero(~self.counting[pairs.figure] & (pairs.share * fewest < 1.0))
        for pair in worth[:_MOST_DRAWN].tolist():
            if int(slots[pair]) in gone or int(pairs.record[pair]) in taken:
                continue
            value = -float(np.log10(min(1.0, pairs.share[pair] * max(1.0, left[shape[pair]]))))
            if value > 0:
                drawn.append(Link(pair, value, follows=False))
                taken.add(int(pairs.record[pair]))
                gone.add(int(slots[pair]))
                left[shape[pair]] -= 1
        return drawn

    def _shapes(self, pairs: Hits) -> Numbers:
        shapes: Numbers = pairs.digits * 3 + (self.found.magnitude[pairs.figure] - pairs.digits) % 3
        return shapes

    def _alike(self, records: Numbers, most: int) -> Scores:
        """How many figures of the place have each shape; one of more digits has the value of a coarser one as well."""
        whole = self.index.all
        digits, magnitude = whole.digits[records], whole.magnitude[records].astype(np.int64)
        alike = np.zeros(3 * most)
        for count in range(1, most):
            kept = digits >= count
            alike[3 * count : 3 * count + 3] = np.bincount((magnitude[kept] - count) % 3, minlength=3)
        return alike
