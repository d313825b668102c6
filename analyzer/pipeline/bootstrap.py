"""Bootstrap by account: sums over posts again and again, with accounts drawn anew.

Posts of one account resemble each other, so that intervals from drawing posts would be too narrow.
An account drawn twice counts twice: a resample is a whole number for each account, and sums over
its posts are one matrix product for all resamples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RESAMPLES: Final = 2000
"""With 2,000 the end of a 95 % interval repeats to 1.5 % of the interval's width (a standard error
of a normal quantile)."""

LEVEL: Final = 0.95
_BLOCK: Final = 200
"""Resamples held at a time: 200 of 100,000 accounts are 160 MB."""


def resampled_sums(
    columns: Floats,
    accounts: NDArray[Any],
    cells: Sequence[NDArray[np.bool_]],
    *,
    resamples: int,
    seed: int,
) -> list[Floats]:
    """Sums of the columns over each cell's posts, as they are and with accounts drawn anew.

    columns: (N, K) what is summed.
    accounts: (N,) whose posts they are.
    cells: (N,) each; which posts are summed. All cells share the resamples.
    Returns: for each cell (1 + resamples, K); row 0 holds the sums themselves.
    """
    names, code = np.unique(accounts, return_inverse=True)
    summed = [_by_account(columns, code, np.flatnonzero(cell)) for cell in cells]
    out = [np.empty((1 + resamples, columns.shape[1])) for _ in cells]
    for found, (_, sums) in zip(out, summed, strict=True):
        found[0] = sums.sum(axis=0)
    for rows, drawn in draws(len(names), resamples, seed):
        for found, (present, sums) in zip(out, summed, strict=True):
            found[rows] = drawn[:, present] @ sums
    return out


def draws(accounts: int, resamples: int, seed: int) -> Iterator[tuple[slice, Floats]]:
    """Blocks of resamples: which of the 1 + resamples rows, how often each account is in them.

    Row 0 is the sample itself and is not among them.

    Returns: rows and (rows, accounts) whole numbers
    """
    random = np.random.default_rng(seed)
    for start in range(0, resamples, _BLOCK):
        size = min(_BLOCK, resamples - start)
        picks = random.integers(0, accounts, (size, accounts)) + accounts * np.arange(size)[:, None]
        counts = np.bincount(picks.ravel(), minlength=size * accounts)
        yield (
            slice(1 + start, 1 + start + size),
            counts.reshape(size, accounts).astype(np.float64),
        )


def interval(values: Floats, *, level: float = LEVEL) -> tuple[float, float] | None:
    """The middle of the resampled values; None where there are none.

    A resample in which the figure means nothing (no post of a class) is left out.
    """
    known = values[~np.isnan(values)]
    if not len(known):
        return None
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _by_account(
    columns: Floats, code: NDArray[np.int64], rows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Floats]:
    """Accounts that have posts among the rows, and the sums over these posts."""
    if not len(rows):
        return np.zeros(0, np.int64), np.zeros((0, columns.shape[1]))
    order = rows[np.argsort(code[rows], kind="stable")]
    present, starts = np.unique(code[order], return_index=True)
    return present, np.add.reduceat(columns[order], starts, axis=0)
