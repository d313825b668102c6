"""Where each word that the tagger reads stands in the text as it was given.

Normalising knows where its characters come from; segmenting does not: it joins, cuts, moves tone
marks (`hòa` to `hoà`) and spells a few syllables anew (`nghành` to `ngành`). So text and words
are walked along together, letter by letter without their marks.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from analyzer.text.hashtags import with_hashtag_words
from analyzer.text.normalise import explain
from analyzer.text.segment import SegmentedText, segment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.text.normalise import Explained

LOOK_AHEAD: Final = 6
"""Letters within which text and words must meet again where they part: underthesea spells words of
6 letters and fewer anew, no longer ones."""
MEMORY: Final = 1 << 14
"""Characters whose letter without marks is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedWord:
    """A word of a text; a hashtag is one, with the words offered behind it."""

    start: int
    end: int
    """Characters of the text as it was given; `end` lies behind the last."""
    read: str
    """What the tagger reads of it: tokens with one blank between them."""


def placed_words(texts: Sequence[str]) -> list[list[PlacedWord]]:
    """The words of each text in order; none overlap, and no letter stands outside them all.

    texts: as they were given, not normalised.
    Joined by blanks, `read` is what `for_tagger` makes of the normalised text. Words that one
    repair wrote together are one: none of them has a place of its own.
    """
    told = explain(texts)
    segmented = segment([one.text for one in told])
    return [_placed(one, words) for one, words in zip(told, segmented, strict=True)]


def _placed(told: Explained, segmented: SegmentedText) -> list[PlacedWord]:
    tokens = segmented.split()
    found: list[tuple[int, int, list[str]]] = []
    unplaced: list[str] = []
    for token, span in zip(tokens, _spans(told.text, tokens), strict=True):
        read = with_hashtag_words([SegmentedText(token)])[0]
        start, end = (told.places[span[0]][0], told.places[span[1] - 1][1]) if span else (0, 0)
        if found and start < found[-1][1]:
            first, behind, reads = found[-1]
            found[-1] = (first, max(behind, end), [*reads, read])
        elif span:
            found.append((start, end, [*unplaced, read]))
            unplaced = []
        else:
            unplaced.append(read)
    nexts = [*(start for start, _, _ in found), len(told.original)][1:]
    return [
        PlacedWord(start=start, end=_grown(told.original, end, until), read=" ".join(reads))
        for (start, end, reads), until in zip(found, nexts, strict=True)
    ]


def _grown(text: str, end: int, until: int) -> int:
    """The end with what a repair took away behind the word: the o's of `quáoooo`."""
    while end < until and text[end].isprintable() and text[end] not in " _":
        end += 1
    return end


def _spans(text: str, tokens: Sequence[str]) -> list[tuple[int, int] | None]:
    """Of each token (start, end) in a normalised text; None where the text has no letter of it.

    Every letter lies in one span; the spans are in order.
    """
    spans: list[tuple[int, int] | None] = [None] * len(tokens)
    for place, token in _owners(text, tokens):
        span = spans[token]
        spans[token] = (span[0] if span else place, place + 1)
    return spans


def _owners(text: str, tokens: Sequence[str]) -> Iterator[tuple[int, int]]:
    """(place in the text, number of the token it belongs to) of each letter, in order."""
    given = [(char, place) for place, char in enumerate(text) if char not in " \n"]
    read = [(char, number) for number, token in enumerate(tokens) for char in token]
    at = to = owner = 0
    while at < len(given) and to < len(read):
        (char, place), (other, token) = given[at], read[to]
        if char == other or _letter(char) == _letter(other):
            owner = token
            yield place, owner
            at, to = at + 1, to + 1
        elif other == "_":  # joins syllables
            to += 1
        elif char == "_":  # a raw one is a blank to the segmenter
            at += 1
        else:
            skipped, unread = _meeting(
                [_letter(char) for char, _ in given[at : at + LOOK_AHEAD + 2]],
                [_letter(char) for char, _ in read[to : to + LOOK_AHEAD + 2]],
            )
            for step in range(skipped):
                owner = read[to + step][1] if step < unread else owner
                yield given[at + step][1], owner
            at, to = at + skipped, to + unread
    if read:
        yield from ((place, owner) for char, place in given[at:] if char != "_")


def _meeting(given: Sequence[str], read: Sequence[str]) -> tuple[int, int]:
    """How many letters of either part are passed until both go on alike for two letters."""
    for passed in range(1, 2 * LOOK_AHEAD + 1):
        for skipped in range(max(0, passed - LOOK_AHEAD), min(passed, LOOK_AHEAD) + 1):
            rest, other = given[skipped:], read[passed - skipped :]
            if rest[:2] == other[:2] and rest:
                return skipped, passed - skipped
    return 1, 1


@lru_cache(MEMORY)
def _letter(char: str) -> str:
    """Small, without its marks; a mark alone stays what it is."""
    return unicodedata.normalize("NFD", char)[0].lower()
