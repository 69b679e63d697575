"""How slow this machine is just now: a limit on work is meant for one that its neighbours leave alone.

A virtual processor that is shared counts the time of others as ours: processor time alone says as little as the clock.
"""

from __future__ import annotations

import time
from typing import Final

_USUAL: Final = 0.06
"""Seconds of the processor that the loop takes where limits were chosen."""


def slowness() -> float:
    """How many times longer than usual work takes now; at least 1."""
    began = time.process_time()
    total = 0
    for number in range(1_000_000):
        total += number
    return max(1.0, (time.process_time() - began) / _USUAL)
