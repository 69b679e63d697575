"""The desk: what every page of the console works with, and how a page gets at it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from starlette.requests import Request

from gateway.alerts import Replays
from gateway.config import Settings
from gateway.console.postbox import Postbox
from gateway.console.proposals import Proposals
from gateway.console.sparing import Sparing
from gateway.metrics import Gauges
from gateway.model import Message, Policy, Register
from gateway.policy import Desk as Eligibility
from gateway.roles import Staff, staff_of
from gateway.rules import RuleSet
from gateway.scanner import Scanners
from gateway.snapshot import Snapshot
from gateway.store.database import Database
from gateway.store.keys import Keys
from gateway.worker import Post

P = ParamSpec("P")
T = TypeVar("T")

_UPLOADS_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Health:
    """How the gateway is at this moment; `obstacle` is why it is not ready, `gauges` what was last read."""

    workers: int
    accepting: int
    obstacle: str | None
    register_age: timedelta
    gauges: Gauges


@dataclass(frozen=True, slots=True)
class Desk:
    """Store, keys, settings, rules and the way to the scanners, to the mail server and to the rest of the office.

    `wake` has the office look for releases and letters at once; `health` asks how the gateway is.
    """

    settings: Settings
    rules: RuleSet
    database: Database
    keys: Keys
    snapshot: Snapshot
    scanners: Scanners
    postbox: Postbox
    wake: Callable[[], None]
    health: Callable[[], Health]
    uploads: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_UPLOADS_AT_ONCE))
    proposals: Proposals = field(default_factory=Proposals)
    sparing: dict[str, Sparing] = field(default_factory=dict)
    form_key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which pages show times and read times that carry none."""
        return self.settings.policy.zone

    def now(self) -> datetime:
        """The time that has come for certain (aware, UTC): the same clock by which mails are decided."""
        return self.snapshot.clock.now()

    def register(self) -> Register:
        """The register as it was at the beginning of the request, or newer; raises RegisterUnreadable."""
        return self.snapshot.current()

    async def refresh(self) -> None:
        """Read the register again if it has changed; raises StoreUnavailable."""
        await asyncio.to_thread(self.snapshot.refresh)

    def staff(self) -> Staff:
        """Who has which role by the present register."""
        console = self.settings.console
        fallback = self.settings.alerts.fallback
        return staff_of(self.register(), fallback, console.operators, console.auditors)

    def eligible(self, address: str, publication: str) -> bool:
        """Whether a grant for a publication (id) is valid now for somebody."""
        return Eligibility(self.register(), Policy(), self.now()).eligible(address, publication)

    async def stored(
        self, call: Callable[Concatenate[Database, P], T], *arguments: P.args, **named: P.kwargs
    ) -> T:
        """What a function of the store gives, called in a thread; raises what it raises."""
        return await asyncio.to_thread(call, self.database, *arguments, **named)

    async def read_mail(self, content: bytes) -> Message:
        """Everything that can be read of a mail; documents are opened by the scanners.  Raises ScanUnfinished."""
        return await self.scanners.read(content)


def set_up(
    post: Post,
    database: Database,
    keys: Keys,
    snapshot: Snapshot,
    next_hop: Replays,
    wake: Callable[[], None],
    health: Callable[[], Health],
) -> Desk:
    """The desk of an office process; it sends sign-in links by `next_hop`."""
    settings, scan = post.settings, post.settings.scan
    scanners = Scanners(post.scanners, scan.document_deadline, scan.deadline, ocr=scan.ocr)
    postbox = Postbox(database, settings, next_hop)
    return Desk(settings, post.rules, database, keys, snapshot, scanners, postbox, wake, health)


def desk_of(request: Request) -> Desk:
    """The desk that this request's console works with."""
    desk: Desk = request.app.state.desk
    return desk
