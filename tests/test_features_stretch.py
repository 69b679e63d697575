"""The best stretch of figures, and what it can reach at most."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gateway.features.found import Found
from gateway.features.stretch import Gain, best_stretch, reach

FIGURES = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 4), st.integers(10, 30), st.none() | st.floats(0.1, 4)),
    min_size=1,
    max_size=30,
)
"""Of each figure: how far behind the one before it begins, its length, its value, and what it gains, if anything."""


@given(FIGURES, st.frozensets(st.integers(0, 29)))
def test_no_stretch_scores_more_than_can_be_reached(
    drawn: list[tuple[int, int, int, float | None]], again: frozenset[int]
) -> None:
    """What is given up because it cannot reach a score would not have reached it."""
    steps, lengths, values, gains = zip(*drawn, strict=True)
    start, zeros = np.cumsum(steps), np.zeros(len(drawn), np.int64)
    slot = np.unique(start, return_inverse=True)[1]
    found = Found(np.array(values), zeros, zeros, zeros + 2, start, start + np.array(lengths), slot)
    row = [Gain(number, value, 2, 0.0) for number, value in enumerate(gains) if value is not None]
    best = best_stretch(found, row, again)
    assert best is None or best.score <= reach(found, row) + 1e-9
