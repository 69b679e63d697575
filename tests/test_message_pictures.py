"""Pictures tell their size before anybody opens them, and bombs are named unopened."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.message import limits, pictures
from gateway.model import Reason
from gateway.scanner import read_here
from tests import pictured
from tests.pace import slowness
from tests.papers import archive, attached, mail

BOMBS = {
    "png": pictured.png(50_000, 50_000),
    "bmp": b"BM" + bytes(12) + b"\x28\0\0\0" + (50_000).to_bytes(4, "little") * 2 + bytes(28),
    "gif": pictured.gif(100_000),
    "gif-screen": b"GIF89a\xff\xff\xff\xff\0\0\0;",
    "jpeg-2000": pictured.jpeg2000(60_000, 60_000),
    "tiff": pictured.tiff(0, width=100_000, height=100_000),
    "webp": b"RIFF\xff\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\xff\xff\x3f" * 2 + bytes(30),
    "photoshop": b"8BPS\0\1" + bytes(8) + (30_000).to_bytes(4, "big") * 2 + bytes(20),
}


@pytest.mark.parametrize("form", pictured.FORMATS)
def test_size_is_told_by_the_file(form: str) -> None:
    """The size that the header tells is that of the picture."""
    shown = pictured.image("Rate 4.7 %")
    found = pictures.shape(pictured.saved(shown, form))
    assert found is not None
    assert (*shown.size, None) == (found.width, found.height, found.fault)


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_is_named(name: str) -> None:
    """More pixels or frames than any camera or clip has end in a mark, at once and with OCR off."""
    began = time.process_time()
    assert pictures.shape(BOMBS[name]) is not None
    assert Reason.TOO_LARGE == pictures.fault(BOMBS[name])
    assert time.process_time() - began < 0.5 * slowness()


def test_pages_in_a_circle_are_broken() -> None:
    """A TIFF whose last page leads back to its first never ends."""
    assert Reason.BROKEN == pictures.fault(pictured.tiff(38, 8))
    assert pictures.fault(pictured.tiff(38, 0)) is None


def test_bomb_is_named_wherever_it_stands() -> None:
    """Attached, in an archive, under another name."""
    for data, path in ((BOMBS["png"], "1"), (archive({"a.txt": BOMBS["png"]}), "1/1")):
        found = read_here(mail(attached(data, "a.txt", "image/gif")))
        assert [(path, Reason.TOO_LARGE)] == [(mark.path, mark.reason) for mark in found.unreadable]


def test_icons_and_dots_hold_no_words() -> None:
    """What is smaller than a word is not given to who reads words; what does not tell its size is."""
    small = pictured.png(1, 1), pictured.png(32, 32), pictured.png(600, 3), pictured.png(10, 400)
    assert [False] * 4 == list(map(pictures.may_speak, small))
    assert pictures.may_speak(pictured.png(limits.WORD_WIDTH, limits.WORD_HEIGHT))
    assert pictures.may_speak(b"\xff\xd8\xff no size")


@settings(max_examples=40)
@given(st.binary(max_size=200), st.sampled_from(sorted(BOMBS)), st.integers(0, 100))
def test_any_bytes_give_an_answer(noise: bytes, name: str, at: int) -> None:
    """Whatever stands in a picture, its size is asked without an error."""
    data = BOMBS[name][:400]
    pictures.shape(data[:at] + noise)
    pictures.may_speak(noise)
