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


def test_counts_are_those_of_the_latest_capture(tmp_path: Path) -> None:
    early, late = (datetime(2026, 2, day, tzinfo=UTC) for day in (1, 9))
    full = row("1", "a", captured_at=early, likes=90, views=700, shares=4, url="https://a.example")
    thin = row("1", "a", captured_at=late, likes=80, views=None, source_file="b.jsonl")
    undated = row("1", "a", likes=1_000, source_file="c.jsonl")
    merged = full | {"captured_at": late, "likes": 80}
    for parts in ([full, thin, undated], [undated, thin, full]):
        assert together(written(tmp_path, parts), tmp_path) == [merged]


def test_without_times_of_capture_the_highest_counts_stand(tmp_path: Path) -> None:
    one, other = row("1", "a", likes=5, views=9), row("1", "a", likes=7, source_file="b.jsonl")
    assert together(written(tmp_path, [one], [other]), tmp_path) == [one | {"likes": 7}]


def test_what_a_record_does_not_know_is_filled_in_from_the_others(tmp_path: Path) -> None:
    full = row("1", "a", account_name="A", url="https://a.example", likes=3, views=4)
    other = row("1", "a", is_ad=True, coauthors=["b"], likes=3, title="Nhan đề",
                content_hash="1" * 64, source_file="b.jsonl")  # fmt: skip
    merged = full | {"is_ad": True, "coauthors": ["b"]}
    assert together(written(tmp_path, [other], [full]), tmp_path) == [merged]


def test_a_record_that_knows_of_a_repost_stands(tmp_path: Path) -> None:
    full = row("1", "a", url="https://a.example", likes=3, views=4)
    told = row("1", "a", is_repost=True, prob_ppm=None, abstained="repost", source_file="b.jsonl")
    merged = told | {"url": "https://a.example", "likes": 3, "views": 4}
    assert together(written(tmp_path, [full], [told]), tmp_path) == [merged]
