"""How slow this machine is just now: a limit on work is meant for one that its neighbours leave alone.

A virtual processor that is shared counts the time of others as ours: processor time alone says as little as the clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

_USUAL: Final = 0.06
"""Seconds of the processor that the loop takes on a machine of ordinary speed."""


def slowness() -> float:
    """How many times longer than usual work takes now; at least 1."""
    began = time.process_time()
    total = 0
    for number in range(1_000_000):
        total += number
    return max(1.0, (time.process_time() - began) / _USUAL)


def within(seconds: float, work: Callable[[], object]) -> bool:
    """Whether work takes less than so many seconds of the processor: the best of five tries, at this machine's pace."""
    for _ in range(5):
        began = time.process_time()
        work()
        if time.process_time() - began < seconds * slowness():
            return True
    return False
