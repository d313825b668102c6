"""Tagged parts to one table ordered by account, each post once, in bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from analyzer.schema import KEPT_POST, POST, TAGGED_POST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MEMORY: Final = "256MB"
"""Sorting beyond it goes to disk: memory stays flat whatever the corpus."""

CHUNK: Final = 8192
"""Posts in a chunk, about: accounts are never cut in two."""

_NULLABLE: Final = [field.name for field in POST if field.nullable]
_CAPTURED: Final = (
    "captured_at", "likes", "comments", "views", "shares", "followers", "is_pinned",
)  # fmt: skip
"""What changes while a post stands on its platform: the latest capture tells it best."""
_JUDGED: Final = ("title", "is_repost")
"""What the tag of a record was made from: it is not taken from another record."""


def posts_by_account(parts: Sequence[str], work_dir: Path) -> Iterator[Any]:
    """TAGGED_POST tables of whole accounts, ordered by account and post id; each post once.

    Of a post seen more than once the fullest record stays (`_FULLEST`). Its counts are those of the
    latest capture that has them, or the highest where no export says when it was made; what it does
    not know is filled in from the others. The order of the parts plays no role.
    """
    with _connected(work_dir) as connection:
        reader = connection.sql(
            f"""
            WITH seen AS (SELECT * FROM read_parquet($parts)),
            twice AS (SELECT post_id FROM seen GROUP BY post_id HAVING count(*) > 1)
            SELECT {", ".join(TAGGED_POST.names)} FROM seen ANTI JOIN twice USING (post_id)
            UNION ALL
            SELECT {", ".join(map(_merged, TAGGED_POST.names))}
            FROM seen SEMI JOIN twice USING (post_id)
            QUALIFY row_number() OVER (PARTITION BY post_id ORDER BY {_FULLEST}) = 1
            ORDER BY account_id, post_id
            """,  # noqa: S608 - the names are the schema's own
            params={"parts": list(parts)},
        ).to_arrow_reader(CHUNK)
        yield from _whole_accounts(reader, TAGGED_POST)


def ordered_by_account(part: str, work_dir: Path) -> Iterator[Any]:
    """KEPT_POST tables of whole accounts, ordered by account and post id; the file's is any."""
    with _connected(work_dir) as connection:
        reader = connection.sql(
            "SELECT * FROM read_parquet($part) ORDER BY account_id, post_id", params={"part": part}
        ).to_arrow_reader(CHUNK)
        yield from _whole_accounts(reader, KEPT_POST)


def named_accounts(parts: Sequence[str], work_dir: Path) -> list[tuple[str, str | None]]:
    """Each account's handle (or number) with each name that its posts carry; and coauthors."""
    with _connected(work_dir) as connection:
        found = connection.sql(
            """
            SELECT DISTINCT substr(account_id, strpos(account_id, ':') + 1), account_name
            FROM read_parquet($parts)
            UNION
            SELECT DISTINCT unnest(coauthors), NULL FROM read_parquet($parts)
            """,
            params={"parts": list(parts)},
        ).fetchall()
    return [(handle, name) for handle, name in found]


def _connected(work_dir: Path) -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "threads": 1,
        "temp_directory": str(work_dir / "sort"),
    }
    return duckdb.connect(config=config)


_PLACED: Final = "source_file, source_row, content_hash, account_id"
_FULLEST: Final = (
    "is_repost IS TRUE DESC, "
    + " + ".join(f"({name} IS NOT NULL)::INT" for name in _NULLABLE)
    + f" DESC, views DESC NULLS LAST, likes DESC NULLS LAST, {_PLACED}"
)
"""Most known fields, then the highest counts, then the first by file and row; before all that, the
record that knows the post to be somebody else's."""


def _merged(name: str) -> str:
    """A column of a post seen more than once, in SQL: see `posts_by_account`."""
    if name in _CAPTURED:
        order = f"captured_at DESC NULLS LAST, {name} DESC NULLS LAST, {_PLACED}"
    elif name in _NULLABLE and name not in _JUDGED:
        order = _FULLEST
    else:
        return name
    return (
        f"first_value({name} IGNORE NULLS) OVER (PARTITION BY post_id ORDER BY {order} "
        f"ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS {name}"
    )


def _whole_accounts(batches: Iterator[Any], schema: Any) -> Iterator[Any]:
    held: list[Any] = []
    rows = 0
    for batch in batches:
        table = pa.Table.from_batches([batch]).cast(schema)
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
