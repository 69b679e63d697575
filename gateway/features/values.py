"""Values of figures as keyed numbers, at their own precision and at all coarser ones."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gateway.features.atoms import Bits, Numbers
from gateway.features.figure import MOST_DIGITS
from gateway.features.numerals import digits_of

Keys = NDArray[np.uint32]

_DROPPED: Final = np.arange(1, MOST_DIGITS)[:, None]
_TENS: Final = 10 ** np.arange(MOST_DIGITS, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Forms:
    """Forms of figures: the number of the figure, the value's key, its digits, and whether it is as printed."""

    figure: Numbers
    key: Keys
    digits: Numbers
    own: Bits

    def taken(self, chosen: Bits | Numbers) -> Forms:
        """Some of them."""
        return Forms(self.figure[chosen], self.key[chosen], self.digits[chosen], self.own[chosen])


def salt(key: bytes) -> int:
    """What the values under a key (of any length) are mixed with."""
    return int.from_bytes(blake2b(b"", key=key[:64], digest_size=8, person=b"figure").digest(), "little")


def keys(mantissas: Numbers, exponents: Numbers, salted: int) -> Keys:
    """The keys of values; the power of ten counts by thousands only, because a table in millions does not say so."""
    seeds = mantissas.astype(np.uint64) * np.uint64(3) + (exponents % 3).astype(np.uint64)
    mixed: Keys = (_mixed(seeds ^ np.uint64(salted)) >> np.uint64(32)).astype(np.uint32)
    return mixed


def forms(mantissas: Numbers, exponents: Numbers, fewest: Numbers, salted: int) -> Forms:
    """Every figure as printed, and at each coarser precision down to `fewest` digits.

    An exact half is rounded both ways: nobody knows which way it was printed.
    """
    spare = digits_of(mantissas) - fewest
    dropped, figure = np.nonzero(spare >= _DROPPED)
    dropped += 1
    rounded = _rounded(mantissas[figure], dropped)
    tied = np.flatnonzero(rounded.tie)
    # First as printed, then by what is dropped; those rounded down come after all those rounded up.
    if len(tied):
        order = np.argsort(np.concatenate((2 * dropped, 2 * dropped[tied] + 1)), kind="stable")
        figure, dropped = (np.concatenate((each, each[tied]))[order] for each in (figure, dropped))
        up = np.concatenate((rounded.up, rounded.up[tied] - 1))[order]
    else:
        up = rounded.up
    numbers = np.arange(len(mantissas))
    mantissa = np.concatenate((mantissas, up))
    exponent = np.concatenate((exponents, exponents[figure] + dropped))
    figure = np.concatenate((numbers, figure))
    own = np.zeros(len(figure), np.bool_)
    own[: len(numbers)] = True
    return Forms(figure, keys(mantissa, exponent, salted), digits_of(mantissa), own)


class _Rounded(NamedTuple):
    """Mantissas with some digits less, an exact half rounded up, and which of them were one."""

    up: Numbers
    tie: Bits


def _rounded(mantissa: Numbers, dropped: Numbers) -> _Rounded:
    power = _TENS[dropped]
    half = power >> 1
    up = (mantissa + half) // power
    return _Rounded(up, (up * power - mantissa) == half)


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A bijection of 64 bits in which each bit depends on all (the finaliser of splitmix64)."""
    numbers = numbers + _GOLDEN
    numbers = (numbers ^ (numbers >> np.uint64(30))) * _FIRST
    numbers = (numbers ^ (numbers >> np.uint64(27))) * _SECOND
    return numbers ^ (numbers >> np.uint64(31))


_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)
