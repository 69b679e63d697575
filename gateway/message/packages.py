"""Office packages (OOXML, OpenDocument): text of every XML part, runs joined to words, paragraphs and cells apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from gateway.message import cells, limits
from gateway.message.archives import Budget, Member, Unreadable, Zip
from gateway.message.rows import Rows
from gateway.model import Reason

_XML: Final = (".xml", ".rels", ".vml")
_PRINTED: Final = frozenset(
    ["oddHeader", "evenHeader", "firstHeader", "oddFooter", "evenFooter", "firstFooter"]
)
_PARAGRAPHS: Final = frozenset([
    "p", "h", "tr", "row", "table-row", "list-item", "comment", "annotation", "title", "si", "pt", "text-box", "sp",
    "shape", "footnote", "endnote", "author", "text", *_PRINTED,
])  # fmt: skip
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
_ASKED_FIRST: Final = ("sharedstrings.xml", "xl/styles.xml")
_PROPERTIES: Final = ("docprops/", "customxml/", "meta.xml")
_SPEAKING: Final = tuple(
    b"<! \0 string-value UnicodeString textpath prompt= sheetId= External href= encryption-data".split(b" ")
)
"""A declaration, a zero byte (UTF-16), or the name of something that is read."""

_TEXTS: Final = tuple(map(re.compile, (rb">\s*[^<\s]", rb"title\s*=", rb"descr\s*=", rb"alt\s*=")))
"""Text between tags, or in an attribute that is shown; each begins with a letter that is fast to find."""

_ABOUT: Final = re.compile(
    r"docprops/.*|customxml/.*|meta-inf/.*|\[content_types\]\.xml|.*\.rels"
    r"|(.*/)?(meta|styles|settings|websettings|fonttable|numbering|workbook|calcchain|connections|presentation"
    r"|presprops|viewprops|tablestyles|people|commentauthors)\.xml|word/(header|footer)[0-9]*\.xml"
    r"|(.*/)?(theme|glossary|slidemasters|slidelayouts|notesmasters|handoutmasters|tables|pivotcache|persons"
    r"|externallinks|printersettings)/.*"
)
"""Parts that programs write into every file, or that name its maker rather than say what it says."""

_ENCRYPTION: Final = b"encryption-data"


@dataclass(frozen=True, slots=True)
class Package:
    """What a package holds: texts, members that are files of their own, and what is wrong with it.

    `about` are the numbers of the texts that are about the document: properties, styles, page headers; `links` the
    addresses that it leads to.
    """

    texts: tuple[str, ...]
    inner: tuple[Member, ...]
    faults: tuple[Reason, ...]
    about: frozenset[int] = frozenset()
    links: tuple[str, ...] = ()


def is_package(archive: Zip) -> bool:
    """Whether a zip archive is an Office document rather than an archive."""
    if archive.named("[Content_Types].xml") is not None:
        return True
    return archive.named("content.xml") is not None and archive.named("META-INF/manifest.xml") is not None


def read_package(archive: Zip, budget: Budget) -> Package:
    """Texts of all XML parts; faults are named and what stands beside them is read all the same."""
    texts: list[str] = []
    about: set[int] = set()
    faults = dict.fromkeys(archive.faults)
    book = _Book()
    for member in sorted(_parts(archive), key=lambda part: not part.name.lower().endswith(_ASKED_FIRST)):
        try:
            data = archive.read(member, budget)
            text = _part_text(member.name.lower(), data, book) if data else ""
        except Unreadable as fault:
            faults[fault.reason] = None
            text = fault.read.decode("utf-8", "replace")
        if text and not text.isspace():
            if _ABOUT.fullmatch(member.name.lower()) is not None:
                about.add(len(texts))
            texts.append(text)
    if any(member.name.lower().endswith((".fpage", "workbook.bin")) for member in archive.members):
        faults[Reason.UNSUPPORTED] = None
    inner = tuple(member for member in archive.members if not _is_part(member) and member.size)
    return Package(tuple(texts), inner, tuple(faults), frozenset(about), tuple(book.links))


def _is_part(member: Member) -> bool:
    return member.name.lower().endswith(_XML) or member.name == "mimetype"


def _parts(archive: Zip) -> list[Member]:
    return [member for member in archive.members if _is_part(member)]


@dataclass(slots=True)
class _Book:
    """What the sheets of a workbook name by number: shared strings, styles that show dates, formats of numbers."""

    strings: list[str] = field(default_factory=list)
    dates: frozenset[str] = frozenset()
    links: dict[str, None] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)


def _part_text(name: str, data: bytes, book: _Book) -> str:
    """Text of one part; what sheets name by number is kept in `book`."""
    if name == "xl/styles.xml":
        book.dates, book.codes = cells.date_styles(data), cells.number_codes(data)
    if name == "mimetype" or _is_silent(data):
        return ""
    if name.endswith("manifest.xml") and _ENCRYPTION in data:
        raise Unreadable(Reason.ENCRYPTED)
    collector = _Collector(
        every_element=name.startswith(_PROPERTIES) or name.endswith(_PROPERTIES), book=book
    )
    collector.sheet = "/worksheets/" in name
    collector.shared = name.endswith("sharedstrings.xml")
    text = xml_text(data, collector)
    return "" if collector.shared and book.strings else text


def _is_silent(data: bytes) -> bool:
    """Whether a part has no text and nothing that is shown: styles and themes, most of the bytes of a short letter."""
    return not any(word in data for word in _SPEAKING) and not any(text.search(data) for text in _TEXTS)


def xml_text(data: bytes, collector: _Collector | None = None) -> str:
    """Text of an XML document.  Raises Unreadable for one that declares entities, and with what was read if broken."""
    collector = collector or _Collector()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = collector.start
    parser.EndElementHandler = collector.end
    parser.CharacterDataHandler = collector.characters
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        parser.buffer_text = False  # What waits in the buffer is handed over.
        raise Unreadable(Reason.BROKEN, collector.text().encode("utf-8", "replace")) from None
    return collector.text()


def _refuse(name: str, system: str | None, public: str | None, internal: int) -> None:
    """Entities come in an internal subset; a bare reference to a DTD, as OpenOffice writes it, is never followed."""
    if internal:
        raise Unreadable(Reason.BROKEN)


@dataclass(slots=True)
class _Collector:
    """Handlers of the XML parser that put text together."""

    every_element: bool = False
    sheet: bool = False
    shared: bool = False
    book: _Book = field(default_factory=_Book)
    pieces: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    locals: dict[str, str] = field(default_factory=dict)
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
        for name, value in attributes.items():
            local_name = self.local(name)
            if local_name in _SHOWN_ATTRIBUTES and value:
                self.aside.append(value)
            elif local_name in _LEADING and _ELSEWHERE.search(value):
                self.book.links[value] = None
        if local in _NAMED:
            self.aside += (value for name, value in attributes.items() if self.local(name) == "name")
        if local == "Relationship" and attributes.get("TargetMode") == "External":
            self.aside.append(attributes.get("Target", ""))

    def end(self, name: str) -> None:
        self.depth -= 1
        local = self.local(name)
        if local == "si" and self.shared:
            self.book.strings.append("".join(self.pieces[self.mark :]))
            self.mark = len(self.pieces)
        elif local in _PARAGRAPHS or self.every_element:
            self.pieces.append("\n")
            if local in _ROWS:
                self.rows.end_row()
        elif local in _CELLS:
            self.rows.end_cell(self.kept)
        self.number = False
        if local in _ASIDE:
            self.set_aside = False

    def characters(self, text: str) -> None:
        if self.set_aside:
            self.aside.append(text)
        elif self.number:
            self.pieces.append(self._string(text) if self.by_number else self._number(text))
        elif self.printed:
            self.pieces.append(_PRINT_CODE.sub("", _PRINT_PLACE.sub("\n", text)))
        else:
            self.pieces.append(text)

    def _number(self, number: str) -> str:
        if self.style in self.book.dates:
            return cells.shown(number).strip() or number
        return self.rows.number(number, self.book.codes.get(self.style))

    def _string(self, number: str) -> str:
        try:
            return self.book.strings[int(number)]
        except (ValueError, IndexError):
            return number
