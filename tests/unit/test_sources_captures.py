"""What is kept apart from a post itself: pins, coauthors, earlier captions, times of capture."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sources_samples import apify_tiktok, info_json, instaloader_post, lines, read, tiktok_item

from analyzer.sources import CANNOT_CARRY, FORMATS, read_posts

CORPORA = Path(__file__).parents[2] / "corpora"
WHEN = datetime(2026, 5, 12, 9, 15, tzinfo=UTC)
SECONDS = int(WHEN.timestamp())
INSTAGRAM = {"shortCode": "C1", "ownerUsername": "anbep", "caption": "Nồi cá kho"}
GALLERY = {
    "category": "instagram", "subcategory": "user", "post_shortcode": "C1", "username": "anbep",
    "description": "Nồi cá kho",
}  # fmt: skip
LISTED = {"code": "C1", "user": {"username": "anbep"}, "caption": {"text": "Nồi cá kho"}}
LAN = [{"id": "9", "username": "Lan.Lang", "full_name": "Lan Lang"}]


def captured(data: dict[str, Any], site: str = "instagram.com") -> dict[str, Any]:
    return {"source_platform": site, "timestamp_collected": SECONDS * 1000, "data": data}


@pytest.mark.parametrize(
    ("record", "pinned", "coauthors", "when"),
    [
        (INSTAGRAM, None, None, None),
        (INSTAGRAM | {"isPinned": True, "coauthorProducers": LAN}, True, ["lan.lang"], None),
        (INSTAGRAM | {"isPinned": False, "coauthorProducers": []}, False, [], None),
        (apify_tiktok(isPinned=True), True, None, None),
        (GALLERY | {"pinned": [7], "coauthors": LAN}, True, ["lan.lang"], None),
        (GALLERY | {"pinned": []}, False, None, None),
        (tiktok_item(isPinnedItem=True), True, None, None),
        (tiktok_item(), None, None, None),
        (captured(LISTED), None, None, WHEN),
        (captured(LISTED | {"coauthor_producers": LAN}), None, ["lan.lang"], WHEN),
        (captured(LISTED | {"timeline_pinned_user_ids": [7]}), True, None, WHEN),
        (captured(LISTED | {"pinned_for_users": []}), False, None, WHEN),
        (captured(tiktok_item(isPinnedItem=False), "tiktok.com"), False, None, WHEN),
        (info_json("TikTok", epoch=SECONDS), None, None, WHEN),
        ({"user_posted": "anbep", "shortcode": "C1", "description": "Cá kho",
          "timestamp": "2026-05-12T09:15:00.000Z"}, None, None, WHEN),
        ({"text": "Cá kho", "account": "anbep", "pinned": "yes", "coauthors": "lan, @MinhTri",
          "scraped_at": "2026-05-12 09:15"}, True, ["lan", "minhtri"], WHEN),
        ({"text": "Cá kho", "account": "anbep", "pinned": "?", "coauthors": {"a": 1},
          "scraped_at": "hôm qua", "earlier_texts": "không phải danh sách"}, None, None, None),
    ],
)  # fmt: skip
def test_pins_coauthors_and_times_of_capture(
    tmp_path: Path,
    record: dict[str, Any],
    pinned: object,
    coauthors: list[str] | None,
    when: datetime | None,
) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(lines(record))
    (post,), rejects = read(path)
    assert rejects == []
    assert (post["is_pinned"], post["coauthors"], post["captured_at"]) == (pinned, coauthors, when)
    assert post["earlier_texts"] is None


def test_what_a_format_never_holds_is_in_no_sample() -> None:
    seen = set()
    for batch in read_posts([CORPORA / "exports", CORPORA / "demo"]):
        for post in batch.posts.to_pylist():
            name = post["source_format"]
            seen.add(name)
            held = [column for column in CANNOT_CARRY[name] if post[column] is not None]
            assert held == [], (name, post["source_file"])
    assert len(seen) > 25


def test_which_formats_tell_of_captures() -> None:
    known = {"is_pinned", "coauthors", "captured_at"}
    assert {name for name in FORMATS if not known & set(CANNOT_CARRY[name])} == {
        "zeeschuimer", "fourcat", "jsonl", "csv", "parquet", "xlsx",
    }  # fmt: skip
    assert {name for name in FORMATS if "earlier_texts" not in CANNOT_CARRY[name]} == {
        "instaloader", "fourcat", "jsonl", "csv", "parquet", "xlsx",
    }  # fmt: skip


def folder_of(tmp_path: Path, captions: dict[str, bytes]) -> Path:
    folder = tmp_path / "anbep"
    folder.mkdir()
    for name, said in captions.items():
        (folder / name).write_bytes(said)
    return folder


def test_edits_of_instaloader_are_kept_oldest_first(tmp_path: Path) -> None:
    start = "2025-02-10_07-09-13_UTC"
    pinned = instaloader_post(pinned_for_users=[{"id": "1"}], coauthor_producers=LAN)
    folder = folder_of(tmp_path, {
        f"{start}.json": json.dumps(pinned).encode(),
        f"{start}.txt": "Bàn gỗ sồi mới\n".encode(),
        f"{start}_old_02.txt": "Bàn gỗ\n".encode(),
        f"{start}_old_10.txt": "Bàn\n".encode(),
        f"{start}_old_01.txt": "Bàn gỗ sồi\n\n#mới\n".encode(),
        "2025-02-11_00-00-00_UTC.txt": "Ghế\n".encode(),
        "2025-02-11_00-00-00_UTC_old_01.txt": b"Gh\xff\n",
        "2025-02-12_00-00-00_UTC.txt": "Tủ\n".encode(),
        "2025-02-13_00-00-00_UTC_old_01.txt": "một bài đã xoá".encode(),
    })  # fmt: skip
    posts, rejects = read(folder)
    assert rejects == []
    assert [post["earlier_texts"] for post in posts] == [
        ["Bàn", "Bàn gỗ", "Bàn gỗ sồi\n\n#mới"], ["Gh\ufffd"], None,
    ]  # fmt: skip
    assert (posts[0]["is_pinned"], posts[0]["coauthors"]) == (True, ["lan.lang"])


def test_edits_of_another_folder_are_another_post_s(tmp_path: Path) -> None:
    start = "2025-02-10_07-09-13_UTC"
    for name, base in (("an", f"{start}.txt"), ("binh", f"{start}_old_01.txt")):
        (tmp_path / name).mkdir()
        (tmp_path / name / base).write_text("Bàn\n", encoding="utf-8")
    (post,), _ = read(tmp_path)
    assert post["earlier_texts"] is None
