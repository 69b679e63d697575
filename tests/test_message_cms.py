"""S/MIME that is signed: what it encloses is read like any other mail, however its lengths are written."""

from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.message.cms import is_signed, signed_content
from gateway.message.reader import read
from gateway.model import Reason
from tests.blind.names import WRAPPED, _open, _signed, _streamed, _tlv
from tests.pace import slowness
from tests.papers import mail, part

INNER = b"Content-Type: text/plain\r\n\r\nwithin\r\n"
KIND = "Content-Type: application/pkcs7-mime; smime-type=signed-data"
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("06092a864886f70d010701")


@pytest.mark.parametrize("wrap", [_signed, _streamed])
@pytest.mark.parametrize("pieces", [False, True])
def test_what_is_enclosed_comes_out(wrap: object, pieces: bool) -> None:
    """Told or open lengths, a string whole or in pieces: the same bytes."""
    assert callable(wrap)
    assert is_signed(wrap(INNER, pieces=pieces))
    assert INNER == signed_content(wrap(INNER, pieces=pieces))


def test_certificates_alone_enclose_nothing() -> None:
    """A card of certificates is signed data without content: nothing is hidden in it."""
    told = _tlv(0x30, _tlv(2, b"\1"), _tlv(0x31), _tlv(0x30, DATA), _tlv(0x31))
    opened = _open(0x30, _tlv(2, b"\1"), _open(0x31), _open(0x30, DATA), _tlv(0x31))
    assert b"" == signed_content(_tlv(0x30, SIGNED_DATA, _tlv(0xA0, told)))
    assert b"" == signed_content(_open(0x30, SIGNED_DATA, _open(0xA0, opened)))


def test_the_mail_within_has_paths_of_its_own_and_no_mark() -> None:
    """Its parts stand below the signed part; one that contradicts itself is marked as any other."""
    message = read(mail(part(_signed(INNER), KIND))).message
    assert {"1/1/1": "within"} == {p.path: p.text.strip() for p in message.parts if "within" in p.text}
    assert () == message.unreadable
    twice = read(mail(part(_signed(b"Content-Type: text/html\r\n" + INNER), KIND))).message
    assert [("1/1/header", Reason.AMBIGUOUS)] == [(mark.path, mark.reason) for mark in twice.unreadable]


@pytest.mark.parametrize("cut", [20, 40, 60])
def test_what_is_cut_off_is_named(cut: int) -> None:
    """Signed data that does not hold together may hold anything."""
    message = read(mail(part(_signed(INNER)[:cut], KIND))).message
    assert [Reason.UNSUPPORTED] == [mark.reason for mark in message.unreadable]


@given(st.binary(max_size=200), st.integers(0, 150))
def test_any_bytes_are_read_or_refused(junk: bytes, at: int) -> None:
    """No bytes raise an error."""
    for data in (junk, _signed(INNER)[:at] + junk, _streamed(INNER)[:at] + junk):
        assert signed_content(data) is None or isinstance(signed_content(data), bytes)


@pytest.mark.parametrize("unit", [b"\x24\x80", b"\x04\x00", b"\x30\x80"])
def test_depth_costs_no_more_than_length(unit: bytes) -> None:
    """A hundred thousand open lengths within one another are walked without recursion."""
    head = _open(0x30, SIGNED_DATA, _open(0xA0, _open(0x30, _tlv(2, b"\1"), _tlv(0x31))))[:-6]
    began = time.process_time()
    signed_content(head + b"\x30\x80" + DATA + b"\xa0\x80\x24\x80" + unit * 100_000)
    assert time.process_time() - began < 1 * slowness()


def test_all_ways_to_wrap_are_read() -> None:
    """Signed mail in signed mail, too."""
    for wrap in WRAPPED.values():
        content = mail(part(wrap(INNER), KIND))
        assert any("within" in p.text for p in read(content).message.parts)
        assert base64.b64encode(INNER) not in content
