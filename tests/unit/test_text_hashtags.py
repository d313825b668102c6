from __future__ import annotations

import sys
import threading
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.text.hashtags import (
    LONGEST_ENTRY,
    hashtag_words,
    plain_letters,
    with_hashtag_words,
)
from analyzer.text.segment import SegmentedText


@pytest.mark.parametrize(
    ("tag", "wanted"),
    [
        # without seams, without marks
        ("#dulich", "du_lịch"),
        ("#haisan", "hải_sản"),
        ("#lamdep", "làm_đẹp"),
        ("#reviewlamdep", "review làm_đẹp"),
        ("#monngonmoingay", "món ngon mỗi ngày"),
        ("#nauandongian", "nấu_ăn đơn_giản"),
        ("#dulichdanang", "du_lịch đà_nẵng"),
        ("#streetfood", "street food"),
        ("#DULICH", "du_lịch"),
        ("＃dulich", "du_lịch"),
        # seams
        ("#ReviewLamDep", "review làm_đẹp"),
        ("#Review_Lam_Dep", "review làm_đẹp"),
        ("#review_lamdep", "review làm_đẹp"),
        ("#DuLich2025", "du_lịch 2025"),
        ("#tet2025", "tết 2025"),
        ("#LearnOnTikTok", "learn on tiktok"),
        # a part that is no word stays as it is written
        ("#ReviewZzyzx", "review zzyzx"),
        # with marks
        ("#làmđẹp", "làm_đẹp"),
        ("#LàmĐẹp", "làm_đẹp"),
        ("#đồănngon", "đồ_ăn ngon"),
        ("#cơmnhàngon", "cơm nhà ngon"),
        # either style of tones
        ("#hòabình", "hoà_bình"),
        ("#hoàbình", "hoà_bình"),
    ],
)
def test_joined_tags_are_read(tag: str, wanted: str) -> None:
    assert hashtag_words(tag) == wanted.split(" ")


@pytest.mark.parametrize(
    "tag",
    [
        "#review",
        "#TikTok",
        "#ngon",
        "#đẹp",
        # codes and brands
        "#a05",
        "#fyp",
        "#0912345678",
        "#qwrtzx",
        "#CocaColaVN",
        # other scripts
        "#和平",
        "#ร้าน",
        "#wärme",
        "#",
        "##",
        "dulich",
        "#du lich",
        "@dulich",
        "#___",
        "",
    ],
)
def test_what_is_not_sure_has_no_words(tag: str) -> None:
    assert hashtag_words(tag) == []


def test_marks_of_a_tag_are_kept_to() -> None:
    """`làm` and `đép` are no words together; nor may a syllable without marks stand for another."""
    assert "làm_đẹp" not in hashtag_words("#làmđép")
    assert hashtag_words("#làmdep") != ["làm_đẹp"]


def test_an_ambiguous_syllable_stays_as_written() -> None:
    assert hashtag_words("#reviewbo") in ([], ["review", "bo"])


def test_words_stand_behind_their_tag() -> None:
    texts = ["Đẹp #LamDep #fyp quá #dulich", "không có gì", ""]
    assert with_hashtag_words([SegmentedText(text) for text in texts]) == [
        "Đẹp #LamDep làm_đẹp #fyp quá #dulich du_lịch",
        "không có gì",
        "",
    ]


def test_nothing_is_lost() -> None:
    text = SegmentedText("#a # ## a#b #dulich #dulich")
    (out,) = with_hashtag_words([text])
    assert [word for word in out.split(" ") if word != "du_lịch"] == text.split(" ")


@given(st.text(st.sampled_from("#＃abcdeghimnoptuyăâđêôơưáàảãạ_ABCĐ09İß\u0301 "), max_size=60))
def test_any_tag_gives_words_of_its_letters(text: str) -> None:
    for tag in text.split(" "):
        words = hashtag_words(tag)
        assert words == hashtag_words(tag)
        if words:
            assert "".join(map(plain_letters, words)) == plain_letters(tag[1:])
            assert all(word and " " not in word for word in words)


@pytest.mark.parametrize(
    "text",
    [
        "#" + "an" * 75,
        "#" + "a" * 150,
        "#" + "aA" * 75,
        "#" + "1a" * 75,
        "#" + "_" * 149 + "a",
        "#" + "ă" * 40_000,
        " ".join(["#anngon"] * 40_000),
        " ".join(f"#anngon{at}" for at in range(2_000)),
        "#" * 40_000,
    ],
)
def test_hostile_text_ends(text: str) -> None:
    (out,) = with_hashtag_words([SegmentedText(text)])
    assert out.split(" ")[0] == text.split(" ", maxsplit=1)[0]


def test_a_cold_start_in_16_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules["analyzer.text.hashtags"]
    loaded = []
    load = module._load_readings.__wrapped__  # noqa: SLF001

    def counted() -> object:
        loaded.append(1)
        return load()

    from functools import cache

    monkeypatch.setattr(module, "_load_readings", cache(counted))
    module._words.cache_clear()  # noqa: SLF001
    found: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: found.append(hashtag_words("#dulich"))) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["du_lịch"]] * 16
    assert len(loaded) == 1


def test_the_list_is_sorted_small_letters_and_counts() -> None:
    text = (files("analyzer.text") / "hashtag_words.txt").read_text(encoding="utf-8")
    entries = []
    for line in text.splitlines():
        entry, count = line.split("\t")
        assert int(count) > 0
        assert entry == entry.lower()
        assert entry.replace("_", "").replace(" ", "").isalpha()
        assert len(plain_letters(entry)) <= LONGEST_ENTRY
        entries.append(entry)
    assert entries == sorted(set(entries))
    assert len(text.encode()) <= 150_000
