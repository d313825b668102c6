"""Join syllables into words with underthesea, around protected spans.

What underthesea does to captions was measured: it cuts hashtags and mentions apart, glues emoji,
and takes quadratic time on `a.a.a.…`. So it sees running text only, in bounded chunks.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import TYPE_CHECKING, Final, NewType

from analyzer.text.imports import root_logger_kept
from analyzer.text.joins import count_capitals, rejoined
from analyzer.text.spans import split_spans
from analyzer.text.tones import tone_style

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SegmentedText = NewType("SegmentedText", str)
"""NFC, syllables of a word joined by `_`, one space between words, a protected span verbatim as
one token. Only `segment` makes one."""

MAX_TOKEN: Final = 40
"""Longest run without a blank that is given to underthesea; its regex is quadratic within one.
The longest Vietnamese syllable has 7 letters."""

CHUNK: Final = 600
"""Characters given to underthesea at once, about; only `CHUNK_HARD` cuts a sentence."""
CHUNK_HARD: Final = 1200

_SENTENCE_END = (".", "!", "?", "…", ".”", '."', "!”", "?”")

_warm_up = threading.Lock()


def segment(texts: Sequence[str]) -> list[SegmentedText]:
    """Words of each text, joined by one space; a text without words gives the empty string.

    texts: normalised (see `normalise`); lines of one text are segmented apart.
    The same text gives the same answer in any batch, thread or process.
    """
    return [SegmentedText(" ".join(_words(text))) for text in texts]


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


def underthesea_words(text: str) -> Iterator[tuple[list[str], bool]]:
    """Each piece of a text as (words, is running text): as underthesea joins them.

    In PhoBERT's tone style; a protected span, or a run without a blank too long to be a word,
    comes alone and as it is.
    """
    tokenize = _underthesea()
    for piece, protected in split_spans(text):
        if protected:
            yield [piece], False
            continue
        for chunk, is_text in _chunks(piece):
            if is_text:
                yield [tone_style("_".join(word.split())) for word in tokenize(chunk)], True
            else:
                yield [chunk], False


def _words(text: str) -> Iterator[str]:
    capitals = count_capitals(text)
    for words, is_text in underthesea_words(text):
        yield from rejoined(words, capitals) if is_text else words


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
