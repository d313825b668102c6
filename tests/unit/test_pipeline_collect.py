"""Parts to one table: each post once, whole accounts, whatever the order of the parts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from analyzer.pipeline import collect
from analyzer.pipeline.collect import posts_by_account
from analyzer.schema import TAGGED_POST

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def row(post: str, account: str, **more: Any) -> dict[str, Any]:
    values: dict[str, Any] = dict.fromkeys(TAGGED_POST.names)
    values |= {
        "post_id": post, "account_id": account, "platform": "tiktok", "text": f"bài {post}",
        "hashtags": [], "mentions": [], "source_format": "jsonl", "source_file": "a.jsonl",
        "source_row": 1, "content_hash": "0" * 64, "model_id": "m@1", "prob_ppm": 500_000,
        "posted_at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    }  # fmt: skip
    return values | more


def written(folder: Path, *parts: list[dict[str, Any]]) -> list[str]:
    paths = []
    for number, rows in enumerate(parts):
        path = folder / f"{number}.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema=TAGGED_POST), path)
        paths.append(str(path))
    return paths


def together(paths: list[str], folder: Path) -> list[dict[str, Any]]:
    return [post for table in posts_by_account(paths, folder) for post in table.to_pylist()]


def test_ordered_by_account_and_post(tmp_path: Path) -> None:
    paths = written(tmp_path, [row("3", "b"), row("2", "a")], [row("1", "b")])
    assert [(p["account_id"], p["post_id"]) for p in together(paths, tmp_path)] == [
        ("a", "2"), ("b", "1"), ("b", "3"),
    ]  # fmt: skip


def test_values_come_back_as_they_were(tmp_path: Path) -> None:
    given = row("1", "a", text="NUL \0 và 🥰 '\";--", likes=2**40, hashtags=["ăn", "x"])
    assert together(written(tmp_path, [given]), tmp_path) == [given]


def test_of_a_post_seen_twice_the_fuller_record_stays(tmp_path: Path) -> None:
    thin = row("1", "a", source_file="0.jsonl")
    full = row("1", "a", likes=5, url="https://a.example/1", source_file="z.jsonl")
    for parts in ([thin], [full]), ([full], [thin]):
        assert together(written(tmp_path, *parts), tmp_path) == [full]


def test_equal_records_are_told_apart_by_file_and_row(tmp_path: Path) -> None:
    first, second = row("1", "a", source_row=2), row("1", "a", source_row=9)
    for rows in [first, second], [second, first]:
        assert together(written(tmp_path, rows), tmp_path) == [first]


def test_accounts_are_never_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collect, "CHUNK", 4)
    rows = [row(f"{a}{n:02}", a) for a in "abcde" for n in range(3)]
    tables = list(posts_by_account(written(tmp_path, rows), tmp_path))
    seen = [set(table.column("account_id").to_pylist()) for table in tables]
    assert len(seen) > 1
    assert sum(map(len, seen)) == len(set().union(*seen)) == 5
    assert sum(table.num_rows for table in tables) == len(rows)


def test_an_account_larger_than_a_chunk_stays_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collect, "CHUNK", 4)
    rows = [row(f"{n:03}", "a") for n in range(30)] + [row("x", "b")]
    tables = list(posts_by_account(written(tmp_path, rows), tmp_path))
    assert [table.num_rows for table in tables] in ([30, 1], [31])
