"""Simulated accounts: does the 90 % interval hold the share as often as it says, and what bias?

    python scripts/simulate_coverage.py

Shares are drawn from the prior of the embedded default, posts and shifts from its model; a tagger
of another quality fills the bins of both classes more alike (`blurred`) or less (`sharp`), and the
profile knows that. `in runs` repeats each post's bin that often, as posts of one campaign do, and
the profile does not know that. Every cell is printed: coverage, width, mean error, and the bias of
shares between 0.3 and 0.7.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from analyzer.model import default_bundle, read_bundle
from analyzer.profile.prevalence import cell_edges, drifts, middles, passion_share, prior_mass
from analyzer.profile.shift import centred, moved
from analyzer.rates import SURE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analyzer.rates import Rates

POSTS = (5, 10, 20, 50, 100, 200)
RUNS = (1, 3)
MIDDLE = (0.3, 0.7)
CELLS = 400
BLUR = 0.25
"""Of each class's posts that are filled in as the other class's are."""


def drawn(
    rates: Rates, accounts: int, posts: int, run: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Shares (A,) and counts (A, POSTERIOR_BINS)."""
    varies = rates.variation
    share = rng.beta(*rates.prior, accounts)
    first, second = rng.standard_normal((2, accounts))
    second = varies.correlation * first + np.sqrt(1 - varies.correlation**2) * second
    grid = middles(cell_edges(CELLS))
    moves = drifts(varies, grid, prior_mass(cell_edges(CELLS), rates.prior))
    filled = [
        moved(centred(np.array(bins), spread), spread * by + np.interp(share, grid, move))
        for bins, spread, by, move in zip(
            (rates.passion, rates.brand), (varies.passion, varies.brand), (first, second), moves,
            strict=True,
        )
    ]  # fmt: skip
    mixed = share[:, None] * filled[0] + (1 - share[:, None]) * filled[1]
    counts = run * rng.multinomial(posts // run, mixed / mixed.sum(axis=1, keepdims=True))
    return share, counts


def taggers(default: Rates) -> dict[str, Rates]:
    """The default's rates, and those of a worse and of a better tagger."""
    passion, brand = np.array(default.passion), np.array(default.brand)
    steep = np.exp(np.linspace(-1.5, 1.5, len(passion)))
    sharp, dull = passion * steep, brand / steep
    return {
        "as measured": default,
        "blurred": replace(
            default,
            passion=tuple(((1 - BLUR) * passion + BLUR * brand).tolist()),
            brand=tuple(((1 - BLUR) * brand + BLUR * passion).tolist()),
        ),
        "sharp": replace(
            default,
            passion=tuple((sharp / sharp.sum()).tolist()),
            brand=tuple((dull / dull.sum()).tolist()),
        ),
        "alike in all": replace(default, variation=SURE),
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--accounts", type=int, default=4000, help="in each cell")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    default = read_bundle(default_bundle()).manifest.rates.measured["tiktok"]
    rng = np.random.default_rng(args.seed)
    print("tagger        in runs  posts  holds  width  error  bias of shares 0.3 to 0.7")
    for name, rates in taggers(default).items():
        for run in RUNS:
            for posts in POSTS:
                if posts < 3 * run:
                    continue
                share, counts = drawn(rates, args.accounts, posts, run, rng)
                found = passion_share(counts, rates, level=0.9)
                held = ((found.low <= share) & (share <= found.high)).mean()
                off = found.point - share
                middle = (share >= MIDDLE[0]) & (share <= MIDDLE[1])
                print(
                    f"{name:<13} {run:>7}  {posts:>5}  {held:.3f}  "
                    f"{(found.high - found.low).mean():.3f}  {np.abs(off).mean():.3f}  "
                    f"{off[middle].mean():+.3f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
