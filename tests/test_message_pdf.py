"""What stands in a PDF file beside its pages."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from gateway.message import pdf
from gateway.message.entries import Budget
from gateway.model import Reason
from tests.blind.pages import PAGE, canvas, objects, revised, shown, stream
from tests.pace import slowness


def found(data: bytes, text: str = "Notes of the meeting") -> pdf.Found:
    """What is found beside the text of the pages."""
    return pdf.beside(memoryview(data), text, Budget())


def test_an_honest_page_has_nothing_beside_it() -> None:
    """No file, no fault, and no text again that its page shows."""
    looked = found(canvas(lambda page: None))
    assert ([], {}) == (looked.files, looked.faults)
    assert not any("Notes" in text for text in looked.texts)


@pytest.mark.parametrize(
    "string",
    [b"(a \\(short\\) remark)", b"(a \\050short\\051 remark)", b"<6120287368 6f72742920 72656d61726b>",
     b"<" + (b"\xfe\xff" + "a (short) remark".encode("utf-16-be")).hex().encode() + b">"],
)  # fmt: skip
def test_strings_are_read_in_each_of_their_forms(string: bytes) -> None:
    """Remarks, titles, values of forms and scripts are strings of objects."""
    assert "a (short) remark" in found(objects(PAGE, b"<</Contents" + string + b">>")).texts


def test_embedded_files_come_out() -> None:
    """Packed or not."""
    plain = b"<</Type/EmbeddedFile/Length 5>>stream\nhello\nendstream"
    assert [b"hello", b"world"] == found(objects(PAGE, plain, stream(b"world", b"/Type/EmbeddedFile"))).files


def test_what_was_shown_before_is_read() -> None:
    """A file that was added to still holds what it said."""
    assert "a line of before" in found(revised("a line of before")).texts


def test_letters_that_are_numbers_of_glyphs_are_named() -> None:
    """A page that draws much more than was read of it cannot be read."""
    drawn = b"BT /F1 12 Tf <" + b"0102" * 200 + b"> Tj ET"
    assert {Reason.UNSUPPORTED: None} == found(objects(stream(drawn)), "x").faults
    assert {Reason.UNSUPPORTED: None} == found(objects(stream(drawn)), "\ue001\ue002" * 100).faults
    assert (
        {} == found(objects(stream(shown("Notes of the meeting " * 20))), "Notes of the meeting " * 20).faults
    )


def test_regression_a_filled_form_was_unreadable() -> None:
    """What a field shows stands in the file as its value: it is drawn beside the text of the pages, and read."""
    value = "Notes of the meeting are kept by the secretary " * 3

    def filled(page: Canvas) -> None:
        page.acroForm.textfield(name="notes", value=value.strip(), maxlen=500)

    looked = found(canvas(filled), "Form")
    assert {} == looked.faults
    assert any("kept by the secretary" in text for text in looked.texts)


@given(st.binary(max_size=40), st.integers(0, 900), st.integers(0, 40))
def test_any_bytes_are_looked_through(noise: bytes, at: int, gone: int) -> None:
    """Damage is no error."""
    whole = objects(PAGE, stream(b"world", b"/Type/EmbeddedFile"), b"<</Contents(remark)>>")
    pdf._looked(whole[:at] + noise + whole[at + gone :], Budget())


@pytest.mark.parametrize("piece", [b"\\(", b"(", b"(a", b"<41", b"\\(a "])
def test_regression_strings_that_never_end_cost_the_square(piece: bytes) -> None:
    """A megabyte of beginnings is gone through once."""
    began = time.process_time()
    found(b"%PDF-1.4\n1 0 obj<</A" + piece * (1_000_000 // len(piece)), "x")
    assert time.process_time() - began < 3 * slowness()
