"""RAR archives: what was stored is read, locks are named, and so is what nothing free unpacks."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.message import rar
from gateway.message.entries import Budget, Entry, Unreadable
from gateway.model import Reason
from tests.blind import packing

FILES = {"a.txt": b"hello", "b.bin": bytes(300)}


def opened(data: bytes) -> list[Entry]:
    """The files."""
    return list(rar.unpack(memoryview(data), Budget()))


@pytest.mark.parametrize("data", [packing.rar(FILES), packing.old_rar(FILES)], ids=["new", "old"])
def test_stored_files_come_back(data: bytes) -> None:
    """With their names, whole."""
    assert [*FILES.items()] == [(one.name, bytes(one.data)) for one in opened(data) if one.fault is None]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (packing.rar(FILES, 3), Reason.UNSUPPORTED),
        (packing.old_rar(FILES, 0x33), Reason.UNSUPPORTED),
        (packing.rar(FILES, locked=True), Reason.ENCRYPTED),
        (packing.old_rar(FILES, flags=0x8004), Reason.ENCRYPTED),
        (packing.rar(FILES).replace(b"hello", b"jello"), Reason.BROKEN),
    ],
)
def test_what_cannot_be_unpacked_is_named(data: bytes, reason: Reason) -> None:
    """By the file, whose name is read."""
    assert ("a.txt", reason) == (opened(data)[0].name, opened(data)[0].fault)


def test_locked_names_lock_the_archive() -> None:
    """Nothing of it can be read."""
    with pytest.raises(Unreadable) as error:
        opened(packing.rar_locked_names(FILES))
    assert Reason.ENCRYPTED is error.value.reason


@given(st.booleans(), st.binary(max_size=20), st.integers(0, 200), st.integers(0, 20))
def test_damage_ends(old: bool, noise: bytes, at: int, gone: int) -> None:
    """A damaged archive is read or Unreadable."""
    whole = packing.old_rar(FILES) if old else packing.rar(FILES)
    with suppress(Unreadable):
        opened(whole[:8] + (whole[8:at] + noise + whole[at + gone :]))
