"""Words of a raw text: where they stand, however the text was repaired and segmented."""

from __future__ import annotations

import unicodedata

import pytest

from analyzer.text import SegmentedText, explain, for_tagger, normalise
from analyzer.text.places import _meeting, _placed, _spans, placed_words

HASHTAGS = "Quán này ngon nè #reviewanngon #HaNoi"


def shown(text: str) -> list[str]:
    """What of the raw text each word covers."""
    (words,) = placed_words([text])
    return [text[word.start : word.end] for word in words]


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("Hôm nay ăn phở", ["Hôm nay", "ăn", "phở"]),
        ("  hòa  cà  phê\n\nquá  ", ["hòa", "cà  phê", "quá"]),  # the tone mark moves, blanks go
        ("nghành này", ["nghành", "này"]),  # read as ngành
        ("bíết rồi", ["bíết", "rồi"]),  # read with one mark more
        ("quáaaaa ngon", ["quáaaaa", "ngon"]),
        ("phở_ngon", ["phở", "ngon"]),
        ("ngon😍😍quá", ["ngon", "😍", "😍", "quá"]),
        ("giá 199k @lan_anh", ["giá", "199k", "@lan_anh"]),
        ("\u200bmình\u200b \u202enè\x07!", ["mình", "nè", "!"]),
        ("", []),
        ("\x00 \n", []),
    ],
)
def test_words_cover_what_they_were_read_from(raw: str, wanted: list[str]) -> None:
    assert shown(raw) == wanted


def test_decomposed_letters_are_covered_with_their_marks() -> None:
    raw = unicodedata.normalize("NFD", "Tối nay đi Hà Nội")
    assert [unicodedata.normalize("NFC", word) for word in shown(raw)] == shown("Tối nay đi Hà Nội")


def test_a_hashtag_is_one_word_with_those_offered_behind_it() -> None:
    (words,) = placed_words([HASHTAGS])
    tags = [word for word in words if word.read.startswith("#")]
    assert [HASHTAGS[word.start : word.end] for word in tags] == ["#reviewanngon", "#HaNoi"]
    assert tags[0].read.startswith("#reviewanngon review ")


def test_words_joined_are_what_the_tagger_reads() -> None:
    texts = [HASHTAGS, "hòa bình nghành", "Phở Hà Nội 😍 #a #b_c", ""]
    read = [" ".join(word.read for word in words) for words in placed_words(texts)]
    assert read == for_tagger(normalise(texts))


def test_misread_encodings_are_covered_where_they_stand() -> None:
    raw = "hôm nay ăn phở ngon quá".encode().decode("windows-1252", errors="replace")
    raw = f"xem {raw} nha"
    (words,) = placed_words([raw])
    assert raw[words[0].start : words[0].end] == "xem"
    assert raw[words[-1].start : words[-1].end] == "nha"


@pytest.mark.parametrize(
    ("text", "tokens", "wanted"),
    [
        ("a b c", ["a_b", "c"], [(0, 3), (4, 5)]),
        ("abc", ["a", "bc"], [(0, 1), (1, 3)]),
        ("a_b", ["a", "b"], [(0, 1), (2, 3)]),
        ("#a_ b", ["#a_", "b"], [(0, 3), (4, 5)]),
        # letters that only one side has
        ("nghành hai", ["ngành", "hai"], [(0, 6), (7, 10)]),
        ("xy hai", ["xyz", "hai"], [(0, 2), (3, 6)]),
        ("một mnp ba", ["một", "qrs", "ba"], [(0, 3), (4, 7), (8, 10)]),
        # words of which the text has no letter
        ("hai ba", ["q", "hai", "ba"], [None, (0, 3), (4, 6)]),
        ("a", ["a", "b"], [(0, 1), None]),
        ("ab", [], []),
    ],
)
def test_text_and_words_meet_again_where_they_part(
    text: str, tokens: list[str], wanted: list[tuple[int, int] | None]
) -> None:
    assert _spans(text, tokens) == wanted


def test_a_word_without_a_letter_in_the_text_goes_with_one_beside_it() -> None:
    (told,) = explain(["hai ba"])
    words = _placed(told, SegmentedText("q hai z ba"))
    assert [(word.start, word.end, word.read) for word in words] == [
        (0, 3, "q hai z"),
        (4, 6, "ba"),
    ]


def test_letters_that_never_meet_again_are_paired() -> None:
    assert _meeting(list("abcdefgh"), list("stuvwxyz")) == (1, 1)
