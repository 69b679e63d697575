"""Reminders say since when, for whom and whom to ask; nothing of the mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from gateway.incident import Addressee, Standing
from gateway.letters.notice import Desk
from gateway.letters.reminder import reminder, waiting
from tests.filed import LEAD, LISTED, NOW, OUTSIDER, SECRET, SENDER, example
from tests.test_letters_alert import parsed, words

DESK = Desk("gateway@stats.example", NOW + timedelta(minutes=62), ZoneInfo("Europe/London"), [LEAD])


def test_one_mail() -> None:
    """The reminder of one mail: reference, time, how long, who has not got it, and whom to ask."""
    content = reminder([example()], DESK)

    assert "[embargo-gateway] Still held: HOLD2345" == parsed(content)["Subject"]
    assert SENDER == parsed(content)["To"].strip("<>")
    for fact in (
        "Your mail still waits for a decision.",
        "Monday 26 March 2018 11:39 BST, held for 1 h 02 min",
        OUTSIDER,
        "HOLD2345",
        LEAD,
    ):
        assert fact in words(content)
    assert LISTED not in words(content)
    assert SECRET not in content.decode()


def test_several_mails() -> None:
    """Several mails are one letter that names each."""
    content = reminder([example(), replace(example(), ref="HOLD9999")], DESK)

    assert "[embargo-gateway] Still held: HOLD2345 and others" == parsed(content)["Subject"]
    assert "2 of your mails still wait" in words(content)
    assert "HOLD9999" in words(content)


def test_who_waits() -> None:
    """Whoever is held waits, but for those with NOTIFY=NEVER, and nobody where there is no sender."""
    people = (
        Addressee("a@x.example", Standing.HELD, ("NOTIFY=NEVER",), ("cla-2018",)),
        Addressee("b@x.example", Standing.HELD, (), ("cla-2018",)),
        Addressee("c@x.example", Standing.RELEASED, (), ("cla-2018",)),
    )
    assert ["b@x.example"] == [one.address for one in waiting(example(recipients=people))]
    assert () == waiting(example(recipients=people, sender=None))


def test_the_null_sender() -> None:
    """No letter goes to the null sender."""
    with pytest.raises(ValueError, match="null sender"):
        reminder([example(sender=None)], DESK)
