"""What researchers are given: YouTube Data Tools, TikTok's and Meta's research interfaces."""

from __future__ import annotations

from typing import Any, Final

from analyzer.sources.fields import dig, first, flag, native_id, short, string
from analyzer.sources.marks import find_marks
from analyzer.sources.shapes import Draft, Place, Record, Skip
from analyzer.sources.tiktok import video_url

_FACEBOOK_ONLY: Final = ("love_count", "haha_count", "reaction_count", "share_count")


def is_ytdt(record: Record) -> bool:
    """Whether the row is one of YouTube Data Tools' video list."""
    return {"videoId", "videoDescription", "channelId", "publishedAt"} <= record.keys()


def ytdt(record: Record, _place: Place) -> Draft | Skip:
    """A video of YouTube Data Tools' video list.

    The columns of title, tags and counts are known from third parties only.
    """
    video = native_id(record.get("videoId"))
    tags = record.get("tags")
    return {
        "id": video,
        "account_number": first(record.get("channelId"), record.get("channelTitle")),
        "account_name": record.get("channelTitle"),
        "platform": "youtube",
        "title": first(record.get("videoTitle"), record.get("title")),
        "text": record.get("videoDescription"),
        "posted_at": record.get("publishedAt"),
        "url": f"https://www.youtube.com/watch?v={video}" if video else None,
        "hashtags": tags.split(",") if isinstance(tags, str) else tags,
        "likes": record.get("likeCount"),
        "comments": record.get("commentCount"),
        "views": record.get("viewCount"),
    }


def is_tiktok_research(record: Record) -> bool:
    """Whether the record is a video object of TikTok's Research API."""
    return {"id", "username", "video_description", "create_time"} <= record.keys()


def tiktok_research(record: Record, _place: Place) -> Draft | Skip:
    """A video of TikTok's Research API; what is said in it (`voice_to_text`) is left out."""
    return {
        "id": record.get("id"),
        "account": record.get("username"),
        "platform": "tiktok",
        "text": record.get("video_description"),
        "posted_at": record.get("create_time"),
        "url": video_url(record.get("username"), record.get("id")),
        "hashtags": first(record.get("hashtag_names") or None, _hashtags(record)),
        "mentions": record.get("video_mention_list"),
        "likes": record.get("like_count"),
        "comments": record.get("comment_count"),
        "views": record.get("view_count"),
        "shares": record.get("share_count"),
    }


def _hashtags(record: Record) -> list[Any] | None:
    listed = record.get("hashtag_info_list")
    if not isinstance(listed, list):
        return None
    return [dig(item, "hashtag_name") for item in listed]


def is_threads_api(record: Record) -> bool:
    """Whether the record is a media object of the Threads API."""
    if record.get("media_product_type") == "THREADS":
        return True
    link = record.get("permalink")
    return "media_type" in record and (
        "is_quote_post" in record
        or "reposted_post" in record
        or (isinstance(link, str) and link.startswith("https://www.threads."))
    )


def threads_api(record: Record, _place: Place) -> Draft | Skip:
    """A post of the Threads API; a quote is kept for its own words, a repost or reply is not.

    Counts stand in another endpoint (insights); `text_attachment` is not read.
    """
    kind = short(record.get("media_type"))
    if record.get("reposted_post") or kind == "REPOST_FACADE":
        return Skip(why="is a repost of another post", field="is_repost")
    if flag(record.get("is_reply")):
        return Skip(why="is a reply in a conversation, not a post of its own", field="is_reply")
    owner = record.get("owner")
    text, topic = record.get("text"), short(record.get("topic_tag"))
    return {
        "id": first(record.get("shortcode"), record.get("id")),
        "account": record.get("username"),
        "account_number": dig(owner, "id") if isinstance(owner, dict) else owner,
        "platform": "threads",
        "text": text,
        "posted_at": record.get("timestamp"),
        "url": record.get("permalink"),
        "hashtags": [*find_marks(string(text) or "")[0], topic] if topic else None,
        "is_repost": False if kind else None,
    }


def is_meta_library(record: Record) -> bool:
    """Whether the record is a post of Meta's Content Library."""
    return isinstance(record.get("post_owner"), dict) and "creation_time" in record


def meta_library(record: Record, _place: Place) -> Draft | Skip:
    """A post of Meta's Content Library, of Facebook or Instagram.

    Only `id`, `post_owner.username` and the times are known from files; the other names are those
    of Meta's data dictionary, and the platform is told from counts and columns that only Facebook
    has.
    """
    owner, counts = record.get("post_owner"), record.get("statistics")
    owner = dig(owner, "data") if isinstance(dig(owner, "data"), dict) else owner
    text, shared = record.get("text"), short(record.get("shared_post_id"))
    if shared and not (string(text) or "").strip():
        return Skip(why="shares another's post without words of its own", field="is_repost")
    facebook = "surface" in record or any(dig(counts, name) is not None for name in _FACEBOOK_ONLY)
    return {
        "id": record.get("id"),
        "account": dig(owner, "username"),
        "account_number": first(native_id(dig(owner, "id")), dig(owner, "name")),
        "account_name": dig(owner, "name"),
        "platform": "facebook" if facebook else "instagram",
        "text": text,
        "posted_at": record.get("creation_time"),
        "url": record.get("mcl_url"),
        "hashtags": record.get("hashtags"),
        "likes": dig(counts, "like_count"),
        "comments": dig(counts, "comment_count"),
        "views": dig(counts, "views"),
        "shares": dig(counts, "share_count"),
        "is_paid_partnership": record.get("is_branded_content"),
        "is_repost": False if shared else None,
    }
