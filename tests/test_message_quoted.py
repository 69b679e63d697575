"""Quoted-printable that is not strict: every way in which readers mend it."""

from __future__ import annotations

import binascii
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.message import quoted
from gateway.message.quoted import is_regular, is_strict, readings
from gateway.message.reader import read
from gateway.model import Reason
from tests.pace import slowness

MENDED = {
    b"E=MB": b"EMB",
    b"E==4D": b"EM",
    b"E=0=4D": b"EM",
    b"E=0X=4D": b"EM",
    b"E= =4D": b"EM",
    b"1=a2=3D": b"12=",
    b"=4D=b1": b"M1",
}


@pytest.mark.parametrize(("written", "meant"), MENDED.items())
def test_what_readers_make_of_it_is_among_the_readings(written: bytes, meant: bytes) -> None:
    """A sign that encodes nothing is left out, alone or with what stands behind it."""
    assert meant in dict(readings(written, lines=False))
    assert meant in dict(readings(written, lines=True))


@pytest.mark.parametrize(
    "text", [b"a=41b", b"a=\r\nb", b"a= \nb", b"a=", b"a=\t", b"a=E9b", b"a=\r\r\nb", b"no sign"]
)
def test_what_all_read_alike_is_strict(text: bytes) -> None:
    """Escapes in capitals, and soft line breaks with blanks in them, are in no doubt."""
    assert is_strict(text, 0, len(text))
    assert [] == list(readings(text, lines=False))


def test_few_need_capitals() -> None:
    """A reader that takes capitals alone for codes is rare, and the reading says so."""
    assert [(b"5", True)] == list(readings(b"=a5", lines=False))


def test_only_the_lines_in_doubt_come_again() -> None:
    """Of a text the other lines are read once; a line goes on behind its soft break."""
    found = dict(readings(b"first\r\nsec=\r\non=d\r\nthird\r\n", lines=True))
    assert b"second\r\n" in found
    assert not any(b"first" in each or b"third" in each for each in found)


@given(st.binary(max_size=300))
def test_strict_bytes_have_no_other_reading(data: bytes) -> None:
    """Any bytes are read; what is strict is what `binascii` makes of it."""
    others = list(readings(data, lines=False))
    assert not is_strict(data, 0, len(data)) or all(each == binascii.a2b_qp(data) for each, _ in others)


def test_regression_stray_equals_signs_in_a_word() -> None:
    """`=M` in quoted-printable hid a banner: some readers show it without the sign."""
    content = b"Content-Transfer-Encoding: quoted-printable\r\n\r\nE=MBARGOED=\r\n UNTIL\r\n"
    assert any("EMBARGOED UNTIL" in part.text for part in read(content).message.parts)


@pytest.mark.parametrize("unit", [b"= ", b"==", b"=a", b"=a5", b"= \n", b"x=\t"])
def test_time_is_linear(unit: bytes) -> None:
    """A hundred kilobytes of nothing but doubt are read within a second."""
    began = time.process_time()
    list(readings(unit * 50_000, lines=True))
    assert time.process_time() - began < 1 * slowness()


def test_a_text_of_nothing_but_strays_is_named() -> None:
    """More signs that encode nothing than anybody writes are not mended in four ways: the place is marked."""
    body = b"=\t=" * 30_000
    content = b"Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n%b"
    reasons = [
        {mark.reason for mark in read(content % (body * times)).message.unreadable} for times in (1, 2)
    ]
    assert [set(), {Reason.TOO_LARGE}] == reasons
    assert not list(readings(body * 2, lines=False))


@given(
    st.lists(
        st.sampled_from([b"=", b"4", b"A", b"a", b" ", b"\r", b"\n", b"=4D", b"=\r\n", b"text"]), max_size=40
    ),
    st.sampled_from([1, 7, 64]),
)
def test_arrays_and_the_expression_say_the_same(pieces: list[bytes], step: int) -> None:
    """A long body is looked through on arrays, piece by piece: regular is what the expression finds nothing in."""
    body = b"".join(pieces)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quoted, "_LONG", len(body) + 1)
        short = is_regular(body, 0, len(body))
        patch.setattr(quoted, "_LONG", 0)
        patch.setattr(quoted, "_STEP", step)
        assert short == is_regular(b"=x" + body + b"=x", 2, 2 + len(body))
    assert is_strict(body, 0, len(body)) or not short


def test_a_sign_in_the_last_piece_of_a_long_body_is_seen() -> None:
    """However long a body is, one equals sign that encodes nothing makes it irregular, wherever it stands."""
    body = b"caf=C3=A9 =\r\n" * 200_000
    assert is_regular(body, 0, len(body))
    for place in (0, 1_048_575, len(body) // 2, len(body)):
        odd = body[:place] + b"=x" + body[place:]
        assert not is_regular(odd, 0, len(odd))
