"""Whether the clock is to be trusted: from readings of the clock to the time that may be taken to have come.

Time alone ends an embargo, so a wrong clock is a leak.  What a clock says is believed while it agrees with the
time since the machine started, which nobody can set, and while the kernel says that it is synchronised where that is
asked for.  Otherwise time stands still at the last trusted reading: what was under embargo then stays so, and an
access window that was closed stays closed.  A person can end an embargo at any time.

A clock that was set is believed again once it has been steady for a minute and, where that is asked for, synchronised.
Where nothing vouches for it, a clock that was set forward is not: time goes on as it did before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

Demand = Literal["auto", "required", "ignored"]
"""Whether the clock must be synchronised: `auto`, where a time service is or was there; always; never."""
AGREEMENT = timedelta(seconds=2)
"""How far the clock may be from where the time since the start of the machine says it is."""
STEADY = timedelta(seconds=60)
"""How long a clock that was set must go on steadily before it is believed again."""
_STILL = timedelta(milliseconds=250)
"""What counts as steady: two clocks cannot be read at the very same time."""
_UNVOUCHED = "was set forward and nothing vouches for it; a restart believes it"
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the machine says at one moment: its clock, and the time since its start (also while it slept).

    `synchronised` is the kernel's word; `served` says whether a time service is present.
    """

    wall: datetime
    elapsed: timedelta
    synchronised: bool
    served: bool = False

    @property
    def started(self) -> datetime:
        """When the machine was started if its clock is right: this only changes when the clock is set."""
        return self.wall - self.elapsed


@dataclass(frozen=True, slots=True)
class Statement:
    """What may be believed: `now` has come for certain; `latest` is what it could be at most; `why` not trusted."""

    now: datetime
    latest: datetime
    why: str = ""

    @property
    def trusted(self) -> bool:
        """Whether time alone may end an embargo now."""
        return not self.why

    @property
    def complaint(self) -> str:
        """What an operator must hear: not trusted and why, or that nothing vouches for a clock that was set forward."""
        return self.why or ("" if self.certain else _UNVOUCHED)

    @property
    def certain(self) -> bool:
        """Whether `now` is the time: a clock that was set forward may be right though nothing vouches for it."""
        return self.trusted and self.latest - self.now <= AGREEMENT


class Trust:
    """What a row of readings adds up to.  `floor` is the latest time that was trusted before the first of them."""

    def __init__(self, demand: Demand = "auto", floor: datetime | None = None) -> None:
        self.demand: Demand = demand
        self._now = floor if floor is not None else _BEGINNING
        self._vouched = False
        # What the clock was found to agree with, and the start of the machine that times are counted from: the same
        # but where the clock was set forward and nothing vouched for it.
        self._agreed: datetime | None = None
        self._counted: datetime | None = None
        self._candidate: datetime | None = None
        self._since = timedelta(0)

    def see(self, reading: Reading) -> Statement:
        """Take one reading; readings come in order of `elapsed`."""
        # A service that was there once and is gone has stopped to vouch: that is no reason to ask for less.
        self._vouched |= reading.served or reading.synchronised
        asked = self.demand == "required" or (self.demand == "auto" and self._vouched)
        good = reading.synchronised or not asked
        self._follow(reading, good)
        why = self._doubt(reading, good)
        if not why:
            self._advance(reading)
        latest = max(self._now, reading.wall, (self._counted or reading.started) + reading.elapsed)
        return Statement(self._now, latest, why)

    def _follow(self, reading: Reading, good: bool) -> None:
        """Believe a clock at once unless it is behind what was trusted before; later, once it is steady."""
        started = reading.started
        first = self._candidate is None
        if self._candidate is None or abs(started - self._candidate) > _STILL:
            self._candidate, self._since = started, reading.elapsed
        plausible = first and reading.wall >= self._now - AGREEMENT
        if good and (plausible or reading.elapsed - self._since >= STEADY):
            sure = reading.synchronised or self._counted is None
            self._agreed = started
            self._counted = started if sure else min(started, self._counted or started)

    def _doubt(self, reading: Reading, good: bool) -> str:
        if not good:
            return "is not synchronised"
        if self._agreed is None or abs(reading.started - self._agreed) > AGREEMENT:
            return "was set"
        return ""

    def _advance(self, reading: Reading) -> None:
        """The time, which never runs ahead of either count; it stands still rather than go back a little."""
        counted = min(reading.started, self._counted or reading.started) + reading.elapsed
        if counted > self._now or self._now - counted > STEADY:
            self._now = counted
