"""The page of an incident: all facts on one screen, and the decisions that are open to whoever looks."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.console.actions import offered
from gateway.console.incident_facts import Facts
from gateway.console.matter import Matter, matter
from gateway.console.rendering import render
from gateway.console.waiting import pending
from gateway.incident import Standing

_HEADINGS = {
    Standing.HELD: "A mail waits for a decision",
    Standing.RELEASING: "A mail is being sent after a decision",
    Standing.RELEASED: "A mail was sent after a decision",
    Standing.DISCARDED: "A mail was refused by a person",
    Standing.REJECTED: "A mail was not delivered to everybody",
    Standing.RELAYED: "A mail was sent",
    Standing.OBSERVED: "A mail was sent and only recorded",
}
_DECIDED = {
    Standing.RELEASING: "Decided: the mail is being sent",
    Standing.RELEASED: "Decided: the mail has been sent",
    Standing.DISCARDED: "Decided: the mail is not sent",
    Standing.REJECTED: "Decided, but not everybody could be reached",
}


async def incident(request: Request) -> Response:
    """One incident."""
    found = await matter(request)
    facts = found.facts
    mine = offered(found)
    heading = _HEADINGS[facts.state]
    if mine and pending(found.incident, found.behalf):
        heading = "A mail waits for your decision"
    if facts.state is Standing.REJECTED and facts.disposition == "reject":
        heading = "A mail was refused when it came"
    return render(
        request,
        "incident.html",
        heading=heading,
        facts=facts,
        actions=mine,
        own=found.own and facts.state is Standing.HELD,
        deciders=found.deciders if found.look.addresses else (),
        content=found.content,
        hidden=not found.look.addresses,
    )


async def decided(request: Request) -> Response:
    """What has been decided about an incident, and how far it has got; this page may be loaded again and again."""
    return outcome(request, await matter(request))


def outcome(request: Request, found: Matter) -> Response:
    """The page after a decision."""
    facts = found.facts
    heading, told = _result(facts)
    return render(request, "decided.html", heading=heading, told=told, facts=facts)


def _result(facts: Facts) -> tuple[str, str]:
    if facts.state is not Standing.HELD:
        return _DECIDED.get(facts.state, "Nothing has to be decided here"), ""
    if facts.missing:
        return "Recorded: somebody else must agree too", "Nothing is sent to those who wait before that."
    if facts.planned:
        return "Recorded: the mail waits for publication", "Until then you can still decide otherwise."
    if any(person.decided for person in (*facts.closed, *facts.open)):
        return "Recorded: some recipients still wait", "Nothing is sent to them until somebody decides."
    return "Nothing has been decided yet", "Nothing is sent until somebody decides."


def overtaken(request: Request, found: Matter) -> Response:
    """What a page gets whose decision came too late: who decided what and when, and how things stand.  Status 409."""
    facts = found.facts
    told = "Your page was older than what has been decided meanwhile. What you sent just now changed nothing."
    heading = "This has changed since you opened the page"
    if facts.state is not Standing.HELD:
        heading = "This has been decided already"
    return render(request, "decided.html", 409, heading=heading, told=told, facts=facts)


ROUTES = [Route("/incidents/{ref}", incident), Route("/incidents/{ref}/decided", decided)]
