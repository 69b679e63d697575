"""The trusted clock, without a clock: every release day of 38 years and a table of clock faults, none of them early."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model import Phase, Publication
from gateway.trust import Demand, Reading, Statement, Trust

LONDON = ZoneInfo("Europe/London")
PLANNED = datetime(2026, 3, 26, 9, 30, tzinfo=UTC)
BOOTED = timedelta(days=20)
SECOND = timedelta(seconds=1)
YEAR = 365 * 86_400.0


def last_sunday(year: int, month: int) -> date:
    """The last Sunday of a month of 31 days."""
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def release_days() -> Iterator[tuple[datetime, datetime]]:
    """Each weekday of 2000 to 2037: 09:30 in London as it is registered, and in UTC by the rule of the law."""
    day = date(2000, 1, 1)
    while day < date(2038, 1, 1):
        if day.weekday() < 5:
            summer = last_sunday(day.year, 3) <= day < last_sunday(day.year, 10)
            local = datetime(day.year, day.month, day.day, 9, 30, tzinfo=LONDON)
            yield local, datetime(day.year, day.month, day.day, 8 if summer else 9, 30, tzinfo=UTC)
        day += timedelta(days=1)


def test_no_release_day_is_early() -> None:
    """2 seconds around 09:30 in London on every weekday of 2000 to 2037: nothing ends before its time, all at it."""
    trust = Trust()
    boot = datetime(1999, 12, 1, tzinfo=UTC)
    count = 0
    for local, true in release_days():
        publication = Publication("cpi", "Prices", local, "lead@stats.example")
        for offset in (-2.0, -0.5, -1e-6, 0.0, 2.0):
            wall = true + timedelta(seconds=offset)
            said = trust.see(Reading(wall, wall - boot, synchronised=True))
            assert (offset < 0) == publication.embargoed(said.now), (local, offset)
        count += 1
    assert 9914 == count


@pytest.mark.parametrize(
    "day", ["2026-03-27", "2026-03-29", "2026-03-30", "2026-10-23", "2026-10-25", "2018-03-28", "2028-02-29"]
)
def test_windows_on_special_days(day: str) -> None:
    """Around a change of the clocks and on a leap day the window opens exactly 24 hours before, and not sooner."""
    local = datetime.fromisoformat(f"{day}T09:30").replace(tzinfo=LONDON)
    publication = Publication("cpi", "Prices", local, "lead@stats.example")
    opens = local.astimezone(UTC) - timedelta(hours=24)
    assert Phase.EMBARGOED is publication.phase(opens - timedelta(microseconds=1))
    assert Phase.WINDOW_OPEN is publication.phase(opens)
    assert Phase.WINDOW_OPEN is publication.phase(local.astimezone(UTC) - timedelta(microseconds=1))
    assert Phase.UNCONFIRMED is publication.phase(local.astimezone(UTC))


@dataclass(frozen=True)
class Then:
    """From `at` (true seconds from the planned time) the wall clock is wrong by `wall`, the time since start by
    `elapsed`; `restart`: the gateway starts anew, and knows what it last trusted."""

    at: float
    wall: float = 0.0
    synchronised: bool = False
    elapsed: float = 0.0
    restart: bool = False


SYNC = True
NEVER = None
FAULTS: dict[str, tuple[Demand, bool, list[Then], float | None]] = {
    # name: (what is demanded, a time service is there, what happens, seconds after which it has ended: None is never)
    "right and synchronised": ("auto", True, [Then(-400, 0, SYNC)], 0),
    "right, nothing vouches": ("auto", False, [Then(-400)], 0),
    "right, ignored": ("ignored", True, [Then(-400)], 0),
    "never synchronised, required": ("required", False, [Then(-400)], NEVER),
    "never synchronised, a service is there": ("auto", True, [Then(-400)], NEVER),
    "ten minutes on, service": ("auto", True, [Then(-400, 0, SYNC), Then(-300, 600)], NEVER),
    "ten minutes on, required": ("required", False, [Then(-400, 0, SYNC), Then(-300, 600)], NEVER),
    "ten minutes on, nothing vouches": ("auto", False, [Then(-400), Then(-300, 600)], 0),
    "ten minutes on, ignored": ("ignored", False, [Then(-400), Then(-300, 600)], 0),
    "a year on, service": ("auto", True, [Then(-400, 0, SYNC), Then(-300, YEAR)], NEVER),
    "a year on, nothing vouches": ("auto", False, [Then(-400), Then(-300, YEAR)], 0),
    "set to the planned time by hand": ("auto", False, [Then(-3600), Then(-3000, 3000)], 0),
    "on, and back within the minute": (
        "auto",
        True,
        [Then(-400, 0, SYNC), Then(-50, 600, SYNC), Then(-10, 0, SYNC)],
        0,
    ),
    "on, and back after it, unsynchronised meanwhile": (
        "auto",
        True,
        [Then(-400, 0, SYNC), Then(-300, 600), Then(-100, 0), Then(-20, 0, SYNC)],
        0,
    ),
    "on at the last moment": ("auto", False, [Then(-400), Then(-1, 30)], 60),
    "two seconds on": ("auto", False, [Then(-400), Then(-5, 2)], 0),
    "1.9 seconds on": ("auto", False, [Then(-400), Then(-100, 1.9)], 0),
    "1.9 seconds on, synchronised before": ("required", True, [Then(-400, 0, SYNC), Then(-10, 1.9, SYNC)], 0),
    "creeping on": ("auto", False, [Then(-400), *(Then(-390 + 5 * n, 0.2 * n) for n in range(70))], 60),
    "back ten minutes, put right": (
        "auto",
        True,
        [Then(-400, 0, SYNC), Then(-300, -600), Then(-200, 0), Then(-150, 0, SYNC)],
        0,
    ),
    "back ten minutes, nothing vouches": ("auto", False, [Then(-400), Then(-300, -600)], 600),
    "back ten minutes once over": ("auto", False, [Then(-400), Then(5, -600)], 605),
    "09:29:59 again": ("auto", True, [Then(-400, 0, SYNC), Then(0.5, -1.5, SYNC)], 0),
    "half a minute back once over": ("auto", False, [Then(-400), Then(1, -30)], 0),
    "a leap second inserted": ("required", True, [Then(-400, 0, SYNC), Then(-30, -1, SYNC)], 1),
    "a leap second left out": ("required", True, [Then(-400, 0, SYNC), Then(-30, 1, SYNC)], 0),
    "synchronisation lost": ("auto", True, [Then(-400, 0, SYNC), Then(-10)], NEVER),
    "synchronisation lost and found": (
        "auto",
        True,
        [Then(-400, 0, SYNC), Then(-10), Then(30, 0, SYNC)],
        30,
    ),
    "synchronisation flaps": (
        "required",
        True,
        [Then(-400 + n, 0, n % 2 == 0) for n in range(450)],
        1,
    ),
    "the service ends": ("auto", False, [Then(-400, 0, SYNC), Then(-100)], NEVER),
    "paused whole, then put right": (
        "required",
        True,
        [
            Then(-400, 0, SYNC),
            Then(-300, -200, SYNC, -200),
            Then(-100, 0, False, -200),
            Then(-50, 0, SYNC, -200),
        ],
        10,
    ),
    "resumed, the time since start stood still": (
        "auto",
        True,
        [Then(-4000, 0, SYNC), Then(-300, 0, SYNC, -3000)],
        0,
    ),
    "restarted with a clock a year on, required": (
        "required",
        False,
        [Then(-400, 0, SYNC), Then(-300, YEAR), Then(-200, YEAR, restart=True)],
        NEVER,
    ),
    "restarted with a clock a day on, service": (
        "auto",
        True,
        [Then(-400, 0, SYNC), Then(-300, 86_400), Then(-200, 86_400, restart=True)],
        NEVER,
    ),
    "restarted wrong, put right, synchronised": (
        "required",
        False,
        [Then(-400, 0, SYNC), Then(-300, YEAR, restart=True), Then(-100, 0), Then(-40, 0, SYNC)],
        0,
    ),
    "restarted in 1970": ("auto", False, [Then(-400), Then(-300, -56 * YEAR, restart=True)], NEVER),
    "started a year on, required, put right": (
        "required",
        False,
        [Then(-400, YEAR), Then(-30, 0, SYNC)],
        30,
    ),
}


def readings(then: list[Then], served: bool) -> Iterator[tuple[float, Then, Reading]]:
    """What a gateway reads four times a second from the first of `then` to 11 minutes after the planned time."""
    step = 0
    at = then[0].at
    while at < 660:
        while step + 1 < len(then) and then[step + 1].at <= at:
            step += 1
        now = then[step]
        true = PLANNED + timedelta(seconds=at)
        elapsed = true - PLANNED + BOOTED + timedelta(seconds=now.elapsed)
        wall = true + timedelta(seconds=now.wall)
        yield at, now, Reading(wall, elapsed, now.synchronised, served)
        at += 0.25


@pytest.mark.parametrize("name", FAULTS)
def test_no_clock_fault_is_early(name: str) -> None:
    """Whatever happens to the clock, the planned time has not come before it has; and it comes when it can."""
    demand, served, then, ends = FAULTS[name]
    trust = Trust(demand)
    said: Statement | None = None
    restarted: Then | None = None
    first: float | None = None
    for at, now, reading in readings(then, served):
        if now.restart and restarted is not now:
            trust, restarted = Trust(demand, said.now if said is not None else None), now
        said = trust.see(reading)
        if first is None and said.now >= PLANNED:
            first = at
        assert at >= 0 or said.now < PLANNED, at
    if ends is None:
        assert first is None
    else:
        assert first is not None
        assert first <= ends + 0.5


@pytest.mark.parametrize("name", ["09:29:59 again", "half a minute back once over", "a leap second inserted"])
def test_what_is_over_stays_over(name: str) -> None:
    """A clock that goes back a little does not put under embargo again what everybody has."""
    demand, served, then, _ = FAULTS[name]
    trust = Trust(demand)
    over = False
    for _, _, reading in readings(then, served):
        said = trust.see(reading)
        over = over or said.now >= PLANNED
        assert not over or said.now >= PLANNED


def test_time_stands_still_in_doubt() -> None:
    """While the clock is not trusted it is the last trusted time; the latest it could be is said as well."""
    trust = Trust("required")
    before = trust.see(Reading(PLANNED, BOOTED, synchronised=True))
    doubt = trust.see(Reading(PLANNED + 600 * SECOND, BOOTED + SECOND, synchronised=False))
    assert (True, PLANNED) == (before.trusted, before.now)
    assert (False, PLANNED, "is not synchronised") == (doubt.trusted, doubt.now, doubt.why)
    assert PLANNED + 600 * SECOND == doubt.latest
    again = trust.see(Reading(PLANNED + 2 * SECOND, BOOTED + 2 * SECOND, synchronised=True))
    assert (True, PLANNED + 2 * SECOND) == (again.trusted, again.now)


def test_a_clock_set_forward_without_a_witness_is_told() -> None:
    """Time goes on as before, so nothing ends early; and an operator hears that the gateway is behind its clock."""
    trust = Trust()
    trust.see(Reading(PLANNED, BOOTED, synchronised=False))
    for second in range(1, 70):
        wall = PLANNED + (600 + second) * SECOND
        said = trust.see(Reading(wall, BOOTED + second * SECOND, synchronised=False))
        assert said.complaint
    assert (True, PLANNED + 69 * SECOND) == (said.trusted, said.now)
    assert "nothing vouches" in said.complaint


@given(
    st.lists(st.tuples(st.integers(0, 90), st.integers(-5000, 5000), st.booleans()), min_size=1, max_size=30)
)
def test_time_never_runs_ahead_of_its_count(turns: list[tuple[int, int, bool]]) -> None:
    """Where nothing vouches for it no setting of the clock makes time run ahead of the time since the first reading."""
    trust = Trust("ignored")
    trust.see(Reading(PLANNED, BOOTED, synchronised=False))
    elapsed = 0
    for seconds, wrong, _ in turns:
        elapsed += seconds
        wall = PLANNED + (elapsed + wrong) * SECOND
        said = trust.see(Reading(wall, BOOTED + elapsed * SECOND, synchronised=False))
        assert said.now <= PLANNED + elapsed * SECOND
        assert said.latest >= said.now
