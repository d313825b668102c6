"""TikTok's own web item, as TikTok-Api and gallery-dl store it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.sources.fields import dig, first, native_id, string

if TYPE_CHECKING:
    from analyzer.sources.shapes import Draft, Place, Record, Skip


def is_tiktok_web(record: Record) -> bool:
    """Whether the record is a web item."""
    return (
        "desc" in record
        and "id" in record
        and ("createTime" in record or "stats" in record or "statsV2" in record)
        and ("author" in record or "authorStats" in record or "challenges" in record)
    )


def tiktok_web(record: Record, _place: Place) -> Draft | Skip:
    """A web item; `author` is an object or the handle itself."""
    author = record.get("author")
    named = author if isinstance(author, dict) else {}
    handle = first(named.get("uniqueId"), string(author), record.get("user"))
    if isinstance(handle, dict):
        handle = handle.get("uniqueId")
    return {
        "id": record.get("id"),
        "account": handle,
        "account_number": first(named.get("id"), record.get("authorId")),
        "account_name": first(named.get("nickname"), record.get("nickname")),
        "platform": "tiktok",
        "text": record.get("desc"),
        "posted_at": record.get("createTime"),
        "url": video_url(handle, record.get("id")),
        "hashtags": _hashtags(record),
        "mentions": _listed(record, "textExtra", "userUniqueId"),
        "likes": _stat(record, "diggCount"),
        "comments": _stat(record, "commentCount"),
        "views": _stat(record, "playCount"),
        "shares": _stat(record, "shareCount"),
        "followers": first(
            dig(record, "authorStatsV2", "followerCount"),
            dig(record, "authorStats", "followerCount"),
            named.get("followerCount"),
        ),
        "is_ad": record.get("isAd"),
        "is_paid_partnership": _paid(record),
        "has_shop": record.get("isECVideo"),
        "is_pinned": record.get("isPinnedItem"),
    }


def _stat(record: Record, name: str) -> Any:
    return first(dig(record, "statsV2", name), dig(record, "stats", name))


def _paid(record: Record) -> bool | None:
    said = record.get("adAuthorization")
    return None if said is None else bool(said)


def _hashtags(record: Record) -> list[Any] | None:
    """`challenges` are complete but unordered; `textExtra` stands in the order of the text."""
    return _listed(record, "textExtra", "hashtagName") or _listed(record, "challenges", "title")


def _listed(record: Record, field: str, key: str) -> list[Any] | None:
    items = record.get(field)
    if not isinstance(items, list):
        return None
    return [item[key] for item in items if isinstance(item, dict) and item.get(key)] or None


def video_url(handle: Any, number: Any) -> str | None:
    """The address of a video; None where a part of it is missing."""
    name, video = string(handle), native_id(number)
    return f"https://www.tiktok.com/@{name.lstrip('@')}/video/{video}" if name and video else None
