"""Pages, Numbers and Keynote: texts come out, and cells of tables are named."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.message import iwork
from gateway.message.documents import extract
from gateway.model import Document, Reason
from tests.papers import archive

TEXT = "RESTRICTED UNTIL PUBLISHED"


def field(number: int, data: bytes) -> bytes:
    """A field that has a length."""
    return bytes([number << 3 | 2, len(data)]) + data


def chunk(packed: bytes, size: int) -> bytes:
    """A chunk of a part."""
    body = bytes([size & 0x7F | 0x80, size >> 7]) + packed
    return b"\0" + len(body).to_bytes(3, "little") + body


def literal(data: bytes) -> bytes:
    """Bytes as they are."""
    return bytes([60 << 2, len(data) - 1]) + data


def part(text: str) -> bytes:
    """A part that says this in a message within a message."""
    data = b"\x08\x07" + field(1, b"\x09" + bytes(8) + b"\x15" + bytes(4) + field(3, text.encode()))
    return chunk(literal(data), len(data))


def test_texts_of_messages_come_out() -> None:
    """Whatever stands beside them, and however deep."""
    assert TEXT in (found := iwork.read("Index/Document.iwa", part(TEXT))).text.splitlines()
    assert found.reason is None


def test_copies_are_unpacked() -> None:
    """One byte of distance, two, four; a copy may overlap what it makes."""
    start = field(3, b"abcabcabcabcXabcabc")
    packed = (
        literal(start[:5])
        + bytes([5 << 2 | 1, 3])
        + literal(b"X")
        + bytes([2 << 2 | 2, 4, 0, 2 << 2 | 3, 3, 0, 0, 0])
    )
    assert "abcabcabcabcXabcabc" == iwork.read("a.iwa", chunk(packed, len(start))).text


def test_a_record_goes_on_in_the_next_chunk() -> None:
    """Chunks cut records anywhere."""
    data = field(3, TEXT.encode())
    assert (
        TEXT
        == iwork.read("a.iwa", chunk(literal(data[:9]), 9) + chunk(literal(data[9:]), len(data) - 9)).text
    )


@pytest.mark.parametrize("data", [part(TEXT)[:-3], part(TEXT) + b"x", b"\x07encrypted"])
def test_what_does_not_unpack_is_named(data: bytes) -> None:
    """Cut, with something behind, or locked."""
    assert Reason.BROKEN is iwork.read("a.iwa", data).reason


def test_cells_of_tables_are_named() -> None:
    """They are packed in a way that is not read; texts of cells stand elsewhere."""
    assert Reason.UNSUPPORTED is iwork.read("Index/Tables/Tile-2.iwa", part(TEXT)).reason


def test_a_document_is_read_without_a_mark() -> None:
    """With what the program notes about it."""
    members = {
        "Index/Document.iwa": part(TEXT),
        "Metadata/Properties.plist": b"bplist00\xd1\1\2" + TEXT.encode(),
    }
    message = extract(Document("1", "pages", archive(members)))
    assert 2 == sum(TEXT in said.text for said in message.parts)
    assert () == message.unreadable


def test_large_notes_are_files() -> None:
    """What is no note of a program is named like any file of unknown form."""
    data = b"bplist00" + bytes(range(256)) * 40
    assert not iwork.is_part("Metadata/Properties.plist", data)


@settings(max_examples=25)
@given(st.binary(max_size=300))
def test_any_bytes_end(data: bytes) -> None:
    """Whatever a part holds."""
    iwork.read("a.iwa", data)
    iwork.read("a.iwa", chunk(data, 900))
