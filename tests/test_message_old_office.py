"""What old Office files say beside what the library reads: pieces, records, macros, packed RTF."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.message import biff, compound, old_office, packed_rtf, vba, word97
from tests.blind.kept import BOF, OLD, _records

TEXT = "Embargo until tomorrow"


@pytest.mark.parametrize("name", sorted(OLD))
def test_texts_come_out(name: str) -> None:
    """Of remarks, boxes, headers, drawings; of a file of no known program whatever looks like text."""
    opened = compound.open_compound(OLD[name](TEXT))
    texts = [*old_office.texts(opened, compound.program(opened))]
    assert name.startswith(("slides", "word-wide", "word-narrow")) or any(TEXT in text for text in texts)


def test_pieces_are_read_in_their_order() -> None:
    """Controls of the text become what they show."""
    opened = compound.open_compound(OLD["word-pieces"]("one\x07two\rthree\x1e"))
    assert "one\ttwo\nthree-" == word97.text(opened)


def test_numbers_of_charts_are_read() -> None:
    """They stand in no cell of the book."""
    number = (0x0203, struct.pack("<3Hd", 1, 1, 0, 72.67))
    chart = (0x0809, struct.pack("<HH", 0x0600, 0x0020) + bytes(12))
    assert "72.67" in biff.text(_records(BOF, (0x000A, b""), chart, number))
    assert "72.67" not in biff.text(_records(BOF, number))


def test_packed_source_is_unpacked() -> None:
    """Plain bytes, and what is taken from what came before."""
    plain = b"Attribute VB_Name = "
    chunk = (
        b"".join(b"\0" + plain[at : at + 8] for at in range(0, 16, 8)) + b"\x10" + plain[16:20] + b"\x01\x98"
    )
    packed = b"\1" + struct.pack("<H", 0xB000 | (len(chunk) - 1)) + chunk
    # 20 bytes before it: five bits of the token tell the place, 20 back; the rest the length, four.
    assert "Attribute VB_Name = Attr" == vba.source(b"before" + packed)


def test_packed_rtf_is_unpacked() -> None:
    """The example of MS-OXRTFCP 3.1.1."""
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af3206865 6c090020627705b06c647d0a800fa0"
    )
    assert b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n" == packed_rtf.unpacked(packed)


@given(st.binary(max_size=300))
def test_any_bytes_are_read(noise: bytes) -> None:
    """Damage is no error."""
    vba.source(b"\1\0\xb0\0Attribut" + noise)
    packed_rtf.unpacked(struct.pack("<LL4sL", len(noise), 9, b"LZFu", 0) + noise)
    biff.text(noise)
