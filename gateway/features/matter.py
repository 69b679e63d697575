"""What one publication's labels say: how well the words beside a figure of a text fit those of each of its records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from gateway.features.atoms import Bits, Numbers
from gateway.features.labels import Labels
from gateway.features.packing import PROSE, PUBLIC

if TYPE_CHECKING:
    from gateway.features.figures import Figures

Scores = NDArray[np.float64]

_SAMPLE: Final = 2048
"""Records of each kind, at most, by which it is known how many fit a label: of a large table not all are looked at."""
_LEAST: Final = 0.1
"""The weight of a stem that stands in all labels."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Records of one kind: their contexts, how many records there are, and how many one of the sample stands for."""

    row: Numbers
    column: Numbers
    size: int

    @classmethod
    def of(cls, row: Numbers, column: Numbers) -> Sample:
        """A sample spread over all."""
        step = -(-len(row) // _SAMPLE) or 1
        return cls(row[::step], column[::step], len(row))

    @property
    def scale(self) -> float:
        """How many records one of the sample stands for."""
        return self.size / max(1, len(self.row))


@dataclass(frozen=True, slots=True)
class Matter:
    """The labels of one publication's records, sorted by stem; contexts are numbered from `first` on.

    `weights` is how rare a stem is among the contexts of its kind (sentences, or rows and columns), as a power of ten.
    """

    stems: NDArray[np.uint32]
    contexts: Numbers
    weights: Scores
    first: int
    size: int
    prose: Sample
    tables: Sample

    @classmethod
    def of(cls, index: Figures, owner: int) -> Matter:
        """That of the publication with this number."""
        low, high = (int(each) for each in index.bounds[owner : owner + 2])
        first, last = (int(each) for each in index.context_bounds[owner : owner + 2])
        whole = index.all
        row, column = (each[low:high].astype(np.int64) - first for each in (whole.row, whole.column))
        flags = whole.prose[low:high]
        prose, secret = (flags & PROSE) != 0, (flags & PUBLIC) == 0
        spoken = np.zeros(last - first, np.bool_)
        spoken[row[prose]] = True
        stems = whole.stems[index.starts[first] : index.starts[last]]
        contexts = np.repeat(np.arange(last - first), whole.lengths[first:last])
        order = np.argsort(stems, kind="stable")
        stems, contexts = stems[order], contexts[order]
        weights = _weights(stems, spoken[contexts], spoken)
        kinds = (Sample.of(row[kind], column[kind]) for kind in (prose & secret, ~prose & secret))
        return cls(stems, contexts, weights, first, last - first, *kinds)

    def fits(self, labels: Labels) -> Scores:
        """How well each context (column) fits the label of each figure (row): the weights of the common stems."""
        figures = len(labels.stems)
        figure, at = np.nonzero(labels.stems)
        figure, stems, near = _once(figure, labels.stems[figure, at], labels.near[figure, at])
        low = np.searchsorted(self.stems, stems)
        counts = np.searchsorted(self.stems, stems, side="right") - low
        which = np.repeat(np.arange(len(stems)), counts)
        at = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts) + low[which]
        place = figure[which] * self.size + self.contexts[at]
        fits = np.bincount(place, self.weights[at] * near[which], figures * self.size)
        return fits.astype(np.float64).reshape(figures, self.size)


def _weights(stems: NDArray[np.uint32], spoken: Bits, contexts: Bits) -> Scores:
    """How rare each stem is among the contexts of its kind."""
    kinds = stems.astype(np.int64) * 2 + spoken
    _, number, counts = np.unique(kinds, return_inverse=True, return_counts=True)
    of_kind = np.array([np.sum(~contexts), np.sum(contexts)])[spoken.astype(np.int64)]
    weights: Scores = np.log10((of_kind + 1) / counts[number])
    return np.maximum(_LEAST, weights)


def _once(
    figure: Numbers, stems: NDArray[np.uint32], near: Scores
) -> tuple[Numbers, NDArray[np.uint32], Scores]:
    """Each stem of a figure once, where it counts most."""
    order = np.lexsort((-near, stems, figure))
    figure, stems, near = figure[order], stems[order], near[order]
    first = np.ones(len(figure), np.bool_)
    first[1:] = (figure[1:] != figure[:-1]) | (stems[1:] != stems[:-1])
    return figure[first], stems[first], near[first]
