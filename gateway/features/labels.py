"""Labels of figures: the content words beside a figure in a text, nearest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gateway.features.atoms import Atoms, Bits, Numbers
from gateway.features.numberwords import Says
from gateway.features.numerals import Found

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
    before = np.searchsorted(words, start)
    after = np.searchsorted(words, end)
    steps = np.arange(REACH)
    left, right = before[:, None] - 1 - steps, after[:, None] + steps
    at = np.concatenate((left, right), axis=1)
    there = (at >= 0) & (at < len(words))
    at = words[np.clip(at, 0, max(0, len(words) - 1))] if len(words) else np.zeros_like(at)
    there &= (at >= start[:, None] - _FAR) & (at < end[:, None] + _FAR)
    sentence = _counted((atoms.says & Says.ENDS) != 0)
    # The atom that ends a sentence belongs to it.
    there[:, REACH:] &= sentence[at[:, REACH:]] == sentence[end - 1][:, None]
    there[:, REACH:] &= (atoms.says[end - 1] & Says.ENDS == 0)[:, None]
    if borders is not None:
        section = np.cumsum(borders)
        there &= section[at] == section[start][:, None]
    stems = (
        np.where(there, atoms.stem[at], 0).astype(np.uint32) if len(words) else np.zeros(at.shape, np.uint32)
    )
    starts = np.unique(found.start)
    between = np.abs(np.searchsorted(starts, at) - found.slot[chosen][:, None])
    between -= (at > start[:, None]) & (between > 0)
    near = _BETWEEN**between * np.tile(_BY_PLACE, 2)
    common = (atoms.says[at] & Says.COMMON) != 0 if len(words) else there
    return Labels(stems, near, near * np.where(common, _EVERYDAY, 1.0))


def _counted(ends: Bits) -> Numbers:
    """The number of ends before each atom."""
    counted: Numbers = np.cumsum(ends) - ends
    return counted
