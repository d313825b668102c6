"""Blogs: WordPress and Blogger exports, feeds and saved pages.

A login or a name such as `admin` says nothing without its site, so an account is `name@site`.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from analyzer.sources.fields import dig, first, platform, scrub, short, string
from analyzer.sources.htmls import article, plain, without_shortcodes, wordpress
from analyzer.sources.shapes import Draft, Place, Record, Skip

_KIND: Final = "http://schemas.google.com/g/2005#kind"
_LABELS: Final = "http://www.blogger.com/atom/ns#"
_UNFILED: Final = frozenset({"uncategorized", "chua-phan-loai", "khong-phan-loai"})
_NO_TIME: Final = "0000-00-00 00:00:00"
_HIDDEN: Final = frozenset({"unknown", "anonymous", "noreply@blogger.com"})
"""What Blogger writes for an author who hides."""


def host(*urls: Any) -> str | None:
    """The site of the first address that has one, without `www.`."""
    for url in urls:
        text = short(url)
        try:
            name = urlsplit(text).hostname if text and "//" in text else None
        except ValueError:
            name = None
        if name:
            return name.lower().removeprefix("www.")
    return None


def account(author: Any, site: str | None) -> str | None:
    """Who writes: `name@site`, or the one of the two that is known."""
    name = short(author)
    return f"{name}@{site}" if name and site and "@" not in name else name or site


def is_wxr(record: Record) -> bool:
    """Whether the record is an item of a WordPress export."""
    return isinstance(record.get("wxr"), dict)


def wxr(record: Record, _place: Place) -> Draft | Skip:
    """An item of a WordPress export (WXR 1.0 to 1.2); only published posts without a password.

    The id is the `guid`, which is the same in the blog's feed; `wp:post_id` counts from 1 in every
    blog. Comments are those approved; none of a blog that is closed to them are unknown.
    """
    kind = short(record.get("wp:post_type"))
    if kind != "post":
        return Skip(why=f"is of type '{kind}', not a post", field="wp:post_type")
    status = short(record.get("wp:status"))
    if status != "publish":
        return Skip(why=f"has the status '{status}', not 'publish'", field="wp:status")
    if short(record.get("wp:post_password")):
        return Skip(why="is behind a password, so not public", field="wp:post_password")
    blog, link = record.get("wxr"), record.get("link")
    site = host(dig(blog, "base"), dig(blog, "link"), link)
    number = short(record.get("wp:post_id"))
    content = wordpress(string(record.get("content:encoded")) or "")
    return {
        "id": first(record.get("guid"), f"{site}/?p={number}" if site and number else None),
        "account": account(record.get("dc:creator"), site) or short(dig(blog, "title")),
        "account_name": first(
            record.get("author_name"), record.get("dc:creator"), dig(blog, "title")
        ),
        "platform": "blog",
        "title": _line(record.get("title")),
        "text": content or plain(string(record.get("excerpt:encoded")) or ""),
        "posted_at": _wordpress_time(record),
        "url": link,
        "hashtags": _wordpress_tags(record.get("category")),
        "comments": _approved(record),
    }


def _wordpress_time(record: Record) -> Any:
    """GMT; `pubDate` is the same time where WordPress left that empty. Local time has no zone."""
    said = short(record.get("wp:post_date_gmt"))
    if said and said != _NO_TIME:
        return said
    other = short(record.get("pubDate"))
    # an item without a time gets the year -1
    return other if other and "-0001" not in other else None


def _wordpress_tags(categories: Any) -> list[str] | None:
    found = [
        text
        for item in listed(categories)
        if string(dig(item, "domain")) in {"post_tag", "category"}
        and (text := _line(dig(item, "text")))
        and string(dig(item, "nicename")) not in _UNFILED
    ]
    return found or None


def _approved(record: Record) -> int | None:
    said = record.get("wp:comment_approved")
    if isinstance(said, list):
        return sum(string(dig(item, "text")) == "1" for item in said)
    return 0 if record.get("wp:comment_status") == "open" else None


def is_blogger(record: Record) -> bool:
    """Whether the record is an entry of a Blogger export."""
    return isinstance(record.get("blogger"), dict)


def blogger(record: Record, _place: Place) -> Draft | Skip:
    """An entry of a Blogger export; only live posts, and no page, comment, setting or template.

    Of Takeout's newer layout (`blogger:type`, `blogger:status`) only other people's readers were
    seen; it names no address, so the site is the blog's number there.
    """
    categories = listed(record.get("category"))
    terms = [string(dig(item, "term")) or "" for item in categories if dig(item, "scheme") == _KIND]
    kind = short(first(record.get("blogger:type"), *(t.rpartition("#")[2] for t in terms)))
    if kind is None or kind.lower() != "post":
        return Skip(why=f"is of kind '{kind}', not a post", field="kind")
    status = short(record.get("blogger:status")) or "LIVE"
    if short(record.get("app:draft")) == "yes" or status != "LIVE":
        return Skip(why="is a draft or deleted, so not public", field="status")
    links = record.get("link")
    url = next(
        (dig(item, "href") for item in listed(links) if dig(item, "rel") == "alternate"),
        None,
    )
    number = (string(dig(record.get("blogger"), "id")) or "").partition("blog-")[2]
    site = host(url) or (f"blog-{number.partition('.')[0]}" if number else None)
    author = short(record.get("name"))
    author = None if author is None or author.lower() in _HIDDEN else author
    labels = [
        dig(item, "term")
        for item in categories
        if (scheme := string(dig(item, "scheme")) or "") == _LABELS
        or scheme.startswith("tag:blogger.com")
    ]
    return {
        "id": record.get("id"),
        "account": account(author, site),
        "account_name": first(author, dig(record.get("blogger"), "title")),
        "platform": "blog",
        "title": _line(record.get("title")),
        "text": plain(string(record.get("content")) or ""),
        "posted_at": record.get("published"),
        "url": url,
        "hashtags": labels or None,
    }


def is_feed(record: Record) -> bool:
    """Whether the record is an entry of a feed, as `feeds` gives it."""
    return isinstance(record.get("feed"), dict)


def feed(record: Record, _place: Place) -> Draft | Skip:
    """An entry of an RSS or Atom feed; its text is the content, else the summary.

    A summary may be no more than the beginning of the article. `slash:comments` is read though
    nobody could verify it.
    """
    url = string(record.get("link"))
    about = record.get("feed")
    site = host(dig(about, "link"), url)
    author = first(record.get("author"), dig(about, "author"))
    where = platform(None, short(url))
    parts = record.get("content")
    texts = [_typed(dig(p, "value"), dig(p, "type")) for p in listed(parts)]
    said = next((text for text in texts if text), None)
    return {
        "id": first(record.get("id"), url),
        "account": account(author, site) or short(dig(about, "title")),
        "account_name": first(author, dig(about, "title")),
        "platform": "blog" if where == "other" else where,
        "title": _typed(record.get("title"), record.get("title_type")),
        "text": said or _typed(record.get("summary"), record.get("summary_type")) or "",
        "posted_at": first(record.get("published"), record.get("updated")),
        "url": url,
        "hashtags": [tag for tag in listed(record.get("tags")) if string(tag)] or None,
        "comments": record.get("slash_comments"),
    }


def listed(value: Any) -> list[Any]:
    """The list, or an empty one for anything else."""
    return value if isinstance(value, list) else []


def _typed(value: Any, kind: Any) -> str | None:
    text = string(value)
    if text is None:
        return None
    # feeds call a summary text that is HTML all the same
    markup = kind != "text/plain" or "</" in text or "<br" in text or "&" in text
    return without_shortcodes(plain(text)) if markup else scrub(text).strip()


def is_page(record: Record) -> bool:
    """Whether the record is a saved page."""
    return isinstance(record.get("html_page"), str)


def page(record: Record, _place: Place) -> Draft | Skip:
    """A saved page with one article, as trafilatura tells it from what stands around it."""
    found = article(string(record.get("html_page")) or "")
    if found is None:
        return Skip(why="holds no article that can be told from the page around it", field="text")
    site = first(found["hostname"], host(found["url"]))
    return {
        "id": found["url"],
        "account": account(found["author"], site) or short(found["sitename"]),
        "account_name": first(found["author"], found["sitename"]),
        "platform": "blog",
        "title": found["title"],
        "text": found["text"],
        "posted_at": found["date"],
        "url": found["url"],
        "hashtags": found["tags"] or None,
    }


def _line(value: Any) -> str | None:
    text = string(value)
    return short(plain(text)) if text else None
