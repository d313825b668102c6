"""Train the embedded default: encoder and linear branch, figures in folds, bundle."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analyzer.model.bundle import FORMAT, Manifest, packed_and_expanded, write_bundle
from analyzer.model.encode import load_vocabulary
from analyzer.model.shape import HEADS, OUTPUTS, SLICES, EncoderShape
from analyzer.model.tagger import branch_logits
from analyzer.pipeline.calibrate import fit_scales, measure, measure_rates
from analyzer.pipeline.finetune import fine_tune
from analyzer.pipeline.labels import account_folds
from analyzer.pipeline.linear import baseline_logits, train_linear
from analyzer.schema import NICHES, PROMOS
from analyzer.text import TONE_STYLE, front_end

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from analyzer.model.encode import Vocabulary
    from analyzer.pipeline.labels import Labelled

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainSettings:
    """How the embedded default is trained (evidence: EXPERIMENTS.md, embedded default)."""

    shape: EncoderShape
    epochs: int = 3
    learning_rate: float = 2e-3
    folds: int = 2
    seed: int = 0
    window: int = 254


def train_default(
    data: Labelled,
    vocabulary_dir: Path,
    out: Path,
    settings: TrainSettings,
) -> Manifest:
    """Write the bundle to `out`; all its figures are of held-out accounts.

    In every fold encoder, branch and baseline learn from the same rows; how the branches are
    added is fitted on the other folds' held-out answers, so that no figure saw its own accounts.
    """
    vocabulary = load_vocabulary(vocabulary_dir, lower=True)
    folds = account_folds(data.accounts, settings.folds, settings.seed)
    encoder, linear, baseline = (np.zeros((len(data.texts), OUTPUTS)) for _ in range(3))
    for number, (train, held_out) in enumerate(folds):
        log.info("fold %d of %d", number + 1, len(folds))
        texts = [data.texts[row] for row in held_out]
        weights = _fit_branches(data, train, vocabulary, settings)
        encoder[held_out], linear[held_out] = branch_logits(
            settings.shape, weights, texts, vocabulary, window=settings.window
        )
        linear[held_out] += weights["ngram.bias"]
        baseline[held_out] = baseline_logits(data, train, held_out, seed=settings.seed)
    joined = np.zeros_like(encoder)
    for train, held_out in folds:
        joined[held_out] = _joined(encoder, linear, _scales(encoder, linear, data, train), held_out)
    for name, logits in {"encoder": encoder, "linear": linear, "joined": joined}.items():
        log.info("%s alone: %s", name, measure(logits, data))
    every = np.arange(len(data.texts))
    weights = _fit_branches(data, every, vocabulary, settings)
    scales = _scales(encoder, linear, data, every)
    log.info("scales of encoder and linear branch: %s", scales)
    manifest = Manifest(
        format=FORMAT,
        name="vn-compact",
        front_end=front_end(),
        tone_style=TONE_STYLE,
        lower=True,
        encoder=settings.shape,
        base="none: random weights",
        base_licence="none",
        window=settings.window,
        niches=NICHES,
        promos=PROMOS,
        temperature=1.0,
        rates=measure_rates(joined, data, 1.0),
        metrics={"tagger": measure(joined, data), "baseline": measure(baseline, data)},
        measured=_measured(data, settings),
        data={"labelled.jsonl": data.sha256},
        seed=settings.seed,
        files={},
    )
    write_bundle(out, manifest, _scaled(weights, scales), vocabulary=vocabulary_dir)
    return manifest


def _fit_branches(
    data: Labelled,
    rows: NDArray[np.int64],
    vocabulary: Vocabulary,
    settings: TrainSettings,
) -> dict[str, NDArray[Any]]:
    """Weights of both branches, rounded as the bundle will hold them."""
    idf, weights, bias = train_linear(data, rows, seed=settings.seed)
    network = fine_tune(
        data,
        rows,
        vocabulary,
        settings.shape,
        epochs=settings.epochs,
        learning_rate=settings.learning_rate,
        seed=settings.seed,
    )
    return packed_and_expanded(
        {**network, "ngram.idf": idf, "ngram.weight": weights, "ngram.bias": bias}
    )


def _scales(
    encoder: NDArray[Any], linear: NDArray[Any], data: Labelled, rows: NDArray[np.int64]
) -> dict[str, NDArray[np.float64]]:
    """By head, the factors of encoder and linear branch."""
    return {
        head: fit_scales(
            [encoder[rows][:, SLICES[head]], linear[rows][:, SLICES[head]]],
            data.targets[head][rows],
            data.weights(head)[rows],
        )
        for head in HEADS
    }


def _joined(
    encoder: NDArray[Any],
    linear: NDArray[Any],
    scales: dict[str, NDArray[np.float64]],
    rows: NDArray[np.int64],
) -> NDArray[np.float64]:
    out = np.zeros((len(rows), OUTPUTS))
    for head, (of_encoder, of_linear) in scales.items():
        place = SLICES[head]
        out[:, place] = of_encoder * encoder[rows][:, place] + of_linear * linear[rows][:, place]
    return out


def _scaled(
    weights: dict[str, NDArray[Any]], scales: dict[str, NDArray[np.float64]]
) -> dict[str, NDArray[Any]]:
    """The factors multiplied into the heads and the branch: at run time logits are only added."""
    out = {name: values.copy() for name, values in weights.items() if name != "ngram.bias"}
    for head, (of_encoder, of_linear) in scales.items():
        place = SLICES[head]
        out["heads.weight"][place] *= of_encoder
        out["heads.bias"][place] *= of_encoder
        out["heads.bias"][place] += of_linear * weights["ngram.bias"][place]
        out["ngram.weight"][:, place] *= of_linear
    return {name: values.astype(np.float32) for name, values in out.items()}


def _measured(data: Labelled, settings: TrainSettings) -> str:
    accounts = len(np.unique(data.accounts))
    return (
        f"{int((data.clarity >= 1).sum()):,} labelled posts of clarity 1 and more, of "
        f"{accounts:,} accounts (9 in 10 posts are TikTok captions), {settings.folds} folds by "
        "account: each post answered by a model that never saw its account's labels. Labels by a "
        "language model under the project's guideline."
    )
