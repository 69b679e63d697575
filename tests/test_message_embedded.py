"""What stands inside a text."""

# ruff: noqa: E501 (tables of one case a line)

from __future__ import annotations

import base64
import binascii
from hashlib import sha256
from string import ascii_letters

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.message import limits
from gateway.message.embedded import look
from gateway.scanner import read_here
from tests.papers import archive, word

FILE = bytes(range(120))
LINE = base64.b64encode(FILE)
UU = (
    b"begin 644 a.bin\n"
    + b"".join(binascii.b2a_uu(FILE[at : at + 45]) for at in range(0, 120, 45))
    + b"`\nend\n"
)


@pytest.mark.parametrize(
    "text", [b"", b"hello\nworld\n", b"beginning of a letter\n", b"a" * 59, b"content with type: x\n" * 99]
)
def test_ordinary_text_holds_nothing(text: bytes) -> None:
    """Prose is looked at once, and nothing comes of it."""
    assert None is look(text)


@pytest.mark.parametrize("text", [
    b"hello\n" + LINE[:76] + b"\n" + LINE[76:] + b"\n", b"> " + LINE[:76] + b"\n> " + LINE[76:] + b"\n", b"see " + LINE + b" there", FILE.hex().encode(), FILE.hex().upper().encode(),
])  # fmt: skip
def test_lines_that_look_encoded_are_decoded(text: bytes) -> None:
    """Base64 and hexadecimal, on lines of their own, in a quotation, in the middle of a line."""
    found = look(text)
    assert found is not None
    assert any(FILE in guess for guess, _ in found.guesses)


def test_uuencoded_files() -> None:
    """Each file in uuencode comes out, also where its end is missing."""
    found = look(b"hello\n" + UU + b"\n" + UU.replace(b"end\n", b""))
    assert found is not None
    assert (FILE, FILE) == found.files


def test_parts_with_headers_of_their_own() -> None:
    """A part begins where a line names a type, whatever parts it from the last one."""
    text = b"hello\n==x\nContent-Type: text/plain\n\none\n==x\nContent-Type: text/html\n\ntwo\n==x--\n"
    found = look(text)
    assert found is not None
    assert (b"Content-Type: text/plain\n\none", b"Content-Type: text/html\n\ntwo") == found.parts


def test_foreign_encodings_are_named() -> None:
    """What nobody here decodes is said to be there."""
    found = look(b"=ybegin line=128 size=9 name=a\nxyz\n=yend\n")
    assert found is not None
    assert found.foreign


def test_more_parts_than_are_read_are_told() -> None:
    """Above the limit the first ones are read, and it is said that there are more."""
    found = look(b"Content-Type: text/plain\n\nx\n" * (limits.PARTS + 1))
    assert found is not None
    assert (limits.PARTS, True) == (len(found.parts), found.more)


@settings(max_examples=40)
@given(st.binary(max_size=300), st.booleans())
def test_any_file_comes_out_of_its_base64(data: bytes, thorough: bool) -> None:
    """Whatever was encoded in one line long enough is among the guesses, and nothing raises."""
    encoded = base64.b64encode(data.ljust(100))
    found = look(b"x\n" + encoded + b"\n", thorough=thorough)
    assert found is not None
    assert any(guess.startswith(data) for guess, _ in found.guesses)


def test_lines_of_one_letter_are_no_encoded_file() -> None:
    """Regression: 25 MiB of one letter came as text twice, the second time as what the letter decodes to."""
    found = look((b"y" * 76 + b"\r\n") * 50, thorough=True)
    assert () == (found.guesses if found else ())


def test_what_follows_one_letter_many_times_is_a_file() -> None:
    """Only a file that is the same few bytes to its end is passed over."""
    text = base64.b64encode(b"y" * 5_001 + b"EMBARGOED UNTIL 9:30am")
    found = look(text, thorough=True)
    assert found is not None
    assert any(guess.endswith(b"9:30am") for guess, _ in found.guesses)


def test_regression_a_pasted_file_was_broken_without_its_last_line() -> None:
    """The last line of pasted base64 may be somebody's name: a file without it is only known by its digest."""
    papers = (archive({"a.docx": word(), "b.txt": ascii_letters[:size].encode()}) for size in range(52))
    paper = next(each for each in papers if len(each) % 3 == 0)
    pasted = b"Content-Type: application/octet-stream\r\n\r\n" + base64.encodebytes(paper)
    assert () == read_here(pasted).unreadable
    assert sha256(paper).digest() in {leaf.sha256 for leaf in read_here(pasted + b"Jo\n").leaves}


def test_regression_files_behind_a_thousand_digests_were_not_seen() -> None:
    """A list of digests is no limit's worth of files, however long; and none of them is an archive."""
    digests = (sha256(str(number).encode()).hexdigest().encode() for number in range(1_200))
    listed = b"".join(digest + b"  a.bin\n" for digest in digests)
    paper = b"<html>the rate is 4.7"
    read_whole = read_here(b"\n" + listed + base64.encodebytes(paper * 9))
    assert () == read_whole.unreadable
    assert any("the rate is 4.7" in part.text for part in read_whole.parts)


def test_more_guesses_than_are_read_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit the first ones are read, and it is said that there are more."""
    monkeypatch.setattr(limits, "FOUND", 3)
    found = look((base64.b64encode(FILE * 2) + b" x\n") * 4)
    assert found is not None
    assert (3, True) == (len(found.guesses), found.more)
