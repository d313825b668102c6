"""CSV and Parquet to records with their row numbers, streamed."""

from __future__ import annotations

import codecs
import csv
import re
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from analyzer.sources.shapes import MIB, RECORD_LIMIT, Damaged, Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SAMPLE: Final = 256 << 10
DELIMITERS: Final = (",", ";", "\t", "|")
FALLBACK_ENCODING: Final = "cp1258"
"""When nothing fits better: Windows' own Vietnamese code page."""
LEGACY_ENCODINGS: Final = (
    "cp1258",
    "cp1252",
    "utf_16_le",
    "utf_16_be",
    "big5",
    "gb18030",
    "cp1251",
)
"""What charset-normalizer may choose from; more choices mean worse guesses on short files."""
PARQUET_GROUP_LIMIT: Final = 1024 * MIB
"""Bytes of one Parquet row group, unpacked, by the file's own account."""
PARQUET_BLOCK_LIMIT: Final = 256 * MIB
"""Bytes of the texts of one block of rows: a text that stands once in the file's dictionary can
stand in a million rows."""
_BLOCK: Final = 2048
_BLOCK_BYTES: Final = 8 * MIB
_ESCAPED: Final = re.compile(r"[\udc80-\udcff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a CSV file is written."""

    encoding: str
    delimiter: str
    newline: str
    skip: int
    """Lines before the header: blank ones, and Excel's `sep=;`."""
    header: tuple[str, ...]

    def words(self) -> str:
        """The dialect for a reader."""
        names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
        return f"{names[self.delimiter]} between cells, {self.encoding}"


def sniff_encoding(head: bytes) -> str:
    """The encoding of a text file by its first bytes: a byte order mark, NUL bytes in every other
    place, valid UTF-8, else charset-normalizer's choice among `LEGACY_ENCODINGS`, else
    `FALLBACK_ENCODING`.
    """  # noqa: D205 - the rule is one sentence
    for mark, name in _MARKS.items():
        if head.startswith(mark):
            return name
    sample = head[:SAMPLE]
    if guess := _utf16(sample):
        return guess
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(sample, final=len(head) < SAMPLE)
    except UnicodeDecodeError:
        return _legacy(sample)
    return "utf-8"


_MARKS: Final = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def _utf16(sample: bytes) -> str | None:
    pairs = max(1, len(sample) // 2)
    low, high = sample[::2].count(0), sample[1::2].count(0)
    if high > pairs // 4 and low <= high // 8:
        return "utf-16-le"
    if low > pairs // 4 and high <= low // 8:
        return "utf-16-be"
    return None


def _legacy(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    # one stray byte in a UTF-8 file is a bad row, not another encoding
    text = sample.decode("utf-8", "surrogateescape")
    strays = len(_ESCAPED.findall(text))
    beyond = sum(1 for c in text if c > "\x7f") - strays
    if strays * 10 <= beyond:
        return "utf-8"
    best = from_bytes(sample[: 64 << 10], cp_isolation=list(LEGACY_ENCODINGS)).best()
    return best.encoding if best is not None else FALLBACK_ENCODING


def decoded(pieces: Iterator[bytes], encoding: str) -> Iterator[str]:
    """The text in pieces; bytes that the encoding has no character for become U+DC80 to U+DCFF.

    UTF-16 has no such bytes: half characters become U+FFFD there.
    """
    errors = "replace" if encoding.startswith(("utf-16", "utf_16")) else "surrogateescape"
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    for piece in pieces:
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)


def sniff_dialect(head: bytes, known: Callable[[str], bool]) -> Dialect | None:
    """How the CSV file that begins like this is written; None when it is no table.

    known  tells whether a header cell is the name of a column that can be used
    """
    encoding = sniff_encoding(head)
    errors = "replace" if "16" in encoding else "surrogateescape"
    text = codecs.getincrementaldecoder(encoding)(errors).decode(head[:SAMPLE])
    newline = "\r" if "\r" in text and "\n" not in text else "\n"
    above = re.match(r"[\r\n]*", text)
    skip = above[0].count(newline) if above else 0
    text = text.lstrip("\r\n")
    hint = re.match(r"sep=([,;\t|])\r?\n", text)
    if hint:
        skip, text = skip + 1, text[hint.end() :]
    if not text.strip() or "\0" in text.partition("\n")[0]:
        return None
    whole = len(head) < SAMPLE
    best: tuple[tuple[int, int, int], str, tuple[str, ...]] | None = None
    for delimiter in (hint.group(1),) if hint else DELIMITERS:
        rows = _sample_rows(text, delimiter, newline, whole=whole)
        header = rows[0]
        even = sum(1 for row in rows[1:] if len(row) == len(header))
        score = (sum(map(known, header)), even if len(header) > 1 else 0, len(header))
        if best is None or score > best[0]:
            best = score, delimiter, tuple(header)
    if best is None or not (best[0][0] or (best[0][1] and best[0][2] > 1)):
        return None
    return Dialect(encoding=encoding, delimiter=best[1], newline=newline, skip=skip, header=best[2])


def _sample_rows(text: str, delimiter: str, newline: str, *, whole: bool) -> list[list[str]]:
    csv.field_size_limit(RECORD_LIMIT)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(_ended(text, newline), delimiter=delimiter):
            rows.append([cell.strip() for cell in row])
            if len(rows) > 20:  # noqa: PLR2004 - enough to see whether rows are even
                return rows
    except csv.Error:
        return rows or [[]]
    return rows if whole or len(rows) < 2 else rows[:-1]  # noqa: PLR2004 - the last may be cut


def _ended(text: str, newline: str) -> list[str]:
    return [line + "\n" for line in text.split(newline)]


def read_csv(pieces: Iterator[bytes], dialect: Dialect) -> Iterator[Rows]:
    """Records of a CSV file as dicts of its header; empty cells stay empty strings.

    Raises:
        Damaged: while iterating: a quote that is never closed, or damaged bytes.
    """
    csv.field_size_limit(RECORD_LIMIT)  # a global of the csv module; its default is 128 KiB
    source = _Lines(decoded(pieces, dialect.encoding), dialect.newline)
    reader = csv.reader(source, delimiter=dialect.delimiter)
    for _ in range(dialect.skip):
        next(source, None)
    source.taken.clear()
    next(reader, None)
    header = unique(dialect.header)
    number = 0
    while True:
        rows = Rows([], [], [], [])
        size = 0
        going = True
        while going and len(rows.numbers) + len(rows.bad) < _BLOCK and size < _BLOCK_BYTES:
            source.taken.clear()
            try:
                cells = next(reader, None)
            except csv.Error as error:
                number += 1
                rows.bad.append((number, f"is not CSV: {error}", source.raw()))
                continue
            if cells is None:
                going = False
                break
            if not any(cells):
                continue
            number += 1
            raw = source.raw()
            size += len(raw)
            if why := _uneven(cells, header, raw, ended=source.ended):
                rows.bad.append((number, why, raw))
                continue
            rows.numbers.append(number)
            rows.records.append(dict(zip(header, cells, strict=False)))
            rows.raws.append(raw)
        yield rows
        if not going:
            break
    if source.damage is not None:
        raise source.damage


def _uneven(cells: list[str], header: Sequence[str], raw: str, *, ended: bool) -> str | None:
    if ended and raw.count('"') % 2 and "\n" in raw.rstrip("\n"):
        return "opens a quote that is never closed: the rows after it are lost; close the quote"
    if _ESCAPED.search(raw):
        return "holds bytes that do not fit the file's encoding; save the file as UTF-8"
    if len(cells) < len(header) or any(cells[len(header) :]):
        return (
            f"has {len(cells)} cells where the header has {len(header)}; quote cells that hold "
            "the delimiter or a line break"
        )
    return None


def unique(header: Sequence[str]) -> list[str]:
    """The header with the second and later cells of one name made `name.2`, `name.3` ..."""
    seen: dict[str, int] = {}
    names = []
    for name in header:
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}.{seen[name]}")
    return names


class _Lines:
    """Lines of a text in pieces, at LF (or CR) only, remembering those of the current row."""

    def __init__(self, texts: Iterator[str], newline: str) -> None:
        self.taken: list[str] = []
        self.damage: Damaged | None = None
        self.ended = False
        self._newline = newline
        self._texts = texts
        self._lines: list[str] = []
        self._at = 0
        self._rest: list[str] = []
        self._size = 0

    def raw(self) -> str:
        """The lines of the current row."""
        return "".join(self.taken)

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        while self._at >= len(self._lines):
            if self.ended:
                raise StopIteration
            self._refill()
        line = self._lines[self._at]
        self._at += 1
        self.taken.append(line)
        return line

    def _refill(self) -> None:
        try:
            text = next(self._texts, None)
        except Damaged as error:
            self.damage, text = error, None
        if text is None:
            self.ended = True
            self._lines, self._at = (["".join(self._rest)] if self._rest else []), 0
            return
        lines = text.split(self._newline)
        last = lines.pop()
        if lines:
            lines[0] = "".join([*self._rest, lines[0]])
            self._rest, self._size = [], 0
        self._lines, self._at = [line + "\n" for line in lines], 0
        self._size += len(last)
        if last:
            self._rest.append(last)
        if self._size > RECORD_LIMIT:  # hand it on in parts: csv refuses the cell by itself
            self._lines.append("".join(self._rest))
            self._rest, self._size = [], 0


def open_parquet(stream: IO[bytes]) -> tuple[tuple[str, ...], Iterator[Rows]]:
    """Column names and records of a Parquet file.

    Raises:
        Damaged: not Parquet, or (while iterating) damaged or with a row group too large.
    """
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(stream)
    except (pa.ArrowException, OSError) as error:
        raise Damaged(f"is a damaged Parquet file ({_first(error)}); copy it again") from error
    names = tuple(file.schema_arrow.names)
    # texts stay in the dictionary until their weight is known
    texts = [f.name for f in file.schema_arrow if pa.types.is_string(f.type)]
    return names, _parquet_rows(pq.ParquetFile(stream, read_dictionary=texts))


def _parquet_rows(file: Any) -> Iterator[Rows]:
    number = 0
    for group in range(file.metadata.num_row_groups):
        size = file.metadata.row_group(group).total_byte_size
        each = size // max(1, file.metadata.row_group(group).num_rows)
        if size > PARQUET_GROUP_LIMIT:
            raise Damaged(
                f"row group {group + 1} unpacks to {size:,} bytes; write the file with smaller "
                "row groups"
            )
        try:
            block = max(16, min(_BLOCK, _BLOCK_BYTES // max(1, each)))
            for batch in file.iter_batches(batch_size=block, row_groups=[group]):
                _refuse_bomb(batch, number)
                yield _records(batch, number)
                number += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            raise Damaged(
                f"is damaged after row {number:,} ({_first(error)}); copy it again"
            ) from error


def _refuse_bomb(batch: Any, number: int) -> None:
    made = 0
    for column in batch.columns:
        if pa.types.is_dictionary(column.type) and pa.types.is_string(column.type.value_type):
            lengths = pc.binary_length(column.dictionary).take(column.indices)
            made += pc.sum(lengths.cast(pa.int64())).as_py() or 0
    if made > PARQUET_BLOCK_LIMIT:
        raise Damaged(
            f"the {batch.num_rows:,} rows after row {number:,} unpack to {made:,} bytes; write "
            "the file with shorter texts"
        )


def _records(batch: Any, number: int) -> Rows:
    rows = Rows([], [], [], [])
    columns = {}
    bad: set[int] = set()
    for name, column in zip(unique(batch.schema.names), batch.columns, strict=True):
        columns[name] = _values(column, bad)
    for index, cells in enumerate(zip(*columns.values(), strict=True)):
        row = number + index + 1
        if index in bad:
            why = "holds bytes that are not UTF-8; write the column again as text"
            rows.bad.append((row, why, None))
            continue
        rows.numbers.append(row)
        rows.records.append(dict(zip(columns, cells, strict=True)))
        rows.raws.append(None)
    return rows


def _values(column: Any, bad: set[int]) -> list[Any]:
    if pa.types.is_timestamp(column.type):
        # Python knows no nanoseconds, and not every machine every time zone
        zone = "UTC" if column.type.tz else None
        column = column.cast(pa.timestamp(column.type.unit, tz=zone))
        if column.type.unit == "ns":
            column = column.cast(pa.timestamp("us", tz=zone), safe=False)
    try:
        values: list[Any] = column.to_pylist()
    except (ValueError, OverflowError):  # also UnicodeDecodeError and pyarrow.ArrowInvalid
        values = []
        for index, value in enumerate(column):
            try:
                values.append(value.as_py())
            except UnicodeDecodeError:
                bad.add(index)
                values.append(None)
            except (ValueError, OverflowError):  # a time beyond Python's years is unknown
                values.append(None)
    return values


def _first(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]
