"""How far readers agree, and what most of them say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from label_samples import POSTS, ROUND, answer, fill, sheet

from analyzer.pipeline.labelling.agree import NO_POST, ONE_CLASS, agreement, disagreements
from analyzer.pipeline.labelling.read import read_answers
from analyzer.pipeline.labelling.rows import Answer
from analyzer.pipeline.labelling.settle import settle
from analyzer.pipeline.labelling.write import write_agreement, write_labels

if TYPE_CHECKING:
    from pathlib import Path


def said(annotator: str, drives: str, clarities: str = "") -> list[Answer]:
    """One letter a post: p, b, or - for a post this reader did not label."""
    names = {"p": "passion", "b": "brand"}
    padded = clarities.ljust(len(drives), "-")
    return [
        Answer(
            post_id=f"p{n:02}",
            annotator=annotator,
            drive=names[drive],
            clarity=None if clarity == "-" else int(clarity),
            niche=None,
            promo=None,
        )
        for n, (drive, clarity) in enumerate(zip(drives, padded, strict=True))
        if drive != "-"
    ]


def test_kappa_and_alpha_by_hand() -> None:
    # 10 posts, 8 alike; each says passion 6 times: chance 0.36 + 0.16 = 0.52
    drive = agreement([*said("lan", "ppppppbbbb"), *said("minh", "pppppbbbbp")])[0]
    (pair,) = drive.pairs
    assert (pair.posts, pair.same, pair.why) == (10, 8, None)
    assert pair.kappa == pytest.approx((0.8 - 0.52) / (1 - 0.52))
    # Krippendorff: 1 - 19 * 4 / (2 * 12 * 8), of 20 values 12 and 8, 4 in coincidences that differ
    assert drive.alpha == pytest.approx(1 - 19 * 4 / (2 * 12 * 8))
    assert (drive.readers, drive.posts, drive.same) == (2, 10, 8)


def test_a_step_of_clarity_is_less_than_three() -> None:
    near = agreement([*said("lan", "pppp", "0123"), *said("minh", "pppp", "1123")])
    far = agreement([*said("lan", "pppp", "0123"), *said("minh", "pppp", "3123")])
    assert near[1].field == far[1].field == "clarity"
    assert near[1].alpha is not None
    assert far[1].alpha is not None
    assert near[1].alpha > far[1].alpha
    # linear weights: 1 step in 4 posts where chance has 1.125 a post; 3 steps where it has 1.25
    kappas = [found[1].pairs[0].kappa for found in (near, far)]
    assert kappas == pytest.approx([1 - 0.25 / 1.125, 1 - 0.75 / 1.25])


def test_three_readers_make_three_pairs_and_one_alpha() -> None:
    drive = agreement([*said("a", "ppbb--"), *said("b", "ppbp-b"), *said("c", "--bbpb")])[0]
    assert [(pair.first, pair.second, pair.posts) for pair in drive.pairs] == [
        ("a", "b", 4), ("a", "c", 2), ("b", "c", 3),
    ]  # fmt: skip
    # post 4 has one reader
    assert drive.posts == 5
    assert drive.alpha is not None


def test_no_common_post_is_not_agreement() -> None:
    drive = agreement([*said("lan", "pb--"), *said("minh", "--pb")])[0]
    assert (drive.alpha, drive.why) == (None, NO_POST)
    assert [(pair.kappa, pair.why, pair.posts) for pair in drive.pairs] == [(None, NO_POST, 0)]


def test_one_class_only_is_not_agreement() -> None:
    drive = agreement([*said("lan", "pppp"), *said("minh", "pppp")])[0]
    assert (drive.alpha, drive.why, drive.same) == (None, ONE_CLASS, 4)
    assert [(pair.kappa, pair.why, pair.same) for pair in drive.pairs] == [(None, ONE_CLASS, 4)]


def test_one_reader_alone_agrees_with_nobody() -> None:
    drive = agreement(said("lan", "ppbb"))[0]
    assert (drive.readers, drive.posts, drive.alpha, drive.why) == (1, 0, None, NO_POST)
    assert drive.pairs == ()


def test_a_field_nobody_filled_in_has_no_posts() -> None:
    niche = agreement([*said("lan", "pb"), *said("minh", "pb")])[2]
    assert (niche.field, niche.readers, niche.posts, niche.why) == ("niche", 0, 0, NO_POST)


def test_kappa_of_0_is_told_from_no_kappa() -> None:
    (pair,) = agreement([*said("lan", "pppp"), *said("minh", "ppbb")])[0].pairs
    assert (pair.kappa, pair.why) == (0, None)


def test_posts_on_which_readers_differ_are_listed() -> None:
    found = disagreements([*said("minh", "pbp", "123"), *said("lan", "ppp", "122")])
    assert [(row.post_id, row.field, dict(row.said)) for row in found] == [
        ("p01", "drive", {"lan": "passion", "minh": "brand"}),
        ("p02", "clarity", {"lan": "2", "minh": "3"}),
    ]


def test_most_readers_settle_a_field_and_clarity_is_the_middle_one() -> None:
    found = settle(
        [
            answer(0, "a", "passion", clarity=3, niche="food", promo="none"),
            answer(0, "b", "passion", clarity=0, niche="travel", promo="none"),
            answer(0, "c", "brand", clarity=2, niche="food", promo=None),
            answer(1, "a", "brand", clarity=3),
            answer(1, "b", "brand", clarity=2),
        ],
        ROUND,
    )
    first, second = found.labels
    assert [first[f] for f in ("drive", "clarity", "niche", "promo")] == [
        "passion", 2, "food", "none",
    ]  # fmt: skip
    assert (first["readers"], first["why"], first["text"]) == (3, "uncertain", POSTS[0].text)
    assert (second["drive"], second["clarity"], second["niche"]) == ("brand", 2, None)
    assert found.ties == {}


def test_ties_get_no_label_and_are_listed_with_who_said_what(tmp_path: Path) -> None:
    given = (
        answer(0, "lan", "passion", niche="food"),
        answer(0, "minh", "brand", niche="food"),
        answer(1, "lan", "brand", niche="life"),
        answer(1, "minh", "brand", niche="comedy"),
    )
    found = settle(given, ROUND)
    assert [(label["post_id"], label["niche"]) for label in found.labels] == [
        (POSTS[1].post_id, None)
    ]
    assert found.ties == {
        POSTS[0].post_id: "drive: lan passion, minh brand",
        POSTS[1].post_id: "niche: lan life, minh comedy",
    }
    write_labels(found, (), ROUND, tmp_path)
    rows = sheet(tmp_path / "ties.csv")
    assert [row["said"] for row in rows] == list(found.ties.values())
    # one more reader fills it in, and it is read along with the others
    third = fill(
        tmp_path / "ties.csv", tmp_path / "hoa.csv", {0: ("brand",), 1: ("brand", "", "life")}
    )
    settled = settle([*given, *read_answers([third], ROUND).answers], ROUND)
    assert [(label["drive"], label["niche"]) for label in settled.labels] == [
        ("brand", "food"),
        ("brand", "life"),
    ]
    assert settled.ties == {}


def test_the_random_share_can_be_told_apart(tmp_path: Path) -> None:
    given = tuple(answer(n, "lan", "brand") for n in range(5))
    found = settle(given, ROUND)
    write_labels(found, (), ROUND, tmp_path)
    drawn = (tmp_path / "labelled_random.jsonl").read_bytes().split(b"\n")
    assert [json.loads(line)["post_id"] for line in drawn if line] == [
        POSTS[1].post_id, POSTS[3].post_id,
    ]  # fmt: skip
    assert len(found.labels) == 5


def test_classes_taken_for_each_other_are_counted() -> None:
    given = [
        Answer(post_id=f"p{n}", annotator=who, drive="brand", clarity=None, niche=niche, promo=None)
        for n, pair in enumerate((("life", "comedy"), ("comedy", "life"), ("food", "life")))
        for who, niche in zip("ab", pair, strict=True)
    ]
    assert agreement(given)[2].confused == (("comedy", "life", 2), ("food", "life", 1))


def test_agreement_is_written(tmp_path: Path) -> None:
    given = (*said("lan", "pb"), *said("minh", "pp"))
    write_agreement(given, tmp_path / "agreement.json")
    found = json.loads((tmp_path / "agreement.json").read_text(encoding="utf-8"))
    assert [field["field"] for field in found["fields"]] == ["drive", "clarity", "niche", "promo"]
    assert found["fields"][0]["pairs"][0]["posts"] == 2
    assert found["fields"][1]["alpha"] is None
    assert [row["post_id"] for row in found["disagreements"]] == ["p01"]
