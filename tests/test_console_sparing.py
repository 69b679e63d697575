"""How often something may happen: so many times within a time for each key, and never without bound in memory."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.console import sparing
from gateway.console.sparing import Sparing


@given(st.lists(st.floats(0, 300), max_size=60).map(sorted), st.integers(1, 5))
def test_never_more_than_allowed(times: list[float], most: int) -> None:
    """Within any minute no key is allowed more often than that."""
    spare = Sparing(most, timedelta(minutes=1))
    allowed = [time for time in times if spare.allow("key", time)]
    for start in allowed:
        assert most >= sum(start <= time < start + 60 for time in allowed)
    assert allowed[:1] == times[:1]


def test_keys_are_counted_apart() -> None:
    """One key's attempts cost another nothing."""
    spare = Sparing(1, timedelta(minutes=1))
    assert [True, False, True] == [spare.allow(key, 0.0) for key in ("a", "a", "b")]
    assert spare.allow("a", 60.0)


def test_a_flood_of_keys_is_bounded() -> None:
    """With more keys than are remembered new ones wait until old ones are over."""
    spare = Sparing(2, timedelta(minutes=1))
    allowed = sum(spare.allow(str(number), 0.0) for number in range(sparing._MOST_KEYS + 5))
    assert sparing._MOST_KEYS == allowed
    assert spare.allow("late", 61.0)
