"""Labels of figures: the content words beside a figure in a text, nearest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gateway.features.atoms import Atoms, Bits, Numbers
from gateway.features.numberwords import Says
from gateway.features.numerals import Found, begins

REACH: Final = 12
"""Content words on either side of a figure that may be its label."""
_FAR: Final = 40
"""Atoms on either side in which they stand."""

_BETWEEN: Final = 0.5
"""What a word counts beyond another figure: it is rather that one's label."""
_BY_PLACE: Final = np.repeat([1.0, 0.7, 0.4], REACH // 3)
"""What a word counts by how many stand between it and the figure: its label stands next to it."""
_EVERYDAY: Final = 0.3
"""What a word tells that is in every kind of mail."""

Stems = NDArray[np.uint32]
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Labels:
    """For each figure (row) the stems beside it, 0 where there is none, and what each of them counts.

    A word counts half for each other figure between, and less if it is in every kind of mail (`tells`).
    """

    stems: Stems
    near: Scores
    tells: Scores

    def taken(self, chosen: Bits | Numbers) -> Labels:
        """Those of some figures."""
        return Labels(self.stems[chosen], self.near[chosen], self.tells[chosen])


def labels(atoms: Atoms, found: Found, chosen: Numbers, borders: Bits | None = None) -> Labels:
    """The labels of the chosen figures of a text.

    What follows ends with the sentence; what stands before may name the matter in a sentence before.  Neither goes
    beyond a border (true where an atom is one).
    """
    words = np.flatnonzero(atoms.stem)
    start, end = found.start[chosen], found.end[chosen]
    if not len(words):
        nothing = np.zeros((len(chosen), 2 * REACH))
        return Labels(nothing.astype(np.uint32), nothing, nothing)
    left = words.searchsorted(start)[:, None] + _BEFORE
    right = words.searchsorted(end)[:, None] + _AFTER
    at = words.take(np.concatenate((left, right), axis=1), mode="clip")
    last = np.minimum(_sentence_ends(atoms, end - 1), end + (_FAR - 1))
    there = np.concatenate(
        (
            (left >= 0) & (at[:, :REACH] >= start[:, None] - _FAR),
            (right < len(words)) & (at[:, REACH:] <= last[:, None]),
        ),
        axis=1,
    )
    if borders is not None:
        section = np.cumsum(borders)
        there &= section[at] == section[start][:, None]
    starts = found.start[begins(found.start)]
    between = np.abs(starts.searchsorted(at) - found.slot[chosen][:, None])
    between -= (at > start[:, None]) & (between > 0)
    near = _BEYOND.take(between, mode="clip") * _NEARNESS
    common = (atoms.says[at] & Says.COMMON) != 0
    return Labels(np.where(there, atoms.stem[at], _NO_STEM), near, near * np.where(common, _EVERYDAY, 1.0))


_BEFORE: Final = -1 - np.arange(REACH)
_AFTER: Final = np.arange(REACH)
_NEARNESS: Final = np.tile(_BY_PLACE, 2)
_BEYOND: Final = _BETWEEN ** np.arange(2 * _FAR)
_NO_STEM: Final = np.uint32(0)


def _sentence_ends(atoms: Atoms, at: Numbers) -> Numbers:
    """The last atom of the sentence in which each of some atoms stands; it belongs to it."""
    ends = np.append(np.flatnonzero(atoms.says & Says.ENDS), len(atoms))
    found: Numbers = ends[ends.searchsorted(at)]
    return found
