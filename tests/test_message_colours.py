"""Colours of style sheets."""

# ruff: noqa: E501 (tables of one case a line)

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.message.colours import WHITE, is_close, parse

SAME = {
    "white": ["white", "#fff", "#FFFFFF".lower(), "ffffff", "rgb(255, 255, 255)", "rgb(100%,100%,100%)", "hsl(0 0% 100%)", "#ffff"],
    "navy": ["navy", "#000080", "rgb(0 0 128)", "rgba(0,0,128,1)"],
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_a_colour_is_the_same_however_it_is_written(name: str) -> None:
    """Names, digits and functions of one colour are one colour."""
    assert 1 == len({parse(value) for value in SAME[name]})


@pytest.mark.parametrize("value", ["transparent", "#0000", "#ffffff00", "rgba(0,0,0,0)", "rgb(0 0 0 / 0%)", "rgba(0,0,0,.05)"])  # fmt: skip
def test_what_cannot_be_seen_is_no_colour(value: str) -> None:
    """Text that lets through what is behind it is on no ground seen."""
    assert (None, True) == (parse(value), is_close(parse(value), [(0, 0, 0)]))


@settings(max_examples=40)
@given(st.text(alphabet="rgbhsla(#0123456789.,%/ )e-+whitenoe"))
def test_anything_is_a_colour_or_a_value_error(value: str) -> None:
    """No text raises anything else."""
    try:
        found = parse(value)
    except ValueError:
        return
    assert found is None or all(0 <= part <= 255 for part in found)


def test_close_colours_cannot_be_told_apart() -> None:
    """Nearly white on white is not seen, grey is."""
    assert [True, True, False] == [is_close(parse(each), [WHITE]) for each in ("#fefefe", "ivory", "gray")]
