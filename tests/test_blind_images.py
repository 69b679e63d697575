"""Nothing passes that a picture shows: drawings are read always, pixels where the settings say so, bombs are named."""

from __future__ import annotations

import time

import pytest

from gateway.detectors import find
from gateway.scanner import read_here
from tests.blind import INNOCENT, NOW, PLANTED, REGISTER, RULES, Case, drawings, images, outcome
from tests.pace import slowness
from tests.pictured import reads_words

DRAWINGS = list(drawings.all_cases())
SHOWN = list(images.shown())
BOMBS = list(images.bombs())


def failures(case: Case, *, ocr: bool) -> list[str]:
    """What is wrong about a case."""
    wrong = []
    for matter, passes in ((PLANTED, False), (INNOCENT, True)):
        began = time.process_time()
        message = read_here(case.make(matter), ocr=ocr)
        found = find(RULES, message, REGISTER, NOW)
        if passes is bool(found) and not (passes and case.doubtful):
            wrong.append(f"{'twin' if passes else 'planted'}: {found}, {message.unreadable}")
        if time.process_time() - began > 5 * slowness():
            wrong.append("too slow")
    return wrong


def test_there_are_enough_cases() -> None:
    """Each is another one."""
    every = [*DRAWINGS, *SHOWN, *BOMBS]
    assert len(every) == len({case.id for case in every})
    assert 250 < len(every)


def test_a_sample_of_drawings_is_found() -> None:
    """One drawing in thirty: its text is found, its innocent twin passes."""
    assert {} == {case.id: wrong for case in DRAWINGS[::30] if (wrong := failures(case, ocr=False))}


@pytest.mark.long
@pytest.mark.parametrize("kind", ["emf", "wmf", "svg", "vml", "pict"])
def test_every_drawing_is_found(kind: str) -> None:
    """All drawings."""
    cases = [case for case in DRAWINGS if case.name.startswith(kind)]
    assert cases
    assert {} == {case.id: wrong for case in cases if (wrong := failures(case, ocr=False))}


def test_bombs_are_named() -> None:
    """Each within a second, read as by default."""
    began = time.process_time()
    assert [] == [case.id for case in BOMBS if outcome(case.make(PLANTED)).passed]
    assert time.process_time() - began < len(BOMBS) * slowness()


@reads_words
@pytest.mark.long
@pytest.mark.parametrize("row", sorted({case.row for case in SHOWN}))
def test_every_picture_is_read(row: str) -> None:
    """What a picture shows is found, wherever it stands; its innocent twin passes."""
    if row == "T21":
        pytest.importorskip("zxingcpp")
    cases = [case for case in SHOWN if case.row == row]
    assert {} == {case.id: wrong for case in cases if (wrong := failures(case, ocr=True))}
