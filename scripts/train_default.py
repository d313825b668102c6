"""Train the embedded default from the development data: vocabulary, folds, bundle.

    python scripts/train_default.py ../shared/data --work runs/default --out analyzer/model/default

Each stage leaves its files in --work and is skipped when they are there: a run that was stopped
goes on. EXPERIMENTS.md has the figures.
"""

from __future__ import annotations

import argparse
import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import zstandard

from analyzer.model.encode import load_vocabulary
from analyzer.model.shape import EncoderShape
from analyzer.pipeline.labels import read_labelled
from analyzer.pipeline.train import TrainSettings, train_default
from analyzer.pipeline.vocabulary import learn_vocabulary
from analyzer.text import normalise, segment

if TYPE_CHECKING:
    from collections.abc import Iterator

VOCABULARY_SIZE = 8000


def main() -> None:
    """Run the stages that are not done yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--limit", type=int, help="labelled posts, for a trial run")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", force=True)
    args.work.mkdir(parents=True, exist_ok=True)
    labelled = read_labelled(args.data / "labelled.jsonl", limit=args.limit)
    captions = args.work / "captions.jsonl"
    if not captions.exists():
        posts = [orjson.loads(line) for line in _lines(args.data / "unlabelled.jsonl.zst")]
        texts = segment(normalise([post["text"] or "" for post in posts]))
        accounts = [post["account"] for post in posts]
        captions.write_text(json.dumps([texts, accounts], ensure_ascii=False), encoding="utf-8")
    texts, accounts = json.loads(captions.read_text(encoding="utf-8"))
    if not (args.work / "vocab.txt").exists():
        learn_vocabulary(
            [*labelled.texts, *texts],
            [*labelled.accounts.tolist(), *accounts],
            args.work,
            size=VOCABULARY_SIZE,
        )
    vocabulary = load_vocabulary(args.work, lower=True)
    shape = EncoderShape(
        hidden_size=64,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=256,
        vocab_size=vocabulary.size,
    )
    manifest = train_default(labelled, args.work, args.out, TrainSettings(shape=shape))
    print(json.dumps(manifest.metrics, indent=2))


def _lines(path: Path) -> Iterator[str]:
    """Lines by newline only: texts hold other separators."""
    with zstandard.open(path, "rb") as file:
        yield from file.read().decode("utf-8").rstrip("\n").split("\n")


if __name__ == "__main__":
    main()
