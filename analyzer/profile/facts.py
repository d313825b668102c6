"""What is true of an account's rows together and is no sum: names, medians, evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analyzer.profile.apart import kept_apart
from analyzer.profile.dependence import effective_posts
from analyzer.profile.totals import check_pairs, microseconds, repeated, text_codes, whole
from analyzer.schema import EVIDENCE, FACTS, POST, PPM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

EVIDENCE_POSTS: Final = 3
EXCERPT_CHARACTERS: Final = 280

_OPTIONAL: Final = [f.name for f in POST if f.nullable]


def account_facts(posts: pa.Table, tags: pa.Table) -> pa.Table:
    """Facts of each account, whole accounts only: facts of parts do not merge.

    posts    KEPT_POST; POST will do: nothing is then known of copies and sign-offs
    tags     TAG, same rows in the same order
    Returns  FACTS, sorted by account_id; it does not depend on the order of the rows.
             Evidence for passion has P(passion) of half or more, evidence for brand less than
             half, each text once: an account of one kind has evidence of one kind. Medians and
             evidence are of posts that repeat no other
    Raises   InputError if posts and tags do not pair up.
    """
    check_pairs(posts, tags)
    accounts, code = text_codes(posts.column("account_id"))
    size = len(accounts)
    rank = _ranks(posts.column("post_id"))
    passion, brand = _evidence(posts, tags, code, rank, size)
    columns = {
        "account_id": accounts,
        "account_name": _most_frequent(code, posts.column("account_name"), size),
        "platform": _most_frequent(code, posts.column("platform"), size),
        "followers": _latest(code, posts, size),
        "median_likes": _medians(code, _counted(posts, "likes"), size),
        "median_views": _medians(code, _counted(posts, "views"), size),
        "ad_flags": _ad_flags(code, posts, size),
        "formats": _distinct(code, posts.column("source_format"), size),
        "unknown": _unknown(code, posts, size),
        "effective_posts": pa.array(effective_posts(posts, code, _judged(posts, tags), size)),
        **kept_apart(posts, code, rank, size),
        "evidence_passion": passion,
        "evidence_brand": brand,
    }
    return pa.table([columns[f.name] for f in FACTS], schema=FACTS)


def _judged(posts: pa.Table, tags: pa.Table) -> Bools:
    """(N,) posts that count: judged, and no repetition of another."""
    return np.asarray(pc.is_valid(tags.column("prob_ppm")).to_numpy() & ~repeated(posts))


def _ranks(values: pa.ChunkedArray) -> Ints:
    """Each row's place in code point order of the values."""
    order = pc.sort_indices(values).to_numpy().astype(np.int64)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank


def _firsts(sorted_code: Ints) -> Ints:
    """Positions at which a new account begins."""
    return np.flatnonzero(np.diff(sorted_code, prepend=-1))


def _pairs(code: Ints, values: pa.ChunkedArray) -> tuple[Ints, Ints, Ints, pa.Array]:
    """The distinct (account, value) pairs in order, nulls left out.

    Returns account, position of the value, rows per pair: (P,) each, and the distinct values.
    """
    known = np.flatnonzero(pc.is_valid(values).to_numpy())
    distinct, value = text_codes(values.take(pa.array(known)))
    width = max(len(distinct), 1)
    keys, count = np.unique(code[known] * width + value, return_counts=True)
    return keys // width, keys % width, count, distinct


def _most_frequent(code: Ints, values: pa.ChunkedArray, size: int) -> pa.Array:
    """The value most of an account's rows carry, the first in code point order among equals."""
    owner, value, count, distinct = _pairs(code, values)
    order = np.lexsort((value, -count, owner))
    best = order[_firsts(owner[order])]
    return _placed(owner[best], distinct.take(pa.array(value[best])), size)


def _placed(code: Ints, values: Any, size: int) -> pa.Array:
    """Values at their accounts' places, null elsewhere: (size,)."""
    place = np.full(size, -1, dtype=np.int64)
    place[code] = np.arange(len(code))
    indices = pa.array(place, mask=place < 0)
    combined = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    return combined.take(indices)


def _latest(code: Ints, posts: pa.Table, size: int) -> pa.Array:
    """Followers from the latest post that carries them; undated posts count as the oldest.

    Of several at one time the highest.
    """
    followers = posts.column("followers")
    known = np.flatnonzero(pc.is_valid(followers).to_numpy())
    when = microseconds(posts.column("posted_at"), missing=np.iinfo(np.int64).min)
    order = known[np.lexsort((-whole(followers)[known], -1 - when[known], code[known]))]
    best = order[_firsts(code[order])]
    return _placed(code[best], followers.take(pa.array(best)), size)


def _medians(code: Ints, values: pa.ChunkedArray, size: int) -> pa.Array:
    known = np.flatnonzero(pc.is_valid(values).to_numpy())
    numbers = whole(values)[known]
    order = np.lexsort((numbers, code[known]))
    numbers, owner = numbers[order], code[known][order]
    start = _firsts(owner)
    length = np.diff(start, append=len(owner))
    # halved before they are added: two counts near the end of int64 would wrap to below zero
    middle = numbers[start + (length - 1) // 2] / 2 + numbers[start + length // 2] / 2
    return _placed(owner[start], pa.array(middle, pa.float64()), size)


def _counted(posts: pa.Table, name: str) -> pa.ChunkedArray:
    """The column, unknown where a post repeats another."""
    return pc.if_else(pa.array(repeated(posts)), None, posts.column(name))


def _ad_flags(code: Ints, posts: pa.Table, size: int) -> pa.Array:
    """Posts per state of the platform's own flags: one known flag is enough to be known.

    Hardly any export carries both flags, so a false one beside an unknown one counts as false.
    """
    flags = [posts.column(name) for name in ("is_ad", "is_paid_partnership")]
    true = np.logical_or(*(np.asarray(pc.fill_null(f, False).to_numpy()) for f in flags))
    unknown = np.logical_and(*(np.asarray(pc.is_null(f).to_numpy()) for f in flags))
    state = np.where(true, 0, np.where(unknown, 2, 1))
    counts = np.bincount(code * 3 + state, minlength=size * 3)
    lists = pa.FixedSizeListArray.from_arrays(pa.array(counts.astype(np.int64)), 3)
    return lists.cast(pa.list_(pa.int64()))


def _distinct(code: Ints, values: pa.ChunkedArray, size: int) -> pa.Array:
    """The values of each account, sorted."""
    owner, value, _, distinct = _pairs(code, values)
    return _lists(owner, distinct.take(pa.array(value)), size)


def _lists(code: Ints, values: Any, size: int) -> pa.Array:
    """Rows sorted by account as one list per account."""
    offsets = np.concatenate([[0], np.cumsum(np.bincount(code, minlength=size))])
    combined = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), combined)


def _unknown(code: Ints, posts: pa.Table, size: int) -> pa.Array:
    """Fields that no post of the account carries."""
    absent = np.empty((size, len(_OPTIONAL)), dtype=np.bool_)
    for column, name in enumerate(_OPTIONAL):
        valid = np.asarray(pc.is_valid(posts.column(name)).to_numpy(), dtype=np.bool_)
        absent[:, column] = np.bincount(code[valid], minlength=size) == 0
    owner, field = np.nonzero(absent)
    return _lists(owner, pa.array(_OPTIONAL).take(pa.array(field)), size)


def _evidence(
    posts: pa.Table, tags: pa.Table, code: Ints, rank: Ints, size: int
) -> tuple[pa.Array, pa.Array]:
    """The strongest posts for passion and for brand."""
    prob = np.where(repeated(posts), -1, whole(tags.column("prob_ppm"), missing=-1))
    _, text = text_codes(tags.column("content_hash"))
    passion = np.flatnonzero(prob * 2 >= PPM)
    brand = np.flatnonzero((prob >= 0) & (prob * 2 < PPM))
    chosen = [
        _strongest(passion, -prob, code, rank, text),
        _strongest(brand, prob, code, rank, text),
    ]
    first, second = (_lists(code[rows], _as_evidence(posts, tags, rows), size) for rows in chosen)
    return first, second


def _strongest(rows: Ints, weight: Ints, code: Ints, rank: Ints, text: Ints) -> Ints:
    """Up to EVIDENCE_POSTS rows per account, smallest weight first, no text twice."""
    order = rows[np.lexsort((rank[rows], weight[rows], code[rows]))]
    # the first row of each (account, text) in that order
    keys = code[order] * (int(text.max(initial=0)) + 1) + text[order]
    _, first = np.unique(keys, return_index=True)
    order = order[np.sort(first)]
    start = _firsts(code[order])
    length = np.diff(start, append=len(order))
    place = np.arange(len(order)) - np.repeat(start, length)
    return np.asarray(order[place < EVIDENCE_POSTS])


def _as_evidence(posts: pa.Table, tags: pa.Table, rows: Ints) -> pa.Array:
    at = pa.array(rows)
    post = posts.select(["post_id", "title", "text", "url", "posted_at"]).take(at)
    tag = tags.select(["prob_ppm", "promo", "niche"]).take(at)
    title = pc.coalesce(pc.binary_join_element_wise(post.column("title"), "", "\n"), "")
    excerpt = pc.utf8_slice_codeunits(
        pc.binary_join_element_wise(title, post.column("text"), ""), 0, EXCERPT_CHARACTERS
    )
    columns = {
        "post_id": post.column("post_id"),
        "prob_ppm": tag.column("prob_ppm"),
        "promo": tag.column("promo"),
        "niche": tag.column("niche"),
        "excerpt": excerpt,
        "url": post.column("url"),
        "posted_at": post.column("posted_at"),
    }
    arrays = [columns[f.name].combine_chunks().cast(f.type) for f in EVIDENCE]
    return pa.StructArray.from_arrays(arrays, fields=list(EVIDENCE))
