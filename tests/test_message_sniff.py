"""What a leaf is by its bytes."""

from __future__ import annotations

import bz2
import lzma

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.message.sniff import Kind, is_binary, kind
from tests.papers import archive, compound, pdf, rtf, word

KINDS = {
    "empty": (b"", Kind.EMPTY),
    "blank": (b"\r\n \r\n", Kind.EMPTY),
    "docx": (word(), Kind.ZIP),
    "empty-zip": (archive({}), Kind.ZIP),
    "pdf": (pdf(), Kind.PDF),
    "pdf-behind-junk": (b"\n\n" + pdf(), Kind.PDF),
    "rtf": (rtf(), Kind.RTF),
    "compound": (compound({"x": b""}), Kind.COMPOUND),
    "html": (b"\n<!doctype html><p>x", Kind.HTML),
    "csv": (b"a,b\r\n1,2\r\n", Kind.TEXT),
    "latin-csv": (b"caf\xe9;1\r\n", Kind.TEXT),
    "utf-16": ("a\tb".encode("utf-16"), Kind.TEXT),
    "json": (b'{"a": 1}', Kind.TEXT),
    "png": (b"\x89PNG\r\n\x1a\n\0\0", Kind.MEDIA),
    "mp4": (b"\0\0\0\x20ftypisom\0", Kind.MEDIA),
    "pgp": (b"-----BEGIN PGP MESSAGE-----\n", Kind.PGP),
    "program": (b"MZ\x90\0\x03\0\0\0", Kind.UNKNOWN),
    "gzip": (b"\x1f\x8b\x08\0\0\0\0\0", Kind.GZIP),
    "zstandard": (b"\x28\xb5\x2f\xfd\0\0\0\0", Kind.ZSTD),
    "skipped-frame": (b"\x5a\x2a\x4d\x18\0\0\0\0", Kind.ZSTD),
    "lz4": (b"\x04\x22\x4d\x18\x60", Kind.LZ4),
    "lzip": (b"LZIP\x01\x0c", Kind.LZIP),
    "lzip-in-words": (b"LZIP is a program", Kind.TEXT),
    "compress": (b"\x1f\x9d\x90\x61", Kind.COMPRESS),
    "cabinet": (b"MSCF\0\0\0\0\1", Kind.CAB),
    "lzh": (b"\x22\x00-lh5-\0\0", Kind.LHA),
    "list-in-words": (b"a -lh and so on", Kind.TEXT),
    "rpm": (b"\xed\xab\xee\xdb\3\0", Kind.RPM),
    "arj": (b"\x60\xea\x2c\0\x22\x0b\x01\x0b", Kind.FOREIGN),
    "ace": (b"\x7a\0\x31\0\0\0\0**ACE**", Kind.FOREIGN),
    "disk-image": (bytes(32_769) + b"CD001\1\0", Kind.ISO),
}


@pytest.mark.parametrize(("data", "expected"), KINDS.values(), ids=KINDS.keys())
def test_kind(data: bytes, expected: Kind) -> None:
    """A leaf is what its content says."""
    assert expected is kind(data)
    assert expected is kind(memoryview(data))


@given(st.binary())
def test_everything_has_a_kind(data: bytes) -> None:
    """Any bytes are of some kind."""
    assert kind(data) in Kind


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), min_size=1))
def test_text_is_text(text: str) -> None:
    """Text in UTF-8 without control characters is never taken for an unknown binary."""
    assert kind(text.encode()) is not Kind.UNKNOWN


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (bz2.compress(b"4.7"), True),
        (lzma.compress(b"4.7", lzma.FORMAT_ALONE), True),
        (b"thanks,\nas asked\n" + pdf(), True),
        (word(), True),
        (b"a PDF file begins with %PDF-1.4, and so on", False),
        (b"MIME-Version: 1.0\nContent-Type: text/plain\n\nhello", False),
        (b"<?xml version='1.0'?><a/>", False),
        (b"a,b\n1,2\n", False),
    ],
)
def test_regression_files_called_text_were_shown_and_not_opened(data: bytes, expected: bool) -> None:
    """A file stays one whatever it is declared as: tar, bzip2, LZMA, a PDF behind other words were not opened."""
    assert expected == is_binary(kind(data), data)
