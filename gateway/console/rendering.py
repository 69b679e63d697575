"""Pages: templates filled in, with everything escaped that is not markup of our own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from gateway.console.assets import ADDRESSES
from gateway.console.desk import desk_of
from gateway.console.guard import Visit
from gateway.letters import form
from gateway.roles import Act

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the navigation: where it leads, what it says, and whose it is."""

    path: str
    text: str
    act: Act


NAVIGATION = (
    Entry("/", "What waits", Act.SEE_WAITING),
    Entry("/incidents", "Incidents", Act.SEE_INCIDENT),
    Entry("/publications", "Publications", Act.SEE_STATES),
    Entry("/pre-flight", "Check a mail", Act.PREFLIGHT),
    Entry("/health", "Health", Act.SEE_HEALTH),
    Entry("/record", "Record", Act.SEE_RECORD),
)


@pass_context
def _moment(context: Context, when: datetime) -> str:
    return form.moment(when, context["zone"])


@pass_context
def _left(context: Context, until: datetime) -> str:
    return form.left(until - context["now"])


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(moment=_moment, left=_left, shown=form.shown, title_line=form.title)
    made.globals.update(asset=ADDRESSES.__getitem__)
    return made


_PAGES = _environment()


def render(request: Request, template: str, status: int = 200, **facts: Any) -> HTMLResponse:
    """A page from a template; beside `facts` it knows `visit`, `navigation`, `path`, `zone` and `now`."""
    seen: Visit | None = getattr(request.state, "visit", None)
    desk = desk_of(request)
    context = {
        "visit": seen,
        "navigation": _navigation(request, seen),
        "path": request.url.path,
        "zone": desk.zone,
        "now": desk.now(),
    }
    return HTMLResponse(_PAGES.get_template(template).render({**context, **facts}), status)


def _navigation(request: Request, seen: Visit | None) -> list[Entry]:
    """Where whoever asks may go."""
    if seen is None:
        return []
    served = {getattr(route, "path", None) for route in request.app.routes}
    return [entry for entry in NAVIGATION if entry.path in served and seen.may(entry.act)]


def see_other(path: str, headers: Mapping[str, str] | None = None) -> RedirectResponse:
    """Go on to another page of ours with a GET: what was posted is not posted again by a reload."""
    return RedirectResponse(path, 303, headers)
