"""Prevalence error over artificial prevalences: is a share of passion posts found again?

QuaPy's APP protocol: samples drawn so that their share of passion posts is 0, 0.05 ... 1. Platform
by platform, as profiles correct an account's share by the rates of its platform.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analyzer.profile import passion_share
from analyzer.schema import PLATFORMS, POSTERIOR_BINS, PPM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analyzer.rates import PlatformRates, Rates

    Ints = NDArray[np.int64]

SIZES: Final = (100, 20)
"""Posts of a sample; 20 is about what an account of an export has."""

PREVALENCES: Final = tuple(step / 20 for step in range(21))
REPEATS: Final = 20
"""Samples of each prevalence: 420 in all, a standard error of 0.003 on a mean error of 0.07."""

LEVEL: Final = 0.9
"""Of the interval whose coverage is counted: the level that profiles show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtPrevalence:
    """Samples of one true share."""

    true: float
    counted: float
    """Mean share found by counting."""
    corrected: float
    """Mean point of the corrected share."""
    covered: float
    """Share of the samples whose interval holds the true share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrevalenceError:
    """How far the share of passion posts in a sample is missed, over all prevalences."""

    platform: str
    measured: bool
    """The tagger's rates were measured on this platform; else they are the widened ones."""
    size: int
    """Posts of a sample."""
    samples: int
    counted_error: float
    """Mean absolute error of classify-and-count: the share of posts with a posterior of half."""
    counted_bias: float
    """Mean of found minus true."""
    corrected_error: float
    """The same of the corrected share's point."""
    corrected_bias: float
    level: float
    coverage: float
    """Share of the corrected intervals that hold the true share; true shares of 0 and 1 are left
    out, since no interval reaches them: it leaves out something on both sides."""
    width: float
    """Mean width of these intervals."""
    curve: tuple[AtPrevalence, ...]


def prevalence_errors(
    ppm: Ints,
    truth: NDArray[np.bool_],
    platforms: NDArray[np.str_],
    rates: PlatformRates,
    *,
    seed: int,
) -> tuple[PrevalenceError, ...]:
    """Errors of both shares for each platform and each of SIZES that there are enough posts for.

    ppm: (N,) P(passion) in millionths of posts whose accounts the tagger never saw.
    truth: (N,) whether the label is passion.
    platforms: (N,)

    A sample takes posts of all accounts, each at most once. So it lacks what real accounts have,
    errors that differ from account to account, and which the interval allows for; and all shares
    are equally frequent here, where the prior of the rates knows which are rare. Coverage here is
    no measure of coverage on accounts: that is simulated in EXPERIMENTS.md.
    """
    bins = ppm * POSTERIOR_BINS // (PPM + 1)
    out = []
    for platform in PLATFORMS:
        here = platforms == platform
        sides = np.flatnonzero(here & truth), np.flatnonzero(here & ~truth)
        for size in SIZES:
            if min(map(len, sides)) < size:
                continue
            random = np.random.default_rng(seed)
            drawn = np.array(
                [
                    _sample(sides, size, round(size * true), random)
                    for true in PREVALENCES
                    for _ in range(REPEATS)
                ]
            )
            found = _errors(bins[drawn], (2 * ppm >= PPM)[drawn], rates.of(platform))
            measured = platform in rates.measured
            out.append(PrevalenceError(platform=platform, measured=measured, **found))
    return tuple(out)


def _sample(sides: tuple[Ints, Ints], size: int, wanted: int, random: np.random.Generator) -> Ints:
    passion, brand = sides
    return np.concatenate(
        [
            random.choice(passion, wanted, replace=False),
            random.choice(brand, size - wanted, replace=False),
        ]
    )


def _errors(bins: Ints, said: NDArray[np.bool_], rates: Rates) -> dict[str, Any]:
    """What PrevalenceError holds beside the platform.

    bins, said: (samples, size), REPEATS rows of each of PREVALENCES.
    """
    counts = np.stack([(bins == k).sum(axis=1) for k in range(POSTERIOR_BINS)], axis=1)
    true = np.repeat(PREVALENCES, REPEATS)
    counted = said.mean(axis=1)
    share = passion_share(counts, rates, level=LEVEL)
    covered = (share.low <= true) & (true <= share.high)
    inner = (true > 0) & (true < 1)
    rows = np.arange(len(true)).reshape(len(PREVALENCES), REPEATS)
    return {
        "size": bins.shape[1],
        "samples": len(bins),
        "counted_error": _mean(np.abs(counted - true)),
        "counted_bias": _mean(counted - true),
        "corrected_error": _mean(np.abs(share.point - true)),
        "corrected_bias": _mean(share.point - true),
        "level": LEVEL,
        "coverage": _mean(covered[inner]),
        "width": _mean(share.high - share.low),
        "curve": tuple(
            AtPrevalence(
                true=prevalence,
                counted=_mean(counted[at]),
                corrected=_mean(share.point[at]),
                covered=_mean(covered[at]),
            )
            for prevalence, at in zip(PREVALENCES, rows, strict=True)
        ),
    }


def _mean(values: NDArray[np.float64] | NDArray[np.bool_]) -> float:
    return round(float(values.mean()), 6)
