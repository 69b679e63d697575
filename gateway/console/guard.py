"""The guard: who asks, what they may, and whether a form came from our own page.

Somebody is known by a session that a mailed link began, or by what a reverse proxy says.  Where `console.proxy` is set
the proxy alone is believed, and only by the address that the request really comes from: everybody else is turned away,
and no link signs in.  Roles are looked up anew for every request.
"""

from __future__ import annotations

import asyncio
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from starlette.requests import Request

from gateway import roles
from gateway.address import AddressError, typed
from gateway.console import cookies, forms
from gateway.console.desk import Desk, desk_of
from gateway.console.forms import Form
from gateway.console.refusals import Distrusted, NotAllowed, NotFound, Refused, SignInNeeded
from gateway.incident import Incident
from gateway.roles import Act, Eligible, Role, Staff
from gateway.store import sessions

_PATH = re.compile(r"/(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*/?)*\Z")
_LONGEST_PATH = 200


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks: an address, its roles anywhere, and what it may; `token` belongs into every form of the page."""

    address: str
    roles: frozenset[Role]
    staff: Staff = field(repr=False)
    token: str = field(repr=False)
    by_proxy: bool
    eligible: Eligible = field(repr=False)

    def may(self, act: Act) -> bool:
        """Whether they may do this for any publication at all."""
        return not roles.MAY[act].isdisjoint(self.roles)

    def may_for(self, act: Act, publication: str | None) -> bool:
        """Whether they may do this for one publication (id; None: one that nobody registered)."""
        return roles.may_for(self.address, act, publication, self.staff)

    def may_about(self, act: Act, incident: Incident) -> bool:
        """Whether they may see this of an incident."""
        return roles.may_about(self.address, act, incident, self.staff)

    def own_mail(self, incident: Incident) -> bool:
        """Whether they sent the mail themselves."""
        return roles.own_mail(self.address, incident, self.staff)

    def on_behalf(self, incident: Incident) -> frozenset[str | None]:
        """The publications of an incident for which they may decide about it now."""
        return roles.on_behalf(self.address, incident, self.staff)

    def may_see_content(self, incident: Incident) -> bool:
        """Whether they may see what the mail contains."""
        return roles.may_see_content(self.address, incident, self.staff, self.eligible)

    def need(self, act: Act) -> None:
        """Raise NotAllowed unless they may do this at all."""
        if not self.may(act):
            raise NotAllowed(f"Your role does not allow you to {act.value}.")

    def need_for(self, act: Act, publication: str | None) -> None:
        """Raise NotFound where they may not even see the publication, NotAllowed where they may not do this."""
        if not self.may_for(Act.SEE_PUBLICATION, publication):
            raise NotFound
        if not self.may_for(act, publication):
            raise NotAllowed(f"Your role does not allow you to {act.value}.")


async def visit(request: Request, act: Act | None = None) -> Visit:
    """Who asks; raises SignInNeeded where nobody does, NotAllowed unless they may do `act` (anywhere)."""
    known: Visit | None = getattr(request.state, "visit", None)
    if known is None:
        known = request.state.visit = await _visit(request)
    if act is not None:
        known.need(act)
    return known


async def form(request: Request) -> Form:
    """The form that somebody posted from one of our pages; raises Distrusted, TooLarge, BadForm."""
    seen = await visit(request)
    check_origin(request)
    if request.headers.get("content-type", "").lower().startswith("multipart/"):
        desk = desk_of(request)
        # Uploads are held in memory, so they wait for each other; a decision waits for none of them.
        async with desk.uploads:
            posted = await forms.read(request, desk.settings.console.max_upload_bytes)
    else:
        posted = await forms.read(request, forms.PLAIN_BYTES)
    if not hmac.compare_digest(posted.text("token").encode(), seen.token.encode()):
        raise Distrusted
    return posted


async def _visit(request: Request) -> Visit:
    desk = desk_of(request)
    if desk.settings.console.proxy:
        await desk.refresh()
        address = proxied(request)
        return _known(desk, address, f"proxy {address}", by_proxy=True)
    secret = cookies.secret_in(request, cookies.SESSION)
    address_or_none = await asyncio.to_thread(_resume, desk, secret) if secret is not None else None
    if secret is None or address_or_none is None:
        raise SignInNeeded(_return_path(request))
    return _known(desk, address_or_none, f"session {secret}", by_proxy=False)


def _resume(desk: Desk, secret: str) -> str | None:
    desk.snapshot.refresh()
    return sessions.resume(desk.database, secret, desk.now(), desk.settings.console.idle)


def _known(desk: Desk, address: str, about: str, *, by_proxy: bool) -> Visit:
    staff = desk.staff()
    token = form_token(desk, about)
    return Visit(address, roles.roles_of(address, staff), staff, token, by_proxy, desk.eligible)


def form_token(desk: Desk, about: str) -> str:
    """What a form must bring back: it can be made only here, and is good for this one session only."""
    return hmac.digest(desk.form_key, about.encode("utf-8", "surrogatepass"), sha256).hex()


def proxied(request: Request) -> str:
    """The address that the reverse proxy says somebody has; raises Refused for a request that came past it."""
    console = desk_of(request).settings.console
    peer = peer_of(request)
    if peer is None or not any(ip_address(peer) in network for network in console.proxy):
        raise Refused(
            403, "Not this way", "Use the address under which your organisation offers this console."
        )
    said = request.headers.getlist(console.identity_header)
    try:
        (only,) = said
        return typed(only)
    except (ValueError, AddressError):
        raise Refused(
            403, "You are not signed in", "Your organisation's sign-in did not say who you are."
        ) from None


def peer_of(request: Request) -> str | None:
    """The IP address at the other end of the connection itself; what headers claim is of no interest."""
    try:
        peer = ip_address(request.client.host) if request.client is not None else None
    except ValueError:
        return None
    mapped = peer.ipv4_mapped if isinstance(peer, IPv6Address) else None
    return str(mapped or peer) if peer is not None else None


def check_origin(request: Request, *, by_hand: bool = False) -> None:
    """Raise Distrusted where the browser says that a form came from somebody else's page.

    `by_hand`: a browser that says where a request came from must also say that a person caused it.  An `Origin` of
    `null` is what our own pages send: they tell nobody where a link was followed.
    """
    origin = request.headers.get("origin", "null")
    if origin not in ("null", origin_of(desk_of(request).settings.console.base_url)):
        raise Distrusted
    site = request.headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        raise Distrusted
    if by_hand and site is not None and request.headers.get("sec-fetch-user") != "?1":
        raise Distrusted


def says_where(request: Request) -> bool:
    """Whether the browser says where a request came from: by HTTPS all do, a plain HTTP client does not."""
    return "sec-fetch-site" in request.headers


def origin_of(url: str) -> str:
    """Scheme and authority of a URL as browsers write an origin: lower case, no default port."""
    parts = urlsplit(url)
    port = "" if parts.port in (None, {"http": 80, "https": 443}.get(parts.scheme)) else f":{parts.port}"
    host = parts.hostname or ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def safe_path(path: str) -> str:
    """A path of ours to go on to; `/` for anything that might lead elsewhere."""
    return path if len(path) <= _LONGEST_PATH and _PATH.match(path) else "/"


def _return_path(request: Request) -> str:
    """The page that was asked for; for a form the thing that it is about."""
    path = request.url.path
    return path if request.method in ("GET", "HEAD") else "/".join(path.split("/")[:3])


def visible(seen: Visit, incidents: list[Incident]) -> Iterator[Incident]:
    """Those among the incidents that somebody may see."""
    return (incident for incident in incidents if seen.may_about(Act.SEE_INCIDENT, incident))
