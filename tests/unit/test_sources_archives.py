"""Compressed files and zip archives: whole, cut off, damaged and hostile."""

from __future__ import annotations

import gzip
import io
import lzma
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
    assert "or save its table as CSV" in rejects[0]["why"]


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_packing_whose_output_cannot_be_bounded_is_refused(tmp_path: Path, method: int) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("a.jsonl", many(200))
    data = bytearray(path.read_bytes())
    data[100:140] = b"\x5a" * 40  # damage in LZMA data raises an error of its own kind
    path.write_bytes(data)
    posts, rejects = read(path)
    assert posts == []
    assert [r["why"] for r in rejects] == [
        f"is packed by method {method}, which is not read; unpack the archive and pass the file"
    ]


def test_a_member_that_is_longer_in_the_directory_is_damaged(tmp_path: Path) -> None:
    data = bytearray(zipped(**{"a.jsonl": many(20_000)}))
    entry = data.index(b"PK\x01\x02")
    data[entry + 20 : entry + 24] = (1 << 30).to_bytes(4, "little")
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    posts, rejects = read(path)
    assert posts
    assert "bytes (cut off); the rows before that were read" in rejects[-1]["why"]


def test_a_truncated_zip_leaves_out_folders_and_hidden_files(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x/", b"")
        archive.writestr("__MACOSX/x/._a.jsonl", b"\0\5\26\7 resource fork")
        archive.writestr("x/a.jsonl", many(3))
        archive.writestr("x/pic.jpg", b"\xff\xd8\xff\xe0 picture")
        archive.writestr("x/b.jsonl", many(2))
    path = tmp_path / "a.zip"
    path.write_bytes(stream.getvalue()[: stream.getvalue().index(b"PK\x01\x02")])
    posts, rejects = read(path)
    assert [p["source_file"] for p in posts] == ["a.zip/x/a.jsonl"] * 3 + ["a.zip/x/b.jsonl"] * 2
    assert [r["file"] for r in rejects] == ["a.zip"]


def test_an_archive_with_too_many_members_is_not_read_in_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analyzer.sources.archives.DIRECTORY_LIMIT", 10)
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(**{"a.jsonl": many(1)}))
    posts, rejects = read(path)
    assert posts == []
    assert rejects[0]["why"] == "holds too many members; unpack it and pass the folder"
