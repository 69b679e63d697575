"""How rare the figures of a text are, whatever they are about."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gateway.features.background import COMMONNESS
from gateway.features.numerals import Found

_BY_SHAPE: Final = np.array([COMMONNESS[unit] for unit in sorted(COMMONNESS)])


def commonness(found: Found, chosen: NDArray[np.int64]) -> NDArray[np.float64]:
    """How much commoner each figure is than others with as many digits, as a power of ten."""
    mantissa = found.mantissa[chosen]
    noughts = sum((mantissa % 10**power == 0).astype(np.int64) for power in range(1, _BY_SHAPE.shape[2]))
    digits = np.minimum(found.digits[chosen], _BY_SHAPE.shape[1]) - 1
    common: NDArray[np.float64] = _BY_SHAPE[found.unit[chosen], digits, noughts]
    return common
