"""How an account ends its posts: hotline, link, address, hashtags, the same below each of them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import regex

from analyzer.text.normalise import MAX_MARKS
from analyzer.text.spans import PROTECTED

if TYPE_CHECKING:
    from collections.abc import Sequence

RECURS: Final = 3
"""Different posts that a line or a hashtag ends at least, to be a habit ..."""
RECURS_SHARE: Final = 0.1
"""... and at least this share of the account's different posts (EXPERIMENTS.md, 2026-11-24)."""
WALL: Final = 3
"""Habitual hashtags in a row that are a wall; fewer are a name that an account always adds."""

KINDS: Final = ("hotline", "link", "hashtags", "other")

_WORD: Final = re.compile(r"(?<!#)#*+\w+(?:#++\w+)*")
_WRITTEN: Final = re.compile(r"\S+")
# normal forms order a run of n marks in n * n steps
_MARK_RUN: Final = regex.compile(rf"(\p{{M}}{{{MAX_MARKS}}})\p{{M}}++")
_TAGS: Final = re.compile(r"(?:#+\w+)+")
_DIGITS: Final = re.compile(r"\d+")
_TAG: Final = re.compile(r"\w+")
_NUMBER: Final = re.compile(r"(?<!\d)(?:\+84|0)[ .-]?\d{2,3}(?:[ .-]?\d{3,4}){2}(?!\d)", re.ASCII)
_LINK_WORDS: Final = re.compile(
    r"\blink\b.{0,20}\b(?:bio|tiểu sử|tieu su|bình luận|binh luan|cmt|comment|mô tả|mo ta)\b"
    r"|\b(?:bio|linktr)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A post without its sign-off, for comparison, and the sign-off."""

    core: str
    """Words in lower case, then hashtags in order, without what the account always adds; with it
    where nothing else is left. Empty where there are none."""
    start: int | None
    """Where in the text the sign-off begins; None where there is none."""
    kinds: tuple[str, ...]
    """Of KINDS, in their order."""


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    key: str
    """Its words without the hashtags that end it."""
    tags: tuple[str, ...]
    """The hashtags that end it."""


def endings(texts: Sequence[str]) -> list[Ending]:
    """The posts of one account, each without what it shares with others at its end.

    A line is a habit where it ends RECURS different posts and RECURS_SHARE of them, and so is a
    hashtag; a sign-off is the longest run of habits up to the end of a post. Same order as texts.
    """
    split = [_lines(text) for text in texts]
    said = ["\n".join(" ".join((line.key, *line.tags)) for line in lines) for lines in split]
    # a list that is posted daily with another date or price makes no habit of its lines
    different: defaultdict[str, set[str]] = defaultdict(set)
    for text, lines in zip(said, split, strict=True):
        units = {unit for line in lines for unit in (line.key, *line.tags) if unit}
        different[_DIGITS.sub("0", text)] |= units
    seen = Counter(unit for units in different.values() for unit in units)
    least = max(RECURS, RECURS_SHARE * len(set(said)))
    habits = {unit for unit, count in seen.items() if count >= least}
    return [_ending(text, lines, habits) for text, lines in zip(texts, split, strict=True)]


def words(text: str) -> list[str]:
    """Words and hashtags of a text in lower case, letters of one writing; nothing else."""
    return _WORD.findall(_plain(text))


def _plain(text: str) -> str:
    """Lower case, letters of one writing, no piles of marks."""
    return unicodedata.normalize("NFKC", _MARK_RUN.sub(r"\1", text)).casefold()


def _lines(text: str) -> list[_Line]:
    """The lines that hold a word or a hashtag."""
    found = []
    start = 0
    for line in text.split("\n"):
        units = words(line)
        end = len(units)
        while end and _TAGS.fullmatch(units[end - 1]):
            end -= 1
        if units:
            tags = tuple(f"#{tag}" for unit in units[end:] for tag in _TAG.findall(unit))
            found.append(_Line(start, " ".join(units[:end]), tags))
        start += len(line) + 1
    return found


def _ending(text: str, lines: list[_Line], habits: set[str]) -> Ending:
    at = len(lines) - 1
    while at >= 0 and (not lines[at].key or lines[at].key in habits):
        at -= 1
    # lines[at] is the last with words of its own; what follows are habits and hashtags
    own = [" ".join((line.key, *line.tags)) for line in lines[: max(at, 0)]]
    own += [lines[at].key] if at >= 0 else []
    tags = [tag for line in lines[max(at, 0) :] for tag in line.tags]
    core = " ".join([*own, *sorted({tag for tag in tags if tag not in habits})])
    if not core:
        core = " ".join([*(line.key for line in lines if line.key), *sorted(set(tags))])
    habit = any(line.key for line in lines[at + 1 :])
    wall = len(habits.intersection(tags)) >= WALL
    if at < 0 or not (habit or wall):  # a post that is all habit signs nothing off
        return Ending(core=core, start=None, kinds=())
    start = lines[at + 1].start if at + 1 < len(lines) else _first_tag(text, lines[at].start)
    return Ending(core=core, start=start, kinds=_kinds(text[start:], wall=wall))


def _first_tag(text: str, start: int) -> int:
    """Where the run of hashtags begins that ends the text; nothing before `start` is looked at."""
    first = len(text)
    for written in reversed(list(_WRITTEN.finditer(text, start))):
        units = words(written.group())
        if units and not all(_TAGS.fullmatch(unit) for unit in units):
            break
        first = written.start()
    return first


def _kinds(said: str, *, wall: bool) -> tuple[str, ...]:
    """What a sign-off holds."""
    plain = _plain(said)
    spans = {match.lastgroup for match in PROTECTED.finditer(said)}
    found = {
        "hotline": "phone" in spans or _NUMBER.search(plain) is not None,
        "link": bool(spans & {"url", "bare"}) or _LINK_WORDS.search(plain) is not None,
        "hashtags": wall,
    }
    return tuple(kind for kind, held in found.items() if held) or ("other",)
