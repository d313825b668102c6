"""Captions made to stop a refresh: time grows with the length and not with its square.

Ratios, not seconds: eight times the input may take four times eight as long, where quadratic
code takes sixty-four times. Figures are the least of a few runs in this thread's CPU time.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import pytest

from analyzer.text import abstain_reason, endings, for_tagger, normalise, segment, split_spans

if TYPE_CHECKING:
    from collections.abc import Callable

GROWTH = 8
SLACK = 4
RUNS = 12
LENGTH = 1_000

ATTACKS = {
    "dotted letters": "a.",
    "dotted digits": "1.",
    "dots and hyphens": "a.b-",
    "hyphens": "a-",
    "hyphen dot": "-.",
    "letters": "a",
    "words": "đẹp quá ",
    "marks": "\u0301",
    "marks of two classes": "\u0301\u0323",
    "marks after zero width": "e\u200b\u0301",
    "letters that NFC takes apart": "\U0001d164",
    "emoji": "😍",
    "emoji with selector": "😍\ufe0f",
    "joined emoji": "👨\u200d",
    "joined emoji and letters": "👨\u200da",
    "joiners": "\u200d",
    "halves of flags": "🇻",
    "flags of tags": "🏴\U000e0067",
    "tags": "\U000e0067",
    "keycaps": "1\u20e3",
    "half keycaps": "1\ufe0f",
    "www": "www.",
    "www and dots": "www." + "." * 600,
    "www, a letter, dots": "www.a" + "." * 600,
    "schemes": "http://",
    "scheme and dots": "https://" + "." * 600,
    "scheme and brackets": "https://a" + ")" * 600,
    "scheme after comma": "https://a,",
    "bare domains": "x.com",
    "bare domains apart": "x.com ",
    "almost bare domain": "a" * 63 + ".",
    "almost bare domain, hyphens": "-" * 63 + ".",
    "bare domain of four labels": ("a" * 63 + ".") * 4 + "x ",
    "bare path of dots": "a.com/" + "." * 490 + " ",
    "bare path too long": "a.com/" + "x" * 600 + " ",
    "mail begun": "a@",
    "mail name of dots": "a.",
    "mail name then at": "a." * 31 + "a@ ",
    "mail domain unfinished": "a" * 64 + "@" + ("b" * 63 + ".") * 4 + "1 ",
    "at": "@",
    "mention of dots": "@a" + "." * 62,
    "mention of single dots": "@" + "a." * 64,
    "hash": "#",
    "hashtags": "#a",
    "hashtags apart": "#a #b #c ",
    "hashtag too long": "#" + "a" * 400 + " ",
    "hashtag of syllables": "#" + "anhoang" * 20 + " ",
    "hashtags in camel case": "#ReviewAnNgon",
    "hashtag of digits": "#" + "1a" * 70 + " ",
    "words of trade begun": "giỏ giỏ ",
    "capitals": "Hà Nội Ơi ",
    "abbreviations": "TP.HCM. ",
    "underscores": "a_",
    "dots apart": " .",
    "line ends": " \n",
    "controls": "\x01",
    "lone surrogates": "\ud800",
    "letters as fonts": "𝓱",
    "symbols as fonts": "ℝ ",
    "boxes": "🅰",
    "boxes and selectors": "🅰\ufe0f",
    "boxes and joiners": "🅰\u200d",
    "stretched": "đẹpppp",
    "stretched words": "quáaaaa ",
    "stretched to the limit": "o" * 900 + "k ",
    "stretched, two tones": "àáaa",
    "one stretch": "k" + "à" + "a" * 200,
    "selectors": "\ufe0f",
    "Braille blanks": "\u2800",
    "Braille picture": "\u2800⣿",
    "hat behind tone": "á\u0302",
    "smileys": ":))) ",
    "mojibake": "áº¿",
    "mojibake in words": "Táº¿t ",
    "mojibake in lines": "Táº¿t Ã\n",
    "mojibake twice": "Ã¡ÂºÂ¿",
    "mojibake begun": "Ã",
    "mojibake innocent": "ĐÃ… ",
    "mojibake and a note": "é²”",
    "mojibake, blanks for bytes": "nÃ ",
    "mojibake lost": "á»\ufffd",
    "TCVN3": "ViÖt xu©n ",
    "TCVN3 in one word": "Ö©",
    "VNI": "Haø Noäi ",
    "VNI in one word": "aø",
    "windows-1258": "Viêòt miÌnh ",
    "windows-1258 in one word": "êòl",
    "foreign letters": "ß",
    "foreign words": "ùé è ",
    "English words": "the cat is ",
    "Thai letters": "ก",
    "generic hashtags": "#fyp ",
    "generic hashtag, stretched": "#fyp" + "p" * 140 + " ",
    "laughter": "ha",
    "greetings": "hi ok ",
    "eth": "ð",
    "eth and letters": "ða",
}


def _seconds(work: Callable[[str], object], text: str) -> float:
    start = time.thread_time()
    work(text)
    return time.thread_time() - start


def _grows_too_fast(work: Callable[[str], object], short: str, long: str) -> str | None:
    """None if linear; looking again tells a busy machine from slow code."""
    small, large = min(_seconds(work, short) for _ in range(3)), float("inf")
    for _ in range(RUNS):
        large = min(large, _seconds(work, long))
        # under 5 ms the clock and the start of the call count for more than the text
        if large < max(0.005, GROWTH * SLACK * small):
            return None
    return f"{small:.4f} s, {large:.4f} s at {GROWTH} times the length"


def _spans(text: str) -> object:
    return list(split_spans(text))


def _normalise(text: str) -> object:
    return normalise([text])


def _endings(text: str) -> object:
    return endings([f"Bài {word} {text}" for word in ("một", "hai", "ba")])


def _segment(text: str) -> object:
    return for_tagger([text])


@pytest.fixture
def cheap_tokenizer(monkeypatch: pytest.MonkeyPatch) -> None:
    """What underthesea is given is bounded (test_text_segment.py): here our own code is timed."""
    # by name: `analyzer.text.segment` as an attribute is the function
    module = sys.modules["analyzer.text.segment"]
    monkeypatch.setattr(module, "_load_underthesea", lambda: str.split)


@pytest.mark.usefixtures("cheap_tokenizer")
@pytest.mark.parametrize("attack", ATTACKS)
def test_time_is_linear(attack: str) -> None:
    unit = ATTACKS[attack]
    times = max(1, LENGTH // len(unit))
    short, long = unit * times, unit * (times * GROWTH)
    assert not _grows_too_fast(_normalise, short, long)
    # as it stands, too: what normalising removes cannot be relied on to be gone
    for work in (_spans, _endings):
        assert not _grows_too_fast(work, short, long)
    short, long = normalise([short, long])
    for work in (_segment, abstain_reason):
        assert not _grows_too_fast(work, short, long)


@pytest.mark.parametrize("unit", ["a.", "1.", "a.b-", "a.b- ", "a." * 19 + " ", " .", "a_"])
def test_time_is_linear_with_underthesea_itself(unit: str) -> None:
    times = 300 // len(unit)
    short, long = normalise([unit * times, unit * (times * GROWTH)])
    assert not _grows_too_fast(_segment, short, long)


def test_the_measure_finds_quadratic_code() -> None:
    def quadratic(text: str) -> object:
        return [text.count("b") for _ in text[::20]]

    assert _grows_too_fast(quadratic, "a" * 10_000, "a" * 80_000)


def test_ten_thousand_marks_on_a_letter_and_five_thousand_emoji() -> None:
    marks, emoji = normalise(["e" + "\u0302\u0323" * 5_000 + " xong", "😍" * 5_000])
    assert len(marks) < 20
    assert segment([marks])[0].endswith(" xong")
    assert segment([emoji])[0].split(" ") == ["😍"] * 5_000


def test_a_caption_of_a_megabyte_keeps_all_its_letters(cheap_tokenizer: None) -> None:
    del cheap_tokenizer
    (text,) = normalise(["Hôm nay nấu canh chua. " * 45_000])
    (segmented,) = segment([text])
    assert segmented.replace(" ", "") == text.replace(" ", "")
