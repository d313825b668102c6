"""Two sets of answers to the same posts: by how much one is better, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analyzer.pipeline.bootstrap import RESAMPLES, interval, resampled_sums
from analyzer.pipeline.evaluate import HEADLINES, LIKELY
from analyzer.pipeline.figures import Figure, figure_of, figures_of, summed_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analyzer.pipeline.labels import Labelled

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """First minus second, with its 95 % interval by account."""

    first: Figure
    second: Figure
    value: float
    low: float
    high: float


def paired_differences(
    first: Floats, second: Floats, data: Labelled, *, seed: int = 0, resamples: int = RESAMPLES
) -> dict[str, Difference]:
    """First minus second for each of HEADLINES, both on the same resamples of accounts.

    first, second: (N, OUTPUTS) of the same N posts, see `calibrate.as_said`.
    resamples: at least 1.
    Returns: by figure; one that means nothing on these posts (no label of its head) is left out.
    """
    cells = {"clear": data.clarity >= 1, "likely": data.clarity >= LIKELY}
    accounts = {name: len(np.unique(data.accounts[rows])) for name, rows in cells.items()}
    one, other = (_resampled(said, data, cells, seed, resamples) for said in (first, second))
    out = {}
    for name, (cell, figure) in HEADLINES.items():
        pair = one[cell][figure], other[cell][figure]
        change = pair[0] - pair[1]
        ends = interval(change[1:])
        if np.isnan(change[0]) or ends is None:
            continue
        sides = [figure_of(figure, values, None, accounts[cell]) for values in pair]
        out[name] = Difference(
            first=sides[0],
            second=sides[1],
            value=round(float(change[0]), 6),
            low=round(ends[0], 6),
            high=round(ends[1], 6),
        )
    return out


def _resampled(
    said: Floats, data: Labelled, cells: dict[str, NDArray[np.bool_]], seed: int, resamples: int
) -> dict[str, dict[str, Floats]]:
    """(1 + resamples,) of each figure in each cell; the first on the posts as they are."""
    sums = resampled_sums(
        summed_columns(said, data),
        data.accounts,
        list(cells.values()),
        resamples=resamples,
        seed=seed,
    )
    return {name: figures_of(values) for name, values in zip(cells, sums, strict=True)}
