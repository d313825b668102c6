"""Write the words that underthesea's joins are checked against: analyzer/text/words.txt.

    python scripts/words.py ../shared/data --out analyzer/text/words.txt

Segments all of text/general.txt.zst (110 MB) with underthesea as it is; some 20 minutes of CPU.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

import zstandard
from in_processes import mapped
from segmenters import word_counts

from analyzer.atomic import atomic_path
from analyzer.text import (
    is_syllable,
    normalise,
    tone_style,
    underthesea_words,
)
from analyzer.text.joins import word_key

if TYPE_CHECKING:
    from collections.abc import Iterable

MIN_DOCUMENTS: Final = 5
"""Documents that must hold a word that no dictionary has; 2 to 20 give the same figures to 0.001
(EXPERIMENTS.md)."""
LONGEST_NAME: Final = 4

Joins = tuple[Counter[str], Counter[str]]
"""Documents that hold each joined word; those where all its syllables are capitalised."""


def main() -> None:
    """Write the list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    with zstandard.open(args.data / "text" / "general.txt.zst", "rb") as file:
        documents = file.read().decode("utf-8").rstrip("\n").split("\n")
    joins = _joins(documents, args.workers)
    phobert = {word_key(word) for word in word_counts(args.data / "phobert_tokenizer")}
    words, names = _lists(*joins, dictionary=_dictionary(), phobert=phobert)
    head = (
        "# Written by scripts/words.py; small letters, i for y where both are written.\n"
        "# Words: of underthesea's Viet74K those that it joins in general text or that PhoBERT's\n"
        "# vocabulary (vinai/phobert-base, MIT) has; others that it joins in 5 documents and more\n"
        "# and that PhoBERT's vocabulary has.\n"
    )
    with atomic_path(args.out) as part:
        part.write_text(
            f"{head}{_column(words)}\n# Names: words if capitalised, by the same rule without "
            f"PhoBERT's vocabulary.\n{_column(names)}",
            encoding="utf-8",
        )
    print(f"{len(words):,} words, {len(names):,} names")


def _joins(documents: list[str], workers: int) -> Joins:
    found: Counter[str] = Counter()
    capitalised: Counter[str] = Counter()
    for some, upper in mapped(_joins_of, documents, workers=workers, name="general"):
        found.update(some)
        capitalised.update(upper)
    return found, capitalised


def _joins_of(documents: list[str]) -> Joins:
    found: Counter[str] = Counter()
    capitalised: Counter[str] = Counter()
    for text in normalise(documents):
        words = {word for words, _ in underthesea_words(text) for word in words if "_" in word}
        letters = {word for word in words if word.replace("_", "").isalpha()}
        found.update({word_key(word) for word in letters})
        capitalised.update({word_key(w) for w in letters if _all_capitalised(w)})
    return found, capitalised


def _all_capitalised(word: str) -> bool:
    return all(syllable[0].isupper() for syllable in word.split("_"))


def _dictionary() -> set[str]:
    from underthesea.corpus import viet_dict_74K

    return {word_key(tone_style("_".join(entry.split()))) for entry in viet_dict_74K.words}


def _lists(
    found: Counter[str], capitalised: Counter[str], *, dictionary: set[str], phobert: set[str]
) -> tuple[set[str], set[str]]:
    """Words and names, as the head of the file says."""
    often = {word for word, count in found.items() if count >= MIN_DOCUMENTS} - dictionary
    names = {word for word in often if 2 * capitalised[word] >= found[word]}
    common = {w for w in often - names if all(map(is_syllable, w.split("_")))} & phobert
    words = {w for w in dictionary if "_" in w and (w in phobert or w in found)} | common
    return words, {name for name in names if name.count("_") < LONGEST_NAME}


def _column(words: Iterable[str]) -> str:
    return "".join(f"{word}\n" for word in sorted(words))


if __name__ == "__main__":
    main()
