"""YouTube Data Tools, TikTok's Research API, the Threads API and Meta's Content Library."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sources_odd import EXPORTS, exported, survives
from sources_samples import Row, lines, one, read

from analyzer.sources.generic import unnest

if TYPE_CHECKING:
    from pathlib import Path

WHEN = datetime(2026, 5, 4, 2, 10, tzinfo=UTC)


def rows(form: str) -> list[Row]:
    path = next(iter(sorted((EXPORTS / form).iterdir())))
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".csv":
        return list(csv.DictReader(text.splitlines(keepends=True)))
    value = json.loads(text)
    return list(value["data"] if isinstance(value, dict) else value)


def test_youtube_data_tools() -> None:
    posts, rejects = exported("ytdt")
    post = posts["youtube:aB3_sUaRd01"]
    assert (post["account_id"], post["account_name"]) == (
        "youtube:ucinventedsuaradio000001",
        "Sửa Radio Đêm",
    )
    assert post["title"] == "Radio câm tiếng: đo tụ lọc nguồn trước"
    assert post["text"].startswith("Đo ESR tụ lọc rồi mới nghi sò")
    assert post["hashtags"] == ["sửa radio", "điện tử cơ bản", "tụ lọc"]
    assert [post[n] for n in ("likes", "comments", "views")] == [388, 52, 7305]
    assert post["url"] == "https://www.youtube.com/watch?v=aB3_sUaRd01"
    assert (post["posted_at"], post["platform"]) == (WHEN, "youtube")
    assert rejects == []


def test_youtube_data_tools_rows_with_gaps() -> None:
    _, silent, private = exported("ytdt")[0].values()
    assert (silent["post_id"], silent["text"]) == ("youtube:-xY9sUaRd02", "")
    assert [silent[n] for n in ("likes", "comments", "views")] == [None, None, 7305]
    assert private["post_id"].startswith("youtube:sha256-")
    assert (private["url"], private["posted_at"]) == (None, None)


def test_one_youtube_tag_of_several_words_is_one(tmp_path: Path) -> None:
    record = rows("ytdt")[0] | {"tags": "sửa radio", "videoDescription": "Nghe thử"}
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(record))
        writer.writeheader()
        writer.writerow(record)
    assert read(path)[0][0]["hashtags"] == ["sửa radio"]


def test_tiktok_research() -> None:
    posts, rejects = exported("tiktok_research")
    post, other = posts.values()
    assert (post["post_id"], post["account_id"]) == (
        "tiktok:7634000000000000021",
        "tiktok:lop.may.co.nhai",
    )
    assert post["text"].startswith("May cổ lá sen")
    assert "ủi miếng keo" not in post["text"], "speech is no caption"
    assert (post["hashtags"], post["mentions"]) == (["hocmay"], ["vai.vun.nhanai"])
    assert [post[n] for n in ("likes", "comments", "views", "shares")] == [1204, 61, 33012, 18]
    assert post["posted_at"] == WHEN
    assert post["url"] == "https://www.tiktok.com/@lop.may.co.nhai/video/7634000000000000021"
    assert (other["hashtags"], other["shares"]) == (["aobaba"], 0)
    assert rejects == [(3, "text", "empty caption")]


def test_tiktok_research_as_lines_and_as_csv(tmp_path: Path) -> None:
    record = rows("tiktok_research")[0]
    expected = one(tmp_path / "a.jsonl", lines(record))
    path = tmp_path / "b.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(record))
        writer.writeheader()
        writer.writerow(record)
    posts, rejects = read(path)
    assert rejects == []
    assert posts[0] | {"source_file": ""} == expected | {"source_file": ""}


def test_a_rounded_id_is_no_id(tmp_path: Path) -> None:
    post = one(tmp_path / "a.jsonl", lines(rows("tiktok_research")[0] | {"id": 7.634e18}))
    assert post["post_id"].startswith("tiktok:sha256-")
    assert post["url"] is None


def test_threads_api() -> None:
    posts, rejects = exported("threads_api")
    post, quote = posts.values()
    assert (post["post_id"], post["account_id"]) == (
        "threads:DXv1apiText0",
        "threads:nuoi.meo.bay.ngon",
    )
    assert post["text"].startswith("Mèo bỏ ăn quá 24 giờ")
    assert (post["posted_at"], post["hashtags"]) == (WHEN, ["nuoimeo", "Mèo"])
    assert post["url"] == "https://www.threads.com/@nuoi.meo.bay.ngon/post/DXv1apiText0"
    assert [post[n] for n in ("likes", "comments", "views", "shares")] == [None] * 4
    assert post["is_repost"] is False
    assert quote["text"].startswith("Cái này đúng mà thiếu")
    assert sorted(rejects) == [
        (3, "is_repost", "is a repost of another post"),
        (4, "is_reply", "is a reply in a conversation, not a post of its own"),
        (5, "text", "empty caption"),
    ]


def test_threads_api_without_a_name_or_a_product(tmp_path: Path) -> None:
    record = rows("threads_api")[0]
    for name in ("username", "media_product_type", "is_quote_post", "shortcode"):
        del record[name]
    post = one(tmp_path / "a.json", json.dumps([record]).encode())
    assert post["source_format"] == "threads_api"
    assert (post["post_id"], post["account_id"]) == (
        "threads:18030000000000001",
        "threads:71230001",
    )


def test_posts_of_instagrams_own_api_are_not_threads(tmp_path: Path) -> None:
    record = {
        "id": "1",
        "media_type": "IMAGE",
        "permalink": "https://www.instagram.com/p/x/",
        "caption": "Ảnh",
        "username": "a",
    }
    assert one(tmp_path / "a.jsonl", lines(record))["source_format"] == "jsonl"


def test_meta_library_of_facebook() -> None:
    posts, rejects = exported("meta_library", "facebook")
    post, shared = posts.values()
    assert (post["post_id"], post["account_id"], post["account_name"]) == (
        "facebook:880000000000001",
        "facebook:trongrausanthuong",
        "Trồng Rau Sân Thượng",
    )
    assert post["text"].startswith("Đất sân thượng khô nhanh")
    assert [post[n] for n in ("likes", "comments", "views", "shares")] == [301, 27, 12040, 55]
    assert (post["posted_at"], post["hashtags"]) == (WHEN, ["rausach"])
    assert (post["is_paid_partnership"], post["is_repost"]) == (False, None)
    assert post["url"].endswith("/post/880000000000001")
    assert (shared["account_id"], shared["views"]) == ("facebook:7710001", None)
    assert (shared["is_paid_partnership"], shared["is_repost"]) == (True, False)
    assert rejects == [(3, "text", "empty caption")]


def test_meta_library_of_instagram() -> None:
    posts, rejects = exported("meta_library", "instagram")
    post = posts["instagram:880000000000011"]
    assert post["account_id"] == "instagram:rau.san.thuong"
    assert [post[n] for n in ("likes", "comments", "views", "shares")] == [66, 4, 1900, None]
    assert (post["hashtags"], post["url"], post["is_repost"]) == (["rausach"], None, None)
    assert rejects == []


def test_meta_library_with_the_owner_under_data(tmp_path: Path) -> None:
    record = unnest(rows("meta_library")[0])
    record["post_owner"] = {"data": record["post_owner"]}
    post = one(tmp_path / "a.json", lines(record))
    assert post["account_id"] == "facebook:trongrausanthuong"


@pytest.mark.parametrize("form", ["ytdt", "tiktok_research", "threads_api", "meta_library"])
def test_any_value_anywhere(form: str) -> None:
    record = rows(form)[0]
    survives(form, unnest(record) if form == "meta_library" else record)
