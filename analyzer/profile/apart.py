"""What posts are beside plain ones of their own: copies, reposts, pins; and how they end."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analyzer.schema import COPY_GROUP, SIGN_OFF

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

SHOWN: Final = 3
EXCERPT_CHARACTERS: Final = 160


def kept_apart(posts: pa.Table, code: Ints, rank: Ints, size: int) -> dict[str, pa.Array]:
    """Columns of FACTS: reposts, pinned, coauthored, edited, copy_groups, sign_offs.

    posts   KEPT_POST, or POST
    code    (N,) each post's account, 0 and up
    rank    (N,) each post's place in the order of post ids
    size    accounts
    """
    known = set(posts.column_names)
    return {
        "reposts": _true(code, posts.column("is_repost"), size),
        "pinned": _true(code, posts.column("is_pinned"), size),
        "coauthored": _true(code, _holds(posts.column("coauthors")), size),
        "edited": _true(code, _holds(posts.column("earlier_texts")), size),
        "copy_groups": _copy_groups(posts, code, size)
        if "copy_of" in known
        else _none(COPY_GROUP, size),
        "sign_offs": _sign_offs(posts, code, rank, size)
        if "sign_off" in known
        else _none(SIGN_OFF, size),
    }


def _none(kind: pa.DataType, size: int) -> pa.Array:
    return pa.array([[]] * size, pa.list_(kind))


def _holds(lists: Any) -> Any:
    """Whether each list has something in it; null where it is unknown."""
    return pc.greater(pc.list_value_length(lists), 0)


def _true(code: Ints, flags: Any, size: int) -> pa.Array:
    """Posts per account of which the flag is true; null where no post of it is known."""
    known = np.asarray(pc.is_valid(flags).to_numpy(), dtype=np.bool_)
    true = np.asarray(pc.fill_null(flags, False).to_numpy(), dtype=np.bool_)
    count = np.bincount(code[true], minlength=size)
    return pa.array(count.astype(np.int64), mask=np.bincount(code[known], minlength=size) == 0)


def _copy_groups(posts: pa.Table, code: Ints, size: int) -> pa.Array:
    """The posts that others repeat, most repeated first, then by post id."""
    leaders = posts.column("copy_of")
    copies = np.flatnonzero(pc.is_valid(leaders).to_numpy())
    times: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for row, leader in zip(
        copies.tolist(), leaders.take(pa.array(copies)).to_pylist(), strict=True
    ):
        times[int(code[row])][leader] += 1
    chosen = {
        account: sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]
        for account, counts in times.items()
    }
    wanted = pa.array(sorted({leader for few in chosen.values() for leader, _ in few}), pa.string())
    found = posts.select(["post_id", "text"]).filter(pc.is_in(posts.column("post_id"), wanted))
    text = dict(zip(*(found.column(name).to_pylist() for name in ("post_id", "text")), strict=True))
    groups = [
        [
            {"post_id": one, "posts": more + 1, "excerpt": text[one][:EXCERPT_CHARACTERS]}
            for one, more in chosen.get(account, [])
        ]
        for account in range(size)
    ]
    return pa.array(groups, pa.list_(COPY_GROUP))


def _sign_offs(posts: pa.Table, code: Ints, rank: Ints, size: int) -> pa.Array:
    """What posts end with, the most frequent first; the excerpt is that of the first by post id."""
    rows = np.flatnonzero(pc.is_valid(posts.column("sign_off_at")).to_numpy())
    rows = rows[np.argsort(rank[rows], kind="stable")]
    some = posts.select(["text", "sign_off", "sign_off_at"]).take(pa.array(rows))
    ends: defaultdict[int, dict[tuple[str, ...], list[Any]]] = defaultdict(dict)
    for row, one in zip(rows.tolist(), some.to_pylist(), strict=True):
        said = one["text"][one["sign_off_at"] :][:EXCERPT_CHARACTERS]
        ends[int(code[row])].setdefault(tuple(one["sign_off"]), [0, said])[0] += 1
    groups = [
        [
            {"kinds": list(kinds), "posts": count, "excerpt": said}
            for kinds, (count, said) in sorted(
                ends.get(account, {}).items(), key=lambda item: (-item[1][0], item[0])
            )[:SHOWN]
        ]
        for account in range(size)
    ]
    return pa.array(groups, pa.list_(SIGN_OFF))
