"""Tests of gateway.features.background: how common figures are in ordinary text, as counts that are shipped."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.features.background import COMMON_VALUES, COMMONNESS, DIGITS, commonness, frequency
from gateway.features.figure import MOST_DIGITS, Unit

Value = tuple[int, int, Unit]


def common(*values: Value) -> list[float]:
    """The commonness of some values."""
    return list(map(float, commonness(*np.array(values, np.int64).T)))


def frequent(*values: Value) -> list[float]:
    """The frequency of some values."""
    return list(map(float, frequency(*np.array(values, np.int64).T)))


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
    """20 of anything is printed more often than 57 of it."""
    round_one, other = common((20, 5, unit), (57, 5, unit))
    assert round_one > 0.3 > other


@pytest.mark.parametrize(
    ("everywhere", "rare"),
    [
        ((10, 0, Unit.PLAIN), (83, 0, Unit.PLAIN)),
        ((50, 0, Unit.PERCENT), (47, 0, Unit.PERCENT)),
        ((10, 2, Unit.COUNT), (97, 2, Unit.COUNT)),
        ((25, 1, Unit.MONEY), (267, 0, Unit.MONEY)),
    ],
)
def test_what_everybody_writes_is_common(everywhere: Value, rare: Value) -> None:
    """Ten, half of all, a thousand and 250 pounds are met more often than figures beside them."""
    assert everywhere in COMMON_VALUES
    often, seldom = frequent(everywhere, rare)
    assert often > 2 * seldom > 0


def test_a_common_value_is_as_common_as_it_was_counted() -> None:
    """Its frequency is its share of the figures with its unit and digits, or that of its shape if more."""
    keys = [*COMMON_VALUES]
    for (mantissa, _, unit), found, count in zip(keys, frequent(*keys), COMMON_VALUES.values(), strict=True):
        assert found >= count / DIGITS[unit][len(str(mantissa)) - 1] * 0.999


@given(
    st.lists(
        st.tuples(st.integers(0, 10**7 - 1), st.integers(-20, 20), st.sampled_from(list(Unit))), min_size=1
    )
)
def test_any_value(values: list[Value]) -> None:
    """Every figure has a finite commonness and a share of figures like it, in whatever company."""
    assert all(-4 < each < 4 for each in common(*values))
    assert all(0 < each <= 1 for each in frequent(*values))
    assert common(*values)[0] == common(values[0])[0]


def test_no_values() -> None:
    """A text without figures asks for none."""
    none = np.empty(0, np.int64)
    assert [] == commonness(none, none, none).tolist()
