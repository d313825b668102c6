from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from analyzer.sources.fields import (
    count,
    dig,
    flag,
    handle,
    moment,
    native_id,
    platform,
    words,
)
from analyzer.sources.generic import ALIASES, MAP_NAMES, unnest
from analyzer.sources.marks import find_marks
from analyzer.sources.shapes import DRAFT_FIELDS

WHEN = datetime(2025, 2, 10, 7, 9, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0),
        (12.0, 12),
        ("12", 12),
        ("12.0", 12),
        ("1,234", 1234),
        ("1,234,567", 1_234_567),
        ("1.234.567", 1_234_567),
        ("1.2K", 1200),
        ("1,25 M", 1_250_000),
        ("3b", 3 * 10**9),
        (Decimal(7), 7),
        (2**63 - 1, 2**63 - 1),
        (2**63, None),
        ("9" * 30, None),
        (-1, None),
        ("-1", None),
        (1.5, None),
        (float("nan"), None),
        (float("inf"), None),
        ("1.234", None),
        ("12.000", None),
        ("1,23", None),
        ("٣", None),
        ("nhiều", None),
        ("", None),
        (True, None),
        ([1], None),
        (None, None),
    ],
)
def test_counts(value: Any, expected: int | None) -> None:
    assert count(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        (0, False),
        (1.0, True),
        ("Yes", True),
        ("FALSE", False),
        ("1", True),
        ("maybe", None),
        (2, None),
        ("", None),
        (None, None),
        ([], None),
    ],
)
def test_flags(value: Any, expected: bool | None) -> None:  # noqa: FBT001 - parametrized
    assert flag(value) is expected


@pytest.mark.parametrize(
    "value",
    [
        "2025-02-10T07:09:13Z",
        "2025-02-10 07:09:13",
        "2025-02-10T07:09:13",
        "2025-02-10T07:09:13.000Z",
        "2025-02-10 14:09:13+07:00",
        "2025-02-10 14:09:13 +0700",
        "2025-02-10 07:09:13 UTC",
        "Mon, 10 Feb 2025 07:09:13 +0000",
        1739171353,
        1739171353.0,
        1739171353000,
        1739171353000000,
        "1739171353",
        "1739171353.0",
        datetime(2025, 2, 10, 7, 9, 13),  # noqa: DTZ001 - naive is the case
        datetime(2025, 2, 10, 14, 9, 13, tzinfo=timezone(timedelta(hours=7))),
    ],
)
def test_moments(value: Any) -> None:
    assert moment(value) == int(WHEN.timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("5/14/2025 9:10", datetime(2025, 5, 14, 9, 10, tzinfo=UTC)),
        ("26-9-2022 15:02", datetime(2022, 9, 26, 15, 2, tzinfo=UTC)),
        ("9-9-2022 08:59", datetime(2022, 9, 9, 8, 59, tzinfo=UTC)),
        ("20250210", datetime(2025, 2, 10, tzinfo=UTC)),
        ("2025/02/10", datetime(2025, 2, 10, tzinfo=UTC)),
        ("2025/02/10 07:09:13", WHEN),
        (20250210, datetime(2025, 2, 10, tzinfo=UTC)),
        ("2021-12-17", datetime(2021, 12, 17, tzinfo=UTC)),
        (date(2021, 12, 17), datetime(2021, 12, 17, tzinfo=UTC)),
    ],
)
def test_dates_that_can_be_only_one(value: Any, expected: datetime) -> None:
    assert moment(value) == int(expected.timestamp()) * 1_000_000


@pytest.mark.parametrize(
    "value",
    [
        "4/1/2025 4:26", "31/31/2025", "13/13/2025", "31/2/2025", "5/14/2025 9:10 PM", "2025-13-01",
        "hôm qua", "3 giờ trước", "", "2025", "2025-02", 0, -5, 1, "0", "1e10",
        99999999999999999999, 10**400, -(10**400), float("nan"), float("inf"), True, None, [],
        "1970-01-01", "9999-12-31", "20251399",
        "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "２０２５-02-10",
        "x" * 10**6,
    ],
)  # fmt: skip
def test_times_that_are_not_sure_are_unknown(value: Any) -> None:
    assert moment(value) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("@BếpNhà", "bếpnhà"),
        ("Be\u0302\u0301p", "bếp"),
        ("https://www.tiktok.com/@Lan?lang=vi", "lan"),
        ("https://www.instagram.com/lan.huong/", "lan.huong"),
        (12345, "12345"),
        ("12345.0", "12345"),
        ("  Lan   Hương ", "lan hương"),
        ("https://www.facebook.com/profile.php?id=100012345", "100012345"),
        ("https://www.facebook.com/people/Lan-Huong/100012345/", "100012345"),
        ("https://www.facebook.com/pages/category/Chef/Bep-Lan-77/", "bep-lan-77"),
        ("https://www.facebook.com/groups/hoi.nau.an/posts/1", "hoi.nau.an"),
        ("https://www.youtube.com/channel/UCabc", "ucabc"),
        ("https://www.youtube.com/c/BepLan/videos", "beplan"),
        ("https://www.youtube.com/user", "user"),
        ("https://lan.example.com/author/lan/", "lan"),
        ({"uniqueId": "lan"}, "lan"),
        ("nan", "nan"),
        ("null", None),
        ("@", None),
        ("", None),
        (True, None),
        (float("nan"), None),
        ({}, None),
        ("https://[", "https://["),
    ],
)
def test_handles(value: Any, expected: str | None) -> None:
    assert handle(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("7385052954509757714", "7385052954509757714"),
        (7385052954509757714, "7385052954509757714"),
        (123.0, "123"),
        ("123.0", "123"),
        (7.385052954509757e18, None),
        ("7.38505E+18", None),
        ("7,38505E+18", None),
        ("12345e67890", "12345e67890"),
        ("abc_-", "abc_-"),
        ("nan", None),
        (" ", None),
        ("x" * 300, None),
        (True, None),
        (None, None),
    ],
)
def test_native_ids(value: Any, expected: str | None) -> None:
    assert native_id(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a,b", ["a", "b"]),
        ("#a #b", ["a", "b"]),
        ('["a", "b c"]', ["a", "b c"]),
        ("đồ gỗ, tự làm", ["đồ gỗ", "tự làm"]),
        (["#a", "a", {"name": "b"}, {"title": "c"}, None, 3], ["a", "b", "c"]),
        ([], None),
        ("", None),
        (None, None),
        (5, None),
        ([{"name": 5}], None),
    ],
)
def test_lists_of_words(value: Any, expected: list[str] | None) -> None:
    assert words(value) == expected


@pytest.mark.parametrize(
    ("text", "tags", "mentions"),
    [
        ("#Ăn_uống #LearnOnTikTok2 xong", ["Ăn_uống", "LearnOnTikTok2"], []),
        ("#a#b #a", ["a", "b"], []),
        ("#bu\u0301n", ["bu\u0301n"], []),
        ("#1 và #2024 #4k", ["4k"], []),
        ("xem https://a.vn/b#c @d", [], ["d"]),
        ("mail@example.com @lan.huong. @_x", [], ["lan.huong", "_x"]),
        ("＃toàn ＠rộng", ["toàn"], ["rộng"]),
        ("# @ #! @-", [], []),
        ("", [], []),
    ],
)
def test_hashtags_and_mentions(text: str, tags: list[str], mentions: list[str]) -> None:
    assert find_marks(text) == (tags, mentions)


@pytest.mark.parametrize("piece", ["#", "@", "#a", "@a.", "https://", "a@", "#\u0301", "@_"])
def test_a_hostile_caption_takes_linear_time(piece: str) -> None:
    find_marks(piece * 400_000)  # minutes, were it quadratic


def test_platform_by_address() -> None:
    assert platform(None, "https://youtu.be/x") == "youtube"
    assert platform("tiktok.com", None) == "tiktok"
    assert platform(None, "http://[bad") == "other"
    assert platform(5, None) == "other"


def test_flat_columns_are_put_back_together() -> None:
    assert unnest({"a.b": 1, "a/c": 2, "d/0": "x", "d/1": "y", "d/10": "z", "e": "", "f": 3}) == {
        "a": {"b": 1, "c": 2},
        "d": ["x", "y", "z"],
        "f": 3,
    }
    assert unnest({"a": 1, "a.b": 2}) == {"a": 1}
    assert unnest({".".join("a" * 50_000): 1}) == {".".join("a" * 50_000): 1}


def test_a_path_breaks_off_quietly() -> None:
    assert dig({"a": [{"b": 1}]}, "a", 0, "b") == 1
    assert dig({"a": [{"b": 1}]}, "a", 1, "b") is None
    assert dig({"a": "text"}, "a", 0) is None
    assert dig(None, "a") is None


def test_every_alias_belongs_to_a_field_and_to_one_only() -> None:
    assert set(ALIASES) <= set(DRAFT_FIELDS)
    assert set(MAP_NAMES.values()) == set(DRAFT_FIELDS)
    names = [alias for aliases in ALIASES.values() for alias in aliases]
    assert len(names) == len(set(names))
