"""What is kept apart from an account's plain posts, in words: repeats, reposts, pins, endings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from analyzer.report import words

if TYPE_CHECKING:
    from collections.abc import Mapping

EXCERPT_LIMIT: Final = 150
"""Fewer characters than facts hold, so that what is cut is seen to be cut."""

ENDINGS: Final = {
    "hotline": "a phone number",
    "link": "a link",
    "hashtags": "the same hashtags",
    "other": "the same lines",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """A sentence, and what a post says to show it."""

    said: str
    excerpt: str | None = None


def apart(profile: Mapping[str, Any], fact: Mapping[str, Any]) -> list[Apart]:
    """Sentences on what is no plain post of the account's own; empty where there is nothing."""
    found = []
    if copies := profile["copies"]:
        found.append(
            Apart(
                said=f"{words.counted(copies, 'post')} of {words.number(profile['posts'])} "
                f"{'says' if copies == 1 else 'say'} nearly word for word what another one says; "
                f"{'it is' if copies == 1 else 'they are'} not counted again."
            )
        )
    found += [
        Apart(said=f"Posted {words.number(group['posts'])} times:", excerpt=_cut(group["excerpt"]))
        for group in fact["copy_groups"]
    ]
    found += [
        Apart(said=f"{_ends(one['posts'])} {_listed(one['kinds'])}:", excerpt=_cut(one["excerpt"]))
        for one in fact["sign_offs"]
    ]
    for name, said in (
        ("reposts", "another account’s, passed on; not judged"),
        ("pinned", "pinned to the top of the page"),
        ("coauthored", "shared with other accounts as coauthors"),
        ("edited", "edited since; the earlier words are in posts.parquet"),
    ):
        if count := fact[name]:
            verb = "is" if count == 1 else "are"
            found.append(Apart(said=f"{words.counted(count, 'post')} {verb} {said}."))
    return found


def _ends(posts: int) -> str:
    return f"{words.counted(posts, 'post')} {'ends' if posts == 1 else 'end'} with"


def _listed(kinds: list[str]) -> str:
    return words.listed([ENDINGS.get(kind) or words.named(kind) for kind in kinds])


def _cut(text: str) -> str:
    return words.cut(" ".join(text.split()), EXCERPT_LIMIT)
