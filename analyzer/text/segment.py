"""Join syllables into words with underthesea, around protected spans.

What underthesea does to captions was measured: it cuts hashtags and mentions apart, glues emoji,
and takes quadratic time on `a.a.a.…`. So it sees running text only, in bounded chunks.
"""

from __future__ import annotations

import threading
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Final, NewType

import regex

from analyzer.text.imports import root_logger_kept
from analyzer.text.spans import split_spans

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SegmentedText = NewType("SegmentedText", str)
"""NFC, syllables of a word joined by `_`, one space between words, a protected span verbatim as
one token. Only `segment` makes one."""

RULES: Final = "1"
"""Raised by hand whenever normaliser or segmenter can answer differently."""

TONE_STYLE: Final = "hoà"
"""Tone on the second vowel of open oa, oe, uy, as in PhoBERT's vocabulary (787 entries there,
6 of the other style); underthesea writes `hòa`."""

MAX_TOKEN: Final = 40
"""Longest run without a blank that is given to underthesea; its regex is quadratic within one.
The longest Vietnamese syllable has 7 letters."""

CHUNK: Final = 600
"""Characters given to underthesea at once, about; only `CHUNK_HARD` cuts a sentence."""
CHUNK_HARD: Final = 1200

_SENTENCE_END = (".", "!", "?", "…", ".”", '."', "!”", "?”")

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

_warm_up = threading.Lock()


def front_end() -> str:
    """Names everything that decides what `normalise` and `segment` answer; bundles record it."""
    return f"rules-{RULES}+underthesea-{version('underthesea')}+tone-{TONE_STYLE}"


def segment(texts: Sequence[str]) -> list[SegmentedText]:
    """Words of each text, joined by one space; a text without words gives the empty string.

    texts: normalised (see `normalise`); lines of one text are segmented apart.
    The same text gives the same answer in any batch, thread or process.
    """
    tokenize = _underthesea()
    return [SegmentedText(" ".join(_words(text, tokenize))) for text in texts]


def tone_style(text: str) -> str:
    """Tone marks of open oa, oe, uy as PhoBERT's vocabulary has them: `hòa` to `hoà`."""
    old: str = _TONE.sub(lambda match: _OLD_STYLE[match.group()], text)
    return old


def _underthesea() -> Callable[[str], list[str]]:
    """word_tokenize; its first call is not thread-safe (14 of 16 threads raised), so we make it."""
    with _warm_up:
        return _load_underthesea()


@cache
def _load_underthesea() -> Callable[[str], list[str]]:
    with root_logger_kept():
        from underthesea import word_tokenize

        word_tokenize("khởi động")
    return word_tokenize  # type: ignore[no-any-return]


def _words(text: str, tokenize: Callable[[str], list[str]]) -> Iterator[str]:
    for piece, protected in split_spans(text):
        if protected:
            yield piece
            continue
        for chunk, is_text in _chunks(piece):
            if is_text:
                for word in tokenize(chunk):
                    yield tone_style("_".join(word.split()))
            else:
                yield chunk


def _chunks(piece: str) -> Iterator[tuple[str, bool]]:
    """Running text in (chunk, is text); runs of more than MAX_TOKEN come cut, as they are."""
    for line in piece.split("\n"):
        chunk: list[str] = []
        size = 0
        # a raw underscore would read as a join that nobody made
        for token in line.replace("_", " ").split():
            if len(token) > MAX_TOKEN:
                if chunk:
                    yield " ".join(chunk), True
                    chunk, size = [], 0
                for start in range(0, len(token), MAX_TOKEN):
                    yield token[start : start + MAX_TOKEN], False
                continue
            chunk.append(token)
            size += len(token) + 1
            if size >= CHUNK_HARD or (size >= CHUNK and token.endswith(_SENTENCE_END)):
                yield " ".join(chunk), True
                chunk, size = [], 0
        if chunk:
            yield " ".join(chunk), True
