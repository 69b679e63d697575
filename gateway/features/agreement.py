"""How the figures of a text agree with those of registered publications: a score, and what it is made of.

For each publication, each figure of the text gains by how unlikely it is to agree by chance: how many registered
figures of its kind (of sentences, of tables) fit the words beside it as well as the one with its value, times how often
such a value stands there anyway.  So a figure under its own label gains much, one that meets its value somewhere in a
large table nothing, and one whose label belongs to another value little: that is another period's.  The score is the
best stretch of these gains, less what the figures between cost, and less what stretches of ordinary words lack.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gateway.features.atoms import Atoms, Numbers
from gateway.features.figures import Figures
from gateway.features.hits import Hits, common_words, hits, overlaps
from gateway.features.labels import Labels, labels
from gateway.features.numerals import Found, figures
from gateway.features.stretch import Gain, best_stretch

Scores = NDArray[np.float64]

_MOST_OWNERS: Final = 8
_MOST_FIGURES: Final = 96
"""Publications, and figures of each, that are weighed for one text."""
_PRIOR: Final = 50
"""How many figures of a publication the general frequency of a value is worth beside those that it has."""
_FINER: Final = 0.5
"""Taken off for each digit that a text prints beyond what is registered: people quote no finer than they read."""
_IN_PROSE, _IN_TABLES = 0.1, 0.5
"""Most figures that are copied stand in the sentences of a publication (137 of 181): powers of ten taken off."""


class Agreement(NamedTuple):
    """One publication in one text.

    `score` is how unlikely the agreement is by chance, as a power of ten; `gains` what each different figure that
    agrees adds, `words` how many words of their labels agree, `start` and `end` the stretch in atoms, `kind` whether
    labels agree (`labels`) or figures of one row, column or paragraph stand together (`together`).
    """

    publication: str
    score: float
    gains: tuple[float, ...]
    words: tuple[dict[int, float], ...]
    start: int
    end: int
    kind: str

    @property
    def figures(self) -> int:
        """How many different figures agree."""
        return len(self.gains)


def agreements(index: Figures, atoms: Atoms, salted: int) -> list[Agreement]:
    """How a text agrees with each publication, the best stretch of each, best first.

    `salted` is `values.salt` of the key under which the index was made.
    """
    if not len(index):
        return []
    found = figures(atoms)
    if len(found) < 2:
        return []
    pairs = hits(index, found, salted)
    best: dict[str, Agreement] = {}
    for agreement in _by_labels(index, atoms, found, pairs):
        if agreement.publication not in best or agreement.score > best[agreement.publication].score:
            best[agreement.publication] = agreement
    return sorted(best.values(), key=lambda each: (-each.score, each.publication))


def _by_labels(index: Figures, atoms: Atoms, found: Found, pairs: Hits) -> Iterator[Agreement]:
    """Figures that agree under a common label."""
    chosen = np.unique(pairs.figure)
    if len(np.unique(found.slot[chosen])) < 2:
        return
    beside = labels(atoms, found, chosen)
    row = np.searchsorted(chosen, pairs.figure)
    shared = overlaps(index, beside, row, pairs.record)
    labelled = np.flatnonzero(shared >= _LEAST_SHARED)
    pairs, row = pairs.taken(labelled), row[labelled]
    for owner in _worth(found, pairs):
        own = np.flatnonzero(pairs.owner == owner)
        yield from _weighed(_Case(index, found, beside, chosen, owner), pairs.taken(own), row[own])


_LEAST_SHARED: Final = 0.25


def _worth(found: Found, pairs: Hits) -> list[int]:
    """The publications for which the figures could suffice, the most promising first."""
    slots = found.slot[pairs.figure]
    order = np.lexsort((-pairs.digits, slots, pairs.owner))
    owner, slots, digits = pairs.owner[order], slots[order], pairs.digits[order]
    first = np.ones(len(owner), np.bool_)
    first[1:] = (owner[1:] != owner[:-1]) | (slots[1:] != slots[:-1])
    bound = np.bincount(owner[first], np.minimum(3.0, digits[first]))
    many = np.bincount(owner[first])
    promising = np.flatnonzero((many >= 2) & (bound >= 2))
    return promising[np.argsort(-bound[promising], kind="stable")][:_MOST_OWNERS].tolist()


@dataclass(frozen=True, slots=True)
class _Case:
    """One publication and one text: `beside` are the labels of the `chosen` figures."""

    index: Figures
    found: Found
    beside: Labels
    chosen: Numbers
    owner: int


def _weighed(case: _Case, pairs: Hits, row: Numbers) -> Iterator[Agreement]:
    rows = np.unique(row)
    if len(rows) > _MOST_FIGURES:
        rows = rows[:_MOST_FIGURES]
        kept = row <= rows[-1]
        pairs, row = pairs.taken(kept), row[kept]
    matter = case.index.matter(case.owner)
    fits = matter.overlaps(case.beside.taken(rows))
    record = pairs.record - case.index.bounds[case.owner]
    line = np.searchsorted(rows, row)
    mine = fits[line, record]
    gain = np.full(len(pairs), -np.inf)
    for prose, prior in ((True, _IN_PROSE), (False, _IN_TABLES)):
        there = np.flatnonzero((matter.prose[record] == prose) & (mine > 0))
        if len(there):
            population = np.sort(fits[:, matter.prose == prose], axis=1)
            chance = _chance(population, line[there], mine[there], pairs.digits[there])
            gain[there] = -np.log10(np.minimum(1.0, chance)) - prior
    gain -= _FINER * (case.found.digits[pairs.figure] - pairs.digits) * (pairs.digits >= case.index.all.digits[pairs.record])
    order = np.lexsort((-gain, pairs.figure))
    best = order[_first(pairs.figure[order])]
    best = best[gain[best] > 0]
    if len(best) < 2:
        return
    gains = [
        Gain(figure, added, digits, common_words(case.index, case.beside, at, one))
        for figure, added, digits, at, one in zip(
            pairs.figure[best].tolist(),
            gain[best].tolist(),
            pairs.digits[best].tolist(),
            row[best].tolist(),
            pairs.record[best].tolist(),
            strict=True,
        )
    ]
    stretch = best_stretch(case.found, gains)
    if stretch is not None:
        yield Agreement(case.index.ids[case.owner], *stretch, "labels")


def _chance(population: Scores, line: Numbers, mine: Scores, digits: Numbers) -> Scores:
    """How likely one of the records that fit as well has this value: by how many they are, and how many have it anyway.

    `population` are the sorted fits of all records for each figure; `line` its rows for the pairs.
    """
    size = population.shape[1]
    as_well = np.array(
        [size - np.searchsorted(population[at], fit - 1e-9) for at, fit in zip(line.tolist(), mine, strict=True)]
    )
    best = np.zeros(len(population))
    np.maximum.at(best, line, mine)
    elsewhere = np.bincount(line, mine < best[line] / 2, len(population))
    general = 1 / (9 * 10.0 ** (digits - 1))
    chance: Scores = as_well * (elsewhere[line] + _PRIOR * general) / (size + _PRIOR)
    return chance


def _first(column: Numbers) -> NDArray[np.bool_]:
    first = np.ones(len(column), np.bool_)
    first[1:] = column[1:] != column[:-1]
    return first
