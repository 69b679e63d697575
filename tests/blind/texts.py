"""Where RTF, OpenDocument and other texts made of marks keep what somebody can see (D08, D09)."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

from odf import dc, draw, office
from odf import text as odf
from odf.opendocument import OpenDocumentPresentation, OpenDocumentSpreadsheet, OpenDocumentText
from odf.style import MasterPage, PageLayout
from odf.table import Table, TableCell, TableRow

from tests.blind import Case
from tests.blind.kept import embedded
from tests.blind.office import Write, changed, saved, spread


def _hexed(text: str) -> bytes:
    return b"".join(b"\\'%02x" % ord(letter) for letter in text)


RTF: Mapping[str, Write] = {
    "plain": lambda text: b"{\\rtf1 " + text.encode() + b"}",
    "hexadecimal": lambda text: b"{\\rtf1\\ansi " + _hexed(text) + b"}",
    "hexadecimal-upper": lambda text: b"{\\rtf1\\ansi " + _hexed(text).upper().replace(b"\\'", b"\\'") + b"}",
    "unicode": lambda text: b"{\\rtf1 " + b"".join(b"\\u%d?" % ord(letter) for letter in text) + b"}",
    "unicode-no-stand-in": lambda text: (
        b"{\\rtf1\\uc0 " + b"".join(b"\\u%d " % ord(letter) for letter in text) + b"}"
    ),
    "groups": lambda text: (
        b"{\\rtf1 " + b"".join(b"{\\b " + letter.encode() + b"}" for letter in text) + b"}"
    ),
    "line-breaks": lambda text: b"{\\rtf1 " + b"\r\n".join(letter.encode() for letter in text) + b"}",
    "hidden": lambda text: b"{\\rtf1 a {\\v " + text.encode() + b"}}",
    "footnote": lambda text: b"{\\rtf1 a{\\footnote " + text.encode() + b"}}",
    "header": lambda text: b"{\\rtf1{\\header " + text.encode() + b"}a}",
    "remark": lambda text: b"{\\rtf1 a{\\*\\annotation " + text.encode() + b"}}",
    "title": lambda text: b"{\\rtf1{\\info{\\title " + text.encode() + b"}}a}",
    "field": lambda text: b"{\\rtf1{\\field{\\*\\fldinst DATE}{\\fldrslt " + text.encode() + b"}}}",
    "instruction": lambda text: b"{\\rtf1{\\field{\\*\\fldinst QUOTE " + text.encode() + b"}{\\fldrslt x}}}",
    "unknown": lambda text: b"{\\rtf1 a{\\*\\unheardof " + text.encode() + b"}}",
    "deleted": lambda text: b"{\\rtf1 a {\\deleted " + text.encode() + b"}}",
    "box": lambda text: b"{\\rtf1 a{\\shp{\\*\\shpinst{\\shptxt " + text.encode() + b"}}}}",
    "behind-bytes": lambda text: b"{\\rtf1{\\pict\\bin5 {{{}}}" + text.encode() + b"}",
    "not-closed": lambda text: b"{\\rtf1{\\b " + text.encode(),
    "behind-the-end": lambda text: b"{\\rtf1 a}\n" + text.encode(),
    "short-start": lambda text: b"{\\rt " + text.encode() + b"}",
    "cyrillic-font": lambda text: b"{\\rtf1{\\fonttbl{\\f1\\fcharset204 A;}}\\f1 " + text.encode() + b"}",
    "object": lambda text: (
        b"{\\rtf1{\\object{\\*\\objdata " + embedded(text.encode()).hex().encode() + b"}}}"
    ),
    "object-spaced": lambda text: (
        b"{\\rtf1{\\object{\\*\\objdata "
        + b"\r\n".join(embedded(text.encode()).hex(" ").encode()[at : at + 99] for at in range(0, 99_999, 99))
        + b"}}}"
    ),
}


def odt(fill: Callable[[OpenDocumentText, str], None], text: str) -> bytes:
    """An OpenDocument text."""
    document = OpenDocumentText()
    document.text.addElement(odf.P(text="Notes of the meeting"))
    fill(document, text)
    return saved(document)


def _noted(document: OpenDocumentText, text: str) -> None:
    paragraph, note = odf.P(text="x"), odf.Note(id="n", noteclass="footnote")
    note.addElement(odf.NoteCitation(text="1"))
    body = odf.NoteBody()
    body.addElement(odf.P(text=text))
    note.addElement(body)
    paragraph.addElement(note)
    document.text.addElement(paragraph)


def _remarked(document: OpenDocumentText, text: str) -> None:
    paragraph, remark = odf.P(text="x"), office.Annotation()
    remark.addElement(dc.Creator(text="A"))
    remark.addElement(odf.P(text=text))
    paragraph.addElement(remark)
    document.text.addElement(paragraph)


def _spans(document: OpenDocumentText, text: str) -> None:
    paragraph = odf.P()
    for letter in text:
        paragraph.addElement(odf.Span(text=letter) if letter != " " else odf.S())
    document.text.addElement(paragraph)


def _frame(document: OpenDocumentText, text: str) -> None:
    paragraph, frame = odf.P(), draw.Frame(width="1cm", height="1cm")
    box = draw.TextBox()
    box.addElement(odf.P(text=text))
    frame.addElement(box)
    paragraph.addElement(frame)
    document.text.addElement(paragraph)


def _inserted(xml: str) -> bytes:
    """An OpenDocument text with this in its content."""
    plain = odt(lambda document, text: None, "")
    return changed(plain, {}, {"content.xml": ("</office:text>", f"{xml}</office:text>")})


def _headed(text: str) -> bytes:
    document = OpenDocumentText()
    document.automaticstyles.addElement(PageLayout(name="l"))
    document.masterstyles.addElement(MasterPage(name="Standard", pagelayoutname="l"))
    document.text.addElement(odf.P(text="x"))
    head = f"<style:header><text:p>{escape(text)}</text:p></style:header></style:master-page>"
    data = saved(document)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        page = re.search(r"<style:master-page [^>]*/>", packed.read("styles.xml").decode())
    assert page is not None
    return changed(data, {}, {"styles.xml": (page[0], page[0][:-2] + ">" + head)})


def sheet(text: str, **attributes: str) -> bytes:
    """An OpenDocument sheet with the wording in a cell."""
    document = OpenDocumentSpreadsheet()
    table, row, cell = Table(name="t", **attributes), TableRow(), TableCell(valuetype="string")
    cell.addElement(odf.P(text=text))
    row.addElement(cell)
    table.addElement(row)
    document.spreadsheet.addElement(table)
    return saved(document)


def presentation(text: str) -> bytes:
    """An OpenDocument presentation with the wording in a box."""
    document = OpenDocumentPresentation()
    document.automaticstyles.addElement(PageLayout(name="l"))
    document.masterstyles.addElement(MasterPage(name="m", pagelayoutname="l"))
    page, frame, box = draw.Page(masterpagename="m"), draw.Frame(width="9cm", height="9cm"), draw.TextBox()
    box.addElement(odf.P(text=text))
    frame.addElement(box)
    page.addElement(frame)
    document.presentation.addElement(page)
    return saved(document)


FLAT = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<office:document xmlns:office="urn:o" xmlns:text="urn:t"'
    ' xmlns:table="urn:a">'
    "<office:body>%s</office:body></office:document>"
)
ODF: Mapping[str, Write] = {
    "paragraph": lambda text: odt(lambda d, t: d.text.addElement(odf.P(text=t)), text),
    "heading": lambda text: odt(lambda d, t: d.text.addElement(odf.H(outlinelevel=1, text=t)), text),
    "note": lambda text: odt(_noted, text),
    "remark": lambda text: odt(_remarked, text),
    "spans": lambda text: odt(_spans, text),
    "frame": lambda text: odt(_frame, text),
    "header": _headed,
    "title": lambda text: odt(lambda d, t: d.meta.addElement(dc.Title(text=t)), text),
    "keyword": lambda text: odt(lambda d, t: d.meta.addElement(dc.Subject(text=t)), text),
    "tracked": lambda text: _inserted(
        f"<text:tracked-changes><text:changed-region><text:deletion><text:p>{escape(text)}</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
    ),
    "hidden-section": lambda text: _inserted(
        f'<text:section text:display="none" text:name="s"><text:p>{escape(text)}</text:p></text:section>'
    ),
    "conditional": lambda text: _inserted(
        f"<text:p><text:conditional-text text:string-value-if-true={quoteattr(text)}/></text:p>"
    ),
    "hidden-text": lambda text: _inserted(
        f"<text:p><text:hidden-text text:string-value={quoteattr(text)}/></text:p>"
    ),
    "placeholder": lambda text: _inserted(
        f"<text:p><text:placeholder>{escape(text)}</text:placeholder></text:p>"
    ),
    "variable": lambda text: _inserted(
        f"<text:p><text:variable-set office:string-value={quoteattr(text)}/></text:p>"
    ),
    "list-label": lambda text: _inserted(
        f"<text:p><text:drop-down><text:label text:value={quoteattr(text)}/></text:drop-down></text:p>"
    ),
    "form-label": lambda text: _inserted(
        f'<text:p xmlns:form="f"><form:button form:label={quoteattr(text)}/></text:p>'
    ),
    "picture-title": lambda text: _inserted(
        f'<text:p><draw:frame xmlns:svg="s"><svg:title>{escape(text)}</svg:title></draw:frame></text:p>'
    ),
    "picture-text": lambda text: _inserted(
        f'<text:p><draw:frame xmlns:svg="s"><svg:desc>{escape(text)}</svg:desc></draw:frame></text:p>'
    ),
    "link-title": lambda text: _inserted(
        f"<text:p><text:a office:title={quoteattr(text)}>x</text:a></text:p>"
    ),
    "object": lambda text: changed(
        odt(lambda d, t: None, ""), {"Object 1/content.xml": FLAT % f"<text:p>{escape(text)}</text:p>"}
    ),
    "sheet": sheet,
    "sheet-name": lambda text: changed(
        sheet("x"), {}, {"content.xml": ('table:name="t"', f"table:name={quoteattr(text)}")}
    ),
    "sheet-message": lambda text: changed(
        sheet("x"),
        {},
        {
            "content.xml": (
                "<table:table ",
                f"<table:help-message><text:p>{escape(text)}</text:p></table:help-message><table:table ",
            )
        },
    ),
    "sheet-value": lambda text: changed(
        sheet("x"),
        {},
        {"content.xml": ("<text:p>x</text:p>", f"<table:annotation office:string-value={quoteattr(text)}/>")},
    ),
    "show": presentation,
    "flat-text": lambda text: (FLAT % f"<office:text><text:p>{escape(text)}</text:p></office:text>").encode(),
    "flat-spans": lambda text: (
        FLAT % ("<text:p>" + "".join(f"<text:span>{escape(x)}</text:span>" for x in text) + "</text:p>")
    ).encode(),
    "flat-utf-16": lambda text: (
        (FLAT % f"<text:p>{escape(text)}</text:p>").replace("UTF-8", "UTF-16").encode("utf-16")
    ),
    "word-2003": lambda text: (
        '<?xml version="1.0"?><w:wordDocument xmlns:w="urn:w"><w:body><w:p>'
        + "".join(f"<w:r><w:t>{escape(letter)}</w:t></w:r>" for letter in text)
        + "</w:p></w:body></w:wordDocument>"
    ).encode(),
    "excel-2003": lambda text: (
        f'<?xml version="1.0"?><Workbook><Worksheet><Table><Row><Cell><Data>{escape(text)}</Data></Cell></Row></Table>'
        "</Worksheet></Workbook>"
    ).encode(),
    "xml-references": lambda text: (
        f"<?xml version='1.0'?><a>{''.join(f'&#x{ord(letter):x};' for letter in text)}</a>"
    ).encode(),
}


def all_cases() -> Iterator[Case]:
    """Every case of this module."""
    yield from spread("D08", {f"rtf-{name}": write for name, write in RTF.items()})
    yield from spread("D09", {f"odf-{name}": write for name, write in ODF.items()})
