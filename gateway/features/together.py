"""Figures without labels that stand together: in one row, column, table or paragraph of a publication."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gateway.features.atoms import Numbers
from gateway.features.figures import Figures
from gateway.features.hits import Hits
from gateway.features.numerals import Found
from gateway.features.rarity import commonness
from gateway.features.stretch import Gain, Stretch, best_stretch

Scores = NDArray[np.float64]

FEWEST: Final = 4
"""Different figures without labels that must stand in one place of a publication."""
_LEAST: Final = 3.0
"""Powers of ten below which a place is not worth looking at."""
_MOST_PLACES: Final = 24


def together(index: Figures, found: Found, pairs: Hits) -> Iterator[tuple[int, Stretch]]:
    """For places in which enough of a text's figures stand: the publication's number, and the best stretch."""
    if len(np.unique(found.slot)) < FEWEST:
        return
    pairs = pairs.taken(pairs.digits > 1)
    for kind in range(3):
        places = _Places.of(index, kind)
        yield from _standing(index, found, pairs, places)


@dataclass(frozen=True, slots=True)
class _Places:
    """The places of one kind: of each record its place, and of each place how many records it has."""

    place: Numbers
    sizes: Numbers

    @classmethod
    def of(cls, index: Figures, kind: int) -> _Places:
        """Rows, columns, or tables and paragraphs."""
        return cls(*index.places(kind))


def _standing(index: Figures, found: Found, pairs: Hits, places: _Places) -> Iterator[tuple[int, Stretch]]:
    place = places.place[pairs.record]
    counts = np.bincount(place, minlength=1)
    kept = np.flatnonzero(counts[place] >= FEWEST)
    pairs, place = pairs.taken(kept), place[kept]
    order = np.lexsort((-pairs.digits, pairs.figure, place))
    pairs, place = pairs.taken(order), place[order]
    first = np.ones(len(place), np.bool_)
    first[1:] = (place[1:] != place[:-1]) | (pairs.figure[1:] != pairs.figure[:-1])
    pairs, place = pairs.taken(first), place[first]
    general = 10.0 ** (commonness(found, pairs.figure) - pairs.digits + 1) / 9
    value = -np.log10(np.minimum(1.0, general * places.sizes[place]))
    yield from _stretches(index, found, pairs, place, value)


def _stretches(
    index: Figures, found: Found, pairs: Hits, place: Numbers, value: Scores
) -> Iterator[tuple[int, Stretch]]:
    """The best stretches of the places that gain most."""
    names, number, counts = np.unique(place, return_inverse=True, return_counts=True)
    if not len(names):
        return
    worth = np.where(counts >= FEWEST, np.bincount(number, value), 0.0)
    chosen = np.argsort(-worth, kind="stable")[:_MOST_PLACES]
    for at in chosen[worth[chosen] >= _LEAST].tolist():
        own = np.flatnonzero((number == at) & (value > 0))
        columns = (pairs.figure[own], value[own], pairs.digits[own])
        gains = [Gain(f, v, d, 0.0) for f, v, d in zip(*(c.tolist() for c in columns), strict=True)]
        stretch = best_stretch(found, gains)
        if stretch is not None and len(stretch.gains) >= FEWEST:
            owner = int(pairs.owner[number == at][0])
            # As many places could have agreed by chance.
            many = float(np.log10(index.bounds[owner + 1] - index.bounds[owner]))
            yield owner, stretch._replace(score=stretch.score - many, chance=stretch.chance + many)
