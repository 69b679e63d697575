"""The office process: the memory of resends, alerts, releases, the console, gauges, `/metrics` and `/ready`.

It faces no mail client.  It alone reads the private key of held content.  Workers do without it for a while: what is
owed stays owed in the store.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway import link, log, metrics, replies
from gateway.alerts import Alerts
from gateway.console.desk import Health, set_up
from gateway.console.server import Pages
from gateway.life import Life
from gateway.model import Client, State
from gateway.releases import Releases
from gateway.replies import RegisterUnreadable, StoreUnavailable
from gateway.resend import Answer, ResendMemory, Ticket
from gateway.smtp import received
from gateway.smtp.next_hop import NextHop
from gateway.snapshot import Snapshot
from gateway.store import audit, incidents, letters
from gateway.store.database import Database
from gateway.store.keys import Keys, load
from gateway.webhooks import Webhooks
from gateway.worker import OFFICE_SESSIONS, Post, ended

_log = log.get(__name__)
_LOOK = 1.0
"""Seconds between two looks at the store for what a command or another machine has changed."""


class Office:
    """What the office knows: who is connected, who waits for what, and what it last saw in the store."""

    def __init__(self, post: Post, database: Database, keys: Keys) -> None:
        self._post = post
        self._database = database
        self._keys = keys
        self._memory = ResendMemory()
        self._snapshot = Snapshot(database, keys, post.settings.register_.max_age, post.clock)
        self._accepting: set[object] = set()
        self._wakes = (asyncio.Event(), asyncio.Event(), asyncio.Event())
        self._collector = metrics.StoreCollector()
        self._seen_decided = datetime.now(UTC)
        self._seen: tuple[bytes | None, dict[str, int]] | None = None
        self._store_answers = False
        self._born = -1

    # The workers' questions.

    async def receive(self, worker: object, message: dict[str, Any], answer: link.Answering) -> None:
        """One message of one worker."""
        match message["op"]:
            case "begin":
                self._begin(_Question(worker, message, answer))
            case "end":
                self._end((worker, message["id"]), message["answer"], durable=message["durable"])
            case "heard":
                self._memory.heard((worker, message["id"]))
            case "lost":
                self._memory.lost((worker, message["id"]))
            case "failed":
                self._memory.failed(bytes.fromhex(message["content"]))
            case "accepting":
                self._accepting.add(worker)
            case "wake":
                self._wake()

    def _begin(self, question: _Question) -> None:
        known = self._memory.begin(question.mail, question.ticket, self._loop.time(), question)
        if known is True:
            question.go(self._memory)
        elif known is not False:
            question.tell(known)

    def _end(self, ticket: Ticket, answer: Answer | None, *, durable: bool) -> None:
        """Whoever waited gets the answer; where there is none the first of them takes the mail over."""
        for question in self._memory.end(ticket, answer, durable=durable):
            if isinstance(question, _Question):
                self._begin(question)

    async def gone(self, worker: object) -> None:
        """A worker has vanished: what it was busy with is either recorded, or was never begun."""
        self._accepting.discard(worker)
        self._memory.withdraw(worker)
        for ticket, mail in self._memory.held_by(worker):
            self._memory.lost(ticket)
            answer = await self._recorded(mail)
            self._end(ticket, answer, durable=answer is not None)

    async def _recorded(self, mail: bytes) -> Answer | None:
        try:
            found = await asyncio.to_thread(
                incidents.find_by_fingerprint, self._database, mail, datetime.now(UTC)
            )
        except StoreUnavailable:
            return None
        if found is None or found[1] != "hold":
            return None
        return _held(found[0])

    def _wake(self) -> None:
        for event in self._wakes:
            event.set()

    # The store.

    async def look(self) -> None:
        """Look at the store again and again: gauges, decisions, incidents that were closed or opened elsewhere."""
        while True:
            try:
                await asyncio.to_thread(self._refresh)
                self._store_answers = True
            except (StoreUnavailable, RegisterUnreadable):
                self._store_answers = False
            self._snapshot.follow_up()
            await asyncio.sleep(_LOOK)

    def _refresh(self) -> None:
        """One look (blocks)."""
        # The console refreshes the same snapshot: a change may have been read by it already.
        self._snapshot.refresh()
        register = self._snapshot.current()
        if register.epoch != self._born:
            metrics.born(register.publications)
            self._born = register.epoch
        now = datetime.now(UTC)
        states = incidents.counts(self._database)
        owed = letters.count_owed(self._database)
        gauges = self._collector.gauges = self._gauges(now, states, owed)
        if (seen := (gauges.audit_head, states)) != self._seen:
            # Whatever opens or closes an incident leaves an audit entry or another count.
            self._notice_decisions()
            self._notice_open()
            self._seen = seen
        if owed or states.get("releasing"):
            self._loop.call_soon_threadsafe(self._wake)

    def _gauges(self, now: datetime, states: dict[str, int], owed: int) -> metrics.Gauges:
        oldest = incidents.oldest_held(self._database)
        return metrics.Gauges(
            incidents=states,
            oldest_hold=now - oldest if oldest is not None else timedelta(0),
            alerts_owed=owed,
            register_age=timedelta(seconds=self._snapshot.age),
            embargo={
                each.id: each.publishes_at - now
                for each in self._snapshot.current().publications.values()
                if each.state not in (State.LIVE, State.WITHDRAWN)
            },
            audit_head=audit.head(self._database),
            clock_trusted=not self._post.clock.look().complaint,
        )

    def _notice_decisions(self) -> None:
        for decided_at, waited in incidents.decided_since(self._database, self._seen_decided):
            metrics.DECISION_SECONDS.observe(waited.total_seconds())
            self._seen_decided = max(self._seen_decided, decided_at)

    def _notice_open(self) -> None:
        """Bring the memory up to the store: open incidents answer resends, released content is not held again."""
        known = {
            mail: ref
            for mail, ref, state in incidents.open_fingerprints(self._database)
            if state != "observed"
        }
        released = incidents.released_to(self._database)
        self._loop.call_soon_threadsafe(self._remember, known, released)

    def _remember(
        self, known: dict[bytes, str], released: dict[bytes, dict[str, frozenset[str | None]]]
    ) -> None:
        self._memory.know({mail: _held(ref) for mail, ref in known.items()})
        self._memory.released = released

    def ready(self) -> str | None:
        """Why we are not ready, or None."""
        missing = self._post.settings.workers.count - len(self._accepting)
        if missing > 0:
            return f"{missing} of {self._post.settings.workers.count} workers do not accept mail"
        if not self._store_answers:
            return "the store does not answer"
        if (obstacle := self._database.obstacle()) is not None:
            return obstacle
        if self._snapshot.age > self._post.settings.register_.max_age.total_seconds():
            return "the register is too old"
        return None

    async def run(self, listener: socket.socket, heartbeat: int) -> None:
        """Until SIGTERM."""
        self._loop = asyncio.get_running_loop()
        settings = self._post.settings
        await asyncio.to_thread(self._refresh)
        self._store_answers = True
        lines = await link.serve(listener, self.receive, self.gone)
        shown = metrics.serve(settings.metrics.listen, metrics.registry(self._collector), self.ready)
        next_hop = NextHop(settings.next_hop, self._post.hostname, OFFICE_SESSIONS)
        tasks = [asyncio.create_task(work) for work in self._works(next_hop)]
        tasks.append(asyncio.create_task(_beat(heartbeat)))
        stopping = asyncio.Event()
        self._loop.add_signal_handler(signal.SIGTERM, stopping.set)
        self._database.on_failure = lambda: self._loop.call_soon_threadsafe(stopping.set)
        if self._database.failed:
            stopping.set()
        told = asyncio.create_task(stopping.wait())
        await asyncio.wait([told, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task.done() and task.exception() is not None:
                raise task.exception() or RuntimeError
            task.cancel()
        # A relay in progress has a few seconds to hear its answer.
        await asyncio.gather(*tasks, return_exceptions=True)
        shown.close()
        lines.close()
        await next_hop.close()

    def _works(self, next_hop: NextHop) -> list[Any]:
        settings = self._post.settings
        whys = {rule.id: rule.why for rule in self._post.rules.rules}
        alerts = Alerts(self._database, settings, whys, next_hop, self._post.hostname)
        life = Life(self._database, settings, self._post.clock)
        releases = Releases(self._database, self._keys, settings, next_hop, self._received)
        console = set_up(
            self._post, self._database, self._keys, self._snapshot, next_hop, self._wake, self._health
        )
        works = [
            self.look(),
            life.run(asyncio.Event()),
            alerts.run(self._wakes[0]),
            releases.run(self._wakes[1]),
            Pages(console).run(),
        ]
        if settings.alerts.webhooks:
            works.append(Webhooks(self._database, settings).run(self._wakes[2]))
        return works

    def _health(self) -> Health:
        """How the gateway is, for the console."""
        return Health(
            workers=self._post.settings.workers.count,
            accepting=len(self._accepting),
            obstacle=self.ready(),
            register_age=timedelta(seconds=self._snapshot.age),
            gauges=self._collector.gauges or metrics.Gauges(),
        )

    def _received(self, ref: str, ip: str, helo: str, when: datetime) -> bytes:
        return received.line(self._keys.trace_key, ref, self._post.hostname, Client(ip, helo), when)


class _Question:
    """A worker's question about one mail, and the way to answer it."""

    def __init__(self, worker: object, message: dict[str, Any], answer: link.Answering) -> None:
        self.ticket: Ticket = (worker, message["id"])
        self.mail = bytes.fromhex(message["mail"])
        self._content = bytes.fromhex(message["content"])
        self._answer = answer

    def tell(self, answer: Answer) -> None:
        """Somebody has answered this mail already."""
        self._answer({"id": self.ticket[1], "answer": answer})

    def go(self, memory: ResendMemory) -> None:
        """Go on, knowing this much."""
        message: dict[str, Any] = {"id": self.ticket[1]}
        if released := memory.released.get(self._content):
            message["released"] = {address: list(closed) for address, closed in released.items()}
        if failures := memory.failures(self._content):
            message["failures"] = failures
        self._answer(message)


def _held(ref: str) -> Answer:
    reply = replies.HELD.about(ref=ref)
    return reply.code, reply.enhanced, reply.text


async def _beat(heartbeat: int) -> None:
    while True:
        os.write(heartbeat, b".")
        await asyncio.sleep(_LOOK)


async def serve(post: Post, listener: socket.socket, heartbeat: int) -> int:
    """The office's life, from its own connection to the store to SIGTERM; returns the exit status."""
    database = Database(post.settings.store.url)
    keys = load(post.settings.store.key_folder)
    await Office(post, database, keys).run(listener, heartbeat)
    return ended(database)
