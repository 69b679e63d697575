"""What old and new Office programs show from places that few readers look at (D03 to D10)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import quoteattr

from tests import binary_books as made
from tests.blind import Case
from tests.blind.books import book_part
from tests.blind.office import S, Write, spread
from tests.papers import archive, compound

SOFT, JOINER = "\xad", "\u200d"


def _slides(*records: tuple[int, int, bytes]) -> bytes:
    body = b"".join(struct.pack("<HHL", version, kind, len(data)) + data for version, kind, data in records)
    return compound({"PowerPoint Document": body})


def _container(kind: int, *records: tuple[int, int, bytes]) -> tuple[int, int, bytes]:
    body = b"".join(
        struct.pack("<HHL", version, number, len(data)) + data for version, number, data in records
    )
    return 0x0F, kind, body


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def _object(data: bytes) -> bytes:
    packed = struct.pack("<L", len(data)) + zlib.compress(data)
    return struct.pack("<HHL", 0x10, 0x1011, len(packed)) + packed


OLD: Mapping[str, tuple[str, Write]] = {
    "slides-remark": (
        "D07",
        lambda text: _slides(
            _container(
                0x1388,
                _container(0x138A, (0, 0x138B, struct.pack("<HHL", 0, 0x0FBA, 2 * len(text)) + _utf16(text))),
            )
        ),
    ),
    "slides-master": ("D07", lambda text: _slides(_container(0x03F8, (0, 0x0FA0, _utf16(text))))),
    "slides-bytes": ("D07", lambda text: _slides(_container(0x03F8, (0, 0x0FA8, text.encode())))),
    "slides-wordart": (
        "D07",
        lambda text: _slides(_container(0xF004, (0x13, 0xF00B, bytes(6) + _utf16(text)))),
    ),
    "slides-object-after-a-gap": (
        "D10",
        lambda text: compound(
            {
                "PowerPoint Document": b"\xff" * 11
                + _object(made.old_book(made.shared(0, 0, 0), before=(made.strings(text),)))
            }
        ),
    ),
    "xls-header": (
        "D07",
        lambda text: made.old_book((0x0014, struct.pack("<HB", len(text) + 2, 0) + b"&L" + text.encode())),
    ),
    "xls-footer-font": (
        "D07",
        lambda text: made.old_book(
            (0x0015, struct.pack("<HB", len(text) + 16, 0) + b'&C&"Arial,Bold"&12' + text.encode())
        ),
    ),
    "xls-condition": ("D07", lambda text: made.old_book((0x01B1, bytes(12) + made.token(text)))),
    "xls-filter": ("D07", lambda text: made.old_book((0x009E, bytes(24) + b"\0" + text.encode()))),
    "xls-scenario": ("D07", lambda text: made.old_book((0x00AF, bytes(8) + b"\0" + text.encode()))),
    "xls-long-result": (
        "D07",
        lambda text: made.old_book(
            made.formula(0, 0, b"", b"\0\0\0\0\0\0\xff\xff"),
            (0x0207, struct.pack("<HB", 8000 + len(text), 0) + b"x " * 4000),
            (0x003C, b"\0" + text.encode()),
        ),
    ),
    "xls-box-in-greek": (
        "D07",
        lambda text: made.old_book(
            (0x01B6, bytes(18)), (0x003C, b"\1" + _utf16(text.replace("E", "\u0395"))), (0x003C, bytes(16))
        ),
    ),
}


def _ods(body: str) -> bytes:
    content = (
        "<?xml version='1.0'?><office:document-content xmlns:office='o' xmlns:table='t' xmlns:text='x'><office:body>"
        f"<office:spreadsheet><table:table>{body}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    return archive({"mimetype": b"", "content.xml": content.encode(), "META-INF/manifest.xml": b"<m/>"})


def _pages(text: str) -> bytes:
    """A document of Pages: one message in one literal."""
    said = text.encode()
    data = b"\x1a" + bytes([len(said)]) + said
    packed = bytes([len(data)]) + bytes([60 << 2, len(data) - 1]) + data
    return archive({"Index/Document.iwa": b"\0" + len(packed).to_bytes(3, "little") + packed})


NEW: Mapping[str, tuple[str, Write]] = {
    "book-shown-by-condition": (
        "D03",
        lambda text: book_part(
            "xl/styles.xml",
            f"<styleSheet {S}><dxfs><dxf><numFmt numFmtId='170' formatCode='&quot;{text}&quot;'/></dxf></dxfs>"
            "</styleSheet>",
        ),
    ),
    "xlsb-header": (
        "D05",
        lambda text: made.new_book(made.sheet12((479, bytes(2) + made.wide(f"&L{text}")))),
    ),
    "drawing-of-shapes": (
        "D19",
        lambda text: archive(
            {
                "[Content_Types].xml": b"<Types/>",
                "visio/pages/page1.xml": "<PageContents><Shape><Text>no rush</Text></Shape>"
                f"<Shape><Text>{text}</Text></Shape><Shape><Text>no hurry</Text></Shape></PageContents>".encode(),
            }
        ),
    ),
    "ods-formula": (
        "D09",
        lambda text: _ods(
            f"<table:table-row><table:table-cell table:formula={quoteattr(f'of:=IF(1;2;{chr(34)}{text}{chr(34)})')}>"
            "<text:p>2</text:p></table:table-cell></table:table-row>"
        ),
    ),
    "pages-soft-hyphen": ("D09", lambda text: _pages(f"{text} by{SOFT}the way")),
    "pages-joiner": ("D09", lambda text: _pages(f"{text} by the way {JOINER}")),
}


def all_cases() -> Iterator[Case]:
    """Every case of this module."""
    for name, (row, write) in (*OLD.items(), *NEW.items()):
        yield from spread(row, {f"shown-{name}": write})
