"""Old slides: the text of every record comes out."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from gateway.message import slides97


def record(kind: int, body: bytes, version: int = 0) -> bytes:
    """One record."""
    return struct.pack("<HHL", version, kind, len(body)) + body


def test_texts_come_out_wherever_they_stand() -> None:
    """In containers, in what later versions added, in one byte a letter or two, in the looks of a shape."""
    wide = "a remark".encode("utf-16-le")
    stream = record(
        0x03F8,
        record(0x0FA8, b"of a master")
        + record(0x138B, record(0x0FBA, wide))
        + record(0xF00B, b"\0\0\0" + "of WordArt".encode("utf-16-le"), 0x13)
        + record(0x1234, b"numbers"),
        0x0F,
    )
    assert ["of a master", "a remark", "of WordArt"] == slides97.text(stream).split("\n")


@given(st.binary(max_size=300))
def test_any_stream_is_gone_through(stream: bytes) -> None:
    """Damage is no error."""
    assert isinstance(slides97.text(stream), str)
