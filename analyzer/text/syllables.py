"""Whether a word is spelt like a Vietnamese syllable, by the book or as chat spells.

By the rules of spelling and not by a list: chat spells syllables that no dictionary has (khum,
nhoa, xĩu, gòi), and dictionaries list what is none (Viet74K: col, thhủ, quuyết).
"""

from __future__ import annotations

import unicodedata
from typing import Final

import regex

_TONE = regex.compile(r"[\u0300\u0301\u0303\u0309\u0323]")
_MARK = regex.compile(r"\p{M}")
_ONSETS = "ngh|ng|nh|n|ch|c|d|đ|gh|gi|g|kh|k|ph|p|qu|th|tr|t|b|h|l|m|r|s|v|x"
_CHAT_ONSETS = f"{_ONSETS}|dz|f|j|w|z"
"""f, j, w, z, dz stand for ph, gi, qu, d."""
_OPEN = """
    a ai ao au ay âu ây e eo ê êu i ia iu iêu o oa oai oao oay oe oeo oi ô ôi ơ ơi u ua ui uôi uê
    uơ uy uya uyu uây ư ưa ưi ươi ươu y yêu
"""
"""Rimes that end in a vowel, but for ưu."""
_NASAL = """
    am an ang anh ăm ăn ăng âm ân âng em en eng êm ên ênh im in inh iêm iên iêng om on ong
    oam oan oang oanh oăm oăn oăng oen oong ôm ôn ông ơm ơn um un ung uân uâng uên uênh
    uôm uôn uông uyên uynh ưng ươm ươn ương yêm yên yêng
"""
_STOPPED = """
    ac ach ap at ăc ăp ăt âc âp ât ec ep et êch êp êt ich ip it iêc iêp iêt oc op ot oac oach oap
    oat oăc oăt oet ooc ôc ôp ôt ơp ơt uc up ut uât uêch uêt uôc uôt uych uyêt uyp uyt
    ưc ưt ươc ươp ươt yêt
"""
_CHAT_OPEN = "oy ôy êi ei êy ey"
"""thoy, hoy, đêi, êy"""
_CHAT_CLOSED = "ic ing ym ưm ưn"
"""hic, king, tym, hừm, thưn"""
_BEFORE_UU = "b|c|h|kh|l|m|ng|s|tr"
"""Onsets of ưu in chat: lưu, cứu; with others it is ư stretched (như, từ), if not tựu."""
_LONGEST: Final = 24
"""Letters; longer words are not looked at."""


def without_marks(word: str) -> str:
    """Small letters without their marks; đ stays."""
    lower = word.lower()
    if lower.isascii():
        return lower
    return unicodedata.normalize("NFC", _MARK.sub("", unicodedata.normalize("NFD", lower)))


def _any_of(rimes: str, *, bare: bool) -> str:
    """An alternative of rimes, where chat leaves marks out also of those without."""
    every = {*rimes.split(), *(without_marks(rimes).split() if bare else ())}
    return "|".join(sorted(every, key=len, reverse=True))


_SYLLABLE = regex.compile(rf"(?:{_ONSETS})?(?:{_any_of(f'{_OPEN} ưu {_NASAL}', bare=False)})")
_STOPPED_SYLLABLE = regex.compile(rf"(?:{_ONSETS})?(?:{_any_of(_STOPPED, bare=False)})")
_CHAT_SYLLABLE = regex.compile(
    rf"(?:{_CHAT_ONSETS})?(?:{_any_of(_OPEN + _NASAL + _STOPPED, bare=True)}"
    rf"|{_any_of(f'{_CHAT_OPEN} {_CHAT_CLOSED}', bare=True)})|(?:{_BEFORE_UU})?[uư]u"
)
_CHAT_OPEN_RIME = _any_of(f"{_OPEN} {_CHAT_OPEN}", bare=True)
_OPEN_SYLLABLES = regex.compile(
    rf"(?:{_CHAT_ONSETS})?(?:{_CHAT_OPEN_RIME})(?:(?:{_CHAT_ONSETS})(?:{_CHAT_OPEN_RIME})){{1,3}}"
)


def is_syllable(word: str) -> bool:
    """Whether a word in NFC is a syllable by the book: its marks, and the tone at a stop, too."""
    if len(word) > _LONGEST:
        return False
    toneless = _without_tone(word)
    if _SYLLABLE.fullmatch(toneless):
        return True
    tones = _TONE.findall(unicodedata.normalize("NFD", word))
    return tones in (["\u0301"], ["\u0323"]) and bool(_STOPPED_SYLLABLE.fullmatch(toneless))


def is_chat_syllable(word: str) -> bool:
    """Whether a word in NFC is a syllable as chat may spell it, with all, some or no marks."""
    return len(word) <= _LONGEST and bool(_CHAT_SYLLABLE.fullmatch(_without_tone(word)))


def is_open_syllables(word: str) -> bool:
    """Whether a word in NFC is two to four syllables that end in vowels: alo, oke, huhu, cute."""
    return len(word) <= _LONGEST and bool(_OPEN_SYLLABLES.fullmatch(_without_tone(word)))


def _without_tone(word: str) -> str:
    lower = word.lower()
    if lower.isascii():
        return lower
    return unicodedata.normalize("NFC", _TONE.sub("", unicodedata.normalize("NFD", lower)))
