"""Zip archives, honest and otherwise."""

from __future__ import annotations

import io
import struct
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.message import limits, zip_records
from gateway.message.archives import Budget, Unreadable, Zip, open_zip
from gateway.model import Reason
from tests.papers import archive, bomb, locked


def contents(packed: Zip) -> dict[str, bytes]:
    """Every member's bytes by name."""
    budget = Budget()
    return {member.name: packed.read(member, budget) for member in packed.members}


def reason_of_reading(data: bytes) -> Reason:
    """Why the archive or its first member cannot be read."""
    with pytest.raises(Unreadable) as error:
        contents(open_zip(data))
    return error.value.reason


@given(
    st.dictionaries(st.text(min_size=1, max_size=20), st.binary(max_size=200), max_size=5),
    st.sampled_from([0, 8]),
)
def test_members_come_back(members: dict[str, bytes], method: int) -> None:
    """What `zipfile` packs is read, whatever the names."""
    members = {name.replace("\0", "_").replace("/", "_"): data for name, data in members.items()}
    names = {name.encode("utf-8", "replace").decode(): data for name, data in members.items()}
    packed = open_zip(memoryview(archive(names, method)))
    assert () == packed.faults
    assert list(names.values()) == list(contents(packed).values())


@given(st.binary(max_size=60), st.integers(0, 400), st.integers(0, 60))
def test_damage_is_named(noise: bytes, at: int, gone: int) -> None:
    """A damaged archive is read or Unreadable, never another error."""
    whole = archive({"a": b"hello" * 20, "b": b"x"})
    with suppress(Unreadable):
        contents(open_zip(whole[:at] + noise + whole[at + gone :]))


def test_wide_offsets_are_read() -> None:
    """Zip64 fields are followed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed, packed.open("a", "w", force_zip64=True) as member:
        member.write(b"hello")
    assert {"a": b"hello"} == contents(open_zip(out.getvalue()))


def test_archive_behind_a_program_and_before_junk() -> None:
    """A self-extracting archive and one with a tail are read."""
    assert {"a": b"hello"} == contents(open_zip(b"MZ" * 50 + archive({"a": b"hello"}) + b"tail"))


def test_shared_bytes_are_broken() -> None:
    """Members that overlap are a bomb, found before anything is inflated."""
    assert Reason.BROKEN is reason_of_reading(bomb())


def test_high_ratio_is_too_large() -> None:
    """A member that inflates a thousandfold to more than it may is not inflated."""
    honest = archive({"a": bytes(10_000_000)})
    claim = honest.replace(struct.pack("<L", 10_000_000), struct.pack("<L", 200_000_000))
    assert Reason.TOO_LARGE is reason_of_reading(claim)


def test_budget_is_shared() -> None:
    """All members together may inflate to so much and no more."""
    packed = open_zip(archive({"a": bytes(600), "b": bytes(600)}))
    budget = Budget(1_000)
    packed.read(packed.members[0], budget)
    with pytest.raises(Unreadable):
        packed.read(packed.members[1], budget)


def test_encrypted_member_is_named() -> None:
    """The flag in either directory is enough."""
    assert Reason.ENCRYPTED is reason_of_reading(locked(archive({"a": b"x"})))


def test_wrong_checksum_is_broken_and_read_all_the_same() -> None:
    """What can be had of a damaged member comes with the fault."""
    data = bytearray(archive({"a": b"hello"}, zipfile.ZIP_STORED))
    data[data.index(b"hello")] = ord("j")
    packed = open_zip(bytes(data))
    with pytest.raises(Unreadable) as error:
        packed.read(packed.members[0], Budget())
    assert (Reason.BROKEN, b"jello") == (error.value.reason, error.value.read)


def test_other_methods_are_unsupported() -> None:
    """A packing method we have not is named."""
    old = archive({"a": b"x" * 99}, zipfile.ZIP_DEFLATED)
    changed = bytearray(old)
    changed[8] = changed[old.index(b"PK\x01\x02") + 10] = 9
    assert Reason.UNSUPPORTED is reason_of_reading(bytes(changed))


def test_names_that_differ_are_ambiguous() -> None:
    """Two names for one member, one in each directory, are a trick."""
    assert Reason.AMBIGUOUS is reason_of_reading(archive({"aaaa": b"x"}).replace(b"aaaa", b"bbbb", 1))


def test_member_only_in_front_is_ambiguous() -> None:
    """A member that the directory does not know is seen by readers that go from the front."""
    hidden = archive({"h": b"hidden"})
    start = hidden[: hidden.index(b"PK\x01\x02")]
    assert (Reason.AMBIGUOUS,) == open_zip(start + archive({"a": b"x"})).faults


def test_many_members_are_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Members above the limit are not read, and that is named."""
    monkeypatch.setattr(limits, "MEMBERS", 3)
    packed = open_zip(archive({str(n): b"x" for n in range(5)}))
    assert (3, (Reason.TOO_LARGE,)) == (len(packed.members), packed.faults)


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"PK\x05\x06", zip_records.END.pack(b"PK\x05\x06", 0, 0, 1, 1, 99, 0, 0)]
)
def test_no_archive_is_broken(data: bytes) -> None:
    """What has no directory is no archive."""
    with pytest.raises(Unreadable):
        open_zip(data)
