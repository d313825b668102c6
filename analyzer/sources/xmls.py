"""XML to records: exports of blogs item by item, feeds whole; nothing outside the file is read."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any, Final
from xml.parsers import expat

from analyzer.sources.feeds import read_feed
from analyzer.sources.htmls import codec
from analyzer.sources.shapes import RECORD_LIMIT, Contents, Damaged, Rows
from analyzer.sources.streams import until_damage
from analyzer.sources.tables import decoded, sniff_encoding
from analyzer.sources.xmlguard import (
    DEPTH_LIMIT,
    NAMES_LIMIT,
    STRAY,
    guarded,
    parsed,
    too_deep,
)
from analyzer.sources.xmlshapes import BLOGGER, WXR, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

_STRAYS: Final = re.compile("[\udc80-\udcff]")
_FORBIDDEN: Final = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DECLARED: Final = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})[\"']")
_WORDPRESS: Final = re.compile(r"https?://wordpress\.org/export/[\d.]+/(excerpt/)?")
_BLOGGER_KIND: Final = "http://schemas.google.com/blogger/2008/kind#"
_BLOGGER: Final = "http://schemas.google.com/blogger/2018"
_PREFIXES: Final = {
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://www.w3.org/2005/Atom": "",
    "http://www.w3.org/2007/app": "app:",
    "http://purl.org/atom/app#": "app:",
    _BLOGGER: "blogger:",
}


def open_xml(head: bytes, pieces: Iterator[bytes]) -> Contents:
    """A WordPress or Blogger export, or a feed.

    Raises:
        Damaged: neither, or a document type with declarations of its own; while iterating, where
            the document breaks off or is not well-formed.
    """
    encoding = _encoding(head)
    kind = _kind(next(_texts(iter([head]), encoding), ""))
    caught: list[Damaged] = []
    texts = _texts(until_damage(pieces, caught), encoding)
    return Contents(
        container="xml",
        dialect=f"{'feed' if kind is None else kind.title}, {encoding}",
        rows=read_feed(texts, caught) if kind is None else read_items(texts, kind, caught),
    )


def _encoding(head: bytes) -> str:
    sniffed = sniff_encoding(head)
    if sniffed.startswith(("utf-16", "utf-8-sig")) or (sniffed == "utf-8" and not head.isascii()):
        return sniffed
    found = _DECLARED.match(head.lstrip())
    if found is None:
        return sniffed
    declared = found[1].decode("ascii")
    known = codec(declared)
    if known is None:
        raise Damaged(f"declares the encoding '{declared}', which is not read; save it as UTF-8")
    return known


def _texts(pieces: Iterator[bytes], encoding: str) -> Iterator[str]:
    """The document in pieces, without characters that XML forbids and exports hold all the same."""
    begun = False
    for text in decoded(pieces, encoding):
        clean = _FORBIDDEN.sub("", _STRAYS.sub(STRAY, text))
        if begun or (clean := clean.lstrip()):  # blank lines at the start, of faulty plug-ins
            begun = True
            yield clean


def _kind(beginning: str) -> Shape | None:
    """The export that begins like this; None for a feed."""
    root: list[tuple[str, dict[str, str]]] = []
    parser = guarded(expat.ParserCreate("utf-8"))
    parser.StartElementHandler = lambda *found: root.append(found) if not root else None
    try:
        parser.Parse(beginning.encode(), False)
    except expat.ExpatError as error:
        if not root:
            raise Damaged(
                f"is no readable XML ({error}); export it again, or repair the file"
            ) from error
    if not root:
        raise Damaged("is XML that ends, or names no element, where its first one should stand")
    name, attributes = root[0]
    local = name.rpartition(":")[2]
    if local not in {"rss", "feed", "RDF"}:
        raise Damaged(
            f"is an XML or HTML document of another kind (<{name[:40]}>), which is not read; "
            "export it as JSONL, CSV or Parquet"
        )
    spaces = list(attributes.values())
    if any(_WORDPRESS.fullmatch(space) for space in spaces):
        return WXR
    return BLOGGER if _BLOGGER in spaces or _BLOGGER_KIND in beginning else None


def read_items(texts: Iterator[str], shape: Shape, caught: list[Damaged]) -> Iterator[Rows]:
    """Records of an export, an item each; memory does not grow with the document.

    caught  damage of the bytes below, once the texts have ended
    """
    items = _Items(shape)
    for text in texts:
        damage = items.feed(text.encode())
        yield items.taken()
        if damage is not None:
            raise damage
    if caught:
        raise caught[0]
    damage = items.feed(None)
    yield items.taken()
    if damage is not None:
        raise damage
    if not items.number:
        raise Damaged(f"is a {shape.title} without a single item; export it again with all content")


class _Items:
    """A stream of XML, and the items that are complete."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.wanted = shape.texts | shape.lists
        self.rows = Rows([], [], [], [])
        self.number = 0
        self.names: dict[str, str] = {}
        self.path: list[str] = []
        self.inside = 0
        """Depth of the item that is open; 0: none is."""
        self.record: dict[str, Any] = {}
        self.size = 0
        self.about: dict[str, str] = {}
        self.authors: dict[str, str] = {}
        self.parts: list[str] | None = None
        """Text of the element that is being kept."""
        self.kept = 0
        """Its depth."""
        self.attributes: dict[str, str] = {}
        self.fed = 0
        self.parser = guarded(expat.ParserCreate("utf-8", " ", None))
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.data
        self.parser.SkippedEntityHandler = self.entity

    def feed(self, piece: bytes | None) -> Damaged | None:
        """Read on, or end (None); what stops the reading."""
        self.fed += len(piece or b"")
        return parsed(self.parser, piece, self.fed)

    def taken(self) -> Rows:
        """The items completed since the last call."""
        rows, self.rows = self.rows, Rows([], [], [], [])
        return rows

    def _named(self, name: str) -> str:
        known = self.names.get(name)
        if known is None:
            if len(self.names) >= NAMES_LIMIT:
                raise Damaged(f"holds more than {NAMES_LIMIT:,} kinds of element; is it an export?")
            space, _, local = name.rpartition(" ")
            prefix = _PREFIXES.get(space, "?:") if space else ""
            if found := _WORDPRESS.fullmatch(space):
                prefix = "excerpt:" if found[1] else "wp:"
            known = self.names[name] = prefix + local
        return known

    def start(self, name: str, attributes: dict[str, str]) -> None:
        path = self.path
        path.append(self._named(name))
        depth = len(path)
        if depth > DEPTH_LIMIT:
            raise too_deep()
        if self.parts is not None:
            return
        if not self.inside and depth <= 3 and "/".join(path[1:]) == self.shape.item:  # noqa: PLR2004
            self.inside, self.record, self.size = depth, {}, 0
            return
        here = self._here()
        if here in (self.wanted if self.inside else self.shape.about):
            self.parts, self.kept, self.attributes = [], depth, attributes

    def _here(self) -> str:
        """Path of the open element, from the item or the root on; longer ones are not wanted."""
        below = self.path[self.inside or 1 :]
        return "/".join(below) if len(below) <= 3 else ""  # noqa: PLR2004 - the longest in `about`

    def data(self, text: str) -> None:
        if self.parts is None:
            return
        self.size += len(text)
        if self.size <= RECORD_LIMIT:
            self.parts.append(text)

    def entity(self, name: str, _parameter: object) -> None:
        self.data(html.unescape(f"&{name};"))

    def end(self, _name: str) -> None:
        depth = len(self.path)
        if self.parts is not None and depth == self.kept:
            self._keep(self._here(), "".join(self.parts))
            self.parts = None
        elif depth == self.inside:
            self._complete()
            self.inside = 0
        elif not self.inside and self.path[1:] == ["channel", "wp:author"]:
            login, name = self.about.pop("login", ""), self.about.pop("name", "")
            if len(self.authors) < NAMES_LIMIT:
                self.authors.setdefault(login, name)
        self.path.pop()

    def _keep(self, here: str, text: str) -> None:
        key = here.rpartition("/")[2]
        if not self.inside:
            self.about.setdefault(self.shape.about[here], text)
            self.size = 0
        elif here in self.shape.lists:
            self.size += sum(len(name) + len(value) for name, value in self.attributes.items()) + 64
            if self.size <= RECORD_LIMIT:
                self.record.setdefault(key, []).append({**self.attributes, "text": text})
        else:
            self.record.setdefault(key, text)

    def _complete(self) -> None:
        self.number += 1
        record = self.record
        said = json.dumps(record, ensure_ascii=False) if self.size <= RECORD_LIMIT else None
        if said is None:
            why = f"is longer than {RECORD_LIMIT:,} characters; is it an article?"
            self.rows.bad.append((self.number, why, None))
        elif STRAY in said:
            why = "is not in the encoding that the file declares; save it as UTF-8"
            self.rows.bad.append((self.number, why, said.replace(STRAY, "\ufffd")))
        else:
            record[self.shape.name] = dict(self.about)
            if name := self.authors.get(record.get("dc:creator", "")):
                record["author_name"] = name
            self.rows.numbers.append(self.number)
            self.rows.records.append(record)
            self.rows.raws.append(said)
