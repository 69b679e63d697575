"""What a page draws that its text does not say in this order."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from gateway.message import drawn
from gateway.message.selectors import Choice


def _page(body: str) -> Choice:
    return Choice(LexborHTMLParser(f"<html><body>{body}"), body.count("<"))


def test_what_may_be_turned_is_known() -> None:
    """By an override among its letters, by its styles, by its elements."""
    assert drawn.is_turned("a\u202eb", set(), ())
    assert drawn.is_turned("a", {"unicode-bidi: bidi-override"}, ())
    assert drawn.is_turned("a", set(), ("p{transform:scale(-1,1)}",))
    assert not drawn.is_turned("a", {"color:red;border:0"}, ("p{margin:0}",))
    assert [True, False] == [drawn.has_turning(_page(each)) for each in ("<bdo dir=rtl>a</bdo>", "<b>a</b>")]


@settings(max_examples=40)
@given(st.text())
def test_turning_never_raises_and_keeps_the_letters(text: str) -> None:
    """Every reading has letters of the text only; an override turned twice is as it was."""
    assert all(set(line) <= {*text, " "} for line in drawn.turned(text))
    assert len(drawn.overridden(text)) == len(text) - sum(text.count(sign) for sign in "\u202e")


def test_words_and_letters_from_right_to_left() -> None:
    """A line is read letter by letter, in each word, and word by word."""
    found = list(drawn.turned("ba dc"))
    assert {"cd ab", "ab cd", "dc ba"} <= set(found)


def test_elements_are_turned_where_they_stand() -> None:
    """What an element, a style or a sheet turns is turned in the middle of its line."""
    assert ["abcd"] == list(drawn.in_place(_page("a<bdo dir=rtl>cb</bdo>d"), ()))
    assert ["abcd"] == list(drawn.in_place(_page('a<b style="unicode-bidi:bidi-override">cb</b>d'), ()))
    assert ["abcd"] == list(drawn.in_place(_page("a<b class=x>cb</b>d"), (".x{direction:rtl}",)))
    assert [] == list(drawn.in_place(_page('a<b style="color:red">cb</b>d'), ()))
