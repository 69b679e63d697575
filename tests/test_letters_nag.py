"""The nag: which publication is overdue, since when, and what to do; not a word of its content."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gateway.letters.nag import Overdue, Stamp, nag
from gateway.model import LiveBy, State

TIME = datetime(2018, 3, 28, 8, 30, tzinfo=UTC)
CLA = Overdue("cla-2018", "Children looked after", TIME, LiveBy.PERSON)
AT = Stamp(
    "gateway@stats.example", "lead@stats.example", TIME + timedelta(minutes=5), ZoneInfo("Europe/London")
)


def test_what_it_says() -> None:
    """Title, id, the planned time as it is read there, how late it is, and each way to end the nagging."""
    text = nag(CLA, AT).decode()
    for words in (
        "To: <lead@stats.example>",
        "Subject: [embargo-gateway] Overdue: cla-2018 is not confirmed as published",
        "Children looked after (cla-2018)",
        "Wednesday 28 March 2018 09:30 BST, overdue by 5 min",
        "  embargo-gateway publication live cla-2018",
        "  embargo-gateway publication postpone cla-2018 --to TIME",
        "  embargo-gateway publication withdraw cla-2018",
    ):
        assert words in text
    assert "http" not in text


def test_the_page_comes_first() -> None:
    """Where there is a console, its page stands before the commands."""
    text = nag(CLA, replace(AT, page="https://gateway.example/sign-in/abc")).decode()
    assert text.index("  https://gateway.example/sign-in/abc") < text.index("publication live")


@pytest.mark.parametrize(
    ("overdue", "meaning"),
    [
        (replace(CLA, live_by=LiveBy.URL), "Its public page does not answer yet, so it stays under embargo."),
        (replace(CLA, live_by=LiveBy.CLOCK), "Its embargo ended at that time by the clock."),
        (replace(CLA, state=State.PAUSED), "embargo-gateway publication resume cla-2018"),
        (replace(CLA, waiting=1), "1 mail is held for it."),
        (replace(CLA, waiting=3), "3 mails are held for it."),
    ],
)
def test_what_it_means(overdue: Overdue, meaning: str) -> None:
    """It says whether the embargo goes on, and how many mails wait."""
    assert meaning in nag(overdue, AT).decode()
