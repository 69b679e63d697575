"""Frames of zstd and lz4 files end where their writers ended them, and nothing between them is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.message import frames
from gateway.message.sniff import Kind

ZSTD = bytes.fromhex("28b52ffd0458310000") + b"hello\n" + bytes(4)
"""A frame with a checksum and one block of six bytes as they are."""
LZ4 = bytes.fromhex("04224d186440a706000080") + b"hello\n" + bytes(4) + bytes(4)
"""The same for lz4, with its end mark and a checksum."""
SKIPPED = b"\x50\x2a\x4d\x18\x05\0\0\0" + b"aside"


def split(data: bytes) -> list[tuple[Kind | None, bytes]]:
    """Kind and bytes of each piece."""
    return [(kind, data[start:end]) for kind, start, end in frames.split(data)]


def test_frames_of_one_kind_stay_together() -> None:
    """Programs write one file as many frames."""
    assert [(Kind.ZSTD, ZSTD + ZSTD)] == split(ZSTD + ZSTD)
    assert [(Kind.LZ4, LZ4 + LZ4)] == split(LZ4 + LZ4)


def test_kinds_come_apart() -> None:
    """One kind behind the other is two files."""
    assert [(Kind.ZSTD, ZSTD), (Kind.LZ4, LZ4)] == split(ZSTD + LZ4)


def test_what_programs_skip_and_what_stands_behind_comes_alone() -> None:
    """A frame that is skipped and a rest are pieces of their own."""
    expected = [(Kind.LZ4, LZ4), (None, b"aside"), (Kind.ZSTD, ZSTD), (None, b"the rest")]
    assert expected == split(LZ4 + SKIPPED + ZSTD + b"the rest")


def test_a_block_of_one_byte_many_times_takes_one_byte() -> None:
    """The size of such a block is what it stands for."""
    same = bytes.fromhex("28b52ffd0058") + (9000 << 3 | 3).to_bytes(3, "little") + b"x"
    assert [(Kind.ZSTD, same), (None, b"rest")] == split(same + b"rest")


def test_a_cut_frame_ends_with_the_data() -> None:
    """Nothing is looked for behind the end."""
    assert [(Kind.ZSTD, ZSTD[:-6])] == split(ZSTD[:-6])
    assert [(Kind.LZ4, LZ4[:9])] == split(LZ4[:9])


@given(st.lists(st.sampled_from([ZSTD, LZ4, SKIPPED, b"junk", ZSTD[:7]]), max_size=6).map(b"".join))
def test_pieces_follow_one_another_to_the_end(data: bytes) -> None:
    """Total, in order, and all of it but what says how long a skipped frame is."""
    position = 0
    for _, start, end in frames.split(data):
        assert position <= start <= end
        assert data[position:start].strip(b"\x50\x2a\x4d\x18\x05\0") == b""
        position = end
    assert len(data) == position
