"""The figures of a text in columns: values as printed, their units, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Bits = NDArray[np.bool_]
_TENS: Final = 10 ** np.arange(18, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Found:
    """The figures of a text, in order: the value is `mantissa` times ten to the power `exponent`, without its sign.

    `digits` are those printed, `unit` a `figure.Unit`; `start` and `end` are the atoms it takes, end not included.
    `slot` numbers the places they begin at, from 0: `12 350` is two cells or one number.
    """

    mantissa: Numbers
    exponent: Numbers
    unit: Numbers
    digits: Numbers
    start: Numbers
    end: Numbers
    slot: Numbers

    def __len__(self) -> int:
        return len(self.mantissa)

    @property
    def places(self) -> int:
        """At how many places figures begin."""
        return int(self.slot[-1]) + 1 if len(self) else 0

    def taken(self, chosen: Bits | Numbers) -> Found:
        """Some of them."""
        return Found(
            self.mantissa[chosen],
            self.exponent[chosen],
            self.unit[chosen],
            self.digits[chosen],
            self.start[chosen],
            self.end[chosen],
            self.slot[chosen],
        )

    @property
    def magnitude(self) -> Numbers:
        """The power of ten of the leading digit, and one."""
        return self.exponent + self.digits


def digits_of(mantissas: Numbers) -> Numbers:
    """Significant digits of each."""
    counted: Numbers = np.maximum(1, np.searchsorted(_TENS, mantissas, side="right"))
    return counted


def begins(numbers: Numbers) -> Bits:
    """Which numbers begin a run of equal ones."""
    first = np.ones(len(numbers), np.bool_)
    np.not_equal(numbers[1:], numbers[:-1], out=first[1:])
    return first


_NONE: Final[NDArray[np.int64]] = np.empty(0, np.int64)
NO_FIGURES: Final = Found(_NONE, _NONE, _NONE, _NONE, _NONE, _NONE, _NONE)
