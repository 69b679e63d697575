"""Figures detector: figures of a registered publication beside their own labels, or several of one table together.

`gateway.features.agreement` scores each part of the mail against each publication; what reaches the threshold is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Final

import numpy as np
import numpy.typing as npt

from gateway.detectors.reading import Reading
from gateway.detectors.rule import RuleSet
from gateway.features.agreement import Agreement, agreements
from gateway.features.atoms import Atoms
from gateway.features.numerals import candidates
from gateway.features.values import keys, salt
from gateway.features.vocabulary import lent
from gateway.model import Detector, Finding, Message, Register
from gateway.traces import text_hash

Counts = npt.NDArray[np.int64]

_WINDOW, _OVERLAP = 60_000, 3_000
"""Atoms of a part that are weighed at a time, and how many of them the next window has again."""


def find(rules: RuleSet, reading: Reading, register: Register, now: datetime) -> Iterator[Finding]:
    """One finding for each rule, part and publication under embargo whose figures agree well enough.

    A single figure is never one, whatever the threshold.
    """
    asked = rules.of(Detector.FIGURES)
    if not register.figures or not asked:
        return
    for path, agreement in _agreeing(reading, register, rules.figures_threshold):
        publication = register.publications.get(agreement.publication)
        if publication is None or not publication.embargoed(now):
            continue
        trace = _trace(register.trace_key, agreement)
        for rule in asked:
            yield Finding(rule.id, Detector.FIGURES, path, publication.id, asks=rule.asks, trace=trace)


def explain(message: Message, register: Register) -> Iterator[tuple[str, Agreement]]:
    """How each part of a message agrees with each publication: the part's path, and the score with its parts."""
    with lent(register.trace_key) as vocabulary:
        reading = Reading(vocabulary)
        for _ in reading.pages(message):
            pass
        yield from _agreeing(reading, register, 0.0)


def _agreeing(reading: Reading, register: Register, least: float) -> Iterator[tuple[str, Agreement]]:
    """The best agreement of each part with each publication that scores `least`, the best first."""
    if not register.figures:
        return
    salted = salt(register.trace_key)
    for path, atoms in _parts(reading):
        best: dict[str, Agreement] = {}
        for window in _windows(atoms):
            for agreement in agreements(register.figures, window, salted, least):
                known = best.get(agreement.publication)
                if known is None or agreement.score > known.score:
                    best[agreement.publication] = agreement
        for agreement in sorted(best.values(), key=lambda each: (-each.score, each.publication)):
            yield path, agreement


def _parts(reading: Reading) -> Iterator[tuple[str, Atoms]]:
    """What persons say in each part in which two figures may stand."""
    atoms = reading.chunks().atoms
    figures = candidates(atoms.says, atoms.mantissa)
    if len(figures) < 2:
        return
    spans = list(_spans(reading))
    chunks = np.array([(start, end) for _, start, end in spans], np.int64).reshape(-1, 2)
    places = np.concatenate((_NOUGHT, np.cumsum(atoms.counts)))[chunks]
    for (path, *chunk), place, (low, high) in zip(
        spans, places.tolist(), figures.searchsorted(places).tolist(), strict=True
    ):
        if high - low > 1:
            yield path, atoms.part(*chunk, *place)
    yield from _together(atoms, spans, np.diff(figures.searchsorted(places), axis=1).ravel(), places)


def _together(
    atoms: Atoms, spans: list[tuple[str, int, int]], counts: Counts, places: Counts
) -> Iterator[tuple[str, Atoms]]:
    """Short parts that follow each other, as one text, under the path of the first: figures parted over several parts.

    Parts of ordinary mail are its text, the same as a page, and its files: only what is short is parted like that.
    """
    short = (counts <= _FEW) & (np.diff(places, axis=1).ravel() <= _SHORT)
    for run in np.split(np.arange(len(spans)), np.flatnonzero(np.diff(short)) + 1):
        if short[run[0]] and np.count_nonzero(counts[run]) > 1:
            first, last = run[0], run[-1]
            chunk = (spans[first][1], spans[last][2])
            yield spans[first][0], atoms.part(*chunk, int(places[first][0]), int(places[last][1]))


def _spans(reading: Reading) -> Iterator[tuple[str, int, int]]:
    """The path of each part in which persons say something, and its chunks."""
    start = 0
    for (path, said), segments in groupby(reading.segments, key=lambda each: (each.path, each.said)):
        end = max(each.end for each in segments)
        if said and end > start:
            yield path, start, end
        start = end


_FEW, _SHORT = 8, 120
"""Figures, and words, of a part so short that it says little by itself."""
_NOUGHT: Final = np.zeros(1, np.int64)


def _windows(atoms: Atoms) -> Iterator[Atoms]:
    """The part, or pieces of it that overlap; a line of a table may be one chunk of a thousand atoms."""
    size = len(atoms)
    if size <= _WINDOW + _OVERLAP:
        yield atoms
        return
    for start in range(0, size - _OVERLAP, _WINDOW):
        yield atoms.part(0, 0, start, start + _WINDOW + _OVERLAP)


def _trace(trace_key: bytes, agreement: Agreement) -> bytes:
    """What tells this evidence from other: the figures that agree, whatever their order."""
    mantissas, exponents = (np.array(column, np.int64) for column in zip(*agreement.values, strict=True))
    values: Final = np.sort(keys(mantissas, exponents, salt(trace_key)))
    return text_hash(trace_key, [b"figures", agreement.publication.encode(), values.tobytes()])
