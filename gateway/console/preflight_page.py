"""Pre-flight: somebody hands over a draft and its recipients, and sees what would become of it.

Nothing is sent, nothing is stored, and nothing is logged of it; it is gone with the answer.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.address import canonical
from gateway.console import guard, preflight_facts
from gateway.console.desk import Desk, desk_of
from gateway.console.fields import Fields
from gateway.console.forms import Form
from gateway.console.guard import Visit
from gateway.console.preflight_facts import Facts, Sight
from gateway.console.publication_facts import Look
from gateway.console.rendering import render
from gateway.header_envelope import envelope
from gateway.message.names import describe
from gateway.model import Envelope, Message
from gateway.preflight import File, compose, foresee, people
from gateway.replies import ScanUnfinished
from gateway.roles import Act

_MOST_PEOPLE = 1000


@dataclass(frozen=True, slots=True)
class Draft:
    """What was handed over: the mail that it makes, and its envelope."""

    content: bytes
    envelope: Envelope


async def blank(request: Request) -> Response:
    """The empty form; the sender is whoever asks."""
    seen = await guard.visit(request, Act.PREFLIGHT)
    return _form(request, Fields({"sender": seen.address}))


def _form(request: Request, fields: Fields, status: int = 200) -> Response:
    return render(request, "preflight.html", status, fields=fields, problems=fields.problems)


async def check(request: Request) -> Response:
    """What would become of the draft now."""
    seen = await guard.visit(request, Act.PREFLIGHT)
    form = await guard.form(request)
    fields = Fields({name: form.text(name) for name in ("recipients", "sender", "text")})
    draft = await asyncio.to_thread(_draft, form, fields)
    if draft is None:
        return _form(request, fields, 400)
    desk = desk_of(request)
    try:
        message = await desk.read_mail(draft.content)
    except ScanUnfinished:
        fields.wrong("files", "The files could not be opened just now. Try again in a minute")
        return _form(request, fields, 503)
    found = await asyncio.to_thread(_decided, desk, seen, draft, message)
    return render(request, "preflight_answer.html", facts=found, fields=fields, sender=draft.envelope.sender)


def _draft(form: Form, fields: Fields) -> Draft | None:
    """The draft of a form; None, with problems, where it is none."""
    files = [File(one.name, one.data) for one in form.files("files")]
    if not files and not form.text("text"):
        fields.wrong("files", "Choose the draft, or paste its text below")
    found = people(form.text("recipients"))
    for problem in found.problems:
        fields.wrong("recipients", problem)
    if len(found.addresses) > _MOST_PEOPLE:
        fields.wrong("recipients", f"At most {_MOST_PEOPLE} recipients are taken")
    sender = form.text("sender").strip("<>")
    if sender and canonical(sender) is None:
        fields.wrong("sender", "Enter the address of the sender, or leave it empty")
    if fields.problems:
        return None
    content = compose(form.text("text"), files)
    return Draft(content, envelope(content, sender or None, found.addresses))


def _decided(desk: Desk, seen: Visit, draft: Draft, message: Message) -> Facts:
    register, now = desk.register(), desk.now()
    policy = desk.settings.policy.values
    decision = foresee(desk.rules, message, draft.envelope, register, policy, now)
    visible = frozenset(key for key in register.publications if seen.may_for(Act.SEE_PUBLICATION, key))
    whys = {rule.id: rule.why for rule in desk.rules.rules}
    _, attachments = describe(draft.content)
    sight = Sight(register, visible, whys, attachments, Look(now, desk.zone))
    return preflight_facts.facts(decision, message, sight)


ROUTES = [Route("/pre-flight", blank), Route("/pre-flight", check, methods=["POST"])]
