"""The stretch of a text's figures in which agreement outweighs the rest."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from gateway.features.figure import coarser
from gateway.features.numerals import Found

_COST: Final = 0.6
"""Taken away for a figure between others that does not agree: most figures of a leak do."""
_FAR: Final = 60
"""Atoms between two figures for which as much is taken away again."""
_BEST: Final = 3.0
"""No single figure gains more: two are needed to hold, whatever they are."""


class Gain(NamedTuple):
    """What a figure (its number) adds, how many of its digits agree, and the words of its label that do."""

    figure: int
    gain: float
    digits: int
    words: dict[int, float]


class Stretch(NamedTuple):
    """A stretch of figures: its score, what each different one adds, the words that agree, and where it stands."""

    score: float
    gains: tuple[float, ...]
    words: tuple[dict[int, float], ...]
    start: int
    end: int


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


def best_stretch(found: Found, row: list[Gain]) -> Stretch | None:
    """The stretch of figures in which gains exceed costs most; None if it holds fewer than two different figures."""
    best: Stretch | None = None
    slots = np.unique(found.slot)
    score, gains, words, seen, first, previous = 0.0, list[float](), list[dict[int, float]](), _Seen(), -1, -1
    for number, gain, digits, told in _one_a_slot(found, row):
        if previous >= 0:
            apart = int(found.start[number] - found.end[previous])
            if apart < 0:
                continue
            between = int(np.searchsorted(slots, found.slot[number]) - np.searchsorted(slots, found.end[previous]))
            score -= _COST * between + _COST * max(0, apart - _FAR) / _FAR
        if score <= 0 or previous < 0:
            score, gains, words, seen, first = 0.0, [], [], _Seen(), number
        previous = number
        if not seen.is_new(*_rounded(int(found.mantissa[number]), int(found.exponent[number]), digits)):
            continue
        gains.append(min(_BEST, gain))
        words.append(told)
        score += gains[-1]
        if len(gains) > 1 and (best is None or score > best.score):
            best = Stretch(score, tuple(gains), tuple(words), int(found.start[first]), int(found.end[number]))
    return best


def _one_a_slot(found: Found, row: list[Gain]) -> list[Gain]:
    """Of the readings of one place the one that gains most."""
    best: dict[int, Gain] = {}
    for each in row:
        slot = int(found.slot[each.figure])
        if slot not in best or each.gain > best[slot].gain:
            best[slot] = each
    return [best[slot] for slot in sorted(best)]


def _rounded(mantissa: int, exponent: int, digits: int) -> tuple[int, int]:
    """The figure at the precision at which it agrees: two that agree with one registered figure are not different."""
    dropped = max(0, len(str(mantissa)) - digits)
    return (mantissa + 10**dropped // 2) // 10**dropped, exponent + dropped
