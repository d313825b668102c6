"""Write the words that joined hashtags are read into: analyzer/text/hashtag_words.txt.

    python scripts/hashtag_words.py ../shared/data

Counts the words of the running text of `labelled.jsonl` and `unlabelled.jsonl.zst`, each distinct
caption once, as `segment(normalise(...))` writes them. A line holds an entry and its count. An
entry is a word, or two words of which one alone could be read otherwise (`mỗi ngày`: mới, ngay).
Every entry occurs in the running text of MIN_ACCOUNTS accounts or more, and its letters in a
hashtag of theirs or of others.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import regex
from in_processes import mapped

from analyzer.sources import read_posts
from analyzer.text import full_text, normalise, segment
from analyzer.text.hashtags import LONGEST_ENTRY, plain_letters
from analyzer.text.syllables import is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MIN_ACCOUNTS: Final = 5
"""So that no entry can be traced to one of them."""
MIN_ACCOUNTS_SHORT: Final = 40
"""The same for two letters that are no Vietnamese syllable (on, tv): most are abbreviations."""
OUT: Final = Path(__file__).parents[1] / "analyzer" / "text" / "hashtag_words.txt"

MOSTLY: Final = 0.9
"""Share of one reading from which on a syllable needs no pair that settles it."""
MIN_PAIR: Final = 10
"""Times a pair occurs at least: `nấu_ăn cũng`, seen 5 times, misread tags of `cùng`."""
TOGETHER: Final = 3.0
"""Times as often as by chance do the words of a pair stand together."""

_TAG: Final = regex.compile(r"(?<![^ ])[#＃]\w+")
_WORD: Final = regex.compile(r"\p{L}+(?:_\p{L}+)*")
_STRETCHED: Final = regex.compile(r"(.)\1\1")
_VOWEL: Final = regex.compile(r"[aeiouy]")


def main() -> None:
    """Write the list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder of labelled.jsonl, unlabelled.jsonl.zst")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    owners, texts = _posts(args.data)
    blocks = mapped(_segment_block, texts, workers=args.workers, name="captions")
    segmented = [text for block in blocks for text in block]
    words, pairs = _counted(zip(owners, segmented, strict=True))
    entries = _in_tags({**words, **_pairs_that_tell(pairs, words)}, segmented)
    lines = [f"{entry}\t{count}\n" for entry, count in sorted(entries.items())]
    args.out.write_text("".join(lines), encoding="utf-8", newline="\n")
    size = args.out.stat().st_size
    two = sum(" " in entry for entry in entries)
    print(f"{len(entries) - two:,} words, {two:,} pairs, {size:,} bytes")


def _posts(data: Path) -> tuple[list[str], list[str]]:
    """Account and text of each distinct text."""
    owner_of: dict[str, str] = {}
    for batch in read_posts([data / "labelled.jsonl", data / "unlabelled.jsonl.zst"]):
        columns = (batch.posts.column(name).to_pylist() for name in ("title", "text", "account_id"))
        for title, text, account in zip(*columns, strict=True):
            owner_of.setdefault(full_text(title, text), account)
    return list(owner_of.values()), list(owner_of)


def _segment_block(texts: list[str]) -> list[str]:
    return [str(text) for text in segment(normalise(texts))]


def _counted(posts: Iterable[tuple[str, str]]) -> tuple[dict[str, int], dict[str, int]]:
    """Words, and pairs of words in a row, that enough accounts write."""
    counts: Counter[str] = Counter()
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for account, text in posts:
        before = ""
        for token in text.split(" "):
            word = token.lower() if _WORD.fullmatch(token) else ""
            found = [word] if word else []
            if word and before:
                found.append(f"{before} {word}")
            counts.update(found)
            for entry in found:
                owners[entry].add(account)
            before = word
    common = {entry: n for entry, n in counts.items() if len(owners[entry]) >= MIN_ACCOUNTS}
    words = {
        entry: n for entry, n in common.items() if _is_word(entry, accounts=len(owners[entry]))
    }
    pairs = {
        entry: n
        for entry, n in common.items()
        if " " in entry and all(word in words for word in entry.split(" "))
    }
    return words, pairs


def _is_word(entry: str, *, accounts: int) -> bool:
    """Whether an entry is in Vietnamese, or a word in Latin letters."""
    if " " in entry or len(plain_letters(entry)) > LONGEST_ENTRY:
        return False
    if all(map(is_syllable, entry.split("_"))):
        return True
    if (
        not entry.isascii()
        or len(entry) == 1
        or _STRETCHED.search(entry)
        or not _VOWEL.search(entry)
    ):
        return False
    return "_" not in entry and (len(entry) > 2 or accounts >= MIN_ACCOUNTS_SHORT)  # noqa: PLR2004


def _pairs_that_tell(pairs: Mapping[str, int], words: Mapping[str, int]) -> dict[str, int]:
    """Pairs that settle how one of their words is read, the commonest of each spelling."""
    first = _commonest(words)
    total = sum(words.values())
    syllables: Counter[str] = Counter()
    for word, count in words.items():
        if "_" not in word:
            syllables[plain_letters(word)] += count

    def is_sure(word: str) -> bool:
        letters = plain_letters(word)
        if "_" in word:
            return first[letters] == word
        return words[word] >= MOSTLY * syllables[letters]

    telling = {}
    for pair in _commonest(pairs).values():
        left, right = pair.split(" ")
        by_chance = words[left] * words[right] / total
        short = len(plain_letters(pair)) <= LONGEST_ENTRY
        unsure = not (is_sure(left) and is_sure(right))
        if short and unsure and pairs[pair] > max(TOGETHER * by_chance, MIN_PAIR - 1):
            telling[pair] = pairs[pair]
    return telling


def _in_tags(entries: Mapping[str, int], texts: Iterable[str]) -> dict[str, int]:
    """Entries whose letters stand somewhere in a hashtag; the others would never be read."""
    wanted = {plain_letters(entry) for entry in entries}
    found: set[str] = set()
    for tag in {plain_letters(tag) for text in texts for tag in _TAG.findall(text)}:
        for start in range(len(tag)):
            ends = range(start + 1, start + LONGEST_ENTRY + 1)
            found.update(letters for end in ends if (letters := tag[start:end]) in wanted)
    return {entry: n for entry, n in entries.items() if plain_letters(entry) in found}


def _commonest(entries: Mapping[str, int]) -> dict[str, str]:
    """By the letters without marks."""
    out: dict[str, str] = {}
    for entry in sorted(entries, key=lambda e: (-entries[e], e)):
        out.setdefault(plain_letters(entry), entry)
    return out


if __name__ == "__main__":
    main()
