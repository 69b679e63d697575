"""A figure as it is printed: what it says of its unit, and its value at coarser precisions.

A value is a mantissa times ten to a power, without its sign, printed to that power of ten.  Noughts at the end of a
whole number of three digits and more are not taken for precision: 121,000 is printed to the thousand.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Final

MOST_DIGITS: Final = 7
"""Significant digits that are told apart; what a spreadsheet keeps beyond them nobody prints."""


class Unit(IntEnum):
    """What a printed number says of its unit."""

    PLAIN = 0
    PERCENT = 1
    MONEY = 2
    COUNT = 3
    """Said in thousands or more, or too large for a percentage."""


def coarser(mantissa: int, fewest: int = 2) -> Iterator[tuple[int, int]]:
    """The value at each coarser precision down to `fewest` digits: (mantissa, powers of ten given up).

    An exact half is rounded both ways: nobody knows which way it was printed.
    """
    digits = len(str(mantissa))
    for dropped in range(1, digits if digits > fewest else 1):
        power = 10**dropped
        up, down = (mantissa + power // 2) // power, (mantissa + power // 2 - 1) // power
        if up >= 10 ** (fewest - 1):
            yield up, dropped
        if up != down >= 10 ** (fewest - 1):
            yield down, dropped


def limited(mantissa: int, exponent: int) -> tuple[int, int]:
    """The value to at most MOST_DIGITS significant digits."""
    excess = len(str(mantissa)) - MOST_DIGITS
    if excess <= 0:
        return mantissa, exponent
    cut = (mantissa + 10**excess // 2) // 10**excess
    return (cut, exponent + excess) if cut < 10**MOST_DIGITS else (cut // 10, exponent + excess + 1)
