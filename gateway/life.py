"""What time does to publications: public pages are looked for, overdue ones nagged about, stale keys destroyed.

All of it goes by the trusted clock: while that stands still, nothing new falls due.  Several offices on one store may
do this side by side, as the store lets each step happen once.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache, partial
from importlib.metadata import version
from typing import TypeVar

import httpx

from gateway import metrics
from gateway.clock import Clock
from gateway.config import Settings
from gateway.model import LiveBy, Publication, State
from gateway.rounds import Rounds
from gateway.store import NotDone, lives, publications
from gateway.store.database import Database
from gateway.store.lives import Due
from gateway.trust import Statement

T = TypeVar("T")

KEYS_LAST = timedelta(hours=24)
"""How long after its planned time an unconfirmed publication keeps its key: until then a slip can be undone."""
_PATIENCE = 10.0
"""Seconds for one look at a public page."""
_PAGE_LATE = timedelta(minutes=1)
"""How long a public page may take to appear before the lead is nagged about it."""
_REMEMBER = timedelta(minutes=1)
_AT_ONCE = 8
_PUBLIC = 200


class Life(Rounds):
    """The rounds; `clock` says what has come for certain."""

    kind = "clock"

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        super().__init__(_AT_ONCE)
        self._database = database
        self._poll_every = settings.clock.poll_url_every
        self._nag_every = settings.alerts.nag_every
        self._clock = clock
        self._looked: dict[str, datetime] = {}
        self._remembered: datetime | None = None
        self._complaint = ""

    def _now(self) -> datetime:
        return self._clock.now()

    async def _begin(self, now: datetime) -> None:
        said = self._clock.look()
        await self._remember(said)
        overdue = await self._stored(lives.due, now)
        for each in overdue:
            if each.publication.live_by is LiveBy.URL:
                self._look_for_page(each.publication, now, said.latest)
            if self._stale(each, now):
                await self._destroy(each.publication.id, now)
            if self._wants_nag(each, now):
                await self._stored(lives.nag, each, self._nag_every, now)
        self._looked = {each.publication.id: when for each in overdue if (when := self._last_look(each))}

    async def _next(self) -> datetime | None:
        return await self._stored(lives.next_planned, self._now())

    async def _stored(self, call: Callable[..., T], *arguments: object) -> T:
        return await asyncio.to_thread(call, self._database, *arguments)

    async def _remember(self, said: Statement) -> None:
        """Keep the time for the next start, once a minute while it is trusted; say so once when it is not."""
        if said.complaint != self._complaint:
            self._complaint = said.complaint
            problem = f"the clock {said.complaint}" if said.complaint else "none any more"
            self._log.warning("clock", trusted=said.trusted, problem=problem)
            metrics.ERRORS.labels(self.kind).inc(bool(said.complaint))
        if said.trusted and (self._remembered is None or abs(said.now - self._remembered) >= _REMEMBER):
            await self._stored(lives.remember_trusted, said.now)
            self._remembered = said.now

    def _last_look(self, overdue: Due) -> datetime | None:
        return self._looked.get(overdue.publication.id)

    def _look_for_page(self, publication: Publication, now: datetime, at: datetime) -> None:
        # The time that stands still while the clock is not trusted would end the looking.
        last = self._looked.get(publication.id)
        due = last is None or abs(at - last) >= self._poll_every
        if publication.state is not State.PAUSED and due and publication.id not in self._busy:
            self._looked[publication.id] = at
            self._start(publication.id, self._confirm(publication, now))

    async def _confirm(self, publication: Publication, now: datetime) -> None:
        """Look for the public page, and confirm the publication where it answers."""
        status = await _status(publication.url or "")
        self._log.info("page", publication=publication.id, status=status)
        if status == _PUBLIC:
            # Whoever postponed or paused it while the page was looked at knows better than the page.
            await self._once(partial(publications.go_live, seen=publication), publication.id, "url", now)

    async def _once(self, change: Callable[..., object], *arguments: object) -> None:
        """Make a change that another office, or a person, may just have made."""
        try:
            await self._stored(change, *arguments)
        except NotDone as error:
            self._log.info("done already", problem=error.problems[0])

    @staticmethod
    def _stale(overdue: Due, now: datetime) -> bool:
        publication = overdue.publication
        over = publication.live_by is LiveBy.CLOCK and not publication.embargoed(now)
        return over and overdue.has_key and now - publication.publishes_at >= KEYS_LAST

    async def _destroy(self, publication: str, now: datetime) -> None:
        await self._once(lives.destroy_keys, publication, "clock", now)

    def _wants_nag(self, overdue: Due, now: datetime) -> bool:
        """Whether somebody must act: the embargo goes on for nothing, or mail waits for a word."""
        publication = overdue.publication
        if overdue.nagged_at is not None and now - overdue.nagged_at < self._nag_every:
            return False
        if publication.live_by is LiveBy.URL and now - publication.publishes_at < _PAGE_LATE:
            return False
        return publication.embargoed(now) or overdue.waiting > 0


async def _status(url: str) -> int | None:
    """The status that a page answers with, no redirect followed and no body read; None where it does not answer."""
    headers = {"User-Agent": f"embargo-gateway/{version('embargo-gateway')}", "Cache-Control": "no-cache"}
    try:
        async with (
            asyncio.timeout(_PATIENCE),
            httpx.AsyncClient(verify=_authorities(), follow_redirects=False, timeout=_PATIENCE) as client,
            client.stream("GET", url, headers=headers) as answer,
        ):
            return answer.status_code
    except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError):
        return None


@cache
def _authorities() -> ssl.SSLContext:
    """Whose certificates count: read once, because it takes a tenth of a second of the office's time."""
    return httpx.create_ssl_context()
