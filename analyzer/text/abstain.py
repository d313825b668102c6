"""Why the tagger shall not judge a text."""

from __future__ import annotations

import regex

from analyzer.text.evidence import has_evidence
from analyzer.text.language import is_foreign
from analyzer.text.spans import split_spans

_LETTER = regex.compile(r"\p{L}")


def abstain_reason(text: str) -> str | None:
    """`no_words`, `not_vietnamese`, `no_evidence`, or None for a text the tagger can judge.

    text: normalised. For `no_words` hashtags count as words; addresses, mentions and emoji do not.
    """
    if not _has_words(text):
        return "no_words"
    if is_foreign(text):
        return "not_vietnamese"
    return None if has_evidence(text) else "no_evidence"


def _has_words(text: str) -> bool:
    return any(
        _LETTER.search(piece)
        for piece, protected in split_spans(text)
        if not protected or piece[0] in "#＃"
    )
