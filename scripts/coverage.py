"""How often the interval of the passion share holds the labelled share of accounts never seen.

    python scripts/coverage.py ../shared/data/labelled.jsonl

The linear branch is trained out of fold, or --folds has the embedded default's answers. The rates
(bin frequencies, variation between accounts, prior) of each fifth of the accounts are measured on
the other four. Accounts are grouped by their labelled posts of clarity 1 and more. `shared` takes
the errors as alike in all accounts, `accounts` lets them vary, as a profile does. Each is tried on
the real accounts and, on as many posts, on simulated ones: `alike`, drawn from rates that all
accounts share, and `varied`, drawn from the model itself.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from evaluate_folds import default_out_of_fold

from analyzer.model.shape import SLICES
from analyzer.pipeline.calibrate import FOLDS, crossed
from analyzer.pipeline.labels import account_folds, only, read_labelled
from analyzer.pipeline.linear import linear_out_of_fold
from analyzer.pipeline.rates import measure_rates, passion_ppm
from analyzer.profile.prevalence import cell_edges, drifts, middles, passion_share, prior_mass
from analyzer.profile.shift import centred, moved
from analyzer.rates import SURE
from analyzer.schema import POSTERIOR_BINS, PPM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analyzer.pipeline.labels import Labelled
    from analyzer.profile.prevalence import PassionShare
    from analyzer.rates import Rates

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

SIZES = (1, 5, 10, 20)
LEVEL = 0.9
LINES = (0.35, 0.65)
ROLE = 0.8


class Bags(NamedTuple):
    """Accounts of a fold."""

    bins: Ints
    """(A, POSTERIOR_BINS)"""
    share: Floats
    """(A,) labelled, or drawn."""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("labelled", type=Path)
    parser.add_argument(
        "--folds",
        type=Path,
        help="--work of train_default.py: these answers, not the linear branch's",
    )
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    data = read_labelled(args.labelled)
    logits = (
        default_out_of_fold(data, args.folds)["joined"]
        if args.folds
        else linear_out_of_fold(data, seed=args.seed)
    )
    said = crossed(logits, data, seed=args.seed)
    rng = np.random.default_rng(args.seed)
    found: dict[str, list[tuple[Bags, PassionShare]]] = {}
    for train, held_out in account_folds(data.accounts, FOLDS, args.seed + 1):
        rates = measure_rates(
            said[train], only(data, train), said[train][:, SLICES["promo"]].argmax(axis=1)
        )
        own = replace(
            rates.measured["tiktok"], passion=rates.other.passion, brand=rates.other.brand
        )
        ways = {
            "shared": replace(own, variation=SURE),
            "accounts": own,
        }
        real = bags(said[held_out], only(data, held_out))
        worlds: Mapping[str, Bags] = {
            "real": real,
            "alike": simulated(real, ways["shared"], rng),
            "varied": simulated(real, own, rng),
        }
        for world, some in worlds.items():
            for way, believed in ways.items():
                shares = passion_share(some.bins, believed, level=LEVEL)
                found.setdefault(f"{world:<7} {way}", []).append((some, shares))
    print("accounts rates       posts  accounts  covered  width   error    bias  roles  right")
    for name, parts in found.items():
        for least in SIZES:
            print(f"{name:<18} {line(parts, least)}")


def bags(said: Floats, data: Labelled) -> Bags:
    """Accounts of labelled posts of clarity 1 and more."""
    rows = np.flatnonzero(data.clarity >= 1)
    account = np.unique(data.accounts[rows], return_inverse=True)[1]
    size = int(account.max()) + 1
    bins = np.zeros((size, POSTERIOR_BINS), np.int64)
    np.add.at(bins, (account, passion_ppm(said[rows]) * POSTERIOR_BINS // (PPM + 1)), 1)
    passion = np.bincount(account, data.drive[rows] == 0, size)
    return Bags(bins=bins, share=passion / bins.sum(axis=1))


def simulated(real: Bags, rates: Rates, rng: np.random.Generator) -> Bags:
    """Accounts with as many posts, all else drawn; the share of their own posts is kept."""
    posts = real.bins.sum(axis=1)
    varies = rates.variation
    share = rng.beta(*rates.prior, len(posts))
    first, second = rng.standard_normal((2, len(posts)))
    second = varies.correlation * first + np.sqrt(1 - varies.correlation**2) * second
    passion = rng.binomial(posts, share)
    middle = middles(cell_edges(400))
    moves = drifts(varies, middle, prior_mass(cell_edges(400), rates.prior))
    bins = np.zeros_like(real.bins)
    sides = (
        (rates.passion, varies.passion, first, passion),
        (rates.brand, varies.brand, second, posts - passion),
    )
    for side, (frequencies, spread, drawn, count) in enumerate(sides):
        by = spread * drawn + np.interp(share, middle, moves[side])
        filled = moved(centred(np.array(frequencies), spread), by)
        bins += rng.multinomial(count, filled / filled.sum(axis=1, keepdims=True))
    return Bags(bins=bins, share=passion / posts)


def line(parts: list[tuple[Bags, PassionShare]], least: int) -> str:
    """What became of the accounts with so many posts and more."""
    truth = np.concatenate([bag.share for bag, _ in parts])
    posts = np.concatenate([bag.bins.sum(axis=1) for bag, _ in parts])
    low, point, high, above, between, below = (
        np.concatenate(values)
        for values in zip(
            *((s.low, s.point, s.high, s.p_above, s.p_between, s.p_below) for _, s in parts),
            strict=True,
        )
    )
    rows = posts >= least
    held = (low - 1e-9 <= truth) & (truth <= high + 1e-9)
    chances = np.stack([above, between, below])
    roled = rows & (chances.max(axis=0) >= ROLE)
    true = np.where(truth > LINES[1], 0, np.where(truth < LINES[0], 2, 1))
    right = (chances.argmax(axis=0) == true)[roled].sum()
    return (
        f"{least:>5}  {rows.sum():>8}  {held[rows].mean():>7.3f}  {(high - low)[rows].mean():.3f}"
        f"  {np.abs(point - truth)[rows].mean():>6.3f}  {(point - truth)[rows].mean():>+6.3f}"
        f"  {roled.sum():>5}  {right:>5}"
    )


if __name__ == "__main__":
    main()
