"""How often the tagger errs on accounts it never saw, and how that differs from one to another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analyzer.model.shape import SLICES
from analyzer.pipeline.labels import UNKNOWN
from analyzer.pipeline.variation import (
    accounts_of,
    fit_niche,
    fit_variation,
    widened,
)
from analyzer.profile.beta import MAX_PARAMETER
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

NICHE_LABELS: Final = 30
"""Niches whose accounts have fewer labelled posts do not say how far niches move the tagger."""

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
            counts = _counts(logits, data, rows, np.zeros(len(rows), np.int64))
            passion, brand = (tuple(_mean(counts[side]).tolist()) for side in (0, 1))
            # how accounts differ takes all of them to be told
            measured[name] = replace(pooled, passion=passion, brand=brand)
    # a new platform is taken to differ as much as niches do
    shifts = _niche_shifts(logits, data, clear, pooled)
    other = replace(pooled, variation=widened(pooled.variation, shifts))
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


def passion_ppm(logits: NDArray[Any]) -> Ints:
    """(N,) P(passion) in millionths."""
    pair = np.asarray(logits[:, SLICES["drive"]], np.float64)
    return np.rint(PPM / (1 + np.exp(pair[:, 1] - pair[:, 0]))).astype(np.int64)


def fit_prior(passion: Floats, brand: Floats) -> tuple[float, float]:
    """Beta(a, b) of the labelled passion shares over accounts (beta-binomial, most likely).

    Both are MAX_PARAMETER at most.
    """
    from scipy.optimize import minimize
    from scipy.special import betaln

    def loss(logs: Floats) -> float:
        a, b = np.exp(logs)
        return -float((betaln(a + passion, b + brand) - betaln(a, b)).sum())

    found = minimize(loss, np.zeros(2), method="Nelder-Mead")
    a, b = np.exp(found.x)
    # accounts that do not differ at all would have no end to it
    scale = min(1.0, MAX_PARAMETER / max(a, b))
    return float(a * scale), float(b * scale)


def _rates(logits: NDArray[Any], data: Labelled, promo: Ints, rows: Ints) -> Rates:
    """Of all labels together."""
    account = np.unique(data.accounts[rows], return_inverse=True)[1]
    counts = _counts(logits, data, rows, account)
    passion, brand = _mean(counts[0]), _mean(counts[1])
    known = rows[data.promo[rows] != UNKNOWN]
    own, said = data.promo[known] == _OWN, promo[known] == _OWN
    shares = counts.sum(axis=2)
    prior = fit_prior(shares[0], shares[1])
    variation = fit_variation(accounts_of(counts, prior), passion, brand)
    return Rates(
        passion=tuple(passion.tolist()),
        brand=tuple(brand.tolist()),
        variation=variation,
        prior=prior,
        # as with the bins, half a post each: none seen is not never
        own_recall=float((said[own].sum() + 0.5) / (own.sum() + 1)),
        own_false=float((said[~own].sum() + 0.5) / ((~own).sum() + 1)),
    )


def _niche_shifts(
    logits: NDArray[Any], data: Labelled, rows: Ints, rates: Rates
) -> list[tuple[float, float]]:
    """Mean shifts of the accounts of each niche, by the niche that a reader gave to their posts."""
    account = np.unique(data.accounts[rows], return_inverse=True)[1]
    said = np.zeros((int(account.max(initial=0)) + 1, len(NICHES)), np.int64)
    known = data.niche[rows] != UNKNOWN
    np.add.at(said, (account[known], data.niche[rows][known]), 1)
    counts = _counts(logits, data, rows, account)
    passion, brand = np.array(rates.passion), np.array(rates.brand)
    shifts = []
    for code in range(len(NICHES)):
        some = counts[:, (said.argmax(axis=1) == code) & (said.max(axis=1) > 0)]
        if some.sum() >= NICHE_LABELS:
            accounts = accounts_of(some, rates.prior)
            shifts.append(fit_niche(accounts, passion, brand, rates.variation))
    return shifts


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
