"""Repair characters without changing meaning: named pure fixers in a fixed order.

A fixer is a function from a text to its edits, linear in the length of its input, whatever the
input. So each repair can be shown, and every character be traced to where it came from.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import regex

from analyzer.text.edits import Edit, applied, moved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MAX_MARKS: Final = 4
"""Combining marks kept on one letter. Vietnamese needs 2 in NFD (ệ), other scripts up to 4.
Canonical ordering of a run of n marks takes n * n steps: 10,000 on one letter stop a refresh."""

_SURROGATE = regex.compile(r"[\uD800-\uDFFF]")
_MARK_RUN = regex.compile(rf"(\p{{M}}{{{MAX_MARKS}}})\p{{M}}+")
# line and paragraph separators, vertical tab, form feed, NEL
_LINE_END = regex.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROL = regex.compile(r"[^\P{Cc}\n]")
# zero-width space and non-joiner, word joiner, BOM, soft hyphen, bidi controls, fillers of Hangul;
# the joiner (ZWJ) stays between pictographs only; what may stand before it is what no later fixer
# removes, or a second round would find other joiners to drop
_INVISIBLE = regex.compile(
    r"[\u200B\u200C\u2060-\u2064\uFEFF\u00AD\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\u115F\u3164]"
    r"|(?<!\p{Extended_Pictographic}[\uFE0E\uFE0F]?\p{EMod}?)\u200D|\u200D(?!\p{Extended_Pictographic})"
)
# what NFC composes at most: a character with the marks and the Hangul vowels and finals behind it
_UNIT = regex.compile(r"[^\p{M}\u1161-\u1175\u11A8-\u11C2]?[\p{M}\u1161-\u1175\u11A8-\u11C2]*")
_SPACES = regex.compile(r"[^\S\n]{2,}|[^\S\n ]")
_AROUND_LINE_END = regex.compile(r" \n[ \n]*|\n[ \n]+")
_ENDS = regex.compile(r"\A[ \n]+|[ \n]+\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one fixer changed."""

    fixer: str
    edits: tuple[Edit, ...]
    """Of the text as the step before left it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A text, what it was normalised to, and how."""

    original: str
    text: str
    steps: tuple[Step, ...]
    """Those that changed something, in order: applied to `original` they give `text`."""
    places: tuple[tuple[int, int], ...]
    """Of each character of `text`: start and end in `original` of what it was made from."""


def _each(pattern: regex.Pattern[str], new: str) -> Callable[[str], Iterator[Edit]]:
    """A fixer that writes `new` for all that a pattern finds."""

    def fixer(text: str) -> Iterator[Edit]:
        for match in pattern.finditer(text):
            yield Edit(match.start(), match.end(), new)

    return fixer


def _mark_runs(text: str) -> Iterator[Edit]:
    for match in _MARK_RUN.finditer(text):
        yield Edit(match.end(1), match.end(), "")


def _nfc(text: str) -> Iterator[Edit]:
    if unicodedata.is_normalized("NFC", text):
        return
    for match in _UNIT.finditer(text):
        # NFC itself makes marks of some letters (U+1D164 becomes a base and two)
        composed = _MARK_RUN.sub(r"\1", unicodedata.normalize("NFC", match.group()))
        if composed != match.group():
            yield Edit(match.start(), match.end(), composed)


FIXERS: Final[dict[str, Callable[[str], Iterator[Edit]]]] = {
    "lone_surrogates": _each(_SURROGATE, "\ufffd"),
    "line_ends": _each(_LINE_END, "\n"),
    "controls": _each(_CONTROL, " "),
    "invisible": _each(_INVISIBLE, ""),
    "mark_runs": _mark_runs,
    "nfc": _nfc,
    "spaces": _each(_SPACES, " "),
    "line_spaces": _each(_AROUND_LINE_END, "\n"),
    "ends": _each(_ENDS, ""),
}
"""The order matters: what stands between a letter and its marks goes first, marks are cut before
NFC orders them, spaces come last."""


def normalise(texts: Sequence[str]) -> list[str]:
    """Texts in NFC without controls, invisible characters or runs of blanks; lines stay lines.

    Normalising twice changes nothing more.
    """
    return [_normalise_one(text) for text in texts]


def explain(texts: Sequence[str]) -> list[Explained]:
    """What `normalise` makes of each text, step by step, with the place of each character."""
    return [_explain_one(text) for text in texts]


def _normalise_one(text: str) -> str:
    for fix in FIXERS.values():
        text = applied(text, fix(text))
    return text


def _explain_one(original: str) -> Explained:
    text = original
    places: Sequence[tuple[int, int]] = [(at, at + 1) for at in range(len(original))]
    steps = []
    for name, fix in FIXERS.items():
        edits = tuple(fix(text))
        if edits:
            steps.append(Step(fixer=name, edits=edits))
            text, places = applied(text, edits), moved(places, edits)
    return Explained(original=original, text=text, steps=tuple(steps), places=tuple(places))
