"""Where pictures end, and what cameras leave behind them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.message import media
from tests.blind.polyglots import BMP, GIF, JPEG, MP4, PNG, WEBP

PICTURES = {"png": PNG, "jpeg": JPEG, "gif": GIF, "bmp": BMP, "webp": WEBP, "film": MP4}


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize("behind", [b"", b"hello world", b"PK\3\4" + bytes(99)])
def test_a_picture_ends_where_it_says(kind: str, behind: bytes) -> None:
    """Whatever stands behind it."""
    assert len(PICTURES[kind]) == media.end(PICTURES[kind] + behind)


@pytest.mark.parametrize(
    "file", [b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\1\0", b"%PDF-1.4", b"a text of some length " * 3]
)
def test_a_file_behind_a_sound_is_found(file: bytes) -> None:
    """A sound does not say where it ends."""
    assert 2_001 == media.end(b"ID3\4" + b"\xff\xfb\x90\0" * 499 + b"\0" + file)


def test_trailers_of_cameras_are_known() -> None:
    """The picture once more, a film, a table, padding, and a few bytes of anything."""
    for trailer in (JPEG, MP4, bytes(9_000), b"x" * 5_000 + b"SEFT", b"few"):
        assert media.is_trailer(trailer)
    assert not media.is_trailer(b"\x93secret" * 2_000)


@given(st.sampled_from(sorted(PICTURES)), st.binary(max_size=40), st.integers(0, 80))
def test_any_bytes_have_an_end(kind: str, noise: bytes, at: int) -> None:
    """Never behind the last one."""
    data = PICTURES[kind][:at] + noise
    assert 0 <= media.end(data) <= len(data)
