"""CSV of 4CAT and of Zeeschuimer."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sources_odd import EXPORTS, exported, survives
from sources_samples import Row, read

if TYPE_CHECKING:
    from pathlib import Path

WHEN = datetime(2026, 5, 4, 2, 10, tzinfo=UTC)
"""Of `unix_timestamp`; the samples' `timestamp` is seven hours ahead where 4CAT's is local."""


def rows(form: str) -> list[Row]:
    path = next(iter(sorted((EXPORTS / form).iterdir())))
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def written(path: Path, *records: Row) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(records[0]))
        writer.writeheader()
        writer.writerows(records)
    return path


def test_instagram() -> None:
    posts, rejects = exported("fourcat_instagram", "4cat")
    post = posts["instagram:DXh8fourcat1"]
    assert (post["account_id"], post["account_name"]) == (
        "instagram:vo.oc.bien.xanh",
        "Vỏ Ốc Biển Xanh",
    )
    assert post["text"].startswith('Nhặt được con ốc "mặt trăng" ở Hòn Dứa; ngâm')
    assert (post["posted_at"], post["hashtags"]) == (WHEN, ["vỏốc", "suutam"])
    assert post["url"] == "https://www.instagram.com/p/DXh8fourcat1"
    assert post["mentions"] == []
    assert [post[n] for n in ("likes", "comments", "views", "shares")] == [87, 6, None, None]
    assert rejects == [(4, "text", "empty caption")]


def test_instagram_with_hidden_likes_and_partial_items() -> None:
    posts, _ = exported("fourcat_instagram", "4cat")
    hidden, partial = posts["instagram:DXi9fourcat2"], posts["instagram:DXj0fourcat3"]
    assert [hidden[n] for n in ("likes", "comments", "views")] == [None, 6, 5400]
    assert [partial[n] for n in ("likes", "comments", "views", "posted_at")] == [None] * 4
    assert partial["account_name"] is None


def test_likes_that_are_said_to_be_hidden_are_unknown(tmp_path: Path) -> None:
    record = rows("fourcat_instagram")[0] | {"likes_hidden": "yes", "num_likes": "3"}
    assert read(written(tmp_path / "a.csv", record))[0][0]["likes"] is None


def test_comments_of_an_older_4cat_are_no_posts(tmp_path: Path) -> None:
    record = {
        "id": "CsOld1", "thread_id": "CsOld1", "parent_id": "CsOld1", "body": "Chà bằng bàn chải",
        "author": "vo.oc.bien.xanh", "timestamp": "1777860600", "type": "picture", "url": "",
        "hashtags": "", "usertags": "", "mentioned": "", "num_likes": "4", "num_comments": "0",
        "subject": "",
    }  # fmt: skip
    comment = record | {"id": "9", "type": "comment", "body": "xin vía", "author": "nguoi.khac"}
    posts, rejects = read(written(tmp_path / "a.csv", record, comment))
    assert [(p["source_format"], p["posted_at"]) for p in posts] == [("fourcat_instagram", WHEN)]
    assert [(r["row"], r["why"]) for r in rejects] == [(2, "is a comment, not a post")]


def test_zeeschuimers_own_csv_is_the_same_with_semicolons() -> None:
    ours, rejects = exported("fourcat_instagram", "zeeschuimer")
    theirs, _ = exported("fourcat_instagram", "4cat")
    assert rejects == []
    assert len(ours) == 2
    for name, post in ours.items():
        assert post | {"source_file": ""} == theirs[name] | {"source_file": ""}


def test_tiktok() -> None:
    posts, rejects = exported("fourcat_tiktok")
    assert rejects == []
    post, paid = posts.values()
    assert (post["post_id"], post["account_id"], post["account_name"]) == (
        "tiktok:7634000000000000011",
        "tiktok:co.ut.lam.muoi",
        "Cô Út Làm Muối",
    )
    assert post["text"] == "Ruộng muối Long Điền 4 giờ sáng, cào sớm thì hạt mới trắng #nghemuoi"
    assert [post[n] for n in ("likes", "comments", "views", "shares")] == [910, 25, 18800, 7]
    assert (post["followers"], post["hashtags"]) == (3120, ["nghemuoi"])
    assert post["url"] == "https://www.tiktok.com/@co.ut.lam.muoi/video/7634000000000000011"
    assert (post["is_ad"], post["is_paid_partnership"]) == (False, False)
    assert (paid["is_ad"], paid["is_paid_partnership"]) == (True, True)
    assert (post["posted_at"], paid["hashtags"]) == (WHEN, ["muoitom", "tayninh"])


def test_tiktoks_timestamp_is_utc_and_the_others_is_not() -> None:
    assert exported("fourcat_tiktok")[0]["tiktok:7634000000000000012"]["posted_at"] == WHEN


def test_a_time_of_the_servers_zone_is_unknown(tmp_path: Path) -> None:
    for form in ("fourcat_instagram", "fourcat_threads", "fourcat_facebook", "fourcat"):
        record = rows(form)[0] | {"unix_timestamp": ""}
        posts, _ = read(written(tmp_path / f"{form}.csv", record))
        assert [(p["source_format"], p["posted_at"]) for p in posts] == [(form, None)]


def test_threads() -> None:
    posts, rejects = exported("fourcat_threads")
    post, paid = posts.values()
    assert (post["post_id"], post["account_id"]) == (
        "threads:DXu1fourcat5",
        "threads:tho.sua.dong.ho",
    )
    assert post["text"].startswith("Đồng hồ vào nước")
    assert post["url"] == "https://www.threads.com/@tho.sua.dong.ho/post/DXu1fourcat5"
    assert [post[n] for n in ("likes", "comments", "shares")] == [31, 8, 2]
    assert (post["posted_at"], post["is_paid_partnership"]) == (WHEN, False)
    assert (paid["is_paid_partnership"], paid["hashtags"]) == (True, ["suadongho"])
    assert rejects == [(3, "text", "empty caption")]


def test_facebook() -> None:
    posts, rejects = exported("fourcat_facebook")
    post, numbered = posts.values()
    assert (post["post_id"], post["account_id"], post["account_name"]) == (
        "facebook:1220000000000001",
        "facebook:xemaycu.chungoi",
        "Xe Máy Cũ Chú Ngợi",
    )
    assert "kim phao" in post["text"]
    assert post["url"] == "https://www.facebook.com/xemaycu.chungoi/posts/1220000000000001"
    assert (post["posted_at"], post["hashtags"]) == (WHEN, ["cub81"])
    assert numbered["account_id"] == "facebook:100088800000001"
    assert rejects == [(3, "text", "empty caption")]


def test_a_facebook_author_without_an_address_goes_by_name(tmp_path: Path) -> None:
    record = rows("fourcat_facebook")[0] | {"author": ""}
    posts, _ = read(written(tmp_path / "a.csv", record))
    assert posts[0]["account_id"] == "facebook:xe máy cũ chú ngợi"


def test_custom_upload() -> None:
    posts, rejects = exported("fourcat")
    post, undated = posts.values()
    assert post["account_id"] == "other:nhà vườn bảy thơ"
    assert post["text"].startswith("Chiết cành bưởi tháng ba")
    assert (post["posted_at"], post["likes"], post["hashtags"]) == (WHEN, 14, ["nhavuon"])
    assert post["url"] == "https://nhavuonbaytho.example/bai/1"
    assert (undated["posted_at"], undated["likes"]) == (None, None)
    assert [(row, field) for row, field, _ in rejects] == [(3, "account_id")]


def test_the_numbering_of_an_upload_is_no_identity(tmp_path: Path) -> None:
    record = rows("fourcat")[0]
    other = record | {"body": "Bài của tệp khác, cũng là dòng số một"}
    known = other | {"id": "7634000000000000031", "url": "https://www.tiktok.com/@a/video/1"}
    paths = [written(tmp_path / f"{n}.csv", r) for n, r in enumerate((record, other, known))]
    ids = [p["post_id"] for p in read(*paths)[0]]
    assert len(set(ids)) == 3
    assert [i.partition("-")[0] for i in ids[:2]] == ["other:sha256"] * 2
    assert ids[2] == "tiktok:7634000000000000031"


@pytest.mark.parametrize(
    "form",
    ["fourcat_instagram", "fourcat_tiktok", "fourcat_threads", "fourcat_facebook", "fourcat"],
)
def test_any_value_anywhere(form: str) -> None:
    survives(form, rows(form)[0])


@pytest.mark.parametrize(
    "form",
    ["fourcat_instagram", "fourcat_tiktok", "fourcat_threads", "fourcat_facebook", "fourcat"],
)
def test_rows_of_an_anonymised_dataset_are_not_one_account(tmp_path: Path, form: str) -> None:
    records = [row | {"author": "REDACTED"} for row in rows(form)]
    posts, rejects = read(written(tmp_path / "a.csv", *records))
    assert posts == []
    assert {(r["field"], r["why"].partition(",")[0]) for r in rejects} == {
        ("account_id", "its author was taken out by 4CAT")
    }
