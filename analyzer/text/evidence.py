"""Whether a text holds anything to judge: more than hashtags for reach, greetings and laughter."""

from __future__ import annotations

import threading
from functools import cache
from importlib.resources import files

import regex

from analyzer.text.spans import split_spans

_WORD = regex.compile(r"[\p{L}\p{M}]+")
# none of which is a subject; hihi, hahaha, hẹ hẹ, kkk; what TikTok writes before a reply's mention
_SAYS_NOTHING = regex.compile(
    r"(?:(?:trả lời|replying to|reply to|xin chào|chào|hello|helo|hey|hi|alo|cả nhà|mọi người"
    r"|các bạn|mn|ạ|ơi|okay|okey|oke|okie|oki|ok|(?:h+[aeioạẹẻ]+)+h*|k{2,})(?: |$))*+"
)
_LETTER = regex.compile(r"\p{L}")
_STRETCHED = regex.compile(r"(.)\1{2,}+")


def has_evidence(text: str) -> bool:
    """Whether a word is left once generic hashtags, greetings, laughter and numbers are gone.

    text: normalised. Emoji, mentions and addresses are no evidence either.
    """
    for piece, protected in split_spans(text):
        if not protected:
            if not _SAYS_NOTHING.fullmatch(" ".join(_WORD.findall(piece.lower()))):
                return True
        elif piece[0] in "#＃" and not is_generic_hashtag(piece):
            return True
    return False


def is_generic_hashtag(tag: str) -> bool:
    """Whether a hashtag stands for reach and no subject: #fyp, #xuhuong, #viral, #2025.

    A letter written three times and more is one: #xhhhhhh is #xh.
    """
    name = tag[1:].lower()
    if not _LETTER.search(name):
        return True
    generic = _generic()
    return name in generic or _STRETCHED.sub(r"\1", name) in generic


# a cache alone lets every thread that starts at once make the set
_warm_up = threading.Lock()


def _generic() -> frozenset[str]:
    with _warm_up:
        return _load_generic()


@cache
def _load_generic() -> frozenset[str]:
    """Written by scripts/generic_hashtags.py."""
    text = (files("analyzer.text") / "generic_hashtags.txt").read_text(encoding="utf-8")
    return frozenset(text.split())
