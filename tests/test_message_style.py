"""Style sheets."""

# ruff: noqa: E501 (tables of one case a line)

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.message import limits
from gateway.message.style import (
    Hiding,
    are_many,
    every_string,
    generated,
    ground,
    hiding,
    loose,
    rules,
    shown_attribute,
    strings,
)

SURE = ["display:none", "DISPLAY : NONE !important", "d\\69splay:none", "display:/**/none", "visibility:hidden", "font-size:0", "opacity:0.0"]  # fmt: skip
UNSURE = [
    "font-size:.4px", "font:1px arial", "opacity:.01", "color:#fefefe", "color:rgba(0,0,0,0)", "-webkit-text-fill-color:transparent", "max-height:0;overflow:hidden",
    "text-indent:-9999px", "left:-99em;position:absolute", "transform:scale(0)", "clip-path:circle(0)", "mso-hide:all", "display:var(--x)", "color:#123456;background:#123456",
    "letter-spacing:-1em", "mask:linear-gradient(transparent,transparent)",
]  # fmt: skip
SHOWN = ["", "color:#333", "font-size:14px", "margin:0 auto", "width:600px", "line-height:1.5", "background:#fff", "opacity:.9", "display:block", "transform:none", "padding:0"]  # fmt: skip


@pytest.mark.parametrize(("declarations", "expected"), [
    *((each, Hiding.SURELY) for each in SURE), *((each, Hiding.PERHAPS) for each in UNSURE), *((each, Hiding.NO) for each in SHOWN),
])  # fmt: skip
def test_what_hides_is_told_from_what_does_not(declarations: str, expected: Hiding) -> None:
    """In any spelling, as far as every program, some programs or none keep text from being seen."""
    assert expected == hiding(declarations)


@settings(max_examples=40)
@given(st.text(alphabet="abcdefno:;(){}0.19%-#! /*\\\"'"))
def test_anything_may_stand_in_a_sheet(text: str) -> None:
    """Nothing raises, whatever is taken for a style sheet."""
    assert hiding(text) in Hiding
    assert len(list(rules(text))) <= text.count("{")
    assert isinstance(strings(text) + "".join(loose(text)), str)


def test_rules_inside_of_others_say_so() -> None:
    """Selectors of a sheet come with their declarations, and whether a medium stands around them."""
    sheet = "a{b:c}@media print{.d{e:f}.g{h:i}}.j{k:l"
    expected = [("a", "b:c", False), (".d", "e:f", True), (".g", "h:i", True), (".j", "k:l", False)]
    assert expected == [tuple(rule) for rule in rules(sheet)]


def test_more_rules_than_are_looked_at() -> None:
    """A sheet of too many rules is named, and its first ones are read."""
    sheet = "a{b:c}" * (limits.STYLE_RULES + 1)
    assert (True, False, limits.STYLE_RULES) == (
        are_many([sheet]),
        are_many(["a{}"]),
        len(list(rules(sheet))),
    )


def test_strings_that_are_written() -> None:
    """What declarations show comes out with its escapes resolved, also with a semicolon in it, or where it does not end."""
    assert "ABC" == strings("color:red;content:'A' \"\\42 \\\nC\"")
    assert "a;b" == strings('content:"a;b"')
    assert "open" == strings('content:"open')
    assert ["a", "b"] == list(every_string("symbols: 'a' 'b'"))
    assert "" == strings("color: 'red'")


def test_what_else_sheets_say() -> None:
    """Comments, what stands between rules, generated content and attributes that it shows."""
    assert [" note ".strip(), "rest"] == [each for each in loose("/* note */a{b:c}rest") if each]
    assert (("p", "before"), ("*", "after"), None) == (
        generated("p::before"),
        generated(":after"),
        generated("p"),
    )
    assert ("data-x", None) == (shown_attribute("content:attr( data-x )"), shown_attribute("content:'x'"))


def test_grounds_and_colours_of_letters() -> None:
    """The colours of letters and of what is behind them are told apart."""
    assert (((255, 0, 0),), ((0, 0, 128),)) == ground("color:red;background:navy url(x)")
