"""Stretched letters made short: đẹpppp is đẹp, quáaaaa is quá, coool is cool.

A stretch is three or more of one letter in a word of other letters, too; a vowel with fewer marks
counts as the same letter. One letter of it stays where that gives a Vietnamese syllable (or a
string of open ones: alo, hehe); else one at the end (okkk is ok), but for letters that English
doubles there (coffee, pass), and two inside. What is stretched to the eye only stays: Roman
numbers, sizes, abbreviations (CCCD, IEEE), codes with digits, words of one letter (zzzz; but ạaa
is ạ), other scripts, hashtags, mentions, addresses and names with dots.
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import regex

from analyzer.text.edits import Edit
from analyzer.text.spans import split_spans
from analyzer.text.syllables import is_chat_syllable, is_open_syllables, without_marks

if TYPE_CHECKING:
    from collections.abc import Iterator

STRETCH: Final = 3
SURE_STRETCH: Final = 4
"""From here on it is no abbreviation: PCCC, IEEE and cccd have three."""

_VOWELS = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵ"
_BOTH = _VOWELS + _VOWELS.upper()
# three of one letter, or two next to a vowel that may be the same with other marks; finds more
# than there is (beee, ooh); `re` repeats a group in an eighth of the time of `regex`
_GATE = re.compile(
    rf"([A-Za-z\u00C0-\u024F\u1E00-\u1EFF])\1"
    rf"(?:\1|(?<=[{_BOTH}][{_BOTH}])(?=[{_BOTH}])|(?<=[{_BOTH}][{_BOTH}][{_BOTH}]))"
)
_REST_OF_WORD = regex.compile(r"[\p{L}\p{M}\p{N}_]*")
_WORD_SO_FAR = regex.compile(r"(?r)[\p{L}\p{M}\p{N}_]*")
_REST_OF_CHUNK = regex.compile(r"\S*")
_CHUNK_SO_FAR = regex.compile(r"(?r)\S*")
# eth and its likes stay for the fixer that knows them
_LATIN = regex.compile(
    r"[A-Za-z\u00C0-\u00CF\u00D1-\u00D6\u00D8-\u00EF\u00F1-\u00F6\u00F8-\u024F\u1E00-\u1EFF]+"
)
_VOWEL = regex.compile(r"[aeiouy]")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_ROMAN = regex.compile(
    r"M*(?:CM|CD|D?C{0,4})(?:XC|XL|L?X{0,4})(?:IX|IV|V?I{0,4})[A-C]?|x{0,3}(?:ix|iv|v?i{0,4})[a-c]?"
)
_SIZE = regex.compile(r"x+[sl]", regex.IGNORECASE)
# a name: linhhh.ne, abccc.xyz, lannn@home; a dot between sentences has a capital behind it
_NAME_BEFORE = regex.compile(r"[a-z0-9_]\.\Z|@\Z")
_NAME_BEHIND = regex.compile(r"\.[a-z0-9]|@")
LONGEST_ABBREVIATION: Final = 4
"""Capitals that are syllables by chance (ATTT); longer ones are shouted (NHAAA)."""
_SIGHS: Final = frozenset({"aw", "br", "gr", "hm", "pf", "sh"})
"""Sighs that are written with two letters at the end, and stretched from three on (hmmm)."""
_DOUBLE_AT_END: Final = frozenset("eflsz")
"""Of 684 stretched words of real captions that are no syllables nine in ten end in the stretch, and
were written with one letter there (shoppp, againnn, matchaaa), if not with one of these."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Letters `start` to `end` of a word are one, which is best written by the one at `best`."""

    start: int
    end: int
    best: int


def stretched(text: str) -> Iterator[Edit]:
    """Letters beyond those that a word needs go."""
    spans = deque[tuple[int, int]]()
    looked_at = 0
    for start, end, edits in _stretched_words(text):
        if start >= looked_at:
            spans, looked_at = _spans_around(text, start, end)
        while spans and spans[0][1] <= start:
            spans.popleft()
        # a word that reaches into a span is not touched
        if not spans or spans[0][0] >= end:
            yield from edits


def _spans_around(text: str, start: int, end: int) -> tuple[deque[tuple[int, int]], int]:
    """Protected spans between the blanks around a word, which no span holds; where they end."""
    at = _CHUNK_SO_FAR.match(text, 0, start).start()
    stop = _REST_OF_CHUNK.match(text, end).end()
    spans = deque[tuple[int, int]]()
    for piece, protected in split_spans(text[at:stop]):
        if protected:
            spans.append((at, at + len(piece)))
        at += len(piece)
    return spans, stop


def _stretched_words(text: str) -> Iterator[tuple[int, int, list[Edit]]]:
    """Start, end and edits of each word that is to be shortened, if no span holds it."""
    end = 0
    for hit in _GATE.finditer(text):
        if hit.start() < end:
            continue
        start = _WORD_SO_FAR.match(text, end, hit.start()).start()
        end = _REST_OF_WORD.match(text, hit.start()).end()
        word = text[start:end]
        if _LATIN.fullmatch(word) and not _is_name(text, start, end):
            edits = list(_shortened(word, start))
            if edits:
                yield start, end, edits


def _is_name(text: str, start: int, end: int) -> bool:
    return text[start:end].isascii() and bool(
        _NAME_BEFORE.search(text[max(0, start - 2) : start])
        or _NAME_BEHIND.match(text[end : end + 2])
    )


def _shortened(word: str, at: int) -> Iterator[Edit]:
    plain = without_marks(word)
    if len(plain) != len(word):
        return
    if len(set(plain)) == 1:
        if _is_marked_once(word, plain):
            yield Edit(at + 1, at + len(word), "")
        return
    runs = list(_runs(word, plain))
    if not runs or _is_meant(word, longest := max(run.end - run.start for run in runs)):
        return
    single = [{run.best} for run in runs]
    ends_in_u = [
        # lưuuu is lưu, như with the same letters is như
        {run.start, run.end - 1} if word[run.start] in "ưừứửữựƯỪỨỬỮỰ" else {run.best}
        for run in runs
    ]
    for kept in (ends_in_u, single):
        short = _kept(word, runs, kept)
        # cheeese is no chese, alooo is alo
        at_end = len(runs) == 1 and runs[0].end == len(word)
        if is_chat_syllable(short) or (at_end and is_open_syllables(short)):
            yield from _edits(runs, kept, at)
            return
    # an x stands for what is not told: Vipxxx, 09xxxx
    masked = any(plain[run.start] == "x" for run in runs)
    if not masked and _may_be_doubled(word, plain, longest):
        yield from _edits(runs, _doubled(plain, runs), at)


def _is_marked_once(word: str, plain: str) -> bool:
    """Whether one vowel is marked where it begins only: ạaaa is ạ, ôôô and aaa stay."""
    return (
        len(word) >= STRETCH
        and _VOWEL.match(plain) is not None
        and word[0].lower() != plain[0]
        and word[1:].lower() == plain[1:]
    )


def _doubled(plain: str, runs: list[_Run]) -> list[set[int]]:
    """Which letters of each run stay in a word that is no syllable: two, at its end mostly one."""
    sigh = _squeezed(plain) in _SIGHS
    few = not _VOWEL.search(plain)
    kept = []
    for run in runs:
        beside = run.best + 1 if run.best + 1 < run.end else run.best - 1
        at_end = run.end == len(plain) and (few or plain[run.start] not in _DOUBLE_AT_END)
        kept.append({run.best} if at_end and not sigh else {run.best, beside})
    return kept


def _squeezed(plain: str) -> str:
    return re.sub(r"(.)\1+", r"\1", plain)


def _is_meant(word: str, longest: int) -> bool:
    """Whether the letters of a word are a number, a size or an abbreviation (PPPoE, ATTT)."""
    if _ROMAN.fullmatch(word) or _SIZE.fullmatch(word):
        return True
    if not word.isascii() or word[1:].islower():
        return False
    return not word.isupper() or (longest < SURE_STRETCH and len(word) <= LONGEST_ABBREVIATION)


def _may_be_doubled(word: str, plain: str, longest: int) -> bool:
    """Whether a word that is no syllable is stretched, and no abbreviation or name."""
    if not _VOWEL.search(plain):
        # also not xDDDD
        return word[1:].islower() and (longest >= SURE_STRETCH or _squeezed(plain) in _SIGHS)
    if word.isupper():
        return longest >= SURE_STRETCH
    return word[1:].islower()


def _runs(word: str, plain: str) -> Iterator[_Run]:
    start = 0
    for end in range(1, len(word) + 1):
        if end < len(word) and plain[end] == plain[start]:
            continue
        if end - start >= STRETCH:
            best = _best(word, start, end)
            if best is not None:
                yield _Run(start, end, best)
        start = end


def _best(word: str, start: int, end: int) -> int | None:
    """The first letter that has the marks of all the others; None if no letter has.

    Where the word has its tone before the run, a second one is a slip (ngườiiìi): without it.
    """
    marks = {
        char: frozenset(unicodedata.normalize("NFD", char.lower())) for char in word[start:end]
    }
    every = frozenset[str]().union(*marks.values())
    if not _TONES.isdisjoint(every) and not _TONES.isdisjoint(
        unicodedata.normalize("NFD", word[:start])
    ):
        every -= _TONES
    return next((at for at in range(start, end) if marks[word[at]] == every), None)


def _kept(word: str, runs: list[_Run], kept: list[set[int]]) -> str:
    out, done = [], 0
    for run, places in zip(runs, kept, strict=True):
        out += [word[done : run.start], *(word[place] for place in sorted(places))]
        done = run.end
    return "".join([*out, word[done:]])


def _edits(runs: list[_Run], kept: list[set[int]], at: int) -> Iterator[Edit]:
    for run, places in zip(runs, kept, strict=True):
        done = run.start
        for place in [*sorted(places), run.end]:
            if place > done:
                yield Edit(at + done, at + place, "")
            done = place + 1
