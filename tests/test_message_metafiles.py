"""Drawings of Windows say their texts, whichever record draws them."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.message import metafiles
from gateway.message.metafiles import read
from gateway.model import Reason
from tests import metafiles as made

SAID = "Rate 4.7 %"
WAYS = {
    "wide": made.emf(made.written(SAID)),
    "narrow": made.emf(made.written(SAID, wide=False)),
    "poly": made.emf(made.poly(["x", SAID])),
    "small": made.emf(made.small(SAID)),
    "small-narrow": made.emf(made.small(SAID, narrow=True)),
    "small-bare": made.emf(made.small(SAID, box=False)),
    "description": made.emf(description=SAID),
    "plus": made.emf(made.plus_string(SAID)),
    "plus-driver": made.emf(made.plus_driver(SAID)),
    "letters": made.emf(*map(made.written, SAID)),
    "wmf": made.wmf(made.text_out(SAID)),
    "wmf-bare": made.wmf(made.text_out(SAID), placeable=False),
    "wmf-placed": made.wmf(made.ext_text_out(SAID)),
    "wmf-box": made.wmf(made.ext_text_out(SAID, 2)),
    "wmf-with-emf": made.wmf(*made.along(made.emf(made.written(SAID)))),
}


@pytest.mark.parametrize("way", WAYS)
def test_text_is_read(way: str) -> None:
    """Each record that draws text says it."""
    assert metafiles.is_metafile(WAYS[way])
    drawn = read(WAYS[way])
    assert (True, None) == (SAID in drawn.text, drawn.fault)


def test_drawings_of_a_font_are_named() -> None:
    """Numbers of a font's drawings are no letters: they are named, not guessed."""
    for data in (
        made.emf(made.written(SAID, options=0x10)),
        made.emf(made.plus_driver(SAID, flags=0)),
        made.wmf(made.ext_text_out(SAID, 0x10)),
    ):
        assert ("", Reason.UNSUPPORTED) == (read(data).text, read(data).fault)


def test_pictures_in_a_drawing_are_files() -> None:
    """A bitmap becomes a file of its own, a PNG is one already."""
    bitmap = b"BM" + bytes(8) + b"\x36\0\0\0" + b"\x28\0\0\0" + bytes(36) + b"pixels"
    png = b"\x89PNG\r\n\x1a\nrest"
    (first,) = read(made.emf(made.bitmap(bitmap))).pictures
    (second,) = read(made.emf(made.plus_picture(png))).pictures
    assert (b"BM", bitmap[14:]) == (first[:2], first[14 : len(bitmap)])
    assert second.startswith(png)


def test_cut_drawing_says_so() -> None:
    """A record that goes beyond the end is a fault; what stands before it is read."""
    whole = made.emf(made.written(SAID), made.written("more"))
    drawn = read(whole[:-60])
    assert (True, Reason.BROKEN) == (SAID in drawn.text, drawn.fault)


@settings(max_examples=40)
@given(st.binary(max_size=300), st.sampled_from(sorted(WAYS)), st.integers(0, 400))
def test_any_bytes_give_an_answer(noise: bytes, way: str, at: int) -> None:
    """Whatever stands in a drawing, reading it ends without an error."""
    data = WAYS[way]
    read(data[:at] + noise + data[at + len(noise) :])
    assert not read(gzip.compress(noise)).texts
