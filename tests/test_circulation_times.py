"""The planned time in a circulation mail: the origin case's banner, and every doubt said aloud."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway import rules
from gateway.circulation.times import Planned, planned
from gateway.model import Message, Part, PartKind
from tests.circulated import BANNER, LONDON, PLANNED, SENT

RULES = rules.load(None, LONDON)
DAY = timedelta(days=1)


def read(text: str, sent: datetime = SENT) -> Planned:
    """The planned time in a mail of this text."""
    return planned(RULES, Message((Part("1", PartKind.BODY, text),)), sent, LONDON)


def test_the_origin_case() -> None:
    """The banner of the origin case: 09:30 in British Summer Time, without any doubt."""
    assert Planned(PLANNED, ()) == read(BANNER)


@pytest.mark.parametrize(
    ("text", "at", "doubt"),
    [
        ("Embargoed until 9.30 on Wednesday", PLANNED, "only the weekday is named; Wednesday 28 March 2018"),
        ("Embargoed until 9.00 on Tuesday", PLANNED + 6 * DAY - timedelta(minutes=30), "only the weekday"),
        ("RESTRICTED until published at 9:30am on 28 March", PLANNED, "no year is named; 2018 is taken"),
        ("EMBARGOED UNTIL 9:30 GMT 28 March 2018", PLANNED, "09:30 GMT can be read in two ways"),
        ("Embargoed until 9:30am Thursday 28 March 2018", PLANNED, "says Thursday, but Wednesday 28 March"),
        ("Embargoed until midnight 28 March 2018", PLANNED + timedelta(hours=14.5), "midnight can be read"),
        ("Embargoed until 1:30am 28 October 2018", datetime(2018, 10, 28, 1, 30, tzinfo=UTC), "in two ways"),
    ],
)
def test_doubts_are_said(text: str, at: datetime, doubt: str) -> None:
    """A time that can be read in two ways is proposed with the doubt beside it."""
    found = read(text)
    (problem,) = found.problems
    assert at == found.at
    assert problem.startswith("planned time: ")
    assert doubt in problem


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("EMBARGOED UNTIL 2018-03-28T08:30Z", PLANNED),
        ("Embargoed until 28 March 2018 at 09:30 +01:00", PLANNED),
        ("EMBARGOED UNTIL RELEASE AT 8:30 a.m. EST, Wednesday, March 28, 2018", PLANNED + timedelta(hours=4)),
        (f"{BANNER}\n\n> {BANNER}\n\nEmbargoed until 9:30am 28 March", PLANNED),
        (f"{BANNER}\n\nlast year's: RESTRICTED UNTIL PUBLISHED AT 9:30AM ON 29 MARCH 2017", PLANNED),
    ],
)
def test_no_doubts(text: str, at: datetime) -> None:
    """What is sure is proposed without a word; a doubt is none where the time is also said in full."""
    assert Planned(at, ()) == read(text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("the monthly figures are attached", "no banner with a time"),
        ("Restricted until published at 9.30 tomorrow", "a time of day without a day"),
        ("Restricted until published on 28 March 2018", "a day without a time of day"),
        (
            f"{BANNER}\n\nEmbargoed until 9:30am 29 March 2018",
            "more than one: Wednesday 28 March 2018 09:30 BST",
        ),
        (
            "Embargoed until 9:30am 26 March 2018",
            "only Monday 26 March 2018 09:30 BST, which does not lie ahead",
        ),
    ],
)
def test_no_time(text: str, problem: str) -> None:
    """Where no time is sure none is proposed, and it is said why."""
    found = read(text)
    assert found.at is None
    assert problem in found.problems[0]


def test_the_turn_of_the_year() -> None:
    """Without a year the day after the mail is meant, also across the new year, and on a leap day."""
    december = datetime(2017, 12, 28, 9, 0, tzinfo=UTC)
    assert datetime(2018, 1, 3, 9, 30, tzinfo=UTC) == read("Embargoed until 9:30am 3 January", december).at
    february = datetime(2028, 2, 28, 9, 0, tzinfo=UTC)
    assert datetime(2028, 2, 29, 9, 30, tzinfo=UTC) == read("Embargoed until 9:30am 29 February", february).at
