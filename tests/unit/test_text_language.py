from __future__ import annotations

import pytest

from analyzer.text import abstain_reason


@pytest.mark.parametrize(
    "text",
    [
        "",
        "...",
        "2024",
        "#2024",
        "😍😍 ❤️",
        "@lan.anh @hoa",
        "https://abc.com/x",
        "199.000 - 50%",
        "🇻🇳",
    ],
)
def test_no_words(text: str) -> None:
    assert abstain_reason(text) == "no_words"


@pytest.mark.parametrize(
    "text",
    [
        "This morning we went swimming with friends",
        "Best street food around Bangkok under three dollars",
        "สวัสดี ครับ วันนี้ เรา จะ ไป เที่ยว ทะเล",
        "Сегодня мы готовим очень вкусный домашний борщ",
        "This morning we went swimming with friends #hanoi #vietnam @lan 😍",
    ],
)
def test_not_vietnamese(text: str) -> None:
    assert abstain_reason(text) == "not_vietnamese"


@pytest.mark.parametrize(
    "text",
    [
        "Hôm nay mình nấu canh chua cá lóc",
        "hom nay minh di an pho o ha noi voi me",
        "HOM NAY TROI DEP QUA DI CHOI THOI CA NHA OI",
        "Outfit hôm nay mặc đi làm, simple but still pretty nice",
        "#reviewphim #phimhay",
        "#foodtour #travel #bestfood #fyp #viral #trending #xuhuong",
        "Very nice",
        "Samsung Galaxy Buds",
    ],
)
def test_vietnamese_or_too_short_to_tell(text: str) -> None:
    assert abstain_reason(text) is None


def test_marks_of_vietnamese_count_in_either_case() -> None:
    assert abstain_reason("ĐƯỜNG về PHỐ very long walk home tonight") is None
