"""What of a page can be seen."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from gateway.message.hidden import readings
from gateway.message.selectors import Choice


def _read(body: str, *sheets: str, styles: tuple[str, ...] = ()) -> list[str]:
    tree = LexborHTMLParser(f"<html><body>{body}")
    return [text.strip() for text in readings(Choice(tree, body.count("<")), sheets, set(styles))]


SEEN = {
    "attribute": ("4<b hidden>9</b>.7", (), ()),
    "style": ('4<b style="display:none">9</b>.7', (), ("display:none",)),
    "sheet": ("4<b class=x>9</b>.7", (".x{opacity:0}",), ()),
    "old-colour": ("4<font color=white>9</font>.7", (), ()),
    "old-size": ("4<font size=1>9</font>.7", (), ()),
    "ground": ("<table bgcolor=#036><td>4<font color=#003366>9</font>.7</table>", (), ()),
    "ground-of-a-sheet": ("4<b class=x>9</b>.7", ("body{background:#abc}.x{color:#abc}",), ()),
    "block": ("4\n<div hidden>9</div>.7", (), ()),
    "nested": ("4<b hidden>9<i hidden>9</i>9</b>.7", (), ()),
    "unknown-selector": ("4<b class=x>9</b>.7", (".y,.x:unheard-of({display:none}",), ()),
}


@pytest.mark.parametrize(("body", "sheets", "styles"), SEEN.values(), ids=SEEN.keys())
def test_what_is_hidden_is_left_out(body: str, sheets: tuple[str, ...], styles: tuple[str, ...]) -> None:
    """Attributes, styles, sheets, colours on their ground and old elements hide, and a hidden block parts no word."""
    assert "4.7" in _read(body, *sheets, styles=styles)


def test_what_hides_on_paper_alone_is_left_out_of_one_reading_only() -> None:
    """A rule for another medium takes nothing out of what is surely seen."""
    sheet = "@media print{.y{display:none}}.x{display:none}"
    assert "one two" in _read("<b class=y>one <i class=x>salt</i>two</b>", sheet)


def test_nothing_hidden_gives_nothing() -> None:
    """A page that hides nothing has no other reading."""
    assert [] == _read("<p>plain <b>text</b>", "p{color:#333}", styles=("color:#333",))


def test_lines_around_a_hidden_block_are_read_together() -> None:
    """Who sees them, sees one below the other."""
    assert "one two" in _read("<p>one\n</p><p hidden>salt\n</p><p>\ntwo</p>")
