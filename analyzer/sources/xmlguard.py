"""What all readers of XML refuse, and how they say so."""

from __future__ import annotations

from typing import Final
from xml.parsers import expat

from analyzer.sources.shapes import MIB, Damaged

DEPTH_LIMIT: Final = 256
"""Elements open at once; exports have under 10, feeds with XHTML in them under 50."""
TAG_LIMIT: Final = 4 * MIB
"""Bytes of one tag or comment: the parser keeps it whole."""
NAMES_LIMIT: Final = 10_000
"""Names of elements in one file: the parser keeps each."""
STRAY: Final = "\ufdd0"
"""Stands for a byte of no meaning: a character that no text holds and XML allows."""


def guarded(parser: expat.XMLParserType) -> expat.XMLParserType:
    """The parser, refusing a document type that declares anything: entities swell, or read files.

    Entities that only HTML knows (`&nbsp;`) go to `SkippedEntityHandler` in place of an error.
    """

    def doctype(_name: str, _system: str | None, _public: str | None, inner: int) -> None:
        if inner:
            raise Damaged(
                "declares entities or attributes of its own in its DOCTYPE, as files that attack "
                "a reader do; nothing was read: remove the DOCTYPE if you trust the file"
            )

    parser.StartDoctypeDeclHandler = doctype
    parser.UseForeignDTD(True)
    return parser


def parsed(parser: expat.XMLParserType, piece: bytes | None, fed: int) -> Damaged | None:
    """Read a piece, or the end (None); what stops the reading.

    fed  bytes fed so far, this piece among them
    """
    try:
        parser.Parse(piece or b"", piece is None)
    except expat.ExpatError as error:
        return _broken(error, final=piece is None)
    except Damaged as error:
        return error
    if fed - parser.CurrentByteIndex > TAG_LIMIT:
        return Damaged(f"holds a tag of more than {TAG_LIMIT:,} bytes; is it an export?")
    return None


def too_deep() -> Damaged:
    """Why a document is left that opens element in element."""
    return Damaged(f"is nested deeper than {DEPTH_LIMIT} elements; is it an export?")


def _broken(error: expat.ExpatError, *, final: bool) -> Damaged:
    if final:
        return Damaged(
            "the XML ends too early; the items before the cut were read: copy or download the "
            "file again"
        )
    return Damaged(
        f"the XML cannot be read beyond line {error.lineno:,}, character {error.offset + 1:,} "
        f"({expat.ErrorString(error.code)}); the items before it were read: export it again, or "
        "repair the file"
    )
