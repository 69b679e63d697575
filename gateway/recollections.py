"""Mails that were relayed although a publication was found in them: remembered a moment later, in a task of its own.

Nobody waits for it: the mail is out, to people who may have it, and its client has heard so.  What cannot be written is
counted; then an answer to that mail is recognised by what stands in it, and not by its thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from gateway import log, metrics
from gateway.features.threads import Note
from gateway.replies import StoreUnavailable
from gateway.store import threads
from gateway.store.database import Database
from gateway.store.keys import Keys

_log = log.get(__name__)
_PAUSE = 0.5
"""Seconds between two writes: each makes every worker load the register again."""
_MOST = 1_000
"""Notes that wait while the store does not answer."""


class Recollections:
    """The notes of one worker that are not written yet; one write at a time, of all that has come meanwhile."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys
        self._waiting: list[Note] = []
        self._task: asyncio.Task[None] | None = None

    def add(self, notes: Sequence[Note]) -> None:
        """Remember these, soon."""
        if len(self._waiting) + len(notes) > _MOST:
            _lost(len(notes), "too many")
        elif notes:
            self._waiting += notes
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._write())

    async def _write(self) -> None:
        try:
            while self._waiting:
                await asyncio.to_thread(self._write_all)
                await asyncio.sleep(_PAUSE)
        finally:
            # Cancelled when the worker ends: nobody else is kept waiting now.
            self._write_all()

    def _write_all(self) -> None:
        notes, self._waiting = self._waiting, []
        try:
            if notes:
                threads.remember(self._database, self._keys, notes)
        except StoreUnavailable:
            _lost(len(notes), "store")
        except Exception as error:
            # Nothing that goes wrong here may reach a mail.
            metrics.ERRORS.labels("bug").inc()
            _log.error("bug", error=type(error).__name__, trace=log.trace(error))


def _lost(count: int, problem: str) -> None:
    metrics.ERRORS.labels("store").inc()
    _log.warning("threads not remembered", count=count, problem=problem)
