"""CSV of CrowdTangle, which Meta closed in 2024; its files are still held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

from analyzer.sources.fields import count, first, native_id, short, string

if TYPE_CHECKING:
    from analyzer.sources.shapes import Draft, Place, Record, Skip

_ZONES: Final = {
    "EST": "-05:00", "EDT": "-04:00", "CDT": "-05:00", "MDT": "-06:00", "PST": "-08:00",
    "PDT": "-07:00", "CET": "+01:00", "CEST": "+02:00", "ICT": "+07:00", "WIB": "+07:00",
    "SGT": "+08:00", "HKT": "+08:00", "JST": "+09:00", "KST": "+09:00", "AEST": "+10:00",
    "AEDT": "+11:00",
}  # fmt: skip
"""Abbreviations that mean one zone only; `CST`, `IST` and `BST` are several."""
_QUERY_IDS: Final = ("fbid", "story_fbid", "v")


def is_crowdtangle_instagram(record: Record) -> bool:
    """Whether the row is CrowdTangle's of an Instagram post."""
    return {"Account", "User Name", "Post Created", "URL"} <= record.keys()


def crowdtangle_instagram(record: Record, _place: Place) -> Draft | Skip:
    """An Instagram post; `Followers at Posting` is as of the post, the counts as of the export."""
    return {
        "id": _last_part(record.get("URL")),
        "account": first(record.get("User Name"), record.get("Account")),
        "account_name": record.get("Account"),
        "platform": "instagram",
        "title": record.get("Title"),
        "text": record.get("Description"),
        "posted_at": _zoned(record.get("Post Created")),
        "url": record.get("URL"),
        "likes": record.get("Likes"),
        "comments": record.get("Comments"),
        "views": _views(record, "Views"),
        "followers": record.get("Followers at Posting"),
        "is_paid_partnership": _sponsored(record),
    }


def is_crowdtangle_facebook(record: Record) -> bool:
    """Whether the row is CrowdTangle's of a post on a Facebook page or in a group."""
    return {"Post Created", "URL"} <= record.keys() and (
        "Page Name" in record or "Group Name" in record
    )


def crowdtangle_facebook(record: Record, _place: Place) -> Draft | Skip:
    """A Facebook post; of the reactions only `Likes` are likes.

    The text is `Message`: what a picture or a linked page says is not the account's own words.
    """
    name = first(record.get("Page Name"), record.get("Group Name"))
    return {
        "id": _last_part(record.get("URL")),
        "account": short(record.get("User Name")),
        "account_number": first(native_id(record.get("Facebook Id")), name),
        "account_name": name,
        "platform": "facebook",
        "text": record.get("Message"),
        "posted_at": _zoned(record.get("Post Created")),
        "url": record.get("URL"),
        "likes": record.get("Likes"),
        "comments": record.get("Comments"),
        "shares": record.get("Shares"),
        "views": _views(record, "Post Views", "Total Views"),
        "followers": record.get("Followers at Posting"),
        "is_paid_partnership": _sponsored(record),
    }


def _views(record: Record, *columns: str) -> int | None:
    """The views; 0 is what CrowdTangle writes for a post without a video."""
    return next((n for name in columns if (n := count(record.get(name)))), None)


def _sponsored(record: Record) -> bool | None:
    named = short(record.get("Sponsor Id")) or short(record.get("Sponsor Name"))
    return True if named else None


def _last_part(url: Any) -> str | None:
    """The post's own id in its address; None where there is none."""
    try:
        parts = urlsplit(short(url) or "")
    except ValueError:
        return None
    query = parse_qs(parts.query)
    named = next((query[name][0] for name in _QUERY_IDS if name in query), None)
    return named or parts.path.rstrip("/").rpartition("/")[2] or None


def _zoned(value: Any) -> Any:
    """`2023-02-10 02:09:13 EST` with the zone as hours; a zone of several meanings is unknown."""
    text = string(value)
    if text is None:
        return value
    when, _, zone = text.strip().rpartition(" ")
    offset = _ZONES.get(zone)
    return f"{when}{offset}" if offset else text
