from __future__ import annotations

import unicodedata

import pytest

from analyzer.text import split_spans
from analyzer.text.normalise import normalise
from analyzer.text.spans import without_spans


def spans(text: str) -> list[str]:
    pieces = list(split_spans(text))
    assert "".join(piece for piece, _ in pieces) == text
    return [piece for piece, protected in pieces if protected]


@pytest.mark.parametrize("end", ["", ".", ",", "!", "?", "…", "...", ")", "]", "”", '"', "’", ";"])
@pytest.mark.parametrize(
    "url",
    [
        "https://abc.com/x",
        "http://abc.vn",
        "https://abc.vn/x?y=1&z=2#t",
        "https://abc.vn:8080/x_y-z",
        "HTTPS://ABC.VN/X",
        "https://abc.vn/món-ngon",
        "www.abc.vn",
        "abc.com",
        "abc.com.vn",
        "tiem.com.au",
        "s.shopee.vn/x",
        "vt.tiktok.com/ZS8abc/",
        "bit.ly/3xyz",
        "a-b.shop/x?y=1",
        "lan.anh@example.com",
        "a+b_c@mail.example.com.vn",
    ],
)
def test_address_ends_before_punctuation(url: str, end: str) -> None:
    assert spans(f"xem {url}{end} nhé") == [url]
    assert spans(f"({url}{end}") == [url]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(https://abc.com/x)", ["https://abc.com/x"]),
        ("[https://abc.com/x]", ["https://abc.com/x"]),
        ("“https://abc.com/x”", ["https://abc.com/x"]),
        ("<https://abc.com/x>", ["https://abc.com/x"]),
        ("link:https://abc.com", ["https://abc.com"]),
        ("http://a.vn,http://b.vn", ["http://a.vn", "http://b.vn"]),
        ("https://a.vn/x😍", ["https://a.vn/x", "😍"]),
        ("a.vn/x🇻🇳", ["a.vn/x", "🇻🇳"]),
        ("tiki.vn, shopee.vn!", ["tiki.vn", "shopee.vn"]),
        ("abc.com.Hôm nay", ["abc.com"]),
    ],
)
def test_address_in_its_surroundings(text: str, found: list[str]) -> None:
    assert spans(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "https://", "http://.", "www.", "www...", "Awww...dễ thương", "hihiwww.nha", "không.có",
        "đẹp.vn", "abc.community", "abc.vnđẹp", "a..com", "Hôm nay.mai", "1.000.000", "2.5", "v.v.",
        "@", "@.", "@ lan", "a@lan", "e@lan", "a@b", "#", "# lan", "#.", "a.b", "5*2", "1#",
        "\u20e3",
    ],
)  # fmt: skip
def test_running_text_is_no_span(text: str) -> None:
    assert spans(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@lan", ["@lan"]),
        ("@l", ["@l"]),
        ("@lan.anh.99 nhé", ["@lan.anh.99"]),
        ("@_lan__anh_", ["@_lan__anh_"]),
        ("@lan.", ["@lan"]),
        ("@lan_.", ["@lan_"]),
        ("@lan...chị ơi", ["@lan"]),
        ("(@lan)", ["@lan"]),
        ("@lan,@hoa", ["@lan", "@hoa"]),
        ("@lan's", ["@lan"]),
        ("@lan😍", ["@lan", "😍"]),
        ("@mẹ_bỉm", ["@mẹ_bỉm"]),
        ("@2lan", ["@2lan"]),
        ("@" + "a" * 64, ["@" + "a" * 64]),
    ],
)
def test_mention(text: str, found: list[str]) -> None:
    assert spans(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#HàNội", ["#HàNội"]),
        ("＃hànội", ["＃hànội"]),
        ("#me_bim_sua.", ["#me_bim_sua"]),
        ("#a#b#c", ["#a", "#b", "#c"]),
        ("##a", ["#a"]),
        ("đẹp#a", ["#a"]),
        ("#2024goals", ["#2024goals"]),
        ("#a-b", ["#a"]),
        ("#รีวิว", ["#รีวิว"]),
        ("#a😍#b", ["#a", "😍", "#b"]),
    ],
)
def test_hashtag(text: str, found: list[str]) -> None:
    assert spans(text) == found


@pytest.mark.parametrize("span", ["#HàNội", "@mẹbỉm", "#yêubếp", "@ở"])
def test_decomposed_letters_stay_in_their_span(span: str) -> None:
    decomposed = unicodedata.normalize("NFD", span)
    assert spans(f"đi {decomposed} nhé") == [decomposed]
    assert spans(normalise([f"đi {decomposed} nhé"])[0]) == [span]


@pytest.mark.parametrize(
    "emoji",
    [
        "😍", "❤", "❤️", "☺️", "✌🏽", "👍🏿", "🇻🇳", "1️⃣", "1⃣", "#️⃣", "*️⃣", "👨\u200d👩\u200d👧\u200d👦",
        "👩🏽\u200d🍳", "🏳️\u200d🌈", "❤️\u200d🔥", "👩🏻\u200d❤️\u200d💋\u200d👨🏿", "™️", "〰️",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ],
)  # fmt: skip
def test_emoji_is_one_span_wherever_it_stands(emoji: str) -> None:
    assert spans(emoji) == [emoji]
    assert spans(f"đẹp{emoji}quá") == [emoji]
    assert spans(f"{emoji}{emoji} x") == [emoji, emoji]
    assert spans(f"#a {emoji}#b") == ["#a", emoji, "#b"]


def test_text_without_spans() -> None:
    text = "Cơm nhà #cơmnhà của @lan 😍 ở a.vn"
    assert without_spans(text).split() == ["Cơm", "nhà", "của", "ở"]


def test_keycap_of_a_hash_is_no_hashtag() -> None:
    assert without_spans("#️⃣").strip() == ""
