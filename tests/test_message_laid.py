"""The order in which a page shows what it holds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from gateway.message import hidden, laid
from gateway.message.selectors import Choice


def _layout(body: str, sheet: str = "") -> laid.Layout:
    tree = LexborHTMLParser(f"<html><body>{body}")
    styles = [node.attributes["style"] or "" for node in tree.css("[style]")]
    said = "\n".join((*styles, sheet, "direction:rtl" if "rtl" in body else ""))
    return laid.Layout(Choice(tree, body.count("<")), (sheet,), said, drawn=True, headed=True)


def _arranged(body: str, sheet: str = "") -> str:
    layout = _layout(body, sheet)
    list(layout.arrange())
    return next(hidden.seen(layout.choice))


ORDERS = {
    "order": ('<i style="order:2">c</i><i>a</i><i style="order:1">b</i>', ""),
    "order-in-a-sheet": ("<i class=x>c</i><i>ab</i>", ".x{order:1}"),
    "grid": ('<i style="grid-area:1/3">c</i><i style="grid-area:1/1">a</i><i style="grid-area:1/2">b</i>', ""),
    "rows": ('<i style="grid-row:2;grid-column:1">c</i><i style="grid-column:2;grid-row:1">b</i><i>a</i>', ""),
    "places": ('<i style="left:3em">c</i><i style="left:2px">a</i><i style="left:20px">b</i>', ""),
    "moved": ('<i style="transform:translateX(9px)">c</i><i>a</i><i style="transform:translate(3px,0)">b</i>', ""),
    "from-the-right": ('<i style="right:1px">c</i><i style="right:9px">a</i><i style="right:5px">b</i>', ""),
    "reversed": ('<p style="flex-direction:row-reverse"><i>c</i><i>b</i><i>a</i></p>', ""),
    "floating": ("<p><i>c</i><i>b</i><i>a</i></p>", "i{float:right}"),
    "right-to-left": ("<p dir=rtl><i>c</i><i>b</i><i>a</i></p>", ""),
    "cells": ("<table dir=rtl><tr><td>c<td>b<td>a</table>", ""),
    "drawn": ("<svg><text x=9>c</text><text x=1>a</text><text x=5>b</text></svg>", ""),
    "foot": ("<table><tfoot><tr><td>c</tfoot><tbody><tr><td>ab</table>", ""),
    "caption": ("<table style='caption-side:bottom'><caption>c</caption><tbody><tr><td>ab</table>", ""),
}  # fmt: skip


@pytest.mark.parametrize(("body", "sheet"), ORDERS.values(), ids=ORDERS.keys())
def test_what_is_shown_in_another_order(body: str, sheet: str) -> None:
    """Ranks, places, the other side: the text reads as it is shown."""
    assert "abc" == _arranged(body, sheet)


def test_elements_by_their_place() -> None:
    """What has a number of its own is read in the order of these numbers, wherever it stands."""
    body = "".join(
        f'<p><b style="left:{at}em">{letter}</b></p>' for at, letter in ((2, "b"), (1, "a"), (3, "c"))
    )
    assert {"abc", "a b c"} <= set(_layout(body).lines())
    assert [] == list(_layout('<b style="left:1px">a</b>').lines())


def test_hidden_elements_stay_hidden_where_they_are_put() -> None:
    """Marks go along with what they enclose."""
    layout = _layout('<i style="order:2">c</i><u>x</u><i>a</i><i style="order:1">b</i>')
    hidden.enclose(layout.choice.tree.css("u")[0])
    list(layout.arrange())
    assert "abc" in list(hidden.seen(layout.choice))


def test_columns_are_read_down() -> None:
    """A banner's words, and pieces of words; cells that say much are no such column, and names no banner."""
    rows = "".join(f"\n<tr>\n<td>{word}\n<td>x" for word in ("Embargoed ", "until ", "noon"))
    assert ["Embargoed until noon", "Embargoed until noon", "xxx"] == list(
        laid.columns(f"<table>{rows}</table>")
    )
    assert "North East South" not in set(
        laid.columns("<table><tr><td>North East<td>1<tr><td>South<td>2<tr><td>W<td>3")
    )
    assert [] == list(laid.columns(f"<table>{rows.replace('x', 'x' * 200)}</table>"))


@settings(max_examples=40)
@given(
    st.lists(
        st.sampled_from(
            [
                '<p style="order:2;float:right">',
                "<b dir=rtl>",
                "</b>",
                "</p>",
                "e",
                "<tr>",
                "<svg>",
                "<text x=1>",
            ]
        )
    ).map("".join)
)
def test_nothing_raises_and_nothing_is_lost(body: str) -> None:
    """In whatever order, all letters are there."""
    letters = body.replace("order", "").replace("style", "").replace("<text", "").count("e")
    assert letters <= _arranged(body).count("e")
