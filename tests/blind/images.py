"""Screenshots of what must not pass, in mails and documents (T09, D22, D13), codes (T21), and bombs (Z18)."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from functools import partial

from docx import Document as Word
from odf.draw import Frame, Image
from odf.opendocument import OpenDocumentText
from odf.text import P
from PIL import Image as Pictures
from pptx import Presentation
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tests import metafiles, pictured
from tests.blind import Case
from tests.blind.carriers import worded
from tests.blind.office import changed, saved
from tests.papers import archive, attached, mail, part, workbook

Show = Callable[[str], bytes]


def _inline(data: bytes, address: str) -> bytes:
    page = part(f'<html><body><img src="{address}"></body></html>'.encode(), "Content-Type: text/html")
    return mail(
        page, part(data, "Content-Type: image/png\nContent-ID: <p@x.example>\nContent-Disposition: inline")
    )


def _within(data: bytes) -> bytes:
    address = f"data:image/png;base64,{base64.b64encode(data).decode()}"
    return mail(part(f'<html><body><img src="{address}"></body></html>'.encode(), "Content-Type: text/html"))


CARRIED: dict[str, Callable[[bytes], bytes]] = {
    "attached": lambda data: mail(attached(data, "a.png", "image/png")),
    "octets": lambda data: mail(attached(data)),
    "as-text": lambda data: mail(attached(data, "a.txt", "application/x-data")),
    "by-cid": lambda data: _inline(data, "cid:p@x.example"),
    "data-uri": _within,
    "zip": lambda data: mail(attached(archive({"a.png": data}))),
    "forwarded": lambda data: mail(
        b"Content-Type: message/rfc822\r\n\r\n" + mail(attached(data), boundary="in")
    ),
    "file-of-mail": lambda data: mail(attached(mail(attached(data), boundary="in"), "a.eml")),
}


def _word(data: bytes) -> bytes:
    document = Word()
    document.add_picture(io.BytesIO(data))
    return saved(document)


def _slides(data: bytes) -> bytes:
    show = Presentation()
    show.slides.add_slide(show.slide_layouts[6]).shapes.add_picture(io.BytesIO(data), 0, 0)
    return saved(show)


def _writer(data: bytes) -> bytes:
    document = OpenDocumentText()
    frame = Frame(width="9cm", height="3cm")
    frame.addElement(Image(href=document.addPictureFromString(data, "image/png")))
    paragraph = P()
    paragraph.addElement(frame)
    document.text.addElement(paragraph)
    return saved(document)


def _bitmap(data: bytes) -> bytes:
    return pictured.saved(Pictures.open(io.BytesIO(data)).convert("RGB"), "BMP")


def _sheet(data: bytes) -> Pictures.Image:
    """A picture on a sheet of paper."""
    sheet = Pictures.new("RGB", (900, 600), "white")
    sheet.paste(Pictures.open(io.BytesIO(data)), (60, 60))
    return sheet


def _scan(data: bytes, beside: str = "") -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    if beside:
        canvas.drawString(72, 720, beside)
        canvas.showPage()
    canvas.drawImage(ImageReader(_sheet(data)), 20, 400, 540, 360)
    canvas.save()
    return out.getvalue()


def _pages(data: bytes, form: str) -> bytes:
    return pictured.saved(_sheet(data).convert(form), "PDF")


DOCUMENTS: dict[str, Callable[[bytes], bytes]] = {
    "word": _word,
    "word-unused": lambda data: changed(_word(pictured.picture("x")), {"word/media/image9.png": data}),
    "slides": _slides,
    "workbook": lambda data: changed(workbook(""), {"xl/media/image1.png": data}),
    "writer": _writer,
    "rtf": lambda data: rb"{\rtf1 x {\pict\pngblip " + data.hex().encode() + b"}}",
    "rtf-shape": lambda data: rb"{\rtf1 x {\*\shppict{\pict\pngblip\picw9 " + data.hex().encode() + b"}}}",
    "rtf-raw": lambda data: rb"{\rtf1 x {\pict\pngblip\bin%d " % len(data) + data + b"}}",
    "rtf-bitmap": lambda data: rb"{\rtf1 x {\pict\dibitmap0 " + _bitmap(data)[14:].hex().encode() + b"}}",
    "rtf-drawing": lambda data: (
        rb"{\rtf1 x {\pict\emfblip " + metafiles.emf(metafiles.bitmap(_bitmap(data))).hex().encode() + b"}}"
    ),
    "drawing": lambda data: metafiles.emf(metafiles.bitmap(_bitmap(data))),
    "drawing-plus": lambda data: metafiles.emf(metafiles.plus_picture(data)),
}
SCANS: dict[str, Callable[[bytes], bytes]] = {
    "blank": _scan,
    "beside-text": lambda data: _scan(data, "Agenda of the meeting"),
    "packed-bits": lambda data: _pages(data, "1"),
    "palette": lambda data: _pages(data, "P"),
    "grey": lambda data: _pages(data, "L"),
    "jpeg": lambda data: _pages(data, "RGB"),
}


def _code(text: str) -> bytes:
    import zxingcpp

    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    return pictured.saved(Pictures.fromarray(zxingcpp.write_barcode_to_image(code, scale=5)))


def _carried(show: Show, carry: Callable[[bytes], bytes], text: str) -> bytes:
    return carry(show(text))


def _held(hold: Callable[[bytes], bytes], text: str) -> bytes:
    return mail(attached(hold(pictured.picture(text))))


BOMBS: dict[str, bytes] = {
    "png": pictured.png(50_000, 50_000),
    "gif-frames": pictured.gif(100_000),
    "tiff-circle": pictured.tiff(38, 8),
    "tiff": pictured.tiff(0, width=100_000, height=100_000),
    "svg-uses": (
        b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><text id='a0'>"
        + b"x" * 1000
        + b"</text>"
        + b"".join(b"<g id='a%d'>" % (n + 1) + b"<use href='#a%d'/>" % n * 100 + b"</g>" for n in range(9))
        + b"</svg>"
    ),
    "jpeg-2000": pictured.jpeg2000(60_000, 60_000),
}


def shown() -> Iterator[Case]:
    """Words in pixels: seen only where pictures are read."""
    yield from worded(
        "T09",
        {
            f"{name}-attached": partial(_carried, partial(pictured.picture, form=name), CARRIED["attached"])
            for name in pictured.FORMATS
        },
    )
    yield from worded(
        "T09", {f"png-{way}": partial(_carried, pictured.picture, carry) for way, carry in CARRIED.items()}
    )
    yield from worded(
        "T09", {"dark": partial(_carried, partial(pictured.picture, dark=True), CARRIED["attached"])}
    )
    yield from worded("D22", {name: partial(_held, hold) for name, hold in DOCUMENTS.items()})
    yield from worded("D13", {name: partial(_held, hold) for name, hold in SCANS.items()})
    yield from worded("T21", {"code": partial(_carried, _code, CARRIED["attached"])})


def bombs() -> Iterator[Case]:
    """Pictures that nobody should open: named, whatever the settings are."""
    for name, data in BOMBS.items():
        for way in ("attached", "octets", "zip", "data-uri"):
            yield Case("Z18", f"{name}-{way}", partial(_bomb, data, way), doubtful=True)


def _bomb(data: bytes, way: str, _: object) -> bytes:
    return CARRIED[way](data)
