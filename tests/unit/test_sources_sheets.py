"""Excel workbooks: what people save, and what hostile ones hold."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from sources_odd import EXPORTS
from sources_samples import WHEN, apify_tiktok, read

if TYPE_CHECKING:
    from pathlib import Path

HEADER = ["post_id", "account", "caption", "date", "likes", "is_ad"]
ROW = ["7300000000000000001", "bep.nha.cam", "Bún riêu nấu me nha", WHEN.replace(tzinfo=None), 12]


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def changed(path: Path, member: str, old: bytes, new: bytes) -> Path:
    """The workbook with some bytes of one member replaced."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[member]
    parts[member] = parts[member].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def test_a_sheet_is_a_table(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", Posts=[HEADER, [*ROW, True], [], [*ROW[:4], None, None]])
    posts, rejects = read(path)
    assert rejects == []
    assert [(p["source_format"], p["source_file"], p["source_row"]) for p in posts] == [
        ("xlsx", "a.xlsx", 2),
        ("xlsx", "a.xlsx", 4),
    ]
    assert posts[0]["post_id"] == "other:7300000000000000001"
    assert posts[0]["posted_at"] == WHEN
    assert [p["likes"] for p in posts] == [12, None]
    assert [p["is_ad"] for p in posts] == [True, None]


def test_a_title_above_the_header_and_a_mapped_column(tmp_path: Path) -> None:
    rows = [["Báo cáo tháng 2"], [], ["Kênh", "Lời"], ["Bếp Nhà Cam", "Bún riêu nấu me nha"]]
    path = workbook(tmp_path / "a.xlsx", Posts=rows)
    posts, rejects = read(path, mapping={"account": "Kênh", "text": "Lời"})
    assert rejects == []
    assert [(p["account_id"], p["text"], p["source_row"]) for p in posts] == [
        ("other:bếp nhà cam", "Bún riêu nấu me nha", 4)
    ]


def test_a_number_that_excel_rounded_is_no_id(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", Posts=[HEADER, [7300000000000000001.0, *ROW[1:]]])
    posts, _ = read(path)
    assert posts[0]["post_id"].startswith("other:sha256-")


def test_sheets_without_posts_are_named_and_the_others_read(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        Tháng_1=[HEADER, ROW],
        Notes=[["ai", "việc"], ["Lan", "gọi lại"]],
        Empty=[],
        Tháng_2=[["caption"], ["Bánh xèo vỏ giòn"]],
    )
    posts, rejects = read(path)
    assert [(p["account_id"], p["source_file"]) for p in posts] == [
        ("other:bep.nha.cam", "a.xlsx/Tháng_1"),
        ("other:tháng_2", "a.xlsx/Tháng_2"),
    ]
    assert [r["file"] for r in rejects] == ["a.xlsx/Notes"]
    assert "has no text column; found: 'ai', 'việc'" in rejects[0]["why"]


def test_an_apify_export_saved_as_a_workbook(tmp_path: Path) -> None:
    item = apify_tiktok()
    flat = {key: value for key, value in item.items() if not isinstance(value, dict | list)}
    flat |= {f"authorMeta/{key}": value for key, value in item["authorMeta"].items()}
    path = workbook(tmp_path / "a.xlsx", Data=[list(flat), list(flat.values())])
    posts, rejects = read(path)
    assert rejects == []
    assert [(p["source_format"], p["account_id"], p["followers"]) for p in posts] == [
        ("apify_tiktok", "tiktok:nhacuatho", 55)
    ]


def test_line_breaks_of_windows_and_formulas(tmp_path: Path) -> None:
    rows = [["caption", "account"], ["Dòng một_x000D_\nDòng hai", "cam"], ["=1+1", "cam"]]
    posts, rejects = read(workbook(tmp_path / "a.xlsx", Posts=rows))
    assert [p["text"] for p in posts] == ["Dòng một\r\nDòng hai"]
    # a formula that nothing has computed yet has no value
    assert [(r["row"], r["field"]) for r in rejects] == [(3, "text")]


def test_a_sheet_may_lie_about_its_size(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", Posts=[HEADER, ROW])
    sheet = "xl/worksheets/sheet1.xml"
    changed(path, sheet, b'ref="A1:F2"', b'ref="A1:XFD1048576"')
    changed(path, sheet, b'<row r="2"', b'<row r="99999999999"')
    posts, rejects = read(path)
    assert posts == []
    assert "more than 1,048,576 rows" in rejects[0]["why"]


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", Posts=[HEADER, ROW])
    laughs = b"".join(
        b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"ha" * 50) for n in range(9)
    )
    sheet = "xl/worksheets/sheet1.xml"
    changed(path, sheet, b"<worksheet", b"<!DOCTYPE w [%s]><worksheet" % laughs)
    changed(path, sheet, b"<v>12</v>", b"<v>&l8;</v>")
    posts, rejects = read(path)
    assert posts == []
    assert len(rejects) == 1
    assert "a workbook that cannot be read" in rejects[0]["why"]


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 0.999])
def test_a_cut_workbook_is_a_reject(tmp_path: Path, keep: float) -> None:
    path = workbook(tmp_path / "a.xlsx", Posts=[HEADER, *[ROW] * 200])
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    posts, rejects = read(path)
    assert posts == []
    assert rejects
    assert all("archive" in r["why"] or "read" in r["why"] for r in rejects)


def test_a_damaged_sheet_keeps_the_rows_before(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", Posts=[HEADER, *[[n, *ROW[1:]] for n in range(3000)]])
    with zipfile.ZipFile(path) as archive:
        text = archive.read("xl/worksheets/sheet1.xml")
    at = text.index(b'<row r="2500"')
    changed(path, "xl/worksheets/sheet1.xml", text[at:], b"<row <")
    posts, rejects = read(path)
    assert len(posts) == 2498
    assert "cannot be read further (ParseError" in rejects[0]["why"]


def test_a_workbook_of_a_part_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.sources.sheets.PART_LIMIT", 100)
    path = workbook(tmp_path / "a.xlsx", Posts=[HEADER, ROW])
    _, rejects = read(path)
    assert "holds a part of" in rejects[0]["why"]


def test_a_workbook_in_an_archive_names_the_remedy(tmp_path: Path) -> None:
    inner = workbook(tmp_path / "a.xlsx", Posts=[HEADER, ROW]).read_bytes()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.xlsx", inner)
    path = tmp_path / "b.zip"
    path.write_bytes(out.getvalue())
    _, rejects = read(path)
    assert "is a zip archive, which is not read here; unpack it" in rejects[0]["why"]


def test_times_of_a_sheet_are_utc(tmp_path: Path) -> None:
    day = datetime(2025, 2, 10, tzinfo=UTC)
    rows: list[list[Any]] = [["caption", "account", "date"], ["Bún riêu", "cam", day.date()]]
    posts, _ = read(workbook(tmp_path / "a.xlsx", Posts=rows))
    assert posts[0]["posted_at"] == day


def test_the_sample_workbook() -> None:
    posts, rejects = read(EXPORTS / "xlsx")
    assert [(p["account_id"], p["platform"], p["likes"], p["source_row"]) for p in posts] == [
        ("tiktok:bep.nha.sau", "tiktok", 120, 4),
        ("other:bep.nha.sau", "other", None, 5),
    ]
    assert [(r["file"].rpartition("/")[2], r["row"]) for r in rejects] == [
        ("Ghi chú", None),
        ("Tháng 2", 6),
    ]
