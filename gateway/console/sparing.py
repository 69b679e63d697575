"""Sparing: how often something may happen for one key within a time, counted in memory."""

from __future__ import annotations

from collections import deque
from datetime import timedelta

_MOST_KEYS = 10_000


class Sparing:
    """At most `most` times `within` a time for each key."""

    def __init__(self, most: int, within: timedelta) -> None:
        self._most = most
        self._within = within.total_seconds()
        self._times: dict[str, deque[float]] = {}

    def allow(self, key: str, now: float) -> bool:
        """Whether it may happen once more at `now` (monotonic seconds); if so, it counts."""
        if key not in self._times and len(self._times) >= _MOST_KEYS:
            self._forget(now)
        if key not in self._times and len(self._times) >= _MOST_KEYS:
            return False
        times = self._times.setdefault(key, deque())
        while times and times[0] <= now - self._within:
            times.popleft()
        if len(times) >= self._most:
            return False
        times.append(now)
        return True

    def _forget(self, now: float) -> None:
        """Drop the keys whose last time is over."""
        past = now - self._within
        self._times = {key: times for key, times in self._times.items() if times and times[-1] > past}
