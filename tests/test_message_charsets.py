"""Bytes to text by a label."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.message.charsets import codec_of, decode, is_wide

READ = {
    "utf-8": ("café".encode(), "utf-8", "café"),
    "raw-latin": (b"caf\xe9", "", "café"),
    "windows-quotes-in-latin": (b"\x93x\x94", "iso-8859-1", "“x”"),
    "ascii-with-utf-8": ("café".encode(), "us-ascii", "café"),
    "latin-label-on-utf-8": ("9\u00a0am é".encode(), "iso-8859-1", "9\u00a0am é"),
    "koi8": ("Привет".encode("koi8-r"), "KOI8-R", "Привет"),
    "quoted-label": ("й".encode("cp1251"), ' "windows-1251" ', "й"),
    "utf-16-with-mark": ("hé".encode("utf-16"), "", "hé"),
    "utf-16": ("hé".encode("utf-16-le"), "utf-16le", "hé"),
    "utf-7": (b"caf+AOk-", "utf-7", "café"),
    "iso-2022-jp": ("日本".encode("iso2022_jp"), "iso-2022-jp", "日本"),
    "ebcdic": ("4.7".encode("cp037"), "ibm037", "4.7"),
    "unknown": (b"4.7", "x-nobody", "4.7"),
    "zero-in-label": (b"4.7", "utf-8\0", "4.7"),
    "python-only": (b"\\u0041", "unicode_escape", "\\u0041"),
    "rot13": (b"abc", "rot13", "abc"),
    "undefined": (b"abc", "undefined", "abc"),
    "byte-order-mark": (b"\xef\xbb\xbfabc", "utf-8", "abc"),
    "broken-utf-8": (b"a\xff", "utf-8", "a\ufffd"),
    "lone-surrogate": (b"+2AA-x", "utf-7", "\ufffdx"),
}


@pytest.mark.parametrize(("data", "label", "expected"), READ.values(), ids=READ.keys())
def test_decode(data: bytes, label: str, expected: str) -> None:
    """Text reads as mail programs show it."""
    assert expected == decode(data, label)


@given(
    st.binary(),
    st.sampled_from(["utf-8", "utf-7", "utf-16", "hz", "gb2312", "shift_jis", "ibm037", "iso-8859-8", ""]),
)
def test_decode_never_raises(data: bytes, label: str) -> None:
    """Any bytes under any label are some text, which is proper Unicode."""
    assert isinstance(decode(memoryview(data), label).encode("utf-8"), bytes)


@given(st.text())
def test_labels_never_raise(label: str) -> None:
    """Any label is known or not."""
    assert codec_of(label) is None or isinstance(is_wide(label), bool)
