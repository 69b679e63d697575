"""The application: the pages put together, with the headers and the error pages that all of them share."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway import log, metrics
from gateway.console import (
    access_pages,
    assets,
    calendar_page,
    circulation_page,
    content_page,
    decision_pages,
    document_pages,
    health,
    incident_pages,
    life_pages,
    preflight_page,
    publication_pages,
    record,
    sign_in,
    waiting,
)
from gateway.console.desk import Desk
from gateway.console.refusals import NotFound, Refused, SignInNeeded
from gateway.console.rendering import render, see_other
from gateway.replies import GatewayError
from gateway.store import NotDone

_log = log.get(__name__)

PAGES = (
    *(assets, sign_in, waiting, incident_pages, content_page, decision_pages, health, record),
    *(publication_pages, life_pages, access_pages, document_pages),
    *(calendar_page, preflight_page, circulation_page),
)
"""The modules with pages; each has `ROUTES`."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    # Addresses of pages hold references and, once, the secret of a link.
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
}


def application(desk: Desk) -> Starlette:
    """The console at this desk, as an ASGI application."""
    routes: list[Route] = [route for module in PAGES for route in module.ROUTES]
    handlers: dict[Any, Callable[[Request, Any], Any]] = {
        Refused: _refused,
        SignInNeeded: _to_sign_in,
        NotDone: _not_done,
        GatewayError: _unavailable,
        HTTPException: _no_page,
    }
    https = desk.settings.console.base_url.startswith("https:")
    app = Starlette(routes=routes, exception_handlers=handlers, middleware=[Middleware(Shell, https=https)])
    # A redirect of the router would be made of what the request calls this host.
    app.router.redirect_slashes = False
    app.state.desk = desk
    return app


class Shell:
    """Around every page: the headers, and a plain answer where a page has a bug."""

    def __init__(self, app: ASGIApp, https: bool) -> None:
        self._app = app
        self._headers = {"Cache-Control": "no-store", **HEADERS}
        if https:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back."""
        if scope["type"] != "http":
            return
        began = False

        async def answer(message: Message) -> None:
            nonlocal began
            if message["type"] == "http.response.start":
                began = True
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except Exception as error:
            page = _bug(Request(scope), error)
            if not began:
                await page(scope, receive, answer)


def _bug(request: Request, error: Exception) -> Response:
    """A page that says nothing but where to find the log line, which says nothing of the request."""
    ref = secrets.token_hex(4).upper()
    _log.error("bug", ref=ref, error=type(error).__name__, trace=log.trace(error))
    metrics.ERRORS.labels("bug").inc()
    words = f"Nothing is known to have been changed. If it happens again, quote the reference {ref}."
    try:
        return render(request, "error.html", 500, heading="Something went wrong", words=words)
    except Exception:
        return PlainTextResponse(f"Something went wrong. Reference {ref}.\n", 500)


async def _refused(request: Request, refusal: Refused) -> Response:
    return render(request, "error.html", refusal.status, heading=refusal.heading, words=refusal.words)


async def _to_sign_in(_request: Request, needed: SignInNeeded) -> Response:
    return see_other("/sign-in" if needed.path == "/" else f"/sign-in?{urlencode({'to': needed.path})}")


async def _not_done(request: Request, refusal: NotDone) -> Response:
    words = "; ".join(refusal.problems)
    return render(request, "error.html", 409, heading="This was not done", words=words)


async def _unavailable(request: Request, error: GatewayError) -> Response:
    _log.warning("page not made", error=type(error).__name__, problem=str(error))
    metrics.ERRORS.labels("console").inc()
    words = "The gateway cannot read its records just now. Nothing was changed. Try again in a minute."
    return render(request, "error.html", 503, heading="Not available", words=words)


async def _no_page(request: Request, error: HTTPException) -> Response:
    refusal: Refused = NotFound()
    if error.status_code != 404:
        refusal = Refused(error.status_code, "This cannot be done here", "Go back and try again.")
    answer = await _refused(request, refusal)
    answer.headers.update(error.headers or {})
    return answer
