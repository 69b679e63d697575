"""The two cookies: of a session, and of the door (the page of a sign-in link).

Neither can be read by a script nor is it sent from anybody else's page.  By https their names say that only this very
host can have set them.
"""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from gateway.console.desk import desk_of

SESSION = "embargo"
DOOR = "embargo-door"
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}\Z")


def name_of(request: Request, word: str) -> str:
    """The name of a cookie: with the prefix by which browsers bind it to this host where it goes by https."""
    return f"__Host-{word}" if _https(request) else word


def secret_in(request: Request, word: str) -> str | None:
    """The secret that the browser brings in a cookie, if it has the form of one; nothing is known of it yet."""
    brought = request.cookies.get(name_of(request, word), "")
    return brought if _SECRET.match(brought) else None


def give(request: Request, answer: Response, word: str, secret: str) -> None:
    """Have the browser keep a secret until it is closed."""
    name = name_of(request, word)
    answer.set_cookie(name, secret, path="/", secure=_https(request), httponly=True, samesite="strict")


def take(request: Request, answer: Response, word: str) -> None:
    """Have the browser forget it."""
    name = name_of(request, word)
    answer.delete_cookie(name, path="/", secure=_https(request), httponly=True, samesite="strict")


def _https(request: Request) -> bool:
    return desk_of(request).settings.console.base_url.startswith("https:")
