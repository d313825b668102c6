"""Exports of known tools, field by field."""

from __future__ import annotations

import csv
import io
import json
import lzma
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sources_samples import (
    WHEN,
    Row,
    apify_instagram,
    apify_tiktok,
    info_json,
    instaloader_post,
    instaloader_profile,
    lines,
    one,
    read,
    tiktok_item,
)

from analyzer.sources.companions import Group, owners
from analyzer.sources.files import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def test_tiktok_web_item(tmp_path: Path) -> None:
    post = one(tmp_path / "a.json", lines(tiktok_item()))
    assert post["source_format"] == "tiktok_web"
    assert post["post_id"] == "tiktok:7300000000000000001"
    assert (post["account_id"], post["account_name"]) == ("tiktok:bepnhacam", "Bếp Nhà Cam")
    assert [post[n] for n in ("likes", "comments", "views", "shares")] == [11, 12, 13, 14]
    assert (post["posted_at"], post["followers"]) == (WHEN, 900)
    assert post["hashtags"] == ["banhmi", "bep"]
    assert post["url"] == "https://www.tiktok.com/@BepNhaCam/video/7300000000000000001"
    assert (post["is_ad"], post["is_paid_partnership"], post["has_shop"]) == (False, None, None)


def test_tiktok_author_as_string_and_paid_partnership(tmp_path: Path) -> None:
    item = tiktok_item(author="bepnhacam", nickname="Cam", adAuthorization=True, isECVideo=1)
    post = one(tmp_path / "a.json", json.dumps([item], indent=1).encode())
    assert (post["account_id"], post["account_name"]) == ("tiktok:bepnhacam", "Cam")
    assert (post["is_paid_partnership"], post["has_shop"]) == (True, True)


def test_tiktok_stats_without_v2_and_hidden_counts(tmp_path: Path) -> None:
    item = tiktok_item(stats={"diggCount": -1, "playCount": 2**70}, createTime="1739171353")
    del item["statsV2"]
    post = one(tmp_path / "a.json", lines(item))
    assert (post["likes"], post["views"], post["posted_at"]) == (None, None, WHEN)


def test_a_slideshow_is_one_post(tmp_path: Path) -> None:
    folder = tmp_path / "tiktok"
    folder.mkdir()
    for number in range(3):
        item = tiktok_item(category="tiktok", num=number, user="bepnhacam")
        (folder / f"7300_{number}.jpg.json").write_bytes(lines(item))
    posts, rejects = read(folder)
    assert [p["source_file"] for p in posts] == ["tiktok/7300_0.jpg.json"]
    assert all("same post as row 1 of tiktok/7300_0.jpg.json" in r["why"] for r in rejects)
    assert len(rejects) == 2


def test_apify_instagram(tmp_path: Path) -> None:
    post = one(tmp_path / "a.json", json.dumps([apify_instagram()]).encode())
    assert post["source_format"] == "apify_instagram"
    assert post["post_id"] == "instagram:CxInvented1"
    assert (post["account_id"], post["account_name"]) == ("instagram:van.vi.vu", "Vân Vi Vu")
    assert (post["likes"], post["comments"], post["views"]) == (None, 7, 400)
    assert (post["hashtags"], post["mentions"]) == (["dalat"], ["quan.ca.phe"])
    assert (post["is_ad"], post["is_paid_partnership"]) == (None, None)


def test_apify_error_rows_before_the_first_post(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    error = {"url": "https://x", "error": "not_found", "errorDescription": "Page not found"}
    sponsored = apify_instagram(paidPartnership=False, sponsors=[{"username": "hang"}])
    path.write_bytes(json.dumps([error, sponsored, apify_instagram(caption=None)]).encode())
    posts, rejects = read(path)
    assert [p["is_paid_partnership"] for p in posts] == [True]
    assert [(r["row"], r["field"]) for r in rejects] == [(1, "error"), (3, "text")]
    assert "not_found" in rejects[0]["why"]
    assert rejects[1]["why"] == "empty caption"


def test_apify_tiktok(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    repost = apify_tiktok(id="2", fromProfileSection="reposts")
    path.write_bytes(lines(apify_tiktok(), repost, apify_tiktok(id="3", hasTikTokShopProduct=True)))
    posts, rejects = read(path)
    assert [p["has_shop"] for p in posts] == [None, True]
    assert [(r["row"], r["field"]) for r in rejects] == [(2, "is_repost")]
    post = posts[0]
    assert (post["account_id"], post["followers"]) == ("tiktok:nhacuatho", 55)
    assert (post["is_ad"], post["is_paid_partnership"], post["is_repost"]) == (True, False, False)
    assert (post["hashtags"], post["shares"], post["posted_at"]) == (["noichien"], 8, WHEN)


@pytest.mark.parametrize("mark", [".", "/"])
def test_apify_tiktok_as_flat_csv(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "a.csv"
    flat = {
        "id": "7300000000000000002",
        "text": "Review nồi chiên",
        f"authorMeta{mark}name": "nhacuatho",
        f"authorMeta{mark}fans": "55",
        f"hashtags{mark}0{mark}name": "noichien",
        f"hashtags{mark}1{mark}name": "bep",
        "webVideoUrl": "",
        "diggCount": "5",
        "createTimeISO": "2025-02-10T07:09:13.000Z",
    }
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(flat))
        writer.writeheader()
        writer.writerow(flat)
    posts, rejects = read(path)
    assert rejects == []
    assert posts[0]["source_format"] == "apify_tiktok"
    assert (posts[0]["account_id"], posts[0]["hashtags"]) == (
        "tiktok:nhacuatho",
        ["noichien", "bep"],
    )
    assert (posts[0]["followers"], posts[0]["likes"]) == (55, 5)


@pytest.mark.parametrize(
    ("extractor", "changes", "account", "name", "title"),
    [
        ("Youtube", {"uploader_id": "@Moc"}, "youtube:moc", "C name", "Tự đóng kệ sách tại nhà"),
        ("Youtube", {"uploader_id": None}, "youtube:c_id", "C name", "Tự đóng kệ sách tại nhà"),
        ("TikTok", {"uploader": "Moc"}, "tiktok:moc", "C name", None),
        ("Instagram", {"channel": "moc.ig"}, "instagram:moc.ig", "U name", None),
        ("Facebook", {"uploader_id": "1000"}, "facebook:1000", "U name", None),
        ("FacebookReel", {"uploader_id": "1000"}, "facebook:1000", "U name", None),
    ],
)
def test_ytdlp_handles(  # noqa: PLR0913, PLR0917 - parametrized
    tmp_path: Path,
    extractor: str,
    changes: Row,
    account: str,
    name: str,
    title: str | None,
) -> None:
    path = tmp_path / "x.info.json"
    post = one(path, json.dumps(info_json(extractor, **changes)).encode())
    assert (post["account_id"], post["account_name"], post["title"]) == (account, name, title)
    assert (post["likes"], post["views"], post["posted_at"]) == (None, 10, WHEN)
    assert post["post_id"] == f"{post['platform']}:abc123XYZ_-"


def test_ytdlp_date_tags_and_empty_description(tmp_path: Path) -> None:
    info = info_json(
        "Youtube", timestamp=None, upload_date="20250210", tags=["đồ gỗ"], description=""
    )
    post = one(tmp_path / "a", json.dumps(info, indent=2).encode())
    assert post["posted_at"] == datetime(2025, 2, 10, tzinfo=UTC)
    assert (post["hashtags"], post["text"]) == (["đồ gỗ"], "")


def test_ytdlp_playlists_are_rejects(tmp_path: Path) -> None:
    path = tmp_path / "list.info.json"
    path.write_bytes(json.dumps(info_json("YoutubeTab", _type="playlist", entries=[])).encode())
    posts, rejects = read(path)
    assert posts == []
    assert rejects[0]["why"] == "is a yt-dlp playlist, not a post"


def test_instaloader_folder(tmp_path: Path) -> None:
    folder = tmp_path / "thumoc"
    folder.mkdir()
    start = "2025-02-10_07-09-13_UTC"

    def packed(name: str, value: object) -> None:
        (folder / name).write_bytes(lzma.compress(json.dumps(value).encode()))

    packed(f"{start}.json.xz", instaloader_post())
    (folder / f"{start}.txt").write_text("Bàn gỗ sồi mới #thumoc\n", encoding="utf-8")
    (folder / f"{start}_old_01.txt").write_text("bản cũ\n", encoding="utf-8")
    (folder / f"{start}_location.txt").write_text("Xưởng\n", encoding="utf-8")
    (folder / f"{start}.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    comments = [{"id": 1, "text": "đẹp", "owner": {}, "likes_count": 0, "answers": []}]
    (folder / f"{start}_comments.json").write_text(json.dumps(comments), encoding="utf-8")
    packed("thumoc_777.json.xz", instaloader_profile())
    (folder / "id").write_text("777\n")
    story = {"node": {"id": "1"}, "instaloader": {"node_type": "StoryItem"}}
    packed("2025-02-11_00-00-00_UTC.json.xz", story)
    (folder / "2025-02-12_01-02-03_UTC.txt").write_text("Chỉ có chữ\n", encoding="utf-8")
    posts, rejects = read(folder)
    assert [(p["text"], p["account_id"], p["followers"]) for p in posts] == [
        ("Bàn gỗ sồi mới #thumoc", "instagram:thumoc", 4321),
        ("Chỉ có chữ", "instagram:thumoc", 4321),
    ]
    assert posts[0]["post_id"] == "instagram:CyInvented2"
    assert posts[0]["account_name"] == "Thợ Mộc Tí Hon"
    assert posts[0]["is_paid_partnership"] is False
    assert posts[1]["posted_at"] == datetime(2025, 2, 12, 1, 2, 3, tzinfo=UTC)
    assert [r["why"] for r in rejects] == ["is an Instaloader StoryItem, not a post"]


def test_instaloader_owner_with_only_an_id(tmp_path: Path) -> None:
    for name, value in (
        ("thumoc_777.json", instaloader_profile()),
        ("2025_UTC.json", instaloader_post(owner={"id": "777"})),
        ("2026_UTC.json", instaloader_post(owner={"id": "888"}, shortcode="other")),
    ):
        (tmp_path / name).write_text(json.dumps(value), encoding="utf-8")
    posts, _ = read(tmp_path)
    assert [(p["account_id"], p["followers"]) for p in posts] == [
        ("instagram:thumoc", 4321),
        ("instagram:888", None),
    ]


def test_instaloader_phone_shape(tmp_path: Path) -> None:
    post = instaloader_post()
    post["node"] = {
        "iphone_struct": {
            "code": "CzPhone3",
            "pk": 9,
            "user": {"pk": 777, "username": "ThuMoc", "full_name": "Mộc"},
            "caption": {"text": "Ghế đẩu"},
            "taken_at": 1739171353,
            "like_count": 5,
            "comment_count": 6,
            "play_count": 7,
            "is_paid_partnership": True,
        }
    }
    row = one(tmp_path / "x.json", json.dumps(post).encode())
    assert (row["post_id"], row["account_id"]) == ("instagram:CzPhone3", "instagram:thumoc")
    assert [row[n] for n in ("likes", "comments", "views")] == [5, 6, 7]
    assert (row["text"], row["posted_at"], row["is_paid_partnership"]) == ("Ghế đẩu", WHEN, True)


def test_instaloader_post_without_caption(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(instaloader_post(edge_media_to_caption={"edges": []})))
    posts, rejects = read(path)
    assert posts == []
    assert rejects[0]["why"] == "empty caption"


def test_comments_on_their_own_are_no_posts(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    comment = {"id": 1, "text": "đẹp", "owner": {"username": "x"}, "likes_count": 0, "answers": []}
    path.write_text(json.dumps([comment]))
    posts, rejects = read(path)
    assert posts == []
    assert "comments" in rejects[0]["why"]


def test_a_paid_partnership_that_is_null_is_unknown(tmp_path: Path) -> None:
    posts = [
        one(tmp_path / "a.json", lines(tiktok_item(adAuthorization=said)))["is_paid_partnership"]
        for said in (None, False, True)
    ]
    assert posts == [None, False, True]


def test_a_video_twice_in_a_dump_is_no_slideshow(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(tiktok_item(), tiktok_item(stats={"playCount": 9})))
    (tmp_path / "b.jsonl").write_bytes(lines(tiktok_item()))
    posts, rejects = read(tmp_path)
    assert [p["source_row"] for p in posts] == [1, 2, 1]
    assert rejects == []


def test_many_instaloader_folders_are_read_in_linear_time() -> None:
    class Counted(list[Entry]):
        walks = 0

        def __iter__(self) -> Iterator[Entry]:
            Counted.walks += 1
            return super().__iter__()

    entries = Counted(
        Entry(name=f"all/{i}/x_UTC.json", open=io.BytesIO, path=None, named=False)
        for i in range(50)
    )
    group = Group(entries)
    for entry in list(entries):
        assert owners(entry, group, "instaloader") == ()
    assert Counted.walks <= 3


def test_a_profile_before_the_posts_of_one_file_hides_none(tmp_path: Path) -> None:
    (tmp_path / "all.jsonl").write_bytes(lines(instaloader_profile(), instaloader_post()))
    posts, rejects = read(tmp_path)
    assert [p["post_id"] for p in posts] == ["instagram:CyInvented2"]
    assert [r["why"] for r in rejects] == ["is an Instaloader Profile, not a post"]
