"""What waits for me, and the list of all incidents that somebody may see.  No line says a word of a mail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.console import words
from gateway.console.desk import desk_of
from gateway.console.guard import Visit, visible, visit
from gateway.console.rendering import render, see_other
from gateway.incident import Incident, Standing
from gateway.roles import Act
from gateway.store import incidents, newest

_MOST = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """One incident that is held: whether it waits for the one who asks, and who else can decide."""

    incident: Incident
    mine: bool
    own: bool
    others: tuple[str, ...]


async def waits(request: Request) -> Response:
    """The first page: what waits for a decision, the oldest first."""
    seen = await visit(request)
    if not seen.may(Act.SEE_WAITING):
        seen.need(Act.SEE_INCIDENT)
        return see_other("/incidents")
    held = await desk_of(request).stored(incidents.listing, Standing.HELD)
    known = [_waiting(seen, each) for each in visible(seen, held)]
    mine = [each for each in known if each.mine]
    rest = [each for each in known if not each.mine]
    return render(request, "waiting.html", mine=mine, rest=rest)


def _waiting(seen: Visit, incident: Incident) -> Waiting:
    own = seen.own_mail(incident)
    return Waiting(incident, bool(pending(incident, seen.on_behalf(incident))), own, _others(seen, incident))


def pending(incident: Incident, behalf: Iterable[str | None]) -> frozenset[str | None]:
    """The publications among `behalf` for which nothing has been said yet about somebody who is held."""
    asked = frozenset(behalf)
    waiting: set[str | None] = set()
    for one in incident.among(Standing.HELD):
        closed = frozenset(one.ineligible_for or incident.publications or (None,))
        waiting |= (closed & asked) - {consent.publication for consent in one.consents}
    return frozenset(waiting)


def _others(seen: Visit, incident: Incident) -> tuple[str, ...]:
    """Leads and deputies besides the one who asks and besides the sender, each once."""
    people = [each for concern in incident.concerns for each in (concern.lead, *concern.deputies)]
    person = seen.staff.person
    without = {person(seen.address), person(incident.sender or "")}
    return tuple(dict.fromkeys(each for each in people if person(each) not in without))


async def listed(request: Request) -> Response:
    """All incidents of one state, the newest first; who may see no addresses sees how many there are."""
    seen = await visit(request, Act.SEE_INCIDENT)
    state = _state(request.query_params.get("state", ""))
    may = cache(lambda key: seen.may_for(Act.SEE_INCIDENT, key))
    found = await desk_of(request).stored(
        newest.incidents_in, state, _MOST + 1, lambda keys: any(map(may, keys or (None,)))
    )
    counts = {each: words.STANDINGS[each] for each in Standing}
    return render(
        request,
        "incidents.html",
        incidents=found[:_MOST],
        state=state,
        states=counts,
        cut=len(found) > _MOST,
    )


def _state(given: str) -> Standing:
    return next((each for each in Standing if each.value == given), Standing.HELD)


ROUTES = [Route("/", waits), Route("/incidents", listed)]
