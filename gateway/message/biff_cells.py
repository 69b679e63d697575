"""Cells of an old Excel file (BIFF5 and BIFF8) as they are shown: strings, numbers under their formats, formulas."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from gateway.message import biff_strings, charsets
from gateway.message.grid import Grid, Styles

_BIFF5: Final = 0x0500
_VERSIONS: Final = frozenset({_BIFF5, 0x0600, 0x0680})
"""Excel 95, Excel 97 and later, and the charts of Microsoft Graph."""
_BEGIN: Final = 0x0809
_END: Final = 0x000A
_CHART: Final = 0x0020
_CONTINUE: Final = 0x003C
_STRINGS: Final = 0x00FC
_RESULT: Final = 0x0207
_EMPTY: Final = 0xFFFF
_SOMETHING: Final = re.compile(rb"[^\0]")
_ERRORS: Final = {
    0: "#NULL!",
    7: "#DIV/0!",
    15: "#VALUE!",
    23: "#REF!",
    29: "#NAME?",
    36: "#NUM!",
    42: "#N/A",
}
_IN_FORMULA: Final = re.compile(rb"\x17([\x03-\xff])([\0\1])")
"""A string among the tokens of a formula (ptgStr): its length in characters and whether each has two bytes."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What cells show, a row a line, and whether the stream was read to its end without a fault."""

    text: str = ""
    whole: bool = False


def read(book: bytes) -> Shown:
    """What the cells of a workbook's stream show; nothing of a stream of another version.  Total."""
    if len(book) < 8 or struct.unpack_from("<H", book, 4)[0] not in _VERSIONS:
        return Shown()
    reader = _Reader(wide=struct.unpack_from("<H", book, 4)[0] != _BIFF5)
    try:
        for number, pieces in records(book):
            reader.record(number, pieces)
    except (struct.error, IndexError, OverflowError, ValueError):
        reader.whole = False
    text = "\n".join([reader.grid.said(), *reader.aside])
    return Shown(text, reader.whole and not reader.kinds)


def records(book: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """Records by number, each with the pieces that it continues in ([MS-XLS] 2.1.4).

    Raises ValueError behind the last one where the stream ends within a record.
    """
    position, last, pieces = 0, -1, [b""]
    while position + 4 <= len(book):
        number, length = struct.unpack_from("<2H", book, position)
        if not number and not length:
            position = _behind_nothing(book, position)
            continue
        body = book[position + 4 : position + 4 + length]
        position += 4 + length
        if number == _CONTINUE:
            pieces.append(body)
            continue
        if last >= 0:
            yield last, pieces
        last, pieces = number, [body]
    if last >= 0:
        yield last, pieces
    if position > len(book):
        raise ValueError("a record goes on behind the end")


def _behind_nothing(book: bytes, position: int) -> int:
    """Where the next record may begin behind zeros, which fill a stream up to the end of its last sector."""
    match = _SOMETHING.search(book, position)
    return position + (match.start() - position) // 4 * 4 if match is not None else len(book)


def error(code: int) -> str:
    """What a cell shows where its formula fails."""
    return _ERRORS.get(code, "#ERR")


def rk(packed: int) -> float:
    """A number in four bytes: an integer or the upper half of a float, perhaps in hundredths ([MS-XLS] 2.5.217)."""
    if packed & 2:
        number = float((packed >> 2) - (0x40000000 if packed & 0x80000000 else 0))
    else:
        (number,) = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))
    return number / 100 if packed & 1 else number


@dataclass(slots=True)
class _Reader:
    """What the records said so far."""

    wide: bool
    strings: list[str] = field(default_factory=list)
    grid: Grid = field(default_factory=lambda: Grid(Styles()))
    aside: dict[str, None] = field(default_factory=dict)
    formats: list[int] = field(default_factory=list)
    codes: dict[int, str] = field(default_factory=dict)
    kinds: list[int] = field(default_factory=list)
    waiting: tuple[int, int] | None = None
    whole: bool = True

    def record(self, number: int, pieces: list[bytes]) -> None:
        """Take one record."""
        if number == _BEGIN:
            self._begin(pieces[0])
        elif number == _END:
            del self.kinds[-1:]
        elif self.kinds[-1:] != [_CHART] and (take := _TAKES.get(number)) is not None:
            take(self, pieces[0])
        elif number == _RESULT:
            self._result(pieces)
        elif number == _STRINGS:
            self.strings = list(biff_strings.shared(pieces))

    def _begin(self, body: bytes) -> None:
        if len(self.kinds) == 1 or not self.kinds:
            self.grid.begin_sheet()
            self._settle()
        self.kinds.append(struct.unpack_from("<H", body, 2)[0])

    def _settle(self) -> None:
        """The styles are known when the first sheet begins."""
        self.grid.styles.add(self.formats, self.codes)
        self.formats = []

    def style(self, body: bytes) -> None:
        self.formats.append(struct.unpack_from("<H", body, 2)[0])

    def format(self, body: bytes) -> None:
        self.codes[struct.unpack_from("<H", body)[0]] = self._string(body, 2, 2 if self.wide else 1)

    def days(self, body: bytes) -> None:
        if body[:1] == b"\1":
            self.grid.styles.count_from_1904()

    def shared(self, body: bytes) -> None:
        row, column, _, number = struct.unpack_from("<3HL", body)
        self.whole &= number < len(self.strings)
        self.grid.text(row, column, self.strings[number] if number < len(self.strings) else "")

    def label(self, body: bytes) -> None:
        row, column = struct.unpack_from("<2H", body)
        self.grid.text(row, column, self._string(body, 6, 2))

    def number(self, body: bytes) -> None:
        row, column, style, number = struct.unpack_from("<3Hd", body)
        self.grid.number(row, column, number, style)

    def whole_number(self, body: bytes) -> None:
        row, column, number = struct.unpack_from("<2H3xH", body)
        self.grid.number(row, column, float(number), 0)

    def old_number(self, body: bytes) -> None:
        row, column, number = struct.unpack_from("<2H3xd", body)
        self.grid.number(row, column, number, 0)

    def old_label(self, body: bytes) -> None:
        row, column = struct.unpack_from("<2H", body)
        self.grid.text(row, column, self._string(body, 7, 1))

    def small(self, body: bytes) -> None:
        row, column, style, packed = struct.unpack_from("<3HL", body)
        self.grid.number(row, column, rk(packed), style)

    def several(self, body: bytes) -> None:
        row, column = struct.unpack_from("<2H", body)
        for place, (style, packed) in enumerate(
            struct.iter_unpack("<HL", body[4 : 4 + (len(body) - 6) // 6 * 6])
        ):
            self.grid.number(row, column + place, rk(packed), style)

    def truth(self, body: bytes) -> None:
        row, column, _, value, is_error = struct.unpack_from("<3H2B", body)
        self.grid.text(row, column, error(value) if is_error else str(bool(value)).upper())

    def formula(self, body: bytes) -> None:
        row, column, style, number, mark = struct.unpack_from("<3H6sH", body)
        self.waiting = None
        if mark != _EMPTY:
            self.grid.number(row, column, struct.unpack_from("<d", body, 6)[0], style)
        elif number[0] == 0:
            self.waiting = row, column
        elif number[0] < 3:
            self.grid.text(row, column, error(number[2]) if number[0] == 2 else str(bool(number[2])).upper())
        self.aside.update(dict.fromkeys(_in_formula(body, 20)))

    def _result(self, pieces: list[bytes]) -> None:
        """The text that a formula comes to; a long one goes on in the next record."""
        if self.waiting is not None:
            said = biff_strings.result(pieces) if self.wide else self._string(pieces[0], 0, 2)
            self.grid.text(*self.waiting, said)
        self.waiting = None

    def _string(self, body: bytes, at: int, width: int) -> str:
        """A string behind its length, which has one byte or two."""
        length = int.from_bytes(body[at : at + width], "little")
        at += width
        if not self.wide:
            return charsets.decode(body[at : at + length])
        if at < len(body) and body[at] & 1:
            return body[at + 1 : at + 1 + 2 * length].decode("utf-16-le", "replace")
        return body[at + 1 : at + 1 + length].decode("latin-1")


_TAKES: Final[Mapping[int, Callable[[_Reader, bytes], None]]] = {
    0x0002: _Reader.whole_number,
    0x0003: _Reader.old_number,
    0x0004: _Reader.old_label,
    0x0006: _Reader.formula,
    0x0022: _Reader.days,
    0x00BD: _Reader.several,
    0x00D6: _Reader.label,
    0x00E0: _Reader.style,
    0x00FD: _Reader.shared,
    0x0203: _Reader.number,
    0x0204: _Reader.label,
    0x0205: _Reader.truth,
    0x027E: _Reader.small,
    0x041E: _Reader.format,
}


def _in_formula(body: bytes, start: int) -> Iterator[str]:
    """Strings among the tokens of a formula; what only looks like one has letters that cannot be printed."""
    for match in _IN_FORMULA.finditer(body, start):
        size = match[1][0] * (1 + match[2][0])
        raw = body[match.end() : match.end() + size]
        said = raw.decode("utf-16-le" if match[2][0] else "latin-1", "replace")
        if len(raw) == size and said.isprintable():
            yield said
