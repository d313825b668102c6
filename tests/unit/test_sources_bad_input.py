"""Files and rows that cannot be read: each a reject with file, row and remedy."""

from __future__ import annotations

import itertools
import json
import os
import tracemalloc
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sources_samples import WHEN, generic, lines, read, tiktok_item

from analyzer.sources import shapes, streams
from analyzer.sources.pending import PENDING_BYTES, Pending
from analyzer.sources.read import sampled
from analyzer.sources.shapes import Rows

if TYPE_CHECKING:
    import io
    from pathlib import Path


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b" \n\r\n", "is empty"),
        (b"\0" * 100, "holds NUL bytes only"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"<svg></svg>", "an XML or HTML document"),
        (b"just a few words", "in no format that is read"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "an image"),
        (b"BZh91AY", "is a bzip2 archive"),
        (b"PAR1 and no more", "is a damaged Parquet file"),
        (b"id,ngay\n1,2\n", "has no text column; found: 'id', 'ngay'. Pass --map text=COLUMN"),
        (b'{"id": 1}\n', "has no text column; found: 'id'. Pass --map text=COLUMN"),
        (b"PK\x03\x04 cut", "ends too early"),
    ],
)
def test_a_file_that_cannot_be_read_names_the_remedy(
    tmp_path: Path, content: bytes, why: str
) -> None:
    path = tmp_path / "x.dat"
    path.write_bytes(content)
    posts, rejects = read(path)
    assert posts == []
    assert [(r["file"], r["row"]) for r in rejects] == [("x.dat", None)]
    assert why in rejects[0]["why"]


def test_a_mapped_column_that_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,captions\n1,x\n", encoding="utf-8")
    _, rejects = read(path, mapping={"text": "caption"})
    assert rejects[0]["why"] == (
        "has no column 'caption'; found: 'id', 'captions'. did you mean 'captions'?"
    )


def test_rows_of_a_line_file_that_fail(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows = [
        lines(generic(id="1")),
        b'{"id": "2", "text": "c\xe1t"}\n',
        b'{"id": "3", "text": \n',
        b"[1, 2]\n",
        b"\n",
        lines(generic(id="6", text=["a"])),
        lines(generic(id="7", text=" \u2028 ")),
        b"[" * 100_000 + b"\n",
        b'{"id": ' + b"9" * 5000 + b"}\n",
        lines(generic(id="10")).strip(),
    ]
    path.write_bytes(b"".join(rows))
    posts, rejects = read(path)
    assert [(p["post_id"], p["source_row"]) for p in posts] == [("tiktok:1", 1), ("tiktok:10", 10)]
    why = {r["row"]: r["why"] for r in rejects}
    assert sorted(why) == [2, 3, 4, 6, 7, 8, 9]
    assert "0xe1 at 23 is not UTF-8; save the file as UTF-8" in why[2]
    assert "is not JSON" in why[3]
    assert why[4] == "is a JSON list, not an object"
    assert why[6] == "is no text but a list"
    assert why[7] == "empty caption"
    assert why[8] == "is nested too deep"
    raw = {r["row"]: r["raw"] for r in rejects}
    assert raw[2] == '{"id": "2", "text": "c\\xe1t"}'
    assert len(raw[8]) == shapes.RAW_LIMIT


@pytest.mark.parametrize("indent", [None, 1])
def test_a_truncated_json_array_keeps_the_records_before_the_cut(
    tmp_path: Path, indent: int | None
) -> None:
    data = json.dumps([generic(id=str(i)) for i in range(100)], indent=indent).encode()
    path = tmp_path / "a.json"
    path.write_bytes(data[: len(data) // 2])
    posts, rejects = read(path)
    assert 40 < len(posts) < 60
    assert [r["row"] for r in rejects] == [len(posts) + 1, None]
    assert "copy or download the file again" in rejects[-1]["why"]


def test_odd_characters_survive(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        lines(generic(text="một\u2028hai\u0085ba\u2029bốn"))
        + b'{"account": "\\ud83d", "text": "lone \\ud83d end", "hashtags": ["\\udc00"]}\n'
        + b'{"account": "nul", "text": "a\\u0000b"}\n'
        + b'{"account": "nul", "text": "a\x00b"}\n'
        + b'{"account": "nan", "text": "x", "likes": NaN}\n'
        + b'{"account": "cesu", "text": "x \xed\xa0\xbd"}\n'
    )
    posts, rejects = read(path)
    assert rejects == []
    assert [p["text"] for p in posts] == [
        "một\u2028hai\u0085ba\u2029bốn",
        "lone \ufffd end",
        "a\ufffdb",
        "a\ufffdb",
        "x",
        "x \ufffd",
    ]
    assert [p["source_row"] for p in posts] == [1, 2, 3, 4, 5, 6]
    assert posts[4]["likes"] is None


def test_a_caption_of_a_megabyte_and_a_line_that_is_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analyzer.sources.jsons.RECORD_LIMIT", 2 * shapes.MIB)
    path = tmp_path / "a.jsonl"
    huge = b'{"account": "a", "text": "' + b"x" * (2 * shapes.MIB) + b'"}\n'
    path.write_bytes(lines(generic(text="ă" * 500_000)) + huge + lines(generic(id="3")))
    posts, rejects = read(path)
    assert [len(p["text"]) for p in posts] == [500_000, len(generic()["text"])]
    assert [(r["row"], "is longer than" in r["why"]) for r in rejects] == [(2, True)]
    assert posts[1]["source_row"] == 3


def test_rows_of_a_csv_that_fail(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        b"account,text,likes\na,mot,1\na,hai, ba,2\na\n\na,\xe1 caf\n".replace(b"caf\n", b"caf,3\n")
        + b"a,n\x00l,4\n"
        + b'a,"'
        + "ô".encode() * 500_000
        + b'",5\n'
        + b'a,"never closed,6\n'
        + b"a,lost,7\n"
    )
    posts, rejects = read(path)
    assert [(p["source_row"], p["text"][:3]) for p in posts] == [
        (1, "mot"),
        (5, "n\ufffdl"),
        (6, "ôôô"),
    ]
    why = {r["row"]: r["why"] for r in rejects}
    assert sorted(why) == [2, 3, 4, 7]
    assert "has 4 cells where the header has 3; quote cells" in why[2]
    assert "has 1 cells" in why[3]
    assert "save the file as UTF-8" in why[4]
    assert "a quote that is never closed" in why[7]
    assert {r["row"]: r["raw"] for r in rejects}[4] == "a,\\xe1 caf,3\n"


def test_a_csv_cell_beyond_the_bound_is_a_reject(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analyzer.sources.tables.RECORD_LIMIT", shapes.MIB)
    path = tmp_path / "a.csv"
    path.write_bytes(b"account,text\na,mot\na," + b"x" * (shapes.MIB + 10) + b"\na,ba\n")
    posts, rejects = read(path)
    assert [p["text"] for p in posts] == ["mot", "ba"]
    assert "field larger than field limit" in rejects[0]["why"]


def test_parquet_that_holds_broken_utf8(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    raw = pa.array([b"t\xe1t", b"t\xc3\xa1t"], pa.binary())
    broken = pa.Array.from_buffers(pa.string(), 2, raw.buffers())
    pq.write_table(pa.table({"account": ["a", "a"], "text": broken}), path)
    posts, rejects = read(path)
    assert [p["text"] for p in posts] == ["tát"]
    assert [r["row"] for r in rejects] == [1]


def test_a_truncated_parquet_file(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"account": ["a"], "text": ["b"]}), path)
    path.write_bytes(path.read_bytes()[:-20])
    _, rejects = read(path)
    assert "damaged Parquet file" in rejects[0]["why"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(generic()))
    path.chmod(0)
    _, rejects = read(path)
    assert "check its permissions" in rejects[0]["why"]


def test_a_failing_disk_is_a_reject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(generic()))
    (tmp_path / "b.jsonl").write_bytes(lines(generic(id="b")))
    plain = streams.chunks

    def failing(stream: io.BufferedReader) -> object:
        if stream.name.endswith("a.jsonl"):
            raise OSError(5, "Input/output error")
        return plain(stream)

    monkeypatch.setattr("analyzer.sources.companions.chunks", failing)
    posts, rejects = read(tmp_path)
    assert [p["post_id"] for p in posts] == ["tiktok:b"]
    assert rejects[0]["why"] == (
        "cannot be read (Input/output error); check its permissions and the disk"
    )


def test_a_pipe_in_a_folder_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "gone").symlink_to(tmp_path / "nothing")
    posts, rejects = read(tmp_path)
    assert posts == []
    assert "no regular file" in {r["file"]: r["why"] for r in rejects}[f"{tmp_path.name}/pipe"]
    assert "cannot be opened" in {r["file"]: r["why"] for r in rejects}[f"{tmp_path.name}/gone"]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([2**62], pa.timestamp("us")),
        pa.array([2**62], pa.timestamp("ms")),
        pa.array([2**62], pa.timestamp("ns", tz="Nowhere/Land")),
        pa.array([2**30], pa.int32()).cast(pa.date32()),
        pa.array([2**62], pa.time64("us")),
        pa.array([2**62], pa.duration("s")),
        pa.array([[2**62]], pa.list_(pa.timestamp("us"))),
    ],
    ids=lambda column: str(column.type),
)
def test_parquet_times_that_python_cannot_hold_are_unknown(tmp_path: Path, column: Any) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"account": ["a"], "text": ["b"], "date": column}), path)
    posts, rejects = read(path)
    assert [(p["text"], p["posted_at"]) for p in posts] == [("b", None)]
    assert rejects == []


def test_parquet_times_of_an_unknown_zone_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    when = pa.array([1739171353 * 10**6], pa.timestamp("us", tz="Nowhere/Land"))
    pq.write_table(pa.table({"account": ["a"], "text": ["b"], "date": when}), path)
    assert [p["posted_at"] for p in read(path)[0]] == [WHEN]


def test_a_parquet_bomb_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.sources.tables.PARQUET_BLOCK_LIMIT", shapes.MIB)
    path = tmp_path / "a.parquet"
    # 100 kB, once in the dictionary of the file, 2,000 times in the table
    pq.write_table(pa.table({"account": ["a"] * 2000, "text": ["x" * 100_000] * 2000}), path)
    assert path.stat().st_size < 20_000
    posts, rejects = read(path)
    assert posts == []
    assert "write the file with shorter texts" in rejects[0]["why"]


def test_the_sample_of_a_file_without_one_record_is_bounded() -> None:
    endless = itertools.repeat(Rows([], [], [], [(1, "is not JSON", b"{" * 1000)]))
    taken, damage = sampled(endless)
    assert 0 < len(taken) < 100_000
    assert damage is None


def test_rejected_rows_are_handed_on_before_they_fill_the_memory() -> None:
    pending = Pending()
    rows = 0
    while not pending.full(8192):
        pending.reject("a.jsonl", rows, None, "is not JSON", b"{" * shapes.RAW_LIMIT)
        rows += 1
    assert rows * shapes.RAW_LIMIT <= 2 * PENDING_BYTES


def test_long_texts_of_a_table_are_handed_on_before_they_fill_the_memory() -> None:
    pending = Pending()
    while not pending.full(8192):
        pending.add({"account": "a", "text": "x" * shapes.MIB}, ("parquet", "a", 1, None), None)
    assert len(pending.drafts) * shapes.MIB <= 2 * PENDING_BYTES


def test_a_record_of_a_known_tool_without_account_is_not_told_to_map(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(lines(tiktok_item(author=None)))
    _, rejects = read(path)
    assert rejects[0]["why"] == (
        "no account; export it again with its author, or read the file with --format jsonl (or "
        "csv, parquet, xlsx, as it is) and --map account=COLUMN"
    )


def test_records_of_many_columns_do_not_stay_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    wide = [generic(**{f"{row}-{'k' * 1000}-{i}": 1 for i in range(300)}) for row in range(60)]
    path.write_bytes(lines(*wide))
    tracemalloc.start()
    try:
        posts, _ = read(path)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(posts) == 60
    assert held < path.stat().st_size / 4
