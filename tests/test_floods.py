"""Mails of nothing but what the rules look for: time grows with length, and memory is bounded (Z21, Z22)."""

from __future__ import annotations

import time

import pytest

from gateway.detectors import find
from gateway.features.spoken import as_figures
from gateway.scanner import read_here
from tests.fuzz import known
from tests.fuzz.guard import guarded

FLOODS = {
    "commas": b"1,1,1,",
    "restricted": b"RESTRICTED ",
    "embargoed": b"EMBARGOED UNTIL ",
    "dated": b"EMBARGOED UNTIL 9:30am on 12 May 2027 ",
    "another-time": b"embargoed until 10:30 on 12 May 2027 ",
    "half-a-date": b"embargoed until 9:30 on the 12th of ",
    "spaces": b" ",
    "lines": b"\r\n",
    "tabs": b"\t",
    "digits": b"1234567890",
    "numbers": b"12345\n",
    "words": b"seventy-two thousand six hundred and ",
    "dots": b"1.1.1.",
    "mentions": b"a@b.",
}
PER_BYTE = 5.0 / 10_000_000
"""Seconds of CPU: five for ten megabytes."""


def mail(piece: bytes, size: int) -> bytes:
    """A plain mail of one piece over and over."""
    head = b"Subject: s\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    return head + piece * (size // len(piece))


def whole(content: bytes) -> None:
    """From bytes to findings."""
    find(known.rules(), read_here(content), known.register(), known.NOW)


@pytest.mark.long
@pytest.mark.parametrize("name", FLOODS)
def test_ten_megabytes_of_one_piece(name: str) -> None:
    """The whole path takes five seconds for ten megabytes, twice that on a busy machine, and below a gigabyte."""
    whole(b"Subject: s\r\n\r\nhello")
    content = mail(FLOODS[name], 10_000_000)
    guarded(whole, content, longest=2 * PER_BYTE * len(content), largest=1 << 30)


def seconds(content: bytes) -> float:
    """CPU seconds for one mail."""
    began = time.process_time()
    whole(content)
    return time.process_time() - began


def test_banners_by_the_thousand_cost_no_reading_each() -> None:
    """Three thousand banners of another time of a known day: the words around them are looked for once a page.

    A regression: each took 2 ms, and a mail of 100 KB more than ten seconds.
    """
    assert seconds(mail(FLOODS["another-time"], 60_000)) < 3


def test_one_figure_ten_thousand_times_makes_no_chain() -> None:
    """A registered figure again and again is gone through once.  A regression: 8 s for a megabyte."""
    assert seconds(mail(b"4.7 per cent ", 200_000)) < 1.5


def test_a_long_number_in_words_that_ends_in_half_a_word_is_read_once() -> None:
    """A regression: where the last word was cut off, the run was tried again from each of its words, the square."""
    words = "seventy two thousand six hundred and " * 30_000
    began = time.process_time()
    as_figures(words + "sevent")
    assert time.process_time() - began < 1
