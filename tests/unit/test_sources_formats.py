"""JSON, CSV and Parquet of no particular tool, and what the table of formats says."""

from __future__ import annotations

import csv
import json
import unicodedata
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sources_samples import WHEN, generic, lines, one, read, tiktok_item

from analyzer.schema import PLATFORMS, POST
from analyzer.sources import CANNOT_CARRY, FORMATS, read_posts

if TYPE_CHECKING:
    from pathlib import Path


def test_generic_jsonl_fills_every_column_it_has(tmp_path: Path) -> None:
    post = one(tmp_path / "a.jsonl", lines(generic(title="Mẹ nấu", url="https://x.vn/1", views=9)))
    assert post == {
        "post_id": "tiktok:p1",
        "account_id": "tiktok:bepnhacam",
        "account_name": None,
        "platform": "tiktok",
        "title": "Mẹ nấu",
        "text": "Nấu canh chua cá lóc #amthuc cùng @ban_toi",
        "posted_at": WHEN,
        "url": "https://x.vn/1",
        "hashtags": ["amthuc"],
        "mentions": ["ban_toi"],
        "likes": 12,
        "comments": None,
        "views": 9,
        "shares": None,
        "followers": None,
        "is_ad": False,
        "is_paid_partnership": None,
        "has_shop": None,
        "is_repost": None,
        "is_pinned": None,
        "coauthors": None,
        "earlier_texts": None,
        "captured_at": None,
        "source_format": "jsonl",
        "source_file": "a.jsonl",
        "source_row": 1,
    }


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([generic(), generic(id="p2")]).encode(),
        json.dumps([generic(), generic(id="p2")], indent=2).encode(),
        json.dumps({"items": [generic(), generic(id="p2")]}).encode(),
        json.dumps(generic(), indent=1).encode() + b"\n" + json.dumps(generic(id="p2")).encode(),
        b"\xef\xbb\xbf\n" + lines(generic(), generic(id="p2")),
        lines(generic(), generic(id="p2")).decode().encode("utf-16"),
        b"[\n" + lines(generic()).strip() + b",\n" + lines(generic(id="p2")) + b"]\n",
    ],
    ids=["array", "pretty", "wrapped", "documents", "bom", "utf16", "array-of-lines"],
)
def test_generic_json_in_every_layout(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    posts, rejects = read(path)
    assert [p["post_id"] for p in posts] == ["tiktok:p1", "tiktok:p2"]
    assert rejects == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_dialects(tmp_path: Path, delimiter: str, encoding: str) -> None:
    path = tmp_path / "export"
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter)
        writer.writerow(["Author", "Create Time", "Caption", "Like Count", "ad"])
        writer.writerow(
            ["@Hoa", "1739171353", 'Hai dòng;\n"trong, một" ô | \t#viet', "1,234", "no"]
        )
    posts, rejects = read(path)
    assert rejects == []
    assert [(p["account_id"], p["posted_at"], p["likes"], p["is_ad"]) for p in posts] == [
        ("other:hoa", WHEN, 1234, False)
    ]
    assert posts[0]["text"] == 'Hai dòng;\n"trong, một" ô | \t#viet'
    assert posts[0]["source_row"] == 1


def test_csv_in_windows_1258(tmp_path: Path) -> None:
    text = "Hôm nay tôi đi chợ mua cá và một ít đồ ăn cho cả nhà"
    path = tmp_path / "a.csv"
    path.write_bytes(("account;text\n" + f"lan;{text}\n" * 30).encode("cp1258", "replace"))
    posts, rejects = read(path)
    assert rejects == []
    assert posts[0]["text"].startswith("Hôm nay tôi đi ch")


def test_excel_separator_line_and_old_mac_line_ends(tmp_path: Path) -> None:
    assert one(tmp_path / "a", b"sep=;\r\naccount;text\r\na;b,c\r\n")["text"] == "b,c"
    assert one(tmp_path / "b", b"account,text\ra,xin\r")["text"] == "xin"


def test_parquet_with_timestamps_and_lists(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    table = pa.table(
        {
            "username": ["lan"],
            "body": ["chào buổi sáng"],
            "date": pa.array([1739171353 * 10**9 + 1], pa.timestamp("ns")),
            "tags": [["sang"]],
            "likes": pa.array([12.0]),
        }
    )
    pq.write_table(table, path)
    posts, rejects = read(path)
    assert rejects == []
    assert posts[0]["source_format"] == "parquet"
    assert (posts[0]["posted_at"], posts[0]["hashtags"], posts[0]["likes"]) == (WHEN, ["sang"], 12)


def test_mapping_names_the_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("noidung;ai\nxin chào;Lan\n", encoding="utf-8")
    posts, _ = read(path, mapping={"text": "noidung", "account": "ai"})
    assert [(p["text"], p["account_id"]) for p in posts] == [("xin chào", "other:lan")]


def test_a_mapped_column_is_preferred_to_a_known_name(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(generic(overlay="chữ trên hình")))
    posts, _ = read(path, mapping={"text": "overlay"})
    assert posts[0]["text"] == "chữ trên hình"


def test_a_file_without_accounts_is_one_account(tmp_path: Path) -> None:
    path = tmp_path / "Lan Hương.csv"
    path.write_text("text\nmột\nhai\n", encoding="utf-8")
    posts, rejects = read(path)
    assert {p["account_id"] for p in posts} == {"other:lan hương"}
    assert rejects == []


def test_a_row_without_account_among_others_is_a_reject(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(generic(), generic(account=None)))
    posts, rejects = read(path)
    assert len(posts) == 1
    assert [(r["row"], r["field"]) for r in rejects] == [(2, "account_id")]


@pytest.mark.parametrize(
    ("named", "url", "platform"),
    [
        ("youtube_title", None, "youtube"),
        ("facebook_group", None, "facebook"),
        ("Website", None, "blog"),
        ("zalo", "https://www.tiktok.com/@a/video/1", "other"),
        (None, "https://vt.tiktok.com/abc", "tiktok"),
        (None, "https://m.facebook.com/x", "facebook"),
        (None, "https://nottiktok.com/x", "other"),
        (None, None, "other"),
    ],
)
def test_platform_names(tmp_path: Path, named: str | None, url: str | None, platform: str) -> None:
    post = one(tmp_path / "a.jsonl", lines(generic(platform=named, url=url)))
    assert post["platform"] == platform
    assert platform in PLATFORMS


def test_what_a_format_cannot_carry_is_a_column() -> None:
    assert list(CANNOT_CARRY) == list(FORMATS)
    for barred in CANNOT_CARRY.values():
        assert set(barred) <= set(POST.names)


def test_a_forced_format_is_used(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(tiktok_item()))
    posts, _ = read(path, form="jsonl")
    assert posts[0]["source_format"] == "jsonl"
    _, rejects = read(path, form="csv")
    assert [r["row"] for r in rejects] == [None]
    assert "is json, and format 'csv' is read from csv; leave the format out" in rejects[0]["why"]


def test_a_wrapped_list_is_read_in_linear_time(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(json.dumps({"items": [generic(id=str(i)) for i in range(20_000)]}).encode())
    batches = list(read_posts([path]))
    assert [batch.posts.num_rows for batch in batches] == [8192, 8192, 3616]


def test_a_record_of_a_wrapped_list_is_rejected_as_it_stood(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    data = json.dumps({"items": [generic(), generic(text=["x"]), 5, generic(text="CUT")]})
    path.write_bytes(data.encode().replace(b"CUT", b"c\xe1t"))
    posts, rejects = read(path)
    assert [p["post_id"] for p in posts] == ["tiktok:p1"]
    found = {r["row"]: (r["why"], r["raw"]) for r in rejects}
    assert found[2] == (
        "is no text but a list",
        json.dumps(generic(text=["x"]), ensure_ascii=False),
    )
    assert found[3] == ("is a JSON number, not an object", "5")
    assert found[4][0] == "is not UTF-8; save the file as UTF-8 (or convert it with iconv)"
    assert '"text": "c\\xe1t"' in found[4][1]


def test_lists_in_a_list_are_read_through(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(json.dumps([[generic()], [], [generic(id="p2"), generic(id="p3")]]).encode())
    posts, rejects = read(path)
    assert [(p["post_id"], p["source_row"]) for p in posts] == [
        ("tiktok:p1", 1),
        ("tiktok:p2", 2),
        ("tiktok:p3", 3),
    ]
    assert rejects == []


def test_blank_lines_above_the_header_of_a_csv(tmp_path: Path) -> None:
    assert one(tmp_path / "a", b"\r\n\r\naccount,text\r\na,b\r\n")["text"] == "b"


@pytest.mark.parametrize("field", ["account", "likes"])
def test_a_mapped_column_that_a_table_lacks_is_an_error(tmp_path: Path, field: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,author,hearts\nmột,lan,3\n", encoding="utf-8")
    posts, rejects = read(path, mapping={field: "autor"})
    assert posts == []
    assert rejects[0]["why"] == (
        "has no column 'autor'; found: 'text', 'author', 'hearts'. did you mean 'author'?"
    )


def test_a_mapped_account_that_no_json_record_has_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(generic()))
    posts, rejects = read(path, mapping={"account": "zzz"})
    assert posts == []
    assert "has no column 'zzz'" in rejects[0]["why"]
    assert rejects[0]["why"].endswith("pass --map account=COLUMN")


def test_the_account_of_a_file_name_is_composed_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / f"{unicodedata.normalize('NFD', 'Hương  Lan')}.csv"
    path.write_text("text\nmột\n", encoding="utf-8")
    assert [p["account_id"] for p in read(path)[0]] == ["other:hương lan"]


def test_the_platform_of_one_row_is_not_that_of_another(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    addresses = ("https://www.tiktok.com/@a/video/1", "https://youtu.be/x")
    path.write_bytes(lines(*(generic(platform="", url=url) for url in addresses)))
    assert [p["platform"] for p in read(path)[0]] == ["tiktok", "youtube"]


NESTED = {
    "key": "9",
    "author": {"handle": "@Bep.Cam", "stats": {"fans": 12}},
    "content": {"body": "Bún riêu nấu me", "tags": [{"name": "bunrieu"}, {}, {"name": "bep"}]},
    "seen": [{"n": 3}, {"n": 5}],
}


def test_a_mapping_may_go_down_into_a_record(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(NESTED, NESTED | {"author": None}, NESTED | {"content": []}))
    posts, rejects = read(
        path,
        mapping={
            "account": "author.handle",
            "followers": "author.stats.fans",
            "text": "content.body",
            "hashtags": "content.tags.name",
            "views": "seen.1.n",
            "likes": "seen.7.n",
        },
    )
    assert len(posts) == 1
    assert (posts[0]["account_id"], posts[0]["followers"]) == ("other:bep.cam", 12)
    assert (posts[0]["text"], posts[0]["hashtags"]) == ("Bún riêu nấu me", ["bunrieu", "bep"])
    assert (posts[0]["views"], posts[0]["likes"]) == (5, None)
    assert [(r["row"], r["field"]) for r in rejects] == [(2, "account_id"), (3, "text")]


def test_a_column_whose_name_holds_a_dot_goes_before_a_path(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines({"a.b": "chữ ở cột", "a": {"b": "chữ bên trong"}, "account": "cam"}))
    posts, _ = read(path, mapping={"text": "a.b"})
    assert posts[0]["text"] == "chữ ở cột"


def test_a_path_that_begins_nowhere_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(NESTED))
    _, rejects = read(path, mapping={"text": "contents.body"})
    assert "has no column 'contents.body'" in rejects[0]["why"]
