"""Posts to segmented posts: same rows, same order."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from analyzer.schema import SEGMENTED
from analyzer.text.abstain import abstain_reason
from analyzer.text.hashtags import with_hashtag_words
from analyzer.text.normalise import normalise
from analyzer.text.segment import segment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.text.segment import SegmentedText


def prepare(posts: Any) -> Any:
    """Segmented text of each post, and why the tagger shall abstain from it, if it shall.

    posts: table with POST's columns post_id, title, text.
    Returns: table SEGMENTED.
    """
    titles = posts.column("title").to_pylist()
    texts = posts.column("text").to_pylist()
    pairs = list(zip(titles, texts, strict=True))
    normal = normalise([full_text(title, text) for title, text in pairs])
    return pa.table(
        {
            "post_id": posts.column("post_id"),
            "content_hash": [content_hash(title, text) for title, text in pairs],
            "segmented": for_tagger(normal),
            "abstain": pa.array([abstain_reason(text) for text in normal], pa.string()),
        },
        schema=SEGMENTED,
    )


def for_tagger(texts: Sequence[str]) -> list[SegmentedText]:
    """What the tagger reads of each text: its words, and behind a hashtag those it is made of.

    texts: normalised.
    """
    return with_hashtag_words(segment(texts))


def full_text(title: str | None, text: str) -> str:
    """What is judged: the title, then the text, unless the text begins with the title."""
    return text if not title or text.startswith(title) else f"{title}\n{text}"


def content_hash(title: str | None, text: str) -> str:
    """sha256 in hex of title and text; a title that is absent differs from an empty one."""
    # the title's length tells where it ends: captions may hold NUL
    head = b"" if title is None else b"%d:" % len(title.encode()) + title.encode()
    return hashlib.sha256(head + b"\x00" + text.encode()).hexdigest()
