"""7z archives: files come back, locks and other methods are named, damage ends."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.message import sevenzip
from gateway.message.entries import Budget, Entry, Unreadable
from gateway.model import Reason
from tests.blind import packing

FILES = {"a.txt": b"hello" * 30, "b.bin": bytes(range(256))}


def opened(data: bytes) -> list[Entry]:
    """The files."""
    return list(sevenzip.unpack(memoryview(data), Budget()))


@pytest.mark.parametrize("coder", [packing.COPY, packing.LZMA2], ids=["copy", "lzma2"])
@pytest.mark.parametrize("packed_header", [False, True])
def test_files_come_back(coder: bytes, packed_header: bool) -> None:
    """With their names, whole."""
    found = opened(packing.sevenzip(FILES, coder, packed_header=packed_header))
    assert list(FILES.items()) == [(one.name, bytes(one.data)) for one in found]
    assert {None} == {one.fault for one in found}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (packing.sevenzip_locked(FILES), Reason.ENCRYPTED),
        (packing.sevenzip(FILES, packing.PPMD), Reason.UNSUPPORTED),
        (packing.sevenzip(FILES)[:32] + b"\0" + packing.sevenzip(FILES)[33:], Reason.BROKEN),
    ],
    ids=["locked", "other-method", "damaged"],
)
def test_what_cannot_be_unpacked_is_named(data: bytes, reason: Reason) -> None:
    """Every file of such a stream; its name is read all the same."""
    assert {("a.txt", reason), ("b.bin", reason)} >= {(one.name, one.fault) for one in opened(data)} - {
        ("a.txt", None)
    }


def test_what_stands_behind_is_a_file_of_its_own() -> None:
    """Programs that go from the end find it."""
    assert b"behind" == opened(packing.sevenzip(FILES) + b"behind")[-1].data


def test_an_archive_that_was_never_finished_is_broken() -> None:
    """Its header would stand at its end."""
    with pytest.raises(Unreadable):
        opened(packing.sevenzip(FILES)[:12] + bytes(20) + b"data")


@given(st.binary(max_size=20), st.integers(0, 400), st.integers(0, 20))
def test_damage_ends(noise: bytes, at: int, gone: int) -> None:
    """A damaged archive is read or Unreadable."""
    whole = packing.sevenzip(FILES)
    with suppress(Unreadable):
        opened(whole[:at] + noise + whole[at + gone :])
