"""Whether a text holds words at all, and whether they are Vietnamese."""

from __future__ import annotations

import threading
import unicodedata
from functools import cache
from typing import Final

import regex

from analyzer.text.imports import root_logger_kept
from analyzer.text.spans import without_spans

MIN_WORDS: Final = 6
"""Shorter texts are not judged: a name, a brand or a dish says nothing of the language."""

MIN_VIETNAMESE: Final = 0.5
"""Share of words that are Vietnamese syllables, with or without marks, under which a text without
any Vietnamese letter is foreign. Measured: EXPERIMENTS.md, abstention."""

_LETTER = regex.compile(r"\p{L}")
_WORD = regex.compile(r"[\p{L}\p{M}]+")
_VIETNAMESE_LETTER = regex.compile(
    r"(?i)[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]"
)


def abstain_reason(text: str) -> str | None:
    """`no_words`, `not_vietnamese`, or None for a text the tagger can judge.

    text: normalised. Hashtags count as words; addresses, mentions and emoji do not.
    """
    words = without_spans(text, keep_hashtags=True)
    if not _LETTER.search(words):
        return "no_words"
    found = _WORD.findall(without_spans(text, keep_hashtags=False))
    if len(found) < MIN_WORDS:
        return None
    marked = sum(1 for word in found if _VIETNAMESE_LETTER.search(word))
    if marked >= max(2, 0.1 * len(found)):
        return None
    syllables = _plain_syllables()
    known = sum(1 for word in found if _plain(word) in syllables)
    return None if known >= MIN_VIETNAMESE * len(found) else "not_vietnamese"


# a cache alone lets every thread that starts at once make the set
_warm_up = threading.Lock()


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
