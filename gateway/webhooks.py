"""Webhooks: what is owed to channels, from owed to sent; tried again like mail.

A channel's URL is a secret that lets anybody write into it: here it is read from the settings for each POST, and no
log line, metric, error or row of the store has it, only the channel's name.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import httpx

from gateway import metrics
from gateway.alerts import back_off, office_name
from gateway.config import Settings
from gateway.incident import Incident
from gateway.letters.webhook import Bearings, News, message
from gateway.rounds import Rounds
from gateway.store import incidents, letters
from gateway.store.database import Database
from gateway.store.letters import Kind, Letter

_PATIENCE = 10.0
"""Seconds for one POST, whatever it waits for."""
_LEASE = timedelta(minutes=2)
_RETRY_FOR = timedelta(hours=24)
_LONGEST_PAUSE = timedelta(minutes=15)
_MAX_GROUP = 500
_AT_ONCE = 4
_AGAIN = frozenset({408, 425, 429})
_NO_ANSWER = "no answer"
_NO_URL = "no URL"


class Webhooks(Rounds):
    """Sends what is owed to the channels of `settings.alerts.webhooks`."""

    kind = "webhook"

    def __init__(self, database: Database, settings: Settings) -> None:
        super().__init__(_AT_ONCE)
        self._database = database
        self._settings = settings.alerts
        self._console = settings.console.base_url
        self._zone = settings.policy.zone
        self._office = office_name()
        self._client = httpx.AsyncClient(timeout=_PATIENCE, follow_redirects=False)

    async def run(self, wake: asyncio.Event) -> None:
        """Work until cancelled."""
        async with self._client:
            await super().run(wake)

    async def _begin(self, now: datetime) -> None:
        due = await asyncio.to_thread(letters.due, self._database, now, webhooks=True)
        for name, batch in _batches(due).items():
            if name not in self._busy:
                await self._turn(name, batch, now)

    async def _turn(self, name: str, batch: Sequence[Letter], now: datetime) -> None:
        last = await asyncio.to_thread(letters.last_sent, self._database, name, Kind.WEBHOOK)
        if last is not None and last + self._settings.group_within > now:
            until = last + self._settings.group_within
            await asyncio.to_thread(letters.put_off, self._database, _ids(batch), until)
        else:
            self._start(name, self._send(name, batch, now, time.monotonic()))

    async def _next(self) -> datetime | None:
        return await asyncio.to_thread(letters.next_due, self._database, webhooks=True)

    def _forget(self) -> None:
        letters.forget_claims(self._database, webhooks=True)

    async def _send(self, name: str, batch: Sequence[Letter], now: datetime, since: float) -> None:
        # A claim from before the wait for a place could be over when it is made: another office would send too.
        now += timedelta(seconds=int(time.monotonic() - since))
        refs = [letter.ref for letter in batch if letter.ref is not None]
        told = await asyncio.to_thread(incidents.load_many, self._database, refs)
        claimed = await asyncio.to_thread(
            letters.claim, self._database, _ids(batch), self._office, now, now + _LEASE
        )
        mine = [letter for letter in batch if letter.id in claimed]
        if not mine:
            return
        answer = await self._post(name, _news(mine, told), now)
        await self._note(name, mine, answer, now)

    async def _post(self, name: str, news: Sequence[News], now: datetime) -> httpx.Response | str:
        """The answer without its body, or why there is none, in words that hold no part of the URL."""
        try:
            webhook = self._settings.webhooks[name]
            url = await asyncio.to_thread(webhook.address)
        except (KeyError, OSError, ValueError):
            return _NO_URL
        body = message(webhook.shape, news, Bearings(self._console, now, self._zone))
        try:
            async with (
                asyncio.timeout(_PATIENCE),
                self._client.stream("POST", url, content=body, headers=_HEADERS) as answer,
            ):
                return answer
        except (TimeoutError, OSError, httpx.HTTPError, httpx.InvalidURL):
            # Whatever these say may quote the URL.
            return _NO_ANSWER

    async def _note(
        self, name: str, batch: Sequence[Letter], answer: httpx.Response | str, now: datetime
    ) -> None:
        ids = _ids(batch)
        code = answer if isinstance(answer, str) else f"HTTP {answer.status_code}"
        sent = isinstance(answer, httpx.Response) and answer.is_success
        late = all(now - letter.created_at >= _RETRY_FOR for letter in batch)
        if sent:
            await asyncio.to_thread(letters.sent, self._database, ids, now)
        elif name not in self._settings.webhooks or _final(answer) or late:
            await asyncio.to_thread(letters.given_up, self._database, ids, code)
        else:
            again = now + _pause(answer, max(letter.attempts for letter in batch))
            await asyncio.to_thread(letters.failed, self._database, ids, again, code)
        self._log.info("webhook", setting=f"alerts.webhooks.{name}", count=len(ids), code=code)
        if not sent:
            metrics.ERRORS.labels(self.kind).inc()


_HEADERS = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "embargo-gateway"}


def _final(answer: httpx.Response | str) -> bool:
    """Whether asking again is of no use: a wrong or revoked URL, a body that is not taken, a way elsewhere."""
    return (
        isinstance(answer, httpx.Response) and answer.status_code < 500 and answer.status_code not in _AGAIN
    )


def _pause(answer: httpx.Response | str, attempts: int) -> timedelta:
    """Until the next attempt: our own patience, or longer where the answer asks for it."""
    asked = answer.headers.get("Retry-After", "") if isinstance(answer, httpx.Response) else ""
    seconds = min(int(asked), 86_400) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0
    return max(back_off(attempts), min(timedelta(seconds=seconds), _LONGEST_PAUSE))


def _news(batch: Sequence[Letter], told: Mapping[str, Incident]) -> list[News]:
    """Each incident once, at the highest level that is asked about it."""
    levels: dict[str, int] = {}
    for letter in batch:
        if letter.ref is not None:
            levels[letter.ref] = max(letter.level, levels.get(letter.ref, 0))
    return [News(told[ref], level) for ref, level in levels.items()]


def _batches(due: Sequence[Letter]) -> dict[str, list[Letter]]:
    batches: dict[str, list[Letter]] = {}
    for letter in due:
        batch = batches.setdefault(letter.address, [])
        if len(batch) < _MAX_GROUP:
            batch.append(letter)
    return batches


def _ids(batch: Sequence[Letter]) -> list[int]:
    return [letter.id for letter in batch]
