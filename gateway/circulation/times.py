"""The planned time that the banner of a circulation mail names, and every doubt about it, in words.

The mail's own date is the reference: a banner without a year, or with a weekday alone, means the first such day
after the mail was sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gateway.detectors import banner
from gateway.detectors.moments import PLACE_OF, Clock, Day, Moment, calendar
from gateway.detectors.page import pages
from gateway.detectors.rule import RuleSet
from gateway.letters.form import moment as shown
from gateway.model import Message

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EXACT = ("utc", "z")
"""Zone words that people do not write for the clock on the wall."""
_LONGEST = timedelta(days=400)
"""No statistics are circulated longer than this before they are published."""


@dataclass(frozen=True, slots=True)
class Planned:
    """The planned time, or None where none or more than one is named, and what a person must know of it."""

    at: datetime | None = None
    problems: tuple[str, ...] = field(default=())


def planned(rules: RuleSet, message: Message, sent: datetime, zone: ZoneInfo) -> Planned:
    """When a mail that was sent at `sent` says that its statistics are published."""
    moments = [moment for place in banner.places(rules, pages(message)) for moment in place.moments]
    notes: dict[datetime | None, tuple[str, ...]] = {}
    for moment in dict.fromkeys(replace(one, start=0, rest=0) for one in moments):
        at, problems = _read(moment, sent, zone)
        # Said twice, once with a doubt and once without one, there is no doubt.
        notes[at] = min(notes.get(at, problems), problems, key=len)
    ahead = sorted(at for at in notes if at is not None and sent < at < sent + _LONGEST)
    if len(ahead) == 1:
        return Planned(ahead[0], notes[ahead[0]])
    if ahead:
        named = ", ".join(shown(at, zone) for at in ahead)
        return Planned(None, (f"planned time: the mail names more than one: {named}",))
    return Planned(None, notes.get(None) or _nothing_ahead(notes, zone))


def _nothing_ahead(found: Iterable[datetime | None], zone: ZoneInfo) -> tuple[str, ...]:
    past = sorted(at for at in found if at is not None)
    if not past:
        return ("planned time: no banner with a time was found",)
    return (f"planned time: the mail names only {shown(past[-1], zone)}, which does not lie ahead of it",)


def _read(moment: Moment, sent: datetime, zone: ZoneInfo) -> tuple[datetime | None, tuple[str, ...]]:
    """The one instant that is meant, and the doubts; None where a day or a time of day is missing."""
    if moment.clock is None:
        return None, ("planned time: a banner names a day without a time of day",)
    day, problems = _day(moment, sent.astimezone(zone))
    if day is None:
        return None, problems or ("planned time: a banner names a time of day without a day",)
    at, doubts = _instant(moment.clock, day, zone)
    return at, (*problems, *doubts)


def _day(moment: Moment, sent: datetime) -> tuple[date | None, tuple[str, ...]]:
    if moment.day is not None:
        return _dated(moment.day, sent.date())
    if moment.weekday is None:
        return None, ()
    ahead = timedelta(days=(moment.weekday - sent.weekday()) % 7)
    minutes = moment.clock.minutes if moment.clock is not None else 0
    if not ahead and minutes <= sent.hour * 60 + sent.minute:
        ahead = timedelta(days=7)
    day = sent.date() + ahead
    return day, (
        f"planned time: only the weekday is named; {_written(day)} is taken, the first after the mail",
    )


def _dated(day: Day, sent: date) -> tuple[date | None, tuple[str, ...]]:
    found = calendar(day.year, day.month, day.day) if day.year is not None else _first_after(day, sent)
    if found is None:
        return None, ("planned time: a banner names a day that the calendar does not have",)
    problems = []
    if day.year is None:
        problems.append(f"planned time: no year is named; {found.year} is taken")
    if day.weekday is not None and day.weekday != found.weekday():
        problems.append(
            f"planned time: the banner says {_WEEKDAYS[day.weekday]}, but {_written(found)} is taken: the date counts"
        )
    return found, tuple(problems)


def _first_after(day: Day, sent: date) -> date | None:
    years = (calendar(sent.year + step, day.month, day.day) for step in range(9))
    return next((found for found in years if found is not None and found >= sent), None)


def _instant(clock: Clock, day: date, zone: ZoneInfo) -> tuple[datetime, tuple[str, ...]]:
    """The wall clock of the place wins over a zone word that contradicts it (GMT is written in summer).

    Of what is still in doubt, such as midnight, the later is taken: it protects longer.
    """
    readings = [at.astimezone(UTC) for at in clock.on(day, zone)]
    if clock.zone in _EXACT or len(set(readings)) == 1:
        return readings[0], ()
    at = max(_walls(clock, day, PLACE_OF.get(clock.zone, zone)))
    said = "midnight" if clock.midnight else f"{clock.minutes // 60:02}:{clock.minutes % 60:02}"
    named = f"{said} {clock.zone.upper()}".strip()
    return at, (f"planned time: {named} can be read in two ways; {shown(at, zone)} is taken",)


def _walls(clock: Clock, day: date, place: ZoneInfo) -> Iterator[datetime]:
    local = datetime.combine(day, time(0)) + timedelta(minutes=clock.minutes)
    for wall in (local, local + timedelta(days=1)) if clock.midnight else (local,):
        for fold in (0, 1):
            yield wall.replace(tzinfo=place, fold=fold).astimezone(UTC)


def _written(day: date) -> str:
    return f"{_WEEKDAYS[day.weekday()]} {day:%d %B %Y}".replace(" 0", " ")
