"""How common figures are in ordinary prose and mail, whatever they are about: so that agreement by chance is known.

Counted in 2026 over 4,665 figures of English text that has nothing to do with any publication, no value more than
twice a document.  Two thirds of the weight are press notices of departments, police, councils, charities and transport
companies, company results, minutes of committees, newsletters and posts (some 200 public pages of 1968 to 2025); one
third is prose of manuals, documentation, release notes and licences (6.4 million characters).  Counts only.

Shape is how many significant digits a figure is printed with, and how many noughts it ends with (of its mantissa).
"""

from __future__ import annotations

import math
from typing import Final

from gateway.features.figure import Figure, Unit

COMMONNESS: Final = {
    Unit.PLAIN: (
        (0.0, 0.0, 0.0, 0.0),
        (-0.1, 0.5, 0.0, 0.0),
        (0.0, -0.4, -0.4, 0.0),
        (0.0, 0.1, -0.3, 0.4),
        (-0.1, -0.7, 0.8, 2.5),
        (-0.1, -0.1, 0.7, 2.2),
        (0.0, -0.3, -0.3, 1.0),
    ),
    Unit.PERCENT: (
        (0.0, 0.0, 0.0, 0.0),
        (-0.1, 0.4, 0.0, 0.0),
        (0.0, -0.6, -0.5, 0.0),
        (0.0, -0.3, -0.2, 0.6),
        (-0.1, -0.6, 0.9, 2.1),
        (-0.1, -0.1, 0.7, 2.2),
        (0.0, -0.3, -0.3, 1.0),
    ),
    Unit.MONEY: (
        (0.0, 0.0, 0.0, 0.0),
        (-0.3, 0.6, 0.0, 0.0),
        (0.0, -0.2, 0.5, 0.0),
        (0.0, 0.1, 0.2, 1.0),
        (-0.1, -0.9, 1.2, 2.2),
        (-0.2, 0.1, 1.0, 2.3),
        (0.0, -0.4, -0.4, 1.0),
    ),
    Unit.COUNT: (
        (0.0, 0.0, 0.0, 0.0),
        (-0.2, 0.5, 0.0, 0.0),
        (0.0, -0.7, -0.2, 0.0),
        (0.0, -0.9, -0.8, 0.0),
        (0.0, -1.3, 0.2, 1.5),
        (-0.1, -0.4, 0.4, 2.4),
        (0.0, -0.6, -0.6, 1.2),
    ),
}
"""Powers of ten by which figures of a shape are commoner than if all figures of so many digits were log-uniform.

Rows are digits, one to seven; columns noughts at the end, none to three and more.  Where few were counted the row is
drawn to that of all units together, and that to nothing.
"""

DIGITS: Final = {
    Unit.PLAIN: (1352, 2469, 853, 23, 45, 3, 1),
    Unit.PERCENT: (191, 1113, 238, 22, 1, 1, 1),
    Unit.MONEY: (151, 1188, 580, 276, 149, 68, 10),
    Unit.COUNT: (70, 409, 111, 290, 205, 137, 48),
}
"""Of 10,000 figures, how many have the unit and one to seven digits."""

_VALUES: Final = {
    Unit.PLAIN: """
        10=158 12=117 16=94 30=94 10e1=91 50=90 32=89 64=81 80=61 90=53 11=52 15=48 20=47 60=44 18=42 17=41 14=36
        123=36 25=32 37=31 20e-1=31 10e-1=30 22=29 13=26 50e1=25 128=25 38=24 12e1=24 11e-1=24 23=23 40=23 20e1=22
        13e-1=21 512=20 42=20 12e-1=18 256=18 16e1=18 51=18 101=18 63=18 255=18 24=17 30e-1=17 44=15 34=15 28=14
        40e1=13 24e-1=13 25e1=13 405=12 15e-1=12 22e-1=11 21e-1=11 135=11 21=11 107=11 35=10 49=10 16e-1=10 14e-1=10
        96=9 37e-1=9 754=9 52=9 112e-2=9 26e-1=9 51e-1=9 19e-1=8 41=8 42e-1=8 50e-1=8 17e-1=8 31e-1=8 52e-1=8 19=7
        23e-1=7 36=7 32e-1=7 110e-2=7 408=7 48=7 35e-1=7 27=7 34e-1=7 44e-1=6 456=6 71=6 111e-2=6 99=6 33e-1=6
        210e-2=6 40e-1=5 60e-1=5 29=5 127=5 43e-1=5 126=5 102=5 27e-1=5 62=4 114e-2=4 41e-1=4 192=4 113e-2=4 443=4
        25e-1=4 29e-1=4 231e-2=3 514e-2=3 18e-1=3 63e-1=3 219e-2=3 103=3 61e-1=3 81e-1=3 212e-2=3 236e-2=3 224=3
        71e-1=3 70e-1=3 70=3 36e-1=3 83e-1=3 511=3 225e-2=3 414e-2=3 15e1=3 311e-2=3 211e-2=2 384=2 119e-2=2 217e-2=2
        234e-2=2 269e-2=2 49e-1=2 31=2 38e-1=2 74e-1=2 80e-1=2 220e-2=2 1804e-2=2 26=2 54e-1=2
    """,
    Unit.PERCENT: """
        50=73 20=59 33=48 10=45 24=38 25=32 10e1=28 30=26 75=21 80=19 14=19 12=19 23=19 39=19 90=17 54=14 55=14 62=14
        67e-1=14 95=14 19=14 27e-1=14 29=14 34e-1=14 36e-1=14 44=14 70=11 12e-1=10 17=10 32e-1=10 45=10 71=10 72=10
        77=10 93=10 97=10 13e-1=9 22=9 25e-1=9 87e-1=9 107e-1=9 275e-1=9 16=9 60=7 40=6 15=6
    """,
    Unit.MONEY: """
        25e1=58 50e3=49 60e1=44 20e2=39 20e1=34 10e1=34 12e2=29 10=19 20e4=19 10e7=14 25e3=14 30e4=14 70e5=13 10e4=10
        20e3=10 40e6=10 106=10 13e6=9 20e6=9 106e5=9
    """,
    Unit.COUNT: """
        10e2=34 1024=26 60e2=19 12345=16 45e5=14 50e2=14 20e4=12 10e4=9 10e3=9 11e6=9 30e3=8 10e7=7 16384=7 30e2=7
        23e5=7 12e8=5 1776=5 10031e-1=4 65535=4 4096=4 8601=4 8192=4 90e4=3 30e6=3 32e3=3 128e3=3 64e3=3 10031e8=3
        68e3=3 8859=2 36e2=2 10032e-1=2 15e3=2 16e3=2 65536=2 13e2=2 256e1=2 512e1=2
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


def commonness(figure: Figure) -> float:
    """How much commoner the figure is than a log-uniform one of as many digits and its unit, as a power of ten.

    By its shape, or by its own count where it is among the commonest values and that says more.
    """
    return max(shape_commonness(figure), value_commonness(figure))


def frequency(figure: Figure) -> float:
    """The share of this very value among figures of its unit and as many digits in ordinary text."""
    return float(10.0 ** commonness(figure)) * _log_uniform(figure.mantissa)


def shape_commonness(figure: Figure) -> float:
    """`commonness` by digits and noughts at the end alone; negative for figures that are rarer."""
    printed = str(figure.mantissa)
    rows = COMMONNESS[figure.unit]
    row = rows[min(len(printed), len(rows)) - 1]
    return row[min(len(printed) - len(printed.rstrip("0")), len(row) - 1)]


def value_commonness(figure: Figure) -> float:
    """`commonness` by the count of this very value; minus infinity for one that is not among the commonest."""
    count = COMMON_VALUES.get((figure.mantissa, figure.exponent, figure.unit))
    if count is None:
        return -math.inf
    alike = DIGITS[figure.unit][figure.digits - 1]
    return math.log10(count / alike / _log_uniform(figure.mantissa))


def _log_uniform(mantissa: int) -> float:
    """The share of a mantissa among those of as many digits, if their logarithms are uniform."""
    return math.log10(1 + 1 / max(1, mantissa))
