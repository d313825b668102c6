"""Risk and coverage: how many answers are wrong when the least sure posts are not answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

COVERAGES: Final = (1.0, 0.9, 0.8, 0.7, 0.5)
"""Shares of the posts answered at which the risk is told."""

RISKS: Final = (0.1, 0.15)
"""Shares of wrong answers at which the coverage is told. The embedded default errs in 0.163 of the
posts of clarity 1 and more when it answers them all (EXPERIMENTS.md, risk and coverage)."""

LEVEL: Final = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure and the middle LEVEL of it over resamples of accounts."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskAt:
    """The surest posts, and the share of wrong answers among them."""

    coverage: float
    """Share of the posts that are answered."""
    posts: int
    confidence: float
    """Least confidence among them: the line that gives this coverage."""
    risk: Estimate
    """Share of wrong answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageAt:
    """The most posts that can be answered with no larger share of wrong answers."""

    risk: float
    coverage: Estimate
    """Share of the posts; 0 where even the surest ones are wrong too often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskCoverage:
    """The curve at some points, and the area under the whole of it; intervals are 95 %."""

    posts: int
    accounts: int
    points: tuple[RiskAt, ...]
    """At each of COVERAGES."""
    limits: tuple[CoverageAt, ...]
    """At each of RISKS."""
    aurc: Estimate
    """Area under the curve: the risk averaged over all coverages. Less is better."""
    oracle: float
    """The least that AURC can be with as many wrong answers: all of them least sure."""
    excess: Estimate
    """AURC above the oracle's: what the confidence alone could win."""


def risk_coverage(
    confidence: NDArray[Any],
    correct: NDArray[Any],
    accounts: NDArray[Any],
    *,
    resamples: int,
    seed: int,
) -> RiskCoverage:
    """Selective risk at COVERAGES, coverage at RISKS, area under the curve; intervals by account.

    confidence: (N,) of each answer, of posts whose accounts the tagger never saw; the order is all
        that counts. Posts of the same confidence are answered in no order: each takes the mean.
    correct: (N,) bool.
    accounts: (N,) whose posts they are; a resample draws accounts, with all their posts.
    resamples: at least 1.

    Raises:
        ValueError: no post, or lengths that differ.
    """
    if not len(confidence) or not len(confidence) == len(correct) == len(accounts):
        raise ValueError(
            f"as many of each, and one at least: {len(confidence)} confidences, {len(correct)} "
            f"answers, {len(accounts)} accounts"
        )
    levels, level = np.unique(-np.asarray(confidence, np.float64), return_inverse=True)
    names, code = np.unique(accounts, return_inverse=True)
    wrong = ~np.asarray(correct, bool)
    random = np.random.default_rng(seed)
    every = np.ones(len(names))
    found = [_measured(level, wrong, every[code], len(levels))]
    for _ in range(resamples):
        drawn = np.bincount(random.integers(0, len(names), len(names)), minlength=len(names))
        found.append(_measured(level, wrong, drawn[code].astype(np.float64), len(levels)))
    values = np.array(found)
    ends = np.quantile(values[1:], [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    estimates = [
        Estimate(value=float(value), low=float(low), high=float(high))
        for value, low, high in zip(values[0], *ends, strict=True)
    ]
    risks, coverages = estimates[: len(COVERAGES)], estimates[len(COVERAGES) : -2]
    aurc, excess = estimates[-2:]
    surest = np.sort(confidence)[::-1]
    sizes = [_answered(coverage, len(surest)) for coverage in COVERAGES]
    return RiskCoverage(
        posts=len(surest),
        accounts=len(names),
        points=tuple(
            RiskAt(coverage=coverage, posts=size, confidence=float(surest[size - 1]), risk=risk)
            for coverage, size, risk in zip(COVERAGES, sizes, risks, strict=True)
        ),
        limits=tuple(
            CoverageAt(risk=risk, coverage=coverage)
            for risk, coverage in zip(RISKS, coverages, strict=True)
        ),
        aurc=aurc,
        oracle=aurc.value - excess.value,
        excess=excess,
    )


def _measured(level: NDArray[np.int64], wrong: NDArray[np.bool_], times: Floats, n: int) -> Floats:
    """(len(COVERAGES) + len(RISKS) + 2,): risks, coverages, AURC, excess.

    level: (N,) of each post the place of its confidence, surest first.
    times: (N,) how often each post counts; whole numbers.
    """
    posts = np.bincount(level, times, minlength=n)
    errors = np.bincount(level, times * wrong, minlength=n)
    # both from nought: between two levels the errors grow evenly
    answered = np.concatenate([[0.0], np.cumsum(posts)])
    made = np.concatenate([[0.0], np.cumsum(errors)])
    total = round(answered[-1])
    sizes = np.arange(1, total + 1)
    risk = np.interp(sizes, answered, made) / sizes
    least = np.maximum(sizes - (total - made[-1]), 0) / sizes
    at = [risk[_answered(coverage, total) - 1] for coverage in COVERAGES]
    limits = [sizes[risk <= limit].max(initial=0) / total for limit in RISKS]
    return np.array([*at, *limits, risk.mean(), (risk - least).mean()])


def _answered(coverage: float, posts: int) -> int:
    """Posts answered at a coverage: rounded, at least one."""
    return max(1, round(coverage * posts))
