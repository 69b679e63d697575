"""The record: the audit log as auditors and the head of profession read it, a page at a time."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.console.desk import desk_of
from gateway.console.guard import visit
from gateway.console.rendering import render
from gateway.roles import Act
from gateway.store import audit

_PAGE = 50


async def record(request: Request) -> Response:
    """Up to 50 entries, the newest first; `before` is the number of the entry above them."""
    await visit(request, Act.SEE_RECORD)
    given = request.query_params.get("before", "")
    before = int(given) if given.isascii() and given.isdigit() and len(given) < 16 else None
    entries = await desk_of(request).stored(audit.entries, before, _PAGE + 1)
    more = entries[_PAGE - 1].seq if len(entries) > _PAGE else None
    return render(request, "record.html", entries=entries[:_PAGE], more=more, first=before is None)


ROUTES = [Route("/record", record)]
