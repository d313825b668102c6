"""Totals, facts, roles and profiles of small invented accounts."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pytest

from analyzer.config import ProfileConfig
from analyzer.errors import InputError, ModelError
from analyzer.profile import (
    REASON_WORDS,
    ROLE_WORDS,
    account_facts,
    build_profiles,
    merge_totals,
    totals,
)
from analyzer.profile.roles import decide_role
from analyzer.rates import PlatformRates, Rates, Variation
from analyzer.schema import FACTS, NICHES, POST, PPM, PROFILE, ROLES, TAG, TOTALS

if TYPE_CHECKING:
    from collections.abc import Callable

RATES = Rates(
    passion=(0.01, 0.01, 0.02, 0.03, 0.05, 0.08, 0.10, 0.15, 0.20, 0.35),
    brand=(0.30, 0.20, 0.15, 0.10, 0.07, 0.06, 0.05, 0.04, 0.02, 0.01),
    variation=Variation(passion=0.3, brand=0.3, correlation=0.2, slope=0.4),
    prior=(1.5, 1.0),
    own_recall=0.7,
    own_false=0.03,
)

BY_PLATFORM = PlatformRates(
    measured={"tiktok": RATES},
    other=replace(RATES, variation=Variation(passion=1.4, brand=1.4, correlation=0.2, slope=0.4)),
)

POST_DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(POST.names),
    "account_id": "tiktok:an",
    "platform": "tiktok",
    "text": "Hôm nay nấu canh chua",
    "hashtags": [],
    "mentions": [],
    "source_format": "jsonl",
    "source_file": "a.jsonl",
    "source_row": 1,
}
TAG_DEFAULTS: dict[str, Any] = {
    "model_id": "m1",
    "prob_ppm": 900_000,
    "niche": "food",
    "niche_ppm": 800_000,
    "promo": "none",
    "promo_ppm": 900_000,
    "abstained": None,
}
ABSTAINED = dict.fromkeys(
    ("prob_ppm", "niche", "niche_ppm", "promo", "promo_ppm"), None
) | {"abstained": "no_words"}  # fmt: skip


def tables(rows: list[dict[str, Any]]) -> tuple[pa.Table, pa.Table]:
    """Posts and tags; each row gives what differs from the defaults."""
    posts, tags = [], []
    for number, row in enumerate(rows):
        key = row.get("post_id", f"tiktok:{number:05d}")
        posts.append({n: row.get(n, POST_DEFAULTS[n]) for n in POST.names} | {"post_id": key})
        tag = {n: row.get(n, value) for n, value in TAG_DEFAULTS.items()}
        tags.append(tag | {"post_id": key, "content_hash": row.get("content_hash", key)})
    return pa.Table.from_pylist(posts, schema=POST), pa.Table.from_pylist(tags, schema=TAG)


def profile(rows: list[dict[str, Any]], config: ProfileConfig | None = None) -> dict[str, Any]:
    pair = tables(rows)
    built = build_profiles(
        totals(*pair), account_facts(*pair), BY_PLATFORM, config or ProfileConfig(), model_id="m1"
    )
    assert built.schema == PROFILE
    built.validate(full=True)
    return dict(built.to_pylist()[0])


def test_totals_count_what_the_schema_says() -> None:
    day = [datetime(2026, 1, n, tzinfo=UTC) for n in range(1, 10)]
    found = totals(
        *tables(
            [
                {"prob_ppm": PPM, "posted_at": day[4]},
                {"prob_ppm": 500_000, "niche": "travel", "promo": "own"},
                {"prob_ppm": 499_999, "promo": "own", "posted_at": day[2]},
                {"prob_ppm": 0, "promo": "third_party", "posted_at": day[7]},
                {"prob_ppm": 100_001, "niche": "travel"},
                ABSTAINED,
                {"account_id": "tiktok:Zoe"} | ABSTAINED,
            ]
        )
    )
    assert found.schema == TOTALS
    zoe, an = found.to_pylist()
    niches = dict.fromkeys(NICHES, 0)
    assert an == {
        "account_id": "tiktok:an",
        "posts": 6,
        "abstained": 1,
        "copies": 0,
        "bins": [1, 1, 0, 0, 2, 0, 0, 0, 0, 1],
        "prob_ppm_sum": 2_100_000,
        "niches": list((niches | {"food": 3, "travel": 2}).values()),
        "passion_niches": list((niches | {"food": 1, "travel": 1}).values()),
        "promos": [2, 2, 1],
        "brand_selling": 2,
        "brand_lifestyle": 1,
        "first_posted_at": day[2],
        "last_posted_at": day[7],
    }
    assert (zoe["posts"], zoe["abstained"], sum(zoe["bins"])) == (1, 1, 0)
    assert zoe["first_posted_at"] is None


def test_nothing_in_nothing_out() -> None:
    posts, tags = tables([])
    assert totals(posts, tags).equals(TOTALS.empty_table())
    assert merge_totals([]).equals(TOTALS.empty_table())
    assert account_facts(posts, tags).equals(FACTS.empty_table())
    empty = build_profiles(
        TOTALS.empty_table(), FACTS.empty_table(), BY_PLATFORM, ProfileConfig(), model_id="m1"
    )
    assert empty.equals(PROFILE.empty_table())


def test_posts_and_tags_must_pair_up() -> None:
    posts, tags = tables([{}, {"account_id": "tiktok:be"}])
    with pytest.raises(InputError, match="2 posts, 1 tags"):
        totals(posts, tags.slice(0, 1))
    with pytest.raises(InputError, match="row 1: post 'tiktok:00000' stands beside"):
        account_facts(posts, tags.take([1, 0]))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"niche": "cars"}, "row 1: niche 'cars' is not known; known: food"),
        ({"promo": None}, "row 1: promo None is not known"),
        ({"prob_ppm": PPM + 1}, "row 1: prob_ppm must lie between 0 and 1000000"),
        ({"prob_ppm": -1}, "row 1: prob_ppm must lie between 0 and 1000000, found -1"),
    ],
)
def test_tags_of_another_scheme_are_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        totals(*tables([wrong]))


def test_totals_of_another_version_are_refused() -> None:
    old = totals(*tables([{}])).to_pylist()
    old[0]["bins"] = [1] * 9
    with pytest.raises(InputError, match="'bins' must have 10 numbers"):
        merge_totals([pa.Table.from_pylist(old, schema=TOTALS)])


def test_totals_that_are_none_are_refused() -> None:
    with pytest.raises(InputError, match="table lacks the columns"):
        merge_totals([pa.table({"account_id": ["a"]})])


@pytest.mark.parametrize("made", [totals, account_facts])
def test_a_post_without_account_is_refused(made: Callable[..., pa.Table]) -> None:
    posts, tags = tables([{}, {}])
    ids = pa.array(["tiktok:an", None])
    posts = posts.set_column(posts.schema.get_field_index("account_id"), "account_id", ids)
    with pytest.raises(InputError, match="row 2: account_id or content_hash is null"):
        made(posts, tags)


def test_an_account_of_abstentions_has_facts_and_totals_but_no_evidence() -> None:
    pair = tables([{**ABSTAINED, "likes": 4}, ABSTAINED])
    (fact,) = account_facts(*pair).to_pylist()
    assert (fact["median_likes"], fact["evidence_passion"], fact["evidence_brand"]) == (4.0, [], [])
    (total,) = totals(*pair).to_pylist()
    assert (total["posts"], total["abstained"], sum(total["bins"])) == (2, 2, 0)


def test_facts_say_what_the_schema_says() -> None:
    when = datetime(2026, 3, 1, tzinfo=UTC)
    (found,) = account_facts(
        *tables(
            [
                {"account_name": "Bé An", "likes": 10, "followers": 5, "is_ad": True},
                {"account_name": "An", "likes": 20, "followers": 7, "posted_at": when},
                {"account_name": "An", "likes": 40, "is_ad": False, "source_format": "csv"},
                {"account_name": "Bé An", "views": 3, "is_paid_partnership": True, "is_ad": False},
                {"url": "https://example.com/1", "posted_at": when.replace(month=4)},
            ]
        )
    ).to_pylist()
    assert found["account_name"] == "An"
    assert found["followers"] == 7
    assert (found["median_likes"], found["median_views"]) == (20.0, 3.0)
    assert found["ad_flags"] == [2, 1, 2]
    assert found["formats"] == ["csv", "jsonl"]
    assert found["unknown"] == [
        "title", "comments", "shares", "has_shop", "is_repost", "is_pinned", "coauthors",
        "earlier_texts", "captured_at",
    ]  # fmt: skip


def test_followers_of_undated_posts_are_better_than_none() -> None:
    (found,) = account_facts(*tables([{"followers": None}, {"followers": 9}])).to_pylist()
    assert found["followers"] == 9


def test_median_of_an_even_number_is_the_middle() -> None:
    (found,) = account_facts(*tables([{"likes": n} for n in (1, 2, 9, 4)])).to_pylist()
    assert found["median_likes"] == 3.0
    assert found["median_views"] is None


def test_the_median_of_huge_counts_is_not_negative() -> None:
    (found,) = account_facts(*tables([{"likes": 2**63 - 1}, {"likes": 2**63 - 3}])).to_pylist()
    assert found["median_likes"] == float(2**63)


def test_evidence_is_the_strongest_of_each_side_and_no_text_twice() -> None:
    rows: list[dict[str, Any]] = [
        {"prob_ppm": 910_000, "content_hash": "a"},
        {"prob_ppm": 950_000, "content_hash": "b", "title": "Mẹo", "text": "vặt " * 100},
        {"prob_ppm": 950_000, "content_hash": "b"},
        {"prob_ppm": 500_000, "content_hash": "c"},
        {"prob_ppm": 600_000, "content_hash": "d"},
        {"prob_ppm": 499_999, "content_hash": "e", "promo": "own", "niche": "beauty"},
        ABSTAINED,
    ]
    (found,) = account_facts(*tables(rows)).to_pylist()
    ids = [post["post_id"] for post in found["evidence_passion"]]
    assert ids == ["tiktok:00001", "tiktok:00000", "tiktok:00004"]
    assert found["evidence_passion"][0]["excerpt"] == ("Mẹo\n" + "vặt " * 100)[:280]
    assert found["evidence_brand"] == [
        {
            "post_id": "tiktok:00005",
            "prob_ppm": 499_999,
            "promo": "own",
            "niche": "beauty",
            "excerpt": "Hôm nay nấu canh chua",
            "url": None,
            "posted_at": None,
        }
    ]


NO_ROLE: Final = {"p_creator": 0.6, "p_hybrid": 0.3, "p_influencer": 0.1}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ("creator", "clear")),
        ({"tagged": 9}, ("undetermined", "too_few_posts")),
        ({"tagged": 9, "p_business": 0.9}, ("undetermined", "too_few_posts")),
        ({"p_business": 0.5, "width": 0.9}, ("undetermined", "business_page")),
        ({"p_business": 0.499999}, ("creator", "clear")),
        ({"width": 0.9, "measured": False}, ("creator", "clear")),
        ({"p_creator": 0.79, "p_hybrid": 0.21}, ("undetermined", "near_a_line")),
        ({**NO_ROLE, "measured": False}, ("undetermined", "near_a_line")),
        ({**NO_ROLE, "width": 0.5}, ("undetermined", "near_a_line")),
        ({**NO_ROLE, "width": 0.500001}, ("undetermined", "interval_too_wide")),
        ({**NO_ROLE, "width": 0.6, "measured": False}, ("undetermined", "not_measured_platform")),
        ({"p_creator": 0.1, "p_hybrid": 0.8, "p_influencer": 0.1}, ("hybrid", "clear")),
        ({"p_creator": 0.0, "p_hybrid": 0.1, "p_influencer": 0.9}, ("influencer", "clear")),
    ],
)
def test_the_first_rule_that_applies_decides(
    change: dict[str, float], expected: tuple[str, str]
) -> None:
    usual = {"tagged": 50, "p_business": 0.0, "width": 0.3, "measured": True}
    chances = {"p_creator": 0.85, "p_hybrid": 0.15, "p_influencer": 0.0}
    assert decide_role(**usual | chances | change, config=ProfileConfig()) == expected  # type: ignore[arg-type]
    assert expected[0] in ROLE_WORDS
    assert expected[1] in REASON_WORDS


def test_every_role_has_its_words() -> None:
    assert set(ROLE_WORDS) == set(ROLES)


def test_a_clear_creator() -> None:
    found = profile(
        [{"prob_ppm": 950_000, "account_name": "An", "followers": 3}] * 50
        + [{"prob_ppm": 20_000, "niche": "life"}] * 4
        + [{"prob_ppm": 20_000, "niche": "beauty", "promo": "third_party"}] * 2
        + [ABSTAINED] * 4
    )
    assert (found["role"], found["reason"]) == ("creator", "clear")
    assert (found["posts"], found["tagged"], found["abstained"]) == (60, 56, 4)
    assert found["raw_share"] == round(50 / 56, 6)
    assert found["share_low"] < found["share_point"] < found["share_high"]
    chances = found["p_creator"] + found["p_hybrid"] + found["p_influencer"]
    assert chances == pytest.approx(1, abs=3e-6)
    assert (found["selling_share"], found["lifestyle_share"]) == (0.035714, 0.071429)
    assert (found["own_promo_share"], found["third_party_promo_share"]) == (0.0, 0.035714)
    assert found["niche"] == "food"
    assert found["niche_mix"] == [("food", 0.892857), ("life", 0.071429), ("beauty", 0.035714)]
    entropy = -sum(x / 56 * math.log(x / 56) for x in (50, 4, 2))
    assert found["niche_focus"] == pytest.approx(math.exp(entropy), abs=1e-6)
    assert (found["account_name"], found["followers"], found["model_id"]) == ("An", 3, "m1")


def test_a_clear_influencer_lives_and_is_paid() -> None:
    found = profile([{"prob_ppm": 30_000, "niche": "life"}] * 60)
    assert (found["role"], found["reason"]) == ("influencer", "clear")
    assert (found["lifestyle_share"], found["niche_focus"]) == (1.0, 1.0)


@pytest.mark.parametrize("prob_ppm", [30_000, 950_000])
def test_a_shop_is_a_business_page_whatever_its_tone(prob_ppm: int) -> None:
    selling = [{"prob_ppm": prob_ppm, "promo": "own", "niche": "fashion"}] * 45
    found = profile(selling + [{"prob_ppm": prob_ppm}] * 15)
    assert (found["role"], found["reason"]) == ("undetermined", "business_page")


def test_own_tags_that_may_be_false_make_no_business_page() -> None:
    found = profile([{"prob_ppm": 30_000, "promo": "own"}] * 15 + [{"prob_ppm": 30_000}] * 45)
    assert (found["role"], found["own_promo_share"]) == ("influencer", 0.25)


def test_posts_that_the_tagger_is_unsure_of_are_said() -> None:
    ppm = [299_999, 300_001, 500_000, 699_999, 700_001]
    assert profile([{"prob_ppm": one} for one in ppm])["unclear_share"] == 0.6


def test_an_account_without_a_tag_has_no_numbers() -> None:
    found = profile([ABSTAINED] * 30)
    assert (found["role"], found["reason"]) == ("undetermined", "too_few_posts")
    unknown = [name for name, value in found.items() if value is None]
    assert unknown == [
        "account_name", "followers", "raw_share", "unclear_share", "share_low", "share_point",
        "share_high", "p_creator", "p_hybrid", "p_influencer", "niche", "niche_focus",
        "selling_share", "lifestyle_share", "own_promo_share", "third_party_promo_share",
        "first_posted_at", "last_posted_at",
    ]  # fmt: skip
    assert found["niche_mix"] == []


@pytest.mark.parametrize("passion", range(0, 31, 5))
def test_the_level_shown_never_changes_a_role(passion: int) -> None:
    rows = [{"prob_ppm": 950_000}] * passion + [{"prob_ppm": 20_000}] * (30 - passion)
    found = [profile(rows, ProfileConfig(level=level)) for level in (0.5, 0.9, 0.99)]
    assert len({(row["role"], row["reason"]) for row in found}) == 1
    assert [row["share_level"] for row in found] == [0.5, 0.9, 0.99]
    widths = [row["share_high"] - row["share_low"] for row in found]
    assert widths == sorted(widths)
    assert widths[0] < widths[2]


def test_a_platform_without_labels_has_wider_intervals_and_says_so() -> None:
    rows = [
        {
            "account_id": f"{platform}:an",
            "platform": platform,
            "post_id": f"{platform}:{n}",
            "prob_ppm": 450_000 if n % 2 else 950_000,
        }
        for n in range(20)
        for platform in ("instagram", "tiktok", "blog")
    ]
    pair = tables(rows)
    found = build_profiles(
        totals(*pair), account_facts(*pair), BY_PLATFORM, ProfileConfig(), model_id="m1"
    ).to_pylist()
    by_platform = {row["platform"]: row for row in found}
    assert {name: row["platform_measured"] for name, row in by_platform.items()} == {
        "tiktok": True, "instagram": False, "blog": False,
    }  # fmt: skip
    width = {name: row["share_high"] - row["share_low"] for name, row in by_platform.items()}
    assert width["instagram"] == width["blog"] > width["tiktok"] + 0.02


def test_totals_and_facts_must_hold_the_same_accounts() -> None:
    pair = tables([{}, {"account_id": "tiktok:be"}])
    whole, facts = totals(*pair), account_facts(*pair)
    config = ProfileConfig()
    with pytest.raises(InputError, match="'tiktok:be' stands only in the totals"):
        build_profiles(whole, facts.slice(0, 1), BY_PLATFORM, config, model_id="m1")
    with pytest.raises(InputError, match="totals hold an account twice"):
        build_profiles(pa.concat_tables([whole, whole]), facts, BY_PLATFORM, config, model_id="m1")
    swapped = build_profiles(whole.take([1, 0]), facts, BY_PLATFORM, config, model_id="m1")
    assert swapped.equals(build_profiles(whole, facts, BY_PLATFORM, config, model_id="m1"))


def test_an_own_promotion_tag_that_says_nothing_is_refused() -> None:
    pair = tables([{}])
    silent = replace(RATES, own_recall=0.03)
    rates = PlatformRates(measured={}, other=silent)
    with pytest.raises(ModelError, match="says nothing"):
        build_profiles(totals(*pair), account_facts(*pair), rates, ProfileConfig(), model_id="m1")
