"""An account's passion share from its tags, corrected for the tagger's errors.

Model, per account: the share pi ~ Beta(prior); each post is passion-driven with probability pi; the
tagger puts passion posts into the posterior bins with frequencies theta1 and the others with
theta0. These differ from account to account: the log odds of all its passion posts are moved by one
number, those of its brand posts by another (`rates.Variation`). The posterior is summed over a grid
of shares and of both shifts; the same grid serves all accounts of about as many posts, so that the
logarithms of their likelihoods are one matrix product. Nothing is drawn at random.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analyzer.errors import InputError, ModelError
from analyzer.profile.beta import MAX_PARAMETER, beta_cdf
from analyzer.profile.shift import REACH, centred, moved, nodes
from analyzer.rates import SURE
from analyzer.schema import POSTERIOR_BINS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from analyzer.rates import Rates, Variation

    Floats = NDArray[np.float64]

CELLS: Final = 64
"""Cells of shares, equally wide in arcsin(sqrt(share)), where a share's standard error is the same
everywhere: 0.025 there, a fifth of the least standard deviation that shifts of accounts leave."""

CELLS_SURE: Final = 400
"""The same without shifts, where many posts leave little doubt."""

SIZES: Final = (10, 30, 90, 200)
"""Accounts of up to so many posts share a grid of shifts: more posts tell closer shifts apart.
Larger counts are scaled down to the last: what more posts would tell rests on the form of the shift
being exactly so, and validation with 200 posts a class leaves an interval of 0.17
(docs/statistics.md)."""

STEP: Final = 2.2
"""Shifts on the grid lie this far apart at most, over sqrt(posts): near what an account's posts
leave to doubt of its shift. With a quarter of it the probability of a role moves by 0.004 on
average (EXPERIMENTS.md, an account's shift)."""

NODES: Final = (9, 81)
"""Shifts on the grid, at least and at most."""

CHUNK_CELLS: Final = 1 << 20
"""Numbers worked on at a time. Chunks of accounts are filled up to one size: a product of another
shape may be summed in another order."""

MIN_DISTANCE: Final = 0.01
"""Total variation distance of the two classes' bin frequencies below which nothing can be told:
the share's standard error is about 0.5 / (distance * sqrt(n)), 0.5 for 10,000 posts."""

ROLE_LEVEL: Final = 0.95
"""Roles are judged on this interval, whatever level is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassionShare:
    """Posterior of each account's passion share; all arrays (A,) float in [0, 1]."""

    low: Floats
    """Lower end of the shortest interval of that probability; 0 where the posterior piles up."""
    point: Floats
    """Posterior mean."""
    high: Floats
    level: float
    role_low: Floats
    """The interval at ROLE_LEVEL."""
    role_high: Floats
    p_below: Floats
    """Probability that the share is below the lower line."""
    p_between: Floats
    p_above: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """Everything of the posterior that does not depend on an account's counts."""

    edges: Floats
    """(G + 1,) shares."""
    prior: Floats
    """(G,) probability of each cell of shares."""
    weights: Floats
    """(M,) logarithm of the probability of each pair of shifts; pairs far out are left out."""
    bins: Floats
    """(K, G * M) logarithm of the frequency of each bin."""


def together(parts: list[PassionShare], rows: NDArray[np.int64]) -> PassionShare:
    """Shares of parts of the accounts as one; rows: where each of them stands in the whole."""
    place = np.argsort(rows)
    arrays = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])[place]
        for field in fields(PassionShare)
        if field.name != "level"
    }
    return PassionShare(level=parts[0].level, **arrays)


def passion_share(
    counts: NDArray[Any],
    rates: Rates,
    *,
    level: float = 0.9,
    lines: tuple[float, float] = (0.35, 0.65),
) -> PassionShare:
    """Posterior of each account's passion share, corrected for the tagger's errors.

    counts   (A, K)       posts per posterior bin; abstentions are not in it. Parts of posts where
                          posts count as fewer than they are (`dependence`)
    rates    bin frequencies given each true class and how they differ between accounts,
             measured on accounts the model never saw
    level    probability inside the interval shown, in (0, 1)
    lines    (lower, upper) share at which the roles part
    Returns  an account without posts gets the prior
    Raises   ModelError if the two classes fill the bins alike: the tagger cannot tell them apart,
             or if the rates are no frequencies. InputError if level, lines or counts make no sense.

    An account's numbers depend on its own counts only, to the last bit.
    """
    _check_settings(level, lines)
    check_rates(rates)
    counts = _checked(counts)
    varies = rates.variation != SURE
    posts = counts.sum(axis=1)
    used = _scaled(counts, SIZES[-1]) if varies else counts
    size = (
        np.searchsorted(SIZES, np.minimum(posts, SIZES[-1]))
        if varies
        else np.zeros(len(posts), np.int64)
    )
    found = np.empty((len(counts), 7), dtype=np.float64)
    for tier in np.unique(size).tolist():
        rows = np.flatnonzero(size == tier)
        grid = _grid(rates, SIZES[tier], lines)
        found[rows] = _answers(used[rows], grid, level, lines)
    low, point, high, role_low, role_high, below, upto = found.T
    return PassionShare(
        low=low,
        point=point,
        high=high,
        level=level,
        role_low=role_low,
        role_high=role_high,
        p_below=below,
        p_between=upto - below,
        p_above=1.0 - upto,
    )


def share_above(
    hits: NDArray[np.int64], posts: NDArray[np.int64], *, recall: float, false: float, line: float
) -> Floats:
    """Probability that the true share of hits is above a line, every share equally likely before.

    hits     (A,) int     posts that carry the tag
    posts    (A,) int     posts judged
    recall   share of true hits that carry the tag
    false    share of other posts that carry it
    Returns  (A,) float in [0, 1]
    Raises   ModelError if the tag is no more frequent on true hits than elsewhere.
    """
    if not 0 <= false < recall <= 1:
        raise ModelError(
            f"a tag with recall {recall} and false rate {false} says nothing; "
            "both must lie in [0, 1], recall above the false rate: measure them again"
        )
    edges = cell_edges(CELLS_SURE, (line, line))
    share = middles(edges)
    tagged = share * recall + (1 - share) * false
    grid = _Grid(
        edges=edges,
        prior=np.diff(edges),
        weights=np.zeros(1),
        bins=np.log(np.stack([1 - tagged, tagged])),
    )
    counts = np.column_stack([posts - hits, hits]).astype(np.float64)
    below = np.searchsorted(edges, line)
    return np.concatenate(
        [np.zeros(0), *(1.0 - cdf[:, below] for cdf in _cumulative(counts, grid))]
    )


def check_rates(rates: Rates) -> None:
    """Refuse rates that are no frequencies or cannot tell the classes apart.

    Raises:
        ModelError: says which number is wrong and what to do.
    """
    for name, values in (("passion", rates.passion), ("brand", rates.brand)):
        array = np.array(values, dtype=np.float64)
        if array.shape != (POSTERIOR_BINS,) or not (array >= 0).all():
            raise ModelError(
                f"rates.{name} must be {POSTERIOR_BINS} frequencies of at least 0, got {values}"
            )
        if not math.isclose(float(array.sum()), 1.0, abs_tol=1e-6):
            raise ModelError(f"rates.{name} must sum to 1, got {array.sum():.6f}")
    passion, brand = np.array(rates.passion), np.array(rates.brand)
    empty = np.flatnonzero((passion == 0) & (brand == 0))
    if len(empty):
        raise ModelError(
            f"rates: bins {empty.tolist()} have frequency 0 in both classes, so a post there "
            "would be impossible; fit the rates with smoothing"
        )
    distance = float(np.abs(passion - brand).sum()) / 2
    if distance < MIN_DISTANCE:
        raise ModelError(
            f"the two classes fill the bins alike (distance {distance:.4f}, at least "
            f"{MIN_DISTANCE} is needed): the tagger cannot tell them apart; use another model"
        )
    _check_variation(rates)


def _check_variation(rates: Rates) -> None:
    varies = rates.variation
    for name in ("passion", "brand", "unmeasured_passion", "unmeasured_brand"):
        value = getattr(varies, name)
        if not 0 <= value < math.inf:
            raise ModelError(f"rates.variation.{name} must be 0 or more, got {value}")
    if not (-1 < varies.correlation < 1 and math.isfinite(varies.slope)):
        raise ModelError(
            "rates.variation: correlation must lie between -1 and 1 and slope be a number, got "
            f"{varies.correlation} and {varies.slope}"
        )
    if not all(0 < value <= MAX_PARAMETER for value in rates.prior):
        raise ModelError(
            f"rates.prior must be two numbers in (0, {MAX_PARAMETER:.0f}], got {rates.prior}"
        )


def _check_settings(level: float, lines: tuple[float, float]) -> None:
    if not 0 < level < 1:
        raise InputError(f"level must lie between 0 and 1, got {level}; 0.9 is usual")
    if not 0 < lines[0] <= lines[1] < 1:
        raise InputError(f"lines must satisfy 0 < line_low <= line_high < 1, got {lines}")


def _checked(counts: Any) -> Floats:
    counts = np.asarray(counts, dtype=np.float64)
    fits = counts.shape == (len(counts), POSTERIOR_BINS)
    if not fits or not np.isfinite(counts).all() or (counts < 0).any():
        raise InputError(f"counts must be (accounts, {POSTERIOR_BINS}) numbers of at least 0")
    return np.asarray(counts)


def _scaled(counts: Floats, most: int) -> Floats:
    """At most so many posts an account, in the same proportions."""
    total = np.maximum(counts.sum(axis=1), 1.0)
    return np.asarray(counts * np.minimum(1.0, most / total)[:, None])


def cell_edges(cells: int, lines: tuple[float, ...] = ()) -> Floats:
    """(G + 1,) shares from 0 to 1; the lines are among them."""
    inner = np.sin(np.arange(1, cells) * (np.pi / 2 / cells)) ** 2
    return np.concatenate([[0.0], np.unique(np.concatenate([inner, lines])), [1.0]])


def middles(edges: Floats) -> Floats:
    """(G,) the share in the middle of each cell, in arcsin(sqrt(share))."""
    turned = np.arcsin(np.sqrt(edges))
    return np.asarray(np.sin((turned[1:] + turned[:-1]) / 2) ** 2)


def prior_mass(edges: Floats, prior: tuple[float, float]) -> Floats:
    """(G,) probability of each cell under Beta(prior); none is 0."""
    whole = np.concatenate([[0.0], beta_cdf(edges[1:-1], *prior), [1.0]])
    mass = np.maximum(np.diff(whole), np.finfo(np.float64).tiny)
    return np.asarray(mass / mass.sum())


def drifts(variation: Variation, share: Floats, mass: Floats) -> tuple[Floats, Floats]:
    """Mean shift of passion posts and of brand posts at each share: (G,) each.

    It rises with the share; over all posts of the accounts of `mass` its mean is nought.
    """
    line = variation.slope * share
    yes, no = mass * share, mass * (1 - share)
    return line - (line * yes).sum() / yes.sum(), line - (line * no).sum() / no.sum()


def _grid(rates: Rates, posts: int, lines: tuple[float, float]) -> _Grid:
    """The grid of accounts with up to so many posts."""
    varies = rates.variation
    edges = cell_edges(CELLS_SURE if varies == SURE else CELLS, lines)
    share = middles(edges)
    mass = prior_mass(edges, rates.prior)
    moves = drifts(varies, share, mass)
    spread = math.hypot(varies.passion, varies.unmeasured_passion)
    spread_brand = math.hypot(varies.brand, varies.unmeasured_brand)
    first, first_weight = nodes(_count(spread, posts))
    second, second_weight = nodes(_count(spread_brand, posts))
    one, other = (at.ravel() for at in np.meshgrid(first, second, indexing="ij"))
    near = one * one + other * other <= REACH * REACH
    tied = varies.correlation * one + math.sqrt(1 - varies.correlation**2) * other
    which = np.repeat(np.arange(len(first)), len(second))[near]
    yes = centred(np.array(rates.passion), varies.passion)
    no = centred(np.array(rates.brand), varies.brand)
    bins = np.empty((POSTERIOR_BINS, len(share), len(which)))
    for cell, value in enumerate(share.tolist()):
        passion = moved(yes, spread * first + moves[0][cell])
        brand = moved(no, spread_brand * tied[near] + moves[1][cell])
        mixed = value * passion[which] + (1 - value) * brand
        bins[:, cell] = np.log(mixed).T
    return _Grid(
        edges=edges,
        prior=mass,
        weights=np.log(np.outer(first_weight, second_weight)).ravel()[near],
        bins=bins.reshape(POSTERIOR_BINS, -1),
    )


def _count(spread: float, posts: int) -> int:
    """Shifts on the grid, an odd number."""
    if spread == 0:
        return 1
    wanted = math.ceil(2 * REACH * spread * math.sqrt(posts) / STEP)
    return min(max(wanted, NODES[0]), NODES[1]) | 1


def _cumulative(counts: Floats, grid: _Grid) -> Iterator[Floats]:
    """Posterior probability of shares up to each edge, chunk by chunk of accounts: (C, G + 1)."""
    cells, pairs = len(grid.prior), len(grid.weights)
    size = max(CHUNK_CELLS // grid.bins.shape[1], 1)
    for start in range(0, len(counts), size):
        some = counts[start : start + size]
        padded = np.zeros((size, counts.shape[1]))
        padded[: len(some)] = some
        logs = (padded @ grid.bins).reshape(size, cells, pairs)
        logs += grid.weights
        logs -= logs.max(axis=(1, 2), keepdims=True)
        np.exp(logs, out=logs)
        mass = logs.sum(axis=2) * grid.prior
        cdf = np.cumsum(mass, axis=1)
        cdf /= cdf[:, -1:]
        yield np.concatenate([np.zeros((size, 1)), cdf], axis=1)[: len(some)]


def _answers(counts: Floats, grid: _Grid, level: float, lines: tuple[float, float]) -> Floats:
    """(A, 7): low, mean, high, low and high at ROLE_LEVEL, probability below either line."""
    share = middles(grid.edges)
    at = np.searchsorted(grid.edges, lines)
    found = []
    for chunk in _cumulative(counts, grid):
        mean = (np.diff(chunk, axis=1) * share).sum(axis=1)
        for row, cdf in enumerate(chunk):
            here = float(mean[row])
            low, high = _shortest(cdf, grid.edges, level)
            role_low, role_high = _shortest(cdf, grid.edges, ROLE_LEVEL)
            # the mean of a very skew posterior can lie outside a narrow interval: hold it inside
            found.append(
                (
                    min(low, here), here, max(high, here), min(role_low, here),
                    max(role_high, here), cdf[at[0]], cdf[at[1]],
                )
            )  # fmt: skip
    return np.array(found, dtype=np.float64).reshape(-1, 7)


def _shortest(cdf: Floats, edges: Floats, level: float) -> tuple[float, float]:
    """The shortest interval of that probability; among equals the lowest.

    The density is level within a cell, so one end of it lies on an edge.
    """
    begins = cdf <= 1 - level
    lows = np.concatenate([edges[begins], np.interp(cdf[~(cdf < level)] - level, cdf, edges)])
    highs = np.concatenate([np.interp(cdf[begins] + level, cdf, edges), edges[~(cdf < level)]])
    best = int(np.argmin(np.round(highs - lows, 12)))
    return float(lows[best]), float(highs[best])
