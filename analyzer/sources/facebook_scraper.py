"""Posts of `facebook-scraper` (kevinzg), as JSON or as the CSV of its command line."""

from __future__ import annotations

from typing import Any

from analyzer.sources.fields import count, first, short, string
from analyzer.sources.shapes import Draft, Place, Record, Skip


def is_facebook_scraper(record: Record) -> bool:
    """Whether the record is a post of facebook-scraper, which writes every key."""
    return {"post_id", "post_text", "shared_text"} <= record.keys()


def facebook_scraper(record: Record, _place: Place) -> Draft | Skip:
    """A post of Facebook; `post_text` is the account's own words, `shared_text` another's.

    `time` is in the zone of whoever ran the scraper and is not read: without `timestamp` the
    time is unknown. Counts of 0 are unknown: the scraper writes them where it found nothing. What
    an account writes to a post that it shares is its own.
    """
    shared = any(
        short(record.get(key)) for key in ("shared_post_id", "shared_user_id", "shared_username")
    )
    own, others = ((string(record.get(key)) or "").strip() for key in ("post_text", "shared_text"))
    if not own and (shared or others):
        return Skip(why="shares another's post without words of its own", field="is_repost")
    return {
        "id": record.get("post_id"),
        "account": None,
        "account_number": first(
            record.get("user_id"), record.get("page_id"), record.get("username")
        ),
        "account_name": record.get("username"),
        "platform": "facebook",
        "text": record.get("post_text"),
        "posted_at": record.get("timestamp"),
        "url": first(record.get("post_url"), record.get("w3_fb_url")),
        "likes": first(_found(record, "likes"), _found(record, "reaction_count")),
        "comments": _found(record, "comments"),
        "views": _found(record, "video_watches"),
        "shares": _found(record, "shares"),
        "is_repost": False if shared else None,
    }


def _found(record: Record, key: str) -> Any:
    return count(record.get(key)) or None
