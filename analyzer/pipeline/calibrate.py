"""What held-out answers teach: how to add the branches, temperature, promotion odds, figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analyzer.errors import InputError
from analyzer.model.shape import HEADS, SLICES
from analyzer.model.tagger import promo_codes
from analyzer.pipeline.labels import UNKNOWN, account_folds
from analyzer.pipeline.rates import measure_niches, measure_rates

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analyzer.pipeline.labels import Labelled
    from analyzer.rates import NicheRates, PlatformRates

PROMO_ODDS: Final = (1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0)
ECE_BINS: Final = 15
FOLDS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What a manifest holds of held-out answers."""

    temperature: float
    promo_odds: float
    rates: PlatformRates
    niche_rates: dict[str, NicheRates]
    figures: dict[str, float]
    """As `measure` gives them; temperature and odds of each fifth of the accounts were fitted on
    the others."""


def calibrated(logits: NDArray[Any], data: Labelled, *, seed: int) -> Calibration:
    """Temperature, odds, rates and figures of held-out answers.

    logits: (N, OUTPUTS), each from a model that never saw the post's account.

    Raises:
        InputError: the labels are too few or of one class only.
    """
    clear = np.flatnonzero(data.clarity >= 1)
    accounts = len(np.unique(data.accounts[clear]))
    if accounts < FOLDS or len(np.unique(data.drive[clear])) < 2:  # noqa: PLR2004 - both classes
        raise InputError(
            f"{len(clear)} labelled posts of clarity 1 and more, of {accounts} accounts: to "
            f"calibrate takes both passion and brand, of {FOLDS} accounts and more; label more"
        )
    said = crossed(logits, data, seed=seed)
    every = np.arange(len(said))
    return Calibration(
        temperature=fit_temperature(logits, data, every),
        promo_odds=fit_promo_odds(logits, data, every),
        rates=measure_rates(said, data, said[:, SLICES["promo"]].argmax(axis=1)),
        niche_rates=measure_niches(said, data),
        figures=measure(said, data),
    )


def crossed(logits: NDArray[Any], data: Labelled, *, seed: int) -> NDArray[np.float64]:
    """Held-out answers `as_said`, each fifth of the accounts by temperature and odds of the others.

    logits: (N, OUTPUTS), each from a model that never saw the post's account.
    """
    out = np.zeros(logits.shape)
    for others, rows in account_folds(data.accounts, FOLDS, seed):
        out[rows] = as_said(
            logits[rows],
            temperature=fit_temperature(logits, data, others),
            promo_odds=fit_promo_odds(logits, data, others),
        )
    return out


def as_said(logits: NDArray[Any], *, temperature: float, promo_odds: float) -> NDArray[np.float64]:
    """Logits of which each head says its largest, and softmax of the drive's is P(passion).

    logits: (N, OUTPUTS) as a tagger gives them; temperature, promo_odds: see `Manifest`.
    """
    out = np.array(logits, np.float64)
    out[:, SLICES["drive"]] /= temperature
    out[:, SLICES["promo"]] += np.log([1.0, promo_odds, promo_odds])
    return out


def fit_temperature(logits: NDArray[Any], data: Labelled, rows: NDArray[np.int64]) -> float:
    """What to divide the drive logits by for the least log loss on posts of clarity 1 and more.

    Searched between 0.05 and 20.
    """
    from scipy.optimize import minimize_scalar

    rows = rows[data.clarity[rows] >= 1]
    drive, truth, even = logits[rows][:, SLICES["drive"]], data.drive[rows], np.ones(len(rows))

    def loss(log_temperature: float) -> float:
        return log_loss(drive / np.exp(log_temperature), truth, even)

    found = minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded")
    return float(np.exp(found.x))


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
    Returns: 1 where no reader said anything of promotions.
    """
    from sklearn.metrics import f1_score

    rows = rows[(data.clarity[rows] >= 1) & (data.promo[rows] != UNKNOWN)]
    if not len(rows):
        return 1.0
    truth = data.promo[rows]
    scores = [
        f1_score(truth, promo_codes(logits[rows], odds), average="macro") for odds in PROMO_ODDS
    ]
    return PROMO_ODDS[int(np.argmax(scores))]


def measure(logits: NDArray[Any], data: Labelled) -> dict[str, float]:
    """Figures on held-out posts, in the manner of the data card: clarity 1+ unless named.

    logits: (N, OUTPUTS) of all N posts of `data`, each from a model that never saw its account.
    Returns: no figure of what no reader said.
    """
    from sklearn.metrics import f1_score

    clear = data.clarity >= 1
    said = {head: logits[:, SLICES[head]].argmax(axis=1) for head in HEADS}
    passion, truth = probabilities(logits[clear][:, SLICES["drive"]])[:, 0], data.drive[clear] == 0
    figures = {
        "ece": expected_calibration_error(passion, truth),
        "brier": float(((passion - truth) ** 2).mean()),
    }
    for name, head, rows in (
        ("drive_f1_clear", "drive", clear),
        ("drive_f1_likely", "drive", data.clarity >= 2),  # noqa: PLR2004 - the guideline's degrees
        ("promo_f1", "promo", clear & (data.promo != UNKNOWN)),
    ):
        if rows.any():
            found = data.targets[head][rows], said[head][rows]
            figures[name] = f1_score(*found, average="macro")
    if (rows := clear & (data.niche != UNKNOWN)).any():
        figures["niche_accuracy"] = float((said["niche"] == data.niche)[rows].mean())
    if (rows := clear & (data.promo != UNKNOWN)).any():
        figures["promo_any_f1"] = f1_score(data.promo[rows] > 0, said["promo"][rows] > 0)
    return {name: round(float(value), 4) for name, value in figures.items()}


def expected_calibration_error(probability: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """Mean distance of stated and found frequency over ECE_BINS bins of equal width."""
    place = calibration_bins(probability)
    gaps = [
        abs(float(probability[place == at].mean() - truth[place == at].mean()))
        * (place == at).sum()
        for at in np.unique(place)
    ]
    return float(sum(gaps) / len(probability))


def calibration_bins(probability: NDArray[np.float64]) -> NDArray[np.int64]:
    """(N,) which of ECE_BINS bins of equal width each probability lies in."""
    return np.minimum((probability * ECE_BINS).astype(np.int64), ECE_BINS - 1)
