"""Tests of gateway.features.background: how common figures are in ordinary text, as counts that are shipped."""

from __future__ import annotations

import math

import pytest

from gateway.features.background import (
    COMMON_VALUES,
    COMMONNESS,
    DIGITS,
    commonness,
    frequency,
    shape_commonness,
    value_commonness,
)
from gateway.features.figure import MOST_DIGITS, Figure, Unit


def test_each_unit_has_a_row_for_each_number_of_digits() -> None:
    """No figure that is read lies outside the tables."""
    assert set(Unit) == set(COMMONNESS) == set(DIGITS)
    assert {MOST_DIGITS} == {len(rows) for rows in (*COMMONNESS.values(), *DIGITS.values())}
    assert all(count > 0 for counts in DIGITS.values() for count in counts)


def test_all_digits_of_all_units_are_ten_thousand() -> None:
    """The counts by digits share out 10,000 figures, up to rounding, and no value has more than its row."""
    assert 10_000 == pytest.approx(sum(map(sum, DIGITS.values())), abs=50)
    for (mantissa, _, unit), count in COMMON_VALUES.items():
        assert 0 < count <= DIGITS[unit][len(str(mantissa)) - 1]


@pytest.mark.parametrize("unit", Unit)
def test_round_figures_are_commoner(unit: Unit) -> None:
    """20 of anything is printed more often than 27 of it."""
    assert shape_commonness(Figure(20, 0, unit)) > 0.3 > shape_commonness(Figure(27, 0, unit))


@pytest.mark.parametrize(
    ("common", "rare"),
    [
        (Figure(10, 0, Unit.PLAIN), Figure(83, 0, Unit.PLAIN)),
        (Figure(50, 0, Unit.PERCENT), Figure(47, 0, Unit.PERCENT)),
        (Figure(10, 2, Unit.COUNT), Figure(97, 2, Unit.COUNT)),
        (Figure(25, 1, Unit.MONEY), Figure(267, 0, Unit.MONEY)),
    ],
)
def test_what_everybody_writes_is_common(common: Figure, rare: Figure) -> None:
    """Ten, half of all, a thousand and 250 pounds are met more often than figures beside them."""
    assert common[:3] in COMMON_VALUES
    assert frequency(common) > 2 * frequency(rare) > 0


def test_a_value_that_nobody_counted() -> None:
    """It is as common as its shape, whatever its digits."""
    figure = Figure(7_267_013, -2, Unit.MONEY)
    assert -math.inf == value_commonness(figure)
    assert commonness(figure) == shape_commonness(figure)


@pytest.mark.parametrize("mantissa", [0, 1, 9, 10, 9_999_999, 10**9])
def test_any_mantissa(mantissa: int) -> None:
    """Nought, and more digits than are told apart, have a number too."""
    figure = Figure(mantissa, 0, Unit.PLAIN)
    assert math.isfinite(commonness(figure))
    assert 0 < frequency(figure) <= 1
