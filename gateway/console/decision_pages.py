"""The pages of the decisions: a small form each, which comes back with its problems or leads to the result.

What the form was about travels with it: a page that is older than the last decision changes nothing and is told so.
Exactly one decision wins in any case: the store asks once more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.console import decision_forms as forms
from gateway.console import guard, incident_facts
from gateway.console.actions import ACTIONS, Action
from gateway.console.decision_forms import Form, Problem
from gateway.console.incident_facts import Person
from gateway.console.incident_pages import overtaken
from gateway.console.matter import Matter, again, matter
from gateway.console.refusals import NotAllowed
from gateway.console.rendering import render, see_other
from gateway.incident import Addressee
from gateway.letters.form import moment, title
from gateway.model import GrantKind, Publication
from gateway.store import NotDone
from gateway.store.decisions import NotHeld

_REASONS = {
    "grant": forms.GRANT_REASONS,
    "release": forms.RELEASE_REASONS,
    "false-alarm": forms.FALSE_ALARM_REASONS,
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A recipient to choose: the value of the field, the words, and whether they are on the list."""

    value: str
    person: Person
    listed: bool


async def ask(request: Request) -> Response:
    """The form of one decision."""
    action, found = await _opened(request)
    if not action.choices(found):
        return overtaken(request, found)
    # Early access is the usual kind, and the lesser one: whoever makes statistics is on the list from the start.
    usual = GrantKind.PRE_RELEASE.value if action.path == "grant" else ""
    seen = incident_facts.version(found.incident)
    form = Form(recipients=_preselected(action, found), kind=usual, seen=seen)
    return _page(request, action, found, form)


async def take(request: Request) -> Response:
    """A decision, recorded; or the form again, or what has been decided meanwhile."""
    posted = await guard.form(request)
    action, found = await _opened(request)
    fields = {name: values[0] for name, values in posted.texts.items()}
    form = Form.of(fields, posted.all("recipient"))
    if form.seen != incident_facts.version(found.incident) or not action.choices(found):
        return overtaken(request, found)
    if problems := action.check(found, form):
        return _page(request, action, found, form, problems)
    try:
        await asyncio.to_thread(action.carry, found, form)
    except NotHeld:
        return overtaken(request, await again(found.desk, found.visit, found.ref))
    except NotDone as refusal:
        field = "recipient" if action.chooses and len(action.choices(found)) > 1 else "other"
        problems = [Problem(field, problem) for problem in refusal.problems]
        return _page(request, action, found, form, problems)
    found.desk.wake()
    return see_other(f"/incidents/{found.ref}/decided")


async def _opened(request: Request) -> tuple[Action, Matter]:
    """The decision and the incident that the path names; raises NotFound, NotAllowed."""
    action = ACTIONS[request.url.path.rpartition("/")[2]]
    found = await matter(request)
    if found.own:
        raise NotAllowed("You sent this mail yourself, so somebody else decides about it.")
    if not found.behalf:
        raise NotAllowed("Somebody else decides about this mail.")
    return action, found


def _preselected(action: Action, found: Matter) -> tuple[str, ...]:
    """Whom a form begins with: everybody where nothing is sent yet, else only those who may have the mail anyway."""
    choices = action.choices(found)
    if action.path == "wait":
        return tuple(choices)
    return tuple(position for position, one in choices.items() if not one.ineligible_for)


def _page(
    request: Request, action: Action, found: Matter, form: Form, problems: Iterable[Problem] = ()
) -> Response:
    wrong = list(problems)
    facts: dict[str, Any] = {
        "action": action,
        "ref": found.ref,
        "form": form,
        "problems": wrong,
        "seen": incident_facts.version(found.incident),
        "choices": _choices(action.choices(found), found),
        "titles": found.titles,
        "needed": found.needed,
        "options": forms.kept(_REASONS.get(action.path, ())),
        "kinds": [(kind.value, label) for kind, label in forms.KINDS.items()],
        "verbs": [(verb.value, label) for verb, label in forms.VERBS.items()],
        "early": _early(found.mine, found.now, found),
    }
    return render(request, action.template, 400 if wrong else 200, **facts)


def _choices(some: Mapping[str, Addressee], found: Matter) -> list[Choice]:
    people = incident_facts.people(some.values(), found.incident, found.look)
    return [
        Choice(position, person, listed=not one.ineligible_for)
        for (position, one), person in zip(some.items(), people, strict=True)
    ]


def _early(mine: Iterable[Publication], now: datetime, found: Matter) -> str:
    """A warning where early access has not begun yet."""
    late = [publication for publication in mine if now < publication.window_opens]
    return " ".join(
        f"Early access to {title(one.title)} begins on {moment(one.window_opens, found.desk.zone)}: given now, "
        "it counts only from then on, and this mail is recorded as sent without access."
        for one in late
    )


ROUTES = [
    Route(f"/incidents/{{ref}}/{path}", page, methods=[method])
    for path in ACTIONS
    for method, page in (("GET", ask), ("POST", take))
]
