"""Shares found again in samples of every true share, platform by platform."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from evaluation_samples import PLATFORM_RATES, RATES

from analyzer.pipeline.artificial import (
    PREVALENCES,
    REPEATS,
    SIZES,
    PrevalenceError,
    prevalence_errors,
)
from analyzer.rates import SURE, PlatformRates


def errors(
    passion: object,
    truth: np.ndarray[tuple[int], np.dtype[np.bool_]],
    *,
    platform: str = "tiktok",
    rates: PlatformRates = PLATFORM_RATES,
) -> tuple[PrevalenceError, ...]:
    ppm = np.rint(np.asarray(passion, np.float64) * 1_000_000).astype(np.int64)
    return prevalence_errors(ppm, truth, np.full(len(truth), platform), rates, seed=0)


def test_shares_are_found_again_by_a_tagger_that_never_errs() -> None:
    truth = np.arange(400) % 2 == 0
    ends = (0.991, *(0.001,) * 9)
    sure = replace(RATES, passion=ends[::-1], brand=ends, variation=SURE)
    rates = PlatformRates(measured={"tiktok": sure}, other=RATES)
    found = errors(np.where(truth, 0.999, 0.001), truth, rates=rates)
    assert [one.size for one in found] == list(SIZES)
    for one in found:
        assert (one.platform, one.measured) == ("tiktok", True)
        assert one.samples == len(PREVALENCES) * REPEATS
        assert (one.counted_error, one.counted_bias) == (0, 0)
        assert (
            [at.true for at in one.curve] == [at.counted for at in one.curve] == list(PREVALENCES)
        )
        assert one.corrected_error < 0.05


def test_a_share_is_corrected_for_errors_that_are_known() -> None:
    random = np.random.default_rng(0)
    truth = random.random(4000) < 0.5
    # as RATES has them, but for brand posts: a third of them look like passion
    brand = np.array([0.3, 0.15, 0.1, 0.08, 0.04, 0.03, 0.08, 0.07, 0.05, 0.1])
    rates = PlatformRates(
        measured={"tiktok": replace(RATES, brand=tuple(brand.tolist()), variation=SURE)},
        other=RATES,
    )
    bins = np.where(
        truth, random.choice(10, 4000, p=RATES.passion), random.choice(10, 4000, p=brand)
    )
    (hundred, twenty) = errors((bins + 0.5) / 10, truth, rates=rates)
    assert hundred.counted_bias > 0.05
    assert abs(hundred.corrected_bias) < 0.02
    assert hundred.corrected_error < 0.7 * hundred.counted_error
    assert hundred.coverage >= 0.9
    assert hundred.width < twenty.width
    at = hundred.curve[0]
    assert at.true == 0
    assert at.counted == pytest.approx(brand[5:].sum(), abs=0.03)


@pytest.mark.parametrize(("brand", "sizes"), [(19, []), (20, [20]), (99, [20]), (100, [100, 20])])
def test_samples_ask_for_enough_posts_of_both_classes(brand: int, sizes: list[int]) -> None:
    truth = np.arange(300) >= brand
    found = errors(np.where(truth, 0.9, 0.1), truth)
    assert [one.size for one in found] == sizes


def test_each_platform_is_corrected_by_its_own_rates() -> None:
    truth = np.arange(80) % 2 == 0
    passion = np.where(truth, 0.75, 0.25)
    both = prevalence_errors(
        np.rint(np.tile(passion, 2) * 1_000_000).astype(np.int64),
        np.tile(truth, 2),
        np.repeat(["blog", "tiktok"], 80),
        PLATFORM_RATES,
        seed=0,
    )
    assert [(one.platform, one.measured) for one in both] == [("tiktok", True), ("blog", False)]
    assert both == errors(passion, truth) + errors(passion, truth, platform="blog")
    # the same answers, but nobody knows how often they err there
    assert both[1].width > both[0].width
