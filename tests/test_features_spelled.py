"""Addresses in text: found as people write them, over lines, in brackets, made harmless; and in bounded time."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.features.spelled import addresses
from tests.pace import slowness

URL = "https://preview.stats.example/releases/cla-2018"


def spelled(text: str) -> set[str]:
    """Every address of a text, with all ways in which it may go on."""
    return {one for found in addresses(text) for one in (found.shown, *found.longer)}


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (f"It is at {URL}.", URL),
        (f"({URL}), and", URL),
        (f'"{URL}"', URL),
        (f"<{URL}>", URL),
        (f"[here]({URL})", URL),
        ("https://a.example/b_(c)", "https://a.example/b_(c)"),
        ("see www.a.example/b, please", "http://www.a.example/b"),
        ("see preview.stats.example/b!", "http://preview.stats.example/b"),
        ("hxxps[:]//preview.stats.example/b", "hxxps://preview.stats.example/b"),
        ("https://preview.stats.example/re=\nleases/cla-2018", URL),
        ("https://preview.stats.example/releases\n/cla-2018 is it", URL),
        ("> https://preview.stats\n> .example/releases\n> /cla-2018\n> so", URL),
        ("<https://preview.stats.exam\r\n  ple/releases/\r\n  cla-2018>", URL),
        ("URL:https://preview.stats.example/releases/cl\r\n a-2018", URL),
        (r'{"url": "https:\/\/preview.stats.example\/releases\/cla-2018"}', URL),
        ("https%3A%2F%2Fpreview.stats.example%2Freleases%2Fcla-2018", URL),
        ("https%253A%252F%252Fpreview.stats.example%252Freleases%252Fcla-2018", URL),
        ("https://preview\u200b.stats.exam\u00adple/releases/cla-2018", URL),
        ("https\uff1a\uff0f\uff0fpreview.stats.example/releases/cla-2018", URL),
        ("ms-word:ofe|u|https://preview.stats.example/releases/cla-2018", URL),
        (r"on \\fs01\Stats Data\Release now", r"\\fs01\Stats Data\Release"),
    ],
)
def test_an_address_is_found_however_it_is_written(text: str, url: str) -> None:
    """Without the signs around it, over the end of a line, encoded as a whole, with signs that nobody sees."""
    assert url in spelled(text)


@pytest.mark.parametrize(
    "text", ["", "and/or 1/2", "a://b", "a.b", "someone@preview.stats.example/x", "3.5/4.5"]
)
def test_ordinary_text_has_none(text: str) -> None:
    """Fractions, addresses of mail and other schemes are not looked up."""
    assert set() == spelled(text)


@given(st.text(alphabet="htps:/\\w.a%2Ff<> \r\n[]()=>-", max_size=120))
def test_any_text_is_read(text: str) -> None:
    """Nothing that somebody can write stops the reading."""
    assert all(isinstance(each, str) for each in spelled(text))


@pytest.mark.parametrize(
    "piece",
    [
        "://",
        "https://",
        "www.",
        ".aa/",
        "/",
        r"\\a\b ",
        "<https://a\n",
        "https%3a%2f",
        f"{URL}\n",
        "http://a \n> ",
    ],
)
def test_a_hostile_text_takes_time_by_its_length_only(piece: str) -> None:
    """Half a megabyte of beginnings of addresses is read in a moment."""
    began = process_time()
    for _ in addresses(piece * (500_000 // len(piece))):
        pass
    assert process_time() - began < 2 * slowness()


def test_an_encoded_address_ends_where_the_next_begins() -> None:
    """A list of addresses that are percent-encoded is no address over many lines."""
    listed = "\n".join(f"https%3A%2F%2Fhost.example%2F{number}" for number in range(3))
    assert [[], [], []] == [list(each.longer) for each in addresses(listed)]
