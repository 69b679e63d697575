"""Where mails lead: the addresses behind what pages and documents show reach the detectors, from every format."""

from __future__ import annotations

import io

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from odf import text as odf_text
from odf.opendocument import OpenDocumentText
from openpyxl import Workbook
from pptx import Presentation
from reportlab.pdfgen.canvas import Canvas

from gateway.features.links import Links, Lookup, packed
from gateway.message import limits
from gateway.message.html import render
from gateway.message.leaves import Collector
from gateway.model import LONGEST_URL, Document, Leaf, Link, Message, Reason, Unreadable
from gateway.scan_answers import message_in
from gateway.scan_answers import packed as on_the_wire
from gateway.scanner import read_here
from tests.papers import archive, attached, compound, mail, part

URL = "https://preview.stats.example/releases/cla-2018/tables"
KEY = bytes(32)
LINKS = Links.of({"cla-2018": [packed(KEY, ["https://preview.stats.example/releases/cla-2018/"])]}, {})


def leads_there(message: Message) -> bool:
    """Whether any part of a mail leads to the registered folder."""
    lookup = Lookup(LINKS, KEY)
    texts = any(True for part in message.parts for _ in lookup.in_text(part.text))
    return texts or any(True for link in message.links for _ in lookup.behind(link.url))


def _saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def word() -> bytes:
    """A docx whose hyperlink is a relationship."""
    document = docx.Document()
    document.add_paragraph("here")
    document.part.relate_to(URL, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    return _saved(document)


def field(pieces: str) -> bytes:
    """A docx with a HYPERLINK field."""
    body = f'<w:document xmlns:w="w"><w:body><w:p>{pieces}</w:p></w:body></w:document>'
    return archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": body.encode()})


def sheet(*, formula: bool) -> bytes:
    """A workbook with the link on a cell, or in a formula."""
    book = Workbook()
    page = book.worksheets[0]
    page["A1"] = f'=HYPERLINK("{URL}","here")' if formula else "here"
    if not formula:
        page["A1"].hyperlink = URL
    return _saved(book)


def slides() -> bytes:
    """A slide with a link on a word."""
    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[0])
    run = slide.shapes.title.text_frame.paragraphs[0].add_run()
    run.text, run.hyperlink.address = "here", URL
    return _saved(show)


def writer() -> bytes:
    """An odt with a link on a word."""
    document, paragraph = OpenDocumentText(), odf_text.P()
    paragraph.addElement(odf_text.A(href=URL, text="here"))
    document.text.addElement(paragraph)
    return _saved(document)


def pdf() -> bytes:
    """A page with an area that leads somewhere."""
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 720, "press here")
    canvas.linkURL(URL, (72, 700, 200, 740))
    canvas.save()
    return out.getvalue()


def old(*, wide: bool) -> bytes:
    """An old Word file in which the link stands beside the text."""
    address = URL.encode("utf-16-le" if wide else "ascii")
    return compound({"WordDocument": b"\xec\xa5" + bytes(30) + b"\x13" + address + b"\x14\0\0" + bytes(5000)})


@pytest.mark.parametrize(
    ("data", "name"),
    [
        pytest.param(word(), "a.docx", id="docx"),
        pytest.param(
            field(f"<w:fldSimple w:instr=' HYPERLINK \"{URL}\" '><w:r><w:t>here</w:t></w:r></w:fldSimple>"),
            "a.docx",
            id="docx-field",
        ),
        pytest.param(
            field(
                f'<w:r><w:instrText> HYPERLINK "{URL[:30]}</w:instrText></w:r>'
                f'<w:r><w:instrText>{URL[30:]}" </w:instrText></w:r><w:r><w:t>here</w:t></w:r>'
            ),
            "a.docx",
            id="docx-field-in-two-runs",
        ),
        pytest.param(sheet(formula=False), "a.xlsx", id="xlsx"),
        pytest.param(sheet(formula=True), "a.xlsx", id="xlsx-formula"),
        pytest.param(slides(), "a.pptx", id="pptx"),
        pytest.param(writer(), "a.odt", id="odt"),
        pytest.param(pdf(), "a.pdf", id="pdf"),
        pytest.param(old(wide=True), "a.doc", id="doc-wide"),
        pytest.param(old(wide=False), "a.doc", id="doc"),
        pytest.param(
            rb'{\rtf1{\field{\*\fldinst HYPERLINK "' + URL.encode() + rb'"}{\fldrslt here}}}',
            "a.rtf",
            id="rtf",
        ),
        pytest.param(f"[InternetShortcut]\r\nURL={URL}\r\n".encode(), "a.url", id="shortcut"),
        pytest.param(f'<html><body><a href="{URL}">here</a></body></html>'.encode(), "a.html", id="html"),
    ],
)
def test_an_attached_document_leads_where_it_leads(data: bytes, name: str) -> None:
    """Whatever program wrote it."""
    assert leads_there(read_here(mail(attached(data, name))))


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (f'<a href="{URL}">here</a>', "text/html"),
        (f"<a href='{URL[:20]}\n{URL[20:]}'>here</a>", "text/html"),
        ('<a href="//preview.stats.example/releases/cla-2018/x">here</a>', "text/html"),
        ('<base href="https://preview.stats.example/releases/"><a href="cla-2018/x">here</a>', "text/html"),
        (f'<meta http-equiv="refresh" content="0; url={URL}">', "text/html"),
        (f'<form action="{URL}"><button>Go</button></form>', "text/html"),
        (f'<img src="{URL}.png">', "text/html"),
        (f'<a href="https://o.example/" originalsrc="{URL}">here</a>', "text/html"),
        (f"<button onclick=\"x\" formaction='{URL}'>here</button>", "text/html"),
        (f"BEGIN:VEVENT\r\nURL:{URL[:40]}\r\n {URL[40:]}\r\nEND:VEVENT\r\n", "text/calendar"),
    ],
)
def test_a_page_leads_where_it_leads(body: str, media_type: str) -> None:
    """Links, forms, pictures, a page that sends its reader on, an appointment."""
    assert leads_there(read_here(mail(part(body.encode(), f"Content-Type: {media_type}"))))


def test_what_leads_nowhere_is_not_kept() -> None:
    """Pictures in the mail itself, anchors, mailboxes."""
    page = '<a href="#top"></a><img src="cid:1"><img src="data:image/png;base64,//8="><a href="mailto:a@b.example">'
    assert () == render(page + '<a href="tel:1"></a><img src="image001.png">').links


def test_a_page_that_nests_too_deep_is_searched_all_the_same() -> None:
    """Its addresses are taken from its source."""
    source = "<div>" * 20_000 + f'<a href="{URL}&amp;x">'
    assert (f"{URL}&x",) == render(source).links


def test_links_are_bounded_in_number_and_length() -> None:
    """More than the limit is a place that could not be read."""
    collector = Collector()
    collector.lead("1", ["https://a.example/" + "x" * 2 * LONGEST_URL])
    collector.lead("1", (f"https://a.example/{number}" for number in range(limits.LINKS)))
    message = collector.reading().message
    assert limits.LINKS == len(message.links)
    assert LONGEST_URL == max(len(link.url) for link in message.links)
    assert (Unreadable("1", Reason.TOO_LARGE),) == message.unreadable


def test_links_cross_the_wire_of_the_scanner() -> None:
    """As they are, and only of the document that was asked for."""
    document = Document("2", "html", b"")
    message = Message(leaves=(Leaf("2", bytes(32), 1),), links=(Link("2/1", URL),))
    assert message == message_in(on_the_wire(message), document)
    with pytest.raises(ValueError, match="something else"):
        message_in(on_the_wire(Message(links=(Link("3", URL),))), document)


def test_messages_add_their_links() -> None:
    """What a scanner read joins what was read here."""
    first, second = Link("1", URL), Link("2", URL)
    assert (first, second) == (Message(links=(first,)) + Message(links=(second,))).links
    with pytest.raises(ValueError, match="link"):
        Link("1", "x" * (LONGEST_URL + 1))
