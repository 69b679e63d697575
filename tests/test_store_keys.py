"""The keys: made once, never overwritten, refused when they are not as they should be."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.store import StoreRefused
from gateway.store.keys import (
    MARKER,
    Damaged,
    Keys,
    load,
    load_or_create,
    load_public,
    open_content,
    public_of,
    seal,
    seal_content,
    unseal,
    write_new,
)

SECRETS = ("trace.key", "wrap.key", "held.key")
KEYS = Keys.generate()
PRIVATE = KEYS.held_private or b""


def test_made_at_the_first_start(tmp_path: Path) -> None:
    """The first start makes four files that only we can read; the second start finds the same keys."""
    folder = tmp_path / "keys"
    made = load_or_create(folder)
    assert made == load_or_create(folder) == load(folder)
    assert 0o700 == folder.stat().st_mode & 0o777
    assert {"held.key", "held.pub", "trace.key", "wrap.key"} == {path.name for path in folder.iterdir()}
    assert {0o600} == {path.stat().st_mode & 0o777 for path in folder.iterdir()}


def test_two_at_once_make_one_set(tmp_path: Path) -> None:
    """Processes that start at the same time agree on the keys."""
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(load_or_create, [tmp_path / "keys"] * 8))
    assert 1 == len(made)


def test_first_start_that_was_cut_short(tmp_path: Path) -> None:
    """Keys that no store has used yet are completed: a crash between two files needs no hand."""
    first = load_or_create(tmp_path)
    (tmp_path / "held.pub").unlink()
    (tmp_path / "wrap.key").unlink()
    again = load_or_create(tmp_path)
    assert (first.trace_key, first.held_private) == (again.trace_key, again.held_private)
    assert first.held_public == again.held_public


@pytest.mark.parametrize("name", [*SECRETS, "held.pub"])
def test_missing_key_of_a_used_set(tmp_path: Path, name: str) -> None:
    """Once a store has used the keys, none is ever made anew: the missing file is named."""
    load_or_create(tmp_path)
    write_new(tmp_path / MARKER, b"0" * 32)
    (tmp_path / name).unlink()
    with pytest.raises(StoreRefused, match=f"{name}: No such file or directory"):
        load_or_create(tmp_path)
    assert not (tmp_path / name).exists()


def test_lone_public_key_is_not_completed(tmp_path: Path) -> None:
    """A private key made for a public one that is there already could open nothing."""
    load_or_create(tmp_path)
    (tmp_path / "held.key").unlink()
    with pytest.raises(StoreRefused, match=r"held\.key: No such file"):
        load_or_create(tmp_path)


@pytest.mark.parametrize("name", SECRETS)
def test_open_to_others(tmp_path: Path, name: str) -> None:
    """A secret that others can read is refused with its mode."""
    load_or_create(tmp_path)
    (tmp_path / name).chmod(0o640)
    with pytest.raises(StoreRefused, match=rf"{name}: others may read it \(mode 0640, must be 0600\)"):
        load(tmp_path)


def test_every_fault_at_once(tmp_path: Path) -> None:
    """All key files that cannot be used are named together."""
    load_or_create(tmp_path)
    (tmp_path / "trace.key").write_bytes(b"short")
    (tmp_path / "wrap.key").unlink()
    with pytest.raises(StoreRefused) as caught:
        load(tmp_path)
    assert (
        f"{tmp_path}/trace.key: a key is 32 bytes",
        f"{tmp_path}/wrap.key: No such file or directory",
    ) == caught.value.problems


def test_pair_that_is_none(tmp_path: Path) -> None:
    """A public key of another pair is refused: what is sealed to it could not be opened."""
    load_or_create(tmp_path)
    (tmp_path / "held.pub").write_bytes(public_of(os.urandom(32)))
    with pytest.raises(StoreRefused, match=r"held\.pub: does not belong to held\.key"):
        load(tmp_path)


def test_without_the_private_key(tmp_path: Path) -> None:
    """A process that faces the network reads every key but the one that opens held content."""
    made = load_or_create(tmp_path)
    (tmp_path / "held.key").unlink()
    public = load_public(tmp_path)
    assert None is public.held_private
    assert (made.trace_key, made.held_public) == (public.trace_key, public.held_public)


def test_credentials_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key among systemd's credentials is taken instead of the file, and none is made beside it."""
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "trace.key").write_bytes(b"t" * 32)
    (credentials / "held.key").write_bytes(b"h" * 32)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    keys = load_or_create(tmp_path / "keys")
    assert (b"t" * 32, b"h" * 32, public_of(b"h" * 32)) == (
        keys.trace_key,
        keys.held_private,
        keys.held_public,
    )
    assert {"wrap.key", "held.pub"} == {path.name for path in (tmp_path / "keys").iterdir()}


def test_never_overwritten(tmp_path: Path) -> None:
    """A file that is there stays as it is, and no draft is left behind."""
    write_new(tmp_path / "k", b"one")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "k", b"two")
    assert [b"one"] == [path.read_bytes() for path in tmp_path.iterdir()]


def test_folder_that_cannot_be(tmp_path: Path) -> None:
    """A folder whose parent is missing is named."""
    with pytest.raises(StoreRefused, match="no/keys: No such file or directory"):
        load_or_create(tmp_path / "no" / "keys")


def test_nothing_shows_a_key() -> None:
    """The printed form of the keys holds no secret."""
    shown = repr(KEYS)
    assert not any(repr(key) in shown for key in (KEYS.trace_key, KEYS.wrap_key, PRIVATE))


@given(st.binary(max_size=2000), st.text(st.characters(codec="utf-8"), max_size=20))
def test_content_comes_back(content: bytes, ref: str) -> None:
    """Sealed content opens to the same bytes with the private key, and looks like nothing."""
    sealed = seal_content(KEYS.held_public, ref, content)
    assert content == open_content(PRIVATE, ref, sealed)
    assert len(content) < 8 or content not in sealed


@given(st.data())
def test_any_alteration_is_found(data: st.DataObject) -> None:
    """Sealed content with a bit flipped, cut, lengthened, or under another reference or key never opens."""
    sealed = seal_content(KEYS.held_public, "ABCDEFGH", b"content")
    at = data.draw(st.integers(0, len(sealed) - 1))
    flipped = bytearray(sealed)
    flipped[at] ^= 1 << data.draw(st.integers(0, 7))
    # The top bit of an X25519 public key is masked off when used, but is part of what the key is derived from.
    for bad in (bytes(flipped), sealed[:at], sealed + b"\0"):
        with pytest.raises(Damaged):
            open_content(PRIVATE, "ABCDEFGH", bad)
    for private, ref in ((PRIVATE, "ABCDEFGI"), (os.urandom(32), "ABCDEFGH")):
        with pytest.raises(Damaged):
            open_content(private, ref, sealed)


def test_two_seals_differ() -> None:
    """The same content sealed twice gives different bytes: equal mails cannot be recognised in the store."""
    assert seal_content(KEYS.held_public, "R", b"x" * 99) != seal_content(KEYS.held_public, "R", b"x" * 99)


@given(st.binary(max_size=200))
def test_sets_are_bound_to_their_publication(plain: bytes) -> None:
    """What is sealed for one publication does not open for another, nor under another key, nor cut short."""
    sealed = seal(KEYS.wrap_key, "cla-2018", plain)
    assert plain == unseal(KEYS.wrap_key, "cla-2018", sealed)
    for key, context, bad in (
        (KEYS.wrap_key, "cla-2019", sealed),
        (KEYS.trace_key, "cla-2018", sealed),
        (KEYS.wrap_key, "cla-2018", sealed[:-1]),
        (KEYS.wrap_key, "cla-2018", b""),
    ):
        with pytest.raises(Damaged):
            unseal(key, context, bad)
