"""Other views of a page."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from gateway.message.selectors import Choice, names
from gateway.message.views import Page, exceeds, joined, oddities, other_lines, percent_decoded


def _page(source: str) -> Page:
    tree = LexborHTMLParser(source)
    sheets = tuple(node.text(deep=True) for node in tree.css("style"))
    text = tree.root.text(deep=True, separator="") if tree.root is not None else ""
    return Page(source, Choice(tree, source.count("<")), text, sheets, *oddities(source, names(source)))


LINES = {
    "attribute": ('<p data-x="one two">x', "one two"),
    "address": ('<a href="https://x.example/?q=one%20two">x</a>', "https://x.example/?q=one two"),
    "comment": ("<p>x<!-- one two -->", " one two "),
    "not-closed-comment": ("<p>x<!-- one two", " one two"),
    "template": ("<template><b>one</b> two</template>", "one two"),
    "open-tag": ("<p>x<b one two", "b one two"),
    "escaped-twice": ("<p>&amp;#111;ne", "one"),
    "escaped-three-times": ("<p>&amp;amp;#111;ne", "one"),
    "cells": ("<table>" + "".join(f"\n<td>{c}" for c in "restricted") + "</table>", "restricted"),
    "hidden": ("<p>4<b hidden>9</b>.7", "4.7"),
    "strewn": ("<p>4<b class=x>9</b>.7", "4.7"),
}


@pytest.mark.parametrize(("source", "expected"), LINES.values(), ids=LINES.keys())
def test_lines_that_the_text_has_not(source: str, expected: str) -> None:
    """What only the source says, and what the text says in other words, comes as lines of its own."""
    assert expected in other_lines(_page(source))


def test_an_ordinary_page_has_no_other_lines() -> None:
    """Its text says all that there is."""
    page = _page("<html><head><title>a</title></head><body><p>one <b>two</b></p>\n<p class=x>three</p>")
    assert ([], False) == (other_lines(page), exceeds(page))


@settings(max_examples=40)
@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "<b x=1>",
                "</b>",
                "a",
                "é",
                "\n",
                "<!--",
                "-->",
                '"',
                "<style>",
                "{",
                "}",
                "<bdo>",
                "&amp;",
            ]
        )
    ).map("".join)
)
def test_any_page_has_views(source: str) -> None:
    """Nothing raises; no line is said twice."""
    lines = other_lines(_page(source))
    assert len(lines) == len(set(lines))


def test_short_lines_are_put_together() -> None:
    """Letters in cells make words, a cell with a blank is the space between them; figures alone make none."""
    assert ["ab cd"] == list(joined(["a", "  b", "\xa0", "c", "d"], 3))
    assert [] == list(joined(["1", "2", "3", "4"], 3))
    assert [] == list(joined(["a", "b"], 3))


@settings(max_examples=40)
@given(st.text(alphabet="%0123456789abcdefé +"))
def test_percent_escapes_never_raise(text: str) -> None:
    """What is no escape stays as it is."""
    assert isinstance(percent_decoded(text), str)
    assert "a b" == percent_decoded("a%20b")
