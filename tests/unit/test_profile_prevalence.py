"""The corrected passion share against exact answers and simulated accounts."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

from analyzer.errors import InputError, ModelError
from analyzer.profile.beta import beta_cdf
from analyzer.profile.prevalence import SIZES, drifts, passion_share, share_above
from analyzer.profile.shift import EDGES, Fill, centred, cumulative, moved, nodes
from analyzer.rates import SURE, Rates, Variation

if TYPE_CHECKING:
    from numpy.typing import NDArray

PASSION = (0.01, 0.01, 0.02, 0.03, 0.05, 0.08, 0.10, 0.15, 0.20, 0.35)
BRAND = (0.30, 0.20, 0.15, 0.10, 0.07, 0.06, 0.05, 0.04, 0.02, 0.01)
RATES = Rates(
    passion=PASSION,
    brand=BRAND,
    variation=Variation(passion=0.7, brand=0.9, correlation=0.3, slope=0.8),
    prior=(2.0, 1.2),
    own_recall=0.7,
    own_false=0.03,
)
PERFECT = replace(
    RATES,
    passion=(0.0,) * 5 + (0.2,) * 5,
    brand=(0.2,) * 5 + (0.0,) * 5,
    variation=SURE,
    prior=(0.5, 0.7),
)
EXACT = replace(RATES, variation=SURE)


def row(**bins: int) -> NDArray[np.int64]:
    """Counts of one account (1, 10); b9=3 means three posts in the last bin."""
    counts = np.zeros((1, 10), dtype=np.int64)
    for name, count in bins.items():
        counts[0, int(name[1:])] = count
    return counts


@pytest.mark.parametrize("a", [0.01, 0.5, 1.0, 7.3, 300.0])
@pytest.mark.parametrize("b", [0.02, 1.0, 2.5, 90.0])
def test_beta_is_scipys(a: float, b: float) -> None:
    x = np.sin(np.arange(1, 60) * np.pi / 120) ** 2
    np.testing.assert_allclose(beta_cdf(x, a, b), stats.beta.cdf(x, a, b), atol=1e-12)


@pytest.mark.parametrize(
    ("passion", "brand"), [(0, 1), (3, 7), (0, 40), (60, 0), (150, 350), (1990, 10)]
)
def test_a_perfect_tagger_gives_the_exact_beta_posterior(passion: int, brand: int) -> None:
    counts = row(b6=passion // 3, b9=passion - passion // 3, b0=brand - brand // 4, b4=brand // 4)
    found = passion_share(counts, PERFECT, level=0.8)
    exact = stats.beta(0.5 + passion, 0.7 + brand)
    assert found.point[0] == pytest.approx(exact.mean(), abs=1e-6)
    assert found.p_below[0] == pytest.approx(exact.cdf(0.35), abs=1e-4)
    assert found.p_above[0] == pytest.approx(exact.sf(0.65), abs=1e-4)
    held = exact.cdf(found.high[0]) - exact.cdf(found.low[0])
    assert held == pytest.approx(0.8, abs=2e-3)
    # the shortest: no interval of that probability is shorter
    starts = exact.ppf(np.linspace(0, 0.2, 2001))
    shortest = (exact.ppf(np.linspace(0.8, 1, 2001)) - starts).min()
    assert found.high[0] - found.low[0] == pytest.approx(shortest, abs=6e-4)


def test_two_bins_with_known_errors_agree_with_a_plain_grid() -> None:
    # k of n tagged, Bin(n, pi * 0.8 + (1 - pi) * 0.3), by brute force on a fine grid
    rates = replace(
        EXACT,
        passion=(0.04,) * 5 + (0.16,) * 5,
        brand=(0.14,) * 5 + (0.06,) * 5,
        prior=(1.0, 2.0),
    )
    grid = (np.arange(200_000) + 0.5) / 200_000
    mass = stats.binom.pmf(13, 30, 0.8 * grid + 0.3 * (1 - grid)) * stats.beta.pdf(grid, 1, 2)
    mass /= mass.sum()
    found = passion_share(row(b2=17, b7=13), rates)
    assert found.point[0] == pytest.approx((mass * grid).sum(), abs=1e-5)
    assert found.p_below[0] == pytest.approx(mass[grid < 0.35].sum(), abs=1e-4)
    assert found.p_above[0] == pytest.approx(mass[grid > 0.65].sum(), abs=1e-4)


@pytest.mark.parametrize(
    "counts", [row(b0=1, b3=2, b7=2, b9=4), row(b0=4), row(b0=4, b1=3, b3=1, b5=2, b8=3, b9=4)]
)
def test_the_grid_agrees_with_many_drawn_accounts(counts: NDArray[np.int64]) -> None:
    rng = np.random.default_rng(5)
    shares = rng.beta(*RATES.prior, 400_000)
    logs = np.log(frequencies(rng, shares)) @ counts[0]
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    error = 0.5 * math.sqrt((weights**2).sum())  # of a share, from draws that weigh differently
    assert error < 0.02, "draws enough near the data"
    found = passion_share(counts, RATES)
    assert found.point[0] == pytest.approx((weights * shares).sum(), abs=4 * error)
    assert found.p_below[0] == pytest.approx(weights[shares < 0.35].sum(), abs=4 * error)
    assert found.p_above[0] == pytest.approx(weights[shares > 0.65].sum(), abs=4 * error)


def frequencies(rng: np.random.Generator, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """(A, 10) bin frequencies of accounts with these shares and drawn shifts."""
    varies = RATES.variation
    first, second = rng.standard_normal((2, len(shares)))
    second = varies.correlation * first + math.sqrt(1 - varies.correlation**2) * second
    grid = (np.arange(4000) + 0.5) / 4000
    moves = drifts(varies, grid, stats.beta.pdf(grid, *RATES.prior))
    sides = zip(
        (PASSION, BRAND),
        (varies.passion, varies.brand),
        (first, second),
        moves,
        strict=True,
    )
    yes, no = (
        moved(
            centred(np.array(bins), spread),
            spread * drawn + np.interp(shares, grid, drift),
        )
        for bins, spread, drawn, drift in sides
    )
    return np.asarray(shares[:, None] * yes + (1 - shares[:, None]) * no)


def test_the_mean_over_all_shifts_is_near_the_frequency_measured() -> None:
    values, weights = nodes(41)
    for spread in (0.5, 0.9):
        mean = weights @ moved(centred(np.array(BRAND), spread), spread * values)
        np.testing.assert_allclose(mean, BRAND, atol=0.025)


def test_a_shift_moves_the_log_odds_of_the_posts() -> None:
    rng = np.random.default_rng(1)
    odds = rng.logistic(0.3, 1.0, 400_000)

    def filled(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(np.searchsorted(EDGES, values), minlength=10) / len(values)

    fill = Fill(EDGES, cumulative(filled(odds)))
    for by in (-2.0, 0.7, 3.0):
        np.testing.assert_allclose(moved(fill, np.array([by]))[0], filled(odds + by), atol=4e-3)


def test_without_posts_the_prior_comes_back() -> None:
    prior = stats.beta(*RATES.prior)
    for rates in (RATES, EXACT):
        found = passion_share(row(), rates)
        assert found.point[0] == pytest.approx(prior.mean(), abs=1e-3)
        assert found.p_below[0] == pytest.approx(prior.cdf(0.35), abs=1e-9)
        held = prior.cdf(found.high[0]) - prior.cdf(found.low[0])
        assert held == pytest.approx(0.9, abs=5e-3)


def test_no_accounts_no_answers() -> None:
    assert passion_share(np.zeros((0, 10), dtype=np.int64), RATES).point.shape == (0,)


def test_accounts_that_differ_leave_more_doubt_than_equal_ones() -> None:
    _, counts = simulate(np.random.default_rng(4), accounts=300, posts=60, share=None)
    wide, narrow = passion_share(counts, RATES), passion_share(counts, EXACT)
    assert (wide.high - wide.low).mean() > 1.2 * (narrow.high - narrow.low).mean()


@pytest.mark.parametrize("posts", [1, 3, 10, 40, 100])
def test_posts_of_one_kind_only_make_a_share_near_the_end(posts: int) -> None:
    # frequencies that vary bin by bin gave (0, 1) for posts in the lowest bin only
    open_ended = replace(RATES, prior=(0.6, 0.4))
    low, high = (passion_share(counts, open_ended) for counts in (row(b0=posts), row(b9=posts)))
    assert low.low[0] == 0
    assert high.high[0] == 1
    fewer = [passion_share(counts, open_ended) for counts in (row(b0=posts - 1), row(b9=posts - 1))]
    assert low.point[0] < fewer[0].point[0]
    assert high.point[0] > fewer[1].point[0]


def test_a_mix_of_two_clear_kinds_is_a_mix() -> None:
    found = passion_share(row(b0=90, b9=10), RATES)
    assert 0.02 < found.low[0] < 0.12 < found.high[0] < 0.25


def test_a_platform_that_was_not_measured_leaves_more_doubt() -> None:
    counts = np.random.default_rng(1).multinomial(20, PASSION, size=50)
    far = replace(RATES.variation, unmeasured_passion=1.0, unmeasured_brand=1.0)
    here, there = passion_share(counts, RATES), passion_share(counts, replace(RATES, variation=far))
    assert (there.high - there.low).mean() > 1.2 * (here.high - here.low).mean()


def test_counts_beyond_the_limit_keep_their_proportions() -> None:
    counts = row(b0=30, b9=70)
    huge = passion_share(counts * 1_000_003, RATES)
    limit = passion_share(counts * (SIZES[-1] // 100), RATES)
    np.testing.assert_allclose([huge.low, huge.high], [limit.low, limit.high], atol=1e-9)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"brand": PASSION}, "cannot tell them apart"),
        ({"passion": PASSION[:9]}, "must be 10 frequencies"),
        ({"passion": (-0.1, *PASSION[1:])}, "must be 10 frequencies"),
        ({"passion": (math.nan, *PASSION[1:])}, "must be 10 frequencies"),
        ({"passion": (0.5, *PASSION[1:])}, "must sum to 1"),
        ({"passion": (0.0,) * 9 + (1.0,), "brand": (1.0,) + (0.0,) * 9}, "smoothing"),
        ({"variation": replace(SURE, brand=-1.0)}, r"variation.brand must be 0 or more"),
        ({"variation": replace(SURE, passion=math.nan)}, r"variation.passion must be 0 or more"),
        ({"variation": replace(SURE, correlation=1.0)}, "must lie between -1 and 1"),
        ({"variation": replace(SURE, slope=math.inf)}, "slope be a number"),
        ({"prior": (0.0, 1.0)}, "prior must be two numbers"),
        ({"prior": (1.0, 1e6)}, "prior must be two numbers"),
    ],
)
def test_rates_that_say_nothing_are_refused(wrong: dict[str, object], message: str) -> None:
    rates = Rates(**{name: getattr(RATES, name) for name in RATES.__slots__} | wrong)
    with pytest.raises(ModelError, match=message):
        passion_share(row(b9=3), rates)


def test_settings_and_counts_that_make_no_sense_are_refused() -> None:
    with pytest.raises(InputError, match="level must lie between"):
        passion_share(row(b9=3), RATES, level=90)
    with pytest.raises(InputError, match="line_low <= line_high"):
        passion_share(row(b9=3), RATES, lines=(0.65, 0.35))
    with pytest.raises(InputError, match="numbers of at least 0"):
        passion_share(row(b9=-1), RATES)
    with pytest.raises(InputError, match="numbers of at least 0"):
        passion_share(np.full((1, 10), np.nan), RATES)
    with pytest.raises(InputError, match=r"\(accounts, 10\)"):
        passion_share(np.zeros((2, 9), dtype=np.int64), RATES)


def test_share_above_is_the_exact_beta_tail_for_a_perfect_tag() -> None:
    hits, posts = np.array([0, 3, 10, 60]), np.array([10, 10, 10, 100])
    found = share_above(hits, posts, recall=1.0, false=0.0, line=0.5)
    np.testing.assert_allclose(found, stats.beta.sf(0.5, 1 + hits, 1 + posts - hits), atol=1e-4)


def test_share_above_corrects_for_missed_and_false_tags() -> None:
    hits, posts = np.array([40]), np.array([100])
    assert share_above(hits, posts, recall=0.6, false=0.02, line=0.5)[0] > 0.9
    assert share_above(hits, posts, recall=1.0, false=0.3, line=0.5)[0] < 0.01
    with pytest.raises(ModelError, match="says nothing"):
        share_above(hits, posts, recall=0.2, false=0.2, line=0.5)


def simulate(
    rng: np.random.Generator, *, accounts: int, posts: int, share: float | None
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Shares (A,), drawn from the prior unless given, and counts (A, 10) with drawn shifts."""
    shares = rng.beta(*RATES.prior, accounts) if share is None else np.full(accounts, share)
    filled = frequencies(rng, shares)
    return shares, rng.multinomial(posts, filled / filled.sum(axis=1, keepdims=True))


def coverage(shares: NDArray[np.float64], counts: NDArray[np.int64], rates: Rates) -> float:
    found = passion_share(counts, rates, level=0.9)
    return float(((found.low <= shares) & (shares <= found.high)).mean())


@pytest.mark.parametrize("posts", [5, 20, 60])
def test_the_interval_covers_as_often_as_it_says(posts: int) -> None:
    shares, counts = simulate(np.random.default_rng(posts), accounts=2000, posts=posts, share=None)
    # 2,000 accounts: three standard errors are 0.02
    assert coverage(shares, counts, RATES) == pytest.approx(0.9, abs=0.02)


def test_exact_rates_cover_too_seldom_when_accounts_differ() -> None:
    shares, counts = simulate(np.random.default_rng(1), accounts=400, posts=60, share=None)
    assert coverage(shares, counts, EXACT) < 0.8
