"""Letters sent: alerts to those who decide, notices, reminders and reports to senders, from owed to sent.

An alert is marked sent after the next hop has taken it: a crash in between sends it twice, never not at
all.  One address gets at most one alert mail within `group_within`; what comes meanwhile goes as one that
names every incident.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from gateway import metrics, replies
from gateway.address import canonical
from gateway.config import Settings
from gateway.incident import Incident
from gateway.invitations import alert_url
from gateway.letters import alert, dsn, nag, notice, reminder
from gateway.letters.alert import Circumstances
from gateway.letters.notice import Desk
from gateway.model import Envelope, Recipient
from gateway.replies import GatewayError, Reply, StoreUnavailable
from gateway.rounds import Rounds
from gateway.store import escalations, incidents, letters, reminders
from gateway.store.database import Database
from gateway.store.escalations import Patience
from gateway.store.letters import Kind, Letter

P = ParamSpec("P")
T = TypeVar("T")

_BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 300, 900))
_PATIENCE = 60.0
"""Seconds for one letter: a next hop that hangs with one must not keep the others from leaving."""
_LEASE = timedelta(minutes=3)
"""A claim must outlast `_PATIENCE` and the store's waiting times on both sides of it."""
_NOTE_AGAIN = (1, 5, 20)
"""Seconds after which it is written down again what became of a letter; within its claim."""
_MAX_GROUP = 500
_TO_LEADS = (Kind.ALERT, Kind.NAG)
_GROUPED = (Kind.ALERT, Kind.REMINDER)
_LOOK_FOR_WAITING = timedelta(seconds=15)
_AT_ONCE = 4


class Replays(Protocol):
    """The next hop, as far as letters and releases need it."""

    async def replay(
        self, envelope: Envelope, content: bytes, *, partial: bool, received: bytes = b""
    ) -> tuple[Reply, ...]:
        """One final reply for each recipient, in order; raises GatewayError where there is none."""


def office_name() -> str:
    """A name for this process in the claims of a store that several offices may share."""
    return f"{os.uname().nodename}:{os.getpid()}:{secrets.token_hex(4)}"


def back_off(attempts: int) -> timedelta:
    """How long to wait after this many attempts before the next one."""
    return _BACK_OFF[min(attempts, len(_BACK_OFF) - 1)]


class Alerts(Rounds):
    """Sends what is owed.  `whys` maps rule id -> the sentence a lead reads; `hostname` stands in reports."""

    kind = "alert"

    def __init__(
        self,
        database: Database,
        settings: Settings,
        whys: Mapping[str, str],
        next_hop: Replays,
        hostname: str = "localhost",
    ) -> None:
        super().__init__(_AT_ONCE)
        self._database = database
        self._next_hop = next_hop
        self._all = settings
        self._settings = settings.alerts
        self._zone = settings.policy.zone
        self._whys = whys
        self._hostname = hostname
        self._office = office_name()
        self._patience = Patience(
            settings.alerts.deputies_after,
            settings.alerts.fallback_after,
            settings.alerts.fallback,
            tuple(settings.alerts.webhooks),
        )
        self._escalation_at: datetime | None = None
        self._reminded_at: datetime | None = None

    def _forget(self) -> None:
        letters.forget_claims(self._database)

    async def _begin(self, now: datetime) -> None:
        self._escalation_at = await self._stored(escalations.escalate, self._patience, now)
        if self._reminded_at is None or abs(now - self._reminded_at) >= _LOOK_FOR_WAITING:
            await self._stored(reminders.owe, self._settings.remind_every, now)
            self._reminded_at = now
        for key, batch in _batches(await self._stored(letters.due, now)).items():
            if key in self._busy:
                continue
            wait_until = await self._quiet_until(batch)
            if wait_until is not None and wait_until > now:
                await self._stored(letters.put_off, _ids(batch), wait_until)
            else:
                self._start(key, self._send(batch, now, time.monotonic()))

    async def _next(self) -> datetime | None:
        owed = await self._stored(letters.next_due)
        return min((when for when in (owed, self._escalation_at) if when is not None), default=None)

    async def _stored(
        self, call: Callable[Concatenate[Database, P], T], *arguments: P.args, **named: P.kwargs
    ) -> T:
        return await asyncio.to_thread(call, self._database, *arguments, **named)

    async def _quiet_until(self, batch: Sequence[Letter]) -> datetime | None:
        """Until when the address of these alerts is left in peace; None for other letters."""
        if batch[0].kind is not Kind.ALERT:
            return None
        last = await self._stored(letters.last_sent, batch[0].address)
        return last + self._settings.group_within if last is not None else None

    async def _send(self, batch: Sequence[Letter], now: datetime, since: float) -> None:
        # A claim from before the wait for a place could be over when it is made: another office would send too.
        now += timedelta(seconds=int(time.monotonic() - since))
        claimed = await self._stored(letters.claim, _ids(batch), self._office, now, now + _LEASE)
        mine = [letter for letter in batch if letter.id in claimed]
        if not mine:
            return
        try:
            mine, content = await self._written(mine, now)
        except Exception:
            # Nothing has left: it is not to wait until the claim is over.
            await self._note(mine, replies.INTERNAL, now)
            raise
        if mine:
            await self._noted(mine, await self._answer(self._envelope(mine[0]), content), now)

    async def _written(self, claimed: Sequence[Letter], now: datetime) -> tuple[list[Letter], bytes]:
        """What of the claimed letters has still to be said, and the one mail that says it."""
        told = await self._stored(incidents.load_many, [letter.ref for letter in claimed if letter.ref])
        if not (mine := await self._still_true(claimed, told)):
            return [], b""
        link = await self._link(mine, now)
        return mine, self._text(mine, told, now, link)

    async def _still_true(self, batch: Sequence[Letter], told: Mapping[str, Incident]) -> list[Letter]:
        """Without the reminders of mail that has not to wait any more: somebody decided in between."""
        if batch[0].kind is not Kind.REMINDER:
            return list(batch)
        true = [letter for letter in batch if reminder.waiting(told[letter.incident])]
        if moot := [letter for letter in batch if letter not in true]:
            await self._stored(letters.lapsed, _ids(moot))
        return true

    async def _link(self, batch: Sequence[Letter], now: datetime) -> str | None:
        """Where a letter to a lead leads in the console; made when it is sent, because only its hash is kept."""
        if batch[0].kind not in _TO_LEADS:
            return None
        one = (
            f"/publications/{batch[0].publication}" if batch[0].ref is None else f"/incidents/{batch[0].ref}"
        )
        path = one if len(batch) == 1 else "/"
        return await self._stored(alert_url, self._all, batch[0].address, path, now)

    def _envelope(self, letter: Letter) -> Envelope:
        # Only a letter to a lead may bounce to us: a letter to a sender comes from nobody, so that nothing answers it.
        sender = self._settings.sender if letter.kind in _TO_LEADS else None
        plain = letter.address.isascii()
        return Envelope(sender, (Recipient(letter.address),), () if plain else ("BODY=8BITMIME", "SMTPUTF8"))

    async def _answer(self, envelope: Envelope, content: bytes) -> Reply:
        try:
            async with asyncio.timeout(_PATIENCE):
                (reply,) = await self._next_hop.replay(envelope, content, partial=True)
        except TimeoutError:
            reply = replies.NEXT_HOP_LOST
        except GatewayError as error:
            reply = error.reply
        return reply

    async def _noted(self, batch: Sequence[Letter], reply: Reply, now: datetime) -> None:
        """Write down what became of it, again where the store does not answer: unwritten, it would be sent twice."""
        for pause in _NOTE_AGAIN:
            try:
                return await self._note(batch, reply, now)
            except StoreUnavailable:
                await asyncio.sleep(pause)
        await self._note(batch, reply, now)

    async def _note(self, batch: Sequence[Letter], reply: Reply, now: datetime) -> None:
        ids, code = _ids(batch), f"{reply.code} {reply.enhanced}".strip()
        again = now + back_off(max(letter.attempts for letter in batch))
        if reply.positive:
            await self._stored(letters.sent, ids, now)
        elif reply.temporary:
            await self._stored(letters.failed, ids, again, code)
        elif batch[0].kind is Kind.ALERT:
            await self._stored(escalations.bounced, batch, code, self._patience, now, again)
        else:
            await self._stored(letters.given_up, ids, code)
        self._log.info("letter", kind=batch[0].kind.value, count=len(batch), code=reply.code)
        if not reply.positive:
            metrics.ERRORS.labels(self.kind).inc()

    def _text(
        self, batch: Sequence[Letter], told: Mapping[str, Incident], now: datetime, link: str | None
    ) -> bytes:
        letter = batch[0]
        if letter.kind is Kind.NAG:
            stamp = nag.Stamp(self._settings.sender, letter.address, now, self._zone, link)
            return nag.nag(nag.overdue(letter.publication or "", letter.facts), stamp)
        incident = told[letter.incident]
        if letter.kind is Kind.ALERT:
            at = self._circumstances(letter, incident, now, link)
            if len(batch) == 1:
                return alert.alert(incident, at)
            return alert.grouped([told[one.incident] for one in batch], at)
        return self._to_sender(batch, [told[one.incident] for one in batch], now)

    def _to_sender(self, batch: Sequence[Letter], about: Sequence[Incident], now: datetime) -> bytes:
        kind, facts, incident = batch[0].kind, batch[0].facts, about[0]
        if kind is Kind.DSN:
            failures = [dsn.Failure(**failure) for failure in facts["recipients"]]
            return dsn.report(incident, failures, self._settings.sender, self._hostname, now)
        asked = (escalations.lead_addresses(each.concerns, self._patience) for each in about)
        desk = Desk(self._settings.sender, now, self._zone, tuple(dict.fromkeys(chain.from_iterable(asked))))
        if kind is Kind.REMINDER:
            return reminder.reminder(about, desk)
        if kind is Kind.NOTICE:
            return notice.held(incident, desk)
        return notice.discarded(incident, facts["recipients"], desk, facts.get("message", ""))

    def _circumstances(
        self, letter: Letter, incident: Incident, now: datetime, link: str | None
    ) -> Circumstances:
        return Circumstances(
            sender=self._settings.sender,
            to=letter.address,
            now=now,
            zone=self._zone,
            level=letter.level,
            whys=self._whys,
            next_asked=self._patience.still_to_ask(incident),
            link=link,
        )


def _ids(batch: Sequence[Letter]) -> list[int]:
    return [letter.id for letter in batch]


def _batches(due: Sequence[Letter]) -> dict[object, list[Letter]]:
    """What goes out as one mail: the alerts or the reminders to one address; every other letter is one of its own."""
    batches: dict[object, list[Letter]] = {}
    for letter in due:
        person = letter.kind, canonical(letter.address) or letter.address
        batch = batches.setdefault(person if letter.kind in _GROUPED else letter.id, [])
        if len(batch) < _MAX_GROUP:
            batch.append(letter)
    return batches
