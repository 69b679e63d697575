"""The publications that somebody may see, each one's page, and the form that registers another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from unicodedata import normalize
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.console import guard
from gateway.console.desk import Desk, desk_of
from gateway.console.fields import Fields
from gateway.console.guard import Visit
from gateway.console.publication_facts import OVER, Look, line, page, steps
from gateway.console.rendering import render, see_other
from gateway.console.subject import posted, subject
from gateway.model import PUBLICATION_ID, LiveBy, Publication
from gateway.roles import Act
from gateway.store import NotDone, overview, publications
from gateway.store.overview import Numbers

_URL = re.compile(r"https?://[^\s/]+\S*\Z")
_LIVE_BY = {
    LiveBy.CLOCK.value: "The clock: at the planned time",
    LiveBy.PERSON.value: "A person: when somebody confirms here that it is public",
    LiveBy.URL.value: "Its public page: when that answers",
}
_AT_LIVE = {"keep": "It goes on waiting for a person", "send": "It is sent"}


async def listing(request: Request) -> Response:
    """Every publication that somebody may see: those to come with the soonest first, then those that are over."""
    seen = await guard.visit(request, Act.SEE_STATES)
    desk = desk_of(request)
    look = Look(desk.now(), desk.zone)
    numbers = await desk.stored(overview.numbers)
    known = [one for one in await desk.stored(publications.listed) if seen.may_for(Act.SEE_STATES, one.id)]
    lines = [(one.state in OVER, line(one, numbers.get(one.id, Numbers()), look)) for one in known]
    open_ = {one.id for one in known if seen.may_for(Act.SEE_PUBLICATION, one.id)}
    return render(
        request,
        "publications.html",
        coming=[each for over, each in lines if not over],
        over=[each for over, each in reversed(lines) if over],
        open=open_,
        add=seen.may(Act.ADD_PUBLICATION),
    )


async def one(request: Request) -> Response:
    """One publication: where it stands, its people and documents in numbers, and what can be done with it."""
    about = await subject(request, Act.SEE_PUBLICATION)
    change = about.may(Act.CHANGE_PUBLICATION)
    possible = steps(about.publication, about.now) if change else ()
    return about.page("publication.html", page=page(about.publication, about.look), steps=possible)


async def blank(request: Request) -> Response:
    """The form that registers a publication."""
    seen = await guard.visit(request, Act.ADD_PUBLICATION)
    return _form(request, Fields({"lead": seen.address, "publish-time": "09:30", "live-by": "clock"}))


async def add(request: Request) -> Response:
    """Register what the form says; back to it with every problem where that cannot be."""
    seen = await guard.visit(request, Act.ADD_PUBLICATION)
    desk = desk_of(request)
    fields = await posted(request)
    entry = read(fields, desk, seen)
    if entry is None or fields.problems:
        return _form(request, fields, 400)
    try:
        await desk.stored(publications.add, desk.keys, entry, (), seen.address, desk.now())
    except NotDone:
        fields.wrong("id", "There is a publication of this name already; choose another")
        return _form(request, fields, 400)
    return see_other(f"/publications/{entry.id}")


def _form(request: Request, fields: Fields, status: int = 200) -> Response:
    return render(
        request,
        "publication_add.html",
        status,
        fields=fields,
        problems=fields.problems,
        live_by=_LIVE_BY,
        at_live=_AT_LIVE,
    )


def read(fields: Fields, desk: Desk, seen: Visit) -> Publication | None:
    """The entry that a form describes; None, with problems, where it describes none.

    Whoever is not head of profession registers publications of which they are lead or deputy.
    """
    zone, now = desk.zone, desk.now()
    named = title(fields)
    values = {
        "id": _id(fields, named),
        "title": named,
        "publishes_at": to_come(fields, "publish", zone, now),
        "lead": fields.address("lead", "Enter the address of the lead"),
        "deputies": fields.addresses("deputies"),
        "opens_at": fields.moment("opens", zone, "The beginning of early access", needed=False),
        "market_sensitive": fields.raw("market-sensitive") == "yes",
        **_ending(fields),
    }
    _own(fields, seen, values)
    return made(fields, values)


def _own(fields: Fields, seen: Visit, values: Mapping[str, object]) -> None:
    """Whom somebody registers must leave it theirs, or they could not undo a slip."""
    if seen.may_for(Act.ADD_PUBLICATION, None) or fields.problems:
        return
    people = values["lead"], *map(str, values["deputies"])  # type: ignore[call-overload]
    if seen.staff.person(seen.address) not in {seen.staff.person(str(each)) for each in people}:
        fields.wrong("lead", "You must be the lead or a deputy yourself")


def made(fields: Fields, values: Mapping[str, object]) -> Publication | None:
    """The publication of these values, unless there are problems already or it finds one itself."""
    if fields.problems:
        return None
    try:
        return Publication(**values)  # type: ignore[arg-type]
    except ValueError:
        fields.wrong("opens-date", "Early access must begin before the planned time")
        return None


def title(fields: Fields) -> str:
    """The title, which must be there."""
    return fields.line("title", "Enter the title, as it will be published", 200)


def to_come(fields: Fields, name: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """A planned time, which must lie ahead."""
    when = fields.moment(name, zone, "The planned time")
    if when is not None and when <= now:
        fields.wrong(f"{name}-date", "The planned time must lie ahead: nothing is held for one that is past")
    return when


def _id(fields: Fields, named: str) -> str:
    text = fields.raw("id") or proposed(named)
    if not text and not named:
        return ""
    if not PUBLICATION_ID.match(text):
        fields.wrong("id", "Use lower-case letters, digits and hyphens, at most 64, such as cla-2018")
    return text


def proposed(named: str) -> str:
    """An id made of a title: `Children looked after 2018` gives `children-looked-after-2018`."""
    plain = normalize("NFKD", named).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64].rstrip("-")


def _ending(fields: Fields) -> dict[str, object]:
    by = fields.choice("live-by", _LIVE_BY, "Select what ends the embargo")
    url = fields.raw("url")
    if by == LiveBy.URL.value and not _URL.match(url):
        fields.wrong("url", "Enter the address of the public page, beginning with https://")
    at_live = fields.raw("at-live") or "keep"
    return {
        "live_by": LiveBy(by) if by else LiveBy.CLOCK,
        "url": url if by == LiveBy.URL.value else None,
        "at_live": at_live if at_live in _AT_LIVE else "keep",
    }


ROUTES = [
    Route("/publications", listing),
    Route("/register", blank),
    Route("/register", add, methods=["POST"]),
    Route("/publications/{id}", one),
]
