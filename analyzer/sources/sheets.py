"""Excel workbooks (.xlsx) to records with their row numbers, streamed sheet by sheet."""

from __future__ import annotations

import itertools
import zipfile
from typing import IO, TYPE_CHECKING, Any, Final

from analyzer.sources.shapes import MIB, Contents, Damaged, Rows
from analyzer.sources.tables import unique

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PART_LIMIT: Final = 1024 * MIB
"""Bytes of one part of a workbook, unpacked; a sheet is streamed."""
STRINGS_LIMIT: Final = 256 * MIB
"""Bytes of the texts that cells share: they are held in memory, three times as large."""
ROWS: Final = 1 << 20
"""Excel's own limit; a file that says more was not written by it."""
COLUMNS: Final = 1 << 9
"""Cells of a row that are read: exports have up to some 200."""
ABOVE: Final = 20
"""Rows above the header: a title, a date of export."""
_BLOCK: Final = 1024
_WORKBOOK: Final = "xl/workbook.xml"
_STRINGS: Final = "xl/sharedStrings.xml"


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """Whether the zip archive is a workbook that is read."""
    return _WORKBOOK in archive.NameToInfo


def read_sheets(
    stream: IO[bytes], known: Callable[[str], bool]
) -> Iterator[tuple[str | None, Contents]]:
    """Each sheet that holds anything, with its name; None where it is the only one.

    A sheet's first row with the name of a known column is its header, else its first row. Rows are
    numbered as Excel shows them. Hidden sheets are read; charts and formulas are not, the values
    that a formula last gave are.
    known: whether a header cell is the name of a column that can be used.

    Raises:
        Damaged: no workbook, encrypted, or larger than the limits; while iterating, damaged.
    """
    import openpyxl

    with zipfile.ZipFile(stream) as archive:
        for info in archive.infolist():
            limit = STRINGS_LIMIT if info.filename == _STRINGS else PART_LIMIT
            if info.file_size > limit:
                raise Damaged(
                    f"holds a part of {info.file_size:,} bytes ({info.filename[:80]!r}); save the "
                    "table as CSV (UTF-8)"
                )
    stream.seek(0)
    try:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        sheets = [(sheet.title, _filled(sheet)) for sheet in book.worksheets]
        held = [(title, rows) for title, rows in sheets if rows is not None]
    except Exception as error:  # whatever hostile bytes make of a parser that is not ours
        raise _damaged(error) from error
    for title, rows in held:
        header, first, rest = _headed(rows, known)
        if len(held) == 1:
            name, dialect = None, "a sheet"
        else:
            name = title.replace("/", "_")
            dialect = f"sheet {name!r} of {len(held)}"
        yield (
            name,
            Contents(
                container="xlsx",
                dialect=f"{dialect}, header in row {first}",
                rows=_blocks(rest, header),
                columns=header,
            ),
        )


Row = tuple[int, tuple[Any, ...]]


def _filled(sheet: Any) -> Iterator[Row] | None:
    """Rows that hold anything, with their numbers; None where there are none."""
    # the size that the file states of itself may be a lie, and costs a cell for each blank
    sheet.reset_dimensions()
    filled = _with_cells(sheet.iter_rows(values_only=True))
    first = next(filled, None)
    return None if first is None else itertools.chain((first,), filled)


def _with_cells(rows: Iterator[tuple[Any, ...]]) -> Iterator[Row]:
    for number, row in enumerate(rows, start=1):
        if number > ROWS:
            raise Damaged(f"says that it has more than {ROWS:,} rows, which no sheet can")
        if any(cell is not None for cell in row[:COLUMNS]):
            yield number, tuple(map(_value, row[:COLUMNS]))


def _value(cell: Any) -> Any:
    if isinstance(cell, str) and "_x" in cell:
        from openpyxl.utils.escape import unescape

        # `_x000D_` is how a line break of Windows stands in the file
        return unescape(cell)
    return cell


def _headed(
    rows: Iterator[Row], known: Callable[[str], bool]
) -> tuple[tuple[str, ...], int, Iterator[Row]]:
    """The header, its row number, and the rows behind it."""
    above: list[Row] = []
    try:
        above += itertools.islice(rows, ABOVE)
    except Exception as error:  # as above
        raise _damaged(error) from error
    at = next((n for n, (_, row) in enumerate(above) if any(map(known, _named(row)))), 0)
    number, row = above[at]
    return _named(row), number, itertools.chain(above[at + 1 :], rows)


def _named(row: tuple[Any, ...]) -> tuple[str, ...]:
    names = ["" if cell is None else str(cell).strip() for cell in row]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _blocks(rows: Iterator[Row], header: tuple[str, ...]) -> Iterator[Rows]:
    names = unique(header)
    block = Rows([], [], [], [])
    try:
        for number, row in rows:
            block.numbers.append(number)
            block.records.append(dict(zip(names, row, strict=False)))
            block.raws.append(None)
            if len(block.numbers) == _BLOCK:
                yield block
                block = Rows([], [], [], [])
    except Exception as error:  # as above
        yield block
        raise _damaged(error) from error
    yield block


def _damaged(error: Exception) -> Damaged:
    if isinstance(error, Damaged):
        return error
    what = f"{type(error).__name__}: {error}".partition("\n")[0][:200]
    return Damaged(
        f"is a workbook that cannot be read further ({what}); open it, take off its password if it "
        "has one, and save it again, or save its table as CSV (UTF-8)"
    )
