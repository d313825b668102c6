"""Posts of a campaign count as fewer than they are, and no others do."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from analyzer.profile.dependence import ALIKE, effective_posts


def effective(
    tags: list[list[str]],
    mentions: list[list[str]] | None = None,
    accounts: list[int] | None = None,
    counted: list[bool] | None = None,
) -> list[float]:
    code = np.array(accounts or [0] * len(tags), np.int64)
    posts = pa.table(
        {
            "hashtags": pa.array(tags, pa.list_(pa.string())),
            "mentions": pa.array(mentions or [[]] * len(tags), pa.list_(pa.string())),
        }
    )
    known = np.ones(len(tags), np.bool_) if counted is None else np.array(counted)
    found: list[float] = effective_posts(posts, code, known, int(code.max(initial=0)) + 1).tolist()
    return found


def worth(posts: int, *campaigns: int) -> float:
    return posts**2 / (posts + ALIKE * sum(k * (k - 1) for k in campaigns))


def test_posts_without_anything_in_common_are_worth_themselves() -> None:
    assert effective([[]] * 7) == [7.0]
    assert effective([["a"], ["b"], ["c"], []]) == [4.0]


def test_a_campaign_is_worth_less() -> None:
    tags = [["SonMoi"]] * 4 + [["phở"]] + [[]] * 15
    assert effective(tags) == [pytest.approx(worth(20, 4))]
    assert effective([["sonmoi"], ["SONMOI"], *[[]] * 8]) == [pytest.approx(worth(10, 2))]


def test_a_habitual_hashtag_is_no_campaign() -> None:
    # 5 of 20 are more than a fifth; every post has the second
    assert effective([["a", "xuhuong"]] * 5 + [["xuhuong"]] * 15) == [20.0]


def test_two_posts_may_be_a_campaign_of_a_small_account() -> None:
    assert effective([["a"], ["a"], ["b"]]) == [pytest.approx(worth(3, 2))]
    assert effective([["a"], ["a"], ["a"]]) == [3.0]


def test_a_post_is_of_one_campaign_that_which_most_share() -> None:
    tags = [["big", "small"]] * 2 + [["big"]] * 2 + [["small"]] + [[]] * 15
    # three posts carry `small`, two of them are of `big`: the third is alone
    assert effective(tags) == [pytest.approx(worth(20, 4, 1))]


def test_mentions_make_campaigns_and_are_no_hashtags() -> None:
    mentions = [["nhanhang"], ["NhanHang"], *[[]] * 8]
    assert effective([[]] * 10, mentions) == [pytest.approx(worth(10, 2))]
    mixed = [["nhanhang"], *[[]] * 9]
    assert effective([[], ["nhanhang"], *[[]] * 8], mixed) == [10.0]


def test_a_tag_twice_in_a_post_is_one() -> None:
    assert effective([["a", "A"], *[[]] * 9]) == [10.0]


def test_accounts_and_posts_that_do_not_count_are_kept_apart() -> None:
    tags = [["a"], ["a"], ["a"], *[[]] * 17]
    accounts = [0, 1, 0] + [0] * 8 + [1] * 9
    assert effective(tags, accounts=accounts) == [pytest.approx(worth(10, 2)), 10.0]
    counted = [True, True, False] + [True] * 17
    assert effective(tags, counted=counted) == [pytest.approx(worth(19, 2))]
    assert effective([["a"]] * 3, counted=[False] * 3) == [0.0]
    assert effective([]) == [0.0]
