"""What is kept in binary records, behind a lock that opens to anybody, or in glyphs without letters (D05 to D16)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import quoteattr

from tests import binary_books as made
from tests.blind import Case
from tests.blind.office import W, Write, changed, spread
from tests.blind.pages import objects, stream
from tests.blind.words import word, word_part
from tests.papers import archive, compound, workbook


def _in_sheet(*records: made.Record) -> bytes:
    return made.new_book(made.sheet12(*records))


def _in_part(name: str, *records: made.Record) -> bytes:
    return made.new_book({name: made.biff12(*records)})


BOOKS: Mapping[str, Write] = {
    "xlsb-shared": lambda text: made.new_book(
        {
            "xl/sharedStrings.bin": made.biff12((159, bytes(8)), (19, b"\0" + made.wide(text)), (160, b"")),
            **made.sheet12((7, made.cell(0) + bytes(4))),
        }
    ),
    "xlsb-inline": lambda text: _in_sheet((6, made.cell(0) + made.wide(text))),
    "xlsb-rich": lambda text: _in_sheet((62, made.cell(0) + b"\0" + made.wide(text))),
    "xlsb-formula": lambda text: _in_sheet((8, made.cell(0) + made.wide(text) + bytes(14))),
    "xlsb-in-formula": lambda text: _in_sheet(
        (9, made.cell(0) + bytes(8) + b"\x17" + struct.pack("<H", len(text)) + text.encode("utf-16-le"))
    ),
    "xlsb-header": lambda text: _in_sheet((479, bytes(2) + made.wide(text))),
    "xlsb-remark": lambda text: _in_part("xl/comments1.bin", (637, b"\0" + made.wide(text))),
    "xlsb-sheet-name": lambda text: _in_part(
        "xl/workbook.bin", (156, bytes(8) + made.wide("rId1") + made.wide(text))
    ),
    "xlsb-pivot": lambda text: _in_part("xl/pivotCache/pivotCacheDefinition1.bin", (24, made.wide(text))),
    "xlsb-external": lambda text: _in_part(
        "xl/externalLinks/externalLink1.bin", (371, bytes(4) + made.wide(text))
    ),
    "xlsb-format": lambda text: _in_part(
        "xl/styles.bin", (44, struct.pack("<H", 164) + made.wide(f'"{text}"'))
    ),
    "numbers-2009": lambda text: archive(
        {
            "index.xml": "<?xml version='1.0'?><ls:document xmlns:ls='l' xmlns:sf='f' xmlns:sfa='a'>"
            f"<sf:t><sf:ct sfa:s={quoteattr(text)}/></sf:t><sf:n sf:v='4489.1000000000004'/></ls:document>".encode()
        }
    ),
    "xls-shared": lambda text: made.old_book(made.shared(0, 0, 0), before=(made.strings(text),)),
    "xls-label": lambda text: made.old_book(
        (0x0204, struct.pack("<3HHB", 0, 0, 0, len(text), 0) + text.encode())
    ),
    "xls-formula": lambda text: made.old_book(
        made.formula(0, 0, b"", b"\0\0\0\0\0\0\xff\xff"),
        (0x0207, struct.pack("<HB", len(text), 0) + text.encode()),
    ),
    "xls-in-formula": lambda text: made.old_book(made.formula(0, 0, made.token(text), bytes(8))),
    "xls-macro-sheet": lambda text: compound(
        {
            "Workbook": made.biff(
                made.BEGIN_BOOK,
                made.END,
                made.BEGIN_MACROS,
                made.formula(0, 0, made.token(text), bytes(8)),
                made.END,
            )
        }
    ),
    "xls-two-streams": lambda text: compound(
        {
            "Workbook": made.biff(made.BEGIN_BOOK, made.END),
            "Book": made.biff(
                (0x0809, struct.pack("<HH", 0x0500, 5) + bytes(4)),
                made.END,
                made.BEGIN_SHEET,
                (0x0204, struct.pack("<3HH", 0, 0, 0, len(text)) + text.encode()),
                made.END,
            ),
        }
    ),
}
LOCKS: Mapping[str, Write] = {
    "agile": lambda text: made.agile(workbook(text)),
    "agile-letter": lambda text: made.agile(word(lambda document: document.add_paragraph(text))),
    "standard": lambda text: made.standard(workbook(text)),
    "old-weak": lambda text: made.locked_book(made.shared(0, 0, 0), before=(made.strings(text),)),
    "old-strong": lambda text: made.locked_book(
        made.shared(0, 0, 0), before=(made.strings(text),), strong=True
    ),
}
CLOSED: Mapping[str, Write] = {
    "agile-other": lambda text: made.agile(workbook(text), "other"),
    "standard-other": lambda text: made.standard(workbook(text), "other"),
    "old-other": lambda text: made.locked_book(
        made.shared(0, 0, 0), before=(made.strings(text),), password="other"
    ),
}


def _packed(data: bytes) -> bytes:
    """Slides with an object."""
    packed = struct.pack("<L", len(data)) + zlib.compress(data)
    return compound({"PowerPoint Document": struct.pack("<HHL", 0x10, 0x1011, len(packed)) + packed})


WITHIN: Mapping[str, Write] = {
    "slides-book": lambda text: _packed(made.old_book(made.shared(0, 0, 0), before=(made.strings(text),))),
    "slides-letter": lambda text: _packed(
        compound({"Package": word(lambda document: document.add_paragraph(text))})
    ),
    "slides-unknown": lambda text: _packed(compound({"Drawing": zlib.compress(text.encode())})),
}
ACTIVE: Mapping[str, Write] = {
    "docm-macro": lambda text: changed(word(), {"word/vbaProject.bin": made.project(_macro("Ask", text))}),
    "xlsm-macro": lambda text: changed(
        workbook("x"), {"xl/vbaProject.bin": made.project(_macro("Ask", text))}
    ),
    "dde-field": lambda text: word_part(
        "word/footnotes.xml", f'<w:x {W}><w:instrText>DDEAUTO excel "{text}"</w:instrText></w:x>'
    ),
    "template": lambda text: changed(
        word(), {"word/_rels/settings.xml.rels": _relation("attachedTemplate", text)}
    ),
    "frame": lambda text: changed(word(), {"word/_rels/webSettings.xml.rels": _relation("frame", text)}),
    "external-object": lambda text: changed(
        word(), {"word/_rels/document2.xml.rels": _relation("oleObject", text)}
    ),
    "dde-link": lambda text: changed(
        workbook("x"),
        {
            "xl/externalLinks/externalLink1.xml": f"<externalLink><ddeLink ddeService='x' ddeTopic='{text}'>"
            "<ddeItems/></ddeLink></externalLink>"
        },
    ),
}


ACTING: Mapping[str, Write] = {
    "unasked": lambda text: changed(word(), {"word/vbaProject.bin": made.project(_macro("AutoOpen", text))}),
    "unasked-book": lambda text: changed(
        workbook("x"), {"xl/vbaProject.bin": made.project(_macro("Workbook_Open", text))}
    ),
    "without-source": lambda text: changed(word(), {"word/vbaProject.bin": made.project("")}),
    "form": lambda text: changed(word(), {"word/vbaProject.bin": compound({"o": bytes(40) + text.encode()})}),
}


def _macro(name: str, text: str) -> str:
    return f'Sub {name}()\r\nMsgBox "{text}"\r\nEnd Sub'


def _relation(kind: str, target: str) -> str:
    return (
        "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'><Relationship Id='rId1' "
        f"Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}' Target='{target}' "
        "TargetMode='External'/></Relationships>"
    )


def _glyphs(text: str) -> bytes:
    """The text as numbers of glyphs, two bytes each, as most programs count them: `A` is the 36th."""
    codes = b"".join(struct.pack(">H", max(1, ord(letter) - 29)) for letter in text)
    return stream(b"BT /F9 12 Tf 20 200 Td <" + codes.hex().encode() + b"> Tj ET")


def _named(text: str, name: str) -> tuple[bytes, bytes]:
    """The text by an encoding of its own, and that encoding."""
    letters = sorted(set(text))
    codes = bytes(33 + letters.index(letter) for letter in text)
    glyphs = "".join(f"/{name}{number}" for number, _ in enumerate(letters, 1))
    drawn = stream(b"BT /F9 12 Tf 20 200 Td <" + codes.hex().encode() + b"> Tj ET")
    return drawn, f"<</Type/Encoding/Differences[33{glyphs}]>>".encode()


def _by_number(text: str, name: str = "g") -> bytes:
    drawn, encoding = _named(text, name)
    font = b"<</Type/Font/Subtype/Type1/BaseFont/ABCDEF+Own/FirstChar 33/LastChar 90/Encoding 6 0 R>>"
    return objects(drawn, font, encoding, fonts="/F9 5 0 R")


COMPOSITE = b"<</Type/Font/Subtype/Type0/BaseFont/ABCDEF+Own/Encoding/Identity-H/DescendantFonts[6 0 R]%s>>"
DESCENDANT = b"<</Type/Font/Subtype/CIDFontType2/BaseFont/ABCDEF+Own/CIDSystemInfo<</Ordering(Identity)>>>>"
UNTOLD: Mapping[str, Write] = {
    "glyph-numbers": lambda text: objects(_glyphs(text), COMPOSITE % b"", DESCENDANT, fonts="/F9 5 0 R"),
    "named-by-number": _by_number,
    "named-by-cid": lambda text: _by_number(text, "cid_"),
    "no-encoding": lambda text: objects(
        _glyphs(text), b"<</Type/Font/Subtype/TrueType/BaseFont/ABCDEF+Own>>", fonts="/F9 5 0 R"
    ),
    "in-object-stream": lambda text: objects(
        _glyphs(text),
        stream(b"7 0 " + COMPOSITE % b"", b"/Type/ObjStm/N 1/First 4"),
        DESCENDANT,
        fonts="/F9 7 0 R",
    ),
    "certificate": lambda text: objects(_glyphs(text)).replace(
        b"/Root 1 0 R", b"/Root 1 0 R/Encrypt<</Filter/Adobe.PubSec/V 4/SubFilter/adbe.pkcs7.s5>>"
    ),
}


def all_cases() -> Iterator[Case]:
    """Every case of this module."""
    yield from spread("D05", {f"book-{name}": write for name, write in BOOKS.items()})
    yield from spread("D12", {f"default-{name}": write for name, write in LOCKS.items()})
    yield from spread("D12", {f"lock-{name}": write for name, write in CLOSED.items()}, doubtful=True)
    yield from spread("D10", {f"packed-{name}": write for name, write in WITHIN.items()}, doubtful=True)
    yield from spread("D11", {f"active-{name}": write for name, write in ACTIVE.items()})
    yield from spread("D11", {f"acting-{name}": write for name, write in ACTING.items()}, doubtful=True)
    yield from spread("D13", {f"font-{name}": write for name, write in UNTOLD.items()}, doubtful=True)
