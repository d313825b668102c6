"""How often the tagger errs on accounts it never saw, and how that differs from one to another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analyzer.model.shape import SLICES
from analyzer.pipeline.labels import UNKNOWN
from analyzer.rates import NicheRates, PlatformRates, Rates
from analyzer.schema import DRIVES, NICHES, POSTERIOR_BINS, PPM, PROMOS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analyzer.pipeline.labels import Labelled

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

PLATFORM_LABELS: Final = 200
"""A platform with fewer labelled posts of clarity 1 and more counts as not measured."""

CLASS_LABELS: Final = 30
"""So does one with fewer of either class: two thirds of the bins of a class stay empty then. Of 201
labelled posts of Facebook 2 are passion-driven: they do not say how the tagger does on such."""

_OWN: Final = PROMOS.index("own")


def measure_rates(logits: NDArray[Any], data: Labelled, promo: Ints) -> PlatformRates:
    """Rates by platform.

    logits: (N, OUTPUTS), calibrated, each from a model that never saw the post's account. Posts of
        clarity 0 have no truth in their text and are left out.
    promo: (N,) what is said of promotions.
    """
    clear = np.flatnonzero(data.clarity >= 1)
    pooled = _rates(logits, data, promo, clear)
    measured = {}
    for name in np.unique(data.platforms[clear]).tolist():
        rows = clear[data.platforms[clear] == name]
        each = np.bincount(data.drive[rows], minlength=len(DRIVES))
        if len(rows) >= PLATFORM_LABELS and each.min() >= CLASS_LABELS:
            own = _rates(logits, data, promo, rows)
            # few accounts of one platform tell little of how accounts in general are
            measured[name] = replace(
                own, prior=pooled.prior, own_recall=pooled.own_recall, own_false=pooled.own_false
            )
    # a new platform is taken to differ as much as niches do, or as platforms do, whichever is more
    groups = (data.niche[clear], np.unique(data.platforms[clear], return_inverse=True)[1])
    found = [_counts(logits, data, clear, group) for group in groups]
    between = [min(fit_concentration(c[side], _mean(c[side])) for c in found) for side in (0, 1)]
    other = replace(
        pooled,
        spread_passion=widened(pooled.spread_passion, between[0]),
        spread_brand=widened(pooled.spread_brand, between[1]),
    )
    return PlatformRates(measured=measured, other=other)


def measure_niches(logits: NDArray[Any], data: Labelled) -> dict[str, NicheRates]:
    """Sensitivity and specificity within each niche; arguments as in `measure_rates`."""
    found = {}
    says_passion = passion_ppm(logits) * 2 >= PPM
    for code, name in enumerate(NICHES):
        rows = (data.clarity >= 1) & (data.niche == code)
        passion, brand = rows & (data.drive == 0), rows & (data.drive == 1)
        found[name] = NicheRates(
            passion=int(passion.sum()),
            brand=int(brand.sum()),
            sensitivity=float(says_passion[passion].mean()) if passion.any() else None,
            specificity=float(1 - says_passion[brand].mean()) if brand.any() else None,
        )
    return found


def widened(spread: float, between: float) -> float:
    """Concentration of accounts whose group's mean itself varies with concentration `between`.

    Of a bin of frequency p an account's share has variance p (1 - p) / (spread + 1) around its
    group's mean, and that p (1 - p) / (between + 1) around p: the two add up (law of total
    variance), and the Dirichlet with that variance is given.
    """
    own, group = 1 / (spread + 1), 1 / (between + 1)
    return 1 / (group + (1 - group) * own) - 1


def passion_ppm(logits: NDArray[Any]) -> Ints:
    """(N,) P(passion) in millionths."""
    pair = np.asarray(logits[:, SLICES["drive"]], np.float64)
    return np.rint(PPM / (1 + np.exp(pair[:, 1] - pair[:, 0]))).astype(np.int64)


def fit_concentration(counts: Floats, mean: Floats) -> float:
    """Dirichlet concentration with the given mean under which (A, K) counts are likeliest.

    Searched between 1 and 1000; at 1000 the accounts differ no more than chance.
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import gammaln

    total = counts.sum(axis=1)

    def loss(log_concentration: float) -> float:
        alpha = np.exp(log_concentration) * mean
        whole = gammaln(alpha.sum()) - gammaln(alpha.sum() + total)
        return -float((whole + (gammaln(alpha + counts) - gammaln(alpha)).sum(axis=1)).sum())

    found = minimize_scalar(loss, bounds=(0.0, np.log(1000.0)), method="bounded")
    return float(np.exp(found.x))


def fit_prior(passion: Floats, brand: Floats) -> tuple[float, float]:
    """Beta(a, b) of the labelled passion shares over accounts (beta-binomial, most likely)."""
    from scipy.optimize import minimize
    from scipy.special import betaln

    def loss(logs: Floats) -> float:
        a, b = np.exp(logs)
        return -float((betaln(a + passion, b + brand) - betaln(a, b)).sum())

    found = minimize(loss, np.zeros(2), method="Nelder-Mead")
    a, b = np.exp(found.x)
    return float(a), float(b)


def _rates(logits: NDArray[Any], data: Labelled, promo: Ints, rows: Ints) -> Rates:
    account = np.unique(data.accounts[rows], return_inverse=True)[1]
    counts = _counts(logits, data, rows, account)
    means = [_mean(counts[side]) for side in (0, 1)]
    known = rows[data.promo[rows] != UNKNOWN]
    own, said = data.promo[known] == _OWN, promo[known] == _OWN
    shares = counts.sum(axis=2)
    return Rates(
        passion=tuple(means[0].tolist()),
        brand=tuple(means[1].tolist()),
        spread_passion=fit_concentration(counts[0], means[0]),
        spread_brand=fit_concentration(counts[1], means[1]),
        prior=fit_prior(shares[0], shares[1]),
        # as with the bins, half a post each: none seen is not never
        own_recall=float((said[own].sum() + 0.5) / (own.sum() + 1)),
        own_false=float((said[~own].sum() + 0.5) / ((~own).sum() + 1)),
    )


def _counts(logits: NDArray[Any], data: Labelled, rows: Ints, group: Ints) -> Floats:
    """(2, G, POSTERIOR_BINS) posts by true class, group and bin; group: (len(rows),), 0 and up."""
    bins = passion_ppm(logits[rows]) * POSTERIOR_BINS // (PPM + 1)
    counts = np.zeros((2, int(group.max(initial=0)) + 1, POSTERIOR_BINS))
    kept = group != UNKNOWN
    np.add.at(counts, (data.drive[rows][kept], group[kept], bins[kept]), 1)
    return counts


def _mean(counts: Floats) -> Floats:
    """(K,) bin frequencies; half a post in each: a bin that stayed empty is not impossible."""
    pooled = counts.sum(axis=0) + 0.5
    return np.asarray(pooled / pooled.sum())
