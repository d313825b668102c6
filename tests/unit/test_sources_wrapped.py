"""JSON of no known shape, read by a mapping that a user wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sources_samples import read, tiktok_item

from analyzer.errors import InputError
from analyzer.sources import inspect_files, read_posts
from analyzer.sources.wrapped import records_at

SAMPLE = Path(__file__).parents[2] / "corpora" / "exports" / "unknown_shape"
POST = {"t": "Cá kho tộ", "a": "anbep"}
MAPPING = {"text": "t", "account": "a"}


def rows(tmp_path: Path, value: Any, records: str, **mapping: str) -> Any:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return read(path, mapping={**MAPPING, **mapping, "records": records})


def test_the_sample_is_read_by_its_mapping_file() -> None:
    import tomllib

    mapping = tomllib.loads((SAMPLE / "mapping.toml").read_text(encoding="utf-8"))
    posts, rejects = read(SAMPLE / "crawl-2026-05-12.json", mapping=mapping)
    assert [(p["account_id"], p["account_name"], p["likes"], p["comments"]) for p in posts] == [
        ("other:gom.ngoai.thanh", "Gốm Ngoại Thành", 41, 6),
        ("other:gom.ngoai.thanh", "Gốm Ngoại Thành", 67, 11),
    ]
    assert [(r["row"], r["field"], r["why"]) for r in rejects] == [(3, "text", "empty caption")]
    assert json.loads(rejects[0]["raw"])["pid"] == "a3"
    (told,) = inspect_files(SAMPLE / "crawl-2026-05-12.json", mapping=mapping)
    assert (told.posts, told.rejected, told.unused) == (2, 1, ())


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"r": {"p": [POST, POST]}}, "r.p"),
        ({"r": {"p": {"x1": POST, "x2": POST}}}, "r.p"),
        ({"x1": POST, "x2": POST}, "."),
        ([{"p": [POST]}, {"p": [POST]}], "p"),
        ({"r": [{"p": [POST]}, {"q": 1}, {"p": [POST]}]}, "r.p"),
        ({"r": [[], {"p": [POST, POST]}]}, "r.1.p"),
        ({"r": [{"node": POST}, {"node": POST}]}, "r.node"),
    ],
)
def test_where_posts_may_stand(tmp_path: Path, value: Any, path: str) -> None:
    posts, rejects = rows(tmp_path, value, path)
    assert [post["text"] for post in posts] == ["Cá kho tộ"] * 2
    assert rejects == []


def test_known_records_in_an_unknown_wrapper_are_known(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"x": {"y": [tiktok_item()]}}), encoding="utf-8")
    (post,), _ = read(path, mapping={"records": "x.y"})
    assert post["source_format"] == "tiktok_web"


def test_lines_of_wrappers(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f"{json.dumps({'p': [POST]})}\n{json.dumps({'p': [POST]})}\n", encoding="utf-8")
    posts, _ = read(path, mapping={**MAPPING, "records": "p"})
    assert [post["source_row"] for post in posts] == [1, 2]


@pytest.mark.parametrize(
    ("value", "path", "why"),
    [
        ({"r": {"q": 1}}, "r.p", "has no 'p' under 'r'; found: 'q'; correct the path"),
        ({"r": 3}, "r.p", "has no 'p' under 'r'; no object stands there"),
        ({"a": 1, "b": 2}, "r", "has no 'r' at the top; found: 'a', 'b'; correct the path"),
        ({"r": []}, "r", "holds no post at 'r': the list there is empty"),
        ({"r": ["x", 5]}, "r", "is a JSON string, not an object"),
        ({"r": [[POST]]}, "r.5", "has no '5' under 'r'"),
    ],
)
def test_a_path_that_leads_nowhere_says_what_is_there(
    tmp_path: Path, value: Any, path: str, why: str
) -> None:
    posts, rejects = rows(tmp_path, value, path)
    assert posts == []
    assert rejects[0]["why"].startswith(why)
    assert rejects[0]["row"] == 1


def test_without_a_mapping_the_likely_path_is_said(tmp_path: Path) -> None:
    posts, rejects = read(SAMPLE / "crawl-2026-05-12.json")
    assert posts == []
    assert rejects[0]["why"].endswith(
        "if the posts stand at 'result.payload.posts', pass --map records=result.payload.posts"
    )
    deep: Any = [POST]
    for _ in range(500):
        deep = {"x": deep}
    path = tmp_path / "deep.json"
    path.write_text(json.dumps(deep), encoding="utf-8")
    assert "records=" not in read(path)[1][0]["why"]


def test_hundreds_of_keys_and_deep_ones_are_cut() -> None:
    _, why = records_at({f"k{n}": 1 for n in range(500)}, "r")
    assert why is not None
    assert len(why) < 300
    assert records_at({"r": [POST]}, "r.99999999999999999999")[0] == []


def test_tables_go_by_their_columns_as_before(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("t,a\nCá kho tộ,anbep\n", encoding="utf-8")
    (post,), rejects = read(path, mapping={**MAPPING, "records": "r.p"})
    assert (post["text"], rejects) == ("Cá kho tộ", [])


def test_an_unknown_field_beside_it_is_still_an_error() -> None:
    with pytest.raises(InputError, match="did you mean"):
        list(read_posts(SAMPLE, mapping={"records": "r", "txt": "t"}))
