"""What a file is made of, told from its first bytes."""

from __future__ import annotations

import codecs
import contextlib
import re
import tempfile
from typing import IO, TYPE_CHECKING, Final

from analyzer.sources.generic import known_column
from analyzer.sources.htmls import open_page
from analyzer.sources.instaloader import CAPTION_FILE
from analyzer.sources.jsons import is_lines, read_document, read_lines
from analyzer.sources.prose import has_front_matter, open_article, open_paragraphs
from analyzer.sources.shapes import MIB, RECORD_LIMIT, Contents, Damaged, Rows
from analyzer.sources.streams import compression, peek, spooled
from analyzer.sources.tables import (
    SAMPLE,
    decoded,
    open_parquet,
    read_csv,
    sniff_dialect,
    sniff_encoding,
)
from analyzer.sources.xmls import open_xml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SPOOL_LIMIT: Final = 4096 * MIB
"""Bytes of a packed Parquet file that are put on disk: it cannot be read as a stream."""
CAPTION_LIMIT: Final = MIB
_KNOWN: Final = {
    b"%PDF": "a PDF document",
    b"SQLite format 3": "an SQLite database",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"RIFF": "a media file",
    b"\x1aE\xdf\xa3": "a media file",
    b"ID3": "a media file",
    b"OggS": "a media file",
    b"\x93NUMPY": "a NumPy array",
    b"\x80\x04": "a Python pickle",
    b"<": "an XML or HTML document",
}
_PROLOG: Final = re.compile(r"[\s\ufeff]+|<!--.*?-->|<\?.*?\?>", re.DOTALL)
_HTML: Final = re.compile(r"<!doctype html|<html[\s>]")
_FEED: Final = re.compile(r"<(?:rss|feed|rdf:rdf)[\s>]")
_TEXT_FILE: Final = re.compile(r"\.txt(?:\.(?:gz|xz|zst))?$", re.IGNORECASE)
_CONTROLS: Final = re.compile(rb"[\0-\x08\x0e-\x1a]")
"""Bytes that no text holds; UTF-16 is not read as a file of captions."""
_TAR: Final = slice(257, 262)
_MP4: Final = slice(4, 8)
_REMEDY: Final = "export it as JSONL, CSV or Parquet"


def open_contents(
    pieces: Iterator[bytes],
    name: str,
    path: Path | None,
    *,
    wanted: frozenset[str],
    records: str | None = None,
) -> Contents:
    """The records in the bytes of a file.

    path    where the very same bytes lie on disk, if they do
    wanted  columns the user maps: a table that has one of them is a table
    records where the records of JSON stand, if the user says so

    Raises:
        Damaged: empty, an archive in an archive, or nothing that is read; while iterating, as the
            readers do.
    """
    head, pieces = peek(pieces, SAMPLE)
    if not head.strip(b" \t\r\n\0\xef\xbb\xbf"):
        for _ in pieces:  # an empty stream may still end in damage, which says more
            break
        what = "is empty" if not head.strip() else "holds NUL bytes only"
        raise Damaged(f"{what}; nothing to read: export it again, or leave it out")
    if head.startswith(b"PAR1"):
        return _parquet(pieces, path)
    if (kind := compression(head)) is not None:
        raise Damaged(f"is a {kind} archive inside another; unpack it and pass the files")
    if CAPTION_FILE.fullmatch(name.rpartition("/")[2]) and not head.lstrip().startswith(b"{"):
        return _caption(pieces)
    encoding = sniff_encoding(head)
    if encoding not in {"utf-8", "utf-8-sig"} and "16" in encoding:
        text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
        first = text.lstrip("\ufeff \t\r\n")[:1].encode()
    else:
        first = head.removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n")[:1]
    if first in {b"{", b"["}:
        return _json(pieces, encoding, records)
    if first == b"<" and (markup := _markup(head, encoding)) is not None:
        return markup(head, pieces)
    if first in {b"-", b"+"} and has_front_matter(_beginning(head, encoding)):
        return open_article(pieces, encoding)
    return _table(head, pieces, name, lambda column: column in wanted or known_column(column))


def _markup(head: bytes, encoding: str) -> Callable[[bytes, Iterator[bytes]], Contents] | None:
    """What opens a document that begins like this; None for other things in angle brackets."""
    text = _beginning(head, encoding)
    declared = text.lstrip("\ufeff \t\r\n").lower().startswith("<?xml")
    at = 0
    while (skipped := _PROLOG.match(text, at)) is not None:
        at = skipped.end()
    text = text[at : at + 40].lower()
    if _HTML.match(text):
        return open_page
    return open_xml if declared or _FEED.match(text) else None


def _beginning(head: bytes, encoding: str) -> str:
    errors = "replace" if "16" in encoding else "surrogateescape"
    return codecs.getincrementaldecoder(encoding)(errors).decode(head[:SAMPLE]).lstrip("\ufeff")


def _json(pieces: Iterator[bytes], encoding: str, records: str | None) -> Contents:
    if "16" in encoding:
        pieces = (text.encode("utf-8", "surrogatepass") for text in decoded(pieces, encoding))
    pieces = _stripped(pieces)
    head, size = b"", 64 << 10
    while True:
        head, pieces = peek(pieces, size)
        # a trailing line feed shows that the first line is whole
        if b"\n" in head or len(head) < size or size > RECORD_LIMIT:
            break
        size *= 4
    lines = records is None and is_lines(head)
    shown = encoding if "16" in encoding else "utf-8"
    return Contents(
        container="json",
        dialect=f"{'one record a line' if lines else 'one JSON document'}, {shown}",
        rows=read_lines(pieces) if lines else read_document(pieces, records),
    )


def _stripped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Without the byte order mark and spaces before the first character; line feeds stay."""
    first = next(pieces, b"").removeprefix(codecs.BOM_UTF8)
    yield first.lstrip(b" \t")
    yield from pieces


def _caption(pieces: Iterator[bytes]) -> Contents:
    parts, size = [], 0
    for piece in pieces:
        parts.append(piece)
        size += len(piece)
        if size > CAPTION_LIMIT:
            raise Damaged(f"is a caption of more than {CAPTION_LIMIT:,} bytes; is it another file?")
    raw = b"".join(parts)
    try:
        text = raw.decode("utf-8-sig").removesuffix("\n")
    except UnicodeDecodeError as error:
        raise Damaged(f"is not UTF-8 at byte {error.start + 1}; save it as UTF-8") from error
    return Contents(
        container="text",
        dialect="one caption, utf-8",
        rows=iter([Rows([1], [{"text": text}], [raw], [])]),
    )


def _parquet(pieces: Iterator[bytes], path: Path | None) -> Contents:
    with contextlib.ExitStack() as stack:
        stream: IO[bytes]
        if path is not None:
            stream = stack.enter_context(path.open("rb"))
        else:
            stream = stack.enter_context(tempfile.TemporaryFile())
            spooled(pieces, stream, SPOOL_LIMIT)
        columns, rows = open_parquet(stream)
        return Contents(
            container="parquet",
            dialect="parquet",
            rows=_closing(rows, stack.pop_all().close),
            columns=columns,
        )
    raise AssertionError  # unreachable: the stack swallows nothing


def _closing(rows: Iterator[Rows], close: Callable[[], None]) -> Iterator[Rows]:
    try:
        yield from rows
    finally:
        close()


def _table(
    head: bytes, pieces: Iterator[bytes], name: str, known: Callable[[str], bool]
) -> Contents:
    what = next((what for mark, what in _KNOWN.items() if head.lstrip().startswith(mark)), None)
    if head[_TAR] == b"ustar":
        what = "a tar archive"
    elif head[_MP4] == b"ftyp":
        what = "a media file"
    if what is not None:
        raise Damaged(f"is {what}, which is not read; {_REMEDY}")
    dialect = sniff_dialect(head, known)
    # commas make no table of captions: its header would name a column that is known
    table = dialect is not None and (dialect.delimiter == "\t" or any(map(known, dialect.header)))
    if not table and _TEXT_FILE.search(name) and not _CONTROLS.search(head):
        return open_paragraphs(pieces, sniff_encoding(head))
    if dialect is None:
        shown = re.sub(r"[^\x20-\x7e]+", " ", head[:40].decode("utf-8", "replace"))
        raise Damaged(f"is in no format that is read (it begins with {shown!r}); {_REMEDY}")
    return Contents(
        container="csv",
        dialect=dialect.words(),
        rows=read_csv(pieces, dialect),
        columns=dialect.header,
    )
