"""Nothing passes that stands in an archive or a document: found, or named as unreadable; and innocent ones pass."""

from __future__ import annotations

import time
from itertools import chain

import pytest

from tests.blind import (
    INNOCENT,
    PLANTED,
    Case,
    anew,
    binary,
    books,
    containers,
    hostile,
    kept,
    odd_archives,
    offices,
    outcome,
    outside,
    pages,
    polyglots,
    rare,
    shows,
    texts,
    viewed,
    words,
)
from tests.pace import slowness

MODULES = (
    anew,
    binary,
    books,
    containers,
    hostile,
    kept,
    odd_archives,
    offices,
    outside,
    pages,
    polyglots,
    rare,
    shows,
    texts,
    viewed,
    words,
)
CASES = list(chain.from_iterable(module.all_cases() for module in MODULES))
HEAVY = ("Z02", "Z03-kernel", "Z11", "Z16", "Z17")
"""Cases that are made of many megabytes."""
SAMPLE = [case for case in CASES if not case.id.startswith(HEAVY)][::25]
LONGEST = 10.0
"""Seconds that one mail may take to be read."""


def failures(case: Case) -> list[str]:
    """What is wrong about a case."""
    began = time.monotonic()
    planted = outcome(case.make(PLANTED), case.register)
    passed = time.monotonic() - began
    innocent = outcome(case.make(INNOCENT), case.register) if not case.doubtful else None
    return [
        *(["passed in silence"] if planted.passed else []),
        *([f"its twin is {innocent.found}, {innocent.reasons}"] if innocent and not innocent.passed else []),
        *([f"took {passed:.0f} s"] if passed > LONGEST * slowness() else []),
    ]


def test_there_are_enough_cases() -> None:
    """Each is another one."""
    assert len(CASES) == len({case.id for case in CASES})
    assert 1_000 < len(CASES)


def test_a_sample_neither_passes_nor_is_held_needlessly() -> None:
    """One case in twenty-five, of all kinds."""
    assert {} == {case.id: what for case in SAMPLE if (what := failures(case))}


@pytest.mark.long
@pytest.mark.parametrize("row", sorted({case.row for case in CASES}))
def test_no_case_passes_nor_is_held_needlessly(row: str) -> None:
    """All cases of one row: found or named in time, their innocent twins neither, unless the row is doubtful."""
    assert {} == {case.id: what for case in CASES if case.row == row and (what := failures(case))}
