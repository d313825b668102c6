"""On the real posts, where they are present; none of their text is in the project."""

from __future__ import annotations

from pathlib import Path

import pyarrow.compute as pc
import pytest

from analyzer.sources import inspect_files, read_posts

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.mark.parametrize(
    ("name", "rows", "undated"),
    [("unlabelled.jsonl.zst", 52_619, 523), ("labelled.jsonl", 9_693, 376)],
)
def test_the_real_files_read_whole(name: str, rows: int, undated: int) -> None:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    posts = rejected = without_time = tagged = 0
    platforms: set[str] = set()
    for batch in read_posts([path]):
        posts += batch.posts.num_rows
        rejected += batch.rejects.num_rows
        without_time += batch.posts["posted_at"].null_count
        tagged += pc.sum(pc.greater(pc.list_value_length(batch.posts["hashtags"]), 0)).as_py()
        platforms |= set(batch.posts["platform"].to_pylist())
    assert (posts, rejected) == (rows, 0)
    assert without_time == undated
    assert tagged > rows // 2
    assert platforms <= {"tiktok", "youtube", "facebook", "blog"}


def test_the_real_file_is_inspected() -> None:
    path = DATA / "labelled.jsonl"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    (report,) = inspect_files(path)
    assert (report.format, report.posts) == ("jsonl", 9_693)
    assert {"source", "drive", "clarity", "niche", "promo"} <= set(report.unused)
