"""Read planned times out of a window of folded text, in the forms that banners use.

Day comes first in numeric dates (UK), month first beside a North American zone.  Every pattern is bounded and windows
are short, so that reading is linear.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

from gateway.detectors.moments import PLACE_OF, Clock, Day, Moment, calendar

_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_WEEKDAYS = {name: number for number, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])"
)
_YEAR = r"(?:(?:19|20)\d\d(?!\d| ?h(?:ou)?rs)|'\d\d(?!\d))"
_SHORT_YEAR = r"[-/]\d\d(?![\d:.])"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_ORDINAL = "(?: ?(?:st|nd|rd|th)(?![a-z]))?"
_BETWEEN = r"[ ,.|/-]{1,4}"
_HALF = r"(?: ?[ap]\.? ?m(?![a-z])\.?)"
_HOURS = r"(?: ?h(?:ou)?rs?(?![a-z]))"
_OFFSET = r"(?: ?(?:\+[01]\d|-0\d):?[03]0(?!\d))?"
_FORMS = {
    "year_first": r"(?:19|20)\d\d[-/](?:0\d|1[0-2])[-/](?:[0-2]\d|3[01])(?!\d)(?:t(?=\d))?",
    "day_month": f"{_DAY}{_ORDINAL}(?: of |{_BETWEEN}|){_MONTH}(?:{_BETWEEN}{_YEAR}|{_SHORT_YEAR})?",
    "month_day": rf"{_MONTH}[ .|]{{1,4}}{_DAY}(?!\d|[:.]\d|{_HALF}){_ORDINAL}(?:{_BETWEEN}{_YEAR})?",
    "numeric": r"\d\d?(?P<mark>[/.-])\d\d?(?P=mark)(?:(?:19|20)\d\d|\d\d)(?![\d/-]|[.:]\d)",
    "clock": rf"(?:[01]?\d|2[0-4]) ?[:.] ?[0-5]\d(?::[0-5]\d)?(?![\d%]|[,.]\d)(?:{_HALF}|{_HOURS})?{_OFFSET}",
    "hour": rf"(?:1[0-2]|0?[1-9])(?:{_HALF}| ?o'clock)",
    "four": rf"(?<![-/#])(?:[01]\d|2[0-4])[0-5]\d(?:{_HOURS}|(?![a-z\d/,%-]|[.:]\d))",
    "day_slash_month": rf"{_DAY}/(?:1[0-2]|0?[1-9])(?![\d/])",
    "named": "(?:12 )?(?:noon|midday|midnight)(?![a-z])",
    "weekday": "(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?(?![a-z])",
}
_ANY_FORM = "|".join(f"(?P<{name}>{form})" for name, form in _FORMS.items())
_FORM = re.compile(rf"(?:(?<![a-z0-9])|(?<=\dt))(?:{_ANY_FORM})")
_HINT = re.compile(r"\d|noon|midday|midnight|day(?![a-z])")
_MARKS = re.compile("[ *_|~]{2,}|[*_|~]")
"""Borders of table cells and marks of emphasis, as bold and tables look in plain text."""
_FIGURES = re.compile(r"\d+")
_MONTH_WORD = re.compile(_MONTH)
_ZONE = re.compile(rf"[ (,]{{0,3}}({'|'.join(sorted(PLACE_OF, key=len, reverse=True))})(?![a-z])")
_WRITTEN_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)\Z")
_PAIR_REACH = 48
"""Characters between a date and the time that goes with it: two table cells, a reference number."""
_WEEKDAY_REACH = 6


def moments(window: str) -> tuple[Moment, ...]:
    """The planned times that stand in a window of folded text, in order.

    A date and a time within reach of each other make one; what is left over stands alone.
    """
    if _HINT.search(window) is None:
        return ()
    plain = _MARKS.sub(" ", window)
    return tuple(_pair(_with_weekdays(list(_tokens(plain))), len(plain)))


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    value: Day | Clock | int


def _tokens(window: str) -> Iterator[_Token]:
    for match in _FORM.finditer(window):
        name = next(form for form in _FORMS if match[form] is not None)
        value = _READERS[name](match[0])
        if isinstance(value, Clock):
            value = _zoned(value, match[0], window, match.end())
        if value is not None:
            yield _Token(match.start(), match.end(), value)


def _year_first(text: str) -> Day | None:
    year, month, day = _figures(text)
    return _day(day, month, year)


def _with_month_word(text: str) -> Day | None:
    day, *year = _figures(text)
    word = _MONTH_WORD.search(text)
    return _day(day, _MONTHS[word[0][:3]], _century(*year)) if word is not None else None


def _numeric(text: str) -> Day | None:
    first, second, year = _figures(text)
    if second > 12:
        first, second = second, first
    return _day(first, second, _century(year), numeric=True)


def _day_slash_month(text: str) -> Day | None:
    day, month = _figures(text)
    return _day(day, month, None, numeric=True)


def _clock(text: str) -> Clock | None:
    hour, minute, *_ = _figures(text)
    return _time(hour, minute, text)


def _hour(text: str) -> Clock | None:
    return _time(_figures(text)[0], 0, text)


def _four(text: str) -> Clock | None:
    if len(text) == 4 and text[:2] in ("19", "20"):
        return None  # A year, unless it says "hrs".
    return _time(int(text[:2]), int(text[2:4]), "")


def _named(text: str) -> Clock:
    return Clock(0, midnight=True) if text.endswith("midnight") else Clock(12 * 60)


def _weekday(text: str) -> int:
    return _WEEKDAYS[text[:3]]


_READERS: dict[str, Callable[[str], Day | Clock | int | None]] = {
    "year_first": _year_first,
    "day_month": _with_month_word,
    "month_day": _with_month_word,
    "numeric": _numeric,
    "clock": _clock,
    "hour": _hour,
    "four": _four,
    "day_slash_month": _day_slash_month,
    "named": _named,
    "weekday": _weekday,
}


def _figures(text: str) -> list[int]:
    return list(map(int, _FIGURES.findall(text)))


def _day(day: int, month: int, year: int | None, numeric: bool = False) -> Day | None:
    return Day(month, day, year, numeric=numeric) if calendar(year or 2000, month, day) is not None else None


def _century(year: int | None = None) -> int | None:
    return year + 2000 if year is not None and year < 100 else year


def _time(hour: int, minute: int, text: str) -> Clock | None:
    if hour <= 12 and ("a" in text or "p" in text):
        hour = hour % 12 + (12 if "p" in text else 0)
    minutes = hour * 60 + minute
    return Clock(minutes) if minutes <= 24 * 60 else None


def _zoned(clock: Clock, text: str, window: str, end: int) -> Clock:
    if written := _WRITTEN_OFFSET.search(text):
        offset = timedelta(hours=int(written[2]), minutes=int(written[3]))
        return replace(clock, offset=-offset if written[1] == "-" else offset)
    word = _ZONE.match(window, end)
    return replace(clock, zone=word[1]) if word is not None else clock


def _with_weekdays(tokens: list[_Token]) -> list[_Token]:
    """The tokens with each weekday joined to the date beside it; one that stands alone stays."""
    joined: list[_Token] = []
    for token in tokens:
        both = _dated_weekday(joined[-1], token) if joined else None
        joined[len(joined) - (both is not None) :] = [both or token]
    return joined


def _dated_weekday(left: _Token, right: _Token) -> _Token | None:
    if right.start - left.end > _WEEKDAY_REACH:
        return None
    match left.value, right.value:
        case (int() as weekday, Day() as day) | (Day() as day, int() as weekday):
            return _Token(left.start, right.end, replace(day, weekday=weekday))
    return None


def _pair(tokens: list[_Token], length: int) -> Iterator[Moment]:
    """Dates with their times: neighbours within reach, the closest first; then what is left."""
    neighbours = sorted(
        (right.start - left.end, index)
        for index, (left, right) in enumerate(pairwise(tokens))
        if isinstance(left.value, Clock) != isinstance(right.value, Clock)
    )
    partner: dict[int, int] = {}
    for gap, index in neighbours:
        if gap <= _PAIR_REACH and index not in partner and index + 1 not in partner:
            partner |= {index: index + 1, index + 1: index}
    for index, token in enumerate(tokens):
        if index not in partner:
            yield _moment(length, token)
        elif partner[index] > index:
            yield _moment(length, token, tokens[index + 1])


def _moment(length: int, *tokens: _Token) -> Moment:
    moment = Moment(start=tokens[0].start, rest=length - tokens[-1].end)
    for token in tokens:
        match token.value:
            case Day() as day:
                moment = replace(moment, day=day)
            case Clock() as clock:
                moment = replace(moment, clock=clock)
            case weekday:
                moment = replace(moment, weekday=weekday)
    if moment.day is not None and moment.clock is not None and moment.clock.in_america:
        return replace(moment, day=moment.day.american)
    return moment
