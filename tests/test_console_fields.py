"""What is typed into forms: taken as it is meant, or named at its field."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.console.fields import Fields
from tests.pace import slowness

LONDON = ZoneInfo("Europe/London")


def times(on: str, at: str) -> Fields:
    """A form with one date and time."""
    return Fields({"to-date": on, "to-time": at})


@pytest.mark.parametrize("on", ["2018-03-28", "28/03/2018", "28.3.2018", " 2018-03-28 "])
@pytest.mark.parametrize("at", ["09:30", "9:30", "9.30"])
def test_date_and_time_are_wall_time(on: str, at: str) -> None:
    """However a browser sends them, date and time are what the clock on the wall shows."""
    fields = times(on, at)
    assert datetime(2018, 3, 28, 8, 30, tzinfo=UTC) == fields.moment("to", LONDON, "The time")
    assert [] == fields.problems


@pytest.mark.parametrize(
    ("on", "at", "field", "words"),
    [
        ("", "09:30", "to-date", "needs a date"),
        ("2018-03-28", "", "to-time", "needs a time"),
        ("2018-02-30", "09:30", "to-date", "real date"),
        ("tomorrow", "09:30", "to-date", "real date"),
        ("0000-01-01", "09:30", "to-date", "real date"),
        ("2018-03-28", "25:00", "to-time", "time of day"),
        ("2018-03-28", "half nine", "to-time", "time of day"),
        ("2018-03-25", "01:30", "to-time", "does not exist"),
        ("2018-10-28", "01:30", "to-time", "comes twice"),
    ],
)
def test_wrong_times_are_named_at_their_field(on: str, at: str, field: str, words: str) -> None:
    """A time that is none, or that a clock change skips or repeats, says so at the field that is wrong."""
    fields = times(on, at)
    assert None is fields.moment("to", LONDON, "The time")
    assert [(field, True)] == [(problem.field, words in problem.text) for problem in fields.problems]


def test_time_that_may_be_missing() -> None:
    """An empty time is none where it may be missing."""
    fields = times("", "")
    assert (None, []) == (fields.moment("to", LONDON, "The time", needed=False), fields.problems)


@given(st.text(max_size=12), st.text(max_size=8))
def test_any_text_is_a_time_or_a_problem(on: str, at: str) -> None:
    """Whatever is typed gives a time or a problem, never an error."""
    fields = times(on, at)
    assert (fields.moment("to", LONDON, "The time") is None) == bool(fields.problems)


def test_addresses() -> None:
    """Addresses come in canonical form, each once; one that is none is named."""
    fields = Fields({"lead": " Lead@Stats.example ", "deputies": "a@x.example, A@x.example\nnobody"})
    assert "lead@stats.example" == fields.address("lead", "Enter the lead")
    assert ("a@x.example",) == fields.addresses("deputies")
    assert ["deputies"] == [problem.field for problem in fields.problems]
    assert "" == Fields({}).address("lead", "Enter the lead")


def test_a_flood_of_addresses_is_not_looked_at() -> None:
    """A megabyte of addresses is one problem, told at once: the office must not be busy with it."""
    fields = Fields({"deputies": " ".join(f"a{number}@x.example" for number in range(50_000))})
    began = time.monotonic()
    assert () == fields.addresses("deputies")
    assert time.monotonic() - began < 0.5 * slowness()
    assert ["At most 50 addresses are taken"] == [problem.text for problem in fields.problems]


def test_lines_and_choices() -> None:
    """A line is one line of bounded length; a choice is one of those offered."""
    fields = Fields({"title": "two\r\nlines\u202e", "long": "x" * 501, "kind": "other"})
    assert "two lines" == fields.line("title", "Enter a title")
    assert "" == fields.choice("kind", ("a", "b"), "Select one")
    fields.line("long")
    fields.line("missing", "Enter something")
    assert ["kind", "long", "missing"] == [problem.field for problem in fields.problems]


def test_days() -> None:
    """A day alone is its midnight in the zone: the one that begins it, or the one that ends it."""
    fields = Fields({"until-date": "28/03/2018", "bad-date": "x"})
    assert date(2018, 3, 28) == fields.day("until", "The end")
    assert datetime(2018, 3, 28, 23, tzinfo=UTC) == fields.bound("until", LONDON, "The end", end=True)
    assert None is fields.bound("none", LONDON, "The end", end=True)
    assert [] == fields.problems
    assert None is fields.bound("bad", LONDON, "The end", end=False)
    assert ["bad-date"] == [problem.field for problem in fields.problems]
