"""Planned times as people write them, read out of folded text."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.detectors.dates import moments
from gateway.detectors.moments import Clock, Day, Moment
from gateway.text import fold
from tests.pace import slowness

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)


def readings(text: str, now: datetime = NOW) -> list[str]:
    """The instants (UTC, to the minute) that the first moment of a text can mean."""
    first = moments(fold(text))[0]
    return sorted(at.strftime("%Y-%m-%d %H:%M") for at in first.readings(now, LONDON))


@pytest.mark.parametrize(
    ("text", "instants"),
    [
        ("9:30AM ON WEDNESDAY 28 MARCH 2018", "2018-03-28 08:30"),
        ("9.30am on 28 March 2018", "2018-03-28 08:30"),
        ("9.30 am, 28th March 2018", "2018-03-28 08:30"),
        ("9.30 a.m. on the 28th of March 2018", "2018-03-28 08:30"),
        ("09:30 28/03/2018", "2018-03-28 08:30"),
        ("0930 28/03/18", "2018-03-28 08:30"),
        ("0930hrs 28.03.2018", "2018-03-28 08:30"),
        ("9.30AM 28-Mar-18", "2018-03-28 08:30"),
        ("28 Mar '18, 9.30am", "2018-03-28 08:30"),
        ("2018-03-28 09:30", "2018-03-28 08:30"),
        ("2018-03-28T09:30", "2018-03-28 08:30"),
        ("2018-03-28T09:30:00+01:00", "2018-03-28 08:30"),
        ("2018-03-28 08:30Z", "2018-03-28 07:30 2018-03-28 08:30"),
        ("Wednesday, 28 March 2018 at 9:30", "2018-03-28 08:30"),
        ("28\nMarch\n2018\n9:30AM", "2018-03-28 08:30"),
        ("| 28 | MARCH | 2018 | 9:30AM |", "2018-03-28 08:30"),
        ("March 28, 2018 9:30 AM", "2018-03-28 08:30"),
        ("8:30 a.m. EST, Friday, February 20, 2026", "2026-02-20 13:30"),
        ("8:30 a.m. (ET) Wednesday, January 15, 2025      USDL-25-0001", "2025-01-15 13:30"),
        ("USDL-17-1347 8:30 a.m. (EDT) Friday, October 6, 2017", "2017-10-06 12:30"),
        ("2:00 p.m. EDT, Wednesday, June 17", "2026-06-17 18:00"),
        ("9:00 AM ET 6/9/2026", "2026-06-09 13:00"),
        ("11.30 am (Canberra time) 25 June 2020", "2020-06-25 01:30"),
        ("00:01 TUESDAY 25 AUGUST 2026", "2026-08-24 23:01"),
        ("21/08/2026 @ 08:59am", "2026-08-21 07:59"),
        ("00:01HRS FRIDAY 28 AUGUST", "2026-08-27 23:01"),
        ("8am on Thursday 27th August", "2026-08-27 07:00"),
        ("00:01 01/06", "2026-05-31 23:01"),
        ("12 noon on 5 May 2026", "2026-05-05 11:00"),
        ("midday, 5 January 2026", "2026-01-05 12:00"),
        ("midnight on 5 January 2026", "2026-01-05 00:00 2026-01-06 00:00"),
        ("12am 5 January 2026", "2026-01-05 00:00"),
        ("12.15pm 5 January 2026", "2026-01-05 12:15"),
        ("9:30pm 28 March 2018", "2018-03-28 20:30"),
        ("9 o'clock on 5 January 2026", "2026-01-05 09:00"),
        ("24:00 on 5 January 2026", "2026-01-06 00:00"),
        ("09:00 BST Tuesday 11 June 2026", "2026-06-11 08:00"),
        ("00:01 GMT Wed 11 June 2026", "2026-06-10 23:01 2026-06-11 00:01"),
        ("1pm BST 11/06/2026", "2026-06-11 12:00"),
        ("28 September 2020", "2020-09-28 23:00"),
    ],
)
def test_form(text: str, instants: str) -> None:
    """Each form that banners use names its instant; a zone word that may be wrong names two; a day alone, its end."""
    assert instants == " ".join(readings(text))


def test_the_date_wins_over_a_weekday_that_disagrees() -> None:
    """27 March 2018 was a Tuesday, whatever the text says (F-C09)."""
    assert ["2018-03-27 08:30"] == readings("9.30am on Wednesday 27 March 2018")


@pytest.mark.parametrize(
    ("now", "text", "day"),
    [
        pytest.param(datetime(2026, 12, 29, tzinfo=UTC), "2 January", date(2027, 1, 2), id="rolls-forward"),
        pytest.param(datetime(2026, 1, 3, tzinfo=UTC), "30 December", date(2025, 12, 30), id="rolls-back"),
        pytest.param(datetime(2026, 9, 1, tzinfo=UTC), "28 August", date(2026, 8, 28), id="just-over"),
        pytest.param(
            datetime(2022, 6, 20, tzinfo=UTC), "Tuesday 16 November", date(2021, 11, 16), id="weekday"
        ),
        pytest.param(
            datetime(2018, 3, 26, tzinfo=UTC), "Wednesday 27 March", date(2018, 3, 27), id="wrong-weekday"
        ),
        pytest.param(datetime(2026, 3, 1, tzinfo=UTC), "29 February", None, id="no-such-day-near"),
    ],
)
def test_without_a_year(now: datetime, text: str, day: date | None) -> None:
    """The nearest year is meant; only far from now does a weekday choose another."""
    assert day == moments(fold(text))[0].date(now, LONDON)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("before 9.30am tomorrow", [(None, 570, None)]),
        ("until 5:00 p.m. on the Monday before", [(None, 1020, 0)]),
        ("until Thursday", [(None, None, 3)]),
        (
            "from 9 December 2020 at 00:00 until it is published on 10 December 2020",
            [((2020, 12, 9), 0, None), ((2020, 12, 10), None, None)],
        ),
        ("16 February 2012 | Embargo: 11.30 am", [((2012, 2, 16), 690, None)]),
    ],
)
def test_parts_of_a_time(text: str, expected: list[object]) -> None:
    """What is not said stays open: tomorrow is no day, a weekday is no date; dates and times pair with the nearest."""
    found = [
        (
            (moment.day.year, moment.day.month, moment.day.day) if moment.day else None,
            moment.clock.minutes if moment.clock else None,
            moment.weekday,
        )
        for moment in moments(fold(text))
    ]
    assert expected == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9.30%",
        "2,030",
        "1,1,1,1",
        "10.1.2.3",
        "31 June 2026",
        "March 2018",
        "in 2026",
        "room 12",
        "0800-1234",
        "25:10",
    ],
)
def test_no_time(text: str) -> None:
    """Figures, years and days that the calendar has not are no planned times."""
    assert () == moments(fold(text))


def test_an_ambiguous_hour_means_both() -> None:
    """On the night of the change 01:30 comes twice, and a missing hour is read on both clocks."""
    twice = Moment(Day(10, 25, 2026), Clock(90)).readings(NOW, LONDON)
    assert {datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)} == twice


@given(st.datetimes(datetime(2000, 1, 1), datetime(2098, 12, 31)))
def test_what_is_written_is_read(when: datetime) -> None:
    """Any minute, written in any of these forms, is read as that minute in London."""
    local = when.replace(second=0, microsecond=0, tzinfo=LONDON)
    for form in (
        "%H:%M on %A %d %B %Y",
        "%d/%m/%Y %H.%M",
        "%Y-%m-%d %H:%M",
        "%B %d, %Y at %I:%M %p",
        "%H%Mhrs %d %b %Y",
    ):
        first = moments(fold(local.strftime(form)))[0]
        assert local.astimezone(UTC) in first.readings(NOW, LONDON), form


@given(st.text(st.sampled_from("0123456789:./-, ampmnoonmarchmay'"), max_size=120))
def test_never_raises(text: str) -> None:
    """Whatever stands there, reading it and working out what it means raises nothing."""
    for moment in moments(fold(text)):
        moment.readings(NOW, LONDON)


@pytest.mark.parametrize(
    "text", ["1,1,1," * 50_000, "12 " * 100_000, "9:30 " * 60_000, "may " * 75_000, "1/1/" * 75_000]
)
def test_linear(text: str) -> None:
    """Three hundred kilobytes of near-dates take a moment."""
    started = time.perf_counter()
    moments(text)
    assert time.perf_counter() - started < 10 * slowness()
