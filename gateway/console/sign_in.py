"""Signing in by a mailed link, and out.

Mail scanners open links, some run scripts and press buttons.  So opening a link changes nothing, however often; the
button on its page posts a token that goes with a cookie of the same browser, and a browser must say that a person
pressed it.  One that cannot say so, and a scanner that sends every form it sees, is asked for the address that the link
was mailed to.  Asking for a link is answered with the same words for everybody; whether a mail goes out decides itself
afterwards.  Nothing that strangers do keeps a link from working.
"""

from __future__ import annotations

import hmac
import secrets
import time
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway import roles
from gateway.address import AddressError, canonical, typed
from gateway.console import cookies, forms
from gateway.console.cookies import DOOR, SESSION
from gateway.console.desk import Desk, desk_of
from gateway.console.forms import Form
from gateway.console.guard import check_origin, form, form_token, safe_path, says_where, visit
from gateway.console.refusals import Distrusted, Refused
from gateway.console.rendering import render, see_other
from gateway.console.sparing import Sparing
from gateway.store import sessions
from gateway.store.sessions import Link

_WITHIN = timedelta(minutes=15)
_LINKS = 6
"""Links that one mailbox gets within that time by asking; more than one of them is still good then."""
_SMALL = 4096
"""Bytes of a form that somebody may post who is not signed in."""


async def ask(request: Request) -> Response:
    """The page that asks for an address; behind a proxy there is nothing to ask."""
    to = safe_path(request.query_params.get("to", "/"))
    if desk_of(request).settings.console.proxy:
        await visit(request)
        return see_other(to)
    return render(request, "sign_in.html", to=to, problem="")


async def asked(request: Request) -> Response:
    """Somebody wants a link: the same answer for everybody, at once."""
    posted = await _posted(request)
    to = safe_path(posted.text("to"))
    address = posted.text("address")
    if "@" not in address:
        return render(request, "sign_in.html", 400, to=to, problem="Enter your e-mail address")
    await _mail_link(desk_of(request), address, to)
    return render(request, "sign_in_sent.html")


async def _mail_link(desk: Desk, address: str, path: str) -> None:
    """Mail a link to whoever has a role here, not too often; nobody hears whether."""
    await desk.refresh()
    try:
        mailbox = typed(address)
    except AddressError:
        return
    if roles.roles_of(mailbox, desk.staff()) and _mailboxes(desk).allow(mailbox, time.monotonic()):
        desk.postbox.send_link(mailbox, path)


async def opened(request: Request) -> Response:
    """The page of a link: what it would do, and the button that does it.  Changes nothing."""
    secret = request.path_params["secret"]
    if desk_of(request).settings.console.proxy:
        return see_other("/")
    link = await desk_of(request).stored(sessions.find_link, secret)
    door = cookies.secret_in(request, DOOR) or secrets.token_urlsafe(32)
    answer = _page(request, link, _door_token(request, door), named=says_where(request))
    cookies.give(request, answer, DOOR, door)
    return answer


def _page(
    request: Request, link: Link | None, token: str, *, named: bool = True, problem: str = ""
) -> Response:
    """What a link's page says: a button to sign in, or, where the link is over, one that mails a fresh link.

    `named`: it says whom it signs in; else it asks for the address.
    """
    if link is None:
        return render(
            request, "sign_in.html", 404, to="/", problem="This link is not known. Ask for a new one."
        )
    good = link.good(desk_of(request).now())
    status = (400 if problem else 200) if good else 410
    facts = {"link": link, "good": good, "token": token, "named": named, "problem": problem}
    return render(request, "sign_in_link.html", status, **facts)


async def used(request: Request) -> Response:
    """The button was pressed: a new session, once."""
    secret, desk = request.path_params["secret"], desk_of(request)
    token, address = await _pressed(request)
    await desk.refresh()
    link = await desk.stored(sessions.find_link, secret)
    if link is not None and not roles.roles_of(link.address, desk.staff()):
        raise Refused(
            403, "You have no role here", "You are no lead, deputy, operator or auditor of this gateway."
        )
    if link is not None and link.good(desk.now()) and not _by_person(request, address, link):
        problem = "Enter the address that the link was mailed to"
        return _page(request, link, token, named=False, problem=problem)
    lasts, before = desk.settings.console.session_lasts, cookies.secret_in(request, SESSION)
    session = await desk.stored(sessions.use_link, secret, desk.now(), lasts, before)
    if link is None or session is None:
        return _page(request, await desk.stored(sessions.find_link, secret), token)
    answer = see_other(safe_path(link.path))
    cookies.give(request, answer, SESSION, session)
    cookies.take(request, answer, DOOR)
    return answer


async def again(request: Request) -> Response:
    """A link that is over: mail a fresh one to the same mailbox."""
    await _pressed(request)
    desk = desk_of(request)
    link = await desk.stored(sessions.find_link, request.path_params["secret"])
    if link is not None:
        await _mail_link(desk, link.address, safe_path(link.path))
    return render(request, "sign_in_sent.html")


async def out(request: Request) -> Response:
    """Sign out: the session ends here, not only in the browser."""
    await form(request)
    secret = cookies.secret_in(request, SESSION)
    if secret is not None:
        await desk_of(request).stored(sessions.end, secret, desk_of(request).now())
    request.state.visit = None
    answer = render(request, "signed_out.html")
    cookies.take(request, answer, SESSION)
    return answer


def _by_person(request: Request, address: str, link: Link) -> bool:
    """Whether the browser says so (`_pressed` has looked at what it says), or whoever it is knows whose link it is."""
    form = canonical(address)
    return says_where(request) or (form is not None and form == canonical(link.address))


async def _pressed(request: Request) -> tuple[str, str]:
    """Make sure that this browser was shown the page whose button was pressed; its token, and the address typed."""
    posted = await _posted(request, by_hand=True)
    door = cookies.secret_in(request, DOOR)
    token = _door_token(request, door) if door is not None else ""
    if not token or not hmac.compare_digest(posted.text("token").encode(), token.encode()):
        raise Distrusted
    return token, posted.text("address")


async def _posted(request: Request, *, by_hand: bool = False) -> Form:
    """A form of somebody who is not signed in: small, and from our own page."""
    if desk_of(request).settings.console.proxy:
        raise Refused(
            403, "Not this way", "Use the address under which your organisation offers this console."
        )
    check_origin(request, by_hand=by_hand)
    return await forms.read(request, _SMALL)


def _mailboxes(desk: Desk) -> Sparing:
    # Clients are not counted: behind a proxy or a firewall a stranger would use up everybody's attempts.
    return desk.sparing.setdefault("mailbox", Sparing(_LINKS, _WITHIN))


def _door_token(request: Request, door: str) -> str:
    return form_token(desk_of(request), f"door {door} {request.path_params['secret']}")


ROUTES = [
    Route("/sign-in", ask),
    Route("/sign-in", asked, methods=["POST"]),
    Route("/sign-in/{secret}", opened),
    Route("/sign-in/{secret}", used, methods=["POST"]),
    Route("/sign-in/{secret}/again", again, methods=["POST"]),
    Route("/sign-out", out, methods=["POST"]),
]
