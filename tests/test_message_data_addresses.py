"""Files that stand whole in an address."""

# ruff: noqa: E501 (tables of some cases a line)

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.message import data_addresses


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("data:,a%20b", b"a b"), ("DATA:text/html;base64,YTxiPg==", b"a<b>"), ("data:image/x,%ff%00", b"\xff\x00"), ("https://x.example/", b""),
        ("data:text/plain;charset=utf-16le,a%00b%00", b"ab"), ("data:text/plain;charset=x-none,%c3%a9", "é".encode()),
    ],
)  # fmt: skip
def test_the_file_of_an_address(address: str, expected: bytes) -> None:
    """Percent escapes, base64, and text in another charset come out."""
    assert expected == data_addresses.content(address)


def test_addresses_in_lists_and_styles() -> None:
    """All of them, whatever stands around."""
    assert ["data:,a", "data:,b"] == list(data_addresses.in_list("data:,a 1x, data:,b 2x"))
    assert ["data:,a b"] == list(data_addresses.in_list("da\nta:,a b"))
    said = "x:url(data:,a);y:url( 'data:,b c' );@import \"data:text/css,d\""
    assert ["data:,a", "data:,b c", "data:text/css,d"] == list(data_addresses.in_style(said))
    assert "p{}" == data_addresses.style("data:text/css,p{}")
    assert "" == data_addresses.style("data:text/html,p{}")


def test_what_a_small_file_says() -> None:
    """Drawings and texts without what they do not show; nothing of pictures, and nothing of what is long."""
    assert "ab" == data_addresses.words(
        "data:image/svg+xml,<svg><title>x</title><text>a<tspan>b</tspan></text></svg>"
    )
    assert "" == data_addresses.words("data:image/png,abc")
    assert "" == data_addresses.words("data:," + "a" * 5_000)


@given(st.text())
def test_nothing_raises(text: str) -> None:
    """Whatever stands behind the scheme is some file."""
    assert isinstance(data_addresses.content("data:" + text), bytes)
    assert isinstance(data_addresses.words("data:," + text), str)
    list(data_addresses.in_style(text))
    list(data_addresses.in_list(text))
