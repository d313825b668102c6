"""Captures of Zeeschuimer: Instagram in three shapes, TikTok and Threads."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sources_odd import EXPORTS, exported, survives
from sources_samples import Row, lines, read

if TYPE_CHECKING:
    from pathlib import Path

WHEN = datetime(2026, 5, 4, 2, 10, tzinfo=UTC)


def envelopes(site: str) -> list[Row]:
    path = next(path for path in (EXPORTS / "zeeschuimer").iterdir() if site in path.name)
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_instagram_as_a_list_item() -> None:
    post = exported("zeeschuimer", "instagram")[0]["instagram:DXa1traNgang"]
    assert (post["account_id"], post["account_name"]) == (
        "instagram:tre.ngang.vai",
        "Tre Ngang Vai",
    )
    assert post["text"].startswith("Nan lạt chẻ xong")
    assert (post["posted_at"], post["platform"]) == (WHEN, "instagram")
    assert post["url"] == "https://www.instagram.com/p/DXa1traNgang/"
    assert (post["hashtags"], post["mentions"]) == (["tređan", "lamtay"], ["bac.tu.rungtram"])
    assert [post[n] for n in ("likes", "comments", "views", "shares")] == [412, 18, None, None]
    assert [post[n] for n in ("is_ad", "is_paid_partnership", "is_repost")] == [None, False, None]


def test_instagram_with_hidden_counts_and_a_sponsor() -> None:
    post = exported("zeeschuimer", "instagram")[0]["instagram:DXb2hiddenLk"]
    assert post["account_id"] == "instagram:mai.mac.gi"
    assert [post[n] for n in ("likes", "comments", "views")] == [None, 44, None]
    assert post["is_paid_partnership"] is True


def test_instagram_as_a_graph_node() -> None:
    post = exported("zeeschuimer", "instagram")[0]["instagram:CXc3graphOld"]
    assert (post["account_id"], post["account_name"]) == (
        "instagram:tre.ngang.vai",
        "Tre Ngang Vai",
    )
    assert post["text"] == "Quay lại cảnh vót nan, ai thích tiếng dao thì bật loa lên"
    assert [post[n] for n in ("likes", "comments", "views")] == [96, 5, 1204]
    assert post["posted_at"] == datetime(2021, 12, 23, 9, 30, tzinfo=UTC)
    assert post["is_paid_partnership"] is None


def test_instagram_partial_item_has_neither_time_nor_likes() -> None:
    post = exported("zeeschuimer", "instagram")[0]["instagram:DXd4polarisP"]
    assert post["text"] == "Rổ này đan cho bà ngoại đựng trầu"
    assert [post[n] for n in ("posted_at", "likes", "comments", "views")] == [
        None,
        None,
        None,
        3310,
    ]


def test_instagram_rows_that_are_no_posts() -> None:
    posts, rejects = exported("zeeschuimer", "instagram")
    assert len(posts) == 4
    assert sorted(rejects) == [
        (
            5,
            "text",
            "is a partial item without its caption; open the post itself while capturing",
        ),
        (6, "text", "empty caption"),
        (7, "product_type", "is an advertisement shown in the feed"),
    ]


def test_an_advertisement_is_told_by_its_link_too(tmp_path: Path) -> None:
    record = envelopes("instagram")[0]
    record["data"]["link"] = "https://www.facebook.com/ads/ig_redirect/?d=x"
    path = tmp_path / "a.ndjson"
    path.write_bytes(lines(record))
    assert [r["field"] for r in read(path)[1]] == ["product_type"]


def test_tiktok_leaves_the_text_on_the_picture_out() -> None:
    post = exported("zeeschuimer", "tiktok")[0]["tiktok:7634000000000000001"]
    assert (post["account_id"], post["account_name"]) == (
        "tiktok:bep.ba.sau",
        "Bếp Bà Sáu Cái Răng",
    )
    assert post["text"] == "Cá kèo kho rau răm, canh lửa riu riu 40 phút #amthucmientay #khoca"
    assert post["hashtags"] == ["amthucmientay", "khoca"]
    assert [post[n] for n in ("likes", "comments", "views", "shares")] == [2210, 73, 50200, 31]
    assert (post["followers"], post["posted_at"]) == (15300, WHEN)
    assert (post["is_ad"], post["is_paid_partnership"]) == (False, False)
    assert post["url"] == "https://www.tiktok.com/@bep.ba.sau/video/7634000000000000001"


def test_tiktok_with_the_author_as_a_string() -> None:
    posts, rejects = exported("zeeschuimer", "tiktok")
    post = posts["tiktok:7634000000000000002"]
    assert (post["account_id"], post["account_name"]) == ("tiktok:duc.ban.phim", "Đức Bàn Phím")
    assert (post["comments"], post["followers"]) == (0, None)
    assert (post["is_ad"], post["is_paid_partnership"]) == (True, True)
    assert rejects == []


def test_threads() -> None:
    post = exported("zeeschuimer", "threads")[0]["threads:DXt1threads0"]
    assert (post["account_id"], post["account_name"]) == ("threads:ghi.o.le.duong", None)
    assert post["url"] == "https://www.threads.com/@ghi.o.le.duong/post/DXt1threads0"
    assert (post["posted_at"], post["hashtags"]) == (WHEN, ["bienhieu"])
    assert [post[n] for n in ("likes", "comments", "shares", "views")] == [58, 9, 4, None]
    assert post["is_paid_partnership"] is None


def test_threads_keeps_quotes_and_chains_but_no_replies_and_reposts() -> None:
    posts, rejects = exported("zeeschuimer", "threads")
    assert list(posts) == ["threads:DXt1threads0", "threads:DXt2quoted00", "threads:DXt3chained0"]
    assert posts["threads:DXt2quoted00"]["text"].startswith("Đồng ý một nửa")
    assert sorted(rejects) == [
        (4, "is_reply", "is a reply in a conversation, not a post of its own"),
        (5, "is_repost", "is a repost of another post"),
        (6, "text", "empty caption"),
    ]


def test_other_platforms_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    record = envelopes("tiktok")[0]
    odd: list[Row] = [{"source_platform": "twitter.com"}, {"source_platform": None}, {"data": [1]}]
    path.write_bytes(lines(*(record | change for change in odd), record))
    posts, rejects = read(path)
    assert [p["source_row"] for p in posts] == [4]
    assert [(r["row"], r["field"]) for r in rejects] == [
        (1, "source_platform"),
        (2, "source_platform"),
        (3, "data"),
    ]
    assert rejects[0]["why"] == (
        "was captured from twitter.com; of Zeeschuimer's platforms Instagram, TikTok and Threads "
        "are read"
    )


def test_a_missing_author_is_a_reject(tmp_path: Path) -> None:
    records = [envelopes(site)[0] for site in ("instagram", "threads", "tiktok")]
    for record in records:
        record["data"].pop("user", None)
        record["data"].pop("author", None)
    path = tmp_path / "a.ndjson"
    path.write_bytes(lines(*records))
    posts, rejects = read(path)
    assert posts == []
    assert [r["field"] for r in rejects] == ["account_id"] * 3


@pytest.mark.parametrize("site", ["instagram", "tiktok", "threads"])
def test_any_value_anywhere(site: str) -> None:
    for record in envelopes(site)[:3]:
        survives("zeeschuimer", record)


def test_items_as_4cat_keeps_them() -> None:
    posts, rejects = exported("zeeschuimer", "4cat")
    assert {key: (p["account_id"], p["likes"]) for key, p in posts.items()} == {
        "instagram:DXn4fourcat1": ("instagram:non.la.ba.nam", 120),
        "tiktok:7634000000000000077": ("tiktok:long.den.xom.dao", 310),
        "threads:DXn4threads01": ("threads:ghi.chep.ga.xep", 17),
    }
    assert {p["posted_at"] for p in posts.values()} == {WHEN}
    assert {p["captured_at"] for p in posts.values()} == {datetime(2026, 5, 12, 9, 15, tzinfo=UTC)}
    assert [(row, field) for row, field, _ in rejects] == [
        (4, "source_platform"),
        (5, "account_id"),
    ]


def test_an_item_of_4cat_is_told_as_its_envelope_is(tmp_path: Path) -> None:
    for site in ("instagram", "tiktok", "threads"):
        envelope = envelopes(site)[0]
        data = envelope.pop("data")
        kept, first = tmp_path / f"{site}.ndjson", tmp_path / "a.ndjson"
        kept.write_bytes(lines(data | {"__import_meta": envelope}))
        first.write_bytes(lines(envelope | {"data": data}))
        posts = [read(path)[0][0] | {"source_file": ""} for path in (kept, first)]
        assert posts[0] == posts[1]


@pytest.mark.parametrize("meta", [None, [], {}, {"source_platform": 3}, "tiktok.com"])
def test_odd_envelopes_of_4cat(tmp_path: Path, meta: object) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(lines({"caption": {"text": "chữ"}, "__import_meta": meta}))
    assert read(path)[0] == []
