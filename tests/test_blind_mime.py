"""Nothing passes because it was not looked at: mails that hide a wording or a file in their structure or their text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain

import pytest

from gateway.message import read
from gateway.model import Reason
from tests.blind import (
    INNOCENT,
    Case,
    bodies,
    bulletin,
    corners,
    encodings,
    hiding,
    html,
    inside,
    letters,
    loose,
    mime,
    names,
    needless,
    outside,
    parted,
    rendered,
    salts,
    silent,
    splitting,
    strays,
)

MAKERS = (
    corners.corners, strays.strays,
    mime.fields, mime.types, bodies.parts, loose.texts, loose.limits, loose.looks, encodings.fields, encodings.bodies,
    inside.files, letters.charsets, letters.letters, names.names, names.said, names.kinds,
    hiding.hidden, splitting.split, html.odd, html.rest, salts.strewn, parted.parted, parted.typed,
    rendered.rendered,
    bulletin.figures, bulletin.pieces, outside.mails,
)  # fmt: skip
ROWS = 86
"""Rows of the list that these cases belong to."""


def cases() -> Iterator[Case]:
    """Every case there is about structure, encodings and pages."""
    return chain.from_iterable(make() for make in MAKERS)


def some() -> list[Case]:
    """Of each row the first, and every twelfth."""
    seen = Counter[str]()
    kept = []
    for case in cases():
        if seen[case.row] % 12 == 0:
            kept.append(case)
        seen[case.row] += 1
    return kept


def test_a_sample_is_found_or_named() -> None:
    """Of a sample of mails with something planted none goes on in silence."""
    assert [] == list(silent(some()))


def test_innocent_twins_of_a_sample_pass() -> None:
    """The same mails with nothing in them are not held, unless what they look like is in doubt itself."""
    assert [] == list(needless(some()))


def test_every_row_has_cases() -> None:
    """The cases are many, each has a name of its own, and no row was forgotten."""
    every = list(cases())
    assert len(every) == len({case.id for case in every})
    assert len({case.row for case in every}) >= ROWS
    assert len(every) >= 2_500


@pytest.mark.long
@pytest.mark.parametrize("make", MAKERS, ids=lambda make: f"{make.__module__}.{make.__name__}")
def test_all_are_found_or_named_and_all_twins_pass(make: object) -> None:
    """Every variant of every row is found or named, and no innocent twin is held for nothing."""
    assert callable(make)
    every = list(make())
    assert ([], []) == (list(silent(every)), list(needless(every)))


@pytest.mark.parametrize("row", ["M23", "M24", "M25", "M26", "M38", "M39", "M43"])
def test_what_nobody_here_reads_is_named(row: str) -> None:
    """Too deep, too many, in pieces, elsewhere, foreign or locked: said even where nothing is planted."""
    marked = {
        case.id: {mark.reason for mark in read(case.make(INNOCENT)).message.unreadable}
        for case in cases()
        if case.row == row and "-29-" not in case.name
    }
    assert all(marked.values()), [name for name, reasons in marked.items() if not reasons]
    assert Reason.SCANNER not in set().union(*marked.values())
