"""RTF to text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.message.rtf import read

TEXTS = {
    "runs": (rb"{\rtf1 {\b REST}RIC\i TED\i0  UNTIL\par}", "RESTRICTED UNTIL\n"),
    "line-ends-are-nothing": (b"{\\rtf1 REST\r\nRICTED}", "RESTRICTED"),
    "cells": (rb"{\rtf1\trowd a\cell b\cell\row c}", "a\tb\t\nc"),
    "escapes": (rb"{\rtf1 \{a\\b\}}", r"{a\b}"),
    "codes": (rb"{\rtf1\ansi caf\'e9 \'934.7\'94}", "café “4.7”"),
    "two-byte-codes": (rb"{\rtf1\ansicpg936 \'d6\'d0}", "中"),
    "unicode": (rb"{\rtf1 4\u46?7 \u233\'e9}", "4.7 é"),
    "two-stand-ins": (rb"{\rtf1\uc2 \u233\'c3\'a9x}", "éx"),
    "surrogates": (rb"{\rtf1 \u55357?\u56832?}", "😀"),
    "tables-of-the-file": (rb"{\rtf1{\fonttbl{\f0 Arial;}}{\stylesheet Normal;}{\*\generator Word;}a}", "a"),
    "picture": (rb"{\rtf1{\pict\pngblip 89504e47}a}", "a"),
    "raw-bytes": (b"{\\rtf1{\\pict\\bin4 }}}}}a}", "a"),
    "note-behind": (rb"{\rtf1 a{\footnote note}b}", "ab\nnote"),
    "field": (
        rb"{\rtf1 {\field{\*\fldinst HYPERLINK x}{\fldrslt shown}}}",
        "shown\n HYPERLINK x".replace("\n ", "\n"),
    ),
    "hidden": (rb"{\rtf1 a{\v hidden}}", "ahidden"),
    "not-closed": (rb"{\rtf1 {\b a", "a"),
    "closed-too-often": (rb"{\rtf1 a}}}b", "a"),
}


@pytest.mark.parametrize(("data", "expected"), TEXTS.values(), ids=TEXTS.keys())
def test_text(data: bytes, expected: str) -> None:
    """Text reads as in a word processor; what stands aside comes behind."""
    assert expected == read(memoryview(data)).text


def test_objects_are_taken_out() -> None:
    """An embedded object's bytes come from its digits, from its compound file on."""
    magic = "d0cf11e0a1b11ae1"
    data = rb"{\rtf1{\object{\*\objdata 0105" + f"{magic[:8]}\r\n{magic[8:]}00}}}}".encode()
    assert (bytes.fromhex(magic) + b"\0",) == read(data).objects


@given(
    st.lists(
        st.sampled_from(
            [b"{", b"}", b"\\u5 ", b"\\'", b"\\*", b"\\bin9 ", b"\\uc9", b"\\objdata", b"a", b"\\"]
        )
    )
)
def test_anything_is_some_text(tokens: list[bytes]) -> None:
    """No RTF is an error."""
    assert isinstance(read(b"{\\rtf" + b"".join(tokens)).text, str)
