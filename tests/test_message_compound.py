"""Compound files: streams, locks, Outlook messages."""

from __future__ import annotations

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.message.compound import Broken, Program, file_in, mail_pages, mail_text, open_compound, program
from tests.papers import compound

STREAMS = {"WordDocument": b"\xec\xa5" + bytes(20) + b"text", "1Table": b"x" * 5_000, "Data": b"y"}
FIB_LOCKED = b"\xec\xa5" + bytes(8) + struct.pack("<H", 0x0100)
BOF = struct.pack("<2H", 0x0809, 16) + bytes(16)


def test_streams_come_back() -> None:
    """Every stream is found by name with its bytes."""
    opened = open_compound(memoryview(compound(STREAMS)))
    assert {name: data.ljust(4096, b"\0") for name, data in STREAMS.items()} == {
        stream.path[-1]: opened.read(stream) for stream in opened.streams
    }


PROGRAMS = {
    "word": (STREAMS, Program.WORD),
    "locked-word": ({"WordDocument": FIB_LOCKED}, Program.LOCKED),
    "excel": ({"Workbook": BOF}, Program.EXCEL),
    "old-excel": ({"BOOK": BOF}, Program.EXCEL),
    "locked-excel": ({"Workbook": BOF + struct.pack("<2H", 0x2F, 4) + bytes(4)}, Program.LOCKED),
    "slides": (
        {"PowerPoint Document": b"", "Current User": bytes(12) + b"\x5f\xc0\x91\xe3"},
        Program.POWERPOINT,
    ),
    "locked-slides": (
        {"PowerPoint Document": b"", "Current User": bytes(12) + b"\xdf\xc4\xd1\xf3"},
        Program.LOCKED,
    ),
    "locked-package": ({"EncryptionInfo": b"", "EncryptedPackage": b""}, Program.LOCKED),
    "rights-management": ({"\tDRMContent": b"", "WordDocument": b""}, Program.LOCKED),
    "message": ({"__properties_version1.0": b""}, Program.OUTLOOK),
    "other": ({"CONTENTS": b""}, Program.OTHER),
}


@pytest.mark.parametrize(("streams", "expected"), PROGRAMS.values(), ids=PROGRAMS.keys())
def test_program(streams: dict[str, bytes], expected: Program) -> None:
    """The streams tell what wrote a file, and whether it is locked."""
    assert expected is program(open_compound(compound(streams)))


@given(st.integers(0, 4_000), st.binary(min_size=1, max_size=200))
def test_damage_is_broken_or_read(at: int, noise: bytes) -> None:
    """A damaged file is read as far as it goes or Broken; circles end."""
    data = compound(STREAMS)
    with suppress(Broken):
        opened = open_compound(data[:at] + noise + data[at + len(noise) :])
        program(opened)
        assert all(len(opened.read(stream)) <= len(data) for stream in opened.streams)


def test_circle_is_broken() -> None:
    """A chain of sectors that runs in a circle ends."""
    data = bytearray(compound({"WordDocument": b""}))
    struct.pack_into("<L", data, 512 + 3 * 4, 2)
    opened = open_compound(bytes(data))
    with pytest.raises(Broken):
        opened.read(opened.streams[0])


def test_embedded_file_is_taken_out_of_its_wrapping() -> None:
    """An `Ole10Native` stream has a label and two paths before the file."""
    inner = b"the file"
    wrapped = bytes(6) + b"label\0C:\\a.txt\0" + bytes(8) + b"C:\\t\0" + struct.pack("<L", len(inner)) + inner
    (stream,) = open_compound(compound({"\x01Ole10Native": wrapped})).embedded()
    assert inner == file_in(stream, wrapped)
    assert b"odd" == file_in(stream, b"odd")


def test_outlook_message_is_read() -> None:
    """Text properties, pages and attachments of a message are told apart."""
    subject = "Embargo".encode("utf-16-le")
    opened = open_compound(
        compound(
            {
                "__properties_version1.0": b"",
                "__substg1.0_0037001F": subject,
                "__substg1.0_10130102": b"<p>x",
                "__substg1.0_37010102": b"file",
            }
        )
    )
    assert mail_text(opened).startswith("Embargo")
    assert [b"<p>x"] == [page.rstrip(b"\0") for page in mail_pages(opened)]
    assert [b"file"] == [opened.read(stream).rstrip(b"\0") for stream in opened.embedded()]
