"""Where the tone mark stands in open oa, oe, uy: PhoBERT's style."""

from __future__ import annotations

from typing import Final

import regex

TONE_STYLE: Final = "hoà"
"""Tone on the second vowel of open oa, oe, uy, as in PhoBERT's vocabulary (787 entries there,
6 of the other style); underthesea writes `hòa`."""

# each pair: as underthesea writes it, as PhoBERT knows it
_OPEN_SYLLABLES: Final = (
    ("òa", "oà"), ("óa", "oá"), ("ỏa", "oả"), ("õa", "oã"), ("ọa", "oạ"),
    ("òe", "oè"), ("óe", "oé"), ("ỏe", "oẻ"), ("õe", "oẽ"), ("ọe", "oẹ"),
    ("ùy", "uỳ"), ("úy", "uý"), ("ủy", "uỷ"), ("ũy", "uỹ"), ("ụy", "uỵ"),
)  # fmt: skip
_OLD_STYLE: Final = {
    case(new): case(old)
    for new, old in _OPEN_SYLLABLES
    for case in (str.lower, str.upper, str.capitalize)
}
_TONE = regex.compile(rf"(?<![qQ])(?:{'|'.join(_OLD_STYLE)})(?!\p{{L}})")

_NEW_STYLE: Final = {old: new for new, old in _OPEN_SYLLABLES}
_TONE_BACK = regex.compile(rf"(?<!q)(?:{'|'.join(_NEW_STYLE)})(?!\p{{L}})")


def tone_style(text: str) -> str:
    """Tone marks of open oa, oe, uy as PhoBERT's vocabulary has them: `hòa` to `hoà`."""
    old: str = _TONE.sub(lambda match: _OLD_STYLE[match.group()], text)
    return old


def other_tone_style(text: str) -> str:
    """The other way round, `hoà` to `hòa`, as many write. text: in small letters."""
    new: str = _TONE_BACK.sub(lambda match: _NEW_STYLE[match.group()], text)
    return new
