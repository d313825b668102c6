"""JSON bytes to records with their row numbers: lines, arrays and single objects, streamed."""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, Any, Final

import orjson

from analyzer.sources.fields import short
from analyzer.sources.ghost import ghost_posts
from analyzer.sources.meta_download import download_posts
from analyzer.sources.shapes import DOCUMENT_LIMIT, RAW_LIMIT, RECORD_LIMIT, Damaged, Rows
from analyzer.sources.streams import until_damage
from analyzer.sources.wrapped import records_at

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_BETWEEN: Final = re.compile(r"[ \t\r\n,]*")
_ESCAPED: Final = re.compile(r"[\udc80-\udcff]")
_DECODER: Final = json.JSONDecoder(strict=False)
_WRAPPERS: Final = ("items", "data", "posts", "videos", "results", "itemList")
"""Keys under which an object holds the list of records, when it is no record itself."""
_MESSAGE: Final = re.compile(r"\[\s{0,20}(?:-1|[236])\s{0,20},\s{0,20}[\"{]")
"""How a message begins in what `gallery-dl --dump-json` prints, one list of them or (with the
setting `jsonl`) one a line; read in gallery-dl 1.32.18."""
_STOPPED, _POST, _IMAGE = -1, 2, 3
"""Kinds of messages; the other kind, 6, is an address to look at."""
_LOOK: Final = 80
_BLOCK: Final = 4096
_BLOCK_CHARACTERS: Final = 1 << 20
_NOT_UTF8: Final = "is not UTF-8; save the file as UTF-8 (or convert it with iconv)"


def is_lines(head: bytes) -> bool:
    """Whether JSON that begins like this is one record a line, rather than one document.

    head  (bytes)  from the first character on, at least one whole line where there is one
    """
    head = head.lstrip(b" \t\r\n")
    if not head.startswith(b"{"):
        return False
    first, newline, rest = head.partition(b"\n")
    value = parse_line(first)[0]
    if isinstance(value, dict):
        return bool(rest.strip()) or unwrap(value)[0] is value
    # a broken first line is still a line when what follows begins like records, not like members
    later = [line for line in rest.split(b"\n")[:20] if line.strip()]
    return bool(newline and later) and all(line.startswith(b"{") for line in later)


def parse_line(line: bytes) -> tuple[Any, str | None]:
    """The value of one line of JSON, or None and why there is none."""
    try:
        return orjson.loads(line), None
    except orjson.JSONDecodeError:
        pass
    # orjson refuses lone surrogates, NaN and control characters; the standard reader takes them
    try:
        return _DECODER.decode(line.decode("utf-8", "surrogatepass").strip(" \t\r\n")), None
    except UnicodeDecodeError as error:
        return None, f"byte {line[error.start]:#04x} at {error.start + 1} {_NOT_UTF8}"
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" at")
        return None, f"is not JSON: {what} at character {error.pos + 1}; repair or drop the row"
    except RecursionError:
        return None, "is nested too deep"
    except ValueError as error:  # a number of thousands of digits
        return None, f"is not readable JSON: {str(error).partition(';')[0]}"


def read_lines(pieces: Iterator[bytes]) -> Iterator[Rows]:
    """Records of a line format; rows are split at LF only, since texts hold U+2028 and U+0085.

    Raises:
        Damaged: while iterating, when the bytes end in damage.
    """
    number = 1
    for lines in _lines(pieces):
        for start in range(0, len(lines), _BLOCK):
            block = lines[start : start + _BLOCK]
            yield _parse_block(block, number)
            number += len(block)


def _parse_block(lines: list[bytes | None], number: int) -> Rows:
    rows = Rows([], [], [], [])
    add_number, add_record, add_raw = rows.numbers.append, rows.records.append, rows.raws.append
    for row, line in enumerate(lines, number):
        if line is None or len(line) > RECORD_LIMIT:
            why = f"is longer than {RECORD_LIMIT:,} bytes; is the file one record a line?"
            rows.bad.append((row, why, line))
            continue
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            if not line.strip():
                continue
            value, why_not = parse_line(line)
            if why_not:
                rows.bad.append((row, why_not, line))
                continue
        if type(value) is not dict:
            rows.bad.append((row, f"is a JSON {_kind(value)}, not an object", line))
            continue
        add_number(row)
        add_record(value)
        add_raw(line)
    return rows


def _kind(value: object) -> str:
    kinds = {list: "list", str: "string", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "number")


def _lines(pieces: Iterator[bytes]) -> Iterator[list[bytes | None]]:
    """Whole lines per piece; None stands for one that is too long."""
    rest: list[bytes] = []
    size = 0
    caught: list[Damaged] = []
    for piece in until_damage(pieces, caught):
        lines: list[bytes | None] = [*piece.split(b"\n")]
        last = lines.pop() or b""
        if lines:
            lines[0] = b"".join([*rest, lines[0] or b""]) if size <= RECORD_LIMIT else None
            yield lines
            rest, size = [], 0
        size += len(last)
        rest = [*rest, last] if size <= RECORD_LIMIT else []
    if size:
        yield [b"".join(rest) if rest else None]
    if caught:
        raise caught[0]


def read_document(pieces: Iterator[bytes], path: str | None = None) -> Iterator[Rows]:
    """Records of a JSON array, of an object, or of several one after the other.

    An array is read element by element, so its length is not bounded; one element is
    (`RECORD_LIMIT`), as is a top-level object (`DOCUMENT_LIMIT`).

    path: where in each element or object its records stand (`records_at`); None finds them.

    Raises:
        Damaged: while iterating, at the first element that is not JSON: what follows it cannot
            be told apart.
    """
    reader = _Values(pieces)
    rows = Rows([], [], [], [])
    number = weight = 0
    for number, record, raw, why in _records(reader, path):
        why_not = _why_not(record, raw, why)
        if why_not is not None:
            rows.bad.append((number, why_not, raw))
        else:
            rows.numbers.append(number)
            rows.records.append(record)
            rows.raws.append(raw)
        weight += len(raw)
        if len(rows.numbers) + len(rows.bad) >= _BLOCK or weight >= _BLOCK_CHARACTERS:
            yield rows
            rows, weight = Rows([], [], [], []), 0
    if reader.cut:
        rows.bad.append((number + 1, "is cut off or not JSON", reader.cut))
    yield rows
    if reader.damage is not None:
        raise reader.damage


def _records(reader: _Values, path: str | None) -> Iterator[tuple[int, Any, str, str | None]]:
    """Number, record, its own text, and why it is none, of each record and each message.

    What gallery-dl says of a post stands before its images and again with each: it is a record
    only where no image follows.
    """
    number = 0
    post: tuple[int, Any, str, None] | None = None
    for value, text in reader:
        if type(value) is list:
            number += 1
            kind, told = value[0], value[-1]
            if post is not None and kind != _IMAGE:
                yield post
            post = (number, told, text, None) if kind == _POST else None
            if kind == _IMAGE:
                yield number, told, text, None
            elif kind == _STOPPED:
                yield number, told, text, f"gallery-dl stopped here: {_said(told)}"
            continue
        wrapped, why = (unwrap(value), None) if path is None else records_at(value, path)
        if why is not None:
            number += 1
            yield number, value, text, why
        for record in wrapped:
            number += 1
            # of a wrapped record its own text, not its wrapper's: that would be quadratic
            raw = text if record is value else json.dumps(record, ensure_ascii=False)
            yield number, record, raw, None
    if post is not None:
        yield post


def _said(error: Any) -> str:
    said = (error.get(key) for key in ("error", "message")) if isinstance(error, dict) else ()
    return (short(": ".join(filter(None, map(short, said)))) or "no reason given")[:300]


def _why_not(record: Any, raw: str, why: str | None) -> str | None:
    if _ESCAPED.search(raw):
        return _NOT_UTF8
    return why or (None if type(record) is dict else f"is a JSON {_kind(record)}, not an object")


def unwrap(value: Any) -> list[Any]:
    """The records that an object wraps (`{"items": [...]}`); else the value itself, alone."""
    if isinstance(value, dict) and "id" not in value:
        if (posts := ghost_posts(value)) is not None:
            return posts
        if (posts := download_posts(value)) is not None:
            return posts
        for key in _WRAPPERS:
            inner = value.get(key)
            if isinstance(inner, list) and inner and isinstance(inner[0], dict):
                return inner
            # an answer of an interface: {"data": {"videos": [...]}, "error": ...}
            if key == "data" and isinstance(inner, dict) and (found := unwrap(inner)) != [inner]:
                return found
    return [value]


class _Values:
    """Values of a stream of JSON text, each with its own text."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self.buffer = ""
        self.at = 0
        self.ended = False
        self.depth = 0
        """Arrays that are open here."""
        self.damage: Damaged | None = None
        self.cut = ""

    def more(self, size: int) -> None:
        """Have `size` characters from here on, or all there are."""
        parts = [self.buffer[self.at :]]
        have = len(parts[0])
        self.at = 0
        while have < size and not self.ended:
            try:
                piece = next(self.pieces, None)
            except Damaged as error:
                self.damage, piece = error, None
            self.ended = piece is None
            parts.append(self.decoder.decode(piece or b"", final=self.ended))
            have += len(parts[-1])
        self.buffer = "".join(parts)

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        while self._begin():
            opens, closes = self.buffer[self.at] == "[", self.buffer[self.at] == "]"
            if (opens and not self._is_message()) or (closes and self.depth):
                self.depth += 1 if opens else -1
                self.at += 1
                continue
            start = self.at
            found = self._value()
            if found is None:
                return
            yield found[0], self.buffer[start : self.at]
        if self.depth and self.damage is None:
            self.damage = Damaged(
                "the JSON array ends too early; the records before the cut were read: copy or "
                "download the file again"
            )

    def _is_message(self) -> bool:
        """Whether the array that begins here is a message, which is read as one value."""
        if len(self.buffer) - self.at < _LOOK:
            self.more(_LOOK)
        return _MESSAGE.match(self.buffer, self.at) is not None

    def _begin(self) -> bool:
        """Go to the next character that is no space; False at the end."""
        while True:
            skip = (_BETWEEN if self.depth else _SPACE).match(self.buffer, self.at)
            self.at = skip.end() if skip else self.at
            if self.at < len(self.buffer):
                return True
            if self.ended:
                return False
            self.more(1)

    def _value(self) -> tuple[Any] | None:
        limit = RECORD_LIMIT if self.depth else DOCUMENT_LIMIT
        size = 1 << 16
        while True:
            try:
                value, end = _DECODER.raw_decode(self.buffer, self.at)
            except (ValueError, RecursionError) as error:
                have = len(self.buffer) - self.at
                if self.ended or have >= limit:
                    self._fail(error, limit if have >= limit else None)
                    return None
                size = max(size, have) * 2
                self.more(min(size, limit))
                continue
            start, self.at = self.at, end
            if end - start > limit:
                self._fail(ValueError("too long"), limit)
                return None
            return (value,)

    def _fail(self, error: Exception, limit: int | None) -> None:
        self.cut = self.buffer[self.at : self.at + RAW_LIMIT]
        if self.damage is not None:
            return
        what = f"{type(error).__name__}" if isinstance(error, RecursionError) else str(error)
        where = getattr(error, "msg", what)
        reason = f"a record is longer than {limit:,} bytes" if limit else f"not JSON: {where}"
        self.damage = Damaged(
            f"the JSON document cannot be read beyond this record ({reason}); the records before "
            "it were read: copy or download the file again, or repair it"
        )
