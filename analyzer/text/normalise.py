"""Repair characters without changing meaning: named pure fixers, str to str, in a fixed order.

Every fixer is linear in the length of its input, whatever the input.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
_SPACES = regex.compile(r"[^\S\n]+")
_AROUND_LINE_END = regex.compile(r" ?\n[ \n]*")


def _nfc(text: str) -> str:
    if text.isascii():
        return text
    # NFC itself makes marks of some letters (U+1D164 becomes a base and two)
    composed: str = _MARK_RUN.sub(r"\1", unicodedata.normalize("NFC", text))
    return composed


FIXERS: Final[dict[str, Callable[[str], str]]] = {
    "lone_surrogates": lambda text: _SURROGATE.sub("\ufffd", text),
    "line_ends": lambda text: _LINE_END.sub("\n", text),
    "controls": lambda text: _CONTROL.sub(" ", text),
    "invisible": lambda text: _INVISIBLE.sub("", text),
    "mark_runs": lambda text: _MARK_RUN.sub(r"\1", text),
    "nfc": _nfc,
    "spaces": lambda text: _AROUND_LINE_END.sub("\n", _SPACES.sub(" ", text)).strip(),
}
"""The order matters: what stands between a letter and its marks goes first, marks are cut before
NFC orders them, spaces come last."""


def normalise(texts: Sequence[str]) -> list[str]:
    """Texts in NFC without controls, invisible characters or runs of blanks; lines stay lines.

    Normalising twice changes nothing more.
    """
    return [_normalise_one(text) for text in texts]


def _normalise_one(text: str) -> str:
    for fix in FIXERS.values():
        text = fix(text)
    return text
