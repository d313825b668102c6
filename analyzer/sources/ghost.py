"""Ghost's export: one document of tables, joined to one record a post, and those to posts."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from analyzer.sources.blogs import account, host, listed
from analyzer.sources.fields import dig, first, scrub, short, string
from analyzer.sources.htmls import plain
from analyzer.sources.shapes import Skip

if TYPE_CHECKING:
    from analyzer.sources.shapes import Draft, Place, Record

_PARTS: Final = ("users", "tags", "posts_authors", "posts_tags", "posts_meta", "settings")
_LEXICAL_DEPTH: Final = 50
Table = dict[str, dict[str, Any]]


def ghost_posts(value: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The posts of an export, each with its `ghost_authors`, `ghost_tags` and `ghost_site`.

    Read from `{"db": [{"data": ...}]}` and `{"data": ...}`; None for any other document, and for
    an export without posts.
    """
    tables = dig(value, "db", 0, "data") or value.get("data")
    if not isinstance(tables, dict):
        return None
    posts = _rows(tables, "posts")
    known = {"title", "slug", "status"}
    if not posts or not known <= posts[0].keys() or not any(name in tables for name in _PARTS):
        return None
    users, tags = _by_id(tables, "users"), _by_id(tables, "tags")
    authors = _joined(tables, "posts_authors", "author_id", users)
    labels = _joined(tables, "posts_tags", "tag_id", tags)
    settings = {string(row.get("key")): row.get("value") for row in _rows(tables, "settings")}
    site = {"title": settings.get("title"), "url": settings.get("url")}
    return [
        {
            **post,
            "ghost_site": site,
            # before version 2 a post had one author and named it itself
            "ghost_authors": authors.get(_id(post, "id"))
            or [users[key] for key in [_id(post, "author_id")] if key in users],
            "ghost_tags": labels.get(_id(post, "id"), []),
        }
        for post in posts
    ]


def _rows(tables: dict[str, Any], name: str) -> list[dict[str, Any]]:
    rows = tables.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _id(row: dict[str, Any], key: str) -> str:
    return string(row.get(key)) or ""


def _by_id(tables: dict[str, Any], name: str) -> Table:
    return {_id(row, "id"): row for row in _rows(tables, name)}


def _joined(
    tables: dict[str, Any], name: str, key: str, others: Table
) -> dict[str, list[dict[str, Any]]]:
    """Post to the rows of another table, in the order that the export gives them."""
    found: dict[str, list[tuple[float, dict[str, Any]]]] = defaultdict(list)
    for row in _rows(tables, name):
        if (other := others.get(_id(row, key))) is not None:
            order = row.get("sort_order")
            place = order if isinstance(order, int | float) and order == order else 0  # noqa: PLR0124
            found[_id(row, "post_id")].append((place, other))
    return {
        post: [other for _, other in sorted(rows, key=lambda pair: pair[0])]
        for post, rows in found.items()
    }


def is_ghost(record: Record) -> bool:
    """Whether the record is a post of a Ghost export, joined with its authors and tags."""
    return isinstance(record.get("ghost_site"), dict) and "ghost_authors" in record


def ghost(record: Record, _place: Place) -> Draft | Skip:
    """A post of a Ghost export; only published ones, and no page.

    The export names no address of the blog, unless a setting does: without one the account is the
    author's slug alone. Posts for members are kept.
    """
    if (kind := record.get("type", "post")) != "post" or record.get("page") == 1:
        return Skip(
            why=f"is of type '{'page' if kind == 'post' else kind}', not a post", field="type"
        )
    status = short(record.get("status"))
    if status != "published":
        return Skip(why=f"has the status '{status}', not 'published'", field="status")
    author = dig(record.get("ghost_authors"), 0)
    canonical = record.get("canonical_url")
    base = dig(record.get("ghost_site"), "url")
    slug = short(record.get("slug"))
    site_url = short(base)
    url = f"{site_url.rstrip('/')}/{slug}/" if site_url and slug else None
    number = short(record.get("id"))
    tags = [
        name
        for tag in listed(record.get("ghost_tags"))
        if (name := short(dig(tag, "name"))) and not name.startswith("#")
    ]
    return {
        # before version 1 posts were numbered from 1 in every blog
        "id": first(record.get("uuid"), number) if number and number.isdecimal() else number,
        "account": account(first(dig(author, "slug"), dig(author, "name")), host(base)),
        "account_name": dig(author, "name"),
        "platform": "blog",
        "title": record.get("title"),
        "text": _ghost_text(record),
        "posted_at": record.get("published_at"),
        "url": first(canonical, url),
        "hashtags": tags or None,
    }


def _ghost_text(record: Record) -> str:
    """The first of HTML, plain text and the editor's own document that has words."""
    if text := plain(string(record.get("html")) or ""):
        return text
    if said := string(record.get("plaintext")):
        return scrub(said).strip()
    try:
        document = json.loads(string(record.get("lexical")) or "null")
    except (ValueError, RecursionError):
        return ""
    parts: list[str] = []
    _lexical(dig(document, "root"), parts, 0)
    return "".join(parts).strip()


def _lexical(node: Any, parts: list[str], depth: int) -> None:
    if depth > _LEXICAL_DEPTH or not isinstance(node, dict):
        return
    if (text := string(node.get("text"))) is not None:
        parts.append(scrub(text))
    if node.get("type") == "linebreak":
        parts.append("\n")
    if (markup := string(node.get("html"))) is not None:
        parts.append(plain(markup) + "\n\n")
    for child in listed(node.get("children")):
        _lexical(child, parts, depth + 1)
    if string(node.get("type")) in {
        "paragraph",
        "heading",
        "extended-heading",
        "quote",
        "listitem",
    }:
        parts.append("\n\n")
