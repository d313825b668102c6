"""How many posts of an account count as independent of one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

ALIKE: Final = 0.3
"""Correlation of posts of an account that share a rare hashtag or mention, above that of others:
labels of 271 accounts (EXPERIMENTS.md, which posts of an account are alike)."""

RARE: Final = 5
"""A hashtag or mention is rare that stands in one of so many of an account's posts at most."""


def effective_posts(posts: pa.Table, code: Ints, counted: Bools, size: int) -> Floats:
    """Posts of each account, those of a campaign as fewer: (size,) float, at most the counted ones.

    posts    hashtags and mentions are needed (POST)
    code     (N,) each post's account, 0 and up
    counted  (N,) posts that are judged and repeat no other

    A campaign is the posts that share a rare hashtag or mention; a post with several is of that
    which most posts share. With correlation ALIKE within a campaign the mean of n posts has the
    variance of n * n / (n + ALIKE * sum of k * (k - 1)) independent ones, k the posts of each.
    """
    rows = np.flatnonzero(counted)
    count = np.bincount(code[rows], minlength=size).astype(np.float64)
    row, tag = _tags(posts, rows)
    width = int(tag.max(initial=0)) + 1
    _, which, shared = np.unique(code[row] * width + tag, return_inverse=True, return_counts=True)
    often = shared[which]
    rare = (often > 1) & (often <= np.maximum(count[code[row]] / RARE, 2))
    row, tag, often = row[rare], tag[rare], often[rare]
    # the most frequent one of each post, the first among equals
    order = np.lexsort((tag, -often, row))
    first = order[np.flatnonzero(np.diff(row[order], prepend=-1))]
    campaigns, together = np.unique(code[row[first]] * width + tag[first], return_counts=True)
    pairs = np.zeros(size)
    np.add.at(pairs, campaigns // width, together * (together - 1.0))
    return np.asarray(count * count / np.maximum(count + ALIKE * pairs, 1.0))


def _tags(posts: pa.Table, rows: Ints) -> tuple[Ints, Ints]:
    """Each post's hashtags and mentions once, in lower case: row and code of the tag."""
    owners, names = [], []
    for column, sign in (("hashtags", "#"), ("mentions", "@")):
        lists: Any = posts.column(column).take(pa.array(rows)).combine_chunks()
        owners.append(rows[pc.list_parent_indices(lists).to_numpy()])
        names.append(pc.binary_join_element_wise(sign, pc.utf8_lower(lists.flatten()), ""))
    every = pa.chunked_array(names, pa.string()).combine_chunks().dictionary_encode()
    found = np.stack([np.concatenate(owners), every.indices.to_numpy().astype(np.int64)])
    owner, code = np.unique(found, axis=1)
    return owner, code
