"""Compressed files: what was packed comes out, in bounds, and what is wrong is said."""

from __future__ import annotations

import bz2
import gzip
import lzma
import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.message import charsets, endings, limits, streams
from gateway.message.entries import Budget, Entry
from gateway.message.sniff import Kind
from gateway.model import Reason

KINDS: dict[str, tuple[Callable[[bytes], bytes], streams.Opener]] = {
    "gzip": (gzip.compress, streams.gunzip),
    "bzip2": (bz2.compress, streams.bunzip2),
    "xz": (lzma.compress, streams.unxz),
    "lzma": (lambda data: lzma.compress(data, lzma.FORMAT_ALONE), streams.unlzma),
}


def opened(kind: str, data: bytes) -> list[Entry]:
    """The files in a compressed file."""
    return list(KINDS[kind][1](memoryview(data), Budget()))


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.binary(max_size=200))
def test_what_was_packed_comes_out(kind: str, data: bytes) -> None:
    """One file, whole."""
    assert [(data, None)] == [(one.data, one.fault) for one in opened(kind, KINDS[kind][0](data))]


@pytest.mark.parametrize("kind", ["gzip", "bzip2", "xz"])
def test_streams_in_a_row_are_one_file(kind: str) -> None:
    """So programs unpack them."""
    packed = KINDS[kind][0](b"one") + KINDS[kind][0](b"two")
    assert [b"onetwo"] == [one.data for one in opened(kind, packed)]


def test_what_stands_behind_is_a_file_of_its_own() -> None:
    """Padding is none."""
    packed = gzip.compress(b"one")
    assert [b"one", b"behind"] == [one.data for one in opened("gzip", packed + b"behind")]
    assert [b"one"] == [one.data for one in opened("gzip", packed + bytes(9))]


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_file_is_broken(kind: str) -> None:
    """What could be read comes with the fault."""
    (found,) = opened(kind, KINDS[kind][0](b"hello" * 99)[:-10])
    assert Reason.BROKEN is found.fault


def test_too_much_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is unpacked beyond what may be."""
    monkeypatch.setattr(limits, "EXPANSION_FREE_BYTES", 1_000)
    monkeypatch.setattr(limits, "EXPANSION", 2)
    (found,) = opened("gzip", gzip.compress(bytes(100_000)))
    assert (1_000, Reason.TOO_LARGE) == (len(found.data), found.fault)


@given(st.sampled_from(sorted(KINDS)), st.binary(max_size=60), st.integers(0, 60))
def test_damage_is_no_error(kind: str, noise: bytes, at: int) -> None:
    """Any bytes give entries."""
    packed = KINDS[kind][0](b"hello" * 20)
    opened(kind, packed[:at] + noise + packed[at:])


@pytest.mark.parametrize("properties", [b"", b"\x5d\0\0", b"\xff"])
def test_impossible_properties_are_refused(properties: bytes) -> None:
    """Both forms of lzma say how they were packed in so many bytes."""
    with pytest.raises(ValueError, match="lzma"):
        streams.lzma1(properties) if len(properties) != 1 else streams.lzma2(properties)


def test_many_streams_are_one_file_in_their_order() -> None:
    """Pieces are given up one by one while they are put together, and none changes its place."""
    pieces = [b"first", b"second", b"third"]
    packed = b"".join(map(gzip.compress, pieces))
    assert [b"firstsecondthird"] == [bytes(entry.data) for entry in streams.gunzip(packed, Budget())]


def test_what_is_longer_than_a_piece_comes_whole() -> None:
    """A stream that unpacks to several pieces, and to exactly one, loses nothing."""
    for size in (4_194_303, 4_194_304, 9_000_001):
        (entry,) = streams.gunzip(gzip.compress((bytes(range(256)) * 40_000)[:size]), Budget())
        assert (size, None) == (len(entry.data), entry.fault)


@pytest.mark.parametrize("blanks", [b"\n", b"\r\n", b" \n" * 5_000])
def test_a_document_is_also_what_stands_before_its_last_blanks(blanks: bytes) -> None:
    """However many there are, and whatever it is held in."""
    for data in (b"%PDF-1.4 words" + blanks, memoryview(b"%PDF-1.4 words" + blanks)):
        assert [14] == list(endings.others(data, Kind.PDF))


def test_a_long_text_is_decoded_as_far_as_it_is_taken() -> None:
    """ASCII so many characters, others as many as twice so many bytes hold, and no letter is cut in two."""
    most = 1_000
    assert 1_000 == len(charsets.beginning(b"a" * 5_000, "utf-8", most))
    assert 2_000 == len(charsets.beginning(b"a\0" * 5_000, "utf-16-le", most))
    assert 2_000 == len(charsets.beginning(b"a" * 5_000, "utf-7", most))
    assert 1_004 == len(charsets.beginning(b"a" * 900 + b"\xc2\xa3" + b"a" * 5_000, "", most))
    for lead in range(4):
        text = str(charsets.beginning(b"a" * lead + "\u20ac".encode() * 5_000, "", most), "utf-8")
        assert 1_997 <= len(text.encode()) <= 2_000


TEXT = b"".join(b"a word of %d and no more\r\n" % number for number in range(24_000))
DENSE = {
    "one stream": lambda: gzip.compress(TEXT * 400, 6),
    "four hundred": lambda: gzip.compress(TEXT) * 400,
    "of zeros": lambda: gzip.compress(bytes(625_000)) * 400,
}


@pytest.mark.long
@pytest.mark.parametrize("form", DENSE)
def test_what_unpacks_to_250_megabytes_takes_half_a_gigabyte(form: str) -> None:
    """In a process of its own, everything it loaded included.  A regression: 680 and 624 MB."""
    program = (
        "import pathlib, sys\n"
        "from gateway.message import documents\n"
        "from gateway.model import Document\n"
        "documents.extract(Document('1', 'gz', sys.stdin.buffer.read()))\n"
        "print(pathlib.Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=DENSE[form](), capture_output=True, check=True
    )
    assert int(done.stdout) < 512 * 1024
