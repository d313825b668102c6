"""CSV of CrowdTangle."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sources_odd import EXPORTS, exported, survives
from sources_samples import Row, read

if TYPE_CHECKING:
    from pathlib import Path

WHEN = datetime(2023, 5, 4, 2, 10, tzinfo=UTC)


def rows(form: str) -> list[Row]:
    path = next(iter(sorted((EXPORTS / form).iterdir())))
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def only(path: Path, record: Row) -> Row:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(record))
        writer.writeheader()
        writer.writerow(record)
    posts, rejects = read(path)
    assert rejects == []
    return posts[0]


def test_instagram() -> None:
    posts, rejects = exported("crowdtangle_instagram")
    post = posts["instagram:CsA1dieusao0"]
    assert (post["account_id"], post["account_name"]) == (
        "instagram:dieusao.bagiang",
        "Diều Sáo Bá Giang",
    )
    assert post["text"].startswith("Bộ sáo năm ống khoét từ gỗ vàng tâm")
    assert (post["title"], post["posted_at"]) == (None, WHEN)
    assert post["url"] == "https://www.instagram.com/p/CsA1dieusao0/"
    assert (post["hashtags"], post["mentions"]) == (["dieusao"], ["lang.dieu.venbien"])
    assert [post[n] for n in ("likes", "comments", "followers")] == [1512, 48, 12804]
    assert (post["is_ad"], post["is_paid_partnership"]) == (None, None)
    assert rejects == [(4, "text", "empty caption")]


def test_instagram_video_with_a_sponsor() -> None:
    post = exported("crowdtangle_instagram")[0]["instagram:CsB2dieusao1"]
    assert (post["title"], post["views"], post["followers"]) == ("Thử diều ba mét", 20415, None)
    assert (post["posted_at"], post["is_paid_partnership"]) == (WHEN, True)


def test_what_is_not_sure_is_unknown() -> None:
    posts, _ = exported("crowdtangle_instagram")
    assert posts["instagram:CsA1dieusao0"]["views"] is None, "0 is written for pictures"
    post = posts["instagram:CsC3dieusao2"]
    assert (post["likes"], post["comments"], post["posted_at"]) == (None, 48, None)


@pytest.mark.parametrize(
    ("said", "hour"),
    [
        ("2023-05-04 02:10:00 UTC", 2),
        ("2023-05-04 02:10:00", 2),
        ("2023-05-04 02:10:00 EST", 7),
        ("2023-05-04 02:10:00 CEST", 0),
        ("2023-05-04 02:10:00 BST", None),
        ("2023-05-04", 0),
        ("hôm qua EDT", None),
    ],
)
def test_zones(tmp_path: Path, said: str, hour: int | None) -> None:
    post = only(tmp_path / "a.csv", rows("crowdtangle_instagram")[0] | {"Post Created": said})
    assert (post["posted_at"] and post["posted_at"].hour) == hour


def test_facebook_page() -> None:
    posts, rejects = exported("crowdtangle_facebook", "Historical")
    post = posts["facebook:6400000000000001"]
    assert (post["account_id"], post["account_name"]) == (
        "facebook:thuvienxomluoi",
        "Thư Viện Xóm Lưới",
    )
    assert post["text"].startswith("Sách ướt sau bão")
    assert "CỨU SÁCH" not in post["text"]
    assert post["url"] == "https://www.facebook.com/100000000000777/posts/6400000000000001"
    assert (post["posted_at"], post["hashtags"]) == (WHEN, ["thuvienxomluoi"])
    assert [post[n] for n in ("likes", "comments", "shares", "views")] == [1870, 131, 96, None]
    assert (post["followers"], post["is_paid_partnership"]) == (8455, None)
    assert rejects == [(4, "text", "empty caption")]


def test_facebook_video_with_a_sponsor() -> None:
    post = exported("crowdtangle_facebook", "Historical")[0]["facebook:6400000000000002"]
    assert (post["views"], post["is_paid_partnership"]) == (5210, True)


def test_facebook_page_without_a_user_name(tmp_path: Path) -> None:
    rounded = exported("crowdtangle_facebook", "Historical")[0]["facebook:6400000000000003"]
    assert rounded["account_id"] == "facebook:thư viện xóm lưới", "a spreadsheet rounded the number"
    post = only(tmp_path / "a.csv", rows("crowdtangle_facebook")[0] | {"User Name": ""})
    assert post["account_id"] == "facebook:100000000000777"


def test_facebook_group() -> None:
    posts, rejects = exported("crowdtangle_facebook", "group")
    post = posts["facebook:6400000000000005"]
    assert (post["account_id"], post["account_name"]) == ("facebook:5150", "Hội Làng Chài Xóm Lưới")
    assert rejects == []


@pytest.mark.parametrize(
    ("url", "native"),
    [
        ("https://www.facebook.com/1/posts/22/", "22"),
        ("https://www.facebook.com/watch/?v=33", "33"),
        ("https://www.facebook.com/permalink.php?story_fbid=44&id=1", "44"),
    ],
)
def test_the_id_stands_in_the_address(tmp_path: Path, url: str, native: str) -> None:
    post = only(tmp_path / "a.csv", rows("crowdtangle_facebook")[0] | {"URL": url})
    assert post["post_id"] == f"facebook:{native}"


def test_a_post_without_an_address_goes_by_its_content(tmp_path: Path) -> None:
    post = only(tmp_path / "a.csv", rows("crowdtangle_facebook")[0] | {"URL": ""})
    assert post["post_id"].startswith("facebook:sha256-")


@pytest.mark.parametrize("form", ["crowdtangle_instagram", "crowdtangle_facebook"])
def test_any_value_anywhere(form: str) -> None:
    survives(form, rows(form)[0])
