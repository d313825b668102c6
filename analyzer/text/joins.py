"""Which joins of underthesea stand: it was trained on news and joins twice too much in captions.

A join is kept if a dictionary has the word, or if it is a name in a text that tells names by their
capitals. The syllables of a refused join, with single syllables beside it, are joined anew: in as
few words as the dictionary allows. Words of trade that underthesea does not know are joined last.
"""

from __future__ import annotations

import threading
from functools import cache, lru_cache
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

import regex

from analyzer.text.syllables import is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CAPITALS: Final = 0.4
"""Share of capitalised syllables in a text up to which capitals mean names: above, it is a heading
(of 0.2 to 0.6, the best of join F1 on news and of known words on captions; EXPERIMENTS.md)."""
CAPITALS_FOREIGN: Final = 0.2
"""The same where a syllable is not Vietnamese: `New Year` in a title is no name."""
MEMORY: Final = 1 << 16
"""Words whose keys are kept; a corpus of 52,000 captions has about as many."""
LONGEST_NAME: Final = 4
LONGEST_WORD: Final = 5

_I_OR_Y = regex.compile(r"(?<=[hklmstHKLMST])[yýỳỷỹỵ](?=_|$)")
_I_FOR_Y: Final = str.maketrans("yýỳỷỹỵ", "iíìỉĩị")
_ABBREVIATION = regex.compile(r"\p{L}++(?:\.\p{L}++)++\.")
_LETTERS = regex.compile(r"\p{L}+")


class Capitals(NamedTuple):
    """How a text uses capitals."""

    upper: int
    """Words that begin with a capital."""
    total: int

    def share_beside(self, words: int) -> float:
        """Share of capitalised words in the text without so many of them."""
        rest = self.total - words
        return (self.upper - words) / rest if rest > 0 else 0.0


class Lexicon(NamedTuple):
    """Keys (see `word_key`) of words."""

    words: frozenset[str]
    names: frozenset[str]
    """Words if capitalised, whatever else the text capitalises."""
    trade: dict[str, tuple[tuple[str, ...], ...]]
    """By the first syllable, longest first."""


def rejoined(words: Sequence[str], capitals: Capitals) -> list[str]:
    """The same syllables in better words.

    words: of running text, syllables joined by `_`, in PhoBERT's tone style.
    capitals: of the text they stand in.
    """
    lexicon = _lexicon()
    out: list[str] = []
    refused: list[str] = []
    for word in [*words, ""]:
        if "_" in word and not _stands(word, capitals, lexicon):
            refused.append(word)
            continue
        if refused:
            before = [out.pop()] if out and _single(out[-1]) else []
            after = [word] if _single(word) else []
            out += _joined_anew([*before, *refused, *after], capitals, lexicon)
            refused = []
            if after:
                continue
        out.append(word)
    return list(_with_trade(out[:-1] if out and not out[-1] else out, lexicon))


def count_capitals(text: str) -> Capitals:
    """Of the words of letters."""
    found = _LETTERS.findall(text)
    return Capitals(sum(word[0].isupper() for word in found), len(found))


def _stands(word: str, capitals: Capitals, lexicon: Lexicon) -> bool:
    return word_key(word) in lexicon.words or _is_name(word.split("_"), capitals, lexicon)


def _is_name(syllables: Sequence[str], capitals: Capitals, lexicon: Lexicon) -> bool:
    if not 1 < len(syllables) <= LONGEST_NAME or not all(s[:1].isupper() for s in syllables):
        return False
    if word_key("_".join(syllables)) in lexicon.names:
        return True
    if all(s.isupper() for s in syllables):
        return False
    known = all(map(_is_syllable, syllables))
    beside = capitals.share_beside(len(syllables))
    return beside <= (CAPITALS if known else CAPITALS_FOREIGN)


def _single(word: str) -> bool:
    return word.isalpha()


def _joined_anew(words: Sequence[str], capitals: Capitals, lexicon: Lexicon) -> list[str]:
    """The fewest words; of equal ones the first is the longest."""
    pieces = [
        (s, n) for n, word in enumerate(words) for part in word.split("_") for s in _stops(part)
    ]
    syllables, own = [s for s, _ in pieces], [n for _, n in pieces]
    fewest = [0] * (len(syllables) + 1)
    ends = [0] * len(syllables)
    for start in reversed(range(len(syllables))):
        best = (len(syllables) + 1, 0)
        for end in range(start + 1, min(len(syllables), start + LONGEST_WORD) + 1):
            part = syllables[start:end]
            same = own[start] == own[end - 1]
            if (
                end == start + 1
                or word_key("_".join(part)) in lexicon.words
                or (same and _is_name(part, capitals, lexicon))
            ):
                best = min(best, (1 + fewest[end], -end))
        fewest[start], ends[start] = best[0], -best[1]
    out = []
    at = 0
    while at < len(syllables):
        out.append("_".join(syllables[at : ends[at]]))
        at = ends[at]
    return out


def _stops(syllable: str) -> list[str]:
    """Parts the stop of a sentence from the abbreviation with dots before it: TP.HCM. Bà."""
    return [syllable[:-1], "."] if _ABBREVIATION.fullmatch(syllable) else [syllable]


def _with_trade(words: Sequence[str], lexicon: Lexicon) -> Iterator[str]:
    at = 0
    while at < len(words):
        first = word_key(words[at].split("_")[0])
        entries = lexicon.trade.get(first, ())
        sizes = (_words_of(words[at : at + len(entry)], entry) for entry in entries)
        size = next((size for size in sizes if size), 1)
        yield "_".join(words[at : at + size])
        at += size


def _words_of(words: Sequence[str], entry: tuple[str, ...]) -> int:
    """Of how many words, from the first on, the entry is made; 0 if it is not."""
    got: list[str] = []
    for count, word in enumerate(words, start=1):
        got += word_key(word).split("_")
        if len(got) >= len(entry):
            return count if tuple(got) == entry else 0
    return 0


@lru_cache(MEMORY)
def word_key(word: str) -> str:
    """Lower case, `i` for `y` where both are written: kỳ, kì.

    word: syllables joined by `_`, in PhoBERT's tone style.
    """
    key: str = _I_OR_Y.sub(lambda match: match.group().translate(_I_FOR_Y), word.lower())
    return key


_is_syllable = lru_cache(MEMORY)(is_syllable)


_warm_up = threading.Lock()


def _lexicon() -> Lexicon:
    with _warm_up:
        return _load_lexicon()


@cache
def _load_lexicon() -> Lexicon:
    """words.txt, which scripts/words.py writes, and trade.txt, written by hand."""
    words, names = (frozenset(part) for part in _lists("words.txt"))
    (trade,) = _lists("trade.txt")
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for word in sorted(trade, key=lambda w: (-w.count("_"), w)):
        first, *_ = phrase = tuple(word.split("_"))
        by_first.setdefault(first, []).append(phrase)
    return Lexicon(
        words=words.union(trade),
        names=names,
        trade={first: tuple(found) for first, found in by_first.items()},
    )


def _lists(name: str) -> Iterator[list[str]]:
    """The words under each run of comment lines."""
    lines = (files("analyzer.text") / name).read_text(encoding="utf-8").splitlines()
    for is_comment, part in groupby(lines, key=lambda line: line.startswith("#")):
        if not is_comment:
            yield list(part)
