"""The stretch of a text's figures in which agreement outweighs the rest."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container
from math import lgamma, log, log10
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gateway.features.atoms import Numbers
from gateway.features.figure import coarser
from gateway.features.numerals import Found, begins

Scores = NDArray[np.float64]

_COST: Final = 0.6
"""Taken away for a figure between others that does not agree: most figures of a leak do."""
_FAR: Final = 60
"""Atoms between two figures for which as much is taken away again."""
BEST: Final = 3.0
"""No single figure gains more by its value: two are needed to hold, whatever they are."""
_BEST_LABEL: Final = 1.5
"""No label adds more: however well it fits, that is so of other periods of the same figure, too."""
_BY_CHANCE: Final = 0.14
"""Words that the label of a figure has in common with a registered one by chance.

Some 20 words stand on either side, and of a thousand words of any text a given one of content is one third on average.
"""


class Gain(NamedTuple):
    """What a figure (its number) of a text adds: by its value of so many digits, and by the words of its label."""

    figure: int
    value: float
    digits: int
    label: float

    @property
    def total(self) -> float:
        """What it adds in all."""
        return self.value + self.label


class Stretch(NamedTuple):
    """A stretch of figures: its score, each different one that agrees, and what was taken away.

    `costs` is for the figures between that do not agree and for the distance, `chance` for how many stretches there
    were to choose from.
    """

    score: float
    gains: tuple[Gain, ...]
    costs: float
    chance: float


def gain(figure: int, value: float, digits: int, words: float) -> Gain:
    """What a figure adds whose value gains so much, with so many words of its label."""
    label = float(by_words(np.array([words]))[0]) if words else 0.0
    return Gain(figure, min(BEST, value), digits, label)


def by_words(words: Scores) -> Scores:
    """What labels gain by so many words in common: how unlikely it is that so many agree by chance."""
    told = np.interp(words, _WORDS, _OF_WORDS) - words * log10(_BY_CHANCE)
    gained: Scores = np.minimum(_BEST_LABEL, told)
    return gained


_OF_WORDS: Final = np.array([lgamma(words + 1) / log(10) for words in range(2 * 12 + 2)])
_WORDS: Final = np.arange(len(_OF_WORDS))


def best_stretch(found: Found, row: list[Gain], again: Container[int] = ()) -> Stretch | None:
    """The stretch of figures in which gains exceed costs most; None if it holds fewer than two different figures.

    The same value counts once, but for the figures in `again`.
    """
    if len(row) < 2:
        return None
    runs = _Runs(found, found.start[begins(found.start)].tolist(), again)
    for each in _one_a_slot(found, row):
        runs.take(each)
    if runs.best is None:
        return None
    # In a text of many figures some stand where they agree by chance.
    chance = log10(max(1.0, found.places / len(runs.best.gains)))
    return runs.best._replace(score=runs.best.score - chance, chance=chance)


def reach(found: Found, row: list[Gain]) -> float:
    """What `best_stretch` of these gains can score at most; it costs next to nothing to know."""
    figure = np.array([each.figure for each in row], np.int64)
    total = np.array([each.total for each in row])
    order = np.lexsort((-total, found.slot[figure]))
    order = order[begins(found.slot[figure[order]])]
    if len(order) < 2:
        return -np.inf
    slots = found.start[begins(found.start)]
    start, end = found.start[figure[order]], np.maximum.accumulate(found.end[figure[order]])
    between = slots.searchsorted(start[1:]) - slots.searchsorted(end[:-1])
    summed = np.cumsum(total[order] - _COST * np.concatenate(([0], np.maximum(0, between))))
    lowest = np.minimum.accumulate(summed - total[order])
    return float((summed - lowest).max() - np.log10(max(1.0, found.places / len(order))))


def bounds(found: Found, group: Numbers, figure: Numbers, total: Scores) -> tuple[Numbers, Scores]:
    """What the best stretch of each group can reach at most, if its figures add so much; the groups in order.

    The arrays are sorted by group and figure, and have each figure of a group once.
    """
    at = found.slot[figure]
    first = begins(group)
    between = np.zeros(len(at), np.int64)
    between[1:] = at[1:] - at[:-1] - 1
    between[first] = 0
    number = np.cumsum(first) - 1
    # The running sum of each group begins far below those before, so that its own lowest point counts.
    cost = _COST * np.maximum(0, between)
    summed = np.cumsum(total - cost) - _APART * number
    lowest = np.minimum.accumulate(np.where(first, summed - total, np.minimum(summed - total, _APART)))
    starts = np.flatnonzero(first)
    reach = np.maximum.reduceat(summed - lowest, starts) if len(starts) else np.empty(0)
    many = np.append(starts[1:], len(group))[: len(starts)] - starts
    chance = np.log10(np.maximum(1.0, found.places / np.maximum(1, many)))
    return group[starts], np.where(many > 1, reach - chance, -np.inf)


_APART: Final = 1e6


class _Runs:
    """The run of agreeing figures at hand, and the best one so far."""

    def __init__(self, found: Found, slots: list[int], again: Container[int]) -> None:
        self._found, self._slots, self._again = found, slots, again
        self._gains: list[Gain] = []
        self._seen = _Seen()
        self._costs = self._score = 0.0
        self._end = -1
        self.best: Stretch | None = None

    def take(self, each: Gain) -> None:
        """Go on with the next figure that agrees."""
        if self._end > self._found.start[each.figure]:
            return
        cost = self._cost(each)
        self._score -= cost
        self._costs += cost
        if self._score <= 0:
            self._gains, self._seen, self._costs, self._score = [], _Seen(), 0.0, 0.0
        self._end = int(self._found.end[each.figure])
        if self._seen.is_new(*self._rounded(each)) or each.figure in self._again:
            self._gains.append(each)
            self._score += each.total
            if len(self._gains) > 1 and (self.best is None or self._score > self.best.score):
                self.best = Stretch(self._score, tuple(self._gains), self._costs, 0.0)

    def _cost(self, each: Gain) -> float:
        if self._end < 0:
            return 0.0
        start = int(self._found.start[each.figure])
        between = bisect_left(self._slots, start) - bisect_left(self._slots, self._end)
        return _COST * float(between) + _COST * max(0, start - self._end - _FAR) / _FAR

    def _rounded(self, each: Gain) -> tuple[int, int]:
        """The figure at the precision at which it agrees: two that agree with one figure are not different."""
        mantissa, exponent = int(self._found.mantissa[each.figure]), int(self._found.exponent[each.figure])
        dropped = max(0, len(str(mantissa)) - each.digits)
        return (mantissa + 10**dropped // 2) // 10**dropped, exponent + dropped


class _Seen:
    """Figures said so far; the same one at another precision, or in other thousands, is not a different one."""

    def __init__(self) -> None:
        self._own: set[tuple[int, int]] = set()
        self._every: set[tuple[int, int]] = set()

    def is_new(self, mantissa: int, exponent: int) -> bool:
        """Whether nothing equal to it at the coarser precision was said; from now on it was."""
        own = (mantissa, exponent % 3)
        coarse = {(rounded, (exponent + dropped) % 3) for rounded, dropped in coarser(mantissa)}
        if own in self._every or not self._own.isdisjoint(coarse):
            return False
        self._own.add(own)
        self._every |= {own, *coarse}
        return True


def _one_a_slot(found: Found, row: list[Gain]) -> list[Gain]:
    """Of the readings of one place the one that gains most."""
    best: dict[int, Gain] = {}
    for each in row:
        slot = int(found.slot[each.figure])
        if slot not in best or each.total > best[slot].total:
            best[slot] = each
    return [best[slot] for slot in sorted(best)]
