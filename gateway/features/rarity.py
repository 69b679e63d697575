"""How rare the figures of a text are, whatever they are about."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gateway.features.background import frequency
from gateway.features.numerals import Found


def general(found: Found, chosen: NDArray[np.int64], digits: NDArray[np.int64]) -> NDArray[np.float64]:
    """The share of the value of each chosen figure, at so many digits, among all figures of its shape."""
    dropped = np.maximum(0, found.digits[chosen] - digits)
    power = _TENS[dropped]
    mantissa = (found.mantissa[chosen] + power // 2) // power
    return frequency(mantissa, found.exponent[chosen] + dropped, found.unit[chosen])


_TENS: Final = 10 ** np.arange(18, dtype=np.int64)
