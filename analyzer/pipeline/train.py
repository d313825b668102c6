"""Train the embedded default: encoder and linear branch fold by fold, figures, bundle."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analyzer.model.bundle import FORMAT, Manifest, packed_and_expanded, write_bundle
from analyzer.model.ngrams import ngram_logits
from analyzer.model.shape import HEADS, OUTPUTS, SLICES
from analyzer.pipeline.calibrate import calibrated, fit_scales, measure
from analyzer.pipeline.encoders import (
    StudentSettings,
    student_answers,
    train_student,
    train_teacher,
    usable,
)
from analyzer.pipeline.finetune import WINDOW, answers
from analyzer.pipeline.labels import account_folds
from analyzer.pipeline.linear import baseline_logits, train_linear
from analyzer.pipeline.teacher import PAD
from analyzer.schema import NICHES, PROMOS
from analyzer.text import TONE_STYLE, front_end

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from analyzer.model.encode import Vocabulary
    from analyzer.model.shape import EncoderShape
    from analyzer.pipeline.encoders import Captions
    from analyzer.pipeline.finetune import TuneSettings
    from analyzer.pipeline.labels import Labelled
    from analyzer.pipeline.teacher import E5File

BRANCHES: Final = ("encoder", "linear", "teacher", "baseline")
"""Whose answers to held-out posts a training run leaves."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainSettings:
    """How the embedded default is trained (evidence: EXPERIMENTS.md, embedded default)."""

    shape: EncoderShape
    teacher: TuneSettings
    student: StudentSettings
    folds: int = 5
    seed: int = 0
    window: int = 254


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What the tagger learns from."""

    data: Labelled
    pieces: list[list[int]]
    """The teacher's pieces of every labelled post."""
    captions: Captions
    vocabulary: Vocabulary
    pretrained: Mapping[str, NDArray[Any]]
    """Weights of an encoder that saw no text of a labelled account."""
    teacher: E5File


def parts(data: Labelled, settings: TrainSettings) -> list[NDArray[np.int64]]:
    """Held-out rows of each training run: the folds, then none for the weights that are shipped."""
    folds = account_folds(data.accounts, settings.folds, settings.seed)
    return [*(held_out for _, held_out in folds), np.zeros(0, np.int64)]


def train_part(
    sources: Sources, held_out: NDArray[np.int64], settings: TrainSettings
) -> dict[str, NDArray[Any]]:
    """Both branches, trained on all posts but the held-out ones.

    Returns: with held-out posts the logits of `encoder`, `linear`, `teacher` and `baseline` for
        them, (len(held_out), OUTPUTS) each; without, the weights.
    """
    data, device = sources.data, settings.teacher.device
    rows = np.setdiff1d(np.arange(len(data.texts)), held_out)
    texts = [data.texts[row] for row in held_out]
    idf, linear, bias = train_linear(data, rows, seed=settings.seed)
    teacher = train_teacher(sources.teacher, data, sources.pieces, rows, settings.teacher)
    chosen = usable(sources.captions, data, held_out)
    captions = [sources.captions.texts[row] for row in chosen]
    pieces = [sources.captions.pieces[row] for row in chosen]
    by_words = ngram_logits(captions, idf, linear) + bias
    taught = (answers(teacher, pieces, PAD, device=device) + by_words) / 2
    network = train_student(
        sources.pretrained,
        settings.shape,
        sources.vocabulary,
        data,
        rows,
        captions,
        taught,
        settings.student,
    )
    weights = {**network, "ngram.idf": idf, "ngram.weight": linear, "ngram.bias": bias}
    if not texts:
        return weights
    # as the bundle will hold them: what is measured is what is shipped
    shipped = packed_and_expanded(weights)
    encoder = {name: w for name, w in shipped.items() if not name.startswith("ngram.")}
    held_pieces = [sources.pieces[row] for row in held_out]
    return {
        "encoder": student_answers(
            encoder, settings.shape, sources.vocabulary, texts, device=device
        ),
        "linear": ngram_logits(texts, shipped["ngram.idf"], shipped["ngram.weight"])
        + shipped["ngram.bias"],
        "teacher": answers(teacher, held_pieces, PAD, device=device),
        "baseline": baseline_logits(data, rows, held_out, seed=settings.seed),
    }


def join(
    data: Labelled,
    found: list[dict[str, NDArray[Any]]],
    out: Path,
    vocabulary_dir: Path,
    settings: TrainSettings,
) -> Manifest:
    """Write the bundle of the parts that `train_part` made, in the order of `parts`.

    How the branches are added is fitted on the other folds' answers, so that no figure saw its own
    accounts; for the shipped weights, on all of them.
    """
    logits = held_out_logits(data, found[:-1], parts(data, settings)[:-1])
    for name in BRANCHES:
        log.info("%s alone: %s", name, measure(logits[name], data))
    scales = _scales(logits["encoder"], logits["linear"], data, np.arange(len(data.texts)))
    log.info("scales of encoder and linear branch: %s", scales)
    found_out = calibrated(logits["joined"], data, seed=settings.seed)
    baseline = calibrated(logits["baseline"], data, seed=settings.seed)
    manifest = Manifest(
        format=FORMAT,
        name="vn-compact",
        front_end=front_end(),
        tone_style=TONE_STYLE,
        lower=True,
        encoder=settings.shape,
        runtime="torch",
        base="own: masked words of captions, transcripts, comments and encyclopaedia; soft labels "
        "of multilingual-e5-small and of the linear branch",
        base_licence="Apache-2.0; no weight of another model",
        window=settings.window,
        niches=NICHES,
        promos=PROMOS,
        temperature=found_out.temperature,
        promo_odds=found_out.promo_odds,
        rates=found_out.rates,
        niche_rates=found_out.niche_rates,
        metrics={"tagger": found_out.figures, "baseline": baseline.figures},
        measured=_measured(data, settings),
        data={"labelled.jsonl": data.sha256},
        calibrated_on={},
        seed=settings.seed,
        files={},
    )
    write_bundle(out, manifest, _scaled(found[-1], scales), vocabulary=vocabulary_dir)
    return manifest


def held_out_logits(
    data: Labelled, found: list[dict[str, NDArray[Any]]], folds: list[NDArray[np.int64]]
) -> dict[str, NDArray[np.float64]]:
    """Answers to all N posts, (N, OUTPUTS) each, by models that never saw their accounts.

    found: what `train_part` gave for each of the folds.
    folds: held-out rows of each, which together are all rows.
    Returns: by each of BRANCHES, and as `joined` encoder and linear branch, added by factors that
        were fitted on the other folds.
    """
    out = {name: np.zeros((len(data.texts), OUTPUTS)) for name in (*BRANCHES, "joined")}
    for rows, part in zip(folds, found, strict=True):
        for name in BRANCHES:
            out[name][rows] = part[name]
    encoder, linear = out["encoder"], out["linear"]
    every = np.arange(len(data.texts))
    for rows in folds:
        scales = _scales(encoder, linear, data, np.setdiff1d(every, rows))
        out["joined"][rows] = _joined(encoder, linear, scales, rows)
    return out


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
    clear = data.clarity >= 1
    accounts = len(np.unique(data.accounts[clear]))
    return (
        f"{int(clear.sum()):,} labelled posts of clarity 1 and more, of {accounts:,} accounts "
        f"(9 in 10 posts are TikTok captions), {settings.folds} folds by account: each post "
        f"answered (its first {WINDOW} sub-words) by a model that never saw its account. Labels by "
        "a language model under the project's guideline."
    )
