"""The life of a publication by forms: each step says what it does, and is taken only when it is confirmed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.console import publication_facts as facts
from gateway.console.fields import Fields
from gateway.console.publication_facts import Step
from gateway.console.rendering import see_other
from gateway.console.subject import Subject, posted, subject
from gateway.model import Publication, State
from gateway.roles import Act
from gateway.store import publications


@dataclass(frozen=True, slots=True)
class Form:
    """One step: what its page says, which fields it has, and what it does.

    `asks` are among `time`, `window` and `reason`; `warning` makes the button red; `take` does it.
    """

    step: Step
    words: tuple[str, ...]
    button: str
    take: Callable[[Subject, Fields], Awaitable[Publication | None]]
    asks: tuple[str, ...] = ()
    warning: bool = False


async def _plan(about: Subject, fields: Fields) -> Publication | None:
    when = fields.moment("to", about.desk.zone, "The new time")
    if when is not None and when == about.publication.publishes_at:
        fields.wrong("to-date", "It is planned for that time already")
    if when is not None and when <= about.now:
        fields.wrong("to-date", "The new time must lie ahead: nothing is held for one that is past")
    if when is None or fields.problems:
        return None
    return await about.desk.stored(publications.postpone, about.id, when, about.actor, about.now)


async def _live(about: Subject, _fields: Fields) -> Publication:
    return await about.desk.stored(publications.go_live, about.id, about.actor, about.now)


async def _withdraw(about: Subject, _fields: Fields) -> Publication:
    return await about.desk.stored(publications.withdraw, about.id, about.actor, about.now)


async def _pause(about: Subject, fields: Fields) -> Publication | None:
    reason = fields.line("reason", "Say why it is paused")
    if fields.problems:
        return None
    return await about.desk.stored(publications.pause, about.id, reason, about.actor, about.now)


async def _resume(about: Subject, _fields: Fields) -> Publication:
    return await about.desk.stored(publications.resume, about.id, about.actor, about.now)


async def _take(about: Subject, _fields: Fields) -> Publication:
    return await about.desk.stored(publications.take, about.id, about.actor, about.now)


async def _reissue(about: Subject, fields: Fields) -> Publication | None:
    zone = about.desk.zone
    when = fields.moment("to", zone, "The time of the new edition")
    opens = fields.moment("opens", zone, "The beginning of early access", needed=False)
    if when is not None and when <= about.now:
        fields.wrong("to-date", "The time of the new edition must lie ahead")
    if when is not None and opens is not None and opens >= when:
        fields.wrong("opens-date", "Early access must begin before the planned time")
    if when is None or fields.problems:
        return None
    arguments = (about.desk.keys, about.id, when, opens, about.actor, about.now)
    return await about.desk.stored(publications.reissue, *arguments)


FORMS = (
    Form(
        facts.PLAN,
        (
            "The embargo then lasts until the new time. Access list and documents stay as they are.",
            "A warning in a mail that names the old time still belongs to this publication.",
        ),
        "Change the time",
        _plan,
        ("time",),
    ),
    Form(
        facts.LIVE,
        (
            "Do this once everybody can read it where it is published.",
            "The embargo ends at once, for everybody. What was registered of it is destroyed, so that the embargo "
            "cannot be put back: a new edition would have to be registered anew.",
        ),
        "It is public: end the embargo",
        _live,
        warning=True,
    ),
    Form(
        facts.WITHDRAW,
        (
            "The embargo ends although nothing was published: nothing of it is held any more.",
            "To keep it under embargo, postpone it or pause it instead.",
        ),
        "Withdraw it and end the embargo",
        _withdraw,
        warning=True,
    ),
    Form(
        facts.PAUSE,
        ("The embargo goes on, beyond the planned time too, until somebody resumes it.",),
        "Pause it",
        _pause,
        ("reason",),
    ),
    Form(
        facts.RESUME,
        ("The planned time counts again. If that has passed, plan another time first.",),
        "Resume it",
        _resume,
    ),
    Form(
        facts.TAKE,
        ("From now on everybody on its access list may have it, as the list says.",),
        "Take it",
        _take,
    ),
    Form(
        facts.REISSUE,
        (
            "A new edition comes under embargo under the same name: lead, deputies and team keep their access.",
            "Everybody else must be listed again, and the documents of the new edition registered.",
        ),
        "Put the new edition under embargo",
        _reissue,
        ("time", "window"),
    ),
)
_BY_PATH = {form.step.path: form for form in FORMS}


def _shown(about: Subject, form: Form, fields: Fields, status: int = 200) -> Response:
    step = form.step
    if step is facts.PLAN and about.publication.state is State.WITHDRAWN:
        step = facts.AGAIN
    return about.page(
        "life.html",
        status,
        form=form,
        step=step,
        fields=fields,
        problems=fields.problems,
        seen=version(about.publication),
    )


async def ask(request: Request) -> Response:
    """The page of a step; 409 in plain words where the publication is no longer in a state for it."""
    about = await subject(request, Act.CHANGE_PUBLICATION)
    form = _BY_PATH[request.url.path.rpartition("/")[2]]
    if form.step.path not in {step.path for step in facts.steps(about.publication, about.now)}:
        return _not_now(about, form)
    usual = about.publication.publishes_at.astimezone(about.desk.zone)
    return _shown(about, form, Fields({"to-time": f"{usual:%H:%M}"}))


async def take(request: Request) -> Response:
    """Take a step, and go back to the publication."""
    about = await subject(request, Act.CHANGE_PUBLICATION)
    form = _BY_PATH[request.url.path.rpartition("/")[2]]
    fields = await posted(request)
    if fields.raw("seen") != version(about.publication):
        return _not_now(about, form)
    if await form.take(about, fields) is None:
        return _shown(about, form, fields, 400)
    about.desk.wake()
    return see_other(f"/publications/{about.id}")


def version(publication: Publication) -> str:
    """What a form was about: state and plan; a form that was shown before these changed is not carried out."""
    times = (publication.publishes_at, *publication.former_times)
    return " ".join(
        [publication.state.value, str(publication.reissues), *(str(int(when.timestamp())) for when in times)]
    )


def _not_now(about: Subject, form: Form) -> Response:
    return about.page("life_stale.html", 409, step=form.step)


ROUTES = [
    Route(f"/publications/{{id}}/{form.step.path}", endpoint, methods=[method])
    for form in FORMS
    for endpoint, method in ((ask, "GET"), (take, "POST"))
]
