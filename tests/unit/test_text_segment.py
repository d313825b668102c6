from __future__ import annotations

import sys
import unicodedata
from typing import TYPE_CHECKING

import pytest

from analyzer.text import TONE_STYLE, front_end, normalise, segment, tone_style
from analyzer.text.segment import CHUNK_HARD, MAX_TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable


def words(text: str) -> list[str]:
    (segmented,) = segment(normalise([text]))
    return segmented.split(" ")


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the tokenizer is given, with one in its place that splits at blanks."""
    given: list[str] = []

    def splitter() -> Callable[[str], list[str]]:
        def split(chunk: str) -> list[str]:
            given.append(chunk)
            return chunk.split(" ")

        return split

    # by name: `analyzer.text.segment` as an attribute is the function
    monkeypatch.setattr(sys.modules["analyzer.text.segment"], "_load_underthesea", splitter)
    return given


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # what underthesea alone makes of each stands in the comment
        ("#HaNoi #yêubếp", "#HaNoi #yêubếp"),  # #_HaNoi #_yêubếp
        ("#a#b#c", "#a #b #c"),  # # a_# b # c
        ("#2024goals", "#2024goals"),  # # 2024 goals
        ("@lamode.vn @linh.beauty", "@lamode.vn @linh.beauty"),  # @_lamode . vn
        ("@_lananh", "@_lananh"),  # @__lananh the second time
        ("😍😍 ❤️", "😍 😍 ❤️"),  # 😍_😍 ❤_️
        ("👨\u200d👩\u200d👧🇻🇳", "👨\u200d👩\u200d👧 🇻🇳"),  # cut and glued
        ("chào\x07", "chào"),  # chào_\x07
        ("a\nb\n\nc", "a b c"),  # lost
        ("lỗi \ud800 rồi", "lỗi \ufffd rồi"),  # UnicodeEncodeError
    ],
)
def test_captions_that_underthesea_alone_spoils(text: str, wanted: str) -> None:
    assert segment(normalise([text])) == [wanted]


def test_nothing_is_joined_across_lines() -> None:
    assert words("Hà Nội") == ["Hà_Nội"]
    assert words("Hà\nNội") == ["Hà", "Nội"]


def test_nothing_is_joined_across_a_span() -> None:
    assert words("Hà 😍 Nội") == ["Hà", "😍", "Nội"]
    assert words("Hà#a Nội") == ["Hà", "#a", "Nội"]


@pytest.mark.parametrize("text", ["", " ", "\n", "\u200b", "\x00"])
def test_no_words_give_the_empty_string(text: str) -> None:
    assert segment(normalise([text])) == [""]


def test_no_texts_give_no_texts() -> None:
    assert segment([]) == []


def test_raw_underscore_is_no_join() -> None:
    assert words("phở_ngon_quá trời") == words("phở ngon quá trời")
    assert words("_ __ _") == [""]


def test_decomposed_input_is_segmented_like_composed() -> None:
    text = "Sáng nay đi Hà Nội ăn bún chả với mẹ"
    assert words(unicodedata.normalize("NFD", text)) == words(text)


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("hòa", "hoà"),
        ("HÒA", "HOÀ"),
        ("Hòa", "Hoà"),
        ("Òa", "Oà"),
        ("thủy", "thuỷ"),
        ("THỦY", "THUỶ"),
        ("khỏe_mạnh", "khoẻ_mạnh"),
        ("Khỏe", "Khoẻ"),
        ("hóa đơn, tỏa, lõa, họa", "hoá đơn, toả, loã, hoạ"),
        ("xòe hóe chõe ọe", "xoè hoé choẽ oẹ"),
        ("lũy lụy túy tùy", "luỹ luỵ tuý tuỳ"),
        ("hòa.", "hoà."),
    ],
)
def test_tone_stands_on_the_second_vowel_of_open_syllables(new: str, old: str) -> None:
    assert tone_style(new) == old
    assert tone_style(old) == old


@pytest.mark.parametrize(
    "word",
    ["quý", "Quý", "QUÝ", "quỳ", "qúy", "hoàn", "hòan", "tuýp", "của", "mùa", "tía", "ngoéo"],
)
def test_other_syllables_keep_their_tone(word: str) -> None:
    assert tone_style(word) == word


def test_segmented_words_are_in_the_tone_style() -> None:
    assert TONE_STYLE in words("hai nước hòa bình hòa")
    assert "khỏe" not in words("chúc cả nhà khỏe và thủy chung")


def test_long_run_without_blank_is_cut_and_not_given_to_the_tokenizer(seen: list[str]) -> None:
    run = "ab." * 50
    got = words(f"xem {run} nhé")
    assert "".join(got[1:-1]) == run
    assert max(map(len, got)) == MAX_TOKEN
    assert seen == ["xem", "nhé"]


@pytest.mark.parametrize(
    "text", ["a " * 5000, "x." * 15 + " ", "một hai. " * 900, "à" * MAX_TOKEN + " ", "b" * 9999]
)
def test_the_tokenizer_sees_bounded_chunks_only(text: str, seen: list[str]) -> None:
    text = normalise([text * 3])[0]
    (segmented,) = segment([text])
    assert segmented.replace(" ", "") == text.replace(" ", "")
    assert all(len(chunk) <= CHUNK_HARD + MAX_TOKEN for chunk in seen)
    assert all(len(token) <= MAX_TOKEN for chunk in seen for token in chunk.split(" "))


def test_a_long_text_is_cut_where_a_sentence_ends(seen: list[str]) -> None:
    words("Hôm nay mình nấu canh chua. " * 100)
    assert len(seen) > 1
    assert all(chunk.endswith("chua.") for chunk in seen)


def test_text_given_twice_is_segmented_to_the_same_words_again() -> None:
    text = "Hôm nay đi Đà Lạt với @_lan_anh và @hoa.vn 😍😍 #đà_lạt https://a.vn/x_y"
    assert words(" ".join(words(text))) == words(text)


def test_front_end_names_what_decides_the_answer() -> None:
    rules, words, *libraries, tone = front_end().split("+")
    assert rules.startswith("rules-")
    assert len(words) == len("words-00000000")
    assert libraries == ["underthesea-9.5.0", "ftfy-6.3.1"]
    assert tone == "tone-hoà"
