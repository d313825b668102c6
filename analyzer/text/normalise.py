"""Repair characters without changing meaning: named pure fixers in a fixed order.

A fixer is a function from a text to its edits, linear in the length of its input, whatever the
input. So each repair can be shown, and every character be traced to where it came from.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import regex

from analyzer.text.edits import Edit, applied, moved
from analyzer.text.fonts import fonts
from analyzer.text.legacy import eth, legacy
from analyzer.text.marks import mark_order
from analyzer.text.mojibake import mojibake
from analyzer.text.stretched import stretched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MAX_MARKS: Final = 6
"""Combining marks kept on one letter. Vietnamese needs 2 in NFD (ệ), captions in Burmese have 5.
Canonical ordering of a run of n marks takes n * n steps: 10,000 on one letter stop a refresh."""

MAX_ROUNDS: Final = 8
"""Times all fixers are gone through at most: what one removes may have hidden work of an earlier
one (a zero-width space inside mojibake). Sound texts take one, most others two."""

_SURROGATE = regex.compile(r"[\uD800-\uDFFF]")
_MARK_RUN = regex.compile(rf"(\p{{M}}{{{MAX_MARKS}}})\p{{M}}+")
# line and paragraph separators, vertical tab, form feed, NEL
_LINE_END = regex.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# with the letters by which a terminal was told colours, pasted with its output
_CONTROL = regex.compile(r"\x1B\[[0-9;?]*+[A-Za-z]|[^\P{Cc}\n]")
# zero-width space and non-joiner, word joiner, BOM, soft hyphen, bidi controls; the joiner (ZWJ)
# stays between pictographs only; what may stand before it is what no later fixer removes, or a
# second round would find other joiners to drop
_INVISIBLE = regex.compile(
    r"[\u200B\u200C\u2060-\u2064\uFEFF\u00AD\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]"
    r"|(?<!\p{Extended_Pictographic}[\uFE0E\uFE0F]?\p{EMod}?)\u200D|\u200D(?!\p{Extended_Pictographic})"
)
# what is left of an emoji that a scraper took away; one behind a digit may be half a keycap
_STRAY_SELECTOR = regex.compile(r"(?<!\p{Emoji})[\uFE0E\uFE0F]")
# letters of Hangul that show as a blank and space lines on Instagram
_FILLER = regex.compile(r"[\u115F\u1160\u3164\uFFA0]+")
# spaces lines, too; next to dots of Braille it is part of a picture
_BRAILLE_BLANK = regex.compile(r"\u2800(?<![\u2800-\u28FF]\u2800)\u2800*+(?![\u2801-\u28FF])")
# what NFC composes at most: a character with the marks and the Hangul vowels and finals behind it
_UNIT = regex.compile(r"[^\p{M}\u1161-\u1175\u11A8-\u11C2]?[\p{M}\u1161-\u1175\u11A8-\u11C2]*")
_SPACES = regex.compile(r"[^\S\n]{2,}|[^\S\n ]")
_SPACES_GATE = re.compile(
    r"[\t\x0b-\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|  "
)
_AROUND_LINE_END = regex.compile(r" \n[ \n]*|\n[ \n]+")
_AROUND_LINE_END_GATE = re.compile(r"\n(?:[ \n]|(?<= \n))")
_ENDS = " \n"


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


def _each(
    pattern: regex.Pattern[str], new: str, gate: re.Pattern[str] | None = None
) -> Callable[[str], Iterator[Edit]]:
    """A fixer that writes `new` for all that a pattern finds.

    gate: finds something in every text in which the pattern does, in a fraction of the time.
    """

    def fixer(text: str) -> Iterator[Edit]:
        if gate is None or gate.search(text):
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


def _ends(text: str) -> Iterator[Edit]:
    begin = len(text) - len(text.lstrip(_ENDS))
    if begin:
        yield Edit(0, begin, "")
    end = len(text.rstrip(_ENDS))
    if begin <= end < len(text):
        yield Edit(end, len(text), "")


FIXERS: Final[dict[str, Callable[[str], Iterator[Edit]]]] = {
    "lone_surrogates": _each(_SURROGATE, "\ufffd"),
    "mojibake": mojibake,
    "legacy": legacy,
    "eth": eth,
    "line_ends": _each(_LINE_END, "\n"),
    "controls": _each(_CONTROL, " "),
    "selectors": _each(_STRAY_SELECTOR, ""),
    "invisible": _each(_INVISIBLE, ""),
    "fillers": _each(_FILLER, " "),
    "fonts": fonts,
    "mark_runs": _mark_runs,
    "nfc": _nfc,
    "mark_order": mark_order,
    "stretched": stretched,
    "braille_blanks": _each(_BRAILLE_BLANK, " "),
    "spaces": _each(_SPACES, " ", _SPACES_GATE),
    "line_spaces": _each(_AROUND_LINE_END, "\n", _AROUND_LINE_END_GATE),
    "ends": _ends,
}
"""The order matters: encodings come first (mojibake of ễ holds U+0085, of í U+00AD), then what
stands between a letter and its marks; marks are cut before NFC orders them, spaces come last."""


RARE: Final = re.compile(
    # what is not: ASCII, Latin letters in NFC, punctuation, currencies, arrows and symbols,
    r"[^\n\x20-\x7E\xA0-\xAC\xAE-\u024F\u1EA0-\u1EF9\u2010-\u2027\u2030-\u203F"
    # Chinese characters, wide punctuation, emoji
    r"\u20A0-\u20BF\u2190-\u21FF\u2500-\u27BF\u3001-\u3003\u4E00-\u9FFF\U0001F300-\U0001FAFF]"
)
OF_RARE: Final = frozenset(
    {"lone_surrogates", "line_ends", "controls", "selectors", "invisible"}
    | {"fillers", "fonts", "mark_runs", "nfc", "mark_order", "braille_blanks"}
)
"""Fixers that touch a text only where `RARE` finds something; in nine of ten captions it
does not, and one search takes a tenth of the time of theirs."""

_OF_BLANKS: Final = frozenset({"spaces", "line_spaces", "ends"})
"""Fixers whose work is done in one round and calls for no other fixer but mojibake: blanks stay
blanks, and to the others one kind is as good as another."""


def normalise(texts: Sequence[str]) -> list[str]:
    """Texts in NFC without controls, invisible characters or runs of blanks; lines stay lines.

    Normalising twice changes nothing more.
    """
    return [_normalise_one(text) for text in texts]


def explain(texts: Sequence[str]) -> list[Explained]:
    """What `normalise` makes of each text, step by step, with the place of each character."""
    return [_explain_one(text) for text in texts]


def _normalise_one(text: str) -> str:
    for _, after in _steps(text):
        text = after
    return text


def _explain_one(original: str) -> Explained:
    text = original
    places: Sequence[tuple[int, int]] = [(at, at + 1) for at in range(len(original))]
    steps: list[Step] = []
    for step, after in _steps(original):
        steps.append(step)
        text, places = after, moved(places, step.edits)
    return Explained(original=original, text=text, steps=tuple(steps), places=tuple(places))


def _steps(text: str) -> Iterator[tuple[Step, str]]:
    """What changes the text, in order, and the text after it."""
    for _ in range(MAX_ROUNDS):
        changed = set[str]()
        rare = RARE.search(text)
        for name, fix in FIXERS.items():
            if rare is None and name in OF_RARE:
                continue
            edits = tuple(fix(text))
            if edits:
                text = applied(text, edits)
                changed.add(name)
                rare = RARE.search(text)
                yield Step(fixer=name, edits=edits), text
        if changed <= _OF_BLANKS and not (changed and any(mojibake(text))):
            break
