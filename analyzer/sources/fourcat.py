"""CSV of 4CAT, and of Zeeschuimer (`;` between cells), which has the same columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from analyzer.sources.fields import first, flag, string
from analyzer.sources.generic import generic
from analyzer.sources.shapes import Draft, Place, Record, Skip

if TYPE_CHECKING:
    from collections.abc import Mapping

REDACTED: Final = Skip(
    why="its author was taken out by 4CAT, so the accounts cannot be told apart; make the dataset "
    "again with authors, or with pseudonyms",
    field="account_id",
)
"""A row of an anonymised dataset."""
_SAME: Final = {"id": "id", "account": "author", "text": "body"}
_INSTAGRAM: Final = _SAME | {
    "account_number": "author_id",
    "account_name": "author_fullname",
    "url": "url",
    "hashtags": "hashtags",
    "likes": "num_likes",
    "comments": "num_comments",
    "views": "play_count",
    "coauthors": "coauthors",
}
_TIKTOK: Final = _SAME | {
    "account_number": "author_id",
    "account_name": "author_full",
    "url": "tiktok_url",
    "likes": "likes",
    "comments": "comments",
    "views": "plays",
    "shares": "shares",
    "followers": "author_followers",
    "is_ad": "is_ad",
    "is_paid_partnership": "is_paid_partnership",
}
_THREADS: Final = _SAME | {
    "url": "url",
    "hashtags": "hashtags",
    "likes": "likes",
    "comments": "replies",
    "shares": "reposts",
    "is_paid_partnership": "is_paid_partnership",
}
_FACEBOOK: Final = _SAME | {"account_name": "author_name", "url": "url"}
_NUMBERED: Final = re.compile(r"\d{1,6}", re.ASCII)
"""4CAT's own numbering of an upload without ids: row 1 of two uploads is not the same post."""


def is_redacted(author: Any) -> bool:
    """Whether 4CAT's anonymising left nothing of the author; pseudonyms are authors."""
    return bool(author == "REDACTED")


def _draft(record: Record, columns: Mapping[str, str], platform: str) -> Draft:
    """The columns as they stand; the time is `unix_timestamp`.

    `timestamp` is in the zone of the server that wrote it, unless it is a number.
    """
    draft = {ours: record.get(theirs) for ours, theirs in columns.items()}
    return draft | {"platform": platform, "posted_at": _seconds(record)}


def _seconds(record: Record) -> Any:
    plain = string(record.get("timestamp")) or ""
    return first(record.get("unix_timestamp"), plain if plain.isdecimal() else None)


def is_fourcat_instagram(record: Record) -> bool:
    """Whether the row is 4CAT's of an Instagram post."""
    return {"body", "thread_id", "num_likes", "num_comments"} <= record.keys()


def fourcat_instagram(record: Record, _place: Place) -> Draft | Skip:
    """An Instagram post; -1 stands for an unknown count, a partial item has none at all."""
    if is_redacted(record.get("author")):
        return REDACTED
    if record.get("type") == "comment":
        return Skip(why="is a comment, not a post", field="type")
    draft = _draft(record, _INSTAGRAM, "instagram")
    if flag(record.get("partial_item")):
        draft |= {"likes": None, "comments": None}
    if flag(record.get("likes_hidden")):
        draft["likes"] = None
    return draft


def is_fourcat_tiktok(record: Record) -> bool:
    """Whether the row is 4CAT's of a TikTok video."""
    return {"body", "thread_id", "tiktok_url", "plays"} <= record.keys()


def fourcat_tiktok(record: Record, _place: Place) -> Draft | Skip:
    """A TikTok video; the text on the picture (`stickers`) is left out, `timestamp` is UTC."""
    if is_redacted(record.get("author")):
        return REDACTED
    return _draft(record, _TIKTOK, "tiktok") | {
        "posted_at": first(record.get("unix_timestamp"), record.get("timestamp")),
        "hashtags": first(record.get("hashtags"), record.get("challenges")),
    }


def is_fourcat_threads(record: Record) -> bool:
    """Whether the row is 4CAT's of a Threads post."""
    return {"body", "thread_id", "reposts", "replies", "quotes"} <= record.keys()


def fourcat_threads(record: Record, _place: Place) -> Draft | Skip:
    """A Threads post."""
    if is_redacted(record.get("author")):
        return REDACTED
    return _draft(record, _THREADS, "threads")


def is_fourcat_facebook(record: Record) -> bool:
    """Whether the row is 4CAT's of a Facebook post."""
    return {"id", "author_name", "is_in_group", "unix_timestamp"} <= record.keys()


def fourcat_facebook(record: Record, _place: Place) -> Draft | Skip:
    """A Facebook post; `author` is the last part of the author's address."""
    if is_redacted(record.get("author")):
        return REDACTED
    author = string(record.get("author")) or ""
    if author.startswith("profile.php"):
        author = f"https://www.facebook.com/{author}"
    return _draft(record, _FACEBOOK, "facebook") | {
        "account": first(author, record.get("author_name"))
    }


def is_fourcat(record: Record) -> bool:
    """Whether the row has the columns of every 4CAT dataset, a custom upload among them."""
    return {"id", "thread_id", "author", "body", "timestamp", "unix_timestamp"} <= record.keys()


def fourcat(record: Record, place: Place) -> Draft | Skip:
    """A row of any other 4CAT dataset; columns that only some have go by their names."""
    if is_redacted(record.get("author")):
        return REDACTED
    draft = generic(record, place)
    if isinstance(draft, Skip):
        return draft
    draft |= {ours: record.get(theirs) for ours, theirs in _SAME.items()}
    if _NUMBERED.fullmatch(string(record.get("id")) or ""):
        draft["id"] = None
    return draft | {"posted_at": _seconds(record)}
