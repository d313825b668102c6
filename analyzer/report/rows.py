"""Profiles and facts of the same accounts, side by side in one order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from analyzer.errors import InputError
from analyzer.schema import FACTS, PROFILE, conform

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_CHUNK: Final = 32


def ordered(profiles: pa.Table) -> pa.Table:
    """The profiles by account_id in code point order: the order of every file written.

    Raises:
        InputError: not a profile table, or an account stands in it twice.
    """
    table = conform(profiles, PROFILE).sort_by("account_id")
    _refuse_twice(table, "profiles")
    return table


def paired(profiles: pa.Table, facts: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Both tables by account_id: row i of one is the account of row i of the other.

    Raises:
        InputError: not such tables, an account stands twice, or in one of them only.
    """
    left, right = ordered(profiles), conform(facts, FACTS).sort_by("account_id")
    _refuse_twice(right, "facts")
    ids, others = (set(t.column("account_id").to_pylist()) for t in (left, right))
    if odd := sorted(ids ^ others):
        raise InputError(
            f"profiles and facts are of different accounts, {odd[0]!r} for one: "
            "pass the two tables of the same analysis"
        )
    return left, right


def records(table: pa.Table, rows: Sequence[int] | None = None) -> Iterator[dict[str, Any]]:
    """Those rows, or all of them, as dicts, a few dozen in memory at a time."""
    chosen = table if rows is None else table.take(pa.array(rows, pa.int64()))
    for batch in chosen.to_batches(max_chunksize=_CHUNK):
        yield from batch.to_pylist()


def most_tagged(profiles: pa.Table, limit: int) -> list[int]:
    """Rows of the `limit` accounts with most tagged posts, in the order of `by_share`."""
    tagged = profiles.column("tagged").to_pylist()
    most = sorted(range(len(tagged)), key=lambda row: (-tagged[row], row))
    return by_share(profiles, most[: max(limit, 0)])


def by_share(profiles: pa.Table, rows: list[int]) -> list[int]:
    """The rows from creator to influencer, those without a share last."""
    shares = profiles.column("share_point").to_pylist()
    return sorted(rows, key=lambda row: (1.0 if (s := shares[row]) is None else -s, row))


def _refuse_twice(table: pa.Table, what: str) -> None:
    counts = pc.value_counts(table.column("account_id"))
    twice = [c["values"].as_py() for c in counts if c["counts"].as_py() > 1]
    if twice:
        raise InputError(
            f"{what}: account {min(twice)!r} stands in it twice: merge the totals of parts first"
        )
