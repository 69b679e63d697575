"""Office packages: their texts, and what does not belong in them."""

from __future__ import annotations

import io
import re
from datetime import datetime, time

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment

from gateway.message.archives import Budget, Unreadable, open_zip
from gateway.message.packages import Package, flat_text, is_package, read_package, xml_text
from gateway.model import Reason
from tests.papers import BANNER, archive, calc, slides, word, workbook, writer

TYPES = b'<?xml version="1.0"?><Types xmlns="x"></Types>'


def opened(data: bytes) -> Package:
    """Read a package."""
    return read_package(open_zip(data), Budget())


def text(data: bytes) -> str:
    """All texts of a package."""
    return "\n".join(opened(data).texts)


def test_word_parts_are_all_read() -> None:
    """Runs join to words; table cells, footers and properties are read too."""
    found = text(word())
    assert BANNER in found.splitlines()
    assert "Region\tNorth\t" in found.replace("\n\t", "\t")
    assert f"footer {BANNER}" in found
    assert f"property {BANNER}" in found


def test_cells_stand_in_their_rows() -> None:
    """Shared strings are put where they stand, beside their numbers, on hidden sheets too."""
    assert f"{BANNER}\t72670\t0.047\t" in text(workbook())


def test_slides_and_notes_are_read() -> None:
    """Titles and notes are read."""
    assert BANNER in text(slides()).splitlines()
    assert f"notes {BANNER}" in text(slides())


def test_a_sheet_is_read_as_it_is_shown() -> None:
    """Comments apart from their author, printed headers without codes, tabs, and days that are kept as numbers."""
    book = Workbook()
    sheet = book.create_sheet("until 28 March")
    sheet.append(["published at", time(9, 30), datetime(2018, 3, 28), datetime(2018, 3, 28, 9, 30)])
    sheet.append([43187, 0.395833333333333])
    sheet["A1"].comment = Comment(BANNER, "Helen")
    sheet.oddHeader.center.text, sheet.oddHeader.center.font = BANNER, "Arial,Bold"
    out = io.BytesIO()
    book.save(out)
    lines = text(out.getvalue()).splitlines()
    assert {BANNER, "until 28 March"} <= set(lines)
    assert 2 <= lines.count(BANNER)
    (row,) = [line for line in lines if line.startswith("published at")]
    assert ["09:30", "28 March 2018", "28 March 2018 09:30"] == row.split("\t")[1:4]
    assert any("43187\t0.39583333333\t" in line for line in lines)


def test_a_watermark_is_read() -> None:
    """The text of a watermark stands in an attribute of a part that has no other text."""
    part = f'<w:hdr xmlns:w="w" xmlns:v="v"><w:pict><v:textpath string="{BANNER}"/></w:pict></w:hdr>'
    packed = archive({"[Content_Types].xml": TYPES, "word/header1.xml": part.encode()})
    assert BANNER in text(packed).splitlines()


def test_open_document_is_read() -> None:
    """Paragraphs and cells of OpenDocument files are read."""
    assert BANNER in text(writer())
    assert BANNER in text(calc())


@pytest.mark.parametrize("data", [word(), workbook(), slides(), writer(), calc()])
def test_honest_packages_have_no_fault(data: bytes) -> None:
    """What programs write is read without a mark."""
    assert is_package(open_zip(data))
    assert () == opened(data).faults


def test_archive_is_no_package() -> None:
    """A zip file of documents is an archive."""
    assert not is_package(open_zip(archive({"a.docx": word()})))


def test_embedded_files_are_told() -> None:
    """Whatever is no XML part is a file of its own."""
    data = archive(
        {"[Content_Types].xml": TYPES, "word/media/image1.png": b"x", "word/embeddings/a.xlsx": b"y"}
    )
    assert ["word/media/image1.png", "word/embeddings/a.xlsx"] == [
        member.name for member in opened(data).inner
    ]


XML = {
    "runs": ("<w:p><w:r><w:t>RE</w:t></w:r><w:r><w:t>STR</w:t></w:r></w:p>", "RESTR"),
    "breaks": ("<w:p><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:p>", "a\tb\nc"),
    "deleted": ("<w:p><w:del><w:delText>a</w:delText></w:del></w:p>", "a"),
    "field-code-behind": (
        "<w:p><w:t>at </w:t><w:instrText>DATE</w:instrText><w:t>9:30</w:t></w:p>",
        "at 9:30\n\nDATE",
    ),
    "description": ('<w:p><wp:docPr descr="a picture"/></w:p>', "a picture"),
    "odf-spaces": ("<text:p>a<text:s/>b</text:p>", "a b"),
    "entities": ("<p>&lt;&#52;&amp;</p>", "<4&"),
}


@pytest.mark.parametrize(("source", "expected"), XML.values(), ids=XML.keys())
def test_xml_text(source: str, expected: str) -> None:
    """Text as it reads, with what is not shown in line behind it."""
    names = 'xmlns:w="w" xmlns:wp="wp" xmlns:text="t"'
    assert expected == xml_text(f"<x {names}>{source}</x>".encode()).strip()


BROKEN = {
    "laughs": (b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>', Reason.BROKEN),
    "outside-entity": (b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>', Reason.BROKEN),
    "not-closed": (b"<x><y>text", Reason.BROKEN),
    "deep": (b"<x>" * 5_000, Reason.TOO_DEEP),
}


@pytest.mark.parametrize(("data", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_xml_is_named(data: bytes, reason: Reason) -> None:
    """Entities are never expanded, and what is broken is named."""
    with pytest.raises(Unreadable) as error:
        xml_text(data)
    assert reason is error.value.reason


def test_reference_to_a_dtd_is_not_followed() -> None:
    """OpenOffice writes one into its manifest: it is no fault, and nothing is fetched."""
    assert "a" == xml_text(b'<!DOCTYPE m PUBLIC "-//OpenOffice.org//DTD" "Manifest.dtd"><m>a</m>').strip()


def test_broken_part_is_read_as_far_as_it_goes() -> None:
    """One broken part is named, and neither it nor the others are lost."""
    data = archive({"[Content_Types].xml": TYPES, "word/a.xml": b"<p>one</p", "word/b.xml": b"<p>two</p>"})
    found = opened(data)
    assert (Reason.BROKEN,) == found.faults
    assert ["one", "two"] == [piece.strip() for piece in found.texts]


def test_encrypted_open_document_is_named() -> None:
    """Its manifest says that its parts are encrypted."""
    manifest = b"<m><file-entry><encryption-data/></file-entry></m>"
    data = archive({"META-INF/manifest.xml": manifest, "content.xml": b"\x8a\x01"})
    assert Reason.ENCRYPTED in opened(data).faults


def test_broken_binary_workbook_is_named() -> None:
    """An xlsb whose parts are no records."""
    assert (Reason.BROKEN,) == opened(
        archive({"[Content_Types].xml": TYPES, "xl/workbook.bin": b"\x80"})
    ).faults


@pytest.mark.parametrize(
    "source", ["<p>one</p>", "<p> &#111;ne</p>", '<p descr = "one"/>', "<p><![CDATA[one]]></p>"]
)
def test_only_parts_without_text_are_passed_over(source: str) -> None:
    """Parts that say nothing are not parsed; whatever says something, in whatever way, is read in either width."""
    for data in (source.encode(), f'<?xml version="1.0" encoding="utf-16"?>{source}'.encode("utf-16")):
        package = archive(
            {"[Content_Types].xml": TYPES, "word/a.xml": data, "word/b.xml": b"<w:styles a='x'/>"}
        )
        assert ["one"] == [piece.strip() for piece in opened(package).texts]


def sheet(*rows: tuple[str | float | None, ...], formats: dict[str, str]) -> str:
    """The text of a workbook with these rows and formats by cell."""
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    for cell, code in formats.items():
        book.worksheets[0][cell].number_format = code
    out = io.BytesIO()
    book.save(out)
    (found,) = [piece for piece in opened(out.getvalue()).texts if "Fenwick" in piece]
    return found


def test_numbers_are_read_as_they_are_shown() -> None:
    """Percentages, thousands, pounds and brackets, as a reader of the sheet sees them."""
    formats = {"B1": "0.0%", "C1": "#,##0", "D1": '£0.0,,"m"', "E1": "#,##0_);(#,##0)", "F1": "General"}
    found = sheet(("Fenwick", 0.0472891, 72670.4321, 11_400_000, -3417, 0.1 + 0.2), formats=formats)
    assert "Fenwick\t4.7%\t72,670\t£11.4m\t(3,417)\t0.3\t" in found.splitlines()


def test_numbers_that_show_less_than_they_are() -> None:
    """They stand again below their block, in their columns, with the headings of the rows; others do not."""
    rows = (
        ("Dale", "Share", "Count"),
        ("Fenwick", 0.0472891, 72670.4),
        ("Outer", 0.5, 12),
        ("Source: a survey",),
    )
    found = sheet(*rows, formats={"B2": "0.0%", "B3": "0%", "C2": "#,##0", "C3": "0"})
    expected = [
        "Dale\tShare\tCount\t",
        "Fenwick\t4.7%\t72,670\t",
        "Outer\t50%\t12\t",
        "Fenwick\t0.0472891\t",
        "Outer\t0.5\t",
        "Source: a survey\t\t\t",
    ]
    assert [line.rstrip() for line in expected] == [
        line.rstrip() for line in found.splitlines() if line.strip()
    ]


def test_cells_stand_in_their_columns() -> None:
    """Cells that a program leaves out, because they are empty, are put back; the first one is a blank."""
    found = sheet(("Fenwick",), (None, None, 977), (None, 48_310), formats={})
    lines = found.splitlines()
    assert [["", "", "977"], ["", "48310"]] == [
        [cell.strip() for cell in line.split("\t")[:-1]] for line in lines if "977" in line or "48310" in line
    ]
    assert not any(line.startswith("\t") for line in lines)


OPEN_SHEET = (
    '<x xmlns:table="t" xmlns:t="t" xmlns:office="o" xmlns:x="x"><t:table-row>{}</t:table-row>'
    "<t:table-row><t:table-cell/></t:table-row></x>"
)
OPEN_CELLS = {
    "percentage": (
        '<t:table-cell office:value="0.0472"><x:p>4.7%</x:p></t:table-cell>',
        "4.7%\t\n0.0472\n",
    ),
    "rounded": (
        '<t:table-cell office:value="72670.4"><x:p>72,670</x:p></t:table-cell>',
        "72,670\t\n",
    ),
    "told once": (
        '<t:table-cell office:value="5" table:number-columns-repeated="3"><x:p>5</x:p></t:table-cell>',
        "5\t5\t5\t\n",
    ),
    "left out": (
        '<t:table-cell table:number-columns-repeated="2"/><t:table-cell><x:p>a</x:p></t:table-cell>'
        '<t:table-cell table:number-columns-repeated="16000"/>',
        "\t\ta\t\t\n",
    ),
    "two paragraphs": (
        "<t:table-cell><x:p>a</x:p><x:p>b</x:p></t:table-cell><t:table-cell/>",
        "a\nb\t\t\n",
    ),
    "hostile": (
        '<t:table-cell office:value="nan" table:number-columns-repeated="99999"><x:p>a</x:p></t:table-cell>',
        "a\t\n",
    ),
}


@pytest.mark.parametrize(("cells", "expected"), OPEN_CELLS.values(), ids=OPEN_CELLS.keys())
def test_cells_of_an_open_document(cells: str, expected: str) -> None:
    """Both what a cell shows and what it keeps, where that says more; columns as they stand."""
    found = xml_text(OPEN_SHEET.format(cells).encode())
    assert expected == re.sub(r"(?m)^ ", "", found)[: -len("\t\n")]


def test_cells_of_numbers_2009_are_read() -> None:
    """They keep texts and numbers in attributes, each with a prefix of its own."""
    cells = "<sf:ct sfa:s='Gas'/><sf:n sf:v='4489.1000000000004'/><sf:rn sf:v='-226'/>"
    cells += "<sf:d sf:cell-date='276048000'/>"
    assert ["Gas", "4489.1", "-226", "1", "October", "2009"] == flat_text(
        f"<a xmlns:sf='f' xmlns:sfa='a'>{cells}</a>".encode()
    ).split()
