"""Header blocks, encoded words and parameters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.message.headers import content_type, decode_words, parameters, read_block, without_comments

WORDS = {
    "plain": ("Subject: hello", "Subject: hello"),
    "quoted": ("=?utf-8?Q?Caf=C3=A9_au_lait?=", "Café au lait"),
    "base64": ("=?UTF-8?B?Q2Fmw6k=?=", "Café"),
    "neighbours": ("=?utf-8?q?a?= =?utf-8?q?b?= c", "ab c"),
    "split-letter": ("=?utf-8?q?Caf=C3?= =?utf-8?q?=A9?=", "Café"),
    "two-charsets": ("=?iso-8859-1?q?=E9?= =?koi8-r?b?wQ==?=", "éа"),
    "language": ("=?utf-8*en?q?hi?=", "hi"),
    "unknown-charset": ("=?x-none?q?hi?=", "hi"),
    "python-only-charset": (r"=?unicode_escape?q?\u0041?=", r"\u0041"),
    "spaces-inside": ("=?utf-8?q?two words?=", "two words"),
    "no-padding": ("=?utf-8?b?aGk?=", "hi"),
    "cut-off": ("=?utf-8?q?hi", "=?utf-8?q?hi"),
}


@pytest.mark.parametrize(("text", "expected"), WORDS.values(), ids=WORDS.keys())
def test_encoded_words(text: str, expected: str) -> None:
    """Encoded words read as people see them; what is none stays as it stands."""
    assert expected == decode_words(text)


@given(st.text())
def test_encoded_words_never_raise(text: str) -> None:
    """Any text comes out as some text."""
    assert isinstance(decode_words(f"=?{text}?b?{text}?="), str)


PARAMETERS = {
    "token": ("a/b; x=y", {"x": ("y",)}),
    "quoted": ('a/b; x="y; z=\\"q\\""', {"x": ('y; z="q"',)}),
    "not-closed": ('a/b; x="y', {"x": ("y",)}),
    "spaces": ("a/b ;\tX = y z ", {"x": ("y z",)}),
    "twice": ("a/b; x=1; x=2", {"x": ("1", "2")}),
    "extended": ("a/b; x*=utf-8''%C3%A9", {"x": ("é",)}),
    "pieces": ("a/b; x*1*=%A9; x*0*=utf-8''caf%C3", {"x": ("café",)}),
    "plain-pieces": ('a/b; x*0="a b"; x*1=c', {"x": ("a bc",)}),
    "both-forms": ("a/b; x=plain; x*=utf-8''real", {"x": ("real", "plain")}),
    "utf-16": ("a/b; x*=utf-16be''%00a%00b", {"x": ("ab",)}),
    "nothing": ("a/b", {}),
}


@pytest.mark.parametrize(("value", "expected"), PARAMETERS.values(), ids=PARAMETERS.keys())
def test_parameters(value: str, expected: dict[str, tuple[str, ...]]) -> None:
    """Parameters are read in each way that mail programs write them."""
    assert expected == parameters(value)


@given(st.text(alphabet=";*=\"\\'0a% (\n", max_size=60))
def test_parameters_never_raise(value: str) -> None:
    """Any value has some parameters."""
    assert isinstance(content_type(value).parameters, dict)


def test_comments_are_taken_out_but_not_of_strings() -> None:
    """Nested comments go; what looks like one in a quoted string stays."""
    assert 'text/plain ; x="(y)"' == without_comments('text/plain (a (b) c); x="(y)"').replace("  ", " ")


def test_block_ends_at_an_empty_line() -> None:
    """The text of a block is unfolded, its structural fields are apart, its body starts behind the empty line."""
    content = b"Subject: a\r\n\tb\r\nCONTENT-TYPE : text/html;\r\n charset=x\r\n\r\nbody"
    block = read_block(content, 0, len(content))
    assert "Subject: a\tb\nCONTENT-TYPE : text/html; charset=x" == block.text
    assert ["text/html; charset=x"] == block.values("type")
    assert b"body" == content[block.body :]


def test_block_ends_at_its_limit() -> None:
    """Headers never run over the delimiter of the multipart around them."""
    content = b"Subject: a\r\n--b\r\n\r\nbody"
    assert "Subject: a" == read_block(content, 0, 10).text
