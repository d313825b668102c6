"""What helps a compact encoder, one change at a time, at a size that a processor can train.

    python scripts/encoder_variants.py ../shared/data --work runs/variants

A network of 2 layers of 128 reads masked words for a few minutes, learns the labels of four fifths
of the accounts and answers the rest: on the first folds of five, all variants on the same. No
teacher. The embedded default is 16 times as large and reads 30 times as long: what is found here
says where to look, not what a change is worth there. Answers stay in --work; a run that was stopped
goes on.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson
import torch
from safetensors.numpy import load_file, save_file
from train_default import as_tagger_reads, lines_of

from analyzer.atomic import atomic_path
from analyzer.model.encode import load_vocabulary
from analyzer.model.ngrams import ngram_logits
from analyzer.model.shape import SLICES, EncoderShape
from analyzer.pipeline.calibrate import measure
from analyzer.pipeline.encoders import network_of
from analyzer.pipeline.finetune import (
    Targets,
    TuneSettings,
    answers,
    fit,
    hard_targets,
    joined_targets,
    soft_targets,
    window_ids,
)
from analyzer.pipeline.labels import account_folds, only, read_labelled
from analyzer.pipeline.linear import train_linear
from analyzer.pipeline.pretrain import MaskSettings, encoder_weights, pretrain
from analyzer.pipeline.vocabulary import learn_vocabulary

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analyzer.model.encode import Vocabulary
    from analyzer.pipeline.labels import Labelled

FOLDS: Final = 5
TEXTS: Final = {"general": 4_000, "comments": 5_000}
"""Texts of each file that masked words are learnt from, beside the captions."""
MEASURED: Final = ("drive_f1_clear", "drive_f1_likely", "niche_accuracy", "promo_any_f1", "brier")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """The small encoder, and what is other about it."""

    layers: int = 2
    pieces: int = 12_000
    steps: int = 700
    captions: bool = True
    """Whether masked words are read in captions (of accounts without a label)."""
    general: bool = True
    """Whether in encyclopaedia and comments."""
    words: bool = True
    """Whether syllables are joined to words."""
    smoothed: float = 0.0
    """Of the label of an unclear post (clarity 1), given to the other side."""
    self_taught: float = 0.0
    """Weight of captions without a label, answered by the linear branch of the fold."""
    seed: int = 0


VARIANTS: Final = {
    "as it is": Variant(),
    "another seed": Variant(seed=1),
    "no masked words": Variant(steps=0),
    "masked words of captions alone": Variant(general=False),
    "masked words of general text alone": Variant(captions=False),
    "twice as many masked words": Variant(steps=1400),
    "4,000 sub-words": Variant(pieces=4_000),
    "24,000 sub-words": Variant(pieces=24_000),
    "1 layer": Variant(layers=1),
    "4 layers": Variant(layers=4),
    "syllables, not words": Variant(words=False),
    "unclear labels smoothed by 0.1": Variant(smoothed=0.1),
    "unclear labels smoothed by 0.2": Variant(smoothed=0.2),
    "self-training on 12,000 captions": Variant(self_taught=0.5),
}


def main() -> None:
    """Train what is not there yet, print a line for each variant."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--folds", type=int, default=2, help="of five, that are answered")
    parser.add_argument("--workers", type=int, default=2, help="processes that segment")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    data = read_labelled(args.data / "labelled.jsonl")
    texts, accounts = _texts(args.data, args.work, args.workers)
    held = [rows for _, rows in account_folds(data.accounts, FOLDS, 0)][: args.folds]
    measured = np.concatenate(held)
    linear = np.concatenate([_linear(args.work, data, rows, n)[0] for n, rows in enumerate(held)])
    _say("linear branch", measure(linear, only(data, measured)))
    for name, variant in VARIANTS.items():
        target = args.work / f"{name.replace(' ', '-').replace(',', '')}.safetensors"
        if not target.exists():
            found = _answered(variant, data, held, texts, accounts, args.work)
            _save(target, {"logits": found})
        found = load_file(target)["logits"]
        _say(name, measure(found, only(data, measured)))


def _say(name: str, figures: dict[str, float]) -> None:
    shown = {key: round(figures[key], 4) for key in MEASURED}
    print(json.dumps({"variant": name, **shown}), flush=True)


def _texts(folder: Path, work: Path, workers: int) -> tuple[dict[str, list[str]], NDArray[np.str_]]:
    posts = [orjson.loads(line) for line in lines_of(folder / "unlabelled.jsonl.zst")]
    raw = {"captions": [post["text"] or "" for post in posts]}
    for name, limit in TEXTS.items():
        raw[name] = lines_of(folder / "text" / f"{name}.txt.zst")[:limit]
    accounts = np.array([post["account"] for post in posts])
    return as_tagger_reads(work, raw, workers), accounts


def _answered(  # noqa: PLR0913, PLR0917 - a variant, and all it learns from
    variant: Variant,
    data: Labelled,
    held: list[NDArray[np.int64]],
    texts: dict[str, list[str]],
    accounts: NDArray[np.str_],
    work: Path,
) -> NDArray[np.float32]:
    """(posts held out, OUTPUTS) logits of the encoder, fold by fold."""
    if not variant.words:
        texts = {name: [t.replace("_", " ") for t in some] for name, some in texts.items()}
        data = replace(data, texts=[text.replace("_", " ") for text in data.texts])
    vocabulary = _vocabulary(variant, data, texts["captions"], accounts, work)
    shape = EncoderShape(
        hidden_size=128,
        num_hidden_layers=variant.layers,
        num_attention_heads=2,
        intermediate_size=512,
        vocab_size=vocabulary.size,
    )
    named = set(data.accounts.tolist())
    known = set(data.texts)
    free = [
        text
        for text, account in zip(texts["captions"], accounts.tolist(), strict=True)
        if account not in named and text not in known
    ]
    start: dict[str, NDArray[Any]] = {}
    if variant.steps:
        read = free if variant.captions else []
        if variant.general:
            read = read + [text for name in TEXTS for text in texts[name]]
        settings = MaskSettings(
            steps=variant.steps, batch_tokens=4096, learning_rate=2e-3, seed=variant.seed
        )
        start = encoder_weights(pretrain(read, vocabulary, shape, settings))
    out = []
    for number, rows in enumerate(held):
        train = np.setdiff1d(np.arange(len(data.texts)), rows)
        targets = _smoothed(hard_targets(data, train), data.clarity[train], variant.smoothed)
        learnt = [data.texts[row] for row in train]
        if variant.self_taught:
            some = free[::2][:12_000]
            _, idf, weight, bias = _linear(work, data, rows, number)
            taught = ngram_logits(some, idf, weight) + bias
            targets = joined_targets(targets, soft_targets(taught, variant.self_taught))
            learnt += some
        torch.manual_seed(variant.seed)
        network = network_of(start, shape) if start else network_of(_fresh(shape), shape)
        tune = TuneSettings(epochs=4, learning_rate=1e-3, batch=64, seed=variant.seed)
        fit(network, window_ids(learnt, vocabulary), vocabulary.pad, targets, tune)
        asked = window_ids([data.texts[row] for row in rows], vocabulary)
        out.append(answers(network, asked, vocabulary.pad, device="cpu"))
    return np.concatenate(out)


def _fresh(shape: EncoderShape) -> dict[str, NDArray[Any]]:
    from analyzer.pipeline.network import Network

    return {name: w.numpy() for name, w in Network(shape).state_dict().items()}


def _smoothed(targets: Targets, clarity: NDArray[np.int64], share: float) -> Targets:
    found = targets.probabilities.copy()
    unclear, drive = np.flatnonzero(clarity <= 1), SLICES["drive"]
    found[unclear, drive] = found[unclear, drive] * (1 - 2 * share) + share
    return replace(targets, probabilities=found)


def _vocabulary(
    variant: Variant,
    data: Labelled,
    captions: list[str],
    accounts: NDArray[np.str_],
    work: Path,
) -> Vocabulary:
    folder = work / f"{variant.pieces}-{'words' if variant.words else 'syllables'}"
    if not (folder / "vocab.txt").exists():
        folder.mkdir(exist_ok=True)
        both = [*data.accounts.tolist(), *accounts.tolist()]
        learn_vocabulary([*data.texts, *captions], both, folder, size=variant.pieces)
    return load_vocabulary(folder, lower=True)


@cache
def _stored(target: Path) -> dict[str, NDArray[Any]]:
    return load_file(target)


def _linear(
    work: Path, data: Labelled, rows: NDArray[np.int64], number: int
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """The linear branch's answers to the rows it never saw, and its weights."""
    target = work / f"linear-{number}.safetensors"
    if not target.exists():
        train = np.setdiff1d(np.arange(len(data.texts)), rows)
        idf, weight, bias = train_linear(data, train, seed=0)
        logits = ngram_logits([data.texts[row] for row in rows], idf, weight) + bias
        _save(target, {"logits": logits, "idf": idf, "weight": weight, "bias": bias})
    found = _stored(target)
    return found["logits"], found["idf"], found["weight"], found["bias"]


def _save(target: Path, arrays: dict[str, NDArray[Any]]) -> None:
    with atomic_path(target) as part:
        save_file({name: np.ascontiguousarray(w) for name, w in arrays.items()}, part)


if __name__ == "__main__":
    main()
