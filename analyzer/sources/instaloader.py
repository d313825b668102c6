"""A folder that Instaloader wrote: posts, and what stands beside them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final

from analyzer.sources.fields import dig, first, holds, short, string
from analyzer.sources.shapes import Draft, Owner, Place, Record, Skip

CAPTION_FILE: Final = re.compile(r".+_UTC\.txt")
"""A caption on its own, of a post without JSON."""
BESIDE_FILE: Final = re.compile(
    r".+_UTC(?:_old_\d+\.txt|_location\.txt)|id|iterator_.*\.json(?:\.xz)?"
)
"""Older captions, places and the resume files of a download: no posts."""
EARLIER_FILE: Final = re.compile(r"(.+_UTC)_old_(\d+)\.txt")
"""A caption that was edited since: the higher the number, the older."""
PROFILE_FILE: Final = re.compile(r"(?!.*_UTC).+_\d+\.json(?:\.\w+)?")
"""`{profile}_{userid}.json.xz`."""
COMMENTS_FILE: Final = re.compile(r".+_comments\.json(?:\.\w+)?")


def is_instaloader(record: Record) -> bool:
    """Whether the record is a JSON file of Instaloader."""
    return isinstance(record.get("node"), dict) and isinstance(record.get("instaloader"), dict)


def is_comments(record: Record) -> bool:
    """Whether the record is a comment that Instaloader stored: the commenter's words."""
    return {"answers", "likes_count", "text", "owner"} <= record.keys()


def node_type(record: Record) -> str | None:
    """`Post`, `Profile`, `StoryItem` ...; None when the record is not Instaloader's."""
    return string(dig(record, "instaloader", "node_type")) if is_instaloader(record) else None


def profile(record: Record) -> Owner | None:
    """The account that a profile file tells of; None for other files."""
    if node_type(record) != "Profile":
        return None
    node = record["node"]
    return Owner(
        number=short(node.get("id")),
        handle=short(node.get("username")),
        name=short(node.get("full_name")),
        followers=first(
            dig(node, "edge_followed_by", "count"),
            node.get("follower_count"),
            dig(node, "iphone_struct", "follower_count"),
        ),
    )


def instaloader(record: Record, place: Place) -> Draft | Skip:
    """A post, in the shape of the web page or (`iphone_struct`) of the phone's interface."""
    kind = node_type(record)
    if kind != "Post":
        return Skip(why=f"is an Instaloader {str(kind)[:40]}, not a post", field="node_type")
    node = record["node"]
    phone = node.get("iphone_struct")
    phone = phone if isinstance(phone, dict) else {}
    owner = _owner(node, phone, place)
    code = string(first(node.get("shortcode"), node.get("code"), phone.get("code")))
    return {
        "id": first(code, node.get("id"), phone.get("pk")),
        **owner,
        "platform": "instagram",
        "text": _caption(node, phone),
        "posted_at": first(node.get("date"), node.get("taken_at_timestamp"), phone.get("taken_at")),
        "url": f"https://www.instagram.com/p/{code}/" if code else None,
        "likes": first(dig(node, "edge_media_preview_like", "count"), phone.get("like_count")),
        "comments": first(
            dig(node, "edge_media_to_comment", "count"),
            node.get("comments"),
            phone.get("comment_count"),
        ),
        "views": first(
            node.get("video_play_count"),
            node.get("video_view_count"),
            phone.get("play_count"),
            phone.get("view_count"),
        ),
        "is_paid_partnership": _paid(node, phone),
        "is_pinned": holds(node.get("pinned_for_users"), phone.get("timeline_pinned_user_ids")),
        "coauthors": first(node.get("coauthor_producers"), phone.get("coauthor_producers")),
        "earlier_texts": place.earlier,
    }


def _caption(node: Record, phone: Record) -> Any:
    caption = node.get("caption")
    return first(
        dig(node, "edge_media_to_caption", "edges", 0, "node", "text"),
        caption if isinstance(caption, str) else dig(caption, "text"),
        dig(phone, "caption", "text"),
        "",
    )


def _owner(node: Record, phone: Record, place: Place) -> Draft:
    number = short(first(dig(node, "owner", "id"), dig(phone, "user", "pk")))
    handle = short(first(dig(node, "owner", "username"), dig(phone, "user", "username")))
    known = [
        owner
        for owner in place.owners
        if (number is not None and owner.number == number)
        or (handle is not None and owner.handle is not None and owner.handle == handle)
        or (number is None and handle is None and len(place.owners) == 1)
    ]
    profiled = known[0] if known else Owner(number=None, handle=None, name=None, followers=None)
    handle = handle or profiled.handle
    if number is None and handle is None:
        handle = place.folder or None
    return {
        "account": handle,
        "account_number": number,
        "account_name": first(
            dig(node, "owner", "full_name"), dig(phone, "user", "full_name"), profiled.name
        ),
        "followers": first(dig(node, "owner", "edge_followed_by", "count"), profiled.followers),
    }


def _paid(node: Record, phone: Record) -> bool | None:
    sponsors = dig(node, "edge_media_to_sponsor_user", "edges")
    tags = phone.get("sponsor_tags")
    said = first(phone.get("is_paid_partnership"), node.get("is_paid_partnership"))
    if any(isinstance(users, list) and users for users in (sponsors, tags)) or said is True:
        return True
    return False if isinstance(sponsors, list) or said is False else None


def caption_text(record: Record, place: Place) -> Draft | Skip:
    """A caption file (`*_UTC.txt`): the time is its name, the account its folder."""
    return {
        "account": place.folder,
        "platform": "instagram",
        "text": string(record.get("text")),
        "posted_at": _named_time(place.stem),
        "earlier_texts": place.earlier,
        "followers": place.owners[0].followers if len(place.owners) == 1 else None,
        "account_name": place.owners[0].name if len(place.owners) == 1 else None,
    }


def _named_time(stem: str) -> str | None:
    try:
        when = datetime.strptime(stem, "%Y-%m-%d_%H-%M-%S_UTC").replace(tzinfo=UTC)
    except ValueError:
        return None
    return when.isoformat()
