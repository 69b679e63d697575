"""How the gateway is: workers, store, register, alerts, the oldest hold, the record's head and the clock."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.console.desk import desk_of
from gateway.console.guard import visit
from gateway.console.rendering import render
from gateway.roles import Act


async def health(request: Request) -> Response:
    """The state of the gateway in counts and times; nothing about anybody's mail."""
    await visit(request, Act.SEE_HEALTH)
    return render(request, "health.html", health=desk_of(request).health())


ROUTES = [Route("/health", health)]
