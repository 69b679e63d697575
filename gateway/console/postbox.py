"""The postbox: sign-in links on their way to mailboxes, sent in the background so that no answer tells who is known."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from gateway import log, metrics
from gateway.alerts import Replays
from gateway.config import Settings
from gateway.invitations import link_url
from gateway.letters.sign_in import sign_in
from gateway.model import Envelope, Recipient
from gateway.replies import GatewayError, StoreUnavailable
from gateway.store import sessions
from gateway.store.database import Database

_log = log.get(__name__)
_TRIES = (0.0, 2.0, 10.0, 30.0)
"""Seconds before each try; whoever still waits after that asks again."""
_PATIENCE = 30.0
_MOST = 100
"""Letters under way at one time; more than that is nobody's legitimate wish."""


class Postbox:
    """Mails links to the addresses it is given; whoever calls does not wait."""

    def __init__(self, database: Database, settings: Settings, next_hop: Replays) -> None:
        self._database = database
        self._settings = settings
        self._next_hop = next_hop
        self._under_way: set[asyncio.Task[None]] = set()

    def send_link(self, address: str, path: str) -> None:
        """Have a new link that leads to `path` mailed to `address`."""
        if len(self._under_way) < _MOST:
            task = asyncio.create_task(self._guarded(address, path))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def close(self) -> None:
        """Give up what is under way."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _guarded(self, address: str, path: str) -> None:
        try:
            await self._send(address, path)
        except StoreUnavailable:
            metrics.ERRORS.labels("store").inc()
        except Exception as error:
            _log.error("bug", error=type(error).__name__, trace=log.trace(error))
            metrics.ERRORS.labels("bug").inc()

    async def _send(self, address: str, path: str) -> None:
        now = datetime.now(UTC)
        lasts = self._settings.console.link_lasts
        secret = await asyncio.to_thread(sessions.issue_link, self._database, address, path, now, lasts)
        url = link_url(self._settings, secret)
        content = sign_in(self._settings.alerts.sender, address, url, lasts, now)
        await self._deliver(_envelope(address), content, _TRIES)

    async def _deliver(self, envelope: Envelope, content: bytes, pauses: Sequence[float]) -> None:
        for pause in pauses:
            await asyncio.sleep(pause)
            code = await self._try(envelope, content)
            if code < 400 or code >= 500:
                break
        _log.info("letter", kind="sign-in", count=1, code=code)
        if code >= 400:
            metrics.ERRORS.labels("alert").inc()

    async def _try(self, envelope: Envelope, content: bytes) -> int:
        try:
            async with asyncio.timeout(_PATIENCE):
                (reply,) = await self._next_hop.replay(envelope, content, partial=True)
        except TimeoutError:
            return 451
        except GatewayError as error:
            return error.reply.code
        return reply.code


def _envelope(address: str) -> Envelope:
    plain = address.isascii()
    return Envelope(None, (Recipient(address),), () if plain else ("BODY=8BITMIME", "SMTPUTF8"))
