"""The Beta distribution with numpy alone, exact enough to be the reference for a share."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MAX_PARAMETER: Final = 400.0
"""The series of beta_cdf grows like 2 ** (a + b), and doubles end at 2 ** 1024."""

_HALF: Final = 0.5
_NEGLIGIBLE: Final = 1e-17  # below the precision of doubles


def beta_cdf(x: Floats, a: float, b: float) -> Floats:
    """Probability that a Beta(a, b) value is at most x.

    x        (G,) float in [0, 1]
    a, b     above 0, at most MAX_PARAMETER
    Returns  (G,) float, absolute error under 1e-12
    """
    low = _series(np.minimum(x, _HALF), a, b)
    high = 1.0 - _series(np.minimum(1.0 - x, _HALF), b, a)
    return np.where(x <= _HALF, low, high)


def _series(x: Floats, a: float, b: float) -> Floats:
    """I_x(a, b) for x of at most a half: all terms are positive, so nothing cancels."""
    log_beta = math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    with np.errstate(divide="ignore"):
        scale = np.exp(a * np.log(x) + b * np.log1p(-x) - log_beta) / a
    term = np.ones_like(x)
    total = np.ones_like(x)
    step = 0
    while float(np.max(term / total)) > _NEGLIGIBLE:
        term = term * (x * (a + b + step) / (a + 1.0 + step))
        total = total + term
        step += 1
    return np.asarray(scale * total)
