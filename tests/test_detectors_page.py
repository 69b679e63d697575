"""Pages: long parts come in windows, and nothing falls between two of them."""

from __future__ import annotations

from gateway.detectors.page import pages
from gateway.model import Message, Part, PartKind

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
