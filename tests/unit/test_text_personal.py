"""What in a caption leads to a person, and what does not."""

from __future__ import annotations

import time
import unicodedata

import pytest

from analyzer.text.names import Names, canonical, letters, names_of, own_names
from analyzer.text.personal import personal, site

NAMES = names_of([
    ("lan.anh", "Lan Anh Review"), ("bep.nhaxoai", "Bếp Nhà Xoài"), ("hoa", None),
    ("mộc_mây99", "Mộc Mây"), ("tiemvai", "Tiệm Vải Cô Ba"), ("tiemvai2", "Tiệm Vải Cô Ba"),
])  # fmt: skip
OWN = own_names([("Hoa | Vườn Trên Mây 🌿", "hoa"), ("hoa", "hoa")])


def found(text: str) -> list[tuple[str, str, str]]:
    return [
        (text[one.start : one.end], one.kind, one.value) for one in personal(text, NAMES, [OWN])
    ]


@pytest.mark.parametrize(
    "said",
    [
        "0909123456", "0909 123 456", "0909.123.456", "090-912-3456", "09 09 12 34 56",
        "+84 909 123 456", "+84909123456", "84909123456", "0084909123456", "+84 (0)909 123 456",
        "(+84) 909.123.456", "０９０９123456",
        "0 9 0 9 1 2 3 4 5 6",
    ],
)  # fmt: skip
def test_a_number_is_one_however_it_is_written(said: str) -> None:
    assert [one[1:] for one in found(f"gọi {said} nha")] == [("phone", "0909123456")]


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("(028) 3822 1234", "02838221234"), ("1900 6035", "19006035"), ("1800.588.822", None),
        ("01261234567", "01261234567"), ("+1 415 555 0123", "14155550123"),
    ],
)  # fmt: skip
def test_other_numbers(said: str, digits: str | None) -> None:
    numbers = [one[2] for one in found(f"hotline {said} nha") if one[1] == "phone"]
    assert numbers == ([digits] if digits else [])


@pytest.mark.parametrize(
    "text",
    [
        "giá 1.299.000đ còn 350.000đ", "khai trương 05.07.2025 19h30", "01-02-2025 10:30",
        "06 - 07.04.2026 từ 9h",
        "size 38 39 40 41", "năm 1998-2025", "2.000.000 - 3.500.000", "10:30 12/05", "4.5/10 điểm",
        "v.v... rồi nha", "buồn T_T O_O", "#review_phim hay", "thời_tiết", "2026_01_05",
        "facebook: Tiệm ăn", "làm nha.Mọi người ơi", "hoạ sĩ hoá trang",
    ],
)  # fmt: skip
def test_prices_dates_and_words_lead_to_nobody(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "said", "handle"),
    [
        ("cùng @Lan.Anh.", "@Lan.Anh", "lan.anh"),
        ("cùng@lan.anh nha", "@lan.anh", "lan.anh"),
        ("ib@lan.anh nha", "@lan.anh", "lan.anh"),
        ("cùng ＠LAN.ANH", "＠LAN.ANH", "lan.anh"),
        ("ai_do @ai.do_99... nha", "@ai.do_99", "ai.do_99"),
        ("@mộc_mây99", "@mộc_mây99", "mộc_mây99"),
        (unicodedata.normalize("NFD", "@mộc_mây99"), None, "mộc_mây99"),
        ("theo dõi lan.anh nha", "lan.anh", "lan.anh"),
        ("#LanAnhReview", "LanAnhReview", "lan.anh"),
        ("#lananhreviewdalat", "lananhreviewdalat", "lan.anh"),
        ("của Bếp nhà Xoài nấu", "Bếp nhà Xoài", "bep.nhaxoai"),
        ("𝓑𝓮𝓹 𝓷𝓱𝓪 𝔁𝓸𝓪𝓲", "𝓑𝓮𝓹 𝓷𝓱𝓪 𝔁𝓸𝓪𝓲", "bep.nhaxoai"),
        ("Vườn trên mây chào cả nhà", "Vườn trên mây", "hoa"),
        ("hi hoa đây", "hoa", "hoa"),
        ("IG: meo.beo nha", "meo.beo", "meo.beo"),
        ("theo dõi Chi_Ba_88 nha", "Chi_Ba_88", "chi_ba_88"),
        ("#tiemvai", "tiemvai", "tiemvai"),
    ],
)  # fmt: skip
def test_handles_and_names_are_found_as_people_write_them(
    text: str, said: str | None, handle: str
) -> None:
    ((there, kind, value),) = found(text)
    assert (kind, value) == ("account", handle)
    assert said is None or there == said


def test_a_name_of_two_accounts_means_neither() -> None:
    assert [one[1:] for one in found("Tiệm vải cô Ba")] == [("name", "tiemvaicoba")]


def test_a_handle_that_is_a_word_is_looked_for_with_its_sign_only() -> None:
    nobody = own_names([])
    assert personal("hoa lan đẹp", NAMES, [nobody]) == []
    assert [one.value for one in personal("@hoa", NAMES, [nobody])] == ["hoa"]


@pytest.mark.parametrize(
    ("address", "before", "kind", "value"),
    [
        ("https://www.tiktok.com/@Lan.Anh/video/7301", "tiktok.com/@", "account", "lan.anh"),
        ("https://m.facebook.com/lan.anh/posts/1", "facebook.com/@", "account", "lan.anh"),
        ("https://facebook.com/profile.php?id=10009", "facebook.com/@", "account", "10009"),
        ("https://www.instagram.com/p/CabcD/", "instagram.com", "site", ""),
        ("https://shopee.vn/tiemvai?x=1", "shopee.vn", "site", ""),
        ("https://lananh.example.vn/ve-toi", "", "site", "lananh.example.vn"),
        ("http://[bad", "", "site", "http://[bad"),
    ],
)  # fmt: skip
def test_of_an_address_only_its_site_stays(
    address: str, before: str, kind: str, value: str
) -> None:
    one = site(address, NAMES.handles)
    assert (one.before, one.kind, one.value) == (before, kind, value)


@pytest.mark.parametrize(
    "text",
    ["lan.anh@gmail.com", "LAN.ANH@GMAIL.COM", "lan.anh@gmail.com.", "mail:lan.anh@gmail.com nha"],
)
def test_an_e_mail_is_one_however_it_is_written(text: str) -> None:
    assert [one[1:] for one in found(text)] == [("email", "lan.anh@gmail.com")]


def test_a_path_behind_a_site_of_any_ending_is_an_address() -> None:
    assert [one[0] for one in found("mua ở beacons.ai/lananh nha")] == ["beacons.ai/lananh"]


def test_letters_are_one_for_all_writings() -> None:
    assert letters("Đặng Thị. Bếp_99") == letters("dang thi bep 99") == "dangthibep99"
    assert canonical("@Ấn.Bếp") == "ấn.bếp"


@pytest.mark.parametrize(
    "piece",
    ["@a.", "0 1 ", "09  ", "a.b", "a@b", "%", "lan ", "nguyenth", "((((", "https://", "a-", "１",
     "\u0301", "_", "..", "+84 ", "a_", "ig: ", "_a"],
)  # fmt: skip
def test_no_text_takes_more_than_linear_time(piece: str) -> None:
    names = names_of((f"nguyenthi{n:04}", f"Nguyễn Thị {n}") for n in range(2000))

    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        started = time.perf_counter()
        personal(text, names, [OWN])
        return time.perf_counter() - started

    seconds(1000)
    least = min(seconds(20_000) for _ in range(3))
    assert seconds(160_000) < max(least, 0.005) * 8 * 5


def test_nothing_is_known_of_an_empty_corpus() -> None:
    assert personal("", Names(), []) == []
