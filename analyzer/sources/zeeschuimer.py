"""NDJSON of Zeeschuimer, a browser extension, and of 4CAT, which keeps its captures."""

from __future__ import annotations

from typing import Any, Final

from analyzer.sources.fields import dig, first, flag, holds, short, string
from analyzer.sources.fourcat import REDACTED, is_redacted
from analyzer.sources.shapes import Adapter, Draft, Place, Record, Skip
from analyzer.sources.tiktok import tiktok_web

_META: Final = "__import_meta"
_AD_LINK: Final = "https://www.facebook.com/ads/ig_redirect"
_GRAPH_LIKES: Final = ("edge_media_preview_like", "edge_liked_by")
_GRAPH_COMMENTS: Final = (
    "edge_media_to_parent_comment", "edge_media_to_comment", "edge_media_preview_comment",
)  # fmt: skip
_VIEWS: Final = ("play_count", "view_count", "video_play_count", "video_view_count")


def is_zeeschuimer(record: Record) -> bool:
    """Whether the record is an envelope of Zeeschuimer's, or an item as 4CAT keeps it."""
    if isinstance(record.get(_META), dict):
        return True
    return "source_platform" in record and "timestamp_collected" in record and "data" in record


def zeeschuimer(record: Record, place: Place) -> Draft | Skip:
    """A captured post: the platform's own item stands under `data`.

    In 4CAT's NDJSON the item is the record, and the envelope stands in it, under `__import_meta`.
    Instagram, TikTok and Threads are read; Zeeschuimer captures other sites too.
    """
    envelope, data = record, record.get("data")
    if isinstance(meta := record.get(_META), dict):
        envelope, data = meta, record
    name = short(envelope.get("source_platform")) or "no platform"
    adapt = _PLATFORMS.get(name.lower())
    if adapt is None:
        return Skip(
            why=f"was captured from {name[:40]}; of Zeeschuimer's platforms Instagram, TikTok and "
            "Threads are read",
            field="source_platform",
        )
    if not isinstance(data, dict):
        return Skip(why="is an envelope without the captured post", field="data")
    draft = adapt(data, place)
    if isinstance(draft, Skip):
        return draft
    if is_redacted(draft.get("account")):
        return REDACTED
    return draft | {"captured_at": envelope.get("timestamp_collected")}


def _instagram(item: Record, _place: Place) -> Draft | Skip:
    """A post of the feed, in the list shape, the older graph shape or, partial, Polaris'."""
    link = item.get("link")
    if item.get("product_type") == "ad" or (isinstance(link, str) and link.startswith(_AD_LINK)):
        return Skip(why="is an advertisement shown in the feed", field="product_type")
    partial = bool(item.get("_zs_partial"))
    text = _caption(item)
    if partial and text is None and "caption" not in item:
        return Skip(
            why="is a partial item without its caption; open the post itself while capturing",
            field="text",
        )
    user = item.get("user") if isinstance(item.get("user"), dict) else item.get("owner")
    code = string(first(item.get("code"), item.get("shortcode")))
    hidden = bool(item.get("like_and_view_counts_disabled"))
    return {
        "id": first(code, item.get("pk"), item.get("id")),
        "account": dig(user, "username"),
        "account_number": first(dig(user, "pk"), dig(user, "id")),
        "account_name": dig(user, "full_name"),
        "platform": "instagram",
        "text": text or "",
        "posted_at": first(item.get("taken_at"), item.get("taken_at_timestamp")),
        "url": f"https://www.instagram.com/p/{code}/" if code else None,
        "likes": None if hidden or partial else _counted(item, "like_count", *_GRAPH_LIKES),
        "comments": None if partial else _counted(item, "comment_count", *_GRAPH_COMMENTS),
        "views": None if hidden else first(*(item.get(key) for key in _VIEWS)),
        "is_paid_partnership": _paid(item),
        "is_pinned": holds(item.get("timeline_pinned_user_ids"), item.get("pinned_for_users")),
        "coauthors": item.get("coauthor_producers"),
    }


def _caption(item: Record) -> Any:
    caption = item.get("caption")
    return first(
        caption if isinstance(caption, str) else dig(caption, "text"),
        dig(item, "edge_media_to_caption", "edges", 0, "node", "text"),
    )


def _counted(item: Record, plain: str, *graph: str) -> Any:
    return first(item.get(plain), *(dig(item, name, "count") for name in graph))


def _paid(item: Record) -> bool | None:
    sponsors = item.get("sponsor_tags"), dig(item, "edge_media_to_sponsor_user", "edges")
    if any(isinstance(users, list) and users for users in sponsors):
        return True
    return flag(item.get("is_paid_partnership"))


def _threads(item: Record, _place: Place) -> Draft | Skip:
    """A post of Threads; replies to others and reposts are none of the account's own.

    The keys that tell replies and reposts are known from third parties only.
    """
    name, code = dig(item, "user", "username"), string(item.get("code"))
    about = item.get("text_post_app_info")
    if isinstance(dig(about, "share_info", "reposted_post"), dict):
        return Skip(why="is a repost of another post", field="is_repost")
    if dig(about, "is_reply") is True and dig(about, "reply_to_author", "username") != name:
        return Skip(why="is a reply in a conversation, not a post of its own", field="is_reply")
    handle = string(name)
    return {
        "id": first(code, item.get("pk")),
        "account": name,
        "account_number": first(dig(item, "user", "pk"), dig(item, "user", "id")),
        "account_name": dig(item, "user", "full_name"),
        "platform": "threads",
        "text": _caption(item) or "",
        "posted_at": item.get("taken_at"),
        "url": f"https://www.threads.com/@{handle}/post/{code}" if handle and code else None,
        "likes": None if item.get("like_and_view_counts_disabled") else item.get("like_count"),
        "comments": dig(about, "direct_reply_count"),
        "shares": dig(about, "repost_count"),
        "is_paid_partnership": flag(item.get("is_paid_partnership")),
    }


_PLATFORMS: Final[dict[str, Adapter]] = {
    "instagram.com": _instagram,
    "tiktok.com": tiktok_web,
    "threads.net": _threads,
    "threads.com": _threads,
}
