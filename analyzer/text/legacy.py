"""Vietnamese encodings from before Unicode, read as windows-1252 or latin-1.

TCVN3 (fonts .VnTime, "ABC") has a sign for each small letter, VNI (fonts VNI-Times) a sign behind
the vowel, windows-1258 a tone behind it. A text is converted as a whole, when its words become
Vietnamese syllables by it which they were not before. A text that holds one letter of Vietnamese
that latin-1 has not is in Unicode, and nothing in it is converted.

Tables after TCVN 5712:1993 (VN3), the VNI of xvnkb and code page 1258.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import regex

from analyzer.text.edits import Edit, applied
from analyzer.text.syllables import is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MIN_WORDS: Final = 2
"""Different words that must become syllables. One alone may be chance: French `où` is ó in VNI."""

MIN_SYLLABLES: Final = 0.75
"""Share of words with signs that must be syllables after the conversion."""

MIN_GAIN: Final = 0.3
"""Of the words that the conversion changes: share that must become syllables without having been
any before. Sound captions stay under it: `mãi` is one before and none after."""

MIN_WORDS_IN_VIETNAMESE_LETTERS: Final = 3
"""Words that must become syllables where each sign is a letter of Vietnamese too: a short sound
caption with chat spelling may do it by chance (Mê quáa, Noá ngon)."""

MIN_KNOWN: Final = 0.3
"""Share of all words, those in ASCII too, that must be syllables after it: captions hold names."""

_IN_UNICODE: Final = re.compile(r"[ĂăĐđĨĩŨũƠơƯưẠ-ỹ\u0300\u0301\u0303\u0309\u031B\u0323]")
_SIGNS_AT_WORDS: Final = re.compile(r"[A-Za-z][\xA1-\xFF]|[\xA1-\xFF][A-Za-z]")
# hashtags are often foreign, and in ASCII where nothing else is
_NO_PROSE: Final = frozenset("#@/")
_NOT_VIETNAMESE: Final = regex.compile(
    # signs that are no letters of Vietnamese, tones of windows-1258 behind a hat or a small letter
    r"[^\x00-\x7FÀ-ÃÈ-ÊÌÍÒ-ÕÙÚÝà-ãè-êìíò-õùúý]|[âêôõýã][ìò]|[a-zâêôõýã][ÌÒ]"
)
_LINE: Final = regex.compile(r"[^\n]+")
_ASCII_CAPITALS: Final = regex.compile(r"[A-Z]")
_ASCII_SMALL: Final = regex.compile(r"[a-z]")
_TWO_CAPITALS: Final = regex.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Encoding:
    word: regex.Pattern[str]
    unit: regex.Pattern[str]
    letters: Mapping[str, str]
    """Of what `unit` finds: the letter it stands for."""
    capitals_by_font: bool
    """Whether small letters look like capitals in another font of the encoding."""


def _encoding(letters: Mapping[str, str], *, capitals_by_font: bool = False) -> _Encoding:
    units = sorted(letters, key=len, reverse=True)
    # signs are letters too in a font of TCVN3
    signs = r"\xA1-\xFF" if capitals_by_font else r"\xC0-\xD6\xD8-\xF6\xF8-\xFF"
    return _Encoding(
        word=regex.compile(rf"[A-Za-z{signs}]+"),
        unit=regex.compile("|".join(map(regex.escape, units))),
        letters=letters,
        capitals_by_font=capitals_by_font,
    )


def _tcvn3() -> _Encoding:
    # A1-AE, B5-B9, BB-BE, C6-CC, CE-D8, DC-DF, E1-EF, F1-FE; what lies between is empty
    codes = [*range(0xA1, 0xAF), *range(0xB5, 0xBA), *range(0xBB, 0xBF), *range(0xC6, 0xCD)]
    codes += [*range(0xCE, 0xD9), *range(0xDC, 0xE0), *range(0xE1, 0xF0), *range(0xF1, 0xFF)]
    written = "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
    letters = {chr(code): letter for code, letter in zip(codes, written, strict=True)}
    return _encoding(letters, capitals_by_font=True)


def _vni() -> _Encoding:
    tones = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
    hats = {"â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
    bows = {"ê": "", "é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}
    small = {"ô": "ơ", "ö": "ư", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị"}
    small["î"] = "ỵ"
    for base, vowel in [*zip("aeouy", "aeouy", strict=True), ("ô", "ơ"), ("ö", "ư")]:
        small |= {base + sign: vowel + tone for sign, tone in tones.items()}
    for base in "aeo":
        small |= {base + sign: f"{base}\u0302{tone}" for sign, tone in hats.items()}
    small |= {f"a{sign}": f"a\u0306{tone}" for sign, tone in bows.items()}
    letters: dict[str, str] = {}
    for unit, written in small.items():
        letter = unicodedata.normalize("NFC", written)
        # AÙ, and Aù where the shift key was held for the letter only
        letters |= {unit: letter, unit.upper(): letter.upper()}
        letters[unit[0].upper() + unit[1:]] = letter.upper()
    return _encoding(letters)


def _windows_1258() -> _Encoding:
    letters = {
        char: bytes([ord(char)]).decode("cp1258") for char in "ÃãÕõÝýÐðþÀÁÂÈÉÊÍÓÔÙÚàáâèéêíóôùú"
    }
    for vowel in "aeiouyâêôăơư":
        for base in (vowel, vowel.upper()):
            for tone in "\u0300\u0301\u0303\u0309\u0323":
                unit = (base + tone).encode("cp1258").decode("cp1252")
                letters[unit] = unicodedata.normalize("NFC", base + tone)
    return _encoding(letters)


_ENCODINGS: Final = (_tcvn3(), _vni(), _windows_1258())

# small and without a mark behind it, it may be a sound: [re'puβlika ðe 'kuβa]
_ETH: Final = regex.compile(
    r"(?<![\p{L}\p{M}])(?:[ÐƉ](?=\p{L})|[ðɖ](?=[a-zA-Z]*+[^\W\d_a-zA-Z]))[\p{L}\p{M}]+"
)
_ETH_GATE: Final = re.compile(r"[ÐƉðɖ]")
_D_WITH_STROKE: Final = {"Ð": "Đ", "ð": "đ", "Ɖ": "Đ", "ɖ": "đ"}


def legacy(text: str) -> Iterator[Edit]:
    """Letters of a text that is in TCVN3, VNI or windows-1258."""
    if text.isascii() or _IN_UNICODE.search(text) or not _SIGNS_AT_WORDS.search(text):
        return
    prose = " ".join(piece for piece in text.split() if _NO_PROSE.isdisjoint(piece))
    gains = [_share_gained(prose, encoding) for encoding in _ENCODINGS]
    if any(gains):
        yield from _converted(text, _ENCODINGS[gains.index(max(gains))])


def eth(text: str) -> Iterator[Edit]:
    """Letters that look like Đ (Icelandic eth, African D) at the head of a Vietnamese syllable."""
    if not _ETH_GATE.search(text):
        return
    for match in _ETH.finditer(text):
        letter = _D_WITH_STROKE[match.group()[0]]
        if is_syllable(letter + match.group()[1:]):
            yield Edit(match.start(), match.start() + 1, letter)


def _share_gained(text: str, encoding: _Encoding) -> float:
    """Share of words with signs that the conversion makes syllables, 0 if that is no evidence."""
    words = Counter(word for word in encoding.word.findall(text) if len(word) > 1)
    signed = [word for word in words if not word.isascii()]
    # a sign that the encoding has not tells of another
    valid = [word for word in signed if encoding.unit.sub("", word).isascii()]
    count = _times(words, signed)
    if len(valid) < MIN_WORDS or _times(words, valid) < MIN_SYLLABLES * count:
        return 0
    before = {word for word in signed if is_syllable(word)}
    after = {word: applied(word, _converted(word, encoding)) for word in valid}
    good = [word for word in valid if is_syllable(after[word])]
    known = _times(words, good)
    plain = [word for word in words if word.isascii() and is_syllable(word)]
    changed = [word for word in valid if after[word] != word]
    gain = known - _times(words, before)
    gained = {after[word].lower() for word in good if word not in before}
    foreign = any(_NOT_VIETNAMESE.search(word) for word in changed)
    enough = (
        len(gained) >= (1 if foreign else MIN_WORDS_IN_VIETNAMESE_LETTERS)
        and len({after[word].lower() for word in good if after[word] != word}) >= MIN_WORDS
        and gain >= MIN_GAIN * _times(words, changed)
        and known >= MIN_SYLLABLES * count
        and known + _times(words, plain) >= MIN_KNOWN * words.total()
    )
    return gain / count if enough else 0


def _times(words: Counter[str], some: Iterable[str]) -> int:
    return sum(words[word] for word in some)


def _converted(text: str, encoding: _Encoding) -> Iterator[Edit]:
    for line in _LINE.finditer(text):
        loud = _is_loud(line.group())
        for word in encoding.word.finditer(text, line.start(), line.end()):
            capitals = encoding.capitals_by_font and _in_capitals(word.group(), line_is_loud=loud)
            for unit in encoding.unit.finditer(text, word.start(), word.end()):
                letter = encoding.letters[unit.group()]
                letter = letter.upper() if capitals else letter
                if letter != unit.group():
                    yield Edit(unit.start(), unit.end(), letter)


def _is_loud(line: str) -> bool:
    """Whether a line is in capitals, which TCVN3 shows for ASCII letters only."""
    return not _ASCII_SMALL.search(line) and _TWO_CAPITALS.search(line) is not None


def _in_capitals(word: str, *, line_is_loud: bool) -> bool:
    """Bµ is Bà and BÀ: two capitals of ASCII, or a line without small letters, tell."""
    if _ASCII_SMALL.search(word):
        return False
    return line_is_loud or len(_ASCII_CAPITALS.findall(word)) > 1
