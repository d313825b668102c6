"""RSS and Atom feeds to records, by feedparser: a feed holds an author's latest articles."""

from __future__ import annotations

import html
import io
import json
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from xml.parsers import expat

from analyzer.sources.fields import dig, string
from analyzer.sources.shapes import DOCUMENT_LIMIT, RECORD_LIMIT, Damaged, Rows
from analyzer.sources.xmlguard import DEPTH_LIMIT, STRAY, guarded, parsed, too_deep

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENTITY: Final = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_BARE: Final = re.compile(r"&(?!#?\w{1,32};)")
_ITEMS: Final = frozenset({"item", "entry"})
_BLOCK: Final = 256
_KEYS: Final = ("id", "title", "link", "author", "summary", "published", "updated")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scan:
    """How far a document is well-formed."""

    items: int
    end: int
    """Bytes up to the end of the last complete item."""
    closing: bytes
    """The tags that close what is open there."""
    damage: Damaged | None


def read_feed(texts: Iterator[str], caught: list[Damaged]) -> Iterator[Rows]:
    """Records of a feed: entries as feedparser names their fields, with what the feed says of all.

    caught  damage of the bytes below, once the texts have ended

    Raises:
        Damaged: more than `DOCUMENT_LIMIT`, or the document breaks off or is not well-formed: the
            entries before that come first.
    """
    parts: list[str] = []
    size = 0
    for text in texts:
        parts.append(text)
        size += len(text)
        if size > DOCUMENT_LIMIT:
            raise Damaged(f"is a feed of more than {DOCUMENT_LIMIT:,} characters, which none has")
    document = _ENTITY.sub(_character, "".join(parts))
    data = document.encode()
    scan = _scan(data)
    if scan.damage is not None:
        # the fault that feeds have most: an address with a bare `&`
        mended = _BARE.sub("&amp;", document).encode()
        again = _scan(mended)
        if again.items > scan.items or again.damage is None:
            data, scan = mended, again
    if scan.damage is not None:
        data = data[: scan.end] + scan.closing
    if scan.items:
        yield from _entries(data)
    if caught or scan.damage is not None:
        raise caught[0] if caught else scan.damage or AssertionError
    if not scan.items:
        raise Damaged("is a feed without a single entry; download it again, or leave it out")


def _character(found: re.Match[str]) -> str:
    said = html.unescape(found[0])
    return found[0] if said in {"&", "<", ">", '"', "'"} else said


def _scan(data: bytes) -> _Scan:
    """Read a document without keeping it.

    Raises:
        Damaged: its DOCTYPE declares something.
    """
    parser = guarded(expat.ParserCreate("utf-8", None, None))
    opened: list[str] = []
    done: list[int] = [0, 0]
    closing: list[str] = []
    inside = 0

    def start(name: str, _attributes: object) -> None:
        nonlocal inside
        opened.append(name)
        if len(opened) > DEPTH_LIMIT:
            raise too_deep()
        if not inside and name.rpartition(":")[2] in _ITEMS:
            inside = len(opened)

    def end(_name: str) -> None:
        nonlocal inside
        if inside and len(opened) == inside:
            inside = 0
            done[:] = [done[0] + 1, data.index(b">", parser.CurrentByteIndex) + 1]
            closing[:] = opened[:-1]
        opened.pop()

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    damage = parsed(parser, data, 0) or parsed(parser, None, 0)
    return _Scan(
        items=done[0],
        end=done[1],
        closing="".join(f"</{name}>" for name in reversed(closing)).encode(),
        damage=damage,
    )


def _entries(data: bytes) -> Iterator[Rows]:
    import feedparser

    # a stream, for it would open a path or an address; HTML is left to `htmls`
    found = feedparser.parse(
        io.BytesIO(data),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    feed = {key: string(dict.get(found.feed, key)) for key in ("title", "link", "author")}
    feed["author"] = string(dig(dict.get(found.feed, "author_detail"), "name")) or feed["author"]
    rows = Rows([], [], [], [])
    for number, entry in enumerate(found.entries, 1):
        record = {"feed": feed, **_entry(entry)}
        raw = json.dumps(record, ensure_ascii=False)
        if len(raw) > RECORD_LIMIT:
            rows.bad.append((number, f"is longer than {RECORD_LIMIT:,} characters", raw))
        elif STRAY in raw:
            why = "is not in the encoding that the file declares; save it as UTF-8"
            rows.bad.append((number, why, raw.replace(STRAY, "\ufffd")))
        else:
            rows.numbers.append(number)
            rows.records.append(record)
            rows.raws.append(raw)
        if number % _BLOCK == 0:
            yield rows
            rows = Rows([], [], [], [])
    yield rows


def _entry(entry: Any) -> dict[str, Any]:
    """An entry as plain values; times in UTC where feedparser could read them."""
    said: dict[str, Any] = {key: string(dict.get(entry, key)) for key in _KEYS}
    for key in ("published", "updated"):
        when = dict.get(entry, f"{key}_parsed")
        if isinstance(when, time.struct_time):
            said[key] = time.strftime("%Y-%m-%dT%H:%M:%SZ", when)
    said["author"] = string(dig(dict.get(entry, "author_detail"), "name")) or said["author"]
    said["title_type"] = dig(dict.get(entry, "title_detail"), "type")
    said["summary_type"] = dig(dict.get(entry, "summary_detail"), "type")
    said["content"] = [
        {"type": dig(part, "type"), "value": dig(part, "value")}
        for part in dict.get(entry, "content") or []
    ]
    said["tags"] = [dig(tag, "term") for tag in dict.get(entry, "tags") or []]
    said["slash_comments"] = string(dict.get(entry, "slash_comments"))
    return {key: value for key, value in said.items() if value not in (None, [])}
