"""Segmenters side by side: ours, underthesea as it comes, pyvi, a Viterbi over word counts."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    Segmenter = Callable[[Sequence[str]], list[str]]
    """Texts to texts, syllables of a word joined by `_`, words parted by blanks."""

LONGEST: Final = 5
"""Syllables of a word at most; longer ones in PhoBERT's vocabulary are names of offices."""
UNKNOWN: Final = 1.0
"""Count given to a syllable that the vocabulary lacks."""
_TOKEN: Final = re.compile(r"\w+|[^\w\s]+")


def open_segmenter(name: str, phobert: Path | None = None) -> Segmenter:
    """One of NAMES, imported and warmed up here: what is timed afterwards is segmenting.

    phobert: folder of PhoBERT's vocab.txt, for `viterbi`.

    Raises:
        KeyError: no such segmenter.
        ModuleNotFoundError: pyvi is not installed.
    """
    segmenter = _OPENED[name](phobert)
    segmenter(["khởi động"])
    return segmenter


def _ours(_: Path | None) -> Segmenter:
    from analyzer.text import normalise, only_what_segments, segment

    only_what_segments()
    return lambda texts: [*segment(normalise(texts))]


def _plain(_: Path | None) -> Segmenter:
    """A loop over `word_tokenize`, as its README has it; a lone surrogate would stop it."""
    from underthesea import word_tokenize

    def one(text: str) -> str:
        words = word_tokenize(text.encode(errors="replace").decode())
        return " ".join("_".join(word.split()) for word in words)

    return lambda texts: [one(text) for text in texts]


def _pyvi(_: Path | None) -> Segmenter:
    from pyvi import ViTokenizer

    def one(text: str) -> str:
        found: str = ViTokenizer.tokenize(text)
        return " ".join(found.split())

    return lambda texts: [one(text) for text in texts]


def _viterbi(phobert: Path | None) -> Segmenter:
    if phobert is None:
        raise FileNotFoundError("viterbi needs the folder of PhoBERT's vocab.txt: pass --phobert")
    counts = word_counts(phobert)
    total = sum(counts.values())
    costs = {word: math.log(total / count) for word, count in counts.items()}
    unknown = math.log(total / UNKNOWN)

    def cost(words: list[str]) -> float:
        joined = "_".join(words)
        found = costs.get(joined, costs.get(joined.lower()))
        if found is None and len(words) == 1:
            return unknown
        return math.inf if found is None else found

    def one(text: str) -> str:
        tokens = _TOKEN.findall(text.replace("_", " "))
        best = [0.0]
        back = [0]
        for end in range(1, len(tokens) + 1):
            starts = range(max(0, end - LONGEST), end)
            score, start = min((best[s] + cost(tokens[s:end]), -s) for s in starts)
            best.append(score)
            back.append(-start)
        words = []
        end = len(tokens)
        while end:
            words.append("_".join(tokens[back[end] : end]))
            end = back[end]
        return " ".join(reversed(words))

    return lambda texts: [one(text) for text in texts]


def word_counts(phobert: Path) -> dict[str, float]:
    """Whole words of PhoBERT's vocabulary with how often its pre-training text held them."""
    rows = (phobert / "vocab.txt").read_text(encoding="utf-8").split("\n")
    parts = [row.rpartition(" ") for row in rows]
    return {word: float(n) for word, _, n in parts if not word.endswith("@@") and n.isdigit()}


_OPENED: Final[dict[str, Callable[[Path | None], Segmenter]]] = {
    "ours": _ours,
    "plain": _plain,
    "pyvi": _pyvi,
    "viterbi": _viterbi,
}
NAMES: Final = tuple(_OPENED)
