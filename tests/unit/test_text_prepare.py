from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from analyzer.schema import SEGMENTED
from analyzer.text import content_hash, full_text, normalise, prepare, segment


def posts(*rows: tuple[str, str | None, str]) -> Any:
    names = ("post_id", "title", "text")
    return pa.table(
        {
            name: pa.array(column, pa.string())
            for name, column in zip(names, zip(*rows, strict=True), strict=True)
        }
    )


ROWS = posts(
    ("t:3", None, "Hôm nay nấu phở 😍"),
    ("t:1", "Cách nấu phở", "Nguyên liệu gồm có"),
    ("t:2", None, "😍"),
    ("t:9", None, "This morning we went swimming with friends"),
    ("t:0", None, ""),
)


def test_same_rows_in_the_same_order_under_the_schema() -> None:
    table = prepare(ROWS)
    assert table.schema.equals(SEGMENTED)
    assert table.column("post_id").to_pylist() == ["t:3", "t:1", "t:2", "t:9", "t:0"]
    assert table.column("segmented").to_pylist()[:3] == [
        "Hôm_nay nấu phở 😍",
        "Cách nấu phở Nguyên_liệu gồm có",
        "😍",
    ]
    assert table.column("abstain").to_pylist() == [
        None,
        None,
        "no_words",
        "not_vietnamese",
        "no_words",
    ]


def test_no_posts_give_an_empty_table_under_the_schema() -> None:
    table = prepare(ROWS.slice(0, 0))
    assert table.num_rows == 0
    assert table.schema.equals(SEGMENTED)


def test_a_slice_and_a_chunked_table_give_the_rows_of_the_whole() -> None:
    whole = prepare(ROWS)
    assert prepare(ROWS.slice(1, 2)).equals(whole.slice(1, 2))
    chunked = pa.concat_tables([ROWS.slice(0, 2), ROWS.slice(2)])
    assert prepare(chunked).to_pylist() == whole.to_pylist()


@pytest.mark.parametrize(
    ("title", "text", "judged"),
    [
        (None, "b", "b"),
        ("", "b", "b"),
        ("a", "b", "a\nb"),
        ("a", "a và b", "a và b"),
        ("a", "", "a\n"),
        ("A", "a và b", "A\na và b"),
    ],
)
def test_title_stands_first_unless_the_text_begins_with_it(
    title: str | None, text: str, judged: str
) -> None:
    assert full_text(title, text) == judged


def test_title_and_text_are_segmented_apart() -> None:
    table = prepare(posts(("t:1", "Hà", "Nội vụ")))
    assert table.column("segmented").to_pylist() == segment(normalise(["Hà\nNội vụ"]))
    assert "Hà_Nội" not in table.column("segmented")[0].as_py()


def test_content_hash_is_of_title_and_text_as_imported() -> None:
    table = prepare(ROWS)
    wanted = [
        content_hash(title, text)
        for title, text in zip(
            ROWS.column("title").to_pylist(), ROWS.column("text").to_pylist(), strict=True
        )
    ]
    assert table.column("content_hash").to_pylist() == wanted


def test_content_hash_tells_every_pair_apart() -> None:
    pairs = [
        (None, "ab"), ("", "ab"), ("a", "b"), ("ab", ""), ("b", "a"), (None, "a\x00b"),
        ("a\x00b", "c"), ("a", "b\x00c"), ("", "1:a\x00b"), (None, "1:a\x00b"), (None, "e\u0301"),
        (None, "é"),
    ]  # fmt: skip
    hashes = [content_hash(title, text) for title, text in pairs]
    assert len(set(hashes)) == len(pairs)
    assert all(len(value) == 64 and int(value, 16) >= 0 for value in hashes)
    assert hashes == [content_hash(title, text) for title, text in pairs]
