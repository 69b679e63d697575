"""What a planned time written in a mail can mean: days, times of day, zones, and the instants they name.

A date wins over a weekday that disagrees; a day without a year is the one nearest to now.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_PLACES = {
    ZoneInfo("Europe/London"): ("uk time", "london time", "bst", "gmt", "utc", "z"),
    ZoneInfo("America/New_York"): ("eastern", "et", "est", "edt"),
    ZoneInfo("America/Chicago"): ("ct", "cst", "cdt"),
    ZoneInfo("America/Los_Angeles"): ("pt", "pst", "pdt"),
    ZoneInfo("Europe/Paris"): ("cet", "cest"),
    ZoneInfo("Australia/Sydney"): ("canberra time", "aest", "aedt", "aet"),
}
PLACE_OF = {word: place for place, names in _PLACES.items() for word in names}
"""Zone words of folded text, and where their clocks hang."""
_FIXED = {"bst": timedelta(hours=1), "gmt": timedelta(0), "utc": timedelta(0), "z": timedelta(0)}
_SURE = timedelta(days=45)
"""Without a year, a day this close to now is meant even if its weekday is wrong."""


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day as written; year and weekday (0 is Monday) may be missing; `numeric` is 1/2 for 1 February."""

    month: int
    day: int
    year: int | None = None
    weekday: int | None = None
    numeric: bool = False

    def near(self, now: date) -> date | None:
        """The day meant, or None where the calendar has no such day.

        The weekday chooses the year only when none is written and the nearest day is far from now.
        """
        if self.year is not None:
            return calendar(self.year, self.month, self.day)
        years = (calendar(now.year + step, self.month, self.day) for step in (1, 0, -1))
        nearest = sorted((day for day in years if day is not None), key=lambda day: abs(day - now))
        if not nearest or self.weekday is None or abs(nearest[0] - now) <= _SURE:
            return nearest[0] if nearest else None
        return next((day for day in nearest if day.weekday() == self.weekday), nearest[0])

    def slips(self, now: date) -> Iterator[Day]:
        """Where weekday and date disagree: the days nearby, and the years beside, of which the weekday is right."""
        written = self.near(now)
        if written is None or self.weekday in (None, written.weekday()):
            return
        nearby = (written + timedelta(days=step) for step in (-3, -2, -1, 1, 2, 3))
        beside = (calendar(written.year + step, written.month, written.day) for step in (-1, 1))
        for day in (*nearby, *beside):
            if day is not None and day.weekday() == self.weekday:
                yield Day(day.month, day.day, day.year, self.weekday)

    @property
    def american(self) -> Day:
        """The same figures with the month first, where that is a day."""
        if self.numeric and calendar(self.year or 2000, self.day, self.month) is not None:
            return replace(self, month=self.day, day=self.month)
        return self


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as written: minutes after midnight; a zone word or an offset; whether it said "midnight"."""

    minutes: int
    zone: str = ""
    offset: timedelta | None = None
    midnight: bool = False

    @property
    def in_america(self) -> bool:
        """Whether its zone is one where the month is written first."""
        return self.zone in PLACE_OF and PLACE_OF[self.zone].key.startswith("America/")

    def on(self, day: date, zone: ZoneInfo) -> Iterator[datetime]:
        """The instants this can be on a day; `zone` where none is written.

        The word may be wrong (GMT is written in summer): its own reading and the place's clock both stand.
        """
        local = datetime.combine(day, time(0)) + timedelta(minutes=self.minutes)
        offset = _FIXED.get(self.zone, self.offset)
        for wall in (local, local + timedelta(days=1)) if self.midnight else (local,):
            if offset is not None:
                yield (wall - offset).replace(tzinfo=UTC)
            if self.offset is None:
                yield wall.replace(tzinfo=PLACE_OF.get(self.zone, zone))
                yield wall.replace(tzinfo=PLACE_OF.get(self.zone, zone), fold=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """A planned time as written: a day, a time of day, or both; `weekday` where only that is said of the day.

    `start` and `rest`: characters before and after it in the window that was read.
    """

    day: Day | None = None
    clock: Clock | None = None
    weekday: int | None = None
    start: int = 0
    rest: int = 0

    @property
    def whole(self) -> bool:
        """Whether both a day and a time of day are said."""
        return self.day is not None and self.clock is not None

    def date(self, now: datetime, zone: ZoneInfo) -> date | None:
        """The day meant, or None where none is said or the calendar has none such."""
        return None if self.day is None else self.day.near(now.astimezone(zone).date())

    def readings(self, now: datetime, zone: ZoneInfo) -> frozenset[datetime]:
        """The instants (UTC) this can mean; none unless it has a day; without a time, the end of that day."""
        day = self.date(now, zone)
        if day is None:
            return frozenset()
        clock = self.clock if self.clock is not None else Clock(24 * 60)
        return frozenset(instant.astimezone(UTC) for instant in clock.on(day, zone))


def calendar(year: int, month: int, day: int) -> date | None:
    """The date, or None where there is none such."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
