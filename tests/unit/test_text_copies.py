"""Near-duplicates of one account."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.text import copies, first_alike

LONG = (
    "sáng nay ghé quán bún riêu cua đồng đầu ngõ ngồi ăn với mẹ nước dùng ngọt thanh rau tươi chủ "
    "quán dễ thương kể chuyện nấu cua cả buổi"
)
SYLLABLES = [
    "an", "ba", "ca", "da", "em", "ga", "ha", "la", "ma", "na", "qua", "ra", "sa", "ta", "va", "xa",
    "yen", "bun", "cha", "pho", "kho", "rau",
]  # fmt: skip


def test_the_same_words_are_one() -> None:
    assert first_alike(["cá kho tộ", "bún riêu", "cá kho tộ", "cá kho tộ"]) == [0, 1, 0, 0]


def test_a_word_more_in_a_long_text_is_the_same_post() -> None:
    assert first_alike([LONG, f"{LONG} nha", LONG.replace("thanh", "lành")]) == [0, 0, 0]


def test_a_word_more_in_a_short_text_is_another_post() -> None:
    assert first_alike(["kẹo hình con cú", "kẹo hình con khỉ"]) == [0, 1]


def test_other_numbers_are_other_posts() -> None:
    parts = [f"phần {n} {LONG}" for n in range(1, 5)]
    assert first_alike(parts) == [0, 1, 2, 3]
    assert first_alike([f"giá 199 {LONG}", f"giá 249 {LONG}", f"giá 199 {LONG} ạ"]) == [0, 1, 0]


def test_no_chain_of_small_changes() -> None:
    words = LONG.split()
    steps = [
        " ".join([*[f"mới{'x' * n}" for n in range(k)], *words[k:]]) for k in range(len(words))
    ]
    found = first_alike(steps)
    for row, leader in enumerate(found):
        assert found[leader] == leader
        left, right = (copies.shingles_of(steps[at]) for at in (row, leader))
        assert copies.jaccard(left, right) >= copies.NEAR
    assert found[-1] != 0


def test_hashes_tell_shingles_apart() -> None:
    rng = random.Random(3)  # noqa: S311
    for _ in range(200):
        left, right = (" ".join(rng.choices(SYLLABLES, k=rng.randint(1, 30))) for _ in range(2))
        cut = [
            {text.ljust(5)[at : at + 5] for at in range(max(len(text) - 4, 1))}
            for text in (left, right)
        ]
        exact = len(cut[0] & cut[1]) / len(cut[0] | cut[1])
        assert copies.jaccard(copies.shingles_of(left), copies.shingles_of(right)) == exact


def test_all_that_are_near_are_found() -> None:
    rng = random.Random(5)  # noqa: S311
    for _ in range(150):
        words = rng.choices(SYLLABLES, k=40)
        at = rng.randrange(len(words))
        other = [*words[:at], rng.choice(SYLLABLES), *words[at + 1 :]]
        pair = [" ".join(words), " ".join(other)]
        near = copies.jaccard(*map(copies.shingles_of, pair)) >= copies.NEAR
        assert first_alike(pair) == ([0, 0] if near else [0, 1])


@settings(deadline=None)
@given(st.lists(st.text(alphabet="ab ", min_size=1, max_size=12), max_size=12))
def test_leaders_lead_themselves_and_come_first(texts: list[str]) -> None:
    found = first_alike(texts)
    assert all(found[leader] == leader <= row for row, leader in enumerate(found))
    assert first_alike(texts + texts)[len(texts) :] == found


def test_a_series_of_thousands_and_thousands_of_copies_end() -> None:
    series = [f"mời cả nhà ăn cùng mình món {a} {b} nha" for a in SYLLABLES for b in SYLLABLES] * 3
    assert len(set(first_alike(series))) <= len(set(series))
    assert set(first_alike([LONG] * 20_000)) == {0}


def test_a_megabyte_of_text() -> None:
    huge = "cá kho tộ và bún riêu " * 50_000
    assert first_alike([huge, huge + "nha", "x"]) == [0, 0, 2]
