"""Output folders as they should not be, and runs that are killed: what was written stays whole."""

from __future__ import annotations

import fcntl
import os
import resource
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
from cli_samples import analyzer, posts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typer.testing import Result

RESULTS = (
    "posts.parquet", "profiles.parquet", "profiles.csv", "profiles.json", "rejects.jsonl",
    "report.html", "sources.json",
)  # fmt: skip
PARTS = ".analyzer-parts"
SMALL = "batch_rows = 7\nworkers = 1\n"


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the posts (a.jsonl), the settings (c.toml) and their results (out)."""
    folder = tmp_path_factory.mktemp("clean")
    posts(folder / "a.jsonl")
    (folder / "c.toml").write_text(SMALL, encoding="utf-8")
    done = profile(folder, folder / "out")
    assert done.exit_code == 0, done.output
    return folder


def profile(folder: Path, out: Path) -> Result:
    return analyzer("profile", folder / "a.jsonl", "--config", folder / "c.toml", "-o", out)


def before(out: Path) -> dict[str, bytes]:
    """Results of an earlier run, so to say."""
    out.mkdir(exist_ok=True)
    for name in RESULTS:
        (out / name).write_bytes(b"before")
    return dict.fromkeys(RESULTS, b"before")


def held(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter: pytest's own are for one."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextmanager
def as_ordinary_user() -> Iterator[None]:
    """Permission bits do not bind root, as whom tests may run."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_no_permission_to_write(open_folder: Path) -> None:
    assert analyzer("profile", "nowhere.jsonl").exit_code == 2  # imports what may not be read later
    file = posts(open_folder / "a.jsonl")
    shut = open_folder / "shut"
    shut.mkdir(mode=0o555)
    with as_ordinary_user():
        done = analyzer("profile", file, "-o", shut / "out")
    assert done.exit_code == 2
    assert done.stderr == (
        f"analyzer: {shut / 'out'}: cannot be written: Permission denied; pass a folder you may "
        "write to with -o\n"
    )


def test_no_permission_to_read(open_folder: Path) -> None:
    assert analyzer("inspect", "nowhere.jsonl").exit_code == 2
    file = posts(open_folder / "a.jsonl")
    file.chmod(0)
    shut = open_folder / "shut"
    shut.mkdir(mode=0)
    with as_ordinary_user():
        done = analyzer("inspect", file)
        assert done.exit_code == 2
        assert "cannot be read (Permission denied); check its permissions" in done.stdout
        done = analyzer("inspect", shut / "a.jsonl")
    assert done.exit_code == 2
    assert done.stderr == (
        f"analyzer: {shut / 'a.jsonl'}: cannot be reached (Permission denied); check the path and "
        "its permissions\n"
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("file", "file: is a file; pass another folder with -o"),
        ("file/out", "file/out: cannot be written: Not a directory; a part of that path is a file"),
        ("x" * 300, "cannot be written: File name too long; check that disk, or pass another"),
    ],
)
def test_a_folder_that_cannot_be_made_is_said_before_the_work(
    given: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"before")
    done = analyzer("profile", posts(tmp_path / "a.jsonl"), "-o", tmp_path / given)
    assert done.exit_code == 2
    assert said in done.stderr
    assert held(tmp_path)["file"] == b"before"


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("failing", ["part", "posts.parquet", "report.html"])
def test_a_file_that_cannot_grow_leaves_the_old_ones(
    failing: str, clean: Path, tmp_path: Path
) -> None:
    sizes = {name: len(data) for name, data in held(clean / "out").items()}
    limits = {"part": 1000, **{name: size - 1 for name, size in sizes.items()}}
    old = before(tmp_path / "out")
    with files_of_at_most(limits[failing]):
        done = profile(clean, tmp_path / "out")
    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert failing == "part" or f"/{failing}: cannot be written: " in line
    assert "File too large; raise the limit on the size of files (ulimit -f)" in line
    now = held(tmp_path / "out")
    assert now.keys() == old.keys()
    assert now["report.html"] == b"before"
    if failing != "report.html":
        assert now == old


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ("mount", "-t", "tmpfs", "-o", "size=40k", "tmpfs", str(disk))
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("no mount command")
    if done.returncode:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
    yield disk
    # lazily: a writer that failed may hold its file until it is collected
    subprocess.run(("umount", "--lazy", str(disk)), check=True)


def test_a_full_disk_leaves_the_old_files(clean: Path, full_disk: Path) -> None:
    out = full_disk / "out"
    old = before(out)
    done = profile(clean, out)
    assert done.exit_code == 2, done.output
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"analyzer: {out}/")
    assert "cannot be written: No space left on device; free some space on that disk" in line
    assert held(out) == old


def test_a_disk_that_fills_while_posts_are_sorted(
    clean: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_parts: object, _folder: object) -> Iterator[None]:
        raise duckdb.OutOfMemoryException("failed to offload data block\nmore lines")
        yield

    monkeypatch.setattr("analyzer.tagging.posts_by_account", full)
    old = before(tmp_path)
    done = profile(clean, tmp_path)
    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert f"{tmp_path}: the posts cannot be sorted there: " in line
    assert line.endswith("free some space on that disk, or pass another folder with -o")
    assert held(tmp_path) == old


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_table_that_cannot_be_printed(tmp_path: Path) -> None:
    code = "from analyzer.cli import main; main()"
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-c", code, "inspect", posts(tmp_path / "a.jsonl")],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == (
        "analyzer: what it prints cannot be written: No space left on device; free some space on "
        "that disk, or print to another\n"
    )


KILLED = """
import os, signal, sys
import pyarrow.parquet as pq
from analyzer.cli import main
write, done = pq.write_table, []
def killed(table, target, **more):
    done.append(target)
    if len(done) == 4:  # two parts of posts were written, one was tagged; now a half of the next
        target.write_bytes(b"PAR1 half")
        os.kill(os.getpid(), signal.SIGKILL)
    write(table, target, **more)
pq.write_table = killed
sys.argv = ["analyzer", *sys.argv[1:]]
main()
"""


def test_after_a_killed_run_the_next_gives_the_same_and_leaves_nothing(
    clean: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    old = before(out)
    args = ("profile", clean / "a.jsonl", "--config", clean / "c.toml", "-o", out)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, *map(str, args)], capture_output=True, check=False
    )
    assert killed.returncode == -9, killed.stderr
    left = held(out)
    assert {name: left[name] for name in RESULTS} == old
    assert len(left) == len(RESULTS) + 2
    parts = [path.name for path in (out / PARTS).iterdir()]
    assert any(name.endswith(".part") for name in parts)
    (kept,) = [name for name in parts if len(name) == 64 + len(".parquet")]
    assert analyzer("profile", tmp_path / "nowhere.jsonl", "-o", out).exit_code == 2
    assert [path.name for path in (out / PARTS).iterdir() if path.name == kept]
    done = profile(clean, out)
    assert done.exit_code == 0, done.output
    assert {path.name for path in out.iterdir()} == set(RESULTS)
    assert held(out) == held(clean / "out")


def test_workers_end_with_a_run_that_is_killed() -> None:
    code = (
        "import multiprocessing, os; from concurrent.futures import ProcessPoolExecutor;"
        "from analyzer.engine import local;"
        "context = multiprocessing.get_context('spawn');"
        "pool = ProcessPoolExecutor(1, mp_context=context, initializer=local._open);"
        "print(pool.submit(os.getpid).result(), flush=True); os.kill(os.getpid(), 9)"
    )
    # the worker holds the pipe too: this returns only when both have ended
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == -9, done.stderr
    assert int(done.stdout) > 0


def test_two_runs_do_not_write_to_one_folder(clean: Path, tmp_path: Path) -> None:
    old = before(tmp_path)
    handle = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    done = profile(clean, tmp_path)
    os.close(handle)
    assert done.exit_code == 2
    assert done.stderr == (
        f"analyzer: {tmp_path}: another run is writing there; wait for its end, or pass another "
        "folder with -o\n"
    )
    assert held(tmp_path) == old
