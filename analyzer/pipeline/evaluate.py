"""How good a tagger is on labelled posts: figures by cell, calibration, confusions, mistakes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from analyzer.model.shape import HEADS, OUTPUTS, SLICES
from analyzer.pipeline.artificial import PrevalenceError, prevalence_errors
from analyzer.pipeline.bootstrap import LEVEL, RESAMPLES, resampled_sums
from analyzer.pipeline.calibrate import ECE_BINS, as_said, calibration_bins, probabilities
from analyzer.pipeline.figures import (
    MIN_POSTS,
    Bin,
    Cell,
    ClassFigures,
    Figure,
    cell,
    class_figures,
    reliability,
    summed_columns,
)
from analyzer.pipeline.labels import CLARITY_WEIGHT, UNKNOWN
from analyzer.pipeline.rates import passion_ppm
from analyzer.pipeline.risk_coverage import RiskCoverage, risk_coverage
from analyzer.schema import DRIVES, NICHES, PLATFORMS, PROMOS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from analyzer.model import Manifest, Tagger
    from analyzer.pipeline.labels import Labelled
    from analyzer.rates import PlatformRates

    Floats = NDArray[np.float64]

LENGTHS: Final = (0, 50, 100, 200)
"""First character counts of the cells by length; captions have a median of about 105."""

MISTAKES: Final = 20
Seen = Literal["trained_on", "calibrated_on"]
CLASSES: Final = {"drive": DRIVES, "niche": NICHES, "promo": PROMOS}
LIKELY: Final = 2
"""Clarity from which a post's drive is likely from its text."""

HEADLINES: Final = {
    "drive_f1_clear": ("clear", "drive_f1"),
    "drive_f1_likely": ("likely", "drive_f1"),
    "drive_accuracy": ("clear", "drive_accuracy"),
    "niche_accuracy": ("clear", "niche_accuracy"),
    "niche_f1": ("clear", "niche_f1"),
    "promo_f1": ("clear", "promo_f1"),
    "promo_any_f1": ("clear", "promo_any_f1"),
    "ece": ("clear", "ece"),
    "brier": ("clear", "brier"),
}
"""Cell and figure of each of `headlines`."""

_BATCH: Final = 256
_HALF: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A post of clarity 1 or more whose drive the tagger got wrong."""

    row: int
    """Of the file, from 1."""
    account: str
    platform: str
    clarity: int
    label: str
    answer: str
    probability: float
    """Posterior of the answer."""
    text: str
    """As it stands in the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What labelled posts say of a tagger. Clarity 1 and more, where nothing else is said."""

    model_id: str | None
    """None for answers that no one bundle gave, such as those of several folds."""
    sha256: str
    """Of the file of labelled posts."""
    seen: Seen | None
    """The bundle's manifest names this very file: the figures are not held out."""
    level: float
    """Of all intervals but that of the passion share."""
    resamples: int
    seed: int
    everything: Cell
    """Clarity 0 to 3."""
    clear: Cell
    likely: Cell
    """Clarity 2 and more."""
    platforms: tuple[Cell, ...]
    clarities: tuple[Cell, ...]
    lengths: tuple[Cell, ...]
    niches: tuple[Cell, ...]
    """By the niche that the reader gave."""
    classes: Mapping[str, tuple[ClassFigures, ...]]
    """By head."""
    confusions: Mapping[str, tuple[tuple[int, ...], ...]]
    """By head: posts by label (rows) and answer (columns), in the order of `classes`."""
    calibration: tuple[Bin, ...]
    selective: RiskCoverage | None
    """Drive, when the least sure posts are not answered; None with fewer than MIN_POSTS posts."""
    prevalence: tuple[PrevalenceError, ...]
    """Empty where there are too few posts of a class to draw from."""
    mistakes: tuple[Mistake, ...]
    """The MISTAKES most confident ones, most confident first."""


def evaluate_tagger(
    tagger: Tagger,
    data: Labelled,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    on_judged: Callable[[int], None] | None = None,
) -> Evaluation:
    """Ask the tagger for every labelled post; see `evaluate`.

    Posts from which the front end would abstain are asked as well.
    on_judged: called with the number of posts of each batch that is done.
    """
    logits = np.zeros((len(data.texts), OUTPUTS))
    for start in range(0, len(data.texts), _BATCH):
        batch = data.texts[start : start + _BATCH]
        logits[start : start + len(batch)] = tagger.logits(batch)
        if on_judged:
            on_judged(len(batch))
    manifest = tagger.manifest
    return evaluate(
        as_said(logits, temperature=manifest.temperature, promo_odds=manifest.promo_odds),
        data,
        rates=manifest.rates,
        seed=seed,
        resamples=resamples,
        model_id=tagger.model_id,
        seen=seen_by(manifest, data),
    )


def seen_by(manifest: Manifest, data: Labelled) -> Seen | None:
    """Whether the model learnt from this file.

    Told by the file's sha256: a copy in another format, or a part of it, is not recognised.
    """
    if data.sha256 in manifest.data.values():
        return "trained_on"
    if data.sha256 in manifest.calibrated_on.values():
        return "calibrated_on"
    return None


def evaluate(  # noqa: PLR0913 - what answers need beside them to be read
    said: Floats,
    data: Labelled,
    *,
    rates: PlatformRates,
    seed: int = 0,
    resamples: int = RESAMPLES,
    model_id: str | None = None,
    seen: Seen | None = None,
) -> Evaluation:
    """Figures of the answers to N labelled posts.

    said: (N, OUTPUTS), see `calibrate.as_said`.
    rates: of the posterior bins, for the corrected shares of `prevalence`.
    resamples: of accounts, for the intervals; with 0 there are none.
    """
    clear = data.clarity >= 1
    groups = _groups(data, clear)
    sums = iter(
        resampled_sums(
            summed_columns(said, data),
            data.accounts,
            [mask for members in groups.values() for mask in members.values()],
            resamples=resamples,
            seed=seed,
        )
    )
    of = {group: {name: next(sums) for name in members} for group, members in groups.items()}
    cells = {
        group: tuple(
            cell(
                name,
                of[group][name],
                len(np.unique(data.accounts[mask])),
                _accounts_by(data.drive, len(DRIVES), data, mask),
            )
            for name, mask in members.items()
        )
        for group, members in groups.items()
    }
    everything, whole, likely = cells["whole"]
    of_clear = of["whole"][whole.name]
    passion = probabilities(said[:, SLICES["drive"]])[:, 0]
    answer = np.where(passion >= _HALF, 0, 1)
    sure = np.maximum(passion, 1 - passion)
    right = answer == data.drive
    return Evaluation(
        model_id=model_id,
        sha256=data.sha256,
        seen=seen,
        level=LEVEL,
        resamples=resamples,
        seed=seed,
        everything=everything,
        clear=whole,
        likely=likely,
        platforms=cells["platforms"],
        clarities=cells["clarities"],
        lengths=cells["lengths"],
        niches=cells["niches"],
        classes={
            head: class_figures(
                head,
                names,
                of_clear,
                _accounts_by(data.targets[head], len(names), data, clear),
                _accounts_by(said[:, SLICES[head]].argmax(axis=1), len(names), data, clear),
            )
            for head, names in CLASSES.items()
        },
        confusions={head: _confusion(head, said, data, clear) for head in CLASSES},
        calibration=reliability(
            of_clear, _accounts_by(calibration_bins(passion), ECE_BINS, data, clear)
        ),
        selective=None
        if whole.posts < MIN_POSTS
        else risk_coverage(
            sure[clear], right[clear], data.accounts[clear], resamples=resamples, seed=seed
        ),
        prevalence=prevalence_errors(
            passion_ppm(said[clear]),
            data.drive[clear] == 0,
            data.platforms[clear],
            rates,
            seed=seed,
        ),
        mistakes=_mistakes(data, answer, sure, clear & ~right),
    )


def headlines(evaluation: Evaluation) -> dict[str, Figure]:
    """The figures that sum an evaluation up, under the names that manifests and floors use."""
    return {
        name: getattr(evaluation, where).figures[figure]
        for name, (where, figure) in HEADLINES.items()
    }


def _groups(data: Labelled, clear: NDArray[np.bool_]) -> dict[str, dict[str, NDArray[np.bool_]]]:
    """(N,) masks of the cells, by group and name; cells without a post are left out."""
    lengths = np.array([len(text) for text in data.raw])
    ends = [*LENGTHS[1:], None]
    groups = {
        "platforms": {name: clear & (data.platforms == name) for name in PLATFORMS},
        "clarities": {str(degree): data.clarity == degree for degree in range(len(CLARITY_WEIGHT))},
        "lengths": {
            f"{low} and more" if end is None else f"{low} to {end - 1}": clear
            & (lengths >= low)
            & (lengths < (end or np.inf))
            for low, end in zip(LENGTHS, ends, strict=True)
        },
        "niches": {name: clear & (data.niche == code) for code, name in enumerate(NICHES)},
    }
    present = {
        group: {name: mask for name, mask in members.items() if mask.any()}
        for group, members in groups.items()
    }
    whole = {
        "all": np.ones(len(clear), np.bool_),
        "clarity 1 and more": clear,
        "clarity 2 and more": data.clarity >= LIKELY,
    }
    return {"whole": whole, **present}


def _confusion(
    head: str, said: Floats, data: Labelled, clear: NDArray[np.bool_]
) -> tuple[tuple[int, ...], ...]:
    size = HEADS[head]
    rows = clear & (data.targets[head] != UNKNOWN)
    answer = said[rows][:, SLICES[head]].argmax(axis=1)
    flat = np.bincount(data.targets[head][rows] * size + answer, minlength=size * size)
    return tuple(tuple(row) for row in flat.reshape(size, size).tolist())


def _accounts_by(
    code: NDArray[np.int64], codes: int, data: Labelled, rows: NDArray[np.bool_]
) -> list[int]:
    """Accounts that have one of the rows with each code."""
    return [len(np.unique(data.accounts[rows & (code == at)])) for at in range(codes)]


def _mistakes(
    data: Labelled, answer: NDArray[np.int64], sure: Floats, wrong: NDArray[np.bool_]
) -> tuple[Mistake, ...]:
    rows = np.flatnonzero(wrong)
    worst = rows[np.argsort(-sure[rows], kind="stable")[:MISTAKES]]
    return tuple(
        Mistake(
            row=row + 1,
            account=str(data.accounts[row]),
            platform=str(data.platforms[row]),
            clarity=int(data.clarity[row]),
            label=DRIVES[data.drive[row]],
            answer=DRIVES[answer[row]],
            probability=round(float(sure[row]), 6),
            text=data.raw[row],
        )
        for row in worst.tolist()
    )
