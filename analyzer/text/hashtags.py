"""Words of joined hashtags, offered behind the tag: `#reviewanngon review ăn_ngon`.

A tag is cut at its seams (camel case, underscores, digits), and between them where the words of
captions are likeliest: a Viterbi over their counts. A tag without marks may stand for words with
marks. What is not made of known words is left alone.
"""

from __future__ import annotations

import math
import threading
from bisect import bisect_left, bisect_right
from collections import defaultdict
from functools import cache, lru_cache
from importlib.resources import files
from itertools import accumulate, chain, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import regex

from analyzer.text.segment import SegmentedText
from analyzer.text.syllables import without_marks
from analyzer.text.tones import other_tone_style

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# the figures below were set by eye on two draws of 150 hashtags (EXPERIMENTS.md, the front end)
LONGEST_ENTRY: Final = 24
"""Letters of an entry of the list at most."""
SURE_READING: Final = 0.96
"""Share of the commonest reading of a syllable without marks from which on it is taken."""
COST_LETTER: Final = 2.1
"""Words of a tag cost no more than this a letter (minus log probability) ..."""
COST_MARKED_LETTER: Final = 3.2
"""The same in a tag with marks, where fewer words fit by chance."""
COST_PART: Final = 2.0
"""... and this a part."""
COST_UNKNOWN: Final = 30.0
"""Of a part between seams that is no word: more than any word of the list."""
LONGEST_WHOLE: Final = 6
"""Letters up to which a part between seams is one word or none: Maggi is not `mag gì`."""
KNOWN_LETTERS: Final = 0.5
"""Share of the letters of a tag that words must explain."""
MEMORY: Final = 1 << 14
"""Tags whose words are kept: a corpus repeats a few thousand."""

_TAG = regex.compile(r"[#＃][\p{L}\p{M}\p{N}_]{1,150}")
# nấuĂn, VTVCab, tet2025, 2025tet
_SEAM = regex.compile(
    r"(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})|(?<=\p{L})(?=\p{N})|(?<=\p{N})(?=\p{L})|_+"
)
_PART = regex.compile(r"[a-zà-ýăđĩũơưạ-ỹ]+|[0-9]+")


class Reading(NamedTuple):
    """What some letters in a row may stand for."""

    words: tuple[str, ...]
    letters: int
    cost: float
    """Minus log probability."""
    cuts: frozenset[int]
    """Where syllables end, in letters; without the last end."""
    known: bool = True


class Readings(NamedTuple):
    """By small letters in a row."""

    plain: dict[str, list[Reading]]
    """Of tags without marks."""
    marked: dict[str, list[Reading]]
    """Of tags with marks."""


def with_hashtag_words(segmented: Sequence[SegmentedText]) -> list[SegmentedText]:
    """The same texts with the words of each hashtag behind it; the tag itself stays.

    segmented: as `segment` gives it; a second time the words would be written twice.
    """
    return [
        SegmentedText(" ".join(_tokens(text))) if "#" in text or "＃" in text else text
        for text in segmented
    ]


def hashtag_words(tag: str) -> list[str]:
    """Words of one hashtag in small letters, syllables joined by `_`.

    tag: in NFC, with its `#`.
    Returns none where nothing sure is found: the tag is one word as it stands, a code, a name that
    captions do not know, or in another script.
    """
    return list(_words(tag))


def plain_letters(entry: str) -> str:
    """Small letters without marks, d for đ; neither blanks nor `_`."""
    return without_marks(entry).replace("đ", "d").replace("_", "").replace(" ", "")


def _tokens(text: str) -> Iterator[str]:
    for token in text.split(" "):
        yield token
        if token.startswith(("#", "＃")):
            yield from _words(token)


@lru_cache(MEMORY)
def _words(tag: str) -> tuple[str, ...]:
    if not _TAG.fullmatch(tag):
        return ()
    parts = [part.lower() for part in _SEAM.split(tag[1:]) if part]
    if not all(map(_PART.fullmatch, parts)):
        return ()
    found = _likeliest(parts)
    words = tuple(word for reading in found for word in reading.words)
    return words if words != ("".join(parts),) and _is_sure(found, parts) else ()


def _is_sure(found: Sequence[Reading], parts: Sequence[str]) -> bool:
    """Whether words explain the tag, and those between no two seams are likely enough."""
    read = sum(_size(reading) for reading in found if reading.known)
    if not read or read < KNOWN_LETTERS * sum(map(_size, found)):
        return False
    seams = {*accumulate(map(len, parts), initial=0)}
    ends = [*accumulate((reading.letters for reading in found), initial=0)]
    guessed = [
        reading
        for reading, (start, end) in zip(found, pairwise(ends), strict=True)
        if reading.known and (len(parts) == 1 or start not in seams or end not in seams)
    ]
    per_letter = COST_LETTER if "".join(parts).isascii() else COST_MARKED_LETTER
    most = per_letter * sum(map(_size, guessed)) + COST_PART * len(parts)
    return sum(reading.cost for reading in guessed) <= most


def _size(reading: Reading) -> int:
    """In letters; digits count for nothing."""
    return 0 if reading.words[0].isdecimal() else reading.letters


def _likeliest(parts: Sequence[str]) -> list[Reading]:
    """Readings that make up the parts at the least cost; none if nothing does."""
    letters = "".join(parts)
    known = _readings().plain if letters.isascii() else _readings().marked
    seams = [*accumulate(map(len, parts), initial=0)]
    costs = [0.0, *[math.inf] * len(letters)]
    last: list[Reading | None] = [None] * (len(letters) + 1)

    def reach(start: int, reading: Reading) -> None:
        end = start + reading.letters
        if costs[start] + reading.cost < costs[end]:
            costs[end], last[end] = costs[start] + reading.cost, reading

    as_written = dict(zip(seams, parts, strict=False)) if len(parts) > 1 else {}
    places = _open(parts, seams)
    for start in sorted(places)[:-1]:
        if start in as_written:
            reach(start, _unread(as_written[start]))
        for end in range(start + 1, min(len(letters), start + LONGEST_ENTRY) + 1):
            for reading in known.get(letters[start:end], ()):
                if end in places and _fits(reading, start, end, seams):
                    reach(start, reading)
    found: list[Reading] = []
    end = len(letters)
    while (best := last[end]) is not None:
        found.append(best)
        end -= best.letters
    return found[::-1]


def _unread(part: str) -> Reading:
    """A part between seams as it is written."""
    cost = 0.0 if part.isdecimal() else COST_UNKNOWN
    return Reading((part,), len(part), cost, frozenset(), known=False)


def _fits(reading: Reading, start: int, end: int, seams: Sequence[int]) -> bool:
    """Whether seams inside a reading part its syllables, or it is a name of parts: TikTok."""
    inside = seams[bisect_right(seams, start) : bisect_left(seams, end)]
    if reading.cuts.issuperset(seam - start for seam in inside):
        return True
    return not reading.cuts and start in seams and end in seams


def _open(parts: Sequence[str], seams: Sequence[int]) -> frozenset[int]:
    """Where a word may begin or end."""
    several = sum(not part.isdecimal() for part in parts) > 1
    whole = (several and len(part) <= LONGEST_WHOLE for part in parts)
    inside = [
        range(start + 1, end)
        for (start, end), closed in zip(pairwise(seams), whole, strict=True)
        if not closed
    ]
    return frozenset([*seams, *chain.from_iterable(inside)])


_warm_up = threading.Lock()


def _readings() -> Readings:
    with _warm_up:
        return _load_readings()


@cache
def _load_readings() -> Readings:
    text = (files("analyzer.text") / "hashtag_words.txt").read_text(encoding="utf-8")
    lines = (line.split("\t") for line in text.splitlines())
    counts = {entry: int(count) for entry, count in lines}
    total = sum(count for entry, count in counts.items() if " " not in entry)
    plain: defaultdict[tuple[str, frozenset[int]], list[str]] = defaultdict(list)
    marked: defaultdict[str, list[Reading]] = defaultdict(list)
    for entry in sorted(counts, key=lambda e: (-counts[e], e)):
        letters, cuts = plain_letters(entry), _cuts(entry)
        if len(letters) > 1:
            plain[letters, cuts].append(entry)
        if " " not in entry:
            reading = Reading((entry,), len(letters), math.log(total / counts[entry]), cuts)
            for spelling in {entry, other_tone_style(entry)}:
                marked[spelling.replace("_", "")].append(reading)
    by_letters: defaultdict[str, list[Reading]] = defaultdict(list)
    for (letters, cuts), entries in plain.items():
        count = sum(counts[entry] for entry in entries)
        sure = cuts or counts[entries[0]] >= SURE_READING * count
        words = tuple(entries[0].split(" ")) if sure else (letters,)
        by_letters[letters].append(Reading(words, len(letters), math.log(total / count), cuts))
    return Readings(plain=dict(by_letters), marked=dict(marked))


def _cuts(entry: str) -> frozenset[int]:
    syllables = entry.replace("_", " ").split(" ")
    return frozenset([*accumulate(map(len, syllables))][:-1])
