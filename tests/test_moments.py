"""Times as people type them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gateway.moments import MomentError, loose, moment, on_the_wall

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        pytest.param("2018-03-28T09:30", "2018-03-28T08:30", id="summer-time"),
        pytest.param("2018-01-28 09:30", "2018-01-28T09:30", id="winter-and-a-space"),
        pytest.param("2018-03-28T09:30+01:00", "2018-03-28T08:30", id="offset"),
        pytest.param("2018-03-28T09:30Z", "2018-03-28T09:30", id="utc"),
        pytest.param("2018-03-25T02:00", "2018-03-25T01:00", id="first-minute-of-summer-time"),
        pytest.param("2018-10-28T01:30+00:00", "2018-10-28T01:30", id="repeated-hour-with-offset"),
    ],
)
def test_moment(text: str, utc: str) -> None:
    """Without an offset a time is what clocks in the zone show."""
    assert datetime.fromisoformat(utc).replace(tzinfo=UTC) == moment(text, LONDON)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("2018-03-25T01:30", "does not exist in Europe/London: clocks go forward", id="skipped"),
        pytest.param("2018-10-28T01:30", "happens twice in Europe/London: clocks go back", id="repeated"),
        pytest.param("2018-03-28", "a time of day is needed", id="date-only"),
        pytest.param("28 March", "must be a time such as", id="words"),
        pytest.param("", "must be a time such as", id="nothing"),
        pytest.param("2018-02-30T09:30", "must be a time such as", id="no-such-day"),
    ],
)
def test_no_moment(text: str, why: str) -> None:
    """What is no time, or a wall time that clocks skip or repeat, is refused and says so."""
    with pytest.raises(MomentError, match=why):
        moment(text, LONDON)


@pytest.mark.parametrize(
    ("text", "end", "shown"),
    [
        ("28/03/2018", False, "2018-03-28T00:00:00+01:00"),
        ("28/03/2018", True, "2018-03-29T00:00:00+01:00"),
        ("2018-03-28", True, "2018-03-29T00:00:00+01:00"),
        ("1.4.2018 9:30", True, "2018-04-01T09:30:00+01:00"),
        ("28/03/2018 09.30", False, "2018-03-28T09:30:00+01:00"),
        ("2018-03-28T09:30", False, "2018-03-28T09:30:00+01:00"),
    ],
)
def test_loose(text: str, end: bool, shown: str) -> None:
    """In lists the day comes first, and a date alone is all of its day."""
    assert shown == loose(text, LONDON, end=end).isoformat()


@pytest.mark.parametrize("text", ["31/02/2018", "03/28/2018", "28/03/2018 25:00", "soon", "28/03"])
def test_not_loose(text: str) -> None:
    """A month is never guessed from a day that cannot be one."""
    with pytest.raises(MomentError):
        loose(text, LONDON, end=False)


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2035, 1, 1)),
    st.sampled_from(["Europe/London", "UTC", "America/New_York"]),
)
def test_wall_time_is_shown_again(when: datetime, zone: str) -> None:
    """A time taken from the wall shows the same on the wall, and is the only one that does."""
    try:
        found = on_the_wall(when, ZoneInfo(zone))
    except MomentError:
        assume(False)
    assert when == found.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    for other in (found + timedelta(hours=1), found - timedelta(hours=1)):
        assert when != other.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
