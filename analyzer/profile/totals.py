"""Per-account sufficient statistics: whole numbers only, so that parts merge bit for bit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analyzer.errors import InputError
from analyzer.schema import NICHES, POSTERIOR_BINS, PPM, PROMOS, TOTALS, conform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

_SUMS: Final = ("posts", "abstained", "copies", "prob_ppm_sum", "brand_selling", "brand_lifestyle")
_LISTS: Final = {
    "bins": POSTERIOR_BINS,
    "niches": len(NICHES),
    "passion_niches": len(NICHES),
    "promos": len(PROMOS),
}
_TIME: Final = pa.timestamp("us", tz="UTC")


def totals(posts: pa.Table, tags: pa.Table) -> pa.Table:
    """Sufficient statistics of each account.

    posts    account_id and posted_at are needed (POST), and copy_of where copies were looked for
    tags     TAG, same rows in the same order
    Returns  TOTALS, sorted by account_id
    Raises   InputError if the rows do not pair up or a tag is none of the known ones.
    """
    check_pairs(posts, tags)
    accounts, code = text_codes(posts.column("account_id"))
    prob = whole(tags.column("prob_ppm"), missing=-1)
    judged = np.asarray(pc.is_valid(tags.column("prob_ppm")).to_numpy(), dtype=np.bool_)
    copied = repeated(posts)
    tagged = judged & ~copied
    if len(wrong := np.flatnonzero(judged & ((prob < 0) | (prob > PPM)))):
        raise InputError(
            f"tags row {wrong[0] + 1}: prob_ppm must lie between 0 and {PPM}, found "
            f"{prob[wrong[0]]}: make the tags again"
        )
    niche = _positions(tags, "niche", NICHES)
    promo = _positions(tags, "promo", PROMOS)
    passion = tagged & (prob * 2 >= PPM)
    sells = promo != PROMOS.index("none")

    def count(rows: NDArray[np.bool_], column: Ints | None = None, width: int = 1) -> Ints:
        """Rows per account, or (A, width) rows per account and value of the column."""
        if column is None:
            return np.bincount(code[rows], minlength=len(accounts))
        flat = code[rows] * width + column[rows]
        return np.bincount(flat, minlength=len(accounts) * width).reshape(-1, width)

    prob_sum = np.zeros(len(accounts), dtype=np.int64)
    np.add.at(prob_sum, code[tagged], prob[tagged])
    times = posts.column("posted_at")
    first, last = _extremes(code, len(accounts), times, times)
    return _table(
        accounts,
        {
            "posts": count(np.ones(len(code), dtype=np.bool_)),
            "abstained": count(~judged & ~copied),
            "copies": count(copied),
            "prob_ppm_sum": prob_sum,
            "brand_selling": count(tagged & ~passion & sells),
            "brand_lifestyle": count(tagged & ~passion & ~sells),
            "bins": count(tagged, prob * POSTERIOR_BINS // (PPM + 1), POSTERIOR_BINS),
            "niches": count(tagged, niche, len(NICHES)),
            "passion_niches": count(passion, niche, len(NICHES)),
            "promos": count(tagged, promo, len(PROMOS)),
        },
        first,
        last,
    )


def repeated(posts: pa.Table) -> NDArray[np.bool_]:
    """Which rows repeat another post, which is counted in their place: (N,)."""
    if "copy_of" not in posts.column_names:
        return np.zeros(posts.num_rows, dtype=np.bool_)
    return np.asarray(pc.is_valid(posts.column("copy_of")).to_numpy(), dtype=np.bool_)


def merge_totals(parts: Sequence[pa.Table]) -> pa.Table:
    """Totals of the whole from totals of its parts, in any order and any grouping.

    parts    TOTALS each; an account may stand in several; none at all gives the empty table
    Returns  TOTALS, sorted by account_id
    Raises   InputError if a part is no TOTALS or a list column has the wrong length.
    """
    whole_table = pa.concat_tables([TOTALS.empty_table(), *(conform(p, TOTALS) for p in parts)])
    accounts, code = text_codes(whole_table.column("account_id"))
    sums: dict[str, Ints] = {}
    for name in _SUMS:
        sums[name] = np.zeros(len(accounts), dtype=np.int64)
        np.add.at(sums[name], code, whole(whole_table.column(name)))
    for name in _LISTS:
        sums[name] = np.zeros((len(accounts), _LISTS[name]), dtype=np.int64)
        np.add.at(sums[name], code, list_matrix(whole_table, name))
    times = [whole_table.column(name) for name in ("first_posted_at", "last_posted_at")]
    first, last = _extremes(code, len(accounts), *times)
    return _table(accounts, sums, first, last)


def list_matrix(table: pa.Table, name: str) -> Ints:
    """A list column of TOTALS as (rows, length) int.

    Raises:
        InputError: a row has another length than this version's.
    """
    width = _LISTS[name]
    column = table.column(name)
    if not pc.all(pc.equal(pc.list_value_length(column), width), min_count=0).as_py():
        raise InputError(
            f"totals: every row of '{name}' must have {width} numbers; "
            "they were made by another version: make the totals again"
        )
    return whole(pc.list_flatten(column)).reshape(-1, width)


def text_codes(values: pa.ChunkedArray) -> tuple[pa.Array, Ints]:
    """The distinct strings in code point order, and each row's position among them.

    Raises:
        InputError: a null, which belongs to no account; the message names its row.
    """
    if values.null_count:
        row = pc.index(pc.is_null(values), True).as_py()
        raise InputError(f"row {row + 1}: account_id or content_hash is null; give every post both")
    distinct = values.unique()
    distinct = distinct.take(pc.sort_indices(distinct))
    codes = pc.index_in(values, value_set=distinct).to_numpy()
    return distinct, np.asarray(codes, dtype=np.int64)


def check_pairs(posts: pa.Table, tags: pa.Table) -> None:
    """Refuse posts and tags that are not the same rows in the same order.

    Raises:
        InputError: names the first row that differs.
    """
    if posts.num_rows != tags.num_rows:
        raise InputError(
            f"{posts.num_rows} posts, {tags.num_rows} tags: pass the tags of exactly these posts"
        )
    if "post_id" in posts.column_names and "post_id" in tags.column_names:
        same = pc.equal(posts.column("post_id"), tags.column("post_id"))
        row = pc.index(same, False).as_py()
        if row >= 0:
            raise InputError(
                f"row {row + 1}: post {posts.column('post_id')[row].as_py()!r} stands beside the "
                f"tag of {tags.column('post_id')[row].as_py()!r}: keep both in the same order"
            )


def whole(column: Any, *, missing: int = 0) -> Ints:
    """A column of whole numbers as (rows,) int64, nulls replaced."""
    filled = pc.fill_null(column.cast(pa.int64()), missing)
    return np.asarray(filled.to_numpy(), dtype=np.int64)


def microseconds(column: Any, *, missing: int) -> Ints:
    """A column of times as (rows,) int64 microseconds since 1970, nulls replaced."""
    return whole(column.cast(_TIME), missing=missing)


def _positions(tags: pa.Table, name: str, known: Sequence[str]) -> Ints:
    """Position of each row's value among the known ones; -1 where the tagger abstained."""
    column = tags.column(name)
    place = whole(pc.index_in(column, value_set=pa.array(known)), missing=-1)
    tagged = np.asarray(pc.is_valid(tags.column("prob_ppm")).to_numpy(), dtype=np.bool_)
    wrong = np.flatnonzero(tagged & (place < 0))
    if len(wrong):
        row = int(wrong[0])
        raise InputError(
            f"tags row {row + 1}: {name} {column[row].as_py()!r} is not known; known: "
            f"{', '.join(known)}"
        )
    return place


def _extremes(code: Ints, size: int, first: Any, last: Any) -> tuple[pa.Array, pa.Array]:
    """Earliest and latest time per account, null where it has none: (size,) each."""
    bounds = np.iinfo(np.int64)
    earliest = np.full(size, bounds.max, dtype=np.int64)
    np.minimum.at(earliest, code, microseconds(first, missing=bounds.max))
    latest = np.full(size, bounds.min, dtype=np.int64)
    np.maximum.at(latest, code, microseconds(last, missing=bounds.min))
    known = earliest < bounds.max
    first, last = (pa.array(times, pa.int64(), mask=~known) for times in (earliest, latest))
    return first.cast(_TIME), last.cast(_TIME)


def _table(accounts: pa.Array, sums: dict[str, Ints], first: Any, last: Any) -> pa.Table:
    columns: dict[str, Any] = {"account_id": accounts.cast(pa.string())}
    for name in _SUMS:
        columns[name] = pa.array(sums[name])
    for name in _LISTS:
        flat = pa.array(sums[name].reshape(-1))
        columns[name] = pa.FixedSizeListArray.from_arrays(flat, _LISTS[name])
    columns["first_posted_at"] = first
    columns["last_posted_at"] = last
    fields = [pa.field(f.name, columns[f.name].type, nullable=False) for f in TOTALS]
    table = pa.table([columns[f.name] for f in fields], names=[f.name for f in fields])
    return table.cast(TOTALS)
