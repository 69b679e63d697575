"""Releases carried out: held mail goes to those it was released to, split mail to its eligible recipients.

The next hop's answer decides: 2xx ends the wait, 4xx and a lost connection are tried again until the retry
time is over, 5xx becomes a report to the sender.  Nobody is marked as reached before the next hop said so.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta

from gateway import metrics
from gateway.alerts import Replays, office_name
from gateway.config import Settings
from gateway.incident import Incident, Standing
from gateway.model import Envelope, Recipient
from gateway.replies import GatewayError, NextHopLost, Reply, StoreUnavailable
from gateway.rounds import Rounds
from gateway.store import relays
from gateway.store.database import Database
from gateway.store.keys import Damaged, Keys, open_content
from gateway.store.relays import Answer, Job, Waiting

TraceLine = Callable[[str, str, str, datetime], bytes]
"""Our `Received:` line from reference, client address, its HELO, and when the mail came."""

_BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (30, 60, 120, 300, 900, 1800))
_AT_LEAST = timedelta(hours=1)
"""How long every mail is tried, however old its release is."""
_LEASE = timedelta(minutes=2)
_RENEW = 30.0
"""Seconds between renewals: several must fail in a row before another office takes over."""
_STORE_AGAIN = 5.0
_AT_ONCE = 8
_KEPT = frozenset({"BODY", "SMTPUTF8", "RET", "ENVID"})
"""Parameters of MAIL that a replay repeats: the others speak of the first transaction."""


def back_off(attempts: int) -> timedelta:
    """How long to wait after this many attempts before the next one."""
    return _BACK_OFF[min(attempts, len(_BACK_OFF) - 1)]


def _tried_for(attempts: int) -> timedelta:
    """How long it was tried at the least: time alone says nothing where an office was away, or its clock wrong."""
    return sum(map(back_off, range(attempts)), timedelta(0))


def envelope_for(incident: Incident, waiting: Sequence[Waiting]) -> Envelope:
    """The envelope of a replay: exactly these recipients, with their own parameters."""
    kept = tuple(p for p in incident.parameters if p.partition("=")[0].upper() in _KEPT)
    recipients = tuple(Recipient(one.addressee.address, one.addressee.parameters) for one in waiting)
    return Envelope(incident.sender, recipients, kept)


def judge(one: Waiting, reply: Reply, now: datetime, retry_for: timedelta, *, lost: bool = False) -> Answer:
    """What a reply means for one recipient; `lost`: the connection broke, so the mail may have arrived."""
    code = f"{reply.code} {reply.enhanced}".strip()
    address = one.addressee.address
    if reply.positive:
        # Nobody had to decide about an eligible recipient of a split mail.
        reached = Standing.RELEASED if one.addressee.decided_by is not None else Standing.RELAYED
        return Answer(one.id, address, reached, code)
    if not reply.temporary:
        return Answer(one.id, address, Standing.REJECTED, code)
    if now - one.since >= retry_for and _tried_for(one.addressee.attempts) >= min(retry_for, _AT_LEAST):
        return Answer(one.id, address, Standing.REJECTED, code, expired=True)
    again = now + back_off(one.addressee.attempts)
    return Answer(one.id, address, Standing.RELEASING, code, next_attempt_at=again, in_doubt=lost)


class Releases(Rounds):
    """Relays what is being released; `keys` must hold the private key for held content."""

    kind = "release"

    def __init__(
        self, database: Database, keys: Keys, settings: Settings, next_hop: Replays, received: TraceLine
    ) -> None:
        super().__init__(_AT_ONCE)
        if keys.held_private is None:
            raise ValueError("releases need the private key for held content")
        self._database = database
        self._private = keys.held_private
        self._next_hop = next_hop
        self._retry_for = settings.next_hop.retry_for
        self._received = received
        self._office = office_name()

    def _forget(self) -> None:
        relays.forget_claims(self._database)

    async def _begin(self, now: datetime) -> None:
        for ref in await asyncio.to_thread(relays.due, self._database, now):
            if ref not in self._busy:
                self._start(ref, self._relay(ref, now, time.monotonic()))

    async def _next(self) -> datetime | None:
        return await asyncio.to_thread(relays.next_due, self._database)

    async def _relay(self, ref: str, now: datetime, since: float) -> None:
        # A claim from before the wait for a place could be over when it is made: another office would relay too.
        now += timedelta(seconds=int(time.monotonic() - since))
        job = await asyncio.to_thread(relays.claim, self._database, ref, self._office, now, now + _LEASE)
        if job is None:
            return
        try:
            content = await asyncio.to_thread(self._open, job)
        except Damaged:
            await self._damaged(job, now)
            return
        async with self._renewing(ref):
            answers = await self._answers(job, content, now)
            await self._settled(job, answers, now)
        self._report(ref, answers)

    def _open(self, job: Job) -> bytes:
        if job.sealed is None:
            raise Damaged("the content is missing")
        return open_content(self._private, job.incident.ref, job.sealed)

    async def _damaged(self, job: Job, now: datetime) -> None:
        news = await asyncio.to_thread(
            relays.damaged, self._database, job, self._office, now, now + _BACK_OFF[-1]
        )
        if news:
            metrics.ERRORS.labels("damaged").inc()
            self._log.error("content damaged", ref=job.incident.ref)

    async def _answers(self, job: Job, content: bytes, now: datetime) -> list[Answer]:
        incident = job.incident
        line = self._received(incident.ref, incident.client_ip, incident.helo, incident.received_at)
        lost = False
        given: tuple[Reply, ...]
        try:
            given = await self._next_hop.replay(
                envelope_for(incident, job.waiting), content, partial=True, received=line
            )
        except GatewayError as error:
            lost = isinstance(error, NextHopLost)
            given = (error.reply,) * len(job.waiting)
        pairs = zip(job.waiting, given, strict=True)
        return [judge(one, reply, now, self._retry_for, lost=lost) for one, reply in pairs]

    async def _settled(self, job: Job, answers: Sequence[Answer], now: datetime) -> None:
        """Write the answers down, however long the store refuses: relaying again is the worse fault."""
        while True:
            try:
                await asyncio.to_thread(relays.settle, self._database, job, self._office, answers, now)
                return
            except StoreUnavailable as error:
                self._fault(error)
                await asyncio.sleep(_STORE_AGAIN)

    @contextlib.asynccontextmanager
    async def _renewing(self, ref: str) -> AsyncIterator[None]:
        """Hold the claim for as long as a relay takes: the next hop may think for nine minutes."""
        task = asyncio.create_task(self._renew(ref))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _renew(self, ref: str) -> None:
        while True:
            await asyncio.sleep(_RENEW)
            with contextlib.suppress(StoreUnavailable):
                until = datetime.now(UTC) + _LEASE
                await asyncio.to_thread(relays.renew, self._database, ref, self._office, until)

    def _report(self, ref: str, answers: Sequence[Answer]) -> None:
        for answer in answers:
            metrics.NEXT_HOP_REPLIES.labels(f"{answer.code[0]}xx").inc()
        states = [answer.standing for answer in answers]
        reached = states.count(Standing.RELEASED) + states.count(Standing.RELAYED)
        self._log.info("relay", ref=ref, recipients=len(states), relayed=reached)
