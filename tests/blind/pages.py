"""Where a PDF file keeps text that somebody can see, has seen, or finds behind a click (D13 to D16)."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator, Mapping
from xml.sax.saxutils import escape

from reportlab.lib import pdfencrypt
from reportlab.pdfgen.canvas import Canvas

from tests.blind import Case
from tests.blind.office import Write, sent
from tests.blind.packing import zipped
from tests.blind.words import word


def canvas(draw_on: Callable[[Canvas], object], lock: object = None, *, packed: bool = True) -> bytes:
    """A PDF file of one page."""
    out = io.BytesIO()
    page = Canvas(out, encrypt=lock, pageCompression=int(packed))
    page.drawString(72, 720, "Notes of the meeting")
    draw_on(page)
    page.save()
    return out.getvalue()


def objects(*bodies: bytes, root: str = "", fonts: str = "") -> bytes:
    """A PDF file of a catalogue (1), pages (2), one page (3) with its fonts, what that shows (4), and other objects."""
    catalogue = f"<</Type/Catalog/Pages 2 0 R {root}>>".encode()
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font"
    page += b"/Subtype/Type1/BaseFont/Helvetica>>" + fonts.encode() + b">>>>>>"
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate((catalogue, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, *bodies), 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        out
        + table
        + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, len(out))
    )


def stream(data: bytes, told: bytes = b"") -> bytes:
    """A packed stream."""
    packed = zlib.compress(data)
    return b"<<" + told + b"/Filter/FlateDecode/Length %d>>stream\n" % len(packed) + packed + b"\nendstream"


def shown(text: str) -> bytes:
    """What draws a line of text."""
    return f"BT /F1 12 Tf 72 200 Td ({_literal(text)}) Tj ET".encode("latin-1", "replace")


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


PAGE = stream(shown("Notes of the meeting"))


def revised(text: str) -> bytes:
    """A PDF file whose later state says something else."""
    old = objects(stream(shown(text)))
    place = len(old)
    new = b"4 0 obj\n" + PAGE + b"\nendobj\n"
    table = b"xref\n4 1\n%010d 00000 n \ntrailer<</Size 5/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
    return old + new + table % (place, old.rindex(b"xref\n0"), place + len(new))


def _wide(text: str) -> bytes:
    return b"<" + (b"\xfe\xff" + text.encode("utf-16-be")).hex().encode() + b">"


def owned() -> pdfencrypt.StandardEncryption:
    """A lock that opens to anybody who only wants to read."""
    return pdfencrypt.StandardEncryption("", "owner", strength=128)


PDF: Mapping[str, tuple[str, Write]] = {
    "page": ("D15", lambda text: canvas(lambda page: page.drawString(72, 600, text))),
    "page-plain": ("D15", lambda text: canvas(lambda page: page.drawString(72, 600, text), packed=False)),
    "under-a-box": (
        "D15",
        lambda text: canvas(
            lambda page: (page.drawString(72, 600, text), page.rect(60, 590, 400, 30, fill=1))
        ),
    ),
    "white": (
        "D15",
        lambda text: canvas(lambda page: (page.setFillColorRGB(1, 1, 1), page.drawString(72, 600, text))),
    ),
    "off-page": ("D15", lambda text: canvas(lambda page: page.drawString(72, 5000, text))),
    "tiny": (
        "D15",
        lambda text: canvas(lambda page: (page.setFont("Helvetica", 0.1), page.drawString(72, 600, text))),
    ),
    "letters": (
        "D15",
        lambda text: canvas(
            lambda page: [page.drawString(72 + 7.5 * place, 600, letter) for place, letter in enumerate(text)]
        ),
    ),
    "earlier": ("D15", revised),
    "title": ("D14", lambda text: canvas(lambda page: page.setTitle(text))),
    "subject": ("D14", lambda text: canvas(lambda page: page.setSubject(text))),
    "outline": (
        "D14",
        lambda text: canvas(lambda page: (page.bookmarkPage("a"), page.addOutlineEntry(text, "a"))),
    ),
    "field": ("D14", lambda text: canvas(lambda page: page.acroForm.textfield(value=text, x=10, y=10))),
    "field-tooltip": (
        "D14",
        lambda text: canvas(lambda page: page.acroForm.textfield(tooltip=text, x=10, y=10)),
    ),
    "remark": ("D14", lambda text: canvas(lambda page: page.textAnnotation(text, Rect=(9, 9, 99, 99)))),
    "script": (
        "D14",
        lambda text: objects(
            PAGE, root=f"/OpenAction<</S/JavaScript/JS(app.alert\\('{_literal(text)}'\\))>>"
        ),
    ),
    "wide-remark": (
        "D14",
        lambda text: objects(PAGE, b"<</Type/Annot/Subtype/Text/Contents" + _wide(text) + b">>"),
    ),
    "packed-objects": (
        "D14",
        lambda text: objects(
            PAGE, stream(f"9 0 <</Contents({_literal(text)})>>".encode(), b"/Type/ObjStm/N 1/First 4")
        ),
    ),
    "form": (
        "D14",
        lambda text: objects(
            PAGE,
            stream(f"<xdp:xdp xmlns:xdp='x'><field><value>{escape(text)}</value></field></xdp:xdp>".encode()),
            root="/AcroForm<</XFA 5 0 R>>",
        ),
    ),
    "metadata": (
        "D14",
        lambda text: objects(
            PAGE,
            stream(f"<x:xmpmeta xmlns:x='x'><a>{escape(text)}</a></x:xmpmeta>".encode(), b"/Type/Metadata"),
        ),
    ),
    "hidden-layer": (
        "D14",
        lambda text: objects(
            stream(b"/OC /M BDC " + shown(text) + b" EMC"), root="/OCProperties<</D<</OFF[9 0 R]>>>>"
        ),
    ),
    "attached": ("D14", lambda text: objects(PAGE, stream(text.encode(), b"/Type/EmbeddedFile"))),
    "attached-page": (
        "D14",
        lambda text: objects(
            PAGE, stream(f"<html><p>{escape(text)}</p></html>".encode(), b"/Type/EmbeddedFile")
        ),
    ),
    "attached-word": (
        "D14",
        lambda text: objects(PAGE, stream(word(lambda d: d.add_paragraph(text)), b"/Type/EmbeddedFile")),
    ),
    "attached-zip": (
        "D14",
        lambda text: objects(PAGE, stream(zipped({"a.txt": text.encode()}), b"/Type/EmbeddedFile")),
    ),
    "attached-untyped": (
        "D14",
        lambda text: objects(PAGE, stream(word(lambda d: d.add_paragraph(text)), b"/Params<</Size 9>>")),
    ),
    "attached-unsaid": (
        "D14",
        lambda text: objects(PAGE, stream(canvas(lambda page: page.drawString(72, 600, text)))),
    ),
    "attached-unpacked": (
        "D14",
        lambda text: objects(
            PAGE, b"<</Type/EmbeddedFile/Length %d>>stream\n" % len(text) + text.encode() + b"\nendstream"
        ),
    ),
    "owner-outline": (
        "D16",
        lambda text: canvas(lambda page: (page.bookmarkPage("a"), page.addOutlineEntry(text, "a")), owned()),
    ),
    "owner-field": (
        "D16",
        lambda text: canvas(lambda page: page.acroForm.textfield(value=text, x=10, y=10), owned()),
    ),
    "owner-remark": (
        "D16",
        lambda text: canvas(lambda page: page.textAnnotation(text, Rect=(9, 9, 99, 99)), owned()),
    ),
    "owner-password": (
        "D16",
        lambda text: canvas(
            lambda page: page.drawString(72, 600, text), pdfencrypt.StandardEncryption("", "owner")
        ),
    ),
}
LOCKED_PDF: Mapping[str, tuple[str, Write]] = {
    f"password-{strength}": (
        "D16",
        lambda text, strength=strength: canvas(
            lambda page: page.drawString(72, 600, text),
            pdfencrypt.StandardEncryption("user", "owner", strength=strength),
        ),
    )
    for strength in (40, 128)
} | {
    "no-letters": (
        "D13",
        lambda text: objects(
            stream(
                b"BT /F1 12 Tf 72 200 Td <"
                + b"".join(b"%04x" % (ord(letter) % 90 + 1) for letter in text * 2)
                + b"> Tj ET"
            )
        ),
    ),
    "no-words": ("D13", lambda text: objects(stream(b"q 300 0 0 300 0 0 cm /Im1 Do Q"))),
}


def all_cases() -> Iterator[Case]:
    """Every case of this module."""
    for name, (row, write) in PDF.items():
        yield Case(row, f"pdf-{name}", sent(write))
    for name, (row, write) in LOCKED_PDF.items():
        yield Case(row, f"pdf-{name}", sent(write), doubtful=True)
