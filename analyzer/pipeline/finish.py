"""Tagged posts of whole accounts become rows of posts.parquet."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from analyzer.schema import KEPT_POST
from analyzer.sources.missing import missing
from analyzer.text import endings, first_alike

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.text import Ending


def finished(posts: Any) -> Any:
    """The posts with what only all posts of their accounts, seen together, can tell.

    posts    TAGGED_POST, each post once, whole accounts, ordered by account
    Returns  KEPT_POST, same rows, same order
    """
    copied: list[str | None] = []
    ends: list[Ending] = []
    start = 0
    for _, rows in itertools.groupby(posts.column("account_id").to_pylist()):
        account = posts.slice(start, len(list(rows)))
        signed = endings(account.column("text").to_pylist())
        copied += _copies(account, [one.core for one in signed])
        ends += signed
        start += account.num_rows
    columns = {
        "copy_of": copied,
        "sign_off": [list(one.kinds) for one in ends],
        "sign_off_at": [one.start for one in ends],
    }
    arrays = [pa.array(values, KEPT_POST.field(n).type) for n, values in columns.items()]
    return pa.table([*posts.columns, *arrays, *missing(posts)], schema=KEPT_POST)


def _copies(account: Any, cores: Sequence[str]) -> list[str | None]:
    """The post that each post of an account repeats: the earliest that says so, then by post id.

    Posts that were not judged, or that hold no word, repeat none: they are counted nowhere.
    """
    names = ("post_id", "posted_at", "title", "prob_ppm")
    number, when, title, prob = (account.column(name).to_pylist() for name in names)
    rows = [row for row, core in enumerate(cores) if core and prob[row] is not None]
    rows.sort(key=lambda row: (when[row] is None, when[row], number[row]))
    said = [f"{title[row].casefold()} {cores[row]}" if title[row] else cores[row] for row in rows]
    found: list[str | None] = [None] * len(cores)
    for row, leader in zip(rows, first_alike(said), strict=True):
        if rows[leader] != row:
            found[row] = number[rows[leader]]
    return found
