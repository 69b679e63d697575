"""Documents and mails that the reading tests are made of, written by the programs people use, or by hand where odd."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

import docx
from odf import text as odf_text
from odf.opendocument import OpenDocumentSpreadsheet, OpenDocumentText
from odf.table import Table, TableCell, TableRow
from openpyxl import Workbook
from pptx import Presentation
from reportlab.lib import pdfencrypt
from reportlab.pdfgen.canvas import Canvas

BANNER = "RESTRICTED UNTIL PUBLISHED AT 9:30"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def word(text: str = BANNER) -> bytes:
    """A docx with the text in two runs of one paragraph, and a table beside it."""
    document = docx.Document()
    paragraph = document.add_paragraph()
    paragraph.add_run(text[:4]).bold = True
    paragraph.add_run(text[4:])
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Region", "North"
    document.sections[0].footer.paragraphs[0].text = f"footer {text}"
    document.core_properties.comments = f"property {text}"
    return saved(document)


def workbook(text: str = BANNER, figures: tuple[float, ...] = (72670, 0.047)) -> bytes:
    """An xlsx whose text stands on a hidden sheet beside figures."""
    book = Workbook()
    book.create_sheet("hidden").sheet_state = "hidden"
    book["hidden"].append([text, *figures])
    return saved(book)


def slides(text: str = BANNER) -> bytes:
    """A pptx with the text in a title and in the notes."""
    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[0])
    slide.shapes.title.text = text
    slide.notes_slide.notes_text_frame.text = f"notes {text}"
    return saved(show)


def writer(text: str = BANNER) -> bytes:
    """An odt with the text in one paragraph."""
    document = OpenDocumentText()
    document.text.addElement(odf_text.P(text=text))
    return saved(document)


def calc(text: str = BANNER) -> bytes:
    """An ods with the text in one cell."""
    document = OpenDocumentSpreadsheet()
    table, row, cell = Table(name="t"), TableRow(), TableCell()
    cell.addElement(odf_text.P(text=text))
    row.addElement(cell)
    table.addElement(row)
    document.spreadsheet.addElement(table)
    return saved(document)


def pdf(text: str = BANNER, password: str | None = None) -> bytes:
    """A PDF page with the text, locked by a password if one is given."""
    out = io.BytesIO()
    lock = pdfencrypt.StandardEncryption(password, canPrint=0) if password else None
    canvas = Canvas(out, encrypt=lock)
    canvas.drawString(72, 720, text)
    canvas.save()
    return out.getvalue()


def rtf(text: str = BANNER) -> bytes:
    """An RTF with the text in two runs."""
    return rb"{\rtf1\ansi {\b " + text[:4].encode() + b"}" + text[4:].encode() + rb"\par}"


def saved(document: object) -> bytes:
    """What a program writes of a document."""
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def archive(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return out.getvalue()


def locked(data: bytes) -> bytes:
    """The archive with the encryption flag of its first member set in both of its directories."""
    changed = bytearray(data)
    changed[6] |= 1
    changed[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)


def bomb(copies: int = 300) -> bytes:
    """An archive whose directory names one and the same packed kernel many times (Fifield's full overlap)."""
    size = 1_000_000
    kernel, crc = zlib.compress(bytes(size), 9)[2:-4], zlib.crc32(bytes(size))
    common = (0, 8, 0, 0, crc, len(kernel), size, 1)
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, *common, 0) + b"a" + kernel
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, *common, *[0] * 6) + b"a"
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, copies, copies, len(entry) * copies, len(local), 0)
    return local + entry * copies + end


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file (OLE2) of these streams at its top, each padded to 4,096 bytes: there are no small ones."""
    sector = 512
    padded = {
        name: data.ljust(max(4096, -(-len(data) // sector) * sector), b"\0") for name, data in streams.items()
    }
    names = ["Root Entry", *padded]
    directory_sectors = -(-len(names) * 128 // sector)
    table = [0xFFFFFFFD, *_chain(1, directory_sectors)]
    starts = []
    for data in padded.values():
        starts.append(len(table))
        table += _chain(len(table), len(data) // sector)
    assert len(table) <= 128
    entries = [_entry("Root Entry", 5, 0xFFFFFFFE, 0, 1 if padded else 0xFFFFFFFF, 0xFFFFFFFF)]
    for number, name in enumerate(padded, 1):
        right = number + 1 if number < len(padded) else 0xFFFFFFFF
        entries.append(_entry(name, 2, starts[number - 1], max(4096, len(streams[name])), 0xFFFFFFFF, right))
    header = struct.pack(
        "<8s16x5H6x9L",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0,
    )  # fmt: skip
    difat = struct.pack("<109L", 0, *[0xFFFFFFFF] * 108)
    fat = struct.pack("<128L", *table, *[0xFFFFFFFF] * (128 - len(table)))
    listing = b"".join(entries).ljust(directory_sectors * sector, b"\0")
    return header + difat + fat + listing + b"".join(padded.values())


def _chain(start: int, length: int) -> list[int]:
    return [*range(start + 1, start + length), 0xFFFFFFFE]


def _entry(name: str, kind: int, start: int, size: int, child: int, right: int) -> bytes:
    raw = name.encode("utf-16-le")
    return struct.pack(
        "<64sHBB3L16xL16xLQ", raw, len(raw) + 2, kind, 1, 0xFFFFFFFF, right, child, 0, start, size
    )


def mail(*parts: bytes, headers: str = "", boundary: str = "b") -> bytes:
    """A multipart mail of these parts, each with its own headers."""
    lines = "".join(f"{line}\r\n" for line in headers.split("\n") if line)
    top = f'Subject: s\r\n{lines}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'
    delimiter = f"--{boundary}".encode()
    body = b"".join(delimiter + b"\r\n" + part + b"\r\n" for part in parts)
    return top.encode() + body + delimiter + b"--\r\n"


def part(data: bytes, headers: str = "", encoding: str = "base64") -> bytes:
    """One MIME part with these header lines."""
    lines = "".join(f"{line}\r\n" for line in headers.split("\n") if line)
    if encoding == "base64":
        data = base64.encodebytes(data).replace(b"\n", b"\r\n")
    return f"{lines}Content-Transfer-Encoding: {encoding}\r\n\r\n".encode() + data


def attached(data: bytes, name: str = "a.bin", media_type: str = "application/octet-stream") -> bytes:
    """One attachment in base64."""
    return part(data, f'Content-Type: {media_type}; name="{name}"\nContent-Disposition: attachment')
