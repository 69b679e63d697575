"""The content of a held mail: shown as text to people with access, who say why; each view is on record first."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.console import decision_forms as forms
from gateway.console import guard
from gateway.console.content import Shown, show
from gateway.console.decision_forms import Form, Problem
from gateway.console.incident_facts import only_unreadable
from gateway.console.incident_pages import overtaken
from gateway.console.matter import Matter, again, matter
from gateway.console.refusals import NotAllowed, Refused
from gateway.console.rendering import render
from gateway.roles import Act
from gateway.store import content_views
from gateway.store.keys import Damaged, open_content

REASONS = (
    "To see whether it is about unpublished statistics",
    "To see what has reached the sender",
    "To decide who needs access",
)


async def ask(request: Request) -> Response:
    """The question why, which comes before any look."""
    found = await matter(request)
    _may(found)
    return overtaken(request, found) if not found.kept else _page(request, found, Form())


async def look(request: Request) -> Response:
    """The content, once it is on record who looks and why."""
    posted = await guard.form(request)
    found = await matter(request)
    _may(found)
    form = Form.of({name: values[0] for name, values in posted.texts.items()}, ())
    if problems := forms.wrong_reason(form, needed=True):
        return _page(request, found, form, problems)
    try:
        sealed = await found.desk.stored(
            content_views.view, found.ref, form.reason, found.visit.address, found.now
        )
    except content_views.NothingKept:
        return overtaken(request, await again(found.desk, found.visit, found.ref))
    shown = await asyncio.to_thread(_opened, found, sealed)
    return render(request, "content.html", ref=found.ref, shown=shown)


def _may(found: Matter) -> None:
    """Raise NotAllowed unless the person may see the content, with what would have to be different."""
    if found.visit.may_see_content(found.incident):
        return
    if not found.visit.may_about(Act.SEE_CONTENT, found.incident):
        raise NotAllowed("What a mail says is shown only to those who answer for the statistics in it.")
    if only_unreadable(found.incident):
        raise NotAllowed(
            "This mail is held only because it could not be read. It may be private, so nobody sees it here. "
            "Ask the sender what it is."
        )
    raise NotAllowed(
        "What a mail says is shown only to people on the access list of every publication found in it, while their "
        "access lasts."
    )


def _opened(found: Matter, sealed: bytes) -> Shown:
    private = found.desk.keys.held_private
    if private is None:
        raise Refused(503, "Not available", "This process cannot read held mail.")
    try:
        return show(open_content(private, found.ref, sealed))
    except Damaged:
        words = "It can neither be shown nor sent. Refuse it, so that the sender hears of it."
        raise Refused(410, "The stored mail is damaged", words) from None


def _page(request: Request, found: Matter, form: Form, problems: list[Problem] | None = None) -> Response:
    facts: dict[str, Any] = {"form": form, "problems": problems or [], "options": forms.kept(REASONS)}
    return render(request, "content_reason.html", 400 if problems else 200, ref=found.ref, **facts)


ROUTES = [
    Route("/incidents/{ref}/content", ask, methods=["GET"]),
    Route("/incidents/{ref}/content", look, methods=["POST"]),
]
