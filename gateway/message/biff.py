"""What an old Excel file says outside of its cells: remarks, boxes, headers, charts, pivot tables ([MS-XLS])."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Final

from gateway.message.office_xml import printed

_TALKING: Final = frozenset(
    [
        0x0014, 0x0015,  # headers and footers of printed pages
        0x0018, 0x0023, 0x01AE, 0x005A,  # names, names of other books, what was kept of them
        0x001C, 0x01B6,  # remarks and boxes
        0x00CD, 0x00C7, 0x00C5,  # pivot tables
        0x00EC, 0x005D,  # drawings: what pictures say instead, captions of controls
        0x01BE, 0x01B8, 0x0800,  # messages of input, links
        0x041E, 0x100D, 0x0085,  # formats, charts, sheets
        0x01B1, 0x087A, 0x087B, 0x088D,  # conditions and what they show
        0x0221, 0x04BC, 0x00AF, 0x009E, 0x087E,  # formulas of many cells, scenarios, filters
        0x0868, 0x0872, 0x0877, 0x0878, 0x087F,  # lists and their columns
        0x00B0, 0x00B1, 0x00B2, 0x0864,  # names of pivot tables and of their fields
        0x0052, 0x00DC, 0x0803, 0x01AA,  # queries, other books, views
        0x089C, 0x086B, 0x089E, 0x08A5, 0x08A6,  # headers of other pages, texts of charts
    ]
)  # fmt: skip
_PRINTED: Final = frozenset({0x0014, 0x0015, 0x089C})
_BOX: Final = 0x01B6
_MORE: Final = 0x003C
_NUMBER: Final = 0x0203
_PIVOT_NUMBER: Final = 0x00C9
_BEGIN: Final = 0x0809
_CHART: Final = 0x0020
_WIDE: Final = re.compile(rb"(?:[\x20-\x7e\xa0-\xff\r\n\t]\0|[\x10-\x2f]\x20){3,}")
_NARROW: Final = re.compile(rb"[\x20-\x7e\x91-\x97\xa0-\xff\r\n\t]{3,}")


_LINES: Final = str.maketrans("", "", "\t\r\n\v\xa0")


def text(book: bytes) -> str:
    """Texts and numbers that no cell shows, one a line."""
    found: dict[str, None] = {}
    for number, body in _records(book):
        if number == _NUMBER:
            found[f"{struct.unpack_from('<d', body, 6)[0]:.15g}"] = None
        elif number == _PIVOT_NUMBER:
            found[f"{struct.unpack_from('<d', body)[0]:.15g}"] = None
        else:
            said = _said(body)
            found.update(dict.fromkeys(map(printed, said) if number in _PRINTED else said))
    return "\n".join(found)


def _said(body: bytes) -> Iterator[str]:
    if body[:1] == b"\1":
        # A box goes on with two bytes a letter, of whatever alphabet.
        yield from _of_box(body[1:].decode("utf-16-le", "replace"))
    for match in _WIDE.finditer(body):
        yield match[0].decode("utf-16-le", "replace")
    for match in _NARROW.finditer(body):
        yield match[0].decode("cp1252", "replace")


def _of_box(said: str) -> Iterator[str]:
    if said.translate(_LINES).isprintable() and not said.isascii():
        yield said


def _records(book: bytes) -> Iterator[tuple[int, bytes]]:
    """The records that say something; those that go on in others with all of them."""
    position, last, in_chart = 0, 0, False
    while position + 4 <= len(book):
        number, length = struct.unpack_from("<2H", book, position)
        body = book[position + 4 : position + 4 + length]
        position += 4 + length
        if number == _BEGIN:
            in_chart = body[2:4] == _CHART.to_bytes(2, "little")
        if number == _MORE:
            if last == _BOX or last in _TALKING:
                yield number, body
            continue
        last = number
        of_chart = number == _NUMBER and in_chart and len(body) >= 14
        if number in _TALKING or of_chart or (number == _PIVOT_NUMBER and len(body) >= 8):
            yield number, body
