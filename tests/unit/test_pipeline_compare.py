"""One set of answers beside another: by how much, how surely, on the same resamples."""

from __future__ import annotations

import numpy as np
import pytest
from evaluation_samples import PLATFORM_RATES, answers, labelled

from analyzer.pipeline import artificial
from analyzer.pipeline.compare import paired_differences
from analyzer.pipeline.evaluate import HEADLINES, evaluate, headlines
from analyzer.pipeline.labels import UNKNOWN


def test_a_difference_is_that_of_the_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    data = labelled(posts=700)
    first, second = answers(data, skill=2.0), answers(data, skill=0.5)
    found = paired_differences(first, second, data, resamples=200)
    assert list(found) == list(HEADLINES)
    monkeypatch.setattr(artificial, "REPEATS", 1)
    alone = [
        headlines(evaluate(said, data, rates=PLATFORM_RATES, resamples=200))
        for said in (first, second)
    ]
    for figure, change in found.items():
        assert (change.first, change.second) == (alone[0][figure], alone[1][figure])
        assert change.first.value is not None
        assert change.second.value is not None
        assert change.value == pytest.approx(change.first.value - change.second.value, abs=2e-6)
    better = found["drive_f1_clear"]
    assert 0 < better.low < better.value < better.high
    assert found["brier"].high < 0


def test_equal_answers_differ_by_nothing() -> None:
    data = labelled()
    said = answers(data)
    for change in paired_differences(said, said, data, resamples=50).values():
        assert (change.value, change.low, change.high) == (0, 0, 0)


def test_a_difference_is_surer_than_its_parts() -> None:
    data = labelled(posts=900)
    one = answers(data)
    other = one.copy()
    other[:30] = -other[:30]
    change = paired_differences(one, other, data, resamples=300)["drive_f1_clear"]
    assert change.first.high is not None
    assert change.first.low is not None
    assert change.high - change.low < 0.6 * (change.first.high - change.first.low)


def test_a_figure_without_labels_has_no_difference() -> None:
    data = labelled(niche=np.full(400, UNKNOWN))
    said = answers(data)
    found = paired_differences(said, said, data, resamples=5)
    assert set(HEADLINES) - set(found) == {"niche_accuracy", "niche_f1"}
