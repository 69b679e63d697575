"""The machine's own clocks: read together, and believed as far as the settings say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gateway.clock import Clock, Machine, kernel_synchronised
from gateway.trust import Reading
from tests.pace import within

SECOND = timedelta(seconds=1)


def test_the_machine_is_read() -> None:
    """A reading is the machine's time with an offset, and the time since its start goes on with it."""
    machine = Machine()
    first, second = machine(), machine()
    assert abs(datetime.now(UTC) - second.wall) < SECOND
    assert timedelta(0) <= second.elapsed - first.elapsed < SECOND
    assert kernel_synchronised() == second.synchronised


def test_a_right_clock_is_believed() -> None:
    """Where synchronisation is not asked for, the trusted time is the machine's."""
    clock = Clock("ignored")
    assert abs(datetime.now(UTC) - clock.now()) < SECOND
    assert "" == clock.look().complaint


def test_asking_is_quick() -> None:
    """Each mail asks once: a thousand questions take less than a fifth of a second."""
    clock = Clock("ignored")
    assert within(0.2, lambda: [clock.now() for _ in range(1000)])


def test_a_reload_changes_what_is_asked() -> None:
    """After a reload that requires synchronisation, a clock without it stands still, and says why."""
    wall = datetime(2026, 3, 26, 9, 0, tzinfo=UTC)
    readings = iter([Reading(wall + n * SECOND, n * SECOND, synchronised=False) for n in range(3)])
    clock = Clock("ignored", read=lambda: next(readings))
    assert wall == clock.now()
    clock.demands("required")
    assert (wall, "is not synchronised") == ((said := clock.look()).now, said.why)
    clock.demands("ignored")
    assert wall + 2 * SECOND == clock.now()


def test_a_start_in_doubt_begins_where_trust_ended() -> None:
    """A clock that is wrong at the start is not believed: the time is the last one that the store remembers."""
    remembered = datetime(2026, 3, 26, 9, 0, tzinfo=UTC)
    ahead = Reading(remembered + timedelta(days=366), timedelta(hours=1), synchronised=False)
    assert remembered == Clock("required", remembered, lambda: ahead).now()
