"""Risk and coverage: how many answers are wrong when the least sure posts are not answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analyzer.pipeline.bootstrap import draws
from analyzer.pipeline.figures import Figure, figure_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

COVERAGES: Final = tuple(twentieth / 20 for twentieth in range(20, 0, -1))
"""Shares of the posts answered at which the risk is told."""

RISKS: Final = (0.1, 0.15)
"""Shares of wrong answers at which the coverage is told. The embedded default errs in 0.163 of the
posts of clarity 1 and more when it answers them all (EXPERIMENTS.md, risk and coverage)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskAt:
    """The surest posts, and the share of wrong answers among them."""

    coverage: float
    """Share of the posts that are answered."""
    posts: int
    confidence: float
    """Least confidence among them: the line that gives this coverage."""
    risk: Figure
    """Share of wrong answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageAt:
    """The most posts that can be answered with no larger share of wrong answers."""

    risk: float
    coverage: Figure
    """Share of the posts; 0 where even the surest ones are wrong too often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskCoverage:
    """The curve at some points, and the area under the whole of it."""

    points: tuple[RiskAt, ...]
    """At each of COVERAGES."""
    limits: tuple[CoverageAt, ...]
    """At each of RISKS."""
    aurc: Figure
    """Area under the curve: the risk averaged over all coverages. Less is better."""
    excess: Figure
    """AURC above the least that it can be with as many wrong answers (all of them least sure): what
    the confidence alone could win."""


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
    resamples: for the intervals; with 0 there are none.

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
    found = [_measured(level, wrong, np.ones(len(wrong)), len(levels))]
    for _, drawn in draws(len(names), resamples, seed):
        found += [_measured(level, wrong, times[code], len(levels)) for times in drawn]
    figures = [figure_of("share", values, None, len(names)) for values in np.array(found).T]
    risks, coverages = figures[: len(COVERAGES)], figures[len(COVERAGES) : -2]
    surest = np.sort(confidence)[::-1]
    sizes = [_answered(coverage, len(surest)) for coverage in COVERAGES]
    return RiskCoverage(
        points=tuple(
            RiskAt(
                coverage=coverage,
                posts=size,
                confidence=round(float(surest[size - 1]), 6),
                risk=risk,
            )
            for coverage, size, risk in zip(COVERAGES, sizes, risks, strict=True)
        ),
        limits=tuple(
            CoverageAt(risk=risk, coverage=coverage)
            for risk, coverage in zip(RISKS, coverages, strict=True)
        ),
        aurc=figures[-2],
        excess=figures[-1],
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
