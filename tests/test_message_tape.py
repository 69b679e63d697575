"""Archives without compression: members come back whatever the form, and damage is named."""

from __future__ import annotations

import tarfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.message import streams, tape
from gateway.message.entries import Budget, Entry, Unreadable
from gateway.model import Reason
from tests.blind import packing

FILES = {"a.txt": b"hello", "d/b.bin": bytes(range(256)) * 3, "c": b""}
FORMS = {
    "pax": (packing.tarred(FILES), tape.untar),
    "gnu": (packing.tarred(FILES, tarfile.GNU_FORMAT), tape.untar),
    "ustar": (packing.tarred(FILES, tarfile.USTAR_FORMAT), tape.untar),
    "cpio": (packing.cpio(FILES), tape.uncpio),
    "cpio-old": (packing.odd_cpio(FILES), tape.uncpio),
    "ar": (packing.ar(FILES), tape.unar),
}


def opened(data: bytes, opener: streams.Opener) -> list[Entry]:
    """The members."""
    return list(opener(memoryview(data), Budget()))


@pytest.mark.parametrize("form", FORMS)
def test_members_come_back(form: str) -> None:
    """All of them, whole, in order."""
    found = opened(*FORMS[form])
    assert list(FILES.values()) == [bytes(one.data) for one in found]
    assert {None} == {one.fault for one in found}


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_long_names_are_whole(form: int) -> None:
    """They stand in a member of their own."""
    (found,) = opened(packing.tarred({"n" * 300: b"x"}, form), tape.untar)
    assert "n" * 300 == found.name


def test_a_tape_goes_on_behind_its_end() -> None:
    """Some programs read on there."""
    assert [b"x", b"y"] == [
        bytes(one.data)
        for one in opened(packing.tarred({"a": b"x"}) + packing.tarred({"b": b"y"}), tape.untar)
    ]


def test_a_size_that_makes_no_sense_is_broken() -> None:
    """CVE-2025-8194: a negative one must not lead backwards."""
    whole = packing.tarred({"a": b"x" * 600}, tarfile.USTAR_FORMAT)
    header = whole[:124] + b"\xff" * 12 + whole[136:148] + b" " * 8 + whole[156:512]
    checked = header[:148] + b"%06o\0 " % sum(header) + header[156:]
    (found,) = opened(checked + whole[512:], tape.untar)
    assert Reason.BROKEN is found.fault


@pytest.mark.parametrize("form", FORMS)
@given(noise=st.binary(max_size=30), at=st.integers(0, 700), gone=st.integers(0, 30))
def test_damage_ends(form: str, noise: bytes, at: int, gone: int) -> None:
    """A damaged tape is read or Unreadable, and never read for ever."""
    data, opener = FORMS[form]
    with suppress(Unreadable):
        opened(data[:at] + noise + data[at + gone :], opener)
