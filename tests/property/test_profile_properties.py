"""What must hold for every account and every order of rows."""

from __future__ import annotations

import itertools
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.profile import account_facts, merge_totals, passion_share, totals
from analyzer.rates import SURE, Rates, Variation
from analyzer.schema import NICHES, POST, PPM, PROMOS, TAG

if TYPE_CHECKING:
    from random import Random

START = datetime(2025, 1, 1, tzinfo=UTC)
QUICK = settings(max_examples=15, deadline=None)


def _posts_and_tags(size: int, random: Random) -> tuple[pa.Table, pa.Table]:
    optional: dict[str, list[Any]] = {
        "account_name": ["An", "Bé", "Ẩn", ""],
        "title": ["", "Mẹo", "e\u0301"],
        "posted_at": [START + timedelta(days=days) for days in range(5)],
        "followers": list(range(9)),
        "likes": list(range(9)),
        "views": list(range(9)),
        "is_ad": [True, False],
        "is_paid_partnership": [True, False],
    }
    posts, tags = [], []
    for number in range(size):
        key = f"tiktok:{number}"
        post = dict.fromkeys(POST.names) | {
            "post_id": key,
            "account_id": random.choice(["tiktok:a", "tiktok:B", "youtube:ă"]),
            "platform": "tiktok",
            "text": random.choice(["", "Sáng nay", "👩‍🍳" * 150]),
            "hashtags": [],
            "mentions": [],
            "source_format": random.choice(["csv", "jsonl"]),
            "source_file": "a",
            "source_row": number + 1,
        }
        posts.append(post | {name: random.choice([None, *v]) for name, v in optional.items()})
        tag: dict[str, Any] = dict.fromkeys(TAG.names)
        tag |= {"post_id": key, "content_hash": random.choice("abcdef"), "model_id": "m"}
        if random.randrange(5):
            tag |= {
                "prob_ppm": random.choice([0, 1, 499_999, 500_000, 700_000, PPM]),
                "niche": random.choice(NICHES),
                "promo": random.choice(PROMOS),
            }
        tags.append(tag)
    return pa.Table.from_pylist(posts, schema=POST), pa.Table.from_pylist(tags, schema=TAG)


# rows come from a seed: drawing each value by itself takes hypothesis a second per example
PAIRS = st.builds(_posts_and_tags, st.integers(0, 40), st.randoms(use_true_random=True))


@QUICK
@given(PAIRS, st.randoms(use_true_random=True), st.integers(1, 5))
def test_totals_of_parts_merge_to_totals_of_the_whole(
    pair: tuple[pa.Table, pa.Table], random: Random, parts: int
) -> None:
    posts, tags = pair
    whole = totals(posts, tags)
    owner = np.array([random.randrange(parts) for _ in range(posts.num_rows)], dtype=np.int64)
    pieces = [
        totals(*(table.take(pa.array(np.flatnonzero(owner == part))) for table in pair))
        for part in range(parts)
    ]
    random.shuffle(pieces)
    assert merge_totals(pieces).equals(whole)
    cut = random.randrange(parts + 1)
    halves = [merge_totals(pieces[:cut]), merge_totals(pieces[cut:])]
    assert merge_totals(halves).equals(whole)
    assert merge_totals([merge_totals([]), whole]).equals(whole)


@QUICK
@given(PAIRS, st.randoms(use_true_random=True))
def test_the_order_of_rows_does_not_matter(pair: tuple[pa.Table, pa.Table], random: Random) -> None:
    order = list(range(pair[0].num_rows))
    random.shuffle(order)
    shuffled = [table.take(pa.array(order, pa.int64())) for table in pair]
    assert totals(*shuffled).equals(totals(*pair))
    assert account_facts(*shuffled).equals(account_facts(*pair))


@QUICK
@given(PAIRS)
def test_facts_of_an_account_do_not_depend_on_others(pair: tuple[pa.Table, pa.Table]) -> None:
    together = account_facts(*pair).to_pylist()
    for facts in together:
        mine = np.array(pair[0].column("account_id").to_pylist()) == facts["account_id"]
        alone = account_facts(*(table.filter(pa.array(mine)) for table in pair))
        assert alone.to_pylist() == [facts]
        shown = [
            post["post_id"] for end in ("passion", "brand") for post in facts[f"evidence_{end}"]
        ]
        assert len(shown) == len(set(shown)) <= 6


@st.composite
def any_rates(draw: st.DrawFn) -> Rates:
    """Rates of a tagger that tells the classes apart: the higher the bin, the more passion."""
    slope = draw(st.floats(0.1, 1.2))
    base = np.array(draw(st.lists(st.floats(0.05, 1.0), min_size=10, max_size=10)))
    passion = base * np.exp(slope * np.arange(10))
    spreads = [draw(st.sampled_from([0.0, 0.3, 1.4])) for _ in range(2)]
    return Rates(
        passion=tuple(passion / passion.sum()),
        brand=tuple(base / base.sum()),
        variation=Variation(
            passion=spreads[0],
            brand=spreads[1],
            correlation=draw(st.floats(-0.9, 0.9)),
            slope=draw(st.floats(-1.0, 3.0)),
        ),
        prior=(draw(st.floats(0.3, 8.0)), draw(st.floats(0.3, 8.0))),
        own_recall=0.7,
        own_false=0.03,
    )


COUNTS = st.lists(st.integers(0, 12), min_size=10, max_size=10)


@QUICK
@given(any_rates(), st.lists(COUNTS, min_size=1, max_size=6), st.randoms(use_true_random=True))
def test_an_account_alone_has_the_same_numbers_to_the_last_bit(
    rates: Rates, counts: list[list[int]], random: Random
) -> None:
    order = list(range(len(counts)))
    random.shuffle(order)
    together = passion_share(np.array(counts)[order], rates)
    for place, account in enumerate(order):
        alone = passion_share(np.array([counts[account]]), rates)
        for field in fields(together):
            if field.name != "level":
                one, many = getattr(alone, field.name), getattr(together, field.name)
                assert one[0] == many[place]


@QUICK
@given(any_rates(), COUNTS)
def test_intervals_are_intervals_and_a_higher_level_is_wider(
    rates: Rates, counts: list[int]
) -> None:
    found = [passion_share(np.array([counts]), rates, level=x) for x in (0.1, 0.85, 0.9, 0.999)]
    for share in found:
        assert 0 <= share.low[0] <= share.point[0] <= share.high[0] <= 1
        chances = [share.p_below[0], share.p_between[0], share.p_above[0]]
        assert min(chances) >= 0
        assert sum(chances) == 1 or abs(sum(chances) - 1) < 1e-12
    # the shortest of a posterior with two heaps may jump from one to the other as it grows
    widths = [share.high[0] - share.low[0] for share in found[1:]]
    assert all(one <= other + 1e-9 for one, other in itertools.pairwise(widths))
    assert widths[0] < widths[-1]
    # the role's interval does not move with the level
    assert len({(x.role_low[0], x.role_high[0]) for x in found}) == 1


@QUICK
@given(any_rates(), COUNTS, st.integers(0, 9), st.integers(0, 9))
def test_posts_in_higher_bins_raise_the_share_when_rates_are_exact(
    rates: Rates, counts: list[int], one: int, other: int
) -> None:
    exact = replace(rates, variation=SURE)
    low, high = sorted((one, other))
    moved = np.array(counts)
    moved[low] += 1
    before = passion_share(moved[None], exact)
    moved[low] -= 1
    moved[high] += 1
    after = passion_share(moved[None], exact)
    assert after.point[0] >= before.point[0] - 1e-9
    assert after.p_above[0] >= before.p_above[0] - 1e-9
    assert after.p_below[0] <= before.p_below[0] + 1e-9
