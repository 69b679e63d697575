"""What one input may cost: CPU seconds and memory, whatever else the machine does meanwhile."""

from __future__ import annotations

import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

LONGEST = 5.0
"""Seconds of CPU for one input."""
LARGEST = 512 * 1024 * 1024
"""Bytes that one input may add to the most that the process ever had."""
_KIB = 1024
_NEVER = 1e6


class Failed(BaseException):
    """An input did what none may; no `except Exception` on the way takes it for a fault of the input."""


def guarded(
    entry: Callable[[bytes], None], data: bytes, longest: float = LONGEST, largest: int = LARGEST
) -> None:
    """Give an input to an entry.  Raises Failed for what took too long or too much, and whatever the entry raises."""
    before = _most()
    began = time.process_time()
    with _alarm(min(longest, _NEVER)):
        entry(data)
    passed = time.process_time() - began
    if passed > longest:
        raise Failed(f"took {passed:.1f} s of CPU")
    if _most() - before > largest:
        raise Failed(f"took {(_most() - before) >> 20} MiB")


def _most() -> int:
    """Bytes that this process had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIB


@contextmanager
def _alarm(longest: float) -> Iterator[None]:
    """A hang in Python code ends where it hangs; one in native code when it comes back."""
    before = signal.signal(signal.SIGPROF, _too_long)
    signal.setitimer(signal.ITIMER_PROF, longest)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _too_long(_number: int, _frame: FrameType | None) -> None:
    raise Failed("took too long here")
