"""What somebody typed into a form, field by field, taken as what it must be; what is wrong is named at its field.

Pure.  A field that is wrong gives nothing and leaves a problem; the page then comes back with all that was typed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from gateway.address import AddressError, typed
from gateway.console.decision_forms import Problem
from gateway.letters.form import one_line
from gateway.moments import MomentError, Repeated, Skipped, day, loose, on_the_wall

MAX_LINE = 500
MAX_ADDRESSES = 50
_HOUR = re.compile(r"(\d{1,2})[:.](\d{2})(?::00)?\Z")
_DAY_FIRST = re.compile(r"\d{1,2}[/.]\d{1,2}[/.]\d{4}\Z")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


@dataclass(frozen=True, slots=True)
class Fields:
    """What was typed (name -> text), and the problems found so far."""

    typed: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

    def problem(self, name: str) -> str:
        """What is wrong with a field; empty where nothing is."""
        return "; ".join(each.text for each in self.problems if each.field == name)

    def first(self, name: str) -> str:
        """The first problem of a field that may have many, and how many more there are."""
        found = [each.text for each in self.problems if each.field == name]
        return f"{found[0]} (and {len(found) - 1} more)" if len(found) > 1 else "".join(found)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The problems as field and words, in the order in which they were found."""
        return [(each.field, each.text) for each in self.problems]

    def raw(self, name: str) -> str:
        """A field as it was typed, on one line, without spaces around it."""
        return one_line(" ".join(self.typed.get(name, "").split()))

    def wrong(self, name: str, problem: str) -> None:
        """Note what is wrong with a field."""
        self.problems.append(Problem(name, problem))

    def line(self, name: str, missing: str = "", most: int = MAX_LINE) -> str:
        """One line of text; `missing` is the problem of an empty one, without which it may be empty."""
        text = self.raw(name)
        if not text and missing:
            self.wrong(name, missing)
        if len(text) > most:
            self.wrong(name, f"Use {most} characters or fewer")
        return text

    def choice(self, name: str, options: Collection[str], missing: str) -> str:
        """One of the options; anything else is a problem and gives an empty text."""
        text = self.raw(name)
        if text in options:
            return text
        self.wrong(name, missing)
        return ""

    def address(self, name: str, missing: str) -> str:
        """One canonical address; empty where there is none."""
        text = self.raw(name)
        try:
            return typed(text) if text else self._missing(name, missing)
        except AddressError as error:
            self.wrong(name, f"{missing}. {error}")
            return ""

    def _missing(self, name: str, problem: str) -> str:
        self.wrong(name, problem)
        return ""

    def addresses(self, name: str) -> tuple[str, ...]:
        """Any number of canonical addresses, one on a line or with commas between; each once."""
        found: dict[str, None] = {}
        texts = re.split(r"[\s,;]+", self.typed.get(name, ""), maxsplit=MAX_ADDRESSES + 2)
        if len(texts) > MAX_ADDRESSES + 2:
            # Looking at each takes time in which the office does nothing else.
            self.wrong(name, f"At most {MAX_ADDRESSES} addresses are taken")
            return ()
        for text in texts:
            try:
                found.update({typed(text): None} if text else {})
            except AddressError as error:
                self.wrong(name, f"“{one_line(text)}” is not an address. {error}")
        return tuple(found)

    def moment(self, name: str, zone: ZoneInfo, what: str, *, needed: bool = True) -> datetime | None:
        """A date and a time of day (fields NAME-date and NAME-time) as clocks in `zone` show them.

        `what` begins the problem, such as "The new time".
        """
        on, at = self.raw(f"{name}-date"), self.raw(f"{name}-time")
        if not on and not at and not needed:
            return None
        for part, text, example in (("date", on, "28/03/2018"), ("time", at, "09:30")):
            if not text:
                self.wrong(f"{name}-{part}", f"{what} needs a {part}, such as {example}")
        return self._moment(name, on, at, zone, what) if on and at else None

    def _moment(self, name: str, on: str, at: str, zone: ZoneInfo, what: str) -> datetime | None:
        hour = _HOUR.match(at)
        if hour is None or int(hour[1]) > 23 or int(hour[2]) > 59:
            self.wrong(f"{name}-time", f"{what} must have a time of day such as 09:30")
            return None
        if (found := self._day(name, on, what)) is None:
            return None
        try:
            return on_the_wall(datetime(found.year, found.month, found.day, int(hour[1]), int(hour[2])), zone)
        except MomentError as error:
            self.wrong(f"{name}-time", f"{what}: {_night(error)}")
            return None

    def _day(self, name: str, text: str, what: str) -> date | None:
        try:
            if _ISO.match(text) or _DAY_FIRST.match(text):
                return loose(text, ZoneInfo("UTC"), end=False).date()
        except (MomentError, OverflowError):
            pass
        self.wrong(f"{name}-date", f"{what} must have a real date, such as 28/03/2018")
        return None

    def day(self, name: str, what: str) -> date | None:
        """A date (field NAME-date) that may be missing."""
        text = self.raw(f"{name}-date")
        return self._day(name, text, what) if text else None

    def bound(self, name: str, zone: ZoneInfo, what: str, *, end: bool) -> datetime | None:
        """A date that may be missing, as the midnight that begins it or, with `end`, the one that ends it."""
        found = self.day(name, what)
        try:
            return day(found, zone, end=end) if found is not None else None
        except (MomentError, OverflowError):
            self.wrong(f"{name}-date", f"{what} must be another date")
            return None


def _night(error: MomentError) -> str:
    if isinstance(error, Skipped):
        return "the clocks go forward that night and this time does not exist; choose another"
    if isinstance(error, Repeated):
        return "the clocks go back that night and this time comes twice; choose another"
    return str(error)
