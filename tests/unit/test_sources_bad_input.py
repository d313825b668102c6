from __future__ import annotations

import gzip
import io
import json
import lzma
import os
import zipfile
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from sources_samples import generic, lines, read

from analyzer.sources import shapes, streams

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "xz": lzma.compress,
    "zst": lambda data: zstandard.ZstdCompressor(write_checksum=True).compress(data),
}


def many(count: int) -> bytes:
    return lines(*(generic(id=f"{i}-{hash((i, 7)) * 2654435761 % 2**61:x}") for i in range(count)))


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize("kind", PACKERS)
def test_compressed_files_are_read_whatever_their_name(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "posts.txt"
    path.write_bytes(PACKERS[kind](many(50)) + PACKERS[kind](many(5)))
    posts, rejects = read(path)
    assert (len(posts), rejects) == (55, [])


@pytest.mark.parametrize("kind", PACKERS)
def test_a_truncated_archive_keeps_the_rows_before_the_cut(tmp_path: Path, kind: str) -> None:
    data = PACKERS[kind](many(5_000))
    (tmp_path / f"cut.jsonl.{kind}").write_bytes(data[: len(data) // 2])
    (tmp_path / "good.jsonl").write_bytes(many(1))
    posts, rejects = read(tmp_path)
    assert 1_000 < len(posts) < 5_000
    whole = [r for r in rejects if r["row"] is None]
    assert [r["file"] for r in whole] == [f"{tmp_path.name}/cut.jsonl.{kind}"]
    assert "ends too early" in whole[0]["why"]
    assert "copy or download the file again" in whole[0]["why"]
    assert posts[-1]["source_file"] == f"{tmp_path.name}/good.jsonl"


@pytest.mark.parametrize("kind", PACKERS)
def test_a_damaged_archive_is_a_reject(tmp_path: Path, kind: str) -> None:
    data = bytearray(PACKERS[kind](many(3_000)))
    data[len(data) // 2] ^= 0xFF
    data[len(data) // 2 + 1] ^= 0xFF
    path = tmp_path / "a"
    path.write_bytes(data)
    _, rejects = read(path)
    assert rejects[-1]["row"] is None


@pytest.mark.parametrize("kind", PACKERS)
def test_a_bomb_is_left_when_it_swells(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "FREE_OUTPUT", 2 * shapes.MIB)
    head = lines(generic())
    stream = io.BytesIO()
    openers: dict[str, Callable[[], Any]] = {
        "gz": lambda: gzip.open(stream, "wb", compresslevel=1),  # noqa: SIM115 - opened below
        "xz": lambda: lzma.open(stream, "wb", preset=0),  # noqa: SIM115 - opened below
        "zst": lambda: zstandard.ZstdCompressor().stream_writer(stream, closefd=False),
    }
    with openers[kind]() as packer:
        packer.write(head)
        for _ in range(12):
            packer.write(b" " * shapes.MIB)
    path = tmp_path / "bomb"
    path.write_bytes(stream.getvalue())
    posts, rejects = read(path)
    assert len(posts) == 1
    assert "decompression bomb" in rejects[-1]["why"]


def test_a_bomb_in_a_zip_is_left_and_the_rest_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "FREE_OUTPUT", 2 * shapes.MIB)
    path = tmp_path / "a.zip"
    path.write_bytes(
        zipped(
            **{"a.jsonl": lines(generic()) + b" " * (12 * shapes.MIB), "b.jsonl": lines(generic())}
        )
    )
    posts, rejects = read(path)
    assert [p["source_file"] for p in posts] == ["a.zip/a.jsonl", "a.zip/b.jsonl"]
    assert "decompression bomb" in rejects[-1]["why"]


def test_zip_members_are_read_each_in_its_own_format(tmp_path: Path) -> None:
    path = tmp_path / "all"
    table = io.BytesIO()
    pq.write_table(pa.table({"text": ["ba"], "account": ["c"]}), table)
    path.write_bytes(
        zipped(
            **{
                "x/a.jsonl": lines(generic()),
                "x/b.csv": b"account,text\nb,hai\n",
                "x/c.parquet": table.getvalue(),
                "x/d.jsonl.gz": gzip.compress(lines(generic(text="bốn"))),
                "x/pic.jpg": b"\xff\xd8\xff\xe0 picture",
                "__MACOSX/x/a.jsonl": b"junk",
            }
        )
    )
    posts, rejects = read(path)
    assert [(p["source_file"], p["source_format"]) for p in posts] == [
        ("all/x/a.jsonl", "jsonl"),
        ("all/x/b.csv", "csv"),
        ("all/x/c.parquet", "parquet"),
        ("all/x/d.jsonl.gz", "jsonl"),
    ]
    assert rejects == []


def test_zip_members_that_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../etc/a.jsonl", lines(generic()))
        archive.writestr("/abs.jsonl", lines(generic()))
        archive.writestr("inner.zip", zipped(**{"a.jsonl": lines(generic())}))
        link = zipfile.ZipInfo("link.jsonl")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("ok.jsonl", lines(generic()))
    posts, rejects = read(path)
    assert len(posts) == 1
    reasons = {r["file"].removeprefix("a.zip/"): r["why"] for r in rejects}
    assert reasons["../../etc/a.jsonl"].startswith("its path leads out of the archive")
    assert reasons["/abs.jsonl"].startswith("its path leads out of the archive")
    assert reasons["inner.zip"].startswith("is a zip archive")
    assert reasons["link.jsonl"].startswith("is a link")
    assert {r["row"] for r in rejects} == {None}


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    data = bytearray(zipped(**{"a.jsonl": lines(generic())}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    posts, rejects = read(path)
    assert posts == []
    assert rejects[0]["why"].startswith("is encrypted")


def test_a_truncated_zip_keeps_the_members_before_the_cut(tmp_path: Path) -> None:
    data = zipped(**{"a.jsonl": many(10), "b.jsonl": many(3_000), "c.jsonl": many(1)})
    path = tmp_path / "a.zip"
    path.write_bytes(data[: len(data) // 2])
    posts, rejects = read(path)
    names = [p["source_file"] for p in posts]
    assert names.count("a.zip/a.jsonl") == 10
    assert 100 < names.count("a.zip/b.jsonl") < 3_000
    assert "ends too early" in rejects[0]["why"]


def test_an_office_workbook_names_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(zipped(**{"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}))
    _, rejects = read(path)
    assert "save its table as CSV" in rejects[0]["why"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b" \n\r\n", "is empty"),
        (b"\0" * 100, "holds no data"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"<rss></rss>", "an XML or HTML document"),
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
