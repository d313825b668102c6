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


def beta_cdfs(x: Floats, start: Floats, a: float, b: float, n: int) -> Floats:
    """Cumulative Beta(a + m, b + n - m) for every m of 0..n.

    x        (G,) float, strictly between 0 and 1
    start    (G,) float, beta_cdf(x, a, b)
    Returns  (n + 1, G) float in [0, 1]

    Two exact steps: I(p, q) - I(p + 1, q) and I(p, q) - I(p + 1, q - 1) are both a power of x
    times a power of 1 - x, so one incomplete beta function per grid point serves all n and m.
    """
    log_x, log_y = np.log(x), np.log1p(-x)
    up = np.arange(n, dtype=np.float64)
    # from Beta(a, b) up to Beta(a + n, b)
    log_steps = _log_rising(a + b, n)[:-1] - _log_rising(a + 1.0, n)[:-1]
    log_steps = log_steps + math.lgamma(a + b) - math.lgamma(a + 1.0) - math.lgamma(b)
    drops = np.exp(log_steps[:, None] + (a + up)[:, None] * log_x + b * log_y)
    top = np.maximum(start - drops.sum(axis=0), 0.0)
    # from Beta(a + n, b) down to Beta(a + m, b + n - m): each step adds
    scale = math.lgamma(a + b + n) - math.lgamma(a + 1.0) - math.lgamma(b)
    log_adds = scale - _log_rising(a + 1.0, n)[:-1] - _log_rising(b, n)[:0:-1]
    adds = np.exp(log_adds[:, None] + (a + up)[:, None] * log_x + (b + up[::-1])[:, None] * log_y)
    above = np.vstack([top[None, :], adds[::-1]])
    return np.asarray(np.minimum(np.cumsum(above, axis=0)[::-1], 1.0))


def _log_rising(base: float, n: int) -> Floats:
    """Logarithm of base (base + 1) ... (base + i - 1) for i of 0..n: (n + 1,)."""
    steps = np.log(base + np.arange(n, dtype=np.float64))
    return np.concatenate([np.zeros(1), np.cumsum(steps)])
