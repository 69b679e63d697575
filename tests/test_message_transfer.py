"""Transfer encodings, as they should be and as they come."""

from __future__ import annotations

import base64
import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.message.transfer import Decoded, decode, token


def decoded(encoding: str, data: bytes) -> Decoded:
    """Decode all of the data, at an offset."""
    return decode(encoding, b"x\n" + data + b"\n--b", 2, 2 + len(data))


@given(st.binary(), st.integers(1, 80))
def test_base64_in_lines_of_any_length(data: bytes, width: int) -> None:
    """Base64 comes back whatever its lines are."""
    text = base64.b64encode(data)
    lines = b"\r\n".join(text[i : i + width] for i in range(0, len(text), width))
    assert data == bytes(decoded("base64", lines).data)
    assert not decoded("base64", lines).doubtful


@given(st.binary())
def test_quoted_printable(data: bytes) -> None:
    """Quoted-printable comes back: line ends as codes, because of two kinds of them an encoder keeps one."""
    encoded = binascii.b2a_qp(data, quotetabs=True, istext=False)
    assert data == bytes(decoded("quoted-printable", encoded).data)


@given(st.binary(max_size=400))
def test_uuencode(data: bytes) -> None:
    """Uuencoded data comes back."""
    lines = b"".join(binascii.b2a_uu(data[i : i + 45]) for i in range(0, len(data), 45))
    assert data == bytes(decoded("uuencode", b"begin 644 a.bin\n" + lines + b"`\nend\n").data)


@given(st.sampled_from(["base64", "quoted-printable", "uuencode", ""]), st.binary())
def test_anything_decodes(encoding: str, data: bytes) -> None:
    """No bytes are an error in any encoding."""
    assert isinstance(bytes(decoded(encoding, b"begin 644 x\n" + data).data), bytes)


SLOPPY = {
    "junk": ("base64", b"aGV#-_:.%sbG8=", b"hello"),
    "no-padding": ("base64", b"aGVsbG8", b"hello"),
    "too-much-padding": ("base64", b"aGVsbG8====\r\n\r\n", b"hello"),
    "one-letter-too-many": ("base64", b"aGVsbG8hA", b"hello!"),
    "lower-case": ("quoted-printable", b"=e9=3d", b"\xe9="),
    "soft-break": ("quoted-printable", b"4=\r\n.7", b"4.7"),
    "space-behind-soft-break": ("quoted-printable", b"4= \t\r\n.7", b"4.7"),
    "no-escape": ("quoted-printable", b"a=zz=", b"a=zz"),
    "begin-base64": ("uuencode", b"begin-base64 644 x\naGVsbG8=\n====\n", b"hello"),
    "no-end": ("uuencode", b"begin 644 x\n%:&5L;&\\\n", b"hello"),
}


@pytest.mark.parametrize(("encoding", "data", "expected"), SLOPPY.values(), ids=SLOPPY.keys())
def test_sloppy_encoders(encoding: str, data: bytes, expected: bytes) -> None:
    """What programs get wrong without any reader minding is read without doubt."""
    found = decoded(encoding, data)
    assert (expected, False) == (bytes(found.data), found.doubtful)


def test_data_behind_padding_is_doubtful() -> None:
    """Some readers stop at padding, some go on: the longer reading is taken, and said to be doubtful."""
    found = decoded("base64", b"Zm9vYg==\r\nYXI=")
    assert (b"foobar", True) == (bytes(found.data), found.doubtful)


def test_footer_behind_base64_is_text() -> None:
    """A mailing list's footer below an encoded part is text, and no reason to doubt the part."""
    found = decoded("base64", b"aGVsbG8=\r\n_______\r\nto unsubscribe, write to us")
    assert (b"hello", False) == (bytes(found.data), found.doubtful)
    assert b"unsubscribe" in found.rest


def test_tokens() -> None:
    """Names of encodings are known in any case, by their aliases, and otherwise not at all."""
    assert ["base64", "8bit", "uuencode", None] == [*map(token, ["BASE64;", "8-bit", "x-uue", "gzip64"])]


@given(
    st.lists(
        st.sampled_from([b"QUJD", b"QQ", b"A", b"\r\n", b"\n", b" ", b"*", b"\xff", b"\0", b"zz/+"]),
        max_size=40,
    ),
    st.lists(st.sampled_from([b"=", b"\r\n", b" ", b"\t"]), max_size=6),
)
def test_the_fast_library_reads_base64_as_the_standard_one_does(
    pieces: list[bytes], end: list[bytes]
) -> None:
    """Junk is passed over and padding ends the text, whichever library decodes it."""
    encoded = b"".join([*pieces, *end])
    try:
        expected = binascii.a2b_base64(encoded)
    except binascii.Error:
        return
    assert expected == bytes(decode("base64", encoded, 0, len(encoded)).data)
