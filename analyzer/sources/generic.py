"""Tables and records of no particular tool: columns are found by their names."""

from __future__ import annotations

import difflib
import functools
from typing import TYPE_CHECKING, Any, Final

from analyzer.errors import InputError
from analyzer.sources.shapes import DRAFT_FIELDS, Draft, Place, Record, Skip

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "id": (
        "post_id", "id", "video_id", "media_id", "item_id", "shortcode", "short_code", "aweme_id",
        "key",
    ),
    "account": (
        "account", "username", "user_name", "account_handle", "handle", "unique_id",
        "author_username", "author_handle", "user_posted", "owner_username", "uploader", "author",
        "creator", "owner", "page_name", "page", "channel", "channel_name", "channel_title",
        "account_id", "author_id", "owner_id", "user_id", "channel_id", "page_id", "user",
    ),
    "account_name": (
        "account_name", "full_name", "author_name", "display_name", "nickname", "nick_name",
        "author_fullname", "author_full", "owner_full_name", "name",
    ),
    "platform": ("platform", "source_platform", "network", "social_network", "site"),
    "title": ("title", "headline", "video_title", "post_title"),
    "text": (
        "text", "caption", "body", "content", "message", "description", "desc", "post_text",
        "video_description", "post_content", "full_text", "noi_dung",
    ),
    "posted_at": (
        "posted_at", "created_at", "create_time", "create_time_iso", "creation_time",
        "published_at", "unix_timestamp", "taken_at", "date_posted", "post_date", "post_created",
        "published", "pub_date", "upload_date", "timestamp", "datetime", "date", "time",
    ),
    "url": ("url", "post_url", "permalink", "link", "web_video_url", "webpage_url", "video_url"),
    "hashtags": ("hashtags", "hash_tags", "hashtag_names", "tags"),
    "mentions": ("mentions", "tagged_users", "usertags"),
    "likes": (
        "likes", "like_count", "likes_count", "num_likes", "digg_count", "favorite_count",
        "reactions", "reaction_count",
    ),
    "comments": (
        "comments", "comment_count", "comments_count", "num_comments", "reply_count", "replies",
    ),
    "views": (
        "views", "view_count", "views_count", "play_count", "plays", "video_view_count",
        "video_play_count",
    ),
    "shares": ("shares", "share_count", "shares_count", "reposts", "repost_count", "retweets"),
    "followers": (
        "followers", "follower_count", "followers_count", "fans", "author_followers",
        "channel_follower_count", "followers_at_posting", "number_of_subscribers", "subscribers",
    ),
    "is_ad": ("is_ad", "ad", "is_sponsored", "sponsored"),
    "is_paid_partnership": ("is_paid_partnership", "paid_partnership", "branded_content"),
    "has_shop": ("has_shop", "is_ec_video", "has_tiktok_shop_product", "has_product"),
    "is_repost": ("is_repost", "is_retweet", "is_shared"),
    "is_pinned": ("is_pinned", "pinned"),
    "coauthors": ("coauthors", "co_authors", "coauthor_usernames"),
    "earlier_texts": ("earlier_texts",),
    "captured_at": (
        "captured_at", "scraped_at", "crawled_at", "fetched_at", "collected_at", "retrieved_at",
        "timestamp_collected", "scrape_time", "crawl_time",
    ),
}  # fmt: skip
"""Our field to the column names it goes by, the preferred first.

Compared without case, spaces, `_` and `-`: `createTime`, `Create time` and `create_time` are one.
"""

MAP_NAMES: Final = {
    **{name: name for name in DRAFT_FIELDS},
    "post_id": "id",
    "account_id": "account",
    "date": "posted_at",
    "created_at": "posted_at",
}
"""What may stand left of `=` in a mapping, and the field it means."""


NESTING: Final = 8
"""Levels that a flattened column name may have; real ones have up to 4."""


def squash(name: str) -> str:
    """The column name without case, spaces, `_` and `-`."""
    return name.replace("_", "").replace("-", "").replace(" ", "").strip("\ufeff\t").lower()


_SQUASHED: Final = {
    ours: tuple(squash(alias) for alias in aliases) for ours, aliases in ALIASES.items()
}
_KNOWN: Final = {alias for aliases in _SQUASHED.values() for alias in aliases}
_PLAN_CHARACTERS: Final = 1 << 14
"""Column names of records are remembered up to this length in all: real ones have a tenth of it,
and hostile ones would stay in memory."""


def known_column(name: str) -> bool:
    """Whether a column of this name is read."""
    return squash(name) in _KNOWN


def checked_mapping(mapping: Mapping[str, str] | None) -> dict[str, str]:
    """The mapping with our own field names on the left.

    Raises:
        InputError: a left side that is no field; the message names the near misses.
    """
    plan: dict[str, str] = {}
    for ours, theirs in (mapping or {}).items():
        if ours not in MAP_NAMES:
            near = difflib.get_close_matches(ours, MAP_NAMES, n=3)
            hint = f"did you mean {' or '.join(near)}?" if near else f"known: {_names()}"
            raise InputError(f"unknown field '{ours}' in the mapping '{ours}={theirs}'; {hint}")
        plan[MAP_NAMES[ours]] = theirs
    return plan


def _names() -> str:
    return ", ".join(sorted(MAP_NAMES))


def columns(names: Iterable[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """Our field to the column it is read from, for a file or record with these column names."""
    return dict(_plan(tuple(names), tuple(mapping.items())))


def _plan(
    names: tuple[str, ...], mapping: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    small = len(names) + len("".join(names)) <= _PLAN_CHARACTERS
    return (_remembered if small else _planned)(names, mapping)


def _planned(
    names: tuple[str, ...], mapping: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    plan = {ours: theirs for ours, theirs in mapping if root(theirs, names) is not None}
    fixed = {ours for ours, _ in mapping}
    squashed: dict[str, str] = {}
    for name in names:
        squashed.setdefault(squash(name), name)
    taken = set(plan.values())
    for ours, aliases in _SQUASHED.items():
        if ours in fixed:
            continue
        found = (squashed.get(alias) for alias in aliases)
        theirs = next((name for name in found if name is not None and name not in taken), None)
        if theirs is not None:
            plan[ours] = theirs
            taken.add(theirs)
    return tuple(plan.items())


_remembered: Final = functools.lru_cache(maxsize=512)(_planned)


def generic(record: Record, place: Place) -> Draft | Skip:
    """A record whose columns go by their names, or by the paths of a mapping."""
    plan = _plan(tuple(record), place.mapping)
    if not place.mapping:
        return {ours: record[theirs] for ours, theirs in plan}
    return {
        ours: record[theirs] if theirs in record else _down(record, theirs.split("."))
        for ours, theirs in plan
    }


def root(theirs: str, names: Container[str]) -> str | None:
    """The column that a mapping's right side begins in, itself or `a` of `a.b.c`; None: none."""
    first = theirs.partition(".")[0]
    return theirs if theirs in names else first if "." in theirs and first in names else None


def _down(value: Any, path: list[str]) -> Any:
    """What lies down a path; of a list what lies there in each item, or at a number."""
    if not path:
        return value
    if isinstance(value, dict):
        return _down(value.get(path[0]), path[1:])
    if not isinstance(value, list):
        return None
    if path[0].isascii() and path[0].isdigit():
        at = int(path[0][:9])
        return _down(value[at], path[1:]) if at < len(value) else None
    return [found for item in value if (found := _down(item, path)) is not None]


def missing_column(
    names: Iterable[str], mapping: Mapping[str, str], needed: Iterable[str]
) -> str | None:
    """Why a file with these columns cannot be read, with the remedy; None when it can.

    needed  fields of the mapping whose columns must be there
    """
    found = list(dict.fromkeys(names))
    listed = ", ".join(repr(n[:60]) for n in found[:30]) + (" ..." if len(found) > 30 else "")  # noqa: PLR2004 - enough to see
    plan = columns(found, mapping)
    for ours in sorted(needed):
        theirs = mapping[ours]
        if root(theirs, found) is None:
            near = difflib.get_close_matches(theirs, found, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"pass --map {ours}=COLUMN"
            return f"has no column {theirs!r}; found: {listed}. {hint}"
    if "text" in plan or "title" in plan:
        return None
    return f"has no text column; found: {listed}. Pass --map text=COLUMN"


def unnest(record: Mapping[str, Any]) -> dict[str, Any]:
    """Columns such as `authorMeta.name` or `hashtags/0/name` put back together.

    Empty cells are left out: a flattened table cannot tell them from nothing.
    """
    nested: dict[str, Any] = {}
    for name, value in record.items():
        if value is None or value == "":
            continue
        parts = name.replace("/", ".").split(".")
        if len(parts) > NESTING:
            parts = [name]
        inner = nested
        for part in parts[:-1]:
            below = inner.setdefault(part, {})
            if not isinstance(below, dict):
                break
            inner = below
        else:
            inner.setdefault(parts[-1], value)
    return {key: _listed(value) for key, value in nested.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _listed(below) for key, below in value.items()}
    if inner and all(key.isascii() and key.isdigit() for key in inner):
        return [inner[key] for key in sorted(inner, key=lambda k: (len(k), k))]
    return inner
