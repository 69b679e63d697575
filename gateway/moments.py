"""Times as people type them: with an offset as they say, without one as the clock on the wall shows it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY_FIRST = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:[ T,]+(\d{1,2})[:.](\d{2})(?::(\d{2}))?)?\Z")
_DATE_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


class MomentError(ValueError):
    """The text is no time; the message says why and can be shown."""


class Skipped(MomentError):
    """A wall time that does not exist, because clocks go forward then."""


class Repeated(MomentError):
    """A wall time that comes twice, because clocks go back then."""


def moment(text: str, zone: ZoneInfo) -> datetime:
    """An aware time from ISO 8601, such as `2018-03-28T09:30`; without an offset it is wall time in `zone`.

    Raises MomentError, also for a date alone and for a wall time that a clock change skips or repeats.
    """
    text = text.strip()
    if _DATE_ONLY.match(text):
        raise MomentError("a time of day is needed, such as 2018-03-28T09:30")
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise MomentError("must be a time such as 2018-03-28T09:30 or 2018-03-28T09:30+01:00") from None
    return when if when.utcoffset() is not None else on_the_wall(when, zone)


def on_the_wall(when: datetime, zone: ZoneInfo) -> datetime:
    """The aware time at which clocks in `zone` show the naive `when`; MomentError if none or two."""
    first, second = (when.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    shown = when.strftime("%Y-%m-%d %H:%M")
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != when:
        raise Skipped(f"{shown} does not exist in {zone.key}: clocks go forward; give it with its offset")
    raise Repeated(f"{shown} happens twice in {zone.key}: clocks go back; give it with its offset")


def loose(text: str, zone: ZoneInfo, *, end: bool) -> datetime:
    """A time as it stands in lists: ISO 8601 or day first (`28/03/2018 09:30`), a date being all day.

    For a date alone, `end` asks for the midnight that ends it.  Raises MomentError.
    """
    text = text.strip()
    try:
        if _DATE_ONLY.match(text):
            return day(date.fromisoformat(text), zone, end=end)
        match = _DAY_FIRST.match(text)
        if match is None:
            return moment(text, zone)
        on = date(int(match[3]), int(match[2]), int(match[1]))
        if match[4] is None:
            return day(on, zone, end=end)
        at = time(int(match[4]), int(match[5]), int(match[6] or 0))
    except MomentError:
        raise
    except ValueError:
        raise MomentError("no such date or time") from None
    return on_the_wall(datetime.combine(on, at), zone)


def day(on: date, zone: ZoneInfo, *, end: bool) -> datetime:
    """The midnight that begins a day, or with `end` the one that ends it."""
    return on_the_wall(datetime.combine(on + timedelta(days=end), time.min), zone)
