from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.schema import POST, REJECT
from analyzer.sources import FORMATS, read_posts
from analyzer.sources.marks import find_marks
from analyzer.sources.pending import Pending
from analyzer.sources.shapes import Place, Skip

KEYS = (
    "id", "desc", "text", "caption", "author", "authorMeta", "createTime", "timestamp",
    "stats", "statsV2", "challenges", "name", "textExtra", "node", "instaloader",
    "node_type", "owner", "edges", "count", "iphone_struct", "extractor_key", "_type",
    "uploader", "channel", "tags", "title", "description", "shortCode", "ownerUsername",
    "hashtags", "mentions", "isAd", "likes", "created_at", "account", "platform", "url",
    "error", "sponsors", "user", "date", "edge_media_to_caption", "uniqueId",
)  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["\ud83d", "\0", "@a", "#b", "2025-01-01", "1.2K", "Post", "nan", "-1"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=12,
)
RECORDS = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=10)
SEEDS: dict[str, dict[str, Any]] = {
    "instaloader": {"instaloader": {"node_type": "Post"}, "node": {}},
    "ytdlp": {"extractor_key": "Youtube"},
}


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=25, deadline=None)
@given(record=RECORDS)
def test_any_record_is_a_post_or_a_reject(name: str, record: dict[str, Any]) -> None:
    form = FORMATS[name]
    form.recognise(record)
    place = Place(file="f", folder="d", stem="f", default_account="f")
    pending = Pending()
    for changed in (record, SEEDS.get(name, {}) | record, record | SEEDS.get(name, {})):
        if name == "instaloader" and isinstance(changed.get("node"), dict):
            changed["node"] = changed["node"] | record
        answer = form.adapt(changed, place)
        if isinstance(answer, Skip):
            pending.reject("f", 1, answer.field, answer.why)
        else:
            pending.add(answer, (name, "f", 1, None), None)
    batch = pending.flush(100)
    batch.posts.validate(full=True)
    assert batch.posts.num_rows + batch.rejects.num_rows == 3
    assert (batch.posts.schema, batch.rejects.schema) == (POST, REJECT)


def rows(path: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    posts, rejects = [], []
    for batch in read_posts([path]):
        posts += batch.posts.to_pylist()
        rejects += batch.rejects.to_pylist()
    return posts, rejects


@settings(max_examples=25, deadline=None)
@given(content=st.binary(max_size=300))
def test_any_bytes_are_posts_or_rejects(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x")
        path.write_bytes(content)
        posts, rejects = rows(path)
        assert posts or rejects


@settings(max_examples=25, deadline=None)
@given(records=st.lists(RECORDS, min_size=1, max_size=5), cut=st.integers(0, 400))
def test_any_cut_of_any_json_is_posts_or_rejects(records: list[Any], cut: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (
            ("array", json.dumps(records)),
            ("pretty", json.dumps(records, indent=1)),
            ("lines", "\n".join(json.dumps(r) for r in records)),
        ):
            path = Path(folder, name)
            path.write_text(data[: max(1, len(data) - cut)])
            posts, rejects = rows(path)
            assert posts or rejects


TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=1, max_size=40
).filter(lambda text: not text.isspace())


@settings(max_examples=25, deadline=None)
@given(
    texts=st.lists(TEXT, min_size=1, max_size=6),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_csv_round_trip(texts: list[str], delimiter: str, quoting: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.csv")
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, delimiter=delimiter, quoting=quoting)
            writer.writerow(["account", "text", "likes"])
            writer.writerows(["lan", text, "3"] for text in texts)
        posts, rejects = rows(path)
        assert rejects == []
        assert [post["text"] for post in posts] == texts


@settings(max_examples=25, deadline=None)
@given(texts=st.lists(st.text(max_size=40), min_size=1, max_size=6))
def test_jsonl_round_trip_keeps_every_row(texts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.jsonl")
        lines = [json.dumps({"account": "lan", "text": text}) + "\n" for text in texts]
        path.write_text("".join(lines), encoding="utf-8", newline="")
        posts, rejects = rows(path)
        assert sorted(r["source_row"] for r in posts) + sorted(r["row"] for r in rejects) != []
        kept = {post["source_row"]: post["text"] for post in posts}
        gone = {reject["row"] for reject in rejects}
        assert set(kept) | gone == set(range(1, len(texts) + 1))
        for number, text in enumerate(texts, 1):
            clean = "".join("\ufffd" if c == "\0" or 0xD800 <= ord(c) < 0xE000 else c for c in text)
            assert (number in gone) == (not text.strip())
            assert kept.get(number, clean) == clean


@given(text=st.text())
def test_marks_stand_in_the_text(text: str) -> None:
    tags, mentions = find_marks(text)
    assert all(tag in text and tag for tag in tags)
    assert all(name in text and name for name in mentions)
