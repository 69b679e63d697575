"""How PDF files are written: strings, streams, and what these are packed with."""

from __future__ import annotations

import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.message import limits, pdf_syntax
from gateway.message.entries import Budget
from gateway.model import Reason
from tests.blind.viewed import codes, runs

SAID = b"RESTRICTED UNTIL PUBLISHED, and then for all " * 9


def unpacked(data: bytes, told: bytes) -> tuple[bytes | None, Reason | None]:
    """What a stream of this dictionary says."""
    return pdf_syntax.unpacked(pdf_syntax.dictionary(b"1 0 obj" + told), data, Budget())


@pytest.mark.parametrize(
    ("told", "data"),
    [
        (b"<<>>", SAID),
        (b"<</Filter/FlateDecode>>", zlib.compress(SAID)),
        (b"<</Filter[/Fl]>>", zlib.compress(SAID)),
        (b"<</Filter/#46late#44ecode>>", zlib.compress(SAID)),
        (b"<</Filter 9 0 R>>", zlib.compress(SAID)),
        (b"<</Filter/FlateDecode>>", zlib.compress(SAID)[:-4] + bytes(4)),
        (b"<</Filter/ASCIIHexDecode>>", SAID.hex().encode() + b">"),
        (b"<</Filter/A85>>", b"<~" + base64.a85encode(SAID) + b"~>"),
        (b"<</Filter/RunLengthDecode>>", runs(SAID)),
        (b"<</Filter/LZWDecode>>", codes(SAID)),
        (b"<</Filter[/AHx/Fl]>>", zlib.compress(SAID).hex().encode()),
        (b"<</Filter[/Crypt/Fl]>>", zlib.compress(SAID)),
    ],
)
def test_streams_are_unpacked(told: bytes, data: bytes) -> None:
    """By each filter of text, in a row, and with what viewers forgive."""
    assert (SAID, None) == unpacked(data, told)


def test_runs_of_one_byte() -> None:
    """A length above 128 says how often a byte comes."""
    assert (b"aaaaab", None) == unpacked(bytes([252]) + b"a" + b"\0b\x80rest", b"<</Filter/RL>>")


def test_what_lzw_learns() -> None:
    """The example of the standard (section 7.4.4.2)."""
    packed = bytes([0x80, 0x0B, 0x60, 0x50, 0x22, 0x0C, 0x0C, 0x85, 0x01])
    assert (bytes([45, 45, 45, 45, 45, 65, 45, 45, 45, 66]), None) == unpacked(packed, b"<</Filter/LZW>>")


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (b"/Filter/DCTDecode", None),
        (b"/Filter/Brotli", Reason.UNSUPPORTED),
        (b"/Filter/Fl/DecodeParms<</Predictor 12>>", Reason.UNSUPPORTED),
        (b"/Type/XRef/Filter/Fl/DecodeParms<</Predictor 12>>", None),
    ],
)
def test_what_cannot_be_unpacked_is_named(told: bytes, reason: Reason | None) -> None:
    """Pictures and tables of places are nobody's text."""
    assert reason is unpacked(zlib.compress(SAID), b"<<" + told + b">>")[1]


@pytest.mark.parametrize(
    "begin",
    [b">>stream\n", b">>stream\r\n", b">>stream\r", b">> stream \n", b">>%x\nstream\t", b">>\nstream\t"],
)
def test_streams_are_found(begin: bytes) -> None:
    """However the line of the keyword ends."""
    source = b"1 0 obj<</A 1" + begin + b"abc\nendstream endobj"
    (place,) = pdf_syntax.places(source)
    assert b"abc" == source[slice(*place)].strip()


def test_one_stream_more_than_the_limit_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that whoever counts them knows that there are more."""
    monkeypatch.setattr(limits, "PDF_STREAMS", 3)
    assert 4 == len(list(pdf_syntax.places(b">>stream\nx\nendstream\n" * 9)))


@pytest.mark.parametrize(
    ("string", "expected"),
    [
        (b"\xfe\xff\0a\0b", "ab"),
        (b"\xff\xfea\0b\0", "ab"),
        (b"\xfe\xff\0\x1b\0e\0n\0\x1b\0a", "a"),
        (b"\xef\xbb\xbfa\xc3\xa4", "a\xe4"),
        (b"a\xe4", "a\xe4"),
    ],
)
def test_strings_are_decoded(string: bytes, expected: str) -> None:
    """By their mark; what names the language is no text."""
    assert expected == pdf_syntax.decoded(string).lstrip("\ufeff")


def test_keys_and_palettes_are_no_text() -> None:
    """One control among many letters is left out; where there are many, nothing is said."""
    assert "a long remark that goes on" == pdf_syntax.shown("a long\x01 remark that goes on")
    assert "" == pdf_syntax.shown("\x01\x02ab\x03")


@given(st.binary(max_size=200), st.sampled_from([b"Fl", b"A85", b"AHx", b"RL", b"LZW"]))
def test_any_bytes_are_unpacked_somehow(data: bytes, name: bytes) -> None:
    """Damage is no error, and nothing grows beyond what is allowed."""
    content, _ = unpacked(data, b"<</Filter/" + name + b">>")
    assert content is not None
    assert len(content) <= limits.EXPANSION_FREE_BYTES
    assert all(start <= end for start, end in pdf_syntax.places(data + b"stream\n" + data))
