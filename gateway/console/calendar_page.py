"""The calendar: when publications are planned, week by week, and which of them are open to readers together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.console import guard
from gateway.console.desk import desk_of
from gateway.console.publication_facts import COLOURS, Look, overlapping
from gateway.console.rendering import render
from gateway.letters.form import title
from gateway.model import Publication
from gateway.roles import Act
from gateway.store import publications

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])\Z")


@dataclass(frozen=True, slots=True)
class Planned:
    """One publication on its day: its time of day, and what else is open or published then."""

    id: str
    title: str
    open: bool
    at: str
    phase: str
    colour: str
    together: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """A day with publications."""

    name: str
    planned: tuple[Planned, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """A week with publications."""

    name: str
    days: tuple[Day, ...]


async def calendar(request: Request) -> Response:
    """One month: this one, or the one that is asked for."""
    seen = await guard.visit(request, Act.SEE_STATES)
    desk = desk_of(request)
    look = Look(desk.now(), desk.zone)
    known = [one for one in await desk.stored(publications.listed) if seen.may_for(Act.SEE_STATES, one.id)]
    open_ = {one.id for one in known if seen.may_for(Act.SEE_PUBLICATION, one.id)}
    month = first_of(request.query_params.get("month", ""), look)
    before, after = month - timedelta(days=1), month + timedelta(days=31)
    return render(
        request,
        "calendar.html",
        month=f"{month:%B %Y}",
        weeks=weeks(known, open_, month, look),
        before=f"{before:%Y-%m}",
        after=f"{after:%Y-%m}",
    )


def first_of(asked: str, look: Look) -> date:
    """The first day of the month asked for (`2026-11`); of this month where none is."""
    match = _MONTH.match(asked)
    here = look.now.astimezone(look.zone).date()
    return date(int(match[1]), int(match[2]), 1) if match else here.replace(day=1)


def weeks(known: Iterable[Publication], open_: Iterable[str], month: date, look: Look) -> tuple[Week, ...]:
    """The weeks of a month in which something is planned, by the clock on the wall; `open_` are shown with titles."""
    everything = sorted(known, key=lambda one: (one.publishes_at, one.id))
    shown = [one for one in everything if _day(one, look).replace(day=1) == month]
    named = {one.id: title(one.title) if one.id in set(open_) else one.id for one in everything}
    found = []
    for monday, some in groupby(shown, key=lambda one: _monday(_day(one, look))):
        days = tuple(
            Day(
                f"{day:%A} {day.day} {day:%B}",
                tuple(_planned(one, everything, named, set(open_), look) for one in each),
            )
            for day, each in groupby(some, key=lambda one: _day(one, look))
        )
        found.append(Week(f"Week of {monday.day} {monday:%B}", days))
    return tuple(found)


def _day(one: Publication, look: Look) -> date:
    return one.publishes_at.astimezone(look.zone).date()


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _planned(
    one: Publication, everything: list[Publication], named: dict[str, str], open_: set[str], look: Look
) -> Planned:
    phase = one.phase(look.now)
    at = f"{one.publishes_at.astimezone(look.zone):%H:%M}"
    together = tuple(_together(one, everything, named, look))
    return Planned(one.id, named[one.id], one.id in open_, at, phase.value, COLOURS[phase], together)


def _together(
    one: Publication, everything: list[Publication], named: dict[str, str], look: Look
) -> Iterator[str]:
    for other in overlapping(one, everything):
        if other.publishes_at == one.publishes_at:
            yield f"At the same time: {named[other.id]}"
        else:
            yield f"Early access overlaps with: {named[other.id]} ({look.time(other.publishes_at)})"


ROUTES = [Route("/calendar", calendar)]
