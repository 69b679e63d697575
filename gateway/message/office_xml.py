"""The XML that Office programs write: text of one part, runs joined to words, paragraphs and cells apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final
from xml.parsers import expat

from gateway.message import cells, limits
from gateway.message.entries import Unreadable
from gateway.message.rows import Rows
from gateway.model import Reason

_PRINTED: Final = frozenset(
    ["oddHeader", "evenHeader", "firstHeader", "oddFooter", "evenFooter", "firstFooter"]
)
_PARAGRAPHS: Final = frozenset([
    "p", "h", "tr", "row", "table-row", "list-item", "comment", "annotation", "title", "si", "pt", "text-box", "sp",
    "shape", "footnote", "endnote", "author", "text", "Text", *_PRINTED,
])  # fmt: skip
_OPENING: Final = frozenset({"p", "h", "note-body", "annotation", "Text"})
"""Elements that begin a line of their own, in the middle of a paragraph, too: notes and remarks stand there."""
_CELLS: Final = frozenset(["tc", "c", "table-cell", "covered-table-cell", "cell"])
_ROWS: Final = frozenset(["tr", "row", "table-row"])
_GRID: Final = _CELLS | _ROWS | {"v"}
_BREAKS: Final = {
    "br": "\n",
    "cr": "\n",
    "line-break": "\n",
    "tab": "\t",
    "ptab": "\t",
    "s": " ",
    "noBreakHyphen": "-",
}
_NAMED: Final = frozenset({"sheet", "table"})
"""Elements whose name is shown, on the tab of a sheet."""
_ASIDE: Final = frozenset({"instrText", "delInstrText", "f", "definedName"})
"""Elements whose text stands inside a sentence without being shown there: field codes, formulas."""

_PRINT_PLACE: Final = re.compile("&[LCR]")
_PRINT_CODE: Final = re.compile(r'&(?:"[^"]*"|K(?:[0-9A-F]{6}|[0-9]{2}[+-][0-9]{3})|[0-9]+|[A-Z])')
"""In the header and footer of a printed sheet `&C` centres, `&"Arial,Bold"` and `&12` set the font."""

_SHOWN_ATTRIBUTES: Final = frozenset(
    ["descr", "title", "alt", "string-value", "UnicodeString", "string", "prompt"]
)
"""Texts of pictures, of WordArt and watermarks (`string` of a VML text path), of input messages."""
_LEADING: Final = frozenset(["href", "instr", "url", "Target"])
"""Attributes that hold an address, or a field that does."""
_ELSEWHERE: Final = re.compile(r"//|\\\\|%2f|www\.", re.I)
_TECHNICAL: Final = frozenset([
    "Ignorable", "style", "path", "d", "viewBox", "enhanced-path", "adj", "eqn", "coordsize", "formula", "sqref",
    "typeface", "font-name", "font-family", "font-family-generic", "font-adornments", "ascii", "hAnsi", "cs",
    "eastAsia", "points", "transform", "spans", "ProgID", "Requires", "Extension", "ContentType",
    "PartName", "Type", "Id", "schemaLocation",
])  # fmt: skip
"""Attributes that may have spaces in them and are read by programs only."""
_WORDS: Final = re.compile(r"[^\W\d_]{3,}[^\w<>{}]{0,3} +\w|\w +[^\W\d_]{3,}")
"""Words side by side: what an attribute says to a person rather than to a program."""
_CACHED: Final = frozenset("sndbe")
"""Elements of a pivot cache; what they keep is in an attribute."""
_APPLE_CELLS: Final = {"ct": "sfa:s", "n": "sf:v", "rn": "sf:v", "d": "sf:cell-date", "rd": "sf:cell-date"}
"""Cells of a table of iWork '09 and the attribute that holds what they keep."""


class _Role(Enum):
    """What an attribute is for: it is shown, it leads somewhere, programs alone read it, or who knows."""

    SHOWN = "shown"
    LEADING = "leading"
    TECHNICAL = "technical"
    OTHER = "other"


def _role(full: str) -> _Role:
    """What the attribute of this name is for."""
    name = full.rpartition(":")[2]
    if full == "table:formula":
        return _Role.OTHER
    if name in _SHOWN_ATTRIBUTES:
        return _Role.SHOWN
    if name in _LEADING:
        return _Role.LEADING
    return _Role.TECHNICAL if name in _TECHNICAL else _Role.OTHER


@dataclass(slots=True)
class Book:
    """What the sheets of a workbook name by number: shared strings, styles that show dates, formats of numbers.

    `used` are the numbers of strings that a cell shows; `said` is what attributes of all parts say.
    """

    strings: list[str] = field(default_factory=list)
    dates: frozenset[str] = frozenset()
    links: dict[str, None] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    said: dict[str, None] = field(default_factory=dict)

    def left(self) -> str:
        """What stands in attributes, and shared strings that no cell shows."""
        unused = (text for number, text in enumerate(self.strings) if number not in self.used)
        return "\n".join([*self.said, *unused])


def xml_text(data: bytes, collector: Collector | None = None) -> str:
    """Text of an XML document.  Raises Unreadable for one that declares entities, and with what was read if broken."""
    collector = collector or Collector()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = collector.start
    parser.EndElementHandler = collector.end
    parser.CharacterDataHandler = collector.characters
    parser.CommentHandler = collector.remark
    parser.ProcessingInstructionHandler = collector.instruction
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        parser.buffer_text = False  # What waits in the buffer is handed over.
        raise Unreadable(Reason.BROKEN, collector.text().encode("utf-8", "replace")) from None
    return collector.text()


def printed(text: str) -> str:
    """The header or footer of a printed sheet without what sets its place and its font."""
    return _PRINT_CODE.sub("", _PRINT_PLACE.sub("\n", text))


def _refuse(name: str, system: str | None, public: str | None, internal: int) -> None:
    """Entities come in an internal subset; a bare reference to a DTD, as OpenOffice writes it, is never followed."""
    if internal:
        raise Unreadable(Reason.BROKEN)


@dataclass(slots=True)
class Collector:
    """Handlers of the XML parser that put text together."""

    every_element: bool = False
    sheet: bool = False
    shared: bool = False
    cache: bool = False
    book: Book = field(default_factory=Book)
    pieces: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    locals: dict[str, str] = field(default_factory=dict)
    roles: dict[str, _Role] = field(default_factory=dict)
    depth: int = 0
    set_aside: bool = False
    by_number: bool = False
    number: bool = False
    counted: bool = False
    style: str = ""
    kept: str = ""
    printed: bool = False
    mark: int = 0
    rows: Rows = field(init=False)

    def __post_init__(self) -> None:
        self.rows = Rows(self.pieces)

    def text(self) -> str:
        """All text, what is not shown in line at the end."""
        self.rows.end()
        return "".join([*self.pieces, *(f"\n{text}" for text in self.aside)])

    def local(self, name: str) -> str:
        """The name without its prefix; there are few names and many elements."""
        known = self.locals.get(name)
        if known is None:
            known = self.locals[name] = name.rpartition(":")[2]
        return known

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > limits.XML_DEPTH:
            raise Unreadable(Reason.TOO_DEEP)
        local = self.local(name)
        if local in _BREAKS:
            self.pieces.append(_BREAKS[local])
        if local in _GRID:
            self._cell(local, attributes)
        if local in _OPENING and self.pieces and not self.pieces[-1].endswith(("\n", "\t")):
            self.pieces.append("\n")
        if local in _ASIDE:
            self.set_aside = True
        self.printed = local in _PRINTED
        if attributes:
            self._attributes(local, attributes)

    def _cell(self, local: str, attributes: dict[str, str]) -> None:
        if local == "v":
            self.number = self.sheet and (self.by_number or self.counted)
        elif local in _ROWS:
            self.rows.begin_row()
        else:
            kind = attributes.get("t", "n")
            self.by_number, self.counted = kind == "s", kind == "n"
            self.style, self.kept = attributes.get("s", "0"), attributes.get("office:value", "")
            self.rows.begin_cell(attributes)

    def _attributes(self, local: str, attributes: dict[str, str]) -> None:
        """Texts that stand in attributes: descriptions of pictures, links to elsewhere."""
        roles = self.roles
        for name, value in attributes.items():
            role = roles.get(name)
            if role is None:
                role = roles[name] = _role(name)
            if role is _Role.OTHER:
                if " " in value and _WORDS.search(value):
                    self.book.said[value] = None
            elif role is _Role.SHOWN:
                if value:
                    self.aside.append(value)
            elif role is _Role.LEADING:
                kept = self.book.links if _ELSEWHERE.search(value) else self.book.said
                kept[value] = None
        if local in _NAMED:
            self.aside += (value for name, value in attributes.items() if self.local(name) == "name")
        if self.cache and local in _CACHED:
            self.pieces.append(f"{attributes.get('v', '')}\t")
        if local in _APPLE_CELLS and (said := attributes.get(_APPLE_CELLS[local])):
            day = cells.since_2001(said) if local.endswith("d") else ""
            self.pieces.append(f"{day or cells.read_number(said, None)[0]}\t")
        if local == "Relationship" and attributes.get("TargetMode") == "External":
            self.aside.append(attributes.get("Target", ""))

    def end(self, name: str) -> None:
        self.depth -= 1
        local = self.local(name)
        if local == "si" and self.shared:
            self.book.strings.append("".join(self.pieces[self.mark :]))
            self.mark = len(self.pieces)
        elif local in _PARAGRAPHS or self.every_element or (self.cache and local == "r"):
            self.pieces.append("\n")
            if local in _ROWS:
                self.rows.end_row()
        elif local in _CELLS:
            self.rows.end_cell(self.kept)
        self.number = False
        if local in _ASIDE:
            self.set_aside = False

    def remark(self, text: str) -> None:
        """A comment of the XML: only those see it who look at the source."""
        self.book.said[text] = None

    def instruction(self, target: str, text: str) -> None:
        """An instruction to a program."""
        self.book.said[text] = None

    def characters(self, text: str) -> None:
        if self.set_aside:
            self.aside.append(text)
        elif self.number:
            self.pieces.append(self._string(text) if self.by_number else self._number(text))
        elif self.printed:
            self.pieces.append(printed(text))
        else:
            self.pieces.append(text)

    def _number(self, number: str) -> str:
        if self.style in self.book.dates:
            return cells.shown(number).strip() or number
        return self.rows.number(number, self.book.codes.get(self.style))

    def _string(self, number: str) -> str:
        try:
            place = int(number)
            self.book.used.add(place)
            return self.book.strings[place]
        except (ValueError, IndexError):
            return number
