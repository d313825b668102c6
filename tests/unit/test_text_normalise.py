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
        ("mojibake", "Táº¿t nÃ\xa0y Nguyá»\x85n Ä\x90Ã´ ð\x9f\x8e\x82", "Tết này Nguyễn Đô 🎂"),
        ("mojibake", "Táº¿t thÃ\xad ðŸ˜…\nđã sửa", "Tết thí 😅\nđã sửa"),
        ("mojibake", "Ã„Â\u0090i chÃ¡Â»Â£ & ViÃ¡Â»Â\u0081ng", "Đi chợ & Viềng"),
        ("mojibake", "phở 35.000â‚« – Ä‘Æ°á»\x9dng", "phở 35.000₫ – đường"),
        ("mojibake", "nÃ y lÃ  nhÃ em khÃ´ng", "này là nhà em không"),
        ("mojibake", "MÃ CÓ Ã¡o, ĐÃ CÃ³", "MÃ CÓ áo, ĐÃ Có"),
        ("mojibake", "ngÆ°á»\ufffdi", "ngư\ufffdi"),
        (
            "mojibake",
            "“MÃ” ĐÃ… XÃ–PHƯỜNG BÁNH MÌ™ «ơ á»” café²”",
            "“MÃ” ĐÃ… XÃ–PHƯỜNG BÁNH MÌ™ «ơ á»” café²”",
        ),
        ("mojibake", "ì•ˆë…•í•˜ì„¸ìš”", "안녕하세요"),
        ("mojibake", "( Ò¸Ó) °Д° MÃ“A” São Ä…", "( Ò¸Ó) °Д° MÃ“A” São Ä…"),
        ("legacy", "Héi hoa xu©n, ng\xadêi ®«ng 50®", "Hội hoa xuân, người đông 50đ"),
        ("legacy", "TH¤NG B¸O §å\nTh«ng b¸o Bµ", "THÔNG BÁO ĐỒ\nThông báo Bà"),
        ("legacy", "Tröôøng CUÕ, Aùo Tî ÑI", "Trường CŨ, Áo Tỵ ĐI"),
        ("legacy", "Tiêìng Viêòt laÌ 5þ ðeòp", "Tiếng Việt là 5₫ đẹp"),
        ("legacy", "Mê quáa, noá ngon", "Mê quáa, noá ngon"),
        ("legacy", "où vas-tu, où es-tu, garçon? Mañana", "où vas-tu, où es-tu, garçon? Mañana"),
        ("legacy", "ViÖt Nam, mïa xu©n đấy", "ViÖt Nam, mïa xu©n đấy"),
        ("eth", "Ði Ðà Lạt, ðẹp Ɖược", "Đi Đà Lạt, đẹp Được"),
        ("eth", "Ð ðe [ði] Það Ðurðin", "Ð ðe [ði] Það Ðurðin"),
        ("line_ends", "a\r\nb\rc", "a\nb\nc"),
        ("line_ends", "a\u2028b\u2029c\x85d\x0be\x0cf", "a\nb\nc\nd\ne\nf"),
        ("controls", "chào\x07bạn\x00\x7f", "chào bạn  "),
        ("controls", "a\tb\nc", "a b\nc"),
        ("controls", "\x1b[1;32mxong\x1b[0m \x1b[", " xong   ["),
        ("invisible", "c\u200bà\u00ad \ufeffphê\u2060", "cà phê"),
        ("invisible", "\u202eabc\u202c\u2066d\u2069", "abcd"),
        ("invisible", "👩\u200d🍳 ❤️\u200d🔥 👩🏽\u200d🍳", "👩\u200d🍳 ❤️\u200d🔥 👩🏽\u200d🍳"),
        ("invisible", "a\u200db 👩\u200d \u200d👩 👩\u200d\u200d👩", "ab 👩 👩 👩👩"),
        ("selectors", "rẻ \ufe0f nha a\ufe0f\ufe0e", "rẻ  nha a"),
        (
            "selectors",
            "❤\ufe0f ☎\ufe0e 1\ufe0f\u20e3 👍🏽\ufe0f",
            "❤\ufe0f ☎\ufe0e 1\ufe0f\u20e3 👍🏽\ufe0f",
        ),
        ("fillers", "a\u3164\u3164b\u1160\uffa0\u115fc 한글", "a b c 한글"),
        ("fonts", "𝓱𝓮𝓵𝓵𝓸 ＳＡＬＥ ５０% 𝐭𝐞\u0302\u0301𝐭 𝐬ố𝐜", "hello SALE 50% te\u0302\u0301t sốc"),
        ("fonts", "ℕℍ𝔸Ậ𝕌 𝑝ℎ Ⓢⓗⓞⓟ 🅝🅔🆆 🄾🄺", "NHAẬU ph Shop NEW OK"),
        ("fonts", "x ∈ ℝ, ℕ*, Ⓐ ⓑ 🄱, ℎ = 6", "x ∈ ℝ, ℕ*, Ⓐ ⓑ 🄱, ℎ = 6"),
        ("fonts", "🆂🅰🅻🅴 🅱🅾\ufe0f🆇 🅿\ufe0f 🅰🅱 🆗🆕", "SALE BOX 🅿\ufe0f 🅰🅱 🆗🆕"),
        ("fonts", "m² 1ˢᵗ ½ ™ ① ❺ ㎡ 180℃ № 7", "m² 1ˢᵗ ½ ™ ① ❺ ㎡ 180℃ № 7"),
        ("mark_order", "Té\u0302t tuà\u0302n ná\u0306ng", "Tết tuần nắng"),
        ("mark_order", "ngá\u0301n ệ\u0323 ấ\u0302\u0301", "ngán ệ ấ"),
        ("mark_order", "á\u0300 ä\u0301 \u0302 •\u0301", "á\u0300 ä\u0301 \u0302 •\u0301"),
        ("stretched", "đẹpppp quáaaaa chờơơơ Mmmmùi SỐCCCC", "đẹp quá chờ Mùi SỐC"),
        ("stretched", "ngoooonnn vờiiiii nhaaaaá khummm zuiii", "ngon vời nhá khum zui"),
        ("stretched", "lưuuu nhưuuu cứuuu từuuu xoooong", "lưu như cứu từ xong"),
        ("stretched", "dạ ạaaa, Óoo, ÁAA, ngườiiìi", "dạ ạ, Ó, Á, người"),
        ("stretched", "okkk shoppp matchaaa vcllll Coffeee", "ok shop matcha vcl Coffee"),
        ("stretched", "coool yesss hmmm alooo cuteee Cheeese", "cool yess hmm alo cute Cheese"),
        (
            "stretched",
            "XIII viii XXXL xxxl CCCD cccd ATTT IEEE PPPoE",
            "XIII viii XXXL xxxl CCCD cccd ATTT IEEE PPPoE",
        ),
        (
            "stretched",
            "LANNN30 0xCCCD xDDDD Vipxxx aaa ôôô quáa àaáa",
            "LANNN30 0xCCCD xDDDD Vipxxx aaa ôôô quáa àaáa",
        ),
        (
            "stretched",
            "#vuiii @linhhh shoppp.vn linhhh.ne 대박ㅋㅋㅋ",
            "#vuiii @linhhh shoppp.vn linhhh.ne 대박ㅋㅋㅋ",
        ),
        ("braille_blanks", "a\n\u2800\u2800\nb ⣿\u2800⣿\u2800", "a\n \nb ⣿\u2800⣿\u2800"),
        ("mark_runs", "a" + "\u0301" * 9 + "b", "a" + "\u0301" * 6 + "b"),
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
        "a" + "\u0301" * 6 + "\u200b" + "\u0301" * 6,
        "\U0001d164" + "\u0301" * 6,
        "a" + "\u0301" * 6 + "\u200b\ufe0f\u200d👩",
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
