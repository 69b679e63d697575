"""What streams of PDF files draw, letter by letter too."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.message import pdf_drawn

SAID = "There were 83,840 children looked after at the end of the year, and more of them were boys"


def letters(step: float, *, blanks: bool = False) -> bytes:
    """A page that draws each letter for itself, twenty-five in a line."""
    shows = (
        f"BT 1 0 0 1 {40 + step * (place % 25):.2f} {700 - 20 * (place // 25)} Tm ({letter}) Tj ET"
        for place, letter in enumerate(SAID)
        if blanks or letter != " "
    )
    return "\n".join(shows).encode()


def test_strings_are_read_in_order() -> None:
    """As letters, as digits, over gaps; a move ends a line."""
    content = b"BT [(one)-300(two)20(three)]TJ 0 -12 Td <666f7572> Tj <00010002> Tj T* (5) ' ET"
    assert ["one twothree", "four", "5"] == [line for line in pdf_drawn.text(content).split("\n") if line]


@pytest.mark.parametrize("step", [7.0, 14.0, 20.0])
def test_letters_far_apart_are_words_by_their_places(step: float) -> None:
    """The step to the next word is longer; a line may end within a word."""
    assert pdf_drawn.is_spelled(letters(step))
    assert {"There", "were", "83,840", "looked"} < set(pdf_drawn.spelled(letters(step)).split())


def test_words_are_told_from_letters() -> None:
    """By how long they are; a few letters do not tell."""
    assert pdf_drawn.are_words(SAID)
    assert pdf_drawn.are_words("T h e r e")
    assert not pdf_drawn.are_words(" ".join(SAID))
    assert not pdf_drawn.are_words(SAID.replace(" ", ""))


def test_a_page_of_words_is_not_spelled() -> None:
    """Strings are longer than letters, and letters stand side by side."""
    assert not pdf_drawn.is_spelled(b"BT (There were children) Tj (looked after) Tj ET")
    assert pdf_drawn.is_spelled(b"BT 12.5 Tc (There were children) Tj ET")


def test_a_mirror_is_seen() -> None:
    """A page upside down is none."""
    assert pdf_drawn.MIRRORED.search(b"q -1 0 0 1 500 0 cm BT")
    assert pdf_drawn.MIRRORED.search(b"q -.24 0 0 -.24 500 0 cm BT") is None


@settings(max_examples=40)
@given(st.binary(max_size=100), st.integers(0, 200))
def test_any_stream_is_gone_through(noise: bytes, at: int) -> None:
    """Damage is no error."""
    content = letters(9.0)
    damaged = content[:at] + noise + content[at:]
    assert isinstance(pdf_drawn.spelled(damaged) + pdf_drawn.text(damaged), str)
