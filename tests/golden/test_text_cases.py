"""Invented captions in the shape of real ones, and what the segmenter shall make of them.

`known` cases give the wanted answer where underthesea's own cut or join is poor: they fail until
someone mends it, and then lose the mark.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analyzer.text import normalise, segment, split_spans

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "text_cases.json").read_text(encoding="utf-8")
)


def _param(number: int, case: dict[str, Any]) -> Any:
    marks = [pytest.mark.xfail(reason=case["note"])] if case.get("known") else []
    return pytest.param(case, id=f"{number}-{case['note']}", marks=marks)


@pytest.mark.parametrize("case", [_param(i, case) for i, case in enumerate(CASES)])
def test_caption_is_segmented_as_wanted(case: dict[str, Any]) -> None:
    assert segment(normalise([case["text"]])) == [case["want"]]


def test_cases_are_many_and_each_one_says_why() -> None:
    assert len({case["text"] for case in CASES}) == len(CASES) >= 60
    assert all(case["note"] for case in CASES)


@pytest.mark.parametrize("case", [c for c in CASES if not c.get("known")], ids=lambda c: c["note"])
def test_wanted_text_keeps_every_span_as_one_token(case: dict[str, Any]) -> None:
    """Guards the case file itself: an expectation cannot allow a span to be cut."""
    spans = [piece for piece, protected in split_spans(normalise([case["text"]])[0]) if protected]
    wanted = case["want"].split(" ")
    assert [token for token in wanted if token in set(spans)] == spans
