"""What stands written in a picture file is seen: captions, comments, descriptions."""

from __future__ import annotations

import zlib

from hypothesis import given
from hypothesis import strategies as st

from gateway.message import remarks

SAID = "Up to 4.7 per cent"


def _chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + b"\0\0\0\0"


def _segment(kind: int, body: bytes) -> bytes:
    return bytes([0xFF, kind]) + (len(body) + 2).to_bytes(2, "big") + body


def test_comments_of_jpeg_are_read() -> None:
    """Its comment, its Exif fields in letters of one byte or two; nothing behind the start of the picture."""
    wide = _segment(0xE1, b"Exif\0\0" + SAID.encode("utf-16-le"))
    narrow = _segment(0xFE, SAID.encode())

    assert remarks.text(b"\xff\xd8" + wide) == SAID
    assert remarks.text(b"\xff\xd8" + narrow) == SAID
    assert remarks.text(b"\xff\xd8" + _segment(0xDA, b"") + narrow) == ""


def test_texts_of_png_are_read() -> None:
    """Plain, and packed."""
    head = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", b"\0" * 13)

    assert SAID in remarks.text(head + _chunk(b"tEXt", b"Comment\0" + SAID.encode()))
    assert SAID in remarks.text(head + _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(SAID.encode())))


def test_comments_of_gif_go_on_over_their_blocks() -> None:
    """A comment longer than a block is one text."""
    said = f"{SAID} " * 20
    blocks = b"".join(
        bytes([len(piece)]) + piece for piece in (said[at : at + 255].encode() for at in range(0, 400, 255))
    )

    assert said.startswith(remarks.text(b"GIF89a" + b"\x21\xfe" + blocks + b"\0;")[:100])


@given(
    st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a\x21\xfe", b"RIFF", b"II*\0"]),
    st.binary(),
)
def test_any_bytes_are_read(start: bytes, rest: bytes) -> None:
    """No picture makes the reader fail."""
    assert isinstance(remarks.text(start + rest), str)
