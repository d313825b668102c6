"""How well words are joined: against PhoBERT's own segmenter, against readers, on captions.

    python scripts/evaluate_segmenter.py ../shared/data

Prints for each segmenter the F1 of joins on `segmentation_reference.txt` (news as PhoBERT's
pre-training segmenter writes it), the F1 of words on the sentences of VLSP 2013 that lie inside the
installed underthesea, and the share of joined words on captions that PhoBERT's vocabulary knows.
"""

from __future__ import annotations

import argparse
import itertools
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from segmenters import NAMES, open_segmenter, word_counts

from analyzer.sources import read_posts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from segmenters import Segmenter

BLOCK = 500
"""Texts segmented at once."""


def main() -> None:
    """Print a line a segmenter."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--captions", type=int, default=5000)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES)
    args = parser.parse_args()
    phobert = args.data / "phobert_tokenizer"
    reference = (args.data / "segmentation_reference.txt").read_text(encoding="utf-8").splitlines()
    gold = list(_gold_sentences())
    known = set(word_counts(phobert))
    batches = read_posts([args.data / "unlabelled.jsonl.zst"])
    texts = itertools.chain.from_iterable(b.posts.column("text").to_pylist() for b in batches)
    captions = list(itertools.islice(dict.fromkeys(texts), args.captions))
    print(f"{len(reference):,} sentences, {len(gold):,} gold sentences, {len(captions):,} captions")
    for name in args.only:
        segmenter = open_segmenter(name, phobert)
        share, joined = _known_share(segmenter, captions, known)
        print(
            f"{name:8} joins F1 {_join_f1(segmenter, reference):.3f}   gold words F1 "
            f"{_word_f1(segmenter, gold):.3f}   joined words known {share:.3f} of {joined:,}"
        )


def _join_f1(segmenter: Segmenter, wanted: Sequence[str]) -> float:
    plain = [line.replace("_", " ") for line in wanted]
    return _f1(zip(map(_joins, wanted), map(_joins, _run(segmenter, plain)), strict=True))


def _word_f1(segmenter: Segmenter, gold: Sequence[str]) -> float:
    plain = [line.replace("_", " ") for line in gold]
    return _f1(zip(map(_words, gold), map(_words, _run(segmenter, plain)), strict=True))


def _known_share(
    segmenter: Segmenter, captions: Sequence[str], known: set[str]
) -> tuple[float, int]:
    """Share of joined words, counted as often as they stand there, and their number."""
    words = [
        word
        for line in _run(segmenter, captions)
        for word in line.split()
        if "_" in word.strip("_") and word.replace("_", "").isalpha()
    ]
    return sum(w in known or w.lower() in known for w in words) / max(1, len(words)), len(words)


def _run(segmenter: Segmenter, texts: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(texts), BLOCK):
        yield from segmenter(texts[start : start + BLOCK])


def _f1(pairs: Iterable[tuple[set[object], set[object]]]) -> float:
    hit = wanted = found = 0
    for want, got in pairs:
        hit += len(want & got)
        wanted += len(want)
        found += len(got)
    return 2 * hit / (wanted + found)


def _joins(line: str) -> set[object]:
    """Where syllables are joined, counted in characters that are no blank and no join."""
    places: set[object] = set()
    at = 0
    for word in line.split():
        for piece in word.split("_")[:-1]:
            at += len(piece)
            places.add(at)
        at += len(word.rpartition("_")[2])
    return places


def _words(line: str) -> set[object]:
    """First and last character of each word, counted in the same way."""
    spans: set[object] = set()
    at = 0
    for word in line.split():
        size = len(word.replace("_", ""))
        spans.add((at, at + size))
        at += size
    return spans


def _gold_sentences() -> Iterator[str]:
    """One word a line in the first column, syllables parted by blanks, sentences by empty lines."""
    spec = find_spec("underthesea")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("underthesea is not installed")
    folder = Path(spec.origin).parent / "pipeline" / "pos_tag" / "models"
    (path,) = folder.glob("*/test_output.txt")
    words: list[str] = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.strip():
            words.append("_".join(line.split("\t")[0].split()))
        elif words:
            yield " ".join(words)
            words = []
    if words:
        yield " ".join(words)


if __name__ == "__main__":
    main()
