"""The clock of the gateway: the machine's own, as far as it is to be trusted.

Decisions ask it for the time instead of the machine, in workers as in the office.  It is made in the supervisor and
goes to its children with what it has seen, so that a child that starts after the clock was set knows of it.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gateway.trust import Demand, Reading, Statement, Trust

_UNSYNCHRONISED, _ERROR = 0x40, 5
"""STA_UNSYNC, and TIME_ERROR, of adjtimex(2)."""
_SERVICES = (
    "/run/systemd/timesync",
    "/run/chrony",
    "/run/chronyd.pid",
    "/run/ntpd.pid",
    "/run/ntpd.sock",
    "/run/ntpsec",
    "/run/openntpd.pid",
    "/run/ntpd-rs",
    "/run/ptp4l",
)
"""What a running time service leaves."""
_LOOK_AGAIN = 10.0
_TOGETHER = 0.002
"""Seconds that reading both clocks may take; longer, and we were put aside in between."""


class _Timex(ctypes.Structure):
    """The beginning of `struct timex`, with more room than any system fills."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offsets", ctypes.c_long * 4),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 512),
    )


_LIBRARY = ctypes.CDLL(None, use_errno=True)


def kernel_synchronised() -> bool:
    """Whether the kernel says that its clock is synchronised; False where it does not answer."""
    timex = _Timex()
    state = _LIBRARY.adjtimex(ctypes.byref(timex))
    return 0 <= state < _ERROR and not timex.status & _UNSYNCHRONISED


def service_present() -> bool:
    """Whether a time service runs on this machine."""
    return any(Path(place).exists() for place in _SERVICES)


class Machine:
    """Reads the machine's clocks."""

    def __init__(self) -> None:
        self._served = False
        self._looked = float("-inf")

    def __call__(self) -> Reading:
        """One reading, both clocks at the same moment."""
        for _ in range(5):
            before = time.clock_gettime(time.CLOCK_BOOTTIME)
            wall = time.time()
            after = time.clock_gettime(time.CLOCK_BOOTTIME)
            if after - before < _TOGETHER:
                break
        if after - self._looked >= _LOOK_AGAIN:
            self._served, self._looked = service_present(), after
        return Reading(
            datetime.fromtimestamp(wall, UTC), timedelta(seconds=after), kernel_synchronised(), self._served
        )


class Clock:
    """The trusted clock of one process; any thread may ask it."""

    def __init__(
        self,
        demand: Demand = "auto",
        floor: datetime | None = None,
        read: Callable[[], Reading] | None = None,
    ) -> None:
        self._trust = Trust(demand, floor)
        self._read = read if read is not None else Machine()
        self._one_at_a_time = threading.Lock()

    def demands(self, demand: Demand) -> None:
        """Change what is asked of the clock, after a reload."""
        self._trust.demand = demand

    def look(self) -> Statement:
        """What may be believed now."""
        with self._one_at_a_time:
            return self._trust.see(self._read())

    def now(self) -> datetime:
        """The time (UTC) that has come for certain."""
        return self.look().now
