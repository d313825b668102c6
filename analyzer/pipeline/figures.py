"""Figures of a tagger's answers, each a function of sums over posts, so that they can be resampled.

A figure is not given where it would say nothing (see `Figure.why`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Final

import numpy as np

from analyzer.model.shape import HEADS, SLICES
from analyzer.pipeline.bootstrap import interval
from analyzer.pipeline.calibrate import ECE_BINS, calibration_bins, probabilities
from analyzer.pipeline.labels import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analyzer.pipeline.labels import Labelled

    Floats = NDArray[np.float64]

MIN_POSTS: Final = 30
"""Posts that a figure of a cell asks for: at 30 the interval of a share of 0.8 is 0.29 wide."""

MIN_CLASS: Final = 10
"""Posts that a share asks for which is taken of one class only: of fewer, all right or all wrong is
a common accident, and no resample then says otherwise."""

MIN_ACCOUNTS: Final = 10
"""Accounts that an interval asks for: simulated, 95 % intervals hold the truth in 86 % of samples
of 5 accounts, 91 % of 10, 93 % of 20, 94 % of 40 (EXPERIMENTS.md)."""

_NONE: Final = 0
"""Of PROMOS: promotes nothing."""

_WIDTHS: Final = {
    "posts": 1,
    **{f"{head}_{what}": n for head, n in HEADS.items() for what in ("true", "said", "hit")},
    "any_true": 1,
    "any_said": 1,
    "any_hit": 1,
    "squares": 1,
    "bin_posts": ECE_BINS,
    "bin_stated": ECE_BINS,
    "bin_found": ECE_BINS,
}
_ENDS: Final = tuple(accumulate(_WIDTHS.values()))
PLACES: Final = {
    name: slice(end - width, end) for (name, width), end in zip(_WIDTHS.items(), _ENDS, strict=True)
}
"""Where each of the columns stands that are summed."""

FIGURES: Final = {
    "drive_f1": "drive",
    "drive_accuracy": "drive",
    "sensitivity": "drive",
    "specificity": "drive",
    "niche_accuracy": "niche",
    "niche_f1": "niche",
    "promo_f1": "promo",
    "promo_any_f1": "promo",
    "ece": "drive",
    "brier": "drive",
    "bias": "drive",
}
"""Figures of a cell, and the head whose labels they need. `bias` is the mean posterior of passion
minus the share of passion posts; `sensitivity` the recall of passion, `specificity` of brand."""

LOWER_IS_BETTER: Final = frozenset({"ece", "brier"})

_MACRO: Final = frozenset({"drive_f1", "niche_f1", "promo_f1", "promo_any_f1"})
_OF_CLASS: Final = {"sensitivity": 0, "specificity": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number with its 95 % interval by account."""

    value: float | None
    low: float | None
    high: float | None
    why: str | None
    """`too_few_posts` or `one_class` where there is no value, `too_few_accounts` or `all_alike`
    (all right or all wrong: no resample says otherwise) where there is no interval, else None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Some of the posts, and the figures on them."""

    name: str
    posts: int
    accounts: int
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFigures:
    """How one class of a head fares."""

    name: str
    posts: int
    """Posts labelled so."""
    said: int
    """Posts tagged so."""
    precision: Figure
    recall: Figure
    f1: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Posts whose posterior of passion lies in one of ECE_BINS bins of equal width."""

    low: float
    high: float
    posts: int
    stated: float | None
    """Mean posterior; None without posts."""
    found: Figure
    """Share of passion posts."""


def summed_columns(said: Floats, data: Labelled) -> Floats:
    """(N, columns of PLACES) what figures are sums of; labels nobody gave count nowhere.

    said: (N, OUTPUTS), see `calibrate.as_said`.
    """
    rows = np.arange(len(said))
    out = np.zeros((len(said), _ENDS[-1]))
    out[:, PLACES["posts"]] = 1
    for head, target in data.targets.items():
        answer = said[:, SLICES[head]].argmax(axis=1)
        known = rows[target != UNKNOWN]
        out[known, PLACES[f"{head}_true"].start + target[known]] = 1
        out[known, PLACES[f"{head}_said"].start + answer[known]] = 1
        hits = known[target[known] == answer[known]]
        out[hits, PLACES[f"{head}_hit"].start + target[hits]] = 1
    for what in ("true", "said"):
        promo = out[:, PLACES[f"promo_{what}"]]
        out[:, PLACES[f"any_{what}"]] = promo[:, _NONE + 1 :].sum(axis=1, keepdims=True)
    out[:, PLACES["any_hit"]] = out[:, PLACES["any_true"]] * out[:, PLACES["any_said"]]
    passion = probabilities(said[:, SLICES["drive"]])[:, 0]
    truth = data.drive == 0
    place = calibration_bins(passion)
    out[:, PLACES["squares"]] = ((passion - truth) ** 2)[:, None]
    out[rows, PLACES["bin_posts"].start + place] = 1
    out[rows, PLACES["bin_stated"].start + place] = passion
    out[rows, PLACES["bin_found"].start + place] = truth
    return out


def figures_of(sums: Floats) -> dict[str, Floats]:
    """Every one of FIGURES for each row of sums; NaN where it means nothing.

    sums: (R, columns of PLACES)
    Returns: (R,) each
    """
    part = {name: sums[:, place] for name, place in PLACES.items()}
    posts = part["posts"][:, 0]
    gaps = part["bin_stated"] - part["bin_found"]
    return {
        "drive_f1": _macro_f1(part, "drive"),
        "drive_accuracy": _accuracy(part, "drive"),
        "sensitivity": _share(part["drive_hit"][:, 0], part["drive_true"][:, 0]),
        "specificity": _share(part["drive_hit"][:, 1], part["drive_true"][:, 1]),
        "niche_accuracy": _accuracy(part, "niche"),
        "niche_f1": _macro_f1(part, "niche"),
        "promo_f1": _macro_f1(part, "promo"),
        "promo_any_f1": _f1(part, "any")[:, 0],
        "ece": _share(np.abs(gaps).sum(axis=1), posts),
        "brier": _share(part["squares"][:, 0], posts),
        "bias": _share(gaps.sum(axis=1), posts),
    }


def cell(name: str, sums: Floats, accounts: int, by_drive: Sequence[int]) -> Cell:
    """The figures of a cell.

    sums: (1 + resamples, columns of PLACES); row 0 the sums themselves, see `resampled_sums`.
    accounts: that have a post in the cell.
    by_drive: that have a passion post there, and a brand post.
    """
    figures = {}
    for figure, values in figures_of(sums).items():
        why = _no_value(figure, sums[0])
        judged = by_drive[_OF_CLASS[figure]] if figure in _OF_CLASS else accounts
        figures[figure] = figure_of(figure, values, why, judged)
    posts = int(sums[0, PLACES["posts"]].item())
    return Cell(name=name, posts=posts, accounts=accounts, figures=figures)


def class_figures(
    head: str, names: tuple[str, ...], sums: Floats, labelled: Sequence[int], said: Sequence[int]
) -> tuple[ClassFigures, ...]:
    """Precision, recall and F1 of each class of a head.

    sums: as for `cell`.
    labelled, said: accounts that have a post labelled so, and one tagged so, by class.
    """
    posts, tags, hits = (sums[:, PLACES[f"{head}_{what}"]] for what in ("true", "said", "hit"))

    def share(part: Floats, whole: Floats, base: float, accounts: int) -> Figure:
        why = None if base >= MIN_CLASS else "too_few_posts"
        return figure_of("share", _share(part, whole), why, accounts)

    return tuple(
        ClassFigures(
            name=name,
            posts=int(posts[0, at]),
            said=int(tags[0, at]),
            precision=share(hits[:, at], tags[:, at], tags[0, at], said[at]),
            recall=share(hits[:, at], posts[:, at], posts[0, at], labelled[at]),
            f1=share(2 * hits[:, at], posts[:, at] + tags[:, at], posts[0, at], labelled[at]),
        )
        for at, name in enumerate(names)
    )


def reliability(sums: Floats, accounts: Sequence[int]) -> tuple[Bin, ...]:
    """What was stated and what was found, bin by bin.

    sums: as for `cell`.
    accounts: how many have a post in each of the ECE_BINS bins.
    """
    posts, stated, found = (
        sums[:, PLACES[name]] for name in ("bin_posts", "bin_stated", "bin_found")
    )
    return tuple(
        Bin(
            low=round(at / ECE_BINS, 4),
            high=round((at + 1) / ECE_BINS, 4),
            posts=int(posts[0, at]),
            stated=_rounded(stated[0, at] / posts[0, at]) if posts[0, at] else None,
            found=figure_of(
                "share",
                _share(found[:, at], posts[:, at]),
                None if posts[0, at] >= MIN_CLASS else "too_few_posts",
                accounts[at],
            ),
        )
        for at in range(ECE_BINS)
    )


def _no_value(figure: str, sums: Floats) -> str | None:
    """Why a figure is not given, if it is not."""
    classes = sums[PLACES[f"{FIGURES[figure]}_true"]]
    if classes.sum() < MIN_POSTS:
        return "too_few_posts"
    if figure in _OF_CLASS and classes[_OF_CLASS[figure]] < MIN_CLASS:
        return "too_few_posts"
    if figure == "promo_any_f1":
        classes = np.array([classes[_NONE], classes[_NONE + 1 :].sum()])
    if figure in _MACRO and (classes > 0).sum() == 1:
        return "one_class"
    return None


def figure_of(name: str, values: Floats, why: str | None, accounts: int) -> Figure:
    """values: (1 + resamples,), the first on the posts as they are."""
    if why is not None:
        return Figure(value=None, low=None, high=None, why=why)
    value = float(values[0])
    if accounts < MIN_ACCOUNTS:
        return Figure(value=_rounded(value), low=None, high=None, why="too_few_accounts")
    ends = interval(values[1:])
    if ends is None:
        return Figure(value=_rounded(value), low=None, high=None, why=None)
    if ends[0] == ends[1]:
        return Figure(value=_rounded(value), low=None, high=None, why="all_alike")
    low, high = ends
    if name == "ece":
        # Chance alone makes an ECE larger, on the posts and again on each resample, so that the
        # lower end is mirrored at the value (basic bootstrap); the upper one errs on the safe side
        low = max(2 * value - high, 0.0)
    return Figure(value=_rounded(value), low=_rounded(low), high=_rounded(high), why=None)


def _rounded(value: float) -> float:
    """To six places: what lies beyond depends on the order in which numbers are added."""
    return round(float(value), 6)


def _share(part: Floats, whole: Floats) -> Floats:
    out = np.full(whole.shape, np.nan)
    np.divide(part, whole, out=out, where=whole > 0)
    return out


def _f1(part: Mapping[str, Floats], head: str) -> Floats:
    return _share(2 * part[f"{head}_hit"], part[f"{head}_true"] + part[f"{head}_said"])


def _accuracy(part: Mapping[str, Floats], head: str) -> Floats:
    return _share(part[f"{head}_hit"].sum(axis=1), part[f"{head}_true"].sum(axis=1))


def _macro_f1(part: Mapping[str, Floats], head: str) -> Floats:
    """Mean over the classes that are labelled or said, as scikit-learn takes it."""
    by_class = _f1(part, head)
    return _share(np.nan_to_num(by_class).sum(axis=1), (~np.isnan(by_class)).sum(axis=1))
