"""HTML to plain text: fragments of exports whole, saved pages without what stands around them."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Any, Final

from analyzer.sources.fields import scrub
from analyzer.sources.shapes import RECORD_LIMIT, Contents, Damaged, Rows
from analyzer.sources.tables import decoded, sniff_encoding

if TYPE_CHECKING:
    from collections.abc import Iterator

_SILENT: Final = frozenset({
    "script", "style", "template", "noscript", "iframe", "object", "svg", "head", "title",
})  # fmt: skip
"""What a browser shows no words of."""
_LINE: Final = frozenset({
    "li", "tr", "div", "dt", "dd", "dl", "figcaption", "caption", "summary", "details",
    "address", "option", "legend", "center",
})  # fmt: skip
_PARAGRAPH: Final = frozenset({
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol", "table", "figure",
    "hr", "section", "article", "aside", "header", "footer", "main", "nav", "form", "fieldset",
})  # fmt: skip
_CELLS: Final = frozenset({"td", "th", "img", "input", "button"})
_LINE_GAP: Final = "\x1e"
_PARAGRAPH_GAP: Final = "\x1f"
_GAPS: Final = re.compile("[\x1e\x1f]")
_SPACE: Final = re.compile(r"[ \t\r\n\f]+")
_SHORTCODE: Final = re.compile(r"\[(/?)([A-Za-z][\w-]{0,63})(\s[^\[\]]{0,4000}|)(/?)\]")
_WORDPRESS: Final = frozenset({
    "caption", "wp_caption", "gallery", "embed", "audio", "video", "playlist", "toc", "more",
})  # fmt: skip
_CHARSET: Final = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE
)
_TEXT_CODECS: Final = re.compile(
    r"utf-8|ascii|cp125\d|iso8859-\d+|gb2312|gbk|gb18030|big5|shift_jis|euc_(?:jp|kr)|koi8-r"
)
_ESCAPED: Final = re.compile("[\udc80-\udcff]")
_SAVED_FROM: Final = re.compile(
    r"<!--[^<>]{0,200}?(?:saved from url=\(\d{1,6}\)|\burl:\s{0,8})(https?://[^\s<>\"]{1,2000})"
)
_FEW: Final = 1000
"""A page may hold one byte of no meaning in so many characters."""


class _Text:
    """Collects the words of HTML as the parser meets them; depth does not matter to it."""

    def __init__(self, *, breaks: bool) -> None:
        self.parts: list[str] = []
        self.breaks = breaks
        self.silent = 0
        self.kept = 0
        """Elements open here in which line feeds count."""

    def start(self, tag: str, _attributes: object) -> None:
        if tag in _SILENT:
            self.silent += 1
        self.kept += tag in {"pre", "textarea"}
        if tag == "br":
            self.parts.append("\n")
        self._gap(tag)

    def end(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent -= 1
        self.kept -= tag in {"pre", "textarea"}
        self._gap(tag)

    def _gap(self, tag: str) -> None:
        if tag in _PARAGRAPH:
            self.parts.append(_PARAGRAPH_GAP)
        elif tag in _LINE:
            self.parts.append(_LINE_GAP)
        elif tag in _CELLS:
            self.parts.append(" ")

    def data(self, text: str) -> None:
        if not self.silent:
            said = _GAPS.sub(" ", text)
            self.parts.append(said if self.breaks or self.kept else _SPACE.sub(" ", said))

    def close(self) -> str:
        return "".join(self.parts)


def plain(html: str, *, breaks: bool = False) -> str:
    """The words of a fragment of HTML, every one, with paragraphs set apart by blank lines.

    breaks  line feeds in the source are line breaks, as in WordPress' classic editor
    """
    from lxml import etree

    html = scrub(html)
    if "<" not in html and "&" not in html:
        return tidy(html if breaks else _SPACE.sub(" ", html))
    parser = etree.HTMLParser(target=_Text(breaks=breaks), huge_tree=True, no_network=True)
    try:
        parser.feed(f"<div>{html}</div>")
        text = parser.close()
    except etree.ParserError:
        return ""
    return tidy(text)


def tidy(text: str) -> str:
    """One space between words, no space at the ends of lines, one blank line at most."""
    return re.sub(r"\s+", _gap, text).strip()


def _gap(found: re.Match[str]) -> str:
    run = found[0]
    if _PARAGRAPH_GAP in run or run.count("\n") > 1:
        return "\n\n"
    return "\n" if "\n" in run or _LINE_GAP in run else " "


def wordpress(html: str) -> str:
    """The words of a WordPress post: of its blocks, or of its classic text, without shortcodes."""
    return without_shortcodes(plain(html, breaks="<!-- wp:" not in html))


def without_shortcodes(text: str) -> str:
    """The text without WordPress' bracketed commands; what stands between two of them is kept.

    `[Review]` and other words in brackets are words: a command is one of WordPress' own, has
    attributes (`[vc_row css="..."]`), or is closed (`[box]...[/box]`).
    """
    if "[" not in text:
        return text
    closed = {found[2] for found in _SHORTCODE.finditer(text) if found[1]}

    def said(found: re.Match[str]) -> str:
        name, inside = found[2], found[3]
        if name in _WORDPRESS:
            return "\n"
        return " " if name in closed or "=" in inside else found[0]

    return tidy(_SHORTCODE.sub(said, text))


def codec(name: str | None) -> str | None:
    """Python's name of a declared encoding that a text may have; None for any other."""
    try:
        known = codecs.lookup(name or "").name
    except LookupError:
        return None
    return known if _TEXT_CODECS.fullmatch(known) else None


def open_page(head: bytes, pieces: Iterator[bytes]) -> Contents:
    """A saved page as one record, `{"html_page": "<html ..."}`.

    Raises:
        Damaged: a table that Excel wrote, longer than `RECORD_LIMIT`, or the bytes end in damage.
    """
    if b"microsoft-com:office:excel" in head[:4096]:
        raise Damaged("is an Excel table saved as HTML; save it as CSV (UTF-8)")
    encoding = sniff_encoding(head)
    declared = _CHARSET.search(head)
    if not encoding.startswith(("utf-8", "utf-16")) and declared:
        encoding = codec(declared[1].decode("ascii")) or encoding
    return Contents(container="html", dialect=f"one page, {encoding}", rows=_page(pieces, encoding))


def _page(pieces: Iterator[bytes], encoding: str) -> Iterator[Rows]:
    parts: list[str] = []
    size = 0
    for text in decoded(pieces, encoding):
        parts.append(text)
        size += len(text)
        if size > RECORD_LIMIT:
            raise Damaged(f"is a page of more than {RECORD_LIMIT:,} characters; is it an article?")
    page = "".join(parts)
    strays = len(_ESCAPED.findall(page))
    if strays * _FEW > len(page):
        why = f"is not {encoding}, which it claims to be; save the page as UTF-8"
        yield Rows([], [], [], [(1, why, page)])
        return
    yield Rows([1], [{"html_page": _ESCAPED.sub("\ufffd", page)}], [page], [])


def article(page: str) -> dict[str, Any] | None:
    """Title, text, author, date, url and site of the one article of a page; None: none found.

    What stands around it (menus, comments, teasers of other articles) is left out, so words can be
    lost or gained: the text is an estimate.
    """
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    page = scrub(page)
    saved = _SAVED_FROM.search(page[:8192])
    found = bare_extraction(
        page,
        url=saved[1] if saved else None,
        include_comments=False,
        favor_recall=True,
        with_metadata=True,
        date_extraction_params={
            "original_date": True,
            "extensive_search": False,
            "max_date": "2099-12-31",
        },
    )
    if not isinstance(found, Document) or not found.text:
        return None
    keys = ("title", "author", "date", "url", "hostname", "sitename", "tags")
    text = found.text.strip()
    if found.title and text.partition("\n")[0] == found.title:
        text = text.partition("\n")[2]  # the heading, told twice
    return {**{key: getattr(found, key) for key in keys}, "text": text}
