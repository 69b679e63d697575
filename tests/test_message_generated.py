"""Text that style sheets write on a page."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from gateway.message import generated, hidden
from gateway.message.selectors import Choice

DRAWING = "data:image/svg+xml,<svg><text>bc</text></svg>"
WRITTEN = {
    "string": ("a<b></b>d", "b::before{content:'bc'}"),
    "attributes": ("a<b x=b y=c></b>d", "b::before{content:attr(x) attr(y)}"),
    "string-and-attribute": ("a<b x=c></b>d", "b::after{content:'b' attr(x)}"),
    "variable": ("a<b style=\"--x:'bc'\"></b>d", "b::before{content:var(--x)}"),
    "variable-of-the-sheet": ("a<b></b>d", ":root{--x:'bc'}b::before{content:var(--x)}"),
    "nested": ("a<b></b>d", "b{color:red;&::before{content:'bc'}}"),
    "picture": ("a<b></b>d", f'b::before{{content:url("{DRAWING}")}}'),
    "ground": (f"a<b style='background:url(\"{DRAWING}\")'></b>d", ""),
    "marker": ("a<ul><li>d</ul>", "li::marker{content:'bc'}"),
    "items": ("a<ul style=\"list-style:'bc'\"><li>d</ul>", ""),
    "quotation": ("a<q style=\"quotes:'b' 'd'\">c</q>", ""),
    "spelled": ("a<b></b>d", "b::before{c\\6fntent:'\\62\\63'}"),
    "counter": ("a<b></b>d", "b{counter-reset:x 55}b::before{content:counter(x,lower-alpha)}"),
}


def _page(body: str) -> Choice:
    return Choice(LexborHTMLParser(f"<html><body>{body}"), body.count("<"))


@pytest.mark.parametrize(("body", "sheet"), WRITTEN.values(), ids=WRITTEN.keys())
def test_what_styles_write_stands_where_it_is_shown(body: str, sheet: str) -> None:
    """Strings, attributes, variables, pictures, markers, quotation marks and counters, in the middle of a word."""
    page = _page(body)
    inline = {value for node in page.tree.css("[style]") if (value := node.attributes["style"])}
    assert generated.put(page, (sheet,), inline)
    assert "abcd" in list(hidden.seen(page))


def test_what_sheets_write_stands_where_it_is_shown() -> None:
    """Before and behind the text of elements, from strings and from attributes."""
    page = _page("a<i>b</i><b x=f>d</b>")
    generated.put(page, ("b::before{content:'c'}b::after{content:'e'attr(x)}",), set())
    assert ["abcdef"] == list(hidden.seen(page))


def test_what_is_replaced_by_a_picture_is_not_seen() -> None:
    """An element whose content is a picture shows nothing else."""
    page = _page(f"a<b style='content:url(\"{DRAWING}\")'>x</b>d")
    generated.put(page, (), {"content:url()"})
    assert ["abcxd", "abcd"] == list(hidden.seen(page))[:2]


def test_nothing_is_written_on_a_page_that_says_nothing() -> None:
    """Its tree stays as it is."""
    assert not generated.put(_page("<p style='color:red'>a"), ("p{color:red}",), {"color:red"})
