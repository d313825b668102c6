"""How the tagger's errors differ from account to account, fitted on labelled accounts."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from analyzer.profile.prevalence import cell_edges, drifts, middles, prior_mass
from analyzer.profile.shift import centred, moved, nodes
from analyzer.rates import Variation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

USUAL: Final = Variation(passion=1.65, brand=1.15, correlation=0.85, slope=2.4)
"""Where labels say little, what was measured on 4,166 accounts (EXPERIMENTS.md, an account's
shift): the centre of normal distributions whose widths below are chosen."""

LOG_SPREAD: Final = 0.5
TIE: Final = 0.5
"""Of the correlation's inverse hyperbolic tangent."""
SLOPE: Final = 2.0

NICHE_SHIFT: Final = 0.7
"""Standard deviation of niches' mean shifts, log odds; with 0.4 intervals cover as often."""

_CELLS: Final = 20
_NODES: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Labelled accounts, those of equal counts as one."""

    counts: Floats
    """(U, 2, K) posts by true class and posterior bin."""
    times: Floats
    """(U,) accounts with these counts."""
    share: Floats
    """(G,) a grid of shares."""
    prior: Floats
    """(G,) their probability."""


def accounts_of(counts: Floats, prior: tuple[float, float]) -> Accounts:
    """Labelled accounts as the fits want them.

    counts  (2, A, K) posts by true class, account and posterior bin
    prior   Beta(a, b) of the accounts' shares
    """
    alike, times = np.unique(counts.transpose(1, 0, 2), axis=0, return_counts=True)
    edges = cell_edges(_CELLS)
    return Accounts(
        counts=alike,
        times=times.astype(np.float64),
        share=middles(edges),
        prior=prior_mass(edges, prior),
    )


def fit_variation(accounts: Accounts, passion: Floats, brand: Floats) -> Variation:
    """The variation under which the labels and tags of the accounts are likeliest.

    accounts        the model never saw them
    passion, brand  (K,) bin frequencies of all of them
    """

    def loss(numbers: Floats) -> float:
        far = (numbers - start) / widths
        likely = _log_likelihood(accounts, passion, brand, _variation(numbers), (0.0, 0.0))
        return float((far * far).sum()) / 2 - likely

    start, widths = _numbers(USUAL), np.array([LOG_SPREAD, LOG_SPREAD, TIE, SLOPE])
    return _variation(_least(loss, start, 0.6 * widths))


def fit_niche(
    accounts: Accounts, passion: Floats, brand: Floats, variation: Variation
) -> tuple[float, float]:
    """Mean shifts of passion posts and of brand posts of the accounts of one niche.

    passion, brand, variation   of all accounts
    """

    def loss(shifts: Floats) -> float:
        likely = _log_likelihood(
            accounts, passion, brand, variation, (float(shifts[0]), float(shifts[1]))
        )
        return float((shifts * shifts).sum()) / (2 * NICHE_SHIFT**2) - likely

    first, second = _least(loss, np.zeros(2), np.full(2, 0.6)).tolist()
    return first, second


def widened(variation: Variation, shifts: Sequence[tuple[float, float]]) -> Variation:
    """On a platform that was not measured, which may move posts as far as niches do.

    shifts: of each niche, as `fit_niche` gives them.
    """
    if not shifts:
        return variation
    between = np.std(np.array(shifts), axis=0).tolist()
    return replace(variation, unmeasured_passion=between[0], unmeasured_brand=between[1])


def _log_likelihood(
    accounts: Accounts,
    passion: Floats,
    brand: Floats,
    variation: Variation,
    offset: tuple[float, float],
) -> float:
    """Of true classes and bins of all accounts, summed over shares and shifts."""
    values, weights = nodes(_NODES)
    tied = variation.correlation * values[:, None] + (
        math.sqrt(1 - variation.correlation**2) * values[None, :]
    )
    begins = centred(passion, variation.passion), centred(brand, variation.brand)
    moves = drifts(variation, accounts.share, accounts.prior)
    posts = accounts.counts.sum(axis=2)
    parts = []
    for cell, (share, prior) in enumerate(zip(accounts.share, accounts.prior, strict=True)):
        shifts = [moves[side][cell] + offset[side] for side in (0, 1)]
        yes = np.log(moved(begins[0], variation.passion * values + shifts[0]))
        no = np.log(moved(begins[1], variation.brand * tied.ravel() + shifts[1]))
        brands = (accounts.counts[:, 1] @ no.T).reshape(-1, _NODES, _NODES)
        both = accounts.counts[:, 0] @ yes.T + _log_sum(brands + np.log(weights))
        labels = posts @ np.log([share, 1 - share]) + np.log(prior)
        parts.append(_log_sum(both + np.log(weights)) + labels)
    return float(accounts.times @ _log_sum(np.stack(parts, axis=-1)))


def _log_sum(logs: Floats) -> Floats:
    """Logarithm of the sum of exponentials over the last axis."""
    top = logs.max(axis=-1, keepdims=True)
    return np.asarray(np.log(np.exp(logs - top).sum(axis=-1)) + top[..., 0])


def _least(loss: Callable[[Floats], float], start: Floats, steps: Floats) -> Floats:
    from scipy.optimize import minimize

    found = minimize(
        loss,
        start,
        method="Nelder-Mead",
        options={
            "initial_simplex": np.vstack([start, start + np.diag(steps)]),
            "xatol": 0.01,
            "fatol": 0.05,
            "maxiter": 150,
        },
    )
    return np.asarray(found.x)


def _numbers(variation: Variation) -> Floats:
    """On scales where all values are allowed."""
    return np.array(
        [
            math.log(variation.passion),
            math.log(variation.brand),
            math.atanh(variation.correlation),
            variation.slope,
        ]
    )


def _variation(numbers: Floats) -> Variation:
    passion, brand, tie, slope = numbers.tolist()
    return Variation(
        passion=math.exp(passion), brand=math.exp(brand), correlation=math.tanh(tie), slope=slope
    )
