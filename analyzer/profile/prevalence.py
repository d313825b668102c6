"""An account's passion share from its tags, corrected for the tagger's errors.

Model, per account: the share pi ~ Beta(prior); each post is passion-driven with probability pi;
the tagger puts passion posts into the posterior bins with frequencies theta1 and the others with
theta0, and these differ from account to account: theta ~ Dirichlet(spread * rates). Summing theta
out leaves, for every possible number m of passion posts, a weight in closed form; given m the share
is Beta(a + m, b + n - m). So the posterior is a mixture of n + 1 Betas with exact weights: nothing
is drawn at random. (Averaging over drawn thetas instead has far too few draws near the data once
an account has some dozens of posts: figures in EXPERIMENTS.md.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analyzer.errors import InputError, ModelError
from analyzer.profile.beta import MAX_PARAMETER, beta_cdf, beta_cdfs
from analyzer.schema import POSTERIOR_BINS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from analyzer.rates import Rates

    Floats = NDArray[np.float64]

CELLS: Final = 300
"""Cells of the grid on which quantiles are read. The cumulative probability is exact at the edges;
between them linear, which moves a quantile by at most 0.0006 (EXPERIMENTS.md)."""

MAX_POSTS: Final = 2000
"""Counts above this are scaled down to it. At 2,000 posts the 95 % interval of a perfect tagger is
0.044 wide; the work grows with the square of the posts."""

MIN_DISTANCE: Final = 0.01
"""Total variation distance of the two classes' bin frequencies below which nothing can be told:
the share's standard error is about 0.5 / (distance * sqrt(n)), 0.5 for 10,000 posts."""

SAFE_REACH: Final = 600.0
"""Largest sum of log ranges that is convolved without logarithms: doubles reach exp(-700)."""

ROLE_LEVEL: Final = 0.95
"""Roles are judged on this interval, whatever level is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassionShare:
    """Posterior of each account's passion share; all arrays (A,) float in [0, 1]."""

    low: Floats
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


def together(parts: list[PassionShare], rows: NDArray[np.int64]) -> PassionShare:
    """Shares of parts of the accounts as one; rows: where each of them stands in the whole."""
    place = np.argsort(rows)
    arrays = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])[place]
        for field in fields(PassionShare)
        if field.name != "level"
    }
    return PassionShare(level=parts[0].level, **arrays)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Model:
    """Two ways to fill K bins, and what is believed of their shares before the counts."""

    yes: Floats
    """(K,) bin frequencies of the class whose share is asked."""
    no: Floats
    spread_yes: float
    spread_no: float
    prior: tuple[float, float]


def passion_share(
    counts: NDArray[np.int64],
    rates: Rates,
    *,
    level: float = 0.9,
    lines: tuple[float, float] = (0.35, 0.65),
) -> PassionShare:
    """Posterior of each account's passion share, corrected for the tagger's errors.

    counts   (A, K) int   posts per posterior bin; abstentions are not in it
    rates    bin frequencies given each true class and their spread between accounts,
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
    model = _Model(
        yes=np.array(rates.passion, dtype=np.float64),
        no=np.array(rates.brand, dtype=np.float64),
        spread_yes=rates.spread_passion,
        spread_no=rates.spread_brand,
        prior=rates.prior,
    )
    tails = np.array([(1 - level) / 2, (1 + level) / 2, (1 - ROLE_LEVEL) / 2, (1 + ROLE_LEVEL) / 2])
    unique, place = _unique_rows(counts, POSTERIOR_BINS)
    found = np.empty((len(unique), 7), dtype=np.float64)
    for row, (points, cdf, mean) in enumerate(_posteriors(unique, model, lines)):
        low, high, role_low, role_high = np.interp(tails, cdf, points)
        below, upto = cdf[np.searchsorted(points, lines)]
        # the mean of a very skew posterior can lie outside a narrow interval: hold it inside
        found[row] = (
            min(low, mean), mean, max(high, mean), min(role_low, mean), max(role_high, mean),
            below, upto,
        )  # fmt: skip
    low, point, high, role_low, role_high, below, upto = found[place].T
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
    model = _Model(
        yes=np.array([1 - recall, recall]),
        no=np.array([1 - false, false]),
        spread_yes=math.inf,
        spread_no=math.inf,
        prior=(1.0, 1.0),
    )
    unique, place = _unique_rows(np.column_stack([posts - hits, hits]), 2)
    found = np.empty(len(unique), dtype=np.float64)
    for row, (points, cdf, _) in enumerate(_posteriors(unique, model, (line, line))):
        found[row] = 1.0 - cdf[np.searchsorted(points, line)]
    return found[place]


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
    for name, spread in (
        ("spread_passion", rates.spread_passion),
        ("spread_brand", rates.spread_brand),
    ):
        if not spread > 0:
            raise ModelError(f"rates.{name} must be above 0, got {spread}")
    if not all(0 < value <= MAX_PARAMETER for value in rates.prior):
        raise ModelError(
            f"rates.prior must be two numbers in (0, {MAX_PARAMETER:.0f}], got {rates.prior}"
        )


def _check_settings(level: float, lines: tuple[float, float]) -> None:
    if not 0 < level < 1:
        raise InputError(f"level must lie between 0 and 1, got {level}; 0.9 is usual")
    if not 0 < lines[0] <= lines[1] < 1:
        raise InputError(f"lines must satisfy 0 < line_low <= line_high < 1, got {lines}")


def _unique_rows(counts: Any, bins: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    counts = np.asarray(counts, dtype=np.int64)
    if counts.shape != (len(counts), bins) or (counts < 0).any():
        raise InputError(f"counts must be (accounts, {bins}) whole numbers of at least 0")
    if not len(counts):
        return counts, np.zeros(0, dtype=np.int64)
    # by number of posts, so that rows of one size share their Beta table
    keyed = np.column_stack([counts.sum(axis=1), counts])
    unique, place = np.unique(keyed, axis=0, return_inverse=True)
    return unique[:, 1:], place.reshape(-1)


def _posteriors(
    counts: NDArray[np.int64], model: _Model, lines: tuple[float, float]
) -> Iterator[tuple[Floats, Floats, float]]:
    """For each row: grid points (G,), cumulative probability there (G,), mean."""
    # evenly spaced in arcsin(sqrt(share)), where a share's standard error is the same everywhere
    grid = np.sin(np.arange(1, CELLS) * (np.pi / 2 / CELLS)) ** 2
    inner = np.unique(np.concatenate([grid, lines]))
    points = np.concatenate([[0.0], inner, [1.0]])
    a, b = model.prior
    start = beta_cdf(inner, a, b)
    tables = _Tables.of(model)
    size, table = -1, np.empty((0, 0))
    for row in counts:
        used = _scaled(row)
        n = int(used.sum())
        if n != size:
            size, table = n, beta_cdfs(inner, start, a, b, n)
        weights = tables.weights(used)
        # einsum, not @: BLAS may sum in another order when it has other threads
        cdf = np.concatenate([[0.0], np.einsum("m,mg->g", weights, table), [1.0]])
        mean = float((weights * (a + np.arange(n + 1))).sum()) / (a + b + n)
        yield points, np.minimum(np.maximum.accumulate(cdf), 1.0), mean


def _scaled(row: NDArray[np.int64]) -> NDArray[np.int64]:
    """At most MAX_POSTS posts in the same proportions (largest remainder, lowest bin first)."""
    total = int(row.sum())
    if total <= MAX_POSTS:
        return row
    whole, rest = np.divmod(row * MAX_POSTS, total)
    missing = MAX_POSTS - int(whole.sum())
    whole[np.argsort(-rest, kind="stable")[:missing]] += 1
    return whole


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tables:
    """Logarithms of rising factorials, (K or 1, MAX_POSTS + 1); one length for all accounts."""

    yes: Floats
    no: Floats
    total_yes: Floats
    total_no: Floats
    prior_yes: Floats
    prior_no: Floats
    factorial: Floats

    @classmethod
    def of(cls, model: _Model) -> _Tables:
        a, b = model.prior
        return cls(
            yes=_class_table(model.yes, model.spread_yes),
            no=_class_table(model.no, model.spread_no),
            total_yes=_class_table(np.ones(1), model.spread_yes)[0],
            total_no=_class_table(np.ones(1), model.spread_no)[0],
            prior_yes=_class_table(np.array([a]), 1.0)[0],
            prior_no=_class_table(np.array([b]), 1.0)[0],
            factorial=_class_table(np.ones(1), 1.0)[0],
        )

    def weights(self, row: NDArray[np.int64]) -> Floats:
        """Posterior probability of every number m of passion posts among n: (n + 1,)."""
        bins = [self._bin(k, int(row[k])) for k in np.flatnonzero(row).tolist()]
        n = sum(len(logs) - 1 for logs in bins)
        logs = _log_convolved(bins) - self.total_yes[: n + 1] - self.total_no[n::-1]
        logs = logs + self.prior_yes[: n + 1] + self.prior_no[n::-1]
        weights = np.exp(logs - logs.max())
        return np.asarray(weights / weights.sum())

    def _bin(self, k: int, n: int) -> Floats:
        """Log of the ways in which z of the n posts in bin k are passion posts: (n + 1,)."""
        choose = self.factorial[n] - self.factorial[: n + 1] - self.factorial[n::-1]
        return np.asarray(choose + self.yes[k, : n + 1] + self.no[k, n::-1])


def _class_table(frequencies: Floats, spread: float) -> Floats:
    """Log of s (s + 1) ... (s + z - 1) for s = spread * frequency; of frequency ** z at inf."""
    steps = np.arange(MAX_POSTS, dtype=np.float64)
    with np.errstate(divide="ignore"):  # the log of frequency 0 is -inf, and means impossible
        if math.isinf(spread):
            logs = np.broadcast_to(np.log(frequencies)[:, None], (len(frequencies), MAX_POSTS))
        else:
            logs = np.log(spread * frequencies[:, None] + steps)
    return np.hstack([np.zeros((len(frequencies), 1)), np.cumsum(logs, axis=1)])


def _log_convolved(parts: list[Floats]) -> Floats:
    """Log of the convolution of all exp(part): (sum of lengths - parts + 1,)."""
    peaks = [float(part.max()) for part in parts]
    reach = sum(
        peak - float(part.min(initial=peak, where=np.isfinite(part)))
        for part, peak in zip(parts, peaks, strict=True)
    )
    if reach < SAFE_REACH:
        ways = np.ones(1)
        for part, peak in zip(parts, peaks, strict=True):
            ways = np.convolve(ways, np.exp(part - peak))
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(ways) + sum(peaks))
    logs = np.zeros(1)
    for part in parts:
        logs = _log_convolve(logs, part)
    return logs


def _log_convolve(left: Floats, right: Floats) -> Floats:
    """As np.convolve, on logarithms: slower, and nothing underflows."""
    pad = np.full(len(right) - 1, -np.inf)
    padded = np.concatenate([pad, left, pad])
    here = np.arange(len(left) + len(right) - 1)[:, None] + np.arange(len(right))
    return np.asarray(np.logaddexp.reduce(padded[here] + right[::-1], axis=1))
