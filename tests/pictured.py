"""Pictures with words in them, as screenshots are, and pictures that nobody should open."""

from __future__ import annotations

import io
import shutil
import struct
import zlib

import pytest
from PIL import Image, ImageDraw, ImageFont

reads_words = pytest.mark.skipif(shutil.which("tesseract") is None, reason="needs Debian's tesseract-ocr")

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "JPEG2000", "AVIF")


def image(text: str, *, size: int = 22, dark: bool = False, mode: str = "RGB") -> Image.Image:
    """The lines of a text as a screen shows them."""
    font = ImageFont.load_default(size)
    lines = text.split("\n")
    width = int(max(font.getlength(line) for line in lines)) + 40
    ink, ground = ("white", "black") if dark else ("black", "white")
    drawn = Image.new("RGB", (width, (size + 14) * len(lines) + 30), ground)
    pen = ImageDraw.Draw(drawn)
    for number, line in enumerate(lines):
        pen.text((20, 15 + number * (size + 14)), line, font=font, fill=ink)
    return drawn.convert(mode)


def saved(shown: Image.Image, form: str = "PNG", **options: object) -> bytes:
    """The file of a picture."""
    out = io.BytesIO()
    shown.save(out, form, **options)
    return out.getvalue()


def picture(text: str, form: str = "PNG", *, dark: bool = False) -> bytes:
    """A picture of a text as a file."""
    return saved(image(text, dark=dark), form)


def png(width: int, height: int, pixels: bytes = b"") -> bytes:
    """A PNG that says it is so large, whatever its pixels are."""
    head = struct.pack(">2L5B", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(pixels)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def gif(frames: int) -> bytes:
    """A GIF of so many frames of one pixel."""
    frame = b"\x2c\0\0\0\0\1\0\1\0\0\x02\x02\x44\x01\0"
    return b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff" + frame * frames + b";"


def tiff(*nexts: int, width: int = 9, height: int = 9) -> bytes:
    """A TIFF of pages each of which names where the next one stands."""
    pages = b"".join(
        struct.pack("<H2HLL2HLLL", 2, 256, 4, 1, width, 257, 4, 1, height, following) for following in nexts
    )
    return b"II*\0\x08\0\0\0" + pages


def jpeg2000(width: int, height: int) -> bytes:
    """A JPEG 2000 file as far as its header box."""
    head = struct.pack(">L4s4L", 45, b"jp2h", 22, 0x69686472, height, width) + bytes(22)
    return b"\0\0\0\x0cjP  \r\n\x87\n" + head
