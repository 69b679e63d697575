"""A crew of processes that do one thing to many items; one that dies of an item, or does not end in time, names it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import timedelta
from itertools import islice
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_BATCH = 64
"""Items in memory at a time."""


class Crew(Generic[Item, Result]):
    """Processes that share the items of one piece of `work`.

    What the work needs beside its item is inherited, as a forked process has all that its parent had: a register is
    large, and modules take a second to load.
    """

    def __init__(
        self, work: Callable[[Item], Result], deadline: timedelta, processes: int | None = None
    ) -> None:
        self._task = _Task(work, deadline)
        self._processes = processes or os.cpu_count() or 1

    def results(self, items: Iterable[Item]) -> Iterator[tuple[Item, Result | None]]:
        """Each item with its result, in order; None for one that took too long or ended the process it was in."""
        _inherited[:] = [self._task]
        waiting = iter(items)
        pool = self._fork(self._processes)
        try:
            while batch := list(islice(waiting, _BATCH)):
                try:
                    yield from zip(batch, self._of(pool, batch), strict=True)
                except BrokenProcessPool:
                    pool.shutdown(cancel_futures=True)
                    yield from ((item, self._alone(item)) for item in batch)
                    pool = self._fork(self._processes)
        finally:
            pool.shutdown(cancel_futures=True)

    def _of(self, pool: ProcessPoolExecutor, batch: Sequence[Item]) -> list[Result | None]:
        size = 1 if len(batch) < _BATCH else 4
        return list(pool.map(_one, batch, chunksize=size))

    def _alone(self, item: Item) -> Result | None:
        with self._fork(1) as pool:
            try:
                result: Result | None = pool.submit(_one, item).result()
            except BrokenProcessPool:
                return None
        return result

    @staticmethod
    def _fork(processes: int) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("fork")
        return ProcessPoolExecutor(processes, mp_context=context, initializer=_begin)


class _Task:
    def __init__(self, work: Callable[[Any], Any], deadline: timedelta) -> None:
        self.work = work
        self.deadline = deadline


_inherited: list[_Task] = []


def _begin() -> None:
    # A handler that was inherited would run and go on waiting: this process must end when the pool is given up.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _one(item: Any) -> Any:
    task = _inherited[0]
    # The default action of the signal ends this process, even inside a library that never comes back.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, task.deadline.total_seconds())
    try:
        return task.work(item)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
