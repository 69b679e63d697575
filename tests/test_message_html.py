"""HTML to text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.message.html import declared_charsets, looks_like_html, render

SHOWN = {
    "bold": ("RE<b>STRI</b>CTED", "RESTRICTED"),
    "colour": ("RE<span style='color:red'>STRICTED</span>", "RESTRICTED"),
    "attribute-with-bracket": ('RE<b title=">">STRICTED</b>', "RESTRICTED >"),
    "comment": ("RE<!-- x -->STRICTED", "RESTRICTED"),
    "break-opportunity": ("RE<wbr>STRICTED", "RESTRICTED"),
    "paragraphs": ("<p>one</p><p>two</p>", "one two"),
    "line-break": ("one<br>two", "one two"),
    "cells": ("<table><tr><td>one</td><td>two</td></tr><tr><th>three</th></tr></table>", "one two three"),
    "list": ("<ul><li>one<li>two</ul>", "one two"),
    "entities": ("9&#46;&#x33;0&nbsp;am &pound;5 &amp; more", "9.30 am £5 & more"),
    "script-and-style": ("<style>x{}</style><script>y</script>one", "one"),
    "title-element": ("<head><title>one</title></head><body>two</body>", "one two"),
    "picture": ("<img alt='one' title='two'>", "one two"),
    "outlook-only": ("<!--[if mso]><p>one</p><![endif]-->two", "one two"),
    "all-but-outlook": ("<!--[if !mso]><!-->one<!--<![endif]-->", "one"),
    "not-closed": ("<p>one<b>two", "onetwo"),
    "zero": ("on\0e", "one"),
}


@pytest.mark.parametrize(("source", "expected"), SHOWN.values(), ids=SHOWN.keys())
def test_text_is_what_a_reader_sees(source: str, expected: str) -> None:
    """Words over inline tags are whole, blocks and cells are apart, attributes that are shown are read."""
    found = render(source)
    words = found.text.split()
    assert (expected.split(), False) == (words[: len(expected.split())], found.rough)


@given(
    st.lists(st.sampled_from(["<p>", "</p>", "<b", "<!--", "-->", '"', "<td>", "&#x", "x", "<![CDATA["])).map(
        "".join
    )
)
def test_rendering_never_raises(source: str) -> None:
    """Any tags give some text."""
    assert isinstance(render(source).text, str)


def test_too_deep_is_read_roughly() -> None:
    """What would take the parser too long has its tags cut out, and says so."""
    found = render("<div>" * 60_000 + "RE<b>STRICTED")
    assert ("RESTRICTED", True) == (found.text.strip(), found.rough)


def test_too_many_tags_are_read_roughly() -> None:
    """A page of millions of brackets is not looked through for hidden words; its text is there, and it says so."""
    found = render("<" * 2_000_001 + "<p>RE<b>STRICTED</b> https://x.example/a")
    assert found.text.endswith("RESTRICTED https://x.example/a")
    assert (True, ("https://x.example/a",)) == (found.rough, found.links)


def test_charset_and_looks() -> None:
    """A page names its charset near its top, and is known by its first tag."""
    assert ("koi8-r",) == declared_charsets(b'<meta http-equiv="x" content="text/html; charset=koi8-r">')
    assert () == declared_charsets(b"<p>charset=x")
    assert [True, True, False] == [*map(looks_like_html, [b" <!DOCTYPE HTML>", b"<html>", b"a <html>"])]
