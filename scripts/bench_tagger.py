"""Time the tagger in PhoBERT-base's shape against transformers' pipeline: one run, the same texts.

    python scripts/bench_tagger.py posts.jsonl --phobert FOLDER_OF_VOCAB_TXT --work runs/bench

Weights are random: what is timed is segmented text to tag, sub-words included. Every contender has
two cores: one process of two threads, or two processes of one thread that share the texts out, as
`analyzer tag` works. All stay open from the start and answer in turn, round after round, so that a
machine whose speed drifts is as slow for all; each has answered a few texts before it is timed.
Needs the extra `fast`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pyarrow as pa

from analyzer.model import default_bundle, load_tagger, read_bundle, tag, write_bundle
from analyzer.model.encode import encode, encode_words, load_vocabulary
from analyzer.model.shape import EncoderShape
from analyzer.pipeline.quantise import quantise
from analyzer.schema import SEGMENTED
from analyzer.sources import read_posts
from analyzer.text import only_what_segments, prepare

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from analyzer.model.encode import Vocabulary

    Timed = Callable[[list[str]], object]
    """Segmented texts to answers."""

WINDOW: Final = 254
"""Sub-words of a text at most; with the two special tokens they are PhoBERT's 256."""

WARM_UP: Final = 8
"""Texts answered before the first round."""

BASES: Final = ("pipeline", "pipeline, batch 32")


class Way(NamedTuple):
    """A way to answer texts on two cores."""

    opened: Callable[[Path, Path, int], Timed]
    """From the folders of bundles and of PhoBERT's vocabulary, and threads."""
    processes: int
    threads: int


class Spent(NamedTuple):
    """Seconds a round."""

    wall: list[float]
    cpu: list[float]
    """Of all processes together."""


def main() -> None:
    """Print texts per second and the ratios to the two pipelines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", type=Path)
    parser.add_argument("--phobert", type=Path, required=True, help="folder of its vocabulary")
    parser.add_argument("--work", type=Path, required=True, help="folder for the two bundles")
    parser.add_argument("--texts", type=int, default=96)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calibrate", type=int, default=24, help="captions the ranges come from")
    parser.add_argument("--only", nargs="+", choices=list(WAYS), default=list(WAYS))
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    only_what_segments()
    vocabulary = load_vocabulary(args.phobert, lower=False)
    texts = drawn(args.posts, args.texts, args.seed, vocabulary)
    _make_bundles(args, vocabulary)
    pipes = {
        name: _start(name, texts, args.work, args.phobert) for name in WAYS if name in args.only
    }
    spent = {name: Spent([], []) for name in pipes}
    for _ in range(args.rounds):
        for name, found in spent.items():
            wall, cpu = _round(pipes[name])
            found.wall.append(wall)
            found.cpu.append(cpu)
    for pipe in [one for several in pipes.values() for one in several]:
        pipe.send(False)
    sizes = [len(found) + 2 for found in encode(texts, vocabulary)]
    print(
        f"{len(texts)} distinct texts of {statistics.mean(sizes):.0f} sub-words in the mean, "
        f"{max(sizes)} at most; {args.rounds} rounds; load {os.getloadavg()[0]:.1f}"
    )
    for name, found in spent.items():
        speeds = [len(texts) / seconds for seconds in found.wall]
        print(
            f"{name:20} texts/s: median {statistics.median(speeds):6.1f}, best {max(speeds):6.1f}"
        )
        for base in BASES:
            if base != name and base in spent:
                print(f"{'':20} x {base}: {_ratios(spent[base].wall, found.wall)}")
                print(f"{'':20}     in CPU time {_ratios(spent[base].cpu, found.cpu)}")


def _ratios(base: list[float], own: list[float]) -> str:
    found = [a / b for a, b in zip(base, own, strict=True)]
    return (
        f"median {statistics.median(found):.2f} ({min(found):.2f} to {max(found):.2f}), "
        f"best to best {min(base) / min(own):.2f}"
    )


def drawn(posts: Path, count: int, seed: int, vocabulary: Vocabulary) -> list[str]:
    """Distinct captions, segmented, cut between words to WINDOW sub-words."""
    raw = {text for batch in read_posts([posts]) for text in batch.posts.column("text").to_pylist()}
    some = random.Random(seed).sample(sorted(raw), min(2 * count, len(raw)))  # noqa: S311 - a draw
    table = pa.table({"post_id": some, "title": pa.nulls(len(some), pa.string()), "text": some})
    rows = [row["segmented"] for row in prepare(table).to_pylist() if row["abstain"] is None]
    texts = list(dict.fromkeys(_cut(text, vocabulary) for text in rows))[:count]
    if len(texts) < count:
        sys.exit(f"{posts} gives {len(texts)} distinct texts; pass --texts {len(texts)}")
    return texts


def _cut(text: str, vocabulary: Vocabulary) -> str:
    sizes = np.cumsum([len(word) for word in encode_words([text], vocabulary)[0]])
    return " ".join(text.split()[: int((sizes <= WINDOW).sum())])


def _make_bundles(args: argparse.Namespace, vocabulary: Vocabulary) -> None:
    """`float` and `int8` in the work folder; what is there is not made again."""
    plain, small = (args.work / name / "manifest.json" for name in ("float", "int8"))
    if not plain.exists():
        manifest = replace(
            read_bundle(default_bundle()).manifest,
            name="random",
            encoder=_shape(vocabulary),
            window=WINDOW,
            lower=False,
        )
        write_bundle(
            plain.parent, manifest, _weights(args.seed, vocabulary), vocabulary=args.phobert
        )
    if not small.exists():
        quantise(plain.parent, [str(args.posts)], small.parent, windows=args.calibrate)


def _shape(vocabulary: Vocabulary) -> EncoderShape:
    return EncoderShape(
        hidden_size=768,
        num_hidden_layers=12,
        num_attention_heads=12,
        intermediate_size=3072,
        vocab_size=vocabulary.size,
    )


def _weights(seed: int, vocabulary: Vocabulary) -> dict[str, Any]:
    import torch

    from analyzer.pipeline.network import Network

    torch.manual_seed(seed)
    network = Network(_shape(vocabulary))
    return {name: values.numpy() for name, values in network.state_dict().items()}


def _start(name: str, texts: list[str], work: Path, phobert: Path) -> list[Connection]:
    """Pipes to processes: True makes one answer its texts and tell CPU seconds, False ends it."""
    context = multiprocessing.get_context("spawn")
    pipes = []
    for number in range(WAYS[name].processes):
        ours, theirs = context.Pipe()
        own = texts[number :: WAYS[name].processes]
        context.Process(target=_work, args=(name, own, work, phobert, theirs), daemon=True).start()
        pipes.append(ours)
    for pipe in pipes:
        pipe.recv()
    return pipes


def _work(name: str, texts: list[str], work: Path, phobert: Path, pipe: Connection) -> None:
    import torch

    _, _, threads = WAYS[name]
    torch.set_num_threads(threads)
    answered = WAYS[name].opened(work, phobert, threads)
    answered(texts[:WARM_UP])
    pipe.send(None)
    while pipe.recv():
        started = time.process_time()
        answered(texts)
        pipe.send(time.process_time() - started)


def _round(pipes: list[Connection]) -> tuple[float, float]:
    """Seconds until the last process has answered, and CPU seconds of all."""
    started = time.perf_counter()
    for pipe in pipes:
        pipe.send(True)
    cpu = sum(pipe.recv() for pipe in pipes)
    return time.perf_counter() - started, cpu


def _pipeline(batch: int) -> Callable[[Path, Path, int], Timed]:
    def opened(_work: Path, phobert: Path, _threads: int) -> Timed:
        from transformers import PhobertTokenizer, RobertaForSequenceClassification, pipeline

        from analyzer.pipeline.network import encoder_config

        slow = PhobertTokenizer(str(phobert / "vocab.txt"), str(phobert / "bpe.codes"))
        network = RobertaForSequenceClassification(
            encoder_config(_shape(load_vocabulary(phobert, lower=False)))
        )
        judge: Any = pipeline(
            "text-classification", model=network.eval(), tokenizer=slow, device="cpu"
        )
        return lambda texts: judge(texts, batch_size=batch, truncation=True, max_length=WINDOW + 2)

    return opened


def _tagger(bundle: str) -> Callable[[Path, Path, int], Timed]:
    def opened(work: Path, _phobert: Path, threads: int) -> Timed:
        tagger = load_tagger(work / bundle, threads=threads)
        return lambda texts: tag(_table(texts), tagger)

    return opened


def _table(texts: list[str]) -> Any:
    rows = {"post_id": texts, "content_hash": texts, "segmented": texts}
    return pa.table({**rows, "abstain": pa.nulls(len(texts), pa.string())}, schema=SEGMENTED)


WAYS: Final = {
    "pipeline": Way(_pipeline(1), 1, 2),
    "pipeline, batch 32": Way(_pipeline(32), 1, 2),
    "torch": Way(_tagger("float"), 2, 1),
    "int8": Way(_tagger("int8"), 2, 1),
    "int8, 2 threads": Way(_tagger("int8"), 1, 2),
}


if __name__ == "__main__":
    main()
