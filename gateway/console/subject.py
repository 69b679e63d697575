"""The publication that a page is about: looked up in the store, for whoever may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from gateway.console import guard
from gateway.console.desk import Desk, desk_of
from gateway.console.fields import Fields
from gateway.console.guard import Visit
from gateway.console.publication_facts import Line, Look, line
from gateway.console.refusals import NotFound
from gateway.console.rendering import render
from gateway.model import Publication
from gateway.roles import Act
from gateway.store import NotDone, overview, publications
from gateway.store.overview import Numbers


@dataclass(frozen=True, slots=True)
class Subject:
    """A publication, who asks about it, and when."""

    request: Request
    desk: Desk
    seen: Visit
    publication: Publication
    numbers: Numbers
    now: datetime

    @property
    def id(self) -> str:
        """The publication's id."""
        return self.publication.id

    @property
    def actor(self) -> str:
        """Who asks, as the record names them."""
        return self.seen.address

    @property
    def look(self) -> Look:
        """How its times are told."""
        return Look(self.now, self.desk.zone)

    @property
    def line(self) -> Line:
        """Its title, phase, countdown and warnings."""
        return line(self.publication, self.numbers, self.look)

    def may(self, act: Act) -> bool:
        """Whether whoever asks may do this with it."""
        return self.seen.may_for(act, self.id)

    def page(self, template: str, status: int = 200, **facts: object) -> Response:
        """A page about it."""
        return render(
            self.request, template, status, publication=self.publication, line=self.line, about=self, **facts
        )


async def subject(request: Request, act: Act) -> Subject:
    """The publication of the request's path; raises NotFound, NotAllowed for who may not do `act`."""
    seen = await guard.visit(request)
    key = str(request.path_params["id"])
    seen.need_for(act, key)
    desk = desk_of(request)
    try:
        publication = await desk.stored(publications.get, key)
    except NotDone:
        raise NotFound from None
    numbers = await desk.stored(overview.numbers)
    return Subject(request, desk, seen, publication, numbers.get(key, Numbers()), desk.now())


async def posted(request: Request) -> Fields:
    """The texts of the posted form, each by its first value."""
    form = await guard.form(request)
    return Fields({name: values[0] for name, values in form.texts.items() if values})
