"""Bin frequencies of one account: those of all accounts, moved along the log odds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from analyzer.schema import POSTERIOR_BINS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

EDGES: Final = np.log(np.arange(1, POSTERIOR_BINS) / np.arange(POSTERIOR_BINS - 1, 0, -1))
"""Log odds at which one bin ends and the next begins: (POSTERIOR_BINS - 1,)."""

REACH: Final = 3.3
"""Shifts beyond this many standard deviations are left out: one account in 1,000. With 2.8, one in
200, the share of a strange account moved by 0.05 at most (EXPERIMENTS.md, an account's shift)."""

STEEPEST: Final = 27.0
"""Log odds of 1e-12, the least frequency: a bin that stayed empty is not impossible."""

SLOPE: Final = 0.5
"""Beyond the outermost edges the log odds of a class's cumulative frequency go on in a line, rising
by this at least per unit. Measured 0.9 to 1.1 (EXPERIMENTS.md, an account's shift)."""

OWN: Final = 0.5
"""How much of the shifts' variance is taken out of a class for one account. With all of it the
variances would add up, but accounts whose posts differ much are then taken for a mix: of 93 real
accounts the 90 % interval held 91 % and 32 got a role, with half of it 89 % and 39, with none 81 %
and 54 (EXPERIMENTS.md, an account's shift)."""

LEAST: Final = 0.3
"""An account's own posts differ at least so much of what all posts do, whatever the fit says."""

_ODDS: Final = math.log(3.0)
_QUARTILES: Final = 2 * _ODDS
"""Between the quartiles of a logistic distribution of scale 1; its variance is pi ** 2 / 3."""

_APART: Final = 1e-9


def nodes(count: int) -> tuple[Floats, Floats]:
    """Standard normal as equally spaced values and their weights: (count,) each."""
    if count == 1:
        return np.zeros(1), np.ones(1)
    values = np.linspace(-REACH, REACH, count)
    weights = np.exp(-values * values / 2)
    return values, weights / weights.sum()


def cumulative(frequencies: Floats) -> Floats:
    """Log odds of lying below each edge, given the frequencies (POSTERIOR_BINS,) of the bins."""
    below = np.cumsum(frequencies)[:-1]
    above = np.cumsum(frequencies[::-1])[-2::-1]
    with np.errstate(divide="ignore"):
        return np.asarray(np.clip(np.log(below) - np.log(above), -STEEPEST, STEEPEST))


@dataclass(frozen=True, slots=True)
class Fill:
    """How a class fills the bins: the log odds `below` of lying below the log odds `at`."""

    at: Floats
    """(POSTERIOR_BINS - 1,) rising."""
    below: Floats


def centred(frequencies: Floats, spread: float) -> Fill:
    """How a class fills the bins of an account without a shift.

    frequencies: (POSTERIOR_BINS,) over all accounts.
    spread: standard deviation of the accounts' shifts.

    What all accounts fill is wider than what one of them does: it is drawn together around the
    median. (Finding the very frequencies whose mean over all shifts is `frequencies` is a
    deconvolution: it gives a comb, and answers that jump from post to post.)
    """
    below = cumulative(frequencies)
    if spread == 0:
        return Fill(EDGES, below)
    lower, median, upper = _quantiles(below)
    variance = (math.pi * (upper - lower) / _QUARTILES) ** 2 / 3
    factor = math.sqrt(max(1 - OWN * spread * spread / variance, LEAST**2))
    return Fill(median + (EDGES - median) * factor, below)


def moved(fill: Fill, shifts: Floats) -> Floats:
    """Bin frequencies after each shift: (len(shifts), POSTERIOR_BINS), at least 1e-12.

    shifts: (D,) added to the log odds of P(passion).
    """
    lower = 1 / (1 + np.exp(-_line(EDGES - shifts[:, None], fill.at, fill.below)))
    shares = np.diff(lower, axis=1, prepend=0.0, append=1.0)
    return np.maximum(shares, np.exp(-STEEPEST))


def _line(where: Floats, at: Floats, values: Floats) -> Floats:
    """Interpolated; beyond the ends it goes on as steep as between the last two."""
    first, last = (
        max(float((values[one] - values[other]) / (at[one] - at[other])), SLOPE)
        for one, other in ((1, 0), (-1, -2))
    )
    return np.where(
        where < at[0],
        values[0] + (where - at[0]) * first,
        np.where(
            where > at[-1],
            values[-1] + (where - at[-1]) * last,
            np.interp(where, at, values),
        ),
    )


def _quantiles(below: Floats) -> list[float]:
    """Log odds below which a quarter, half and three quarters of the posts lie."""
    rising = below + np.arange(len(below)) * _APART
    return [float(_line(np.array([wanted]), rising, EDGES)[0]) for wanted in (-_ODDS, 0.0, _ODDS)]
