"""Work of the office that comes round: begin whatever is due, each piece once at a time, until cancelled.

The store says what is due, so that nothing is forgotten by a restart, and so that what a command of another
process recorded is found: it is asked once a second, and at once when somebody wakes us.
"""

from __future__ import annotations

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

from gateway import log, metrics
from gateway.replies import GatewayError, StoreUnavailable

_POLL = 1.0
_AFTER_FAULT = 5.0
_GRACE = 10.0
"""Seconds between two looks into the store; after a fault; and for what is under way when we are stopped."""


class Rounds(ABC):
    """A task of the office; `kind` is the label under which its faults are counted."""

    kind: str

    def __init__(self, at_most: int) -> None:
        self._busy: dict[object, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(at_most)
        self._log = log.get(type(self).__module__)

    @abstractmethod
    async def _begin(self, now: datetime) -> None:
        """Call `_start` for everything due."""

    @abstractmethod
    async def _next(self) -> datetime | None:
        """When something will be due; None where nothing waits."""

    def _forget(self) -> None:  # noqa: B027  Not all work is claimed.
        """End what a predecessor has claimed, where we are the only office (blocks)."""

    def _now(self) -> datetime:
        """The time by which things are due."""
        return datetime.now(UTC)

    async def run_once(self, now: datetime) -> datetime | None:
        """Do everything that is due at `now` to its end; when to come back, None where nothing waits."""
        await self._begin(now)
        if self._busy:
            await asyncio.gather(*self._busy.values())
        return await self._next()

    async def run(self, wake: asyncio.Event) -> None:
        """Work until cancelled; what is under way then is given a little time to end well."""
        with contextlib.suppress(StoreUnavailable):
            await asyncio.to_thread(self._forget)
        try:
            while True:
                wake.clear()
                pause = _POLL if await self._round() else _AFTER_FAULT
                # asyncio.wait_for of Python 3.11 loses a cancellation that comes together with the wake.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await wake.wait()
        finally:
            await self._drain()

    async def _round(self) -> bool:
        try:
            await self._begin(self._now())
        except Exception as error:
            self._fault(error)
            return False
        return True

    async def _drain(self) -> None:
        if self._busy:
            _, late = await asyncio.wait(self._busy.values(), timeout=_GRACE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _start(self, key: object, work: Coroutine[Any, Any, None]) -> None:
        """Begin a piece of work; `key` must not be busy."""
        task = asyncio.create_task(self._guarded(work))
        self._busy[key] = task
        task.add_done_callback(lambda _: self._busy.pop(key, None))

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            async with self._slots:
                await work
        except Exception as error:
            self._fault(error)

    def _fault(self, error: Exception) -> None:
        if isinstance(error, GatewayError):
            kind = "store" if isinstance(error, StoreUnavailable) else self.kind
            self._log.warning("put off", kind=kind, error=type(error).__name__, problem=str(error))
        else:
            kind = "bug"
            self._log.error("bug", error=type(error).__name__, trace=log.trace(error))
        metrics.ERRORS.labels(kind).inc()
