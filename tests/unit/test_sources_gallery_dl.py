"""gallery-dl: one file for each image or video, of Instagram, Facebook and Blogger."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sources_samples import WHEN, Row, one, read, tiktok_item

from analyzer.sources.formats import recognise

EXPORTS = Path(__file__).parents[2] / "corpora" / "exports"


def sample(form: str, name: str) -> Row:
    """A sample file of the format."""
    path = next((EXPORTS / form).rglob(name))
    value: Row = json.loads(path.read_text(encoding="utf-8"))
    return value


def changed(path: Path, record: Row, **changes: object) -> Row:
    """The only post of a record with these changes."""
    return one(path / "x.json", json.dumps({**record, **changes}).encode())


@pytest.fixture(name="carousel")
def _carousel() -> Row:
    return sample("gallery_dl_instagram", "*0011.jpg.json")


@pytest.fixture(name="photo")
def _photo() -> Row:
    return sample("gallery_dl_facebook", "122100000000001.jpg.json")


@pytest.fixture(name="article")
def _article() -> Row:
    return sample("gallery_dl_blogger", "002.jpg.json")


def test_instagram_field_by_field() -> None:
    posts, _ = read(EXPORTS / "gallery_dl_instagram")
    assert [p["post_id"] for p in posts] == [
        "instagram:DCsenCaPhao",
        "instagram:DCsenBanhBo",
        "instagram:DCsenGungGia",
    ]
    post = posts[0]
    assert post["text"].startswith("Cuối tuần ngâm lại hũ cà pháo")
    assert post["text"].endswith("\n#caphao #bepnhasen")
    del post["text"]
    assert post == {
        "post_id": "instagram:DCsenCaPhao",
        "account_id": "instagram:bep.nha.sen",
        "account_name": "Bếp Nhà Sen",
        "platform": "instagram",
        "title": None,
        "posted_at": WHEN,
        "url": "https://www.instagram.com/p/DCsenCaPhao/",
        "hashtags": ["bepnhasen", "caphao"],
        "mentions": [],
        "likes": 318,
        "comments": None,
        "views": None,
        "shares": None,
        "followers": 8450,
        "is_ad": None,
        "is_paid_partnership": None,
        "has_shop": None,
        "is_repost": None,
        "is_pinned": False,
        "coauthors": None,
        "earlier_texts": None,
        "captured_at": None,
        "source_format": "gallery_dl_instagram",
        "source_file": "gallery_dl_instagram/bep.nha.sen/"
        "3512000000000000001_3512000000000000011.jpg.json",
        "source_row": 1,
    }


def test_instagram_zeros_that_stand_for_nothing_are_unknown() -> None:
    posts, _ = read(EXPORTS / "gallery_dl_instagram")
    assert (posts[1]["likes"], posts[1]["followers"]) == (None, None)
    assert posts[1]["mentions"] == ["chi.hai.lo.gach"]


def test_instagram_owner_without_a_name_is_its_number() -> None:
    posts, _ = read(EXPORTS / "gallery_dl_instagram")
    assert (posts[2]["account_id"], posts[2]["account_name"]) == ("instagram:48210077", None)
    assert (posts[2]["likes"], posts[2]["posted_at"]) == (
        54,
        datetime(2025, 2, 15, 1, 30, tzinfo=UTC),
    )


def test_instagram_owner_without_a_name_has_that_of_the_profile_with_its_number(
    tmp_path: Path, carousel: Row
) -> None:
    post = changed(tmp_path, carousel, username=None)
    assert (post["account_id"], post["followers"]) == ("instagram:bep.nha.sen", 8450)
    for number in (None, "1"):
        user = {**carousel["user"], "id": number}
        post = changed(tmp_path, carousel, username=None, owner_id="48210077", user=user)
        assert (post["account_id"], post["followers"]) == ("instagram:48210077", None)


def test_instagram_files_of_one_post_are_one_post() -> None:
    _, rejects = read(EXPORTS / "gallery_dl_instagram")
    first = "gallery_dl_instagram/bep.nha.sen/3512000000000000001_3512000000000000011.jpg.json"
    found = {r["file"].rpartition("/")[2]: (r["field"], r["why"]) for r in rejects}
    assert found == {
        "3512000000000000001_3512000000000000012.jpg.json": (
            "id",
            f"is the same post as row 1 of {first} (one file for each image or video of a post)",
        ),
        "3515000000000000004.jpg.json": ("text", "empty caption"),
        "3516000000000000005.jpg.json": ("expires", "is an Instagram story, not a post"),
        "info.json": ("description", "is an Instagram profile, not a post"),
    }


def test_a_slideshow_of_tiktok_is_told_as_before(tmp_path: Path) -> None:
    for number in range(2):
        item = tiktok_item(category="tiktok", num=number, user="bepnhacam")
        (tmp_path / f"{number}.json").write_text(json.dumps(item), encoding="utf-8")
    posts, rejects = read(tmp_path / "0.json", tmp_path / "1.json")
    assert len(posts) == 1
    assert [r["why"] for r in rejects] == [
        "is the same post as row 1 of 0.json (one file for each image of a slideshow)"
    ]


def test_instagram_followers_of_another_profile_are_not_the_owner_s(
    tmp_path: Path, carousel: Row
) -> None:
    other = {**carousel["user"], "username": "tiem.tag"}
    assert changed(tmp_path, carousel, subcategory="tagged", user=other)["followers"] is None
    assert (
        changed(tmp_path, carousel, username=None, user={"count_followed": 9})["followers"] is None
    )


@pytest.mark.parametrize("mark", [{"expires": None}, {"highlight_title": "Lễ"}])
def test_instagram_stories_and_highlights_are_no_posts(
    tmp_path: Path, carousel: Row, mark: Row
) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps({**carousel, **mark}), encoding="utf-8")
    posts, rejects = read(path)
    assert (posts, rejects[0]["why"]) == ([], "is an Instagram story, not a post")


def test_facebook_field_by_field() -> None:
    posts, rejects = read(EXPORTS / "gallery_dl_facebook")
    assert posts[0]["text"].startswith("Bó lúa mì treo ngược sáu tuần")
    expected = {
        "post_id": "facebook:122100000000001",
        "account_id": "facebook:100071234500001",
        "account_name": "Tiệm Hoa Khô Mây",
        "platform": "facebook",
        "title": None,
        "posted_at": datetime(2024, 11, 3, 9, 15, tzinfo=UTC),
        "url": "https://www.facebook.com/photo/?fbid=122100000000001",
        "hashtags": ["hoakho"],
        "likes": None,
        "followers": None,
        "source_format": "gallery_dl_facebook",
    }
    assert {name: posts[0][name] for name in expected} == expected
    assert [(p["account_id"], p["posted_at"]) for p in posts[1:]] == [
        ("facebook:pfbid0maykho", None)
    ]
    assert {r["file"].rpartition("/")[2]: r["why"] for r in rejects} == {
        "122100000000003.jpg.json": "empty caption",
        "122100000000004.mp4.json": (
            "is a video without a caption; gallery-dl keeps those of photos only"
        ),
    }


def test_facebook_account_without_any_number_is_its_name(tmp_path: Path, photo: Row) -> None:
    post = changed(tmp_path, photo, user_id="", user_pfbid="")
    assert post["account_id"] == "facebook:tiệm hoa khô mây"


def test_facebook_photos_of_one_post_stay_apart(tmp_path: Path, photo: Row) -> None:
    for number in ("1", "2"):
        record = {**photo, "id": number, "set_id": "pcb.1"}
        (tmp_path / f"{number}.json").write_text(json.dumps(record), encoding="utf-8")
    posts, rejects = read(tmp_path)
    assert [p["post_id"] for p in posts] == ["facebook:1", "facebook:2"]
    assert rejects == []


def test_blogger_field_by_field() -> None:
    posts, rejects = read(EXPORTS / "gallery_dl_blogger")
    text = posts[0]["text"]
    assert "nhưng\xa0tưới xong" in text
    assert "3:1 & một nắm vôi bột" in text
    expected = {
        "post_id": "blog:6660001112223334441",
        "account_id": "blog:sotayvuonsanthuong.blogspot.com",
        "account_name": "Hạ Vườn",
        "platform": "blog",
        "title": "Trộn giá thể cho thùng xốp: ba lần sai của mình",
        "posted_at": datetime(2024, 3, 2, 14, 15, tzinfo=UTC),
        "url": "http://sotayvuonsanthuong.blogspot.com/2024/03/tron-gia-the.html",
        "hashtags": ["giá thể", "cà chua"],
        "comments": 6,
        "likes": None,
        "views": None,
        "source_format": "gallery_dl_blogger",
    }
    assert {name: posts[0][name] for name in expected} == expected
    assert [(p["post_id"], p["comments"], p["hashtags"]) for p in posts[1:]] == [
        ("blog:6660001112223334442", 0, [])
    ]
    assert [r["file"].rpartition("/")[2] for r in rejects] == ["002.jpg.json"]
    assert rejects[0]["why"].endswith("(one file for each image or video of an article)")


def test_blogger_time_without_a_zone_is_read_as_it_is_written(tmp_path: Path, article: Row) -> None:
    inner = {**article["post"], "published": None}
    post = changed(tmp_path, article, post=inner)
    assert post["posted_at"] == datetime(2024, 3, 2, 14, 15, tzinfo=UTC)


def test_blogger_account_without_its_blog_is_the_author(tmp_path: Path, article: Row) -> None:
    assert changed(tmp_path, article, blog=None)["account_id"] == "blog:hạ vườn"


@pytest.mark.parametrize(
    "record",
    [
        {"category": "instagram", "text": "một danh sách"},
        {"category": "facebook", "caption": "của ai đó"},
        {"category": "blogger", "post": "chữ", "subcategory": "post"},
        {"category": ["instagram"], "post_shortcode": "x"},
        {"category": "twitter", "subcategory": "user"},
        {"pageName": "xuonggom", "facebookUrl": "https://www.facebook.com/xuonggom", "likes": 3},
        {"channelName": "Thợ Khoá", "title": "Gỡ chìa"},
        {"user_posted": "ai.do", "url": "https://www.reddit.com/r/x", "description": "chữ"},
        {"post_id": "1", "post_text": "chữ"},
    ],
)
def test_records_of_other_tools_are_left_alone(record: Row) -> None:
    assert recognise(record) is None
