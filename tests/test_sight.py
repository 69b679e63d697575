"""Words in pictures are read, by real tesseract, in mails, documents and scans; what is not read is named."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from docx import Document as Word
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from gateway import config_checks, sight
from gateway.config import parse
from gateway.message import limits
from gateway.model import Document, Message, Reason
from gateway.scanner import read_here
from tests import pictured
from tests.papers import attached, mail
from tests.pictured import reads_words

SETTINGS = '[smtp]\nlisten = ["127.0.0.1:2525"]\n[next_hop]\naddress = "127.0.0.1:2526"\n'
TABLE = "Region 2026 2027\nNorth East 72,670 4.7\nSouth West 18,345 9.2"
FIGURES = ("72,670", "4.7", "18,345", "9.2")


def said(message: Message, path: str) -> str:
    """Everything that is said at a place."""
    return "\n".join(part.text for part in message.parts if part.path == path)


def scan(*texts: str, beside: str = "") -> bytes:
    """A PDF with a picture on each page, and words on the first if there are any."""
    out = io.BytesIO()
    canvas = Canvas(out)
    for text in texts:
        canvas.drawImage(ImageReader(pictured.image(text, size=30).resize((900, 400))), 40, 400, 500, 220)
        if beside:
            canvas.drawString(72, 720, beside)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@reads_words
def test_figures_of_a_screenshot_are_read() -> None:
    """A picture attached to a mail says what it shows; without the setting it says nothing."""
    content = mail(attached(pictured.picture(TABLE), "a.bin"))
    assert set(FIGURES) <= set(said(read_here(content, ocr=True), "1").split())
    assert "" == said(read_here(content), "1").replace("a.bin", "")


@reads_words
@pytest.mark.long
@pytest.mark.parametrize("form", pictured.FORMATS)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_format_is_read(form: str, dark: bool) -> None:
    """All formats that screens are saved in, dark on light and light on dark."""
    found = sight.read_picture(Document("1", "", pictured.picture(TABLE, form, dark=dark)), 10)
    assert (set(), ()) == (set(FIGURES) - set(said(found, "1").split()), found.unreadable)


@reads_words
@pytest.mark.long
@pytest.mark.parametrize("ink", ["black", "white"])
def test_what_is_transparent_has_a_ground(ink: str) -> None:
    """Letters on nothing are read, whichever colour the page around them would have."""
    drawn = pictured.image(TABLE, dark=ink == "white").convert("RGBA")
    grey = drawn.convert("L")
    drawn.putalpha(grey if ink == "white" else grey.point(lambda value: 255 - value))
    found = sight.read_picture(Document("1", "", pictured.saved(drawn)), 10)
    assert set() == set(FIGURES) - set(said(found, "1").split())


@reads_words
@pytest.mark.long
def test_pictures_in_documents_and_pages_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a docx, on a page by data: URI, on scanned pages of a PDF; and a scan is then no blank file."""
    # What a busy machine reads in eight seconds is another question.
    monkeypatch.setattr(sight, "_LONGEST", 60.0)
    word = Word()
    word.add_picture(io.BytesIO(pictured.picture(TABLE)))
    out = io.BytesIO()
    word.save(out)
    found = read_here(mail(attached(out.getvalue(), "a.docx")), ocr=True)
    assert any("72,670" in part.text for part in found.parts if part.path.startswith("1/"))
    for content, texts in (
        (scan(TABLE, TABLE.replace("72,670", "55,123")), ("18,345", "55,123")),
        (scan(TABLE, beside="x"), ("4.7",)),
    ):
        found = read_here(mail(attached(content, "a.pdf")), ocr=True)
        shown = "\n".join(part.text for part in found.parts)
        assert (True, ()) == (all(text in shown for text in texts), found.unreadable)


@reads_words
def test_blank_scan_is_named_without_the_setting() -> None:
    """Where nobody reads pictures, a PDF that has nothing but them stays unreadable; its pictures are leaves."""
    found = read_here(mail(attached(scan(TABLE), "a.pdf")))
    assert [("1", Reason.UNSUPPORTED)] == [(mark.path, mark.reason) for mark in found.unreadable]
    assert ["1/1"] == [leaf.path for leaf in found.leaves if leaf.picture]


def test_what_nobody_decodes_is_named() -> None:
    """A picture of a telephone's own format, and one that is broken, are named as pictures that were not read."""
    heic = b"\0\0\0\x18ftypheic" + bytes(200)
    found = sight.read_all([Document("2", "", heic), Document("3", "", b"\x89PNG\r\n\x1a\n" + bytes(60))])
    assert [("2", Reason.IMAGE)] == [(mark.path, mark.reason) for mark in found.unreadable][:1]
    assert 2 == len(found.unreadable)


def test_time_is_limited() -> None:
    """Pictures that are not begun in time are named, and no document waits for them."""
    found = sight.read_all(
        [Document("1", "", pictured.picture("x y z")), Document("2", "", pictured.picture("x y z"))], 0
    )
    assert [("1", Reason.DEADLINE), ("2", Reason.DEADLINE)] == [
        (mark.path, mark.reason) for mark in found.unreadable
    ]


@reads_words
@pytest.mark.long
def test_moving_picture_is_read_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the first pictures is read; that there are more is said."""
    monkeypatch.setattr(limits, "FRAMES", 2)
    shown = [pictured.image(f"Rate {number}{number}.7", size=30) for number in (3, 4, 5)]
    found = sight.read_picture(
        Document("1", "", pictured.saved(shown[0], "GIF", save_all=True, append_images=shown[1:])), 60
    )
    assert "44.7" in said(found, "1")
    assert [Reason.IMAGE] == [mark.reason for mark in found.unreadable]


@pytest.mark.long
def test_codes_say_what_they_hold() -> None:
    """A code that telephones read says its text."""
    zxingcpp = pytest.importorskip("zxingcpp")
    code = zxingcpp.create_barcode("https://x.example/draft", zxingcpp.BarcodeFormat.QRCode)
    from PIL import Image

    drawn = Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=6))
    found = sight.read_picture(Document("1", "", pictured.saved(drawn)), 10)
    assert "https://x.example/draft" in said(found, "1")


def test_check_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pictures are to be read and nothing is there to do it, the key is named."""
    settings = parse(SETTINGS + "\n[scan]\nocr = true\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ["scan.ocr: tesseract is not installed (Debian: tesseract-ocr)"] == [
        line for line in config_checks.unusable_files(settings) if line.startswith("scan.ocr")
    ]
    assert not [line for line in config_checks.unusable_files(parse(SETTINGS)) if line.startswith("scan.ocr")]
