from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest
from sources_samples import generic, lines, read

from analyzer.errors import InputError
from analyzer.sources import inspect_files, read_posts

if TYPE_CHECKING:
    from pathlib import Path


def test_a_folder_is_read_in_order_without_hidden_and_media_files(tmp_path: Path) -> None:
    top = tmp_path / "export"
    for name in ("b/2.jsonl", "a.jsonl", "b/1.jsonl", ".hidden.jsonl", ".git/x.jsonl"):
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(lines(generic(id=name)))
    (top / "clip.mp4").write_bytes(b"\0\0\0\x18ftypisom")
    (top / "posts.jpg").write_bytes(lines(generic(id="named like an image")))
    posts, rejects = read(top)
    assert [p["source_file"] for p in posts] == [
        "export/a.jsonl",
        "export/b/1.jsonl",
        "export/b/2.jsonl",
        "export/posts.jpg",
    ]
    assert rejects == []


def test_the_order_of_paths_does_not_matter_and_none_is_read_twice(tmp_path: Path) -> None:
    top = tmp_path / "in"
    top.mkdir()
    for name in ("a.jsonl", "b.jsonl"):
        (top / name).write_bytes(lines(generic(id=name)))
    (tmp_path / "c.jsonl").write_bytes(lines(generic(id="c")))
    given = [top, top / "b.jsonl", tmp_path / "c.jsonl", tmp_path / "in" / ".." / "c.jsonl"]
    first, _ = read(*given)
    second, _ = read(*reversed(given))
    assert first == second
    assert [p["source_file"] for p in first] == ["c.jsonl", "in/a.jsonl", "in/b.jsonl"]


def test_globs(tmp_path: Path) -> None:
    for name in ("a.jsonl", "sub/b.jsonl", "c.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(lines(generic(id=name)))
    posts, _ = read(tmp_path / "**" / "*.jsonl")
    assert [p["source_file"] for p in posts] == ["a.jsonl", "b.jsonl"]


def test_a_file_whose_name_looks_like_a_glob(tmp_path: Path) -> None:
    (tmp_path / "a[1].jsonl").write_bytes(lines(generic()))
    posts, _ = read(tmp_path / "a[1].jsonl")
    assert len(posts) == 1


def test_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(generic()))
    monkeypatch.chdir(tmp_path)
    batch = next(iter(read_posts(["."])))
    assert batch.posts["source_file"].to_pylist() == [f"{tmp_path.name}/a.jsonl"]


def test_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.jsonl")
    (tmp_path / name).write_bytes(lines(generic()))
    posts, _ = read(tmp_path)
    assert posts[0]["source_file"] == f"{tmp_path.name}/caf\\xe9.jsonl"


def test_wrong_arguments_raise_at_once(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(lines(generic()))
    with pytest.raises(
        InputError, match=r"post\.jsonl does not exist; did you mean 'posts\.jsonl'"
    ):
        read_posts([tmp_path / "post.jsonl"])
    with pytest.raises(InputError, match="nor does its folder"):
        read_posts([tmp_path / "no" / "such"])
    with pytest.raises(InputError, match="no file matches"):
        read_posts([tmp_path / "*.csv"])
    with pytest.raises(InputError, match="no path given"):
        read_posts([])
    with pytest.raises(InputError, match="NUL"):
        read_posts(["a\0b"])
    with pytest.raises(InputError, match=r"unknown format 'tiktok'; did you mean .*tiktok_web"):
        read_posts([path], format="tiktok")
    with pytest.raises(InputError, match="unknown format 'zzz'; known: instaloader"):
        read_posts([path], format="zzz")
    with pytest.raises(
        InputError, match="unknown field 'txt' in the mapping 'txt=a'; did you mean text"
    ):
        read_posts([path], mapping={"txt": "a"})
    with pytest.raises(InputError, match="batch_rows is 0"):
        read_posts([path], batch_rows=0)
    with pytest.raises(InputError, match="sample is -1"):
        inspect_files(path, sample=-1)


def test_an_empty_folder_is_a_reject(tmp_path: Path) -> None:
    _, rejects = read(tmp_path)
    assert rejects[0]["why"] == "the folder holds no file; check the path"


@pytest.mark.parametrize("batch_rows", [1, 3, 100])
def test_the_batch_size_does_not_change_the_rows(tmp_path: Path, batch_rows: int) -> None:
    rows = [generic(id=str(i), text="" if i % 4 == 0 else f"bài {i}") for i in range(20)]
    (tmp_path / "a.jsonl").write_bytes(lines(*rows[:10]))
    (tmp_path / "b.jsonl").write_bytes(lines(*rows[10:]))
    small = read(tmp_path, batch_rows=batch_rows)
    assert small == read(tmp_path)
    assert (len(small[0]), len(small[1])) == (15, 5)


def test_a_post_without_id_is_named_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(generic(id=None), generic(id=7.38e18)))
    posts, _ = read(tmp_path)
    key = "\x1f".join(("tiktok:bepnhacam", "1739171353000000", generic()["text"]))
    expected = f"tiktok:sha256-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    assert [p["post_id"] for p in posts] == [expected, expected]


def test_inspection(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        lines(generic(mood="vui"), generic(id="2", text=None), generic(id="3", likes=None))
    )
    (report,) = inspect_files(path, sample=1)
    assert (report.file, report.format, report.compression) == ("a.jsonl", "jsonl", None)
    assert (report.rows, report.posts, report.rejected) == (3, 2, 1)
    assert report.reasons == {"empty caption": 1}
    assert (report.found["text"], report.found["likes"], report.found["hashtags"]) == (2, 1, 2)
    assert report.unused == ("mood",)
    assert {"views", "url"} <= set(report.absent)
    assert report.dialect == "one record a line, utf-8"
    assert [row["post_id"] for row in report.sample] == ["tiktok:p1"]


def test_inspection_of_a_known_format(tmp_path: Path) -> None:
    from sources_samples import apify_tiktok

    path = tmp_path / "a.json"
    path.write_bytes(lines(apify_tiktok(isSlideshow=False)))
    (report,) = inspect_files(path)
    assert report.format == "apify_tiktok"
    assert report.cannot_carry == ("title", "coauthors", "earlier_texts", "captured_at")
    assert report.unused == ("isSlideshow",)
    assert "authorMeta" in report.how


def test_inspection_of_a_file_that_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.4")
    (report,) = inspect_files(path)
    assert (report.format, report.rows, report.posts, report.rejected) == (None, 0, 0, 1)
    assert "PDF" in next(iter(report.reasons))


def test_a_linked_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "a.jsonl").write_bytes(lines(generic()))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "b.jsonl").write_bytes(lines(generic()))
    (tmp_path / "in" / "year").symlink_to(tmp_path / "far")
    posts, rejects = read(tmp_path / "in")
    assert len(posts) == 1
    assert [(r["file"], r["why"]) for r in rejects] == [
        ("in/year", "is a link to a folder, which is not followed; pass that folder itself")
    ]


def test_a_path_that_may_not_be_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.exists", refuse)
    with pytest.raises(InputError, match=r"a\.jsonl: cannot be reached \(Permission denied\)"):
        read_posts([tmp_path / "a.jsonl"])


def test_one_path_need_not_stand_in_a_list(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(generic()))
    assert [b.posts.num_rows for b in (*read_posts(path), *read_posts(str(path)))] == [1, 1]


def test_a_table_that_was_not_downloaded_whole_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv.part").write_bytes(b"account,text\na,b\n")
    (tmp_path / "clip.mp4.part").write_bytes(b"\0\0\0\x18ftypisom")
    posts, rejects = read(tmp_path)
    assert [p["text"] for p in posts] == ["b"]
    assert rejects == []
