"""What is fitted on labelled accounts is found again in simulated ones."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from analyzer.pipeline.variation import (
    accounts_of,
    fit_niche,
    fit_variation,
    widened,
)
from analyzer.profile.prevalence import cell_edges, drifts, middles, prior_mass
from analyzer.profile.shift import centred, moved
from analyzer.rates import Variation

PASSION = np.array([0.007, 0.017, 0.024, 0.025, 0.028, 0.038, 0.047, 0.081, 0.178, 0.555])
BRAND = np.array([0.234, 0.199, 0.125, 0.084, 0.073, 0.066, 0.057, 0.050, 0.065, 0.047])
PRIOR = (0.6, 0.4)


def simulated(
    accounts: int, varies: Variation, offset: tuple[float, float] = (0.0, 0.0), seed: int = 0
) -> np.ndarray[tuple[int, int, int], np.dtype[np.float64]]:
    """(2, A, 10) posts by true class, account and bin; 1 to 12 posts an account."""
    random = np.random.default_rng(seed)
    share = random.beta(*PRIOR, accounts)
    posts = random.integers(1, 13, accounts)
    yes = random.binomial(posts, share)
    first, second = random.standard_normal((2, accounts))
    second = varies.correlation * first + math.sqrt(1 - varies.correlation**2) * second
    grid = middles(cell_edges(200))
    moves = drifts(varies, grid, prior_mass(cell_edges(200), PRIOR))
    out = []
    for side, (bins, spread, drawn, count) in enumerate(
        [(PASSION, varies.passion, first, yes), (BRAND, varies.brand, second, posts - yes)]
    ):
        by = spread * drawn + np.interp(share, grid, moves[side]) + offset[side]
        filled = moved(centred(bins, spread), by)
        out.append(random.multinomial(count, filled / filled.sum(axis=1, keepdims=True)))
    return np.stack(out).astype(np.float64)


@pytest.mark.parametrize(
    "varies",
    [
        Variation(passion=1.4, brand=1.1, correlation=0.5, slope=2.4),
        Variation(passion=0.5, brand=0.9, correlation=-0.2, slope=0.0),
    ],
)
def test_a_variation_is_found_again(varies: Variation) -> None:
    accounts = accounts_of(simulated(2500, varies), PRIOR)
    found = fit_variation(accounts, PASSION, BRAND)
    assert found.passion == pytest.approx(varies.passion, abs=0.2)
    assert found.brand == pytest.approx(varies.brand, abs=0.2)
    assert found.correlation == pytest.approx(varies.correlation, abs=0.3)
    assert found.slope == pytest.approx(varies.slope, abs=0.5)


def test_a_niche_is_found_again() -> None:
    varies = Variation(passion=1.0, brand=1.0, correlation=0.3, slope=1.0)
    accounts = accounts_of(simulated(1500, varies, offset=(-1.0, 0.8)), PRIOR)
    passion, brand = fit_niche(accounts, PASSION, BRAND, varies)
    assert passion == pytest.approx(-1.0, abs=0.2)
    assert brand == pytest.approx(0.8, abs=0.2)


def test_few_accounts_of_a_niche_move_little() -> None:
    varies = Variation(passion=1.0, brand=1.0, correlation=0.3, slope=1.0)
    accounts = accounts_of(simulated(4, varies, offset=(-3.0, 3.0)), PRIOR)
    assert max(np.abs(fit_niche(accounts, PASSION, BRAND, varies))) < 2.0


def test_other_platforms_may_move_posts_as_far_as_niches_do() -> None:
    varies = Variation(passion=1.2, brand=0.9, correlation=0.3, slope=2.0)
    wide = widened(varies, [(0.5, -0.1), (-0.5, 0.1)])
    assert wide.unmeasured_passion == pytest.approx(0.5)
    assert wide.unmeasured_brand == pytest.approx(0.1)
    assert replace(wide, unmeasured_passion=0.0, unmeasured_brand=0.0) == varies
    assert widened(varies, []) == varies
