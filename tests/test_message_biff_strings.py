"""Strings of old workbooks that go on in the next record."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from gateway.message import biff_strings


def test_regression_the_rest_of_a_long_result_was_lost() -> None:
    """It goes on behind a byte that says anew how wide letters are."""
    first = struct.pack("<HB", 9, 0) + b"one "
    assert "one two b" == biff_strings.result([first, b"\1" + "two ".encode("utf-16-le"), b"\0b"])


def test_a_table_goes_on_in_the_middle_of_a_string() -> None:
    """The next one begins right behind it."""
    table = bytes(4) + struct.pack("<L", 2) + struct.pack("<HB", 6, 0) + b"abc"
    assert ["abcdef", "x"] == list(biff_strings.shared([table, b"\0def" + struct.pack("<HB", 1, 0) + b"x"]))


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=4))
def test_a_result_ends(pieces: list[bytes]) -> None:
    """Whatever length it claims."""
    assert len(biff_strings.result(pieces)) <= sum(map(len, pieces)) + 1
