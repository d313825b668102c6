"""What people write by hand: articles in Markdown with front matter, captions in a text file."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from analyzer.sources.fields import first, short, string, words
from analyzer.sources.htmls import plain
from analyzer.sources.shapes import (
    MIB,
    RECORD_LIMIT,
    Contents,
    Damaged,
    Draft,
    Place,
    Record,
    Rows,
    Skip,
)
from analyzer.sources.tables import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator

FRONT_LIMIT: Final = 64 << 10
"""Characters of front matter; real ones have under 2,000."""
ARTICLE_LIMIT: Final = 4 * MIB
_FRONT: Final = re.compile(r"(---|\+\+\+)[ \t]*\r?\n(.*?\n)?\1[ \t]*(?:\r?\n|$)", re.DOTALL)
_TEMPLATE: Final = re.compile(r"\{\{[<%].*?[%>]\}\}|\{%.*?%\}", re.DOTALL)
"""Shortcodes of Hugo and tags of Jekyll: they stand for pictures, videos, boxes."""
_DATED: Final = re.compile(r"(\d{4}-\d{2}-\d{2})-")
_FOLDERS: Final = frozenset({"_posts", "posts", "post", "content", "source", "blog", "articles"})
"""Folders of site generators, which name no account."""
_ESCAPED: Final = re.compile("[\udc80-\udcff]")
_BLOCK: Final = 1024


def has_front_matter(head: str) -> bool:
    """Whether a text that begins like this is an article with front matter."""
    return _FRONT.match(head[:FRONT_LIMIT]) is not None


def open_article(pieces: Iterator[bytes], encoding: str) -> Contents:
    """An article in Markdown, its front matter in YAML or TOML.

    Raises:
        Damaged: too long, or front matter that is neither.
    """
    parts, size = [], 0
    for text in decoded(pieces, encoding):
        parts.append(text)
        size += len(text)
        if size > ARTICLE_LIMIT:
            raise Damaged(f"is an article of more than {ARTICLE_LIMIT:,} characters; split it")
    whole = "".join(parts).removeprefix("\ufeff")
    found = _FRONT.match(whole)
    if found is None:
        raise Damaged("has front matter that is never closed; close it with a line of '---'")
    if _ESCAPED.search(whole):
        raise Damaged("holds bytes that do not fit its encoding; save the file as UTF-8")
    record = {"front_matter": _front_matter(found[1], found[2] or ""), "body": whole[found.end() :]}
    return Contents(
        container="markdown",
        dialect=f"an article behind front matter in {_LANGUAGES[found[1]]}, {encoding}",
        rows=iter([Rows([1], [record], [whole], [])]),
    )


_LANGUAGES: Final = {"---": "YAML", "+++": "TOML"}


def _front_matter(mark: str, text: str) -> dict[str, Any]:
    import yaml

    try:
        found = tomllib.loads(text) if mark == "+++" else yaml.safe_load(text)
    except (tomllib.TOMLDecodeError, yaml.YAMLError, ValueError, RecursionError) as error:
        what = " ".join(str(error).split())[:200]
        raise Damaged(f"has front matter that is not {_LANGUAGES[mark]}: {what}") from error
    if not isinstance(found, dict):
        raise Damaged("has front matter without names and values, as in 'title: ...'")
    # an alias of YAML may stand for a list of lists of lists without end: only flat values are kept
    return {str(name): _flat(value) for name, value in found.items()}


def _flat(value: Any) -> Any:
    if isinstance(value, list):
        return [item for item in value if isinstance(item, str | int | float)]
    if isinstance(value, dict):
        return {str(k): v for k, v in value.items() if isinstance(v, str | int | float | bool)}
    return value if isinstance(value, str | int | float | bool | date) else None


def is_article(record: Record) -> bool:
    """Whether the record is an article in Markdown."""
    return "front_matter" in record and "body" in record


def article(record: Record, place: Place) -> Draft | Skip:
    """An article of a blog that Jekyll, Hugo or Hexo makes; drafts are none.

    Without a date in the front matter that of the file's name is taken, and without an author the
    name of the blog's folder.
    """
    front = record.get("front_matter")
    front = front if isinstance(front, dict) else {}
    if front.get("draft") is True or front.get("published") is False:
        return Skip(why="is a draft, so not public", field="draft")
    dated = _DATED.match(place.file.rpartition("/")[2])
    tags = [word for name in ("tags", "categories") for word in words(front.get(name)) or ()]
    body = record.get("body")
    return {
        "account": first(_author(front), _site(place)),
        "account_name": _author(front),
        "platform": "blog",
        "title": front.get("title"),
        "text": _plain(body) if isinstance(body, str) else body,
        "posted_at": first(front.get("date"), dated and dated[1]),
        "url": first(front.get("canonical_url"), front.get("canonicalURL")),
        "hashtags": tags or None,
    }


def _author(front: Record) -> str | None:
    said = first(front.get("author"), front.get("authors"))
    if isinstance(said, list):
        said = next((one for one in said if short(one)), None)
    return short(said.get("name")) if isinstance(said, dict) else short(said)


def _site(place: Place) -> str | None:
    """The innermost folder that no site generator names; where all are such, the innermost."""
    folders = [*reversed(place.file.split("/")[:-1]), place.folder]
    named = [name for name in folders if name]
    return next((name for name in named if name.lower() not in _FOLDERS), first(*named))


def _plain(body: str) -> str:
    from markdown_it import MarkdownIt

    # `gfm-like` would make links of addresses, which are words already
    reader = MarkdownIt("commonmark", {"maxNesting": 20}).enable("table")
    return plain(reader.render(_TEMPLATE.sub("", body)))


def open_paragraphs(pieces: Iterator[bytes], encoding: str) -> Contents:
    """A text file of captions, with a blank line or more between two."""
    return Contents(
        container="paragraphs",
        dialect=f"a caption a paragraph, blank lines between, {encoding}",
        rows=_paragraphs(decoded(pieces, encoding)),
        columns=("text",),
    )


def _paragraphs(texts: Iterator[str]) -> Iterator[Rows]:
    rows = Rows([], [], [], [])
    lines: list[str] = []
    begun = size = 0
    for number, line in enumerate(_lines(texts), start=1):
        if line.strip():
            begun = begun or number
            size += len(line)
            if size <= RECORD_LIMIT:
                lines.append(line)
            continue
        _keep(rows, begun, lines, size)
        lines, begun, size = [], 0, 0
        if len(rows.numbers) + len(rows.bad) >= _BLOCK:
            yield rows
            rows = Rows([], [], [], [])
    _keep(rows, begun, lines, size)
    yield rows


def _keep(rows: Rows, begun: int, lines: list[str], size: int) -> None:
    if not begun:
        return
    text = "\n".join(lines)
    if size > RECORD_LIMIT:
        rows.bad.append((begun, f"is longer than {RECORD_LIMIT:,} characters; is it a text?", text))
    elif _ESCAPED.search(text):
        why = "holds bytes that do not fit the file's encoding; save the file as UTF-8"
        rows.bad.append((begun, why, text))
    else:
        rows.numbers.append(begun)
        rows.records.append({"text": text})
        rows.raws.append(text)


def _lines(texts: Iterator[str]) -> Iterator[str]:
    """Lines at line feeds only, in parts where one has no end."""
    rest = ""
    for text in texts:
        *whole, rest = (rest + text).split("\n")
        for line in whole:
            yield string(line.removesuffix("\r")) or ""
        if len(rest) > RECORD_LIMIT:
            yield rest
            rest = ""
    if rest:
        yield rest.removesuffix("\r")
