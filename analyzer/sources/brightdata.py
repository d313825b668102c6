"""Results of the Bright Data scraper for Instagram posts and reels."""

from __future__ import annotations

from analyzer.sources.fields import first, string
from analyzer.sources.shapes import Draft, Place, Record, Skip


def is_brightdata_instagram(record: Record) -> bool:
    """Whether the record is an Instagram post; Bright Data's other sets have `user_posted` too."""
    return "user_posted" in record and (
        "shortcode" in record or "instagram.com/" in (string(record.get("url")) or "")
    )


def brightdata_instagram(record: Record, _place: Place) -> Draft | Skip:
    """A post or reel of Instagram.

    Unverified: every key but `user_posted`, since the vendor's own dictionary was not at hand;
    they stand so in records that others published.
    """
    failed = first(record.get("error"), record.get("error_code"))
    if failed is not None and not record.get("user_posted"):
        return Skip(why=f"is the scraper's own error: {str(failed)[:200]}", field="error")
    return {
        "id": first(record.get("shortcode"), record.get("post_id")),
        "account": record.get("user_posted"),
        "account_number": record.get("user_posted_id"),
        "platform": "instagram",
        "text": record.get("description"),
        "posted_at": record.get("date_posted"),
        "url": record.get("url"),
        "hashtags": record.get("hashtags"),
        "likes": record.get("likes"),
        "comments": record.get("num_comments"),
        "views": first(
            record.get("video_play_count"), record.get("views"), record.get("video_view_count")
        ),
        "followers": record.get("followers"),
        "is_paid_partnership": record.get("is_paid_partnership"),
        "captured_at": record.get("timestamp"),
    }
