from __future__ import annotations

import unicodedata

import pytest

from analyzer.text import FIXERS, applied, explain, normalise


@pytest.mark.parametrize(
    ("fixer", "before", "after"),
    [
        ("lone_surrogates", "a\ud83db", "a\ufffdb"),
        ("lone_surrogates", "\udfff\ud800", "\ufffd\ufffd"),
        ("lone_surrogates", "😍", "😍"),
        ("line_ends", "a\r\nb\rc", "a\nb\nc"),
        ("line_ends", "a\u2028b\u2029c\x85d\x0be\x0cf", "a\nb\nc\nd\ne\nf"),
        ("controls", "chào\x07bạn\x00\x7f", "chào bạn  "),
        ("controls", "a\tb\nc", "a b\nc"),
        ("invisible", "c\u200bà\u00ad \ufeffphê\u2060", "cà phê"),
        ("invisible", "\u202eabc\u202c\u2066d\u2069", "abcd"),
        ("invisible", "👩\u200d🍳 ❤️\u200d🔥 👩🏽\u200d🍳", "👩\u200d🍳 ❤️\u200d🔥 👩🏽\u200d🍳"),
        ("invisible", "a\u200db 👩\u200d \u200d👩 👩\u200d\u200d👩", "ab 👩 👩 👩👩"),
        ("mark_runs", "a" + "\u0301" * 9 + "b", "a" + "\u0301" * 4 + "b"),
        ("mark_runs", "e\u0302\u0323", "e\u0302\u0323"),
        ("nfc", "e\u0323\u0302", "ệ"),
        ("nfc", "ascii only", "ascii only"),
        ("spaces", "  a \t b\u00a0\u3000c d", " a b c d"),
        ("line_spaces", "a \n\n \n b\nc", "a\nb\nc"),
        ("ends", "\n a\nb ", "a\nb"),
    ],
)
def test_fixer(fixer: str, before: str, after: str) -> None:
    assert applied(before, FIXERS[fixer](before)) == after


@pytest.mark.parametrize("name", FIXERS)
def test_fixer_leaves_a_sound_caption_alone(name: str) -> None:
    caption = "Sáng nay ăn phở ở Hà Nội 😍 @lan.anh #hànội\nhttps://a.vn/x 👨\u200d👩\u200d👧"
    assert list(FIXERS[name](caption)) == []


def test_every_fixer_has_a_case() -> None:
    marks = [*test_fixer.pytestmark]  # type: ignore[attr-defined]
    assert {case[0] for case in marks[0].args[1]} == set(FIXERS)


@pytest.mark.parametrize(
    "text",
    [
        "e\u200b\u0323\u0302",
        "a" + "\u0301" * 4 + "\u200b" + "\u0301" * 4,
        "\U0001d164" + "\u0301" * 4,
        "a" + "\u0301" * 4 + "\u200b\ufe0f\u200d👩",
        "\u1100\u200b\u1161",
        "a\u200b \u200b\n\u200b b",
        "👩\u200b\u200d👩",
    ],
)
def test_what_a_removed_character_parted_is_composed_at_once(text: str) -> None:
    (once,) = normalise([text])
    assert unicodedata.is_normalized("NFC", once)
    assert normalise([once]) == [once]


def test_texts_keep_their_order_and_number() -> None:
    assert normalise(["b ", "", " a"]) == ["b", "", "a"]
    assert normalise([]) == []


def test_lines_stay_lines() -> None:
    assert normalise(["một\r\n\r\n  hai \u2028 ba"]) == ["một\nhai\nba"]


def test_what_was_done_is_told() -> None:
    (told,) = explain([" ca\u0300\u200b phê\r\n😍 "])
    assert told.text == "cà phê\n😍"
    assert [step.fixer for step in told.steps] == ["line_ends", "invisible", "nfc", "ends"]
    assert told.places == (
        (1, 2), (2, 4), (5, 6), (6, 7), (7, 8), (8, 9), (9, 11), (11, 12),
    )  # fmt: skip


def test_of_a_sound_text_there_is_nothing_to_tell() -> None:
    (told,) = explain(["Cà phê"])
    assert (told.text, told.steps) == ("Cà phê", ())
    assert told.places == tuple((at, at + 1) for at in range(6))
