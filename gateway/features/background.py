"""How common figures are in ordinary prose and mail, whatever they are about: so that agreement by chance is known.

Counted in 2026 over 3,225 figures of English text that has nothing to do with any publication, no value more than
twice a document.  Seven tenths of the weight are figures noted from some 150 public pages of 1968 to 2025: notices of
departments, police, councils, charities and transport companies, company results, minutes, newsletters, expenses and
posts.  Three tenths are prose of manuals, documentation, release notes and licences (6.2 million characters).  Both
have more figures of one unit than of another, so shares are within a unit.  Counts only.

Shape is how many significant digits a figure is printed with, and how many noughts it ends with (of its mantissa).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gateway.features.figure import Unit

COMMONNESS: Final = {
    Unit.PLAIN: (
        (0.0, 0.0, 0.0, 0.0),
        (-0.1, 0.5, 0.0, 0.0),
        (0.0, -0.2, -0.8, 0.0),
        (0.0, 0.1, 0.6, 1.3),
        (-0.1, -0.7, 0.8, 2.4),
        (-0.1, 0.0, 0.5, 2.0),
        (0.0, -0.2, -0.2, -0.2),
    ),
    Unit.PERCENT: (
        (0.0, 0.0, 0.0, 0.0),
        (-0.1, 0.4, 0.0, 0.0),
        (0.0, -0.5, -0.3, 0.0),
        (0.0, -0.3, 0.7, 1.4),
        (-0.1, -0.7, 0.9, 2.1),
        (-0.1, 0.0, 0.6, 2.1),
        (0.0, -0.2, -0.2, -0.2),
    ),
    Unit.MONEY: (
        (0.0, 0.0, 0.0, 0.0),
        (-0.2, 0.6, 0.0, 0.0),
        (0.0, 0.1, 0.8, 0.0),
        (-0.1, 0.0, 1.1, 1.9),
        (-0.1, -1.0, 1.3, 2.2),
        (-0.2, 0.3, 0.9, 2.1),
        (0.0, -0.3, -0.3, -0.3),
    ),
    Unit.COUNT: (
        (0.0, 0.0, 0.0, 0.0),
        (-0.2, 0.6, 0.0, 0.0),
        (0.0, -0.6, 0.6, 0.0),
        (0.0, -1.0, 0.3, 0.7),
        (0.0, -1.2, 0.4, 1.6),
        (-0.1, -0.4, 0.2, 2.2),
        (0.0, -0.4, -0.4, -0.4),
    ),
}
"""Powers of ten by which figures of a shape are commoner than if all figures of so many digits were log-uniform.

Rows are digits, one to seven; columns noughts at the end, none to three and more.  Where few were counted the row is
drawn to that of all units together, and that to nothing.
"""

DIGITS: Final = {
    Unit.PLAIN: (42, 2802, 1125, 40, 27, 1, 1),
    Unit.PERCENT: (240, 1305, 282, 26, 1, 1, 1),
    Unit.MONEY: (158, 1144, 747, 394, 123, 54, 11),
    Unit.COUNT: (119, 494, 132, 373, 184, 135, 40),
}
"""Of 10,000 figures, how many have the unit and one to seven digits."""

_VALUES: Final = {
    Unit.PLAIN: """
        10=197 12=122 16=114 10e1=104 30=98 123=74 20=70 60=69 32=66 50=57 256=56 20e-1=55 11=55 64=53 14=52 10e-1=50
        11e-1=48 80=43 90=40 18=40 17=38 30e-1=33 255=32 15=31 512=29 37=29 13e-1=29 128=29 12e1=28 22=28 12e-1=27
        50e1=25 24=25 13=25 25=24 40=23 24e-1=22 40e1=21 20e1=21 22e-1=20 38=20 23=19 42=19 21e-1=19 44=18 34=17
        14e-1=17 405=17 28=17 15e-1=17 51e-1=16 25e1=15 63=15 26e-1=15 19e-1=14 31e-1=14 42e-1=14 110e-2=14 50e-1=14
        16e1=14 101=14 35=13 135=13 456=13 16e-1=13 17e-1=13 52e-1=13 112e-2=12 34e-1=12 21=12 49=12 35e-1=12
        32e-1=11 70=11 96=11 44e-1=10 111e-2=10 403=10 33e-1=10 262=10 41=10 60e-1=10 52=9 210e-2=9 37e-1=9 408=9
        19=9 23e-1=9 71=8 27e-1=8 40e-1=8 83e-1=8 29e-1=8 81e-1=7 114e-2=7 18e-1=7 443=7 192=7 41e-1=7 62e-1=7
        113e-2=7 127=7 63e-1=7 29=7 43e-1=6 404=6 61e-1=6 502=6 71e-1=6 225e-2=5 28e-1=5 126=5 124=5 70e-1=5 102=5
        231e-2=5 49e-1=5 211e-2=4 212e-2=4 224=4 414e-2=4 38e-1=4 86e-1=4 234e-2=4 236e-2=4 269e-2=4 303e-2=4 15e1=4
        384=3 75e-1=3 25e-1=3 74e-1=3 80e-1=3 220e-2=3 415e-2=3 109e-1=3 39e1=2
    """,
    Unit.PERCENT: """
        50=92 33=72 10=58 20=56 25=42 10e1=40 24=28 75=26 30=22 14=22 12=22 23=22 39=22 90=20 54=17 55=17 62=17
        67e-1=17 95=17 19=16 27e-1=16 29=16 34e-1=16 36e-1=16 44=16 70=14 24e-1=14 80=14 17=13 97=12 12e-1=11
        32e-1=11 45=11 71=11 72=11 77=11 93=11 13e-1=11 22=11 25e-1=11 87e-1=11 107e-1=11 275e-1=11 16=10 60=9 40=8
        15=8
    """,
    Unit.MONEY: """
        50e3=40 20e2=37 25=34 25e1=34 60e1=34 20e1=31 10e1=31 20=26 800e-2=22 12e2=17 10e7=17 25e3=17 30e4=16 70e5=16
        10=14 31=14 50e2=14 250e-2=14 20e4=14 10e4=11 20e3=11 40e6=11 106=11 13e6=11 20e6=11 106e5=11
    """,
    Unit.COUNT: """
        10e2=43 10e3=32 1024=25 60e2=22 50e2=20 45e5=17 20e4=13 30e3=12 11e6=11 8859=10 10e7=9 30e2=9 10e4=7 24e3=7
        64e3=7 1776=6 8601=6 30e6=6 128e3=5 36e2=4 4096=4 10032e-1=4 1234=3 16e3=3 200e3=3 32e3=2 10e6=2 67e2=2
    """,
}
"""The commonest values of two digits and more, and how many of 10,000 figures they are: `15e2=7` is 1,500."""


def _read(unit: Unit, listed: str) -> dict[tuple[int, int, Unit], int]:
    """A row of `_VALUES` by mantissa, exponent and unit."""
    pairs = (entry.split("=") for entry in listed.split())
    parts = ((*value.partition("e")[::2], count) for value, count in pairs)
    return {(int(mantissa), int(exponent or 0), unit): int(count) for mantissa, exponent, count in parts}


COMMON_VALUES: Final = {
    key: count for unit, listed in _VALUES.items() for key, count in _read(unit, listed).items()
}
"""The commonest single figures: (mantissa, exponent, unit) -> how many of 10,000 figures."""

Numbers = NDArray[np.int64]
Scores = NDArray[np.float64]

_SHAPES: Final = np.array([COMMONNESS[unit] for unit in Unit])
_DIGITS: Final = np.array([DIGITS[unit] for unit in Unit])
_TENS: Final = 10 ** np.arange(_DIGITS.shape[1] + 1, dtype=np.int64)
_NOUGHTS: Final = sum((np.arange(1000) % power == 0).astype(np.int64) for power in (10, 100, 1000))
"""With how many noughts, three at most, a number ends whose last three digits are these."""


def commonness(mantissa: Numbers, exponent: Numbers, unit: Numbers) -> Scores:
    """How much commoner each figure is than a log-uniform one of as many digits and its unit, as a power of ten.

    By its shape, or by its own count where it is among the commonest values and that says more.
    """
    digits = _digits(mantissa)
    noughts = _NOUGHTS[mantissa % len(_NOUGHTS)]
    by_shape = _SHAPES[unit, digits - 1, np.minimum(noughts, digits - 1)]
    keys = _keys(mantissa, exponent, unit)
    at = np.minimum(_KEYS.searchsorted(keys), len(_KEYS) - 1)
    common: Scores = np.where(_KEYS[at] == keys, np.maximum(by_shape, _OF_VALUES[at]), by_shape)
    return common


def frequency(mantissa: Numbers, exponent: Numbers, unit: Numbers) -> Scores:
    """The share of each very value among figures of its unit and as many digits in ordinary text."""
    share: Scores = np.minimum(1.0, 10.0 ** commonness(mantissa, exponent, unit) * _log_uniform(mantissa))
    return share


def _digits(mantissa: Numbers) -> Numbers:
    counted = _TENS.searchsorted(mantissa, side="right")
    return np.minimum(np.maximum(counted, 1), _DIGITS.shape[1])


def _log_uniform(mantissa: Numbers) -> Scores:
    """The share of a mantissa among those of as many digits, if their logarithms are uniform."""
    share: Scores = np.log10(1 + 1 / np.maximum(1, mantissa))
    return share


def _keys(mantissa: Numbers, exponent: Numbers, unit: Numbers) -> Numbers:
    """One number for each value of the digits that are told apart."""
    power = np.minimum(np.maximum(exponent, -127), 127)
    key: Numbers = (mantissa << 10) + ((power + 128) << 2) + unit
    return key


def _known() -> tuple[Numbers, Scores]:
    """The keys of the commonest values in order, and the commonness of each."""
    columns = np.array([*COMMON_VALUES], np.int64).T
    keys = _keys(*columns)
    alike = _DIGITS[columns[2], _digits(columns[0]) - 1]
    own = np.log10(np.array([*COMMON_VALUES.values()]) / alike / _log_uniform(columns[0]))
    order = np.argsort(keys)
    return keys[order], own[order]


_KEYS, _OF_VALUES = _known()
