"""What one publication's labels say: how well the words beside a figure of a text fit those of each of its records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from gateway.features.atoms import Bits, Numbers
from gateway.features.labels import Labels

if TYPE_CHECKING:
    from gateway.features.figures import Figures

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Matter:
    """The labels of one publication's records, sorted by stem; contexts and records are numbered from 0.

    `weights` is how rare a stem is among the contexts of its kind (sentences, or rows and columns), as a power of ten.
    """

    stems: NDArray[np.uint32]
    contexts: Numbers
    weights: Scores
    row: Numbers
    column: Numbers
    prose: Bits
    size: int

    @classmethod
    def of(cls, index: Figures, owner: int) -> Matter:
        """That of the publication with this number."""
        low, high = (int(each) for each in index.bounds[owner : owner + 2])
        first, last = (int(each) for each in index.context_bounds[owner : owner + 2])
        whole = index.all
        row, column = (
            whole.row[low:high].astype(np.int64) - first,
            whole.column[low:high].astype(np.int64) - first,
        )
        prose = whole.prose[low:high] != 0
        spoken = np.zeros(last - first, np.bool_)
        spoken[row[prose]] = True
        stems = whole.stems[index.starts[first] : index.starts[last]]
        contexts = np.repeat(np.arange(last - first), whole.lengths[first:last])
        order = np.argsort(stems, kind="stable")
        stems, contexts = stems[order], contexts[order]
        return cls(
            stems, contexts, _weights(stems, spoken[contexts], spoken), row, column, prose, last - first
        )

    def overlaps(self, labels: Labels) -> Scores:
        """How well each record (column) fits the label of each figure (row): the weights of the common stems."""
        figures = len(labels.stems)
        fits = np.zeros(figures * self.size)
        near = labels.stems != 0
        figure = np.nonzero(near)[0]
        stems, factor = labels.stems[near], labels.near[near]
        figure, stems, factor = _once(figure, stems, factor)
        low = np.searchsorted(self.stems, stems)
        counts = np.searchsorted(self.stems, stems, side="right") - low
        which = np.repeat(np.arange(len(stems)), counts)
        at = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts) + low[which]
        place = figure[which] * self.size + self.contexts[at]
        fits = np.bincount(place, self.weights[at] * factor[which], figures * self.size)
        fits = fits.reshape(figures, self.size)
        found: Scores = fits[:, self.row] + np.where(self.prose, 0.0, fits[:, self.column])
        return found


def _weights(stems: NDArray[np.uint32], spoken: Bits, contexts: Bits) -> Scores:
    """How rare each stem is among the contexts of its kind."""
    kinds = stems.astype(np.int64) * 2 + spoken
    _, number, counts = np.unique(kinds, return_inverse=True, return_counts=True)
    of_kind = np.array([np.sum(~contexts), np.sum(contexts)])[spoken.astype(np.int64)]
    weights: Scores = np.log10((of_kind + 1) / counts[number])
    return np.maximum(_LEAST, weights)


_LEAST: Final = 0.1
"""The weight of a stem that stands in all labels."""


def _once(
    figure: Numbers, stems: NDArray[np.uint32], factor: Scores
) -> tuple[Numbers, NDArray[np.uint32], Scores]:
    """Each stem of a figure once, where it counts most."""
    order = np.lexsort((-factor, stems, figure))
    figure, stems, factor = figure[order], stems[order], factor[order]
    first = np.ones(len(figure), np.bool_)
    first[1:] = (figure[1:] != figure[:-1]) | (stems[1:] != stems[:-1])
    return figure[first], stems[first], factor[first]
