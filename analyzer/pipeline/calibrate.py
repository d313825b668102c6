"""What held-out answers teach: how to add the branches, temperature, rates, prior, figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analyzer.model.shape import HEADS, SLICES
from analyzer.model.tagger import promo_codes
from analyzer.pipeline.labels import UNKNOWN
from analyzer.schema import POSTERIOR_BINS, PPM, Rates

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analyzer.pipeline.labels import Labelled

PROMO_ODDS: Final = (1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0)
ECE_BINS: Final = 15
_OWN: Final = 1


def fit_scales(
    branches: list[NDArray[Any]], target: NDArray[np.int64], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Factor of each branch's logits, so that their sum has the least log loss.

    branches: each (N, C), of accounts that the branch never saw.
    """
    from scipy.optimize import minimize

    stacked = np.stack(branches)

    def loss(scales: NDArray[np.float64]) -> float:
        return log_loss(np.tensordot(scales, stacked, axes=1), target, weight)

    start = np.full(len(branches), 1.0 / len(branches))
    found = minimize(loss, start, method="L-BFGS-B", bounds=[(0.0, 5.0)] * len(branches))
    return np.asarray(found.x, np.float64)


def log_loss(logits: NDArray[Any], target: NDArray[np.int64], weight: NDArray[np.float64]) -> float:
    """Weighted mean of -log P(target)."""
    peak = logits.max(axis=1)
    total = np.log(np.exp(logits - peak[:, None]).sum(axis=1)) + peak
    return float(np.average(total - logits[np.arange(len(target)), target], weights=weight))


def probabilities(logits: NDArray[Any]) -> NDArray[np.float64]:
    """(N, C) softmax."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float64)


def fit_promo_odds(logits: NDArray[Any], data: Labelled, rows: NDArray[np.int64]) -> float:
    """Of PROMO_ODDS the one with the best macro F1 on the given posts (clarity 1 and more).

    logits: (N, OUTPUTS) of all N posts of `data`.
    """
    from sklearn.metrics import f1_score

    rows = rows[(data.clarity[rows] >= 1) & (data.promo[rows] != UNKNOWN)]
    truth = data.promo[rows]
    scores = [
        f1_score(truth, promo_codes(logits[rows], odds), average="macro") for odds in PROMO_ODDS
    ]
    return PROMO_ODDS[int(np.argmax(scores))]


def measure(
    logits: NDArray[Any], data: Labelled, promo: NDArray[np.int64] | None = None
) -> dict[str, float]:
    """Figures on held-out posts, in the manner of the data card: clarity 1+ unless named.

    logits: (N, OUTPUTS) of all N posts of `data`, each from a model that never saw its account.
    promo: (N,) what is said of promotions; without it, the most probable.
    """
    from sklearn.metrics import f1_score

    drive = logits[:, SLICES["drive"]].argmax(axis=1)
    clear, likely = data.clarity >= 1, data.clarity >= 2  # noqa: PLR2004 - the guideline's degrees
    said = {head: logits[:, SLICES[head]].argmax(axis=1)[clear] for head in HEADS}
    if promo is not None:
        said["promo"] = promo[clear]
    passion = probabilities(logits[:, SLICES["drive"]])[clear, 0]
    figures = {
        "drive_f1_clear": f1_score(data.drive[clear], said["drive"], average="macro"),
        "drive_f1_likely": f1_score(data.drive[likely], drive[likely], average="macro"),
        "niche_accuracy": float((said["niche"] == data.niche[clear]).mean()),
        "promo_f1": f1_score(data.promo[clear], said["promo"], average="macro"),
        "ece": expected_calibration_error(passion, data.drive[clear] == 0),
        "brier": float(((passion - (data.drive[clear] == 0)) ** 2).mean()),
    }
    return {name: round(float(value), 4) for name, value in figures.items()}


def expected_calibration_error(probability: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """Mean distance of stated and found frequency over ECE_BINS bins of equal width."""
    place = np.minimum((probability * ECE_BINS).astype(int), ECE_BINS - 1)
    gaps = [
        abs(float(probability[place == at].mean() - truth[place == at].mean()))
        * (place == at).sum()
        for at in np.unique(place)
    ]
    return float(sum(gaps) / len(probability))


def measure_rates(
    logits: NDArray[Any], data: Labelled, temperature: float, promo: NDArray[np.int64]
) -> Rates:
    """Rates of the posterior bins, their spread between accounts, and the prior.

    logits: (N, OUTPUTS), each from a model that never saw the post's account. Posts of clarity 0
    have no truth in their text and are left out.
    promo: (N,) what is said of promotions.
    """
    clear = data.clarity >= 1
    passion = probabilities(logits[clear][:, SLICES["drive"]] / temperature)[:, 0]
    ppm = np.rint(passion * PPM).astype(np.int64)
    bins = ppm * POSTERIOR_BINS // (PPM + 1)
    account = np.unique(data.accounts[clear], return_inverse=True)[1]
    truth = data.drive[clear]
    counts = np.zeros((2, account.max() + 1, POSTERIOR_BINS))
    np.add.at(counts, (truth, account, bins), 1)
    # half a post in each bin: a bin that stayed empty in the sample is not impossible
    pooled = counts.sum(axis=1) + 0.5
    means = pooled / pooled.sum(axis=1, keepdims=True)
    own, said = data.promo[clear] == _OWN, promo[clear] == _OWN
    shares = counts.sum(axis=2)
    return Rates(
        passion=tuple(means[0].tolist()),
        brand=tuple(means[1].tolist()),
        spread_passion=fit_concentration(counts[0], means[0]),
        spread_brand=fit_concentration(counts[1], means[1]),
        prior=fit_prior(shares[0], shares[1]),
        own_recall=float(said[own].mean()),
        own_false=float(said[~own].mean()),
    )


def fit_concentration(counts: NDArray[np.float64], mean: NDArray[np.float64]) -> float:
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


def fit_prior(passion: NDArray[np.float64], brand: NDArray[np.float64]) -> tuple[float, float]:
    """Beta(a, b) of the labelled passion shares over accounts (beta-binomial, most likely)."""
    from scipy.optimize import minimize
    from scipy.special import betaln

    def loss(logs: NDArray[np.float64]) -> float:
        a, b = np.exp(logs)
        return -float((betaln(a + passion, b + brand) - betaln(a, b)).sum())

    found = minimize(loss, np.zeros(2), method="Nelder-Mead")
    a, b = np.exp(found.x)
    return float(a), float(b)
