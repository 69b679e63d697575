"""The entry points of the fuzzer are alive: each takes a few dozen inputs, and an input fails by what none may do."""

from __future__ import annotations

import random
import time

import pytest

from tests.fuzz import seeds
from tests.fuzz.entries import ENTRIES
from tests.fuzz.guard import Failed, guarded
from tests.fuzz.repeat import LENGTH, spelled_out
from tests.papers import compound, pdf, rtf

EVERY = 150
"""Of the planted mails one of so many: all take a minute to make."""
TRIES = 12


@pytest.fixture(scope="module")
def some() -> seeds.Seeds:
    """Seeds from a few of the planted mails, and files of some more kinds."""
    return seeds.of(
        [
            *seeds.planted(EVERY),
            rtf(),
            pdf(),
            compound({"Workbook": bytes(9)}),
            b"<?xml version='1.0'?><kept/>",
        ]
    )


def changed(dice: random.Random, data: bytes) -> bytes:
    """The input with a few bytes changed, and some cut out."""
    made = bytearray(data)
    for _ in range(dice.randrange(4)):
        made[dice.randrange(len(made))] = dice.randrange(256)
    start = dice.randrange(len(made))
    del made[start : start + dice.choice((0, 0, 1, 20))]
    return bytes(made)


@pytest.mark.parametrize("name", ENTRIES)
def test_entry_takes_whatever_comes(some: seeds.Seeds, name: str) -> None:
    """Seeds as they are and changed at random end without an exception, in time and in bounds."""
    dice = random.Random(name)
    known = list(some[name])[:TRIES] or [b"a\n"]
    for data in known + [changed(dice, dice.choice(known)) for _ in range(TRIES)]:
        guarded(ENTRIES[name], data)


def test_seeds_go_where_they_belong(some: seeds.Seeds) -> None:
    """What stands in the planted mails is taken apart down to the documents in archives."""
    filled = {entry for entry, inputs in some.items() if inputs}
    assert {"mail", "whole", "words", "text", "page", "file", "zip", "package", "rtf", "pdf", "xml"} <= filled


def test_an_input_that_takes_too_long_fails() -> None:
    """Python code that does not end is ended where it is, although it would catch any ordinary exception."""

    def hang(_data: bytes) -> None:
        while True:
            try:
                time.process_time()
            except Exception:
                continue

    with pytest.raises(Failed):
        guarded(hang, b"", longest=0.05)


def test_an_input_that_takes_too_much_fails() -> None:
    """Memory counts by the most that the process ever had."""
    with pytest.raises(Failed):
        guarded(lambda data: None, b"", largest=-1)


def test_an_exception_fails() -> None:
    """Whatever an entry raises comes out."""

    def broken(data: bytes) -> None:
        assert 1 // len(data)

    with pytest.raises(ZeroDivisionError):
        guarded(broken, b"")


def test_a_piece_is_said_again_and_again() -> None:
    """The first two bytes say which piece; the rest stays around it."""
    made = spelled_out(bytes([128, 255]) + b"headpiecetail"[:8])
    assert made.startswith(b"head" + b"pie" * 10)
    assert LENGTH - 4_096 <= len(made) <= LENGTH + 16
    assert b"a" == spelled_out(b"a")
