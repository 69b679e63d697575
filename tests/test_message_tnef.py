"""winmail.dat: texts, and attachments with their names."""

from __future__ import annotations

import struct
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from gateway.message import tnef
from gateway.message.entries import Budget, Entry, Unreadable


def attribute(number: int, body: bytes) -> bytes:
    """One attribute."""
    return struct.pack("<BHHL", 1, number, 0, len(body)) + body + struct.pack("<H", sum(body) & 0xFFFF)


def text(number: int, value: str) -> bytes:
    """A property of wide letters."""
    raw = value.encode("utf-16-le")
    return struct.pack("<HHLL", 0x1F, number, 1, len(raw)) + raw + bytes(-len(raw) % 4)


WINMAIL = (
    tnef.MAGIC + b"\1\0"
    + attribute(0x800C, b"the body\0")
    + attribute(0x9003, struct.pack("<L", 2) + struct.pack("<HHL", 3, 0x0017, 1) + text(0x0037, "the subject"))
    + attribute(0x9002, bytes(14)) + attribute(0x8010, b"A~1.XLS\0") + attribute(0x800F, b"first")
    + attribute(0x9005, struct.pack("<L", 1) + text(0x3707, "a long name.xls"))
    + attribute(0x9002, bytes(14)) + attribute(0x8010, b"B.TXT\0") + attribute(0x800F, b"second")
)  # fmt: skip


def opened(data: bytes) -> list[Entry]:
    """The files."""
    return list(tnef.unpack(memoryview(data), Budget()))


def test_texts_and_attachments_come_out() -> None:
    """Attachments under their long names, texts as files without a name."""
    found = [(one.name, bytes(one.data)) for one in opened(WINMAIL)]
    assert [("a long name.xls", b"first"), ("B.TXT", b"second")] == [one for one in found if one[0]]
    assert [b"the body", b"the subject"] == [data for name, data in found if not name]


@given(st.binary(max_size=20), st.integers(0, 400), st.integers(0, 20))
def test_damage_ends(noise: bytes, at: int, gone: int) -> None:
    """A damaged file is read or Unreadable."""
    with suppress(Unreadable):
        opened(WINMAIL[:at] + noise + WINMAIL[at + gone :])
