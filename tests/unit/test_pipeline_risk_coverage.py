"""Risk and coverage on answers whose curve is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from analyzer.pipeline.risk_coverage import COVERAGES, RiskCoverage, risk_coverage

if TYPE_CHECKING:
    from analyzer.pipeline.figures import Figure

# ten posts, surest first: the fifth and the last three are wrong
CONFIDENCE = np.array([0.99, 0.97, 0.9, 0.88, 0.8, 0.77, 0.7, 0.65, 0.6, 0.55])
CORRECT = np.array([1, 1, 1, 1, 0, 1, 1, 0, 0, 0], bool)
ACCOUNTS = np.array(list("aabbccddee"))


def measured(
    confidence: np.ndarray = CONFIDENCE,
    correct: np.ndarray = CORRECT,
    accounts: np.ndarray = ACCOUNTS,
    seed: int = 0,
) -> RiskCoverage:
    return risk_coverage(confidence, correct, accounts, resamples=200, seed=seed)


def value(figure: Figure) -> float:
    assert figure.value is not None
    return figure.value


def ends(figure: Figure) -> tuple[float, float]:
    assert figure.low is not None
    assert figure.high is not None
    return figure.low, figure.high


def test_the_risk_is_the_share_of_wrong_answers_among_the_surest() -> None:
    found = measured()
    assert [point.coverage for point in found.points] == list(COVERAGES)
    told = [point for point in found.points if point.coverage in {1.0, 0.9, 0.8, 0.7, 0.5}]
    assert [point.posts for point in told] == [10, 9, 8, 7, 5]
    assert [point.risk.value for point in told] == pytest.approx(
        [4 / 10, 3 / 9, 2 / 8, 1 / 7, 1 / 5], abs=1e-6
    )
    assert [point.confidence for point in told] == [0.55, 0.6, 0.65, 0.7, 0.8]


def test_the_coverage_at_a_risk_is_the_most_posts_that_keep_to_it() -> None:
    # 4 right ones, then 1 wrong in 5, 6 and 7: 1/7 is under 0.15, and 1/5 before it is not
    assert [(at.risk, at.coverage.value) for at in measured().limits] == [(0.1, 0.4), (0.15, 0.7)]
    never = measured(correct=np.zeros(10, bool)).limits
    always = measured(correct=np.ones(10, bool)).limits
    assert [at.coverage.value for at in (*never, *always)] == [0, 0, 1, 1]


def test_the_area_is_the_mean_risk_and_the_oracle_errs_last() -> None:
    found = measured()
    risks = [0, 0, 0, 0, 1 / 5, 1 / 6, 1 / 7, 2 / 8, 3 / 9, 4 / 10]
    least = [0, 0, 0, 0, 0, 0, 1 / 7, 2 / 8, 3 / 9, 4 / 10]
    assert found.aurc.value == pytest.approx(np.mean(risks), abs=1e-6)
    assert found.excess.value == pytest.approx(np.mean(risks) - np.mean(least), abs=1e-6)


def test_a_perfect_order_has_no_excess_and_a_reversed_one_the_most() -> None:
    perfect = measured(correct=np.array([1] * 6 + [0] * 4, bool))
    reversed_ = measured(correct=np.array([0] * 4 + [1] * 6, bool))
    assert perfect.excess.value == 0
    assert value(reversed_.excess) > value(measured().excess) > 0


def test_equal_confidence_gives_the_same_risk_everywhere_in_any_order() -> None:
    flat = np.full(10, 0.7)
    found = measured(confidence=flat)
    assert [point.risk.value for point in found.points] == pytest.approx([0.4] * len(COVERAGES))
    assert found.aurc.value == pytest.approx(0.4)
    turned = measured(flat, CORRECT[::-1], ACCOUNTS[::-1])
    assert turned.points == found.points


def test_the_order_of_the_posts_changes_nothing() -> None:
    order = np.random.default_rng(1).permutation(10)
    assert measured(CONFIDENCE[order], CORRECT[order], ACCOUNTS[order]) == measured()


def test_intervals_hold_the_value_and_repeat_with_the_seed() -> None:
    accounts = np.arange(10)
    found = measured(accounts=accounts)
    parts = [point.risk for point in found.points] + [at.coverage for at in found.limits]
    for figure in [*parts, found.aurc, found.excess]:
        if figure.why == "all_alike":  # right in every resample: no interval is claimed
            continue
        low, high = ends(figure)
        assert 0 <= low <= value(figure) <= high <= 1
    assert found.points[0].risk.why is None
    assert measured(accounts=accounts) == found
    assert measured(accounts=accounts, seed=1) != found


def test_without_resamples_or_with_few_accounts_there_is_no_interval() -> None:
    few = measured()
    assert {p.risk.why for p in few.points} == {"too_few_accounts"}
    none = risk_coverage(CONFIDENCE, CORRECT, np.arange(10), resamples=0, seed=0)
    assert [p.risk.value for p in none.points] == [p.risk.value for p in few.points]
    assert {p.risk.low for p in (*few.points, *none.points)} == {None}


def test_posts_of_one_account_stay_together() -> None:
    """As many posts in fewer accounts say less: the interval is wider."""
    random = np.random.default_rng(3)
    confidence = random.random(400)
    owner = np.arange(400) // 20
    correct = random.random(20)[owner] < 0.5  # an account is right or wrong throughout
    alone = measured(confidence, correct, np.arange(400)).points[0].risk
    together = measured(confidence, correct, owner).points[0].risk
    assert np.ptp(ends(together)) > 2 * np.ptp(ends(alone))


def test_one_account_and_one_post() -> None:
    found = measured(np.array([0.6]), np.array([False]), np.array(["a"]))
    assert [(p.posts, p.risk.value) for p in found.points] == [(1, 1)] * len(COVERAGES)
    assert found.excess.value == 0


@pytest.mark.parametrize(("posts", "answers"), [(0, 0), (10, 9)])
def test_lengths_that_differ_or_no_post_at_all(posts: int, answers: int) -> None:
    with pytest.raises(ValueError, match=f"{posts} confidences, {answers} answers"):
        measured(CONFIDENCE[:posts], CORRECT[:answers], ACCOUNTS[:posts])
