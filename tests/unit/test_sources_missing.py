"""What a post does not tell is either impossible in its format or merely lacking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from sources_samples import apify_instagram, generic, lines, read, tiktok_item

from analyzer.schema import POST
from analyzer.sources import CANNOT_CARRY, read_posts
from analyzer.sources.missing import missing

if TYPE_CHECKING:
    from pathlib import Path

OPTIONAL = [field.name for field in POST if field.nullable]


def test_each_row_by_its_own_format(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(generic(), generic(id="p2", likes=None)))
    (tmp_path / "b.json").write_bytes(lines(tiktok_item(), tiktok_item(id="7", isAd=None)))
    (tmp_path / "c.json").write_bytes(lines(apify_instagram(likesCount=-1)))
    posts = pa.concat_tables([batch.posts for batch in read_posts(tmp_path)])
    lacked, never = (column.to_pylist() for column in missing(posts))
    rows = posts.to_pylist()
    assert len({row["source_format"] for row in rows}) == 3
    for row, lack, bar in zip(rows, lacked, never, strict=True):
        unknown = [name for name in OPTIONAL if row[name] is None]
        barred = CANNOT_CARRY[row["source_format"]]
        assert lack == [name for name in unknown if name not in barred]
        assert bar == [name for name in unknown if name in barred]
    assert "likes" not in lacked[0]
    assert "likes" in lacked[1]
    assert "is_ad" not in lacked[2]
    assert "is_ad" in lacked[3]
    assert "title" in lacked[0]
    assert "title" in never[2]
    assert "likes" in lacked[4]


def test_no_posts_no_rows() -> None:
    lacked, never = missing(POST.empty_table())
    assert len(lacked) == len(never) == 0


def test_what_another_capture_filled_in_is_not_missing(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_bytes(lines(tiktok_item()))
    posts, _ = read(tmp_path / "b.json")
    filled = pa.Table.from_pylist([posts[0] | {"title": "Nhan đề"}], schema=POST)
    lacked, never = missing(filled)
    assert "title" not in lacked[0].as_py() + never[0].as_py()
