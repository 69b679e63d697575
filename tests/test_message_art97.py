"""Pictures of old Office files come out as files, whichever program keeps them, and in however many pieces."""

from __future__ import annotations

import struct
import zlib

from gateway.message.art97 import pictures
from gateway.message.compound import open_compound
from gateway.message.entries import Budget
from gateway.scanner import read_here
from tests import metafiles, pictured
from tests.papers import attached, compound, mail

SHOWN = pictured.picture("Rate 4.7 %")
DRAWN = metafiles.emf(metafiles.written("Rate 4.7 %"))


def blip(kind: int, data: bytes, instance: int = 0) -> bytes:
    """A record that holds a picture."""
    body = bytes(16) + b"\xff" + data
    return struct.pack("<2HL", instance << 4, 0xF000 | kind, len(body)) + body


def drawing(data: bytes) -> bytes:
    """A record that holds a packed EMF."""
    packed = zlib.compress(data)
    body = bytes(16) + struct.pack("<L24xL2B", len(data), len(packed), 0, 0xFE) + packed
    return struct.pack("<2HL", 0x3D40, 0xF01A, len(body)) + body


def found(**streams: bytes) -> list[bytes]:
    """The pictures of a compound file of these streams."""
    return list(pictures(open_compound(compound({"WordDocument": b"", **streams})), Budget()))


def test_pictures_of_documents_and_slides() -> None:
    """Bitmaps as they are, metafiles unpacked; what only looks like a record is none."""
    assert [SHOWN, DRAWN] == found(Data=b"\0\0\x1e\xf0\xff\xff\xff\x7f" + blip(0x1E, SHOWN) + drawing(DRAWN))
    assert [SHOWN] == found(Pictures=blip(0x1D, SHOWN))


def test_bitmap_without_its_file_gets_one() -> None:
    """A bitmap that begins with its header becomes a file that programs open."""
    file = pictured.saved(pictured.image("x"), "BMP")
    assert [file[14:]] == [picture[14:] for picture in found(Data=blip(0x1F, file[14:]))]


def test_pictures_of_workbooks_are_put_together() -> None:
    """Records of drawings go on in others; what stands between other records is not theirs."""
    whole = blip(0x1E, SHOWN)
    pieces = [whole[at : at + 100] for at in range(0, len(whole), 100)]
    book = struct.pack("<2H", 0x0809, 0) + b"".join(
        struct.pack("<2H", 0x003C if number else 0x00EB, len(piece)) + piece
        for number, piece in enumerate(pieces)
    )
    assert [SHOWN] == list(pictures(open_compound(compound({"Workbook": book})), Budget()))


def test_drawing_in_a_document_says_its_text() -> None:
    """The text of a metafile in an old document is read with the rest of the mail."""
    message = read_here(mail(attached(compound({"WordDocument": b"", "Data": drawing(DRAWN)}), "a.doc")))
    assert any("Rate 4.7 %" in part.text for part in message.parts)
