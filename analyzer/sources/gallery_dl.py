"""What gallery-dl writes beside each image or video (`--write-metadata`), by platform."""

from __future__ import annotations

import html
from typing import Any, Final

from analyzer.sources.fields import count, dig, first, holds, native_id, string
from analyzer.sources.shapes import Draft, Place, Record, Skip

_EACH: Final = {
    "tiktok": "image of a slideshow",
    "instagram": "image or video of a post",
    "blogger": "image or video of an article",
}


def each_file(record: Record) -> str | None:
    """What each file holds where gallery-dl writes several for one post; None for other records."""
    return _EACH.get(string(record.get("category")) or "")


def is_gallery_dl_instagram(record: Record) -> bool:
    """Whether the record is gallery-dl's, of Instagram."""
    return _is_of(record, "instagram", "post_shortcode")


def gallery_dl_instagram(record: Record, _place: Place) -> Draft | Skip:
    """A post of Instagram, told once for each of its images and videos.

    `likes` of 0 is unknown: gallery-dl writes it where Instagram says nothing.
    """
    if "expires" in record or "highlight_title" in record:
        return Skip(why="is an Instagram story, not a post", field="expires")
    if "description" not in record:
        return Skip(why="is an Instagram profile, not a post", field="description")
    user = record.get("user")
    own = dig(user, "id") is not None and dig(user, "id") == record.get("owner_id")
    handle = first(record.get("username"), dig(user, "username") if own else None)
    return {
        "id": first(record.get("post_shortcode"), record.get("post_id")),
        "account": handle,
        "account_number": record.get("owner_id"),
        "account_name": record.get("fullname"),
        "platform": "instagram",
        "text": record.get("description"),
        "posted_at": first(record.get("post_date"), record.get("date")),
        "url": record.get("post_url"),
        "hashtags": record.get("tags"),
        "likes": count(record.get("likes")) or None,
        "followers": _followers(user, handle),
        "is_pinned": holds(record.get("pinned")),
        "coauthors": record.get("coauthors"),
    }


def _followers(user: Any, handle: Any) -> int | None:
    """Of the profile that the download began from, which need not be the owner's.

    0 is unknown: gallery-dl writes it where the profile does not say.
    """
    if string(handle) is None or dig(user, "username") != handle:
        return None
    return count(dig(user, "count_followed")) or None


def is_gallery_dl_facebook(record: Record) -> bool:
    """Whether the record is gallery-dl's, of Facebook."""
    return _is_of(record, "facebook", "set_id")


def gallery_dl_facebook(record: Record, _place: Place) -> Draft | Skip:
    """A photo of Facebook; `username` is the name shown, and `url` leads to the file."""
    if "caption" not in record:
        kind = string(record.get("type")) or "record"
        why = f"is a {kind[:40]} without a caption; gallery-dl keeps those of photos only"
        return Skip(why=why, field="text")
    number = native_id(record.get("id"))
    return {
        "id": number,
        "account": None,
        "account_number": first(
            record.get("user_id"), record.get("user_pfbid"), record.get("username")
        ),
        "account_name": record.get("username"),
        "platform": "facebook",
        "text": record.get("caption"),
        "posted_at": record.get("date"),
        "url": f"https://www.facebook.com/photo/?fbid={number}" if number else None,
    }


def is_gallery_dl_blogger(record: Record) -> bool:
    """Whether the record is gallery-dl's, of Blogger."""
    return _is_of(record, "blogger", "post") and isinstance(record.get("post"), dict)


def gallery_dl_blogger(record: Record, _place: Place) -> Draft | Skip:
    """An article of a blog on Blogger, told once for each of its images and videos.

    The account is the blog: authors have names only, which other blogs may have too. Tags are
    gone from `post.content`, `&nbsp;` and the like are not.
    Unverified: `post.labels`.
    """
    post = record.get("post")
    content = dig(post, "content")
    return {
        "id": dig(post, "id"),
        "account": dig(record, "blog", "url"),
        "account_number": first(dig(record, "blog", "id"), dig(post, "author")),
        "account_name": dig(post, "author"),
        "platform": "blog",
        "title": dig(post, "title"),
        "text": html.unescape(content) if isinstance(content, str) else content,
        "posted_at": first(dig(post, "published"), dig(post, "date")),
        "url": dig(post, "url"),
        "hashtags": dig(post, "labels"),
        "comments": dig(post, "replies"),
    }


def _is_of(record: Record, category: str, key: str) -> bool:
    return record.get("category") == category and ("subcategory" in record or key in record)
