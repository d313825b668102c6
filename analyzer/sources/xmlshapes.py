"""Which elements of a blog's export are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Which elements of an export become a record, each under the last part of its path.

    Paths are relative to the item.
    """

    name: str
    title: str
    item: str
    """Path of an item from the root's children on."""
    texts: frozenset[str]
    lists: frozenset[str] = frozenset()
    """Elements that repeat: each its attributes and `text`."""
    about: Mapping[str, str]
    """Path from the root's children on to its name in what all records say of the blog."""


WXR: Final = Shape(
    name="wxr",
    title="WordPress export",
    item="channel/item",
    texts=frozenset({
        "title", "link", "guid", "pubDate", "dc:creator", "content:encoded", "excerpt:encoded",
        "wp:post_id", "wp:post_date", "wp:post_date_gmt", "wp:post_type", "wp:status",
        "wp:post_password", "wp:comment_status",
    }),
    lists=frozenset({"category", "wp:comment/wp:comment_approved"}),
    about={
        "channel/title": "title",
        "channel/link": "link",
        "channel/wp:base_blog_url": "base",
        "channel/wp:author/wp:author_login": "login",
        "channel/wp:author/wp:author_display_name": "name",
    },
)  # fmt: skip
BLOGGER: Final = Shape(
    name="blogger",
    title="Blogger export",
    item="entry",
    texts=frozenset({
        "id", "title", "content", "published", "author/name",
        "app:control/app:draft", "blogger:type", "blogger:status",
    }),
    lists=frozenset({"category", "link"}),
    about={"title": "title", "id": "id"},
)  # fmt: skip
