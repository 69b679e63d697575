"""Numbers and letters that a page counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from gateway.message import counters
from gateway.message.selectors import Choice


@pytest.mark.parametrize(
    ("number", "how", "expected"),
    [
        (7, "", "7"),
        (27, "upper-alpha", "AA"),
        (3, "lower-latin", "c"),
        (1994, "upper-roman", "MCMXCIV"),
        (0, "lower-alpha", "0"),
    ],
)
def test_styles_of_counters(number: int, how: str, expected: str) -> None:
    """Letters, Roman numbers, and digits for what has no letters."""
    assert expected == counters.shown(number, how)


@given(st.integers(-10, 5_000), st.sampled_from(["", "lower-alpha", "upper-roman", "x"]))
def test_every_number_is_shown(number: int, how: str) -> None:
    """No number of any style is left out."""
    assert counters.shown(number, how)


def test_counters_are_followed_through_the_page() -> None:
    """They are set, counted on, and read where a sheet writes them."""
    tree = LexborHTMLParser("<body><p></p><p></p><p style='counter-set:x 9'></p>")
    sheet = "body{counter-reset:x 4}p{counter-increment:x}p::before{content:counter(x)}"
    found = counters.count(Choice(tree, 5), (sheet,), {"counter-set:x 9"})
    assert ["5", "6", "9"] == [found.at(node, "x", "") for node in tree.css("p")]


def test_items_say_their_numbers_where_these_are_told() -> None:
    """The start of a list, the value of an item, letters, and lists that count down."""
    tree = LexborHTMLParser(
        "<ol type=A start=18><li><li value=5></ol><ol reversed><li><li></ol><ol><li></ol>"
    )
    assert ["R. ", "E. ", "2. ", "1. "] == [said for _, said in counters.items(Choice(tree, 5))]
