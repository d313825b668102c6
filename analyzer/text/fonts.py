"""Letters used as fonts made plain: 𝓱𝓮𝓵𝓵𝓸, ＳＡＬＥ, Ⓢⓗⓞⓟ, 🆂🅰🅻🅴.

Letter by letter, before NFC, so that the marks behind them are composed with the plain letter.
Mathematical and full-width letters and digits are always plain ones in another dress. Symbols that
also stand for themselves (ℝ, ℎ, Ⓐ, 🄱) are letters only in a word of at least two letters, and
emoji (🅰 🅱 🅾 🅿 Ⓜ) only next to boxed letters that are none.
"""

from __future__ import annotations

import re
import unicodedata
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits
from typing import TYPE_CHECKING, Final

import regex

from analyzer.text.edits import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator

_DOUBLE_STRUCK = range(0x1D538, 0x1D56C)
_ENCLOSED = {
    0x249C: ascii_lowercase,  # ⒜
    0x24B6: ascii_uppercase + ascii_lowercase,  # Ⓐ ⓐ
    0x1F110: ascii_uppercase,  # 🄐
    0x1F130: ascii_uppercase,  # 🄰
    0x1F150: ascii_uppercase,  # 🅐
    0x1F170: ascii_uppercase,  # 🅰
}
_EMOJI = "Ⓜ🅰🅱🅾🅿"
# holes of the mathematical alphabets are filled with letters that were there before
_HOLES = "ℂℊℋℌℍℎℐℑℒℓℕℙℚℛℜℝℤℨℬℭℯℰℱℳℴ"


def _plain_forms() -> dict[str, str]:
    forms = {}
    for code in (*range(0x1D400, 0x1D800), *range(0xFF10, 0xFF5B), *map(ord, _HOLES)):
        plain = unicodedata.normalize("NFKC", chr(code))
        if plain in set(ascii_letters + digits):
            forms[chr(code)] = plain
    for first, letters in _ENCLOSED.items():
        forms |= {chr(first + place): letter for place, letter in enumerate(letters)}
    return forms


PLAIN: Final = _plain_forms()

_BOXED = frozenset(
    chr(first + place) for first, letters in _ENCLOSED.items() for place in range(len(letters))
) - {*_EMOJI}
_SYMBOLS = _BOXED | {*_HOLES} | {chr(code) for code in _DOUBLE_STRUCK}
_FONT = "".join(char for char in PLAIN if char not in _EMOJI)
# an emoji inside a joined sequence is none of ours: without it the joiners would be left
_BOX = rf"(?<!\u200D)[{_EMOJI}](?!\uFE0F?\p{{EMod}}?\u200D)\uFE0F?"
# whole ranges: a class of 900 single letters takes eight times as long
_GATE = re.compile(
    r"[\u2102-\u2134\u249C-\u24E9\uFF10-\uFF5A\U0001D400-\U0001D7FF\U0001F110-\U0001F189]"
)
_WORD = regex.compile(rf"(?:[\p{{Lu}}\p{{Ll}}\u0300-\u036F{_FONT}]|{_BOX})+")
_LETTER = regex.compile(rf"[{_FONT}]|{_BOX}")


def fonts(text: str) -> Iterator[Edit]:
    """Each letter in a fancy dress becomes the plain one."""
    if not _GATE.search(text):
        return
    for word in _WORD.finditer(text):
        if len(word.group()) == 1 and word.group() in _SYMBOLS:
            continue
        boxed = not _BOXED.isdisjoint(word.group())
        for match in _LETTER.finditer(text, word.start(), word.end()):
            char = match.group()[0]
            if boxed or char not in _EMOJI:
                yield Edit(match.start(), match.end(), PLAIN[char])
