"""Captions in the shape of real ones, and what the front end shall make of them.

The cases stand in corpora/cases, one file a question. `"expect": "fail"` marks an answer that is
wanted and not yet given: such a case fails until someone mends it, and then loses the mark.
"""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from analyzer.text import abstain_reason, normalise, segment, split_spans

FOLDER = Path(__file__).parents[2] / "corpora" / "cases"
FILES = ("abstain", "joins", "normalise", "segment", "spans", "unchanged")
REQUIRED = 300


@cache
def cases(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return found


def each(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "case",
        [
            pytest.param(
                case,
                id=case["label"],
                marks=[pytest.mark.xfail(reason="wanted, not yet given")]
                if case["expect"] == "fail"
                else [],
            )
            for case in cases(name)
        ],
    )


def segmented(case: dict[str, Any]) -> str:
    return segment(normalise([case["original"]]))[0]


@each("normalise")
def test_a_text_is_repaired(case: dict[str, Any]) -> None:
    assert normalise([case["original"]]) == [case["fixed"]]


@each("unchanged")
def test_a_sound_text_is_left_alone(case: dict[str, Any]) -> None:
    assert normalise([case["original"]]) == [case["original"]]


@each("segment")
def test_a_caption_is_segmented_as_wanted(case: dict[str, Any]) -> None:
    assert segmented(case) == case["segmented"]


@each("spans")
def test_spans_come_out_whole(case: dict[str, Any]) -> None:
    tokens = segmented(case).split(" ")
    rest = iter(tokens)
    assert all(span in rest for span in case["tokens"]), tokens


@each("joins")
def test_words_are_joined_and_others_are_not(case: dict[str, Any]) -> None:
    words = segmented(case).split(" ")
    assert set(case["joined"]) <= set(words)
    joined = {pair for word in words for pair in pairwise(word.split("_"))}
    assert {tuple(pair.split(" ")) for pair in case["apart"]} & joined == set()


@each("abstain")
def test_a_text_is_judged_or_told_why_not(case: dict[str, Any]) -> None:
    assert abstain_reason(normalise([case["original"]])[0]) == case["abstain"]


def test_cases_are_many_and_each_one_says_why() -> None:
    total = 0
    for name in FILES:
        found = cases(name)
        total += len(found)
        assert len({case["label"] for case in found}) == len(found)
        assert len({case["original"] for case in found}) == len(found)
        assert {case["expect"] for case in found} <= {"pass", "fail"}
    assert {path.stem for path in FOLDER.glob("*.json")} == set(FILES)
    assert total >= REQUIRED


def test_wanted_text_keeps_every_span_as_one_token() -> None:
    """Guards the case file itself: an expectation cannot allow a span to be cut."""
    for case in cases("segment"):
        pieces = split_spans(normalise([case["original"]])[0])
        spans = [piece for piece, protected in pieces if protected]
        if case["expect"] == "pass":
            assert [t for t in case["segmented"].split(" ") if t in set(spans)] == spans
