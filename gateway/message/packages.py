"""Office packages (OOXML, OpenDocument): text of every XML part, runs joined to words, paragraphs and cells apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gateway.message import biff12, cells, html, tracked
from gateway.message.archives import Budget, Member, Unreadable, Zip
from gateway.message.office_xml import Book, Collector, xml_text
from gateway.model import Reason

__all__ = ["Package", "is_harmless", "is_package", "read_package", "xml_text"]

_XML: Final = (".xml", ".rels", ".vml", ".fpage", ".fdoc", ".fdseq")
_ASKED_FIRST: Final = ("sharedstrings.xml", "xl/styles.xml")
_BINARY: Final = re.compile(
    r"xl/(?:(?:workbook|sharedstrings|styles|comments[0-9]*|metadata|calcchain|connections|xmlmaps|userdata)"
    r"|(?:worksheets|chartsheets|macrosheets|dialogsheets|externallinks|pivotcache|pivottables|tables|querytables"
    r"|slicers|slicercaches|timelines|persons|revisions)/\w+)\.bin"
)
"""Parts of an xlsb workbook that are records."""
_ASKED_FIRST_OF_BINARY: Final = ("sharedstrings.bin", "xl/styles.bin", "xl/workbook.bin")
_PROPERTIES: Final = ("docprops/", "customxml/", "meta.xml")
_SPEAKING: Final = (
    b"<!", b"\0", b"string-value", b"UnicodeString", b"textpath", b"prompt=", b"sheetId=", b"External", b"href=",
    b"encryption-data", b"<s v=", b"<n v=", b"='",
)  # fmt: skip
"""A declaration, a zero byte (UTF-16), the name of something that is read, or quotes as programs do not write them."""
_SENTENCE: Final = re.compile(rb'"[^"<>]*[A-Za-z\x80-\xff]{3}[^\w"<>]{0,3} +[^"<>]*"')
"""An attribute with words in it."""
_FOR_PROGRAMS: Final = re.compile(
    r"\[content_types\]\.xml|(.*/)?(theme/.*|(fonttable|websettings|styles|styleswitheffects|tablestyles)\.xml)|.*\.rels"
)
"""Parts whose attributes name fonts and styles: words that nobody reads in the document."""
_HARMLESS: Final = re.compile(
    r"(.*/)?(printersettings|fonts|media|pictures|thumbnails|objectreplacements|configurations2|meta-inf|webextensions)/.*"
    r"|layout-cache|.*\.(odttf|fntdata|ttf|otf|wdp|emf|wmf|emz|wmz)|(.*/)?vbaprojectsignature[a-z0-9]*\.bin",
)
"""Members without text that programs put into their files: pictures, fonts, settings of printers."""

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
    book = Book()
    for member in sorted(_parts(archive), key=lambda part: not part.name.lower().endswith(_ASKED_FIRST)):
        text = _member_text(archive, member, budget, book, faults)
        if text and not text.isspace():
            if _ABOUT.fullmatch(member.name.lower()) is not None:
                about.add(len(texts))
            texts.append(text)
    if left := book.left():
        about.add(len(texts))
        texts.append(left)
    binary = _binary_parts(archive)
    if binary:
        texts += _binary_texts(archive, binary, budget, faults)
    inner = tuple(
        member for member in archive.members if not _is_part(member) and member.size and member not in binary
    )
    return Package(tuple(texts), inner, tuple(faults), frozenset(about), tuple(book.links))


def _binary_parts(archive: Zip) -> list[Member]:
    """The parts of an xlsb workbook that are records, those first that others refer to."""
    if not any(member.name.lower().endswith("xl/workbook.bin") for member in archive.members):
        return []
    parts = [member for member in archive.members if _BINARY.fullmatch(member.name.lower())]
    return sorted(parts, key=lambda part: not part.name.lower().endswith(_ASKED_FIRST_OF_BINARY))


def _binary_texts(
    archive: Zip, parts: list[Member], budget: Budget, faults: dict[Reason, None]
) -> Iterator[str]:
    """Text of each of these parts; what is broken, or packed in a way that is not read, is named."""
    book = biff12.Workbook()
    for member in parts:
        try:
            data = archive.read(member, budget)
        except Unreadable as fault:
            faults[fault.reason] = None
            data = fault.read
        text = book.read(data)
        if not text.isspace():
            yield text
    if not book.whole:
        faults[Reason.BROKEN] = None
    if book.closed:
        faults[Reason.UNSUPPORTED] = None


def _member_text(archive: Zip, member: Member, budget: Budget, book: Book, faults: dict[Reason, None]) -> str:
    """Text of one part as far as it can be read."""
    try:
        data = archive.read(member, budget)
    except Unreadable as fault:
        faults[fault.reason] = None
        data = fault.read
    try:
        return _part_text(member.name.lower(), data, book) if data else ""
    except Unreadable as fault:
        faults[fault.reason] = None
        return fault.read.decode("utf-8", "replace")


def is_harmless(name: str) -> bool:
    """Whether a member of this name is one that programs put into every file, and that says nothing."""
    return _HARMLESS.fullmatch(name.lower()) is not None


def flat_text(data: bytes) -> str:
    """Text of a file of XML that is no part of a package.  Raises Unreadable as `xml_text` does."""
    collector = Collector(every_element=b"<w:" not in data and b"<office:" not in data)
    text = xml_text(data, collector)
    if "</" in text:
        # A page that stands in XML as text, as in feeds.
        text = f"{text}\n{html.render(text).text}"
    return f"{text}\n{collector.book.left()}"


def _is_part(member: Member) -> bool:
    return member.name.lower().endswith(_XML) or member.name == "mimetype"


def _parts(archive: Zip) -> list[Member]:
    return [member for member in archive.members if _is_part(member)]


def _part_text(name: str, data: bytes, book: Book) -> str:
    """Text of one part; what sheets name by number is kept in `book`."""
    if name == "xl/styles.xml":
        book.dates, book.codes = cells.date_styles(data), cells.number_codes(data)
        book.said.update(dict.fromkeys(cells.format_texts(data)))
    if name == "mimetype" or _is_silent(name, data):
        return ""
    if name.endswith("manifest.xml") and _ENCRYPTION in data:
        raise Unreadable(Reason.ENCRYPTED)
    collector = Collector(every_element=name.startswith(_PROPERTIES) or name.endswith(_PROPERTIES), book=book)
    collector.sheet = "/worksheets/" in name or "/macrosheets/" in name or "/dialogsheets/" in name
    collector.cache = "pivotcache" in name
    collector.shared = name.endswith("sharedstrings.xml")
    text = xml_text(data, collector)
    if name.startswith("word/") and (bare := tracked.shown(data)) is not None:
        text = f"{text}\n{_shown_text(bare)}"
    return "" if collector.shared and book.strings else text


def _shown_text(bare: bytes) -> str:
    try:
        return xml_text(bare, Collector())
    except Unreadable as fault:
        return fault.read.decode("utf-8", "replace")


def _is_silent(name: str, data: bytes) -> bool:
    """Whether a part has no text and nothing that is shown: styles and themes, most of the bytes of a short letter."""
    if any(word in data for word in _SPEAKING) or any(text.search(data) for text in _TEXTS):
        return False
    if data.find(b"<?", 2) >= 0:
        return False
    return _FOR_PROGRAMS.fullmatch(name) is not None or _SENTENCE.search(data) is None
