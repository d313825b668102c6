"""Marks that look right and are not: ê typed as é and a hat, á with a second accent on it."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import regex

from analyzer.text.edits import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHAPES = "\u0302\u0306\u031b"
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_MARK = regex.compile(rf"[{_SHAPES}{_TONES}]")
# NFC leaves a mark apart only if it finds no letter for it
_APART = regex.compile(
    rf"([aeiouyAEIOUY\u00C0-\u01B0\u1EA0-\u1EF9])(\p{{M}}*[{_SHAPES}{_TONES}]\p{{M}}*)"
)


def mark_order(text: str) -> Iterator[Edit]:
    """A vowel's hat, breve or horn goes before its tone, as NFC composes them; doubled marks go.

    text: in NFC.

    The tone and the hat are of one combining class, so that NFC keeps the order of the typist.
    """
    if not _MARK.search(text):
        return
    for match in _APART.finditer(text):
        base, *marks = list(unicodedata.normalize("NFD", match.group()))
        once = sorted(dict.fromkeys(marks), key=lambda mark: mark not in _SHAPES)
        composed = unicodedata.normalize("NFC", base + "".join(once))
        if len(composed) < len(match.group()):
            yield Edit(match.start(), match.end(), composed)
