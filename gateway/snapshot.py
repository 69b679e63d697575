"""The worker's snapshot of the register: read whole, replaced whole, never older than is allowed.

A thread looks at the epoch four times a second, so that a change is in every worker within a second.  Where so much is
registered that its indexes take longer to make, new traces of texts and figures alone come later.  A poll that finds
the store busy or away leaves the last good snapshot in service until it is too old; then nobody can say "clean".  So
does a set of traces that cannot be opened.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

from gateway import log
from gateway.clock import Clock
from gateway.model import Register
from gateway.replies import RegisterUnreadable, StoreUnavailable
from gateway.store.database import Database
from gateway.store.keys import Keys
from gateway.store.register import load_register
from gateway.store.traces import Memory

_POLL = 0.25
_PAUSE = 5.0
"""Seconds before indexes that could not be made are tried again."""
_log = log.get(__name__)


class Snapshot:
    """The last good register and when it was last known to be current (monotonic seconds), with the time to read it by.

    While nobody knows what time it is, grants that may have ended by now are left out.
    """

    def __init__(
        self, database: Database, keys: Keys, max_age: timedelta, clock: Clock | None = None
    ) -> None:
        self.clock = clock if clock is not None else Clock()
        self._strict: Register | None = None
        self._database = database
        self._keys = keys
        self._memory = Memory()
        self._complained = False
        self._max_age = max_age.total_seconds()
        self._register: Register | None = None
        self._confirmed = 0.0
        self._whole = 0.0
        self._catching_up: asyncio.Task[None] | None = None

    @property
    def age(self) -> float:
        """Seconds since all of the snapshot was known to be the store's, or its indexes were being made."""
        if self._register is None:
            return float("inf")
        return time.monotonic() - min(self._confirmed, self._whole)

    def current(self) -> Register:
        """The register; raises RegisterUnreadable where no snapshot is young enough."""
        if self._register is None or self.age > self._max_age:
            raise RegisterUnreadable("snapshot too old")
        return self._strict or self._register

    def refresh(self) -> bool:
        """Read the register if its epoch changed (blocks); True where it did.  Raises StoreUnavailable."""
        began = time.monotonic()
        try:
            changed = self._register is None or self._database.epoch() != self._register.epoch
            if changed:
                self._register = self._load(lagging=self._memory.slow)
        finally:
            self._doubt()
        self._confirmed = began
        if not self._memory.behind:
            self._whole = began
        return changed

    def catch_up(self) -> None:
        """Make the indexes that were left for later (blocks for seconds); raises StoreUnavailable."""
        began = time.monotonic()
        self._load(lagging=False)
        self._whole = max(began, self._whole)
        # Whatever else changed meanwhile is in the snapshot already and stays there.
        self._register = self._load(lagging=True)
        self._doubt()

    def _load(self, *, lagging: bool) -> Register:
        return load_register(self._database, self._keys, self._memory, lagging=lagging)

    def _doubt(self) -> None:
        said = self.clock.look()
        doubted = self._register if not said.certain else None
        self._strict = doubted.without_ended(said.latest) if doubted is not None else None

    async def keep(self) -> None:
        """Refresh for ever; a store that does not answer is logged once and tried again."""
        while True:
            await asyncio.sleep(_POLL)
            await self._tried(self.refresh)
            self.follow_up()

    def follow_up(self) -> None:
        """See that indexes which were left for later are made, in a task beside: for whoever refreshes."""
        if self._memory.behind and (self._catching_up is None or self._catching_up.done()):
            self._catching_up = asyncio.create_task(self._catch_up())

    async def _catch_up(self) -> None:
        if not await self._tried(self.catch_up):
            # It takes seconds of a processor, and mail wants that, too.
            await asyncio.sleep(_PAUSE)

    async def _tried(self, step: Callable[[], object]) -> bool:
        """Do a step in a thread; whether it was done."""
        try:
            await asyncio.to_thread(step)
            self._complained = False
            return True
        except StoreUnavailable:
            if not self._complained:
                _log.warning("register not read", problem="store", seconds=round(self.age, 1))
            self._complained = True
        except Exception as error:
            _log.error("register not read", error=type(error).__name__)
        return False
