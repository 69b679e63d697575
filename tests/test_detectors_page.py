"""Pages: long parts come in windows, and nothing falls between two of them."""

from __future__ import annotations

from datetime import UTC, datetime

from gateway.detectors import find
from gateway.detectors.page import pages
from gateway.model import Message, Part, PartKind, Register
from gateway.rules import load

BANNER = "RESTRICTED UNTIL PUBLISHED AT 9:30AM ON WEDNESDAY 28 MARCH 2018"


def test_a_short_part_is_one_page() -> None:
    """Ordinary mail is read whole."""
    message = Message((Part("1", PartKind.BODY, "A text"), Part("2", PartKind.BODY, "")))
    assert ["a text", ""] == [page.text for page in pages(message)]


def test_windows_leave_no_gap() -> None:
    """A banner stands whole in some window wherever it stands in a long text."""
    for place in (0, 999_970, 1_000_010, 1_039_990, 2_500_000):
        text = "x " * (place // 2) + BANNER + " y" * 1_500_000
        found = [
            page for page in pages(Message((Part("1", PartKind.BODY, text),))) if BANNER.lower() in page.text
        ]
        assert found, place


def test_a_flood_of_places_is_counted_over_all_windows() -> None:
    """What is too much to read on is too much though no single window holds enough of it: it is held as unknown."""
    flood = ("restricted until published at " + "x " * 40) * 25_000
    message = Message((Part("1", PartKind.BODY, flood),))
    found = find(load(None), message, Register.empty(), datetime(2018, 3, 27, tzinfo=UTC))
    assert [None] == [finding.publication for finding in found]
