"""Sub-words of real posts: are they those of transformers' PhobertTokenizer, and how fast.

    python scripts/bench_encoding.py posts.jsonl.zst --phobert FOLDER_OF_VOCAB_TXT

Every distinct caption is segmented and encoded both ways. Times are CPU time of one process, the
two by turns, block after block, each block read for the first time: ours remembers words as it goes
and so does theirs. Then once more, when both know every word.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from in_processes import mapped
from transformers import PhobertTokenizer

from analyzer.model.encode import MAX_WORD, encode, load_vocabulary
from analyzer.sources import read_posts
from analyzer.text import for_tagger, normalise

if TYPE_CHECKING:
    from collections.abc import Callable

BLOCK: Final = 500
"""Texts encoded one way before it is the other's turn."""


def main() -> None:
    """Print how many texts have other ids, and texts per second of both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", type=Path)
    parser.add_argument("--phobert", type=Path, required=True)
    parser.add_argument("--texts", type=int, help="the first so many; without it, all")
    parser.add_argument("--workers", type=int, default=2, help="processes that segment")
    args = parser.parse_args()
    batches = read_posts([args.posts])
    raw = (text for batch in batches for text in batch.posts.column("text").to_pylist())
    distinct = list(dict.fromkeys(raw))[: args.texts]
    parts = mapped(_segmented, distinct, workers=args.workers, name="segmenting")
    texts = list(dict.fromkeys(text for part in parts for text in part if text))
    words = sum(len(text.split()) for text in texts)
    print(f"{len(texts):,} distinct segmented texts of {words / len(texts):.0f} words in the mean")
    ours = load_vocabulary(args.phobert, lower=False)
    theirs = PhobertTokenizer(str(args.phobert / "vocab.txt"), str(args.phobert / "bpe.codes"))

    def slow(some: list[str]) -> list[list[int]]:
        return [list(theirs(text)["input_ids"]) for text in some]

    def fast(some: list[str]) -> list[list[int]]:
        return [[ours.bos, *found, ours.eos] for found in encode(some, ours)]

    slow(texts[:1])  # it reads its tables when it is asked first
    for when in ("words met for the first time", "every word known"):
        other, ratios, seconds = _compared(texts, slow, fast)
        speeds = [len(texts) / taken for taken in seconds]
        print(
            f"{when}: theirs {speeds[0]:,.0f} texts/s, ours {speeds[1]:,.0f}; in all "
            f"{seconds[0] / seconds[1]:.1f} times as fast, median block "
            f"{statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})"
        )
    long = sum(any(len(word) > MAX_WORD for word in text.split()) for text in other)
    tokens = sum(map(len, fast(texts)))
    print(
        f"{len(other)} of {len(texts):,} texts ({tokens:,} sub-words) have other ids; {long} "
        f"of them hold a word of more than {MAX_WORD} characters, of which we read the first"
    )


def _compared(
    texts: list[str],
    slow: Callable[[list[str]], list[list[int]]],
    fast: Callable[[list[str]], list[list[int]]],
) -> tuple[list[str], list[float], tuple[float, float]]:
    """Texts with other ids, ratio of each block, seconds of both in all."""
    other: list[str] = []
    spent: list[tuple[float, float]] = []
    for at in range(0, len(texts), BLOCK):
        some = texts[at : at + BLOCK]
        started = time.process_time()
        wanted = slow(some)
        between = time.process_time()
        found = fast(some)
        spent.append((between - started, time.process_time() - between))
        other += [t for t, a, b in zip(some, wanted, found, strict=True) if a != b]
    ratios = [theirs / ours for theirs, ours in spent]
    return other, ratios, (sum(a for a, _ in spent), sum(b for _, b in spent))


def _segmented(texts: list[str]) -> list[str]:
    return [str(text) for text in for_tagger(normalise(texts))]


if __name__ == "__main__":
    main()
