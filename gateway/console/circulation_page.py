"""From the circulation mail of another department to an entry: the mail makes a draft, and a person takes it."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway import circulation
from gateway.circulation import Draft, NotAMail
from gateway.console import access_facts, document_pages, guard
from gateway.console.content import line
from gateway.console.desk import Desk, desk_of
from gateway.console.fields import Fields
from gateway.console.forms import Upload
from gateway.console.guard import Visit
from gateway.console.publication_facts import Look
from gateway.console.publication_pages import proposed, to_come
from gateway.console.publication_pages import title as titled
from gateway.console.rendering import render, see_other
from gateway.console.subject import posted
from gateway.letters.form import shown
from gateway.model import PUBLICATION_ID
from gateway.registration import Empty, Traced
from gateway.replies import ScanUnfinished
from gateway.roles import Act
from gateway.store import NotDone


async def blank(request: Request) -> Response:
    """The form that takes the mail."""
    await guard.visit(request, Act.ADD_PUBLICATION)
    return _blank(request, Fields({}))


def _blank(request: Request, fields: Fields, status: int = 200) -> Response:
    return render(request, "circulation.html", status, fields=fields, problems=fields.problems)


async def read(request: Request) -> Response:
    """The entry that the mail proposes; nothing is registered yet."""
    seen = await guard.visit(request, Act.ADD_PUBLICATION)
    form = await guard.form(request)
    fields = Fields({})
    chosen = form.file("mail")
    if chosen is None:
        fields.wrong("mail", "Choose the mail, saved as .eml")
        return _blank(request, fields, 400)
    desk = desk_of(request)
    try:
        draft = await _read(desk, chosen.data)
    except NotAMail as error:
        fields.wrong("mail", f"“{line(chosen.name)}” {error}")
        return _blank(request, fields, 400)
    except ScanUnfinished:
        fields.wrong("mail", "The mail could not be opened just now. Try again in a minute")
        return _blank(request, fields, 503)
    token = desk.proposals.keep(seen.address, draft, desk.now())
    return _proposal(request, token, draft, _proposed(draft, desk, seen))


async def _read(desk: Desk, content: bytes) -> Draft:
    found = await asyncio.to_thread(circulation.attachments, content)
    message = await desk.read_mail(content)
    traces: list[Traced] = []
    for one in found:
        if not one.picture:
            traces += await _traced(desk, Upload(one.name, one.data))
    arguments = (content, desk.zone, desk.now(), desk.rules, desk.keys.trace_key)
    return await asyncio.to_thread(circulation.read, *arguments, message=message, traces=traces)


async def _traced(desk: Desk, attachment: Upload) -> list[Traced]:
    try:
        return [await document_pages.traced(desk, attachment)]
    except Empty:
        return []


def _proposed(draft: Draft, desk: Desk, seen: Visit) -> Fields:
    """The form filled in with what the mail says."""
    when = draft.publishes_at.astimezone(desk.zone) if draft.publishes_at is not None else None
    return Fields(
        {
            "title": draft.title,
            "id": proposed(draft.title),
            "publish-date": f"{when:%Y-%m-%d}" if when else "",
            "publish-time": f"{when:%H:%M}" if when else "",
            "lead": seen.address,
        }
    )


def _proposal(request: Request, token: str, draft: Draft, fields: Fields, status: int = 200) -> Response:
    desk = desk_of(request)
    look = Look(desk.now(), desk.zone)
    return render(
        request,
        "circulation_draft.html",
        status,
        fields=fields,
        problems=fields.problems,
        doubts=draft.problems,
        sender=shown(draft.sender) if draft.sender is not None else "",
        sent=look.time(draft.sent_at) if draft.sent_at is not None else "",
        people=[
            (shown(one.address), one.name, access_facts.KINDS[one.kind], one.reason) for one in draft.grants
        ],
        documents=list(map(document_pages.shown, draft.traces)),
        token=token,
    )


async def take(request: Request) -> Response:
    """Register what was proposed, with what the person says of it."""
    seen = await guard.visit(request, Act.ADD_PUBLICATION)
    desk = desk_of(request)
    fields = await posted(request)
    token = fields.raw("draft")
    draft = desk.proposals.fetch(seen.address, token, desk.now())
    if draft is None:
        fields.wrong("mail", "Choose the mail once more")
        return _blank(request, fields, 400)
    said = _said(draft, fields, desk, seen)
    if fields.problems:
        return _proposal(request, token, draft, fields, 400)
    key, lead, producer = fields.raw("id"), fields.address("lead", ""), fields.raw("producer")
    try:
        arguments = (desk.keys, said, key, lead, producer, seen.address, desk.now())
        await desk.stored(circulation.register, *arguments)
    except NotDone as refusal:
        fields.wrong("id", "; ".join(refusal.problems))
        return _proposal(request, token, draft, fields, 400)
    return see_other(f"/publications/{key}")


def _said(draft: Draft, fields: Fields, desk: Desk, seen: Visit) -> Draft:
    """The draft as the person says it is."""
    named = titled(fields)
    when = to_come(fields, "publish", desk.zone, desk.now())
    fields.line("producer", "Enter the department that makes it", 200)
    lead = fields.address("lead", "Enter the address of the lead here")
    if not PUBLICATION_ID.match(fields.raw("id")):
        fields.wrong("id", "Use lower-case letters, digits and hyphens, at most 64, such as cla-2018")
    head = seen.may_for(Act.ADD_PUBLICATION, None)
    if lead and not head and seen.staff.person(lead) != seen.staff.person(seen.address):
        fields.wrong("lead", "You must be the lead yourself")
    return draft.said(named, when)


_HERE = "/register/from-mail"
ROUTES = [
    Route(_HERE, blank),
    Route(_HERE, read, methods=["POST"]),
    Route(f"{_HERE}/take", take, methods=["POST"]),
]
