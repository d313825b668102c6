"""After a mapping is mended, what was rejected is read again, and nothing else."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from cli_samples import analyzer

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "account,text,created_at\nanbep,Kho cá bống với tiêu xanh là phải nhỏ lửa,2026-03-01\n"
OTHER = "account,loi_ke\nanbep,Nước màu thắng bằng đường thốt nốt thì thơm hơn\nlan,\n"
MIXED = [
    {"account": "binh", "text": "Cắt mộng đuôi én bằng tay, sai nửa li là hở", "id": "m1"},
    {
        "account": "binh",
        "loi_ke": "Gỗ sồi hong ba tháng mới hết cong vênh nha mọi người",
        "id": "m2",
    },
    {"account": "binh", "text": "Bào thẩm thì phải bào hai mặt chuẩn trước", "id": "m3"},
    {"loi_ke": "không có tài khoản", "id": "m4"},
]
MAPPED = ("--map", "text=loi_ke")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "in"
    found.mkdir()
    (found / "a.csv").write_text(GOOD, encoding="utf-8")
    (found / "b.csv").write_text(OTHER, encoding="utf-8")
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in MIXED)
    (found / "c.jsonl").write_text(f"{lines}{{không phải JSON\n", encoding="utf-8")
    return found


def rejects(out: Path) -> list[dict[str, Any]]:
    lines = (out / "rejects.jsonl").read_text(encoding="utf-8").splitlines()
    return sorted((json.loads(line) for line in lines), key=lambda r: (r["file"], r["row"] or 0))


def texts(out: Path) -> list[str]:
    return sorted(pq.read_table(out / "posts.parquet").column("text").to_pylist())


def test_only_what_was_rejected_is_read_again(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert analyzer("profile", folder, "-o", out).exit_code == 0
    before = rejects(out)
    assert [(r["file"], r["row"]) for r in before] == [
        ("in/b.csv", None), ("in/c.jsonl", 2), ("in/c.jsonl", 4), ("in/c.jsonl", 5),
    ]  # fmt: skip
    kept = texts(out)
    # gone since: were it read again, its post would be lost
    (folder / "a.csv").unlink()
    done = analyzer("profile", folder, "-o", out, "--rejected", *MAPPED)
    assert done.exit_code == 0, done.output
    assert [(r["file"], r["row"]) for r in rejects(out)] == [
        ("in/b.csv", 2), ("in/c.jsonl", 4), ("in/c.jsonl", 5),
    ]  # fmt: skip
    assert texts(out) == sorted(
        [*kept, MIXED[1]["loi_ke"], "Nước màu thắng bằng đường thốt nốt thì thơm hơn"]
    )


def test_it_is_as_if_all_were_read_with_that_mapping(folder: Path, tmp_path: Path) -> None:
    # a mapping that only adds what was not found: here as a table by another name
    (folder / "c.jsonl").unlink()
    twice, once = tmp_path / "twice", tmp_path / "once"
    assert analyzer("profile", folder, "-o", twice).exit_code == 0
    (folder / "a.csv").rename(tmp_path / "a.csv")
    assert analyzer("profile", folder, "-o", twice, "--rejected", *MAPPED).exit_code == 0
    (tmp_path / "a.csv").rename(folder / "a.csv")
    (folder / "b.csv").write_text(OTHER.replace("loi_ke", "text"), encoding="utf-8")
    assert analyzer("profile", folder, "-o", once).exit_code == 0
    for name in ("posts.parquet", "profiles.parquet"):
        assert pq.read_table(twice / name).equals(pq.read_table(once / name)), name
    assert [r["why"] for r in rejects(twice)] == [r["why"] for r in rejects(once)]
    told, wanted = (json.loads((out / "sources.json").read_bytes()) for out in (twice, once))
    for one, other in zip(told, wanted, strict=True):
        for name in ("file", "rows", "posts", "rejected", "reasons", "found", "absent"):
            assert one[name] == other[name]


def test_again_without_a_new_mapping_changes_nothing(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    analyzer("profile", folder, "-o", out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert analyzer("profile", folder, "-o", out, "--rejected").exit_code == 0
    after = {path.name: path.read_bytes() for path in out.iterdir()}
    assert {name for name in before if before[name] != after[name]} <= {"rejects.jsonl"}
    assert sorted(before["rejects.jsonl"].splitlines()) == sorted(
        after["rejects.jsonl"].splitlines()
    )


def test_within_an_archive_and_a_workbook(tmp_path: Path) -> None:
    book, out = openpyxl.Workbook(), tmp_path / "out"
    rows = {"tot": ["account", "text"], "khac": ["account", "loi_ke"]}
    for name, header in rows.items():
        sheet = book.create_sheet(name)
        sheet.append(header)
        sheet.append(["minh", f"Đan rổ tre vành {name} phải chẻ nan thật đều tay mới khít"])
    del book["Sheet"]
    folder = tmp_path / "in"
    folder.mkdir()
    book.save(folder / "so.xlsx")
    with zipfile.ZipFile(folder / "goi.zip", "w") as archive:
        archive.writestr("a.csv", GOOD)
        archive.writestr("b.csv", OTHER)
    (folder / "hong.zip").write_bytes(b"PK\x03\x04hong")
    assert analyzer("profile", folder, "-o", out).exit_code == 0
    assert [r["file"] for r in rejects(out)] == [
        "in/goi.zip/b.csv",
        "in/hong.zip",
        "in/so.xlsx/khac",
    ]
    with zipfile.ZipFile(folder / "hong.zip", "w") as archive:
        archive.writestr("c.csv", OTHER.replace("anbep", "muoi").replace("thơm", "đậm"))
    assert analyzer("profile", folder, "-o", out, "--rejected", *MAPPED).exit_code == 0
    assert [(r["file"], r["row"]) for r in rejects(out)] == [
        ("in/goi.zip/b.csv", 2), ("in/hong.zip/c.csv", 2),
    ]  # fmt: skip
    told = {one["file"]: one for one in json.loads((out / "sources.json").read_bytes())}
    assert {name: one["posts"] for name, one in told.items()} == {
        "in/goi.zip/a.csv": 1, "in/goi.zip/b.csv": 1, "in/hong.zip/c.csv": 1,
        "in/so.xlsx/khac": 1, "in/so.xlsx/tot": 1,
    }  # fmt: skip
    assert len(texts(out)) == 5


def test_rejects_of_files_that_are_not_given_stay(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    analyzer("profile", folder, "-o", out)
    (folder / "c.jsonl").unlink()
    assert analyzer("profile", folder, "-o", out, "--rejected", *MAPPED).exit_code == 0
    assert [(r["file"], r["row"]) for r in rejects(out)] == [
        ("in/b.csv", 2), ("in/c.jsonl", 2), ("in/c.jsonl", 4), ("in/c.jsonl", 5),
    ]  # fmt: skip
    told = {one["file"]: one for one in json.loads((out / "sources.json").read_bytes())}
    assert (told["in/c.jsonl"]["posts"], told["in/c.jsonl"]["rejected"]) == (2, 3)


def test_tag_goes_on_too(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert analyzer("tag", folder, "-o", out).exit_code == 0
    assert analyzer("tag", folder, "-o", out, "--rejected", *MAPPED).exit_code == 0
    assert len(rejects(out)) == 3


def test_without_a_result_or_of_another_tagger(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = analyzer("profile", folder, "-o", out, "--rejected")
    assert done.exit_code == 2
    assert "holds no result whose rejects could be read again" in done.stderr
    assert "run once without --rejected" in done.stderr
    assert not out.exists()
    assert "pass its folder with -o DIR" in analyzer("profile", folder, "--rejected").stderr
    analyzer("profile", folder, "-o", out)
    table = pq.read_table(out / "posts.parquet")
    pq.write_table(table.replace_schema_metadata({"analyzer.spec": "x"}), out / "posts.parquet")
    done = analyzer("profile", folder, "-o", out, "--rejected")
    assert done.exit_code == 2
    assert "were tagged by another model or version" in done.stderr
