"""Numbers as people say them."""

# ruff: noqa: E501 (tables of one case a line)

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.features.spoken import as_figures

SAID = {
    "four point seven per cent": "4.7 per cent",
    "thirty one point six per cent": "31.6 per cent",
    "nought point five": "0.5",
    "eighty-three thousand eight hundred and forty children": "83,840 children",
    "two hundred and five": "205",
    "one million two hundred thousand": "1,200,000",
    "47 in 1,000": "4.7 per cent",
    "316 out of every 1,000": "31.6 per cent",
    "5 per 10,000": "0.05 per cent",
    "47\u2030": "4.7%",
    "4,7 % and 31,6 per cent": "4.7 % and 31.6 per cent",
    "9,64bn": "9.64bn",
    "83'840": "83,840",
}


@pytest.mark.parametrize(("text", "expected"), SAID.items(), ids=SAID.keys())
def test_numbers_in_other_forms_are_figures(text: str, expected: str) -> None:
    """Words, shares of a thousand, a decimal comma before its unit, apostrophes."""
    assert expected == as_figures(text)


@pytest.mark.parametrize("text", [
    "", "the point is that", "one hundredth", "twelve thousand", "a thousand thanks", "3,500 %", "1,250 per cent", "48,312", "don't", "in 2027, 10 per cent", "the rock'n'roll of '68", "47 in 1000.5",
])  # fmt: skip
def test_other_text_stays_as_it_is(text: str) -> None:
    """What is no number, or is known as it stands, is not touched."""
    assert text == as_figures(text)


WORDS = [
    "one",
    "twenty",
    "hundred",
    "and",
    "thousand",
    "point",
    "million",
    "nought",
    "x",
    "4,7",
    "%",
    "in",
    "1,000",
]


@settings(max_examples=40)
@given(st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join))
def test_any_words_are_text(text: str) -> None:
    """Nothing raises, however a number is said."""
    assert isinstance(as_figures(text), str)


@settings(max_examples=40)
@given(st.integers(min_value=1_001, max_value=999_999))
def test_grouped_figures_stay(number: int) -> None:
    """A figure that is printed as such is left alone."""
    assert f"there were {number:,} of them" == as_figures(f"there were {number:,} of them")
