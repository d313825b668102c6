"""A file appears whole or not at all, and what was there survives every failure."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from report_samples import PLAIN, SUMMARY, tables

from analyzer.atomic import atomic_path
from analyzer.errors import StoreError
from analyzer.report import (
    write_profiles_csv,
    write_profiles_json,
    write_profiles_parquet,
    write_report,
)

if TYPE_CHECKING:
    from collections.abc import Callable

PROFILES, FACTS = tables(PLAIN)
WRITERS: dict[str, Callable[[Path], None]] = {
    "parquet": lambda path: write_profiles_parquet(PROFILES, path),
    "csv": lambda path: write_profiles_csv(PROFILES, path),
    "json": lambda path: write_profiles_json(PROFILES, FACTS, path, summary=SUMMARY),
    "html": lambda path: write_report(PROFILES, FACTS, path, summary=SUMMARY, limit=9),
}


def no_space(_handle: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_the_target_appears_only_at_the_end(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    target.write_text("old")
    with atomic_path(target) as temp:
        temp.write_text("new")
        assert target.read_text() == "old"
        assert temp.parent == target.parent
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


def test_file_and_folder_are_synced_around_the_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, steps = tmp_path / "out.txt", []

    def sync(handle: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"
        steps.append((kind, target.exists()))

    monkeypatch.setattr(os, "fsync", sync)
    with atomic_path(target) as temp:
        temp.write_text("x")
    assert steps == [("file", False), ("folder", True)]


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_a_full_disk_leaves_the_old_file(
    write: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out"
    target.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(StoreError, match=r"out: cannot be written: No space left .*free some"):
        write(target)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_a_disk_that_fills_while_writing_leaves_the_old_file(
    write: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out"
    target.write_bytes(b"old")
    real = Path.open
    monkeypatch.setattr(
        Path,
        "open",
        lambda self, *args, **more: real(
            Path("/dev/full") if self.suffix == ".part" else self, *args, **more
        ),
    )
    with pytest.raises(StoreError, match="out: cannot be written: No space left on device"):
        write(target)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")

    def refuse(path: Path, *_: int) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), os.fspath(path))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(StoreError, match=r"out\.csv: .*Permission denied; pass a folder you may"):
        write_profiles_csv(PROFILES, target)
    assert target.read_text() == "old"


def test_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="make that folder first"):
        write_profiles_csv(PROFILES, tmp_path / "missing" / "out.csv")


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "out.csv").mkdir()
    with pytest.raises(StoreError, match="a folder stands in its place"):
        write_profiles_csv(PROFILES, tmp_path / "out.csv")
    assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt()], ids=repr)
def test_what_the_block_raises_passes_and_leaves_nothing(
    error: BaseException, tmp_path: Path
) -> None:
    def interrupted() -> None:
        with atomic_path(tmp_path / "out") as temp:
            temp.write_text("half")
            raise error

    with pytest.raises(type(error)):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_an_error_about_another_file_is_not_called_ours(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_path(tmp_path / "out"):
        (tmp_path / "captions.csv").read_text()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_synced_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sync(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(os, "fsync", sync)
    with atomic_path(tmp_path / "out") as temp:
        temp.write_text("x")
    assert (tmp_path / "out").read_text() == "x"


def test_the_mode_follows_the_umask(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        with atomic_path(tmp_path / "out") as temp:
            temp.write_text("x")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o640


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with atomic_path(tmp_path / "link") as temp:
        temp.write_text("new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"
