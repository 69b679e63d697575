"""The binary parts of an xlsb workbook ([MS-XLSB]): cells as they are shown, and whatever other records say."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from gateway.message.biff_cells import error, rk
from gateway.message.grid import Grid, Styles
from gateway.message.office_xml import printed

_ROW: Final = 0
_SHARED: Final = 19
_RECORD_OF_CACHE: Final = frozenset({33, 34})
_NUMBER_OF_CACHE: Final = frozenset({21, 28})
"""Numbers that the fields of a pivot table are made of; their rows (33, 34) are packed as the fields say."""
_FORMAT: Final = 44
_STYLE: Final = 47
_STYLES, _STYLES_END = 617, 618
_BOOK: Final = 153
_PRINTED: Final = 479
"""Headers and footers of printed pages."""
_NUMBER_ELSEWHERE: Final = 368
"""A number that is kept of another workbook."""
_WORDLESS: Final = frozenset({43, 45, 46, 60, 61})
"""Fonts, fills, borders, columns."""
_COUNTED: Final = re.compile(rb"(?s)(?=(..)\0\0)")
_LONGEST: Final = 65_535
_TRIED: Final = 8
"""How often a letter of a part may be looked at."""
_LINES: Final = str.maketrans("", "", "\t\r\n\v\xa0")


@dataclass(slots=True)
class Workbook:
    """What the parts of one workbook say to each other: strings and styles; `whole` while nothing was found broken.

    `closed`: there are rows of a pivot table, which are kept in a way that is not read here.
    """

    strings: list[str] = field(default_factory=list)
    styles: Styles = field(default_factory=Styles)
    formats: dict[int, str] = field(default_factory=dict)
    whole: bool = True
    closed: bool = False

    def read(self, data: bytes) -> str:
        """Text of one part; parts with strings and styles come first.  Total."""
        part = _Part(self, Effort(_TRIED * len(data) + _LONGEST))
        try:
            for number, body in _records(data):
                part.record(number, body)
        except (struct.error, IndexError, ValueError, OverflowError):
            self.whole = False
        self.styles.add(part.used, self.formats)
        return "\n".join([part.grid.said(), *part.said])


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Records by number: the number takes one byte or two, the length up to four, seven bits each (section 2.1.4)."""
    position = 0
    while position < len(data):
        number, position = data[position], position + 1
        if number & 0x80:
            number, position = number & 0x7F | (data[position] & 0x7F) << 7, position + 1
        length = shift = 0
        for _ in range(4):
            byte, position = data[position], position + 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        if position + length > len(data):
            raise ValueError("a record goes on behind the end")
        yield number, data[position : position + length]
        position += length


@dataclass(slots=True)
class Effort:
    """What may still be tried to find strings in one part, in letters."""

    left: int

    def take(self, letters: int) -> None:
        """Raises ValueError where a part is made of lengths that are none."""
        self.left -= letters
        if self.left < 0:
            raise ValueError("nothing but lengths")


@dataclass(slots=True)
class _Part:
    """One part while it is read."""

    book: Workbook
    effort: Effort
    grid: Grid = field(init=False)
    said: dict[str, None] = field(default_factory=dict)
    used: list[int] = field(default_factory=list)
    row: int = 0
    of_cells: bool = False

    def __post_init__(self) -> None:
        self.grid = Grid(self.book.styles)

    def record(self, number: int, body: bytes) -> None:
        """Take one record: a cell, a string, a style, or one that may say something somewhere."""
        if (take := _CELLS.get(number)) is not None and len(body) >= 8:
            column, style = struct.unpack_from("<2L", body)
            take(self, column, style & 0xFFFFFF, body)
        elif number == _ROW:
            (self.row,) = struct.unpack_from("<L", body)
        elif number == _SHARED:
            self.book.strings.append(_string(body, 1)[0])
        elif number in (_STYLE, _STYLES, _STYLES_END):
            self._style(number, body)
        elif number in (_NUMBER_OF_CACHE | {_NUMBER_ELSEWHERE}) and len(body) >= 8:
            self.said[f"{struct.unpack_from('<d', body, len(body) - 8)[0]:.15g}"] = None
        else:
            self._other(number, body)

    def _style(self, number: int, body: bytes) -> None:
        if number == _STYLE and self.of_cells:
            self.used.append(struct.unpack_from("<H", body, 2)[0])
        elif number != _STYLE:
            self.of_cells = number == _STYLES

    def _other(self, number: int, body: bytes) -> None:
        if number == _FORMAT:
            self.book.formats[struct.unpack_from("<H", body)[0]] = _string(body, 2)[0]
        if number == _BOOK and body[:1] and body[0] & 1:
            self.book.styles.count_from_1904()
        self.book.closed |= number in _RECORD_OF_CACHE
        if number not in _WORDLESS:
            said = _strings(body, self.effort)
            self.said.update(dict.fromkeys(map(printed, said) if number == _PRINTED else said))

    def text(self, column: int, style: int, body: bytes) -> None:
        said, end = _string(body, 8)
        self.grid.text(self.row, column, said)
        self._formula(body, end)

    def rich(self, column: int, style: int, body: bytes) -> None:
        self.grid.text(self.row, column, _string(body, 9)[0])

    def shared(self, column: int, style: int, body: bytes) -> None:
        (number,) = struct.unpack_from("<L", body, 8)
        self.grid.text(self.row, column, self.book.strings[number])

    def number(self, column: int, style: int, body: bytes) -> None:
        self.grid.number(self.row, column, struct.unpack_from("<d", body, 8)[0], style)
        self._formula(body, 16)

    def small(self, column: int, style: int, body: bytes) -> None:
        self.grid.number(self.row, column, rk(struct.unpack_from("<L", body, 8)[0]), style)

    def truth(self, column: int, style: int, body: bytes) -> None:
        self.grid.text(self.row, column, str(bool(body[8])).upper())
        self._formula(body, 9)

    def fault(self, column: int, style: int, body: bytes) -> None:
        self.grid.text(self.row, column, error(body[8]))
        self._formula(body, 9)

    def _formula(self, body: bytes, start: int) -> None:
        if len(body) > start:
            self.said.update(dict.fromkeys(_in_formula(body, start)))


_Take = Callable[[_Part, int, int, bytes], None]
_CELLS: Final[Mapping[int, _Take]] = {
    2: _Part.small,
    3: _Part.fault,
    4: _Part.truth,
    5: _Part.number,
    6: _Part.text,
    7: _Part.shared,
    8: _Part.text,
    9: _Part.number,
    10: _Part.truth,
    11: _Part.fault,
    62: _Part.rich,
}
_TOKEN: Final = re.compile(rb"(?s)\x17(..)")


def _in_formula(body: bytes, start: int) -> Iterator[str]:
    """Strings among the tokens of a formula (ptgStr): a length in characters, and two bytes for each."""
    for match in _TOKEN.finditer(body, start):
        size = 2 * int.from_bytes(match[1], "little")
        raw = body[match.end() : match.end() + size]
        said = raw.decode("utf-16-le", "replace")
        if len(raw) == size > 4 and said.isprintable():
            yield said


def _string(body: bytes, at: int) -> tuple[str, int]:
    """A string behind its length in characters, and where it ends.  Raises ValueError where it is longer."""
    (length,) = struct.unpack_from("<L", body, at)
    end = at + 4 + 2 * length
    if end > len(body):
        raise ValueError("a string longer than its record")
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


def _strings(body: bytes, effort: Effort) -> Iterator[str]:
    """Strings wherever they stand in a record: lengths that are followed by so many letters."""
    end = 0
    for match in _COUNTED.finditer(body):
        length = int.from_bytes(match[1], "little")
        start = match.start() + 4
        if match.start() < end or not 1 < length <= _LONGEST or start + 2 * length > len(body):
            continue
        if body[start : start + 2] == b"\0\0":
            continue
        effort.take(length)
        said = body[start : start + 2 * length].decode("utf-16-le", "replace")
        if said.translate(_LINES).isprintable() and any(map(str.isalnum, said)):
            end = start + 2 * length
            yield said
