"""Fonts that say which letters they draw, and those that do not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.message.documents import extract
from gateway.message.pdf_fonts import Fonts
from gateway.model import Document, Reason
from tests.blind.binary import COMPOSITE, DESCENDANT, UNTOLD
from tests.blind.pages import objects, stream

WORDS = "RESTRICTED UNTIL PUBLISHED"
SHOWS = b"BT /F9 12 Tf 20 200 Td (RESTRICTED UNTIL PUBLISHED) Tj ET"


def reasons(data: bytes) -> set[Reason]:
    """Why anything of a file could not be read."""
    return {place.reason for place in extract(Document("1", "pdf", data)).unreadable}


@pytest.mark.parametrize("name", sorted({*UNTOLD} - {"certificate"}))
def test_text_in_a_font_that_does_not_tell_is_named(name: str) -> None:
    """Numbers of glyphs look like letters to a library, and are none."""
    assert {Reason.UNSUPPORTED} == reasons(UNTOLD[name](WORDS))


@pytest.mark.parametrize(
    "font",
    [
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Type/Font/Subtype/TrueType/BaseFont/ABCDEF+Own/Encoding/WinAnsiEncoding>>",
        b"<</Type/Font/Subtype/TrueType/BaseFont/ABCDEF+Own/ToUnicode 6 0 R>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/ABCDEF+Own/Encoding<</Differences[65/A/B/uni0043/space]>>>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/ABCDEF+Own/Encoding<</BaseEncoding/WinAnsiEncoding>>>>",
        b"<</Type/Font/Subtype/Type0/BaseFont/Own/Encoding/UniGB-UCS2-H/DescendantFonts[6 0 R]>>",
    ],
)
def test_fonts_that_tell_are_not_named(font: bytes) -> None:
    """A table, an encoding that everybody knows, or names of glyphs."""
    assert set() == reasons(objects(stream(SHOWS), font, DESCENDANT, fonts="/F9 5 0 R"))


def test_marks_before_list_items_are_not_named() -> None:
    """The same two glyphs again and again say nothing."""
    dots = b"BT /F9 12 Tf " + b"<0001> Tj <0002> Tj " * 3 + b"ET"
    drawn = stream(dots + b" BT /F1 12 Tf 9 9 Td (Notes of the meeting) Tj ET")
    assert set() == reasons(objects(drawn, COMPOSITE % b"", DESCENDANT, fonts="/F9 5 0 R"))


def test_a_font_that_nothing_draws_with_is_not_named() -> None:
    """Programs leave fonts in a file."""
    drawn = stream(b"BT /F1 12 Tf 9 9 Td (Notes of the meeting) Tj ET")
    assert set() == reasons(objects(drawn, COMPOSITE % b"", DESCENDANT, fonts="/F9 5 0 R"))


@settings(max_examples=25)
@given(st.binary(max_size=300))
def test_any_objects_end(data: bytes) -> None:
    """Whatever stands in a file."""
    fonts = Fonts()
    fonts.objects(b"1 0 obj /Type/Font/Subtype/Type0/Encoding/Identity-H endobj /F9 1 0 R" + data)
    fonts.packed(b"/First 9", data)
    fonts.names.append((b"F9", 1))
    fonts.draws(b"/F9 1 Tf (\\8\\7" + data)
    fonts.untold()
