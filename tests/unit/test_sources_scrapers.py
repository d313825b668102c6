"""Facebook and YouTube from Apify, Instagram from Bright Data, and facebook-scraper."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sources_samples import WHEN, Row, one, read

from analyzer.schema import POST
from analyzer.sources import FORMATS
from analyzer.sources.formats import recognise
from analyzer.sources.shapes import Place, Skip

if TYPE_CHECKING:
    from collections.abc import Iterator

EXPORTS = Path(__file__).parents[2] / "corpora" / "exports"
UNKNOWN: Row = {**dict.fromkeys(POST.names), "mentions": []}
OURS = (
    "apify_facebook", "apify_youtube", "brightdata_instagram", "facebook_scraper",
    "gallery_dl_instagram", "gallery_dl_facebook", "gallery_dl_blogger",
)  # fmt: skip


def export(form: str, ending: str) -> tuple[list[Row], list[Row]]:
    """Posts and rejects of the format's sample with this ending."""
    (path,) = (EXPORTS / form).glob(f"*.{ending}")
    return read(path)


def records(form: str) -> list[Row]:
    """The records of the format's JSON samples."""
    paths = sorted((EXPORTS / form).rglob("*.json"))
    found = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    return [row for value in found for row in (value if isinstance(value, list) else [value])]


def changed(path: Path, record: Row, **changes: object) -> Row:
    """The only post of a record with these changes."""
    return one(path / "x.json", json.dumps([{**record, **changes}]).encode())


def why(rejects: list[Row]) -> dict[int, tuple[str, str]]:
    """Row to field and reason."""
    return {r["row"]: (r["field"], r["why"]) for r in rejects}


def test_apify_facebook_field_by_field() -> None:
    posts, rejects = export("apify_facebook", "json")
    assert posts[0]["text"].endswith("khác mỗi cái rơm ẩm.\n#gom #mentro")
    assert posts[0] == {
        **UNKNOWN,
        "post_id": "facebook:900100000000001",
        "account_id": "facebook:xuonggomnhaba",
        "account_name": "Xưởng Gốm Nhà Ba",
        "platform": "facebook",
        "text": posts[0]["text"],
        "posted_at": WHEN,
        "url": "https://www.facebook.com/xuonggomnhaba/posts/pfbid0gom1",
        "hashtags": ["gom", "mentro"],
        "likes": 41,
        "comments": 5,
        "shares": 2,
        "source_format": "apify_facebook",
        "source_file": "dataset_facebook-posts-scraper.json",
        "source_row": 2,
    }
    assert why(rejects) == {
        1: ("error", "is the scraper's own error: not_available"),
        4: ("is_repost", "shares another's post without words of its own"),
    }


def test_apify_facebook_share_with_words_of_its_own() -> None:
    post = export("apify_facebook", "json")[0][1]
    assert post["text"].startswith("Bác này nặn tay trái")
    assert (post["is_repost"], post["account_name"]) == (False, "xuonggomnhaba")
    assert [post[n] for n in ("likes", "shares", "views")] == [9, None, 730]


def test_apify_facebook_without_user_or_timestamp() -> None:
    post = export("apify_facebook", "json")[0][2]
    assert (post["account_id"], post["likes"]) == ("facebook:xuonggomnhaba", None)
    assert post["posted_at"] == WHEN + timedelta(days=2)


def test_apify_facebook_is_one_account_with_and_without_an_author() -> None:
    both = [post for part in ("json", "csv") for post in export("apify_facebook", part)[0]]
    assert {post["account_id"] for post in both} == {"facebook:xuonggomnhaba"}


@pytest.mark.parametrize(
    ("changes", "account"),
    [
        ({"user": {"id": "7", "profileUrl": "https://www.facebook.com/khach.quen"}}, "khach.quen"),
        ({"facebookUrl": "https://www.facebook.com/profile.php?id=100064000000777"}, None),
        ({"facebookUrl": None, "pageName": "profile.php"}, None),
        ({"facebookUrl": "https://www.facebook.com/permalink.php?story_fbid=1&id=2"}, "gom.khac"),
        ({"facebookUrl": 7, "pageName": ["x"], "user": [3]}, "7"),
    ],
)
def test_apify_facebook_account_by_its_address(
    tmp_path: Path, changes: Row, account: str | None
) -> None:
    record = records("apify_facebook")[1] | {
        "pageName": "gom.khac",
        "user": {"id": "100064000000777"},
    }
    post = changed(tmp_path, record, **changes)
    assert post["account_id"] == f"facebook:{account or '100064000000777'}"


def test_apify_facebook_as_flat_csv() -> None:
    posts, rejects = export("apify_facebook", "csv")
    assert {p["account_id"] for p in posts} == {"facebook:xuonggomnhaba"}
    assert [(p["post_id"], p["is_repost"], p["posted_at"]) for p in posts] == [
        ("facebook:900200000000001", None, WHEN),
        ("facebook:900200000000002", False, WHEN + timedelta(days=1)),
    ]
    assert why(rejects) == {3: ("error", "is the scraper's own error: not_available")}


def test_apify_youtube_field_by_field() -> None:
    posts, rejects = export("apify_youtube", "json")
    assert posts[0] == {
        **UNKNOWN,
        "post_id": "youtube:kHoaDao0001",
        "account_id": "youtube:thokhoadao",
        "account_name": "Thợ Khoá Dạo",
        "platform": "youtube",
        "title": "Ổ khoá bi cũ kẹt chìa: ba cách gỡ không cần khoan",
        "text": "Cách một dùng bột chì, đừng dùng dầu ăn.\n"
        "Cách ba mình ít làm vì dễ gãy bi.\n#khoa #suachua",
        "posted_at": WHEN,
        "url": "https://www.youtube.com/watch?v=kHoaDao0001",
        "hashtags": ["khoa", "suachua"],
        "likes": 512,
        "comments": 88,
        "views": 12040,
        "followers": 20300,
        "source_format": "apify_youtube",
        "source_file": "dataset_youtube-scraper.json",
        "source_row": 2,
    }
    assert why(rejects) == {1: ("error", "is the scraper's own error: CHANNEL_DOES_NOT_EXIST")}


def test_apify_youtube_with_nothing_but_a_title() -> None:
    post = export("apify_youtube", "json")[0][1]
    assert (post["title"], post["text"]) == ("Đọc răng chìa bằng mắt thường", "")
    assert post["account_id"] == "youtube:thokhoadao"
    assert [post[n] for n in ("posted_at", "likes", "comments", "followers")] == [None] * 4


@pytest.mark.parametrize(
    ("url", "account"),
    [
        ("https://www.youtube.com/channel/UCkhoadao0000000000000001", "uckhoadao0000000000000001"),
        (None, "uckhoadao0000000000000001"),
        ("https://www.youtube.com/@Tho.Khac/videos", "tho.khac"),
    ],
)
def test_apify_youtube_account_by_its_address(
    tmp_path: Path, url: str | None, account: str
) -> None:
    post = changed(tmp_path, records("apify_youtube")[2], channelUrl=url)
    assert post["account_id"] == f"youtube:{account}"


def test_apify_youtube_as_flat_csv() -> None:
    posts, rejects = export("apify_youtube", "csv")
    assert [(p["post_id"], p["hashtags"], p["followers"]) for p in posts] == [
        ("youtube:kHoaDao0003", ["khoa", "thokhoa"], 20300)
    ]
    assert rejects == []


def test_brightdata_field_by_field() -> None:
    posts, rejects = export("brightdata_instagram", "json")
    assert posts[0] == {
        **UNKNOWN,
        "post_id": "instagram:DDgiayThuyen",
        "account_id": "instagram:thuyen.giay.nho",
        "platform": "instagram",
        "text": "Gấp thuyền bằng giấy dó thì phải bồi hai lớp, một lớp thả xuống ao là ngấm "
        "liền.\n#gapgiay #giaydo",
        "posted_at": WHEN,
        "url": "https://www.instagram.com/p/DDgiayThuyen",
        "hashtags": ["gapgiay", "giaydo"],
        "likes": 206,
        "comments": 4,
        "followers": 3120,
        "is_paid_partnership": False,
        "captured_at": datetime(2026, 2, 22, 19, 47, 7, 423_000, tzinfo=UTC),
        "source_format": "brightdata_instagram",
        "source_file": "snapshot.json",
        "source_row": 2,
    }
    assert why(rejects) == {
        1: ("error", "is the scraper's own error: Post is unavailable"),
        4: ("text", "empty caption"),
    }


def test_brightdata_reel_in_a_partnership() -> None:
    post = export("brightdata_instagram", "json")[0][1]
    assert (post["likes"], post["comments"], post["views"]) == (None, 0, 1450)
    assert (post["is_paid_partnership"], post["mentions"]) == (True, ["xuong.giay.lua"])


def test_brightdata_as_csv() -> None:
    posts, rejects = export("brightdata_instagram", "csv")
    assert [(p["post_id"], p["hashtags"], p["likes"]) for p in posts] == [
        ("instagram:DDgiayBang", ["gapgiay", "giaydo"], 206)
    ]
    assert (posts[0]["is_paid_partnership"], posts[0]["views"], rejects) == (False, None, [])


def test_brightdata_without_handle_or_shortcode(tmp_path: Path) -> None:
    record = records("brightdata_instagram")[1]
    del record["shortcode"]
    post = changed(tmp_path, record, user_posted=None)
    assert post["source_format"] == "brightdata_instagram"
    assert post["post_id"] == "instagram:3520000000000000001"
    assert post["account_id"] == "instagram:55120001"


def test_facebook_scraper_field_by_field() -> None:
    posts, rejects = export("facebook_scraper", "json")
    assert posts[0] == {
        **UNKNOWN,
        "post_id": "facebook:8100000000001",
        "account_id": "facebook:100055000000321",
        "account_name": "Đò Ngang Kể Chuyện",
        "platform": "facebook",
        "text": "Bến đò này hồi trước có ba chuyến một ngày, giờ chỉ còn chuyến năm giờ sáng "
        "chở rau.\nÔng lái bảo chạy vì quen tay, dầu thì lỗ. #mientay",
        "posted_at": datetime(2024, 6, 1, 13, 30, tzinfo=UTC),
        "url": "https://facebook.com/story.php?story_fbid=8100000000001&id=100055000000321",
        "hashtags": ["mientay"],
        "likes": 120,
        "comments": 14,
        "shares": 3,
        "source_format": "facebook_scraper",
        "source_file": "dongangkechuyen.json",
        "source_row": 1,
    }
    assert why(rejects) == {3: ("is_repost", "shares another's post without words of its own")}


@pytest.mark.parametrize("ending", ["json", "csv"])
def test_facebook_scraper_share_keeps_the_account_s_own_words(ending: str) -> None:
    post = export("facebook_scraper", ending)[0][1]
    assert post["text"] == "Đọc tới đoạn ghe chìm mà lặng người."
    assert post["is_repost"] is False


@pytest.mark.parametrize("ending", ["json", "csv"])
def test_facebook_scraper_time_without_timestamp_and_zeros_are_unknown(ending: str) -> None:
    post = export("facebook_scraper", ending)[0][1]
    assert post["posted_at"] is None
    assert [post[n] for n in ("likes", "comments", "shares", "views")] == [12, None, None, None]


def test_facebook_scraper_without_user_and_address() -> None:
    post = export("facebook_scraper", "json")[0][2]
    assert (post["account_id"], post["views"]) == ("facebook:100055000000321", 2100)
    assert post["url"] == "https://www.facebook.com/100055000000321/posts/8100000000004"


def test_facebook_scraper_as_csv_of_pandas(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    row = {
        "post_id": "8300000000001",
        "text": "Nước rút\n\nTin của người khác",
        "post_text": "Nước rút",
        "shared_text": "Tin của người khác",
        "time": "2024-06-01 20:30:00",
        "timestamp": "1717248600.0",
        "likes": "12.0",
        "user_id": "100055000000321.0",
        "shared_post_id": "",
    }
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(row))
        writer.writeheader()
        writer.writerow(row)
    posts, rejects = read(path)
    assert rejects == []
    assert (posts[0]["text"], posts[0]["likes"], posts[0]["is_repost"]) == ("Nước rút", 12, None)
    assert posts[0]["posted_at"] == datetime(2024, 6, 1, 13, 30, tzinfo=UTC)
    assert posts[0]["account_id"] == "facebook:100055000000321"


@pytest.mark.parametrize("key", ["shared_post_id", "shared_user_id", "shared_text"])
def test_facebook_scraper_share_without_own_words_is_told_by_any_key(key: str) -> None:
    bare = {"post_id": "1", "post_text": " \n", "shared_text": None, "user_id": "2"}
    place = Place(file="x.json", folder="", stem="x")
    draft = FORMATS["facebook_scraper"].adapt({**bare, key: "77"}, place)
    assert isinstance(draft, Skip)
    assert isinstance(FORMATS["facebook_scraper"].adapt(bare, place), dict)


def test_each_sample_is_recognised_as_its_own() -> None:
    for name in OURS:
        assert {recognise(record) for record in records(name)} - {None} == {name}


ODD: list[Any] = [None, [], {}, {"a": []}, 2**90, -1, 0.5, True, "", "\ud800", "x" * 9000]


def spoiled(record: Row) -> Iterator[Row]:
    """The record with an odd value in the place of each other, at any depth."""
    for key, value in record.items():
        yield from ({**record, key: odd} for odd in ODD)
        if isinstance(value, dict):
            yield from ({**record, key: inner} for inner in spoiled(value))


@pytest.mark.parametrize("name", OURS)
def test_any_value_may_stand_anywhere(tmp_path: Path, name: str) -> None:
    form, place = FORMATS[name], Place(file="x.json", folder="", stem="x")
    rows = [odd for record in records(name) for odd in spoiled(record)]
    for row in rows:
        form.adapt(row, place)
        assert form.recognise(row) in {True, False}
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"".join(json.dumps(row).encode() + b"\n" for row in rows))
    posts, rejects = read(path, form=name)
    assert len(posts) + len(rejects) == len(rows)
    assert posts
