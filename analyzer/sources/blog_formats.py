"""The formats of blogs that are read: one entry each."""

from __future__ import annotations

from typing import Final

from analyzer.sources.blogs import (
    blogger,
    feed,
    is_blogger,
    is_feed,
    is_page,
    is_wxr,
    page,
    wxr,
)
from analyzer.sources.ghost import ghost, is_ghost
from analyzer.sources.prose import article, is_article
from analyzer.sources.shapes import CAPTURE, LABELS, Format

_LACK: Final = ("shares", "followers", *LABELS, "is_repost", *CAPTURE)

BLOGS: Final[dict[str, Format]] = {
    "wordpress": Format(
        title="WordPress export",
        how="XML of the namespace wordpress.org/export; published posts only",
        recognise=is_wxr,
        adapt=wxr,
        containers=("xml",),
        cannot_carry=("likes", "views", *_LACK),
    ),
    "blogger": Format(
        title="Blogger export",
        how="Atom with Blogger's kinds; live posts only (Takeout's newer layout, with blogger:type "
        "and blogger:status, is read from what other people's readers expect)",
        recognise=is_blogger,
        adapt=blogger,
        containers=("xml",),
        cannot_carry=("likes", "comments", "views", *_LACK),
    ),
    "ghost": Format(
        title="Ghost export",
        how="JSON with the tables 'posts', 'users' and 'posts_authors'; published posts only",
        recognise=is_ghost,
        adapt=ghost,
        containers=("json",),
        cannot_carry=("likes", "comments", "views", *_LACK),
    ),
    "feed": Format(
        title="RSS or Atom feed",
        how="XML with the root 'rss', 'feed' or 'RDF'; where an entry has no content its summary "
        "is taken, which may be cut to a teaser; comments are read from slash:comments, which "
        "nobody could verify",
        recognise=is_feed,
        adapt=feed,
        containers=("xml",),
        cannot_carry=("likes", "views", *_LACK),
    ),
    "html_page": Format(
        title="Saved web page",
        how="HTML; one article a page, told from what stands around it, so an estimate",
        recognise=is_page,
        adapt=page,
        containers=("html",),
        cannot_carry=("likes", "comments", "views", *_LACK),
    ),
    "markdown": Format(
        title="Markdown articles",
        how="front matter between lines of '---' or '+++', as Jekyll, Hugo and Hexo have it",
        recognise=is_article,
        adapt=article,
        containers=("markdown",),
        cannot_carry=("likes", "comments", "views", *_LACK),
    ),
}
