"""Tagged parts to one table ordered by account, each post once, in bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from analyzer.schema import POST, TAGGED_POST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MEMORY: Final = "256MB"
"""Sorting beyond it goes to disk: memory stays flat whatever the corpus."""

CHUNK: Final = 8192
"""Posts in a chunk, about: accounts are never cut in two."""

_NULLABLE: Final = [field.name for field in POST if field.nullable]


def posts_by_account(parts: Sequence[str], work_dir: Path) -> Iterator[Any]:
    """TAGGED_POST tables of whole accounts, ordered by account and post id; each post once.

    Of a post seen more than once the record with most known fields stays, then the one with the
    highest counts, then the first by file and row: the order of the parts plays no role.
    """
    richness = " + ".join(f"({name} IS NOT NULL)::INT" for name in _NULLABLE)
    columns = ", ".join(TAGGED_POST.names)
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "threads": 1,
        "temp_directory": str(work_dir / "sort"),
    }
    with duckdb.connect(config=config) as connection:
        reader = connection.sql(
            f"""
            SELECT {columns} FROM (
                SELECT *, row_number() OVER (
                    PARTITION BY post_id
                    ORDER BY {richness} DESC, views DESC NULLS LAST, likes DESC NULLS LAST,
                        source_file, source_row, content_hash, account_id
                ) AS place FROM read_parquet(?)
            ) WHERE place = 1 ORDER BY account_id, post_id
            """,  # noqa: S608 - the names are the schema's own
            params=[list(parts)],
        ).to_arrow_reader(CHUNK)
        yield from _whole_accounts(reader)


def _whole_accounts(batches: Iterator[Any]) -> Iterator[Any]:
    held: list[Any] = []
    rows = 0
    for batch in batches:
        table = pa.Table.from_batches([batch]).cast(TAGGED_POST)
        held.append(table)
        rows += table.num_rows
        if rows < CHUNK:
            continue
        joined = pa.concat_tables(held).combine_chunks()
        last = joined.column("account_id")[-1]
        # ordered by account: the last account's rows are the tail
        cut = pc.index(joined.column("account_id"), last).as_py()
        if cut:
            yield joined.slice(0, cut)
        held = [joined.slice(cut)]
        rows = held[0].num_rows
    if rows:
        yield pa.concat_tables(held).combine_chunks()
