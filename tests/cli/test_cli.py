"""The command line as its users meet it: one line says what was wrong and what to do."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from analyzer.cli import app
from analyzer.schema import PROFILE, TAGGED_POST

if TYPE_CHECKING:
    from pathlib import Path

CAPTIONS = [
    "Cách nấu bún riêu cua đồng tại nhà, phần 2 mình chỉ làm gạch cua không bị tanh",
    "Nay buồn ghê, ở nhà ôm mèo coi phim cả ngày thôi mọi người ơi",
    "Áo thun cotton 4 chiều 99k, inbox shop chốt đơn trong hôm nay nha cả nhà",
    "<script>alert(1)</script><img src=x onerror=alert(2)> quán ốc ngon quận 4",
    '=HYPERLINK("http://x.example","bấm") nấu lẩu mắm miền Tây',
    "🥰🥰🥰",
]


def posts(path: Path, *, accounts: int = 2, each: int = 12) -> Path:
    rows = [
        {
            "id": f"{a}-{n}", "platform": "tiktok", "account": f"acc{a}", "nickname": f"=1+{a}",
            "text": f"{CAPTIONS[(a + n) % len(CAPTIONS)]} {n}" if n % 6 else CAPTIONS[n % 6],
            "created_at": f"2026-01-{n + 1:02}T08:00:00Z", "likes": n,
        }
        for a in range(accounts) for n in range(each)
    ]  # fmt: skip
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(lines, encoding="utf-8")
    return path


def analyzer(*args: str | Path) -> Result:
    return CliRunner().invoke(app, [str(arg) for arg in args], catch_exceptions=False)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    folder = tmp_path_factory.mktemp("cli")
    posts(folder / "a.jsonl")
    (folder / "b.jsonl").write_text(
        '{"text": "phở", "account": "x"}\n{"text": \n', encoding="utf-8"
    )
    out = folder / "out"
    return out, analyzer("profile", folder / "a.jsonl", folder / "b.jsonl", "-o", out)


def test_profile_prints_a_table_and_writes_all_files(result: tuple[Path, Result]) -> None:
    out, done = result
    assert done.exit_code == 0, done.output
    assert "=1+0" in done.output
    assert "posts/s" in done.output
    assert "1 x " in done.output
    assert {path.name for path in out.iterdir()} == {
        "posts.parquet", "profiles.parquet", "profiles.csv", "profiles.json", "rejects.jsonl",
        "report.html",
    }  # fmt: skip
    assert pq.read_schema(out / "posts.parquet").equals(TAGGED_POST)
    assert pq.read_schema(out / "profiles.parquet").equals(PROFILE)


def test_every_reject_has_its_reason(result: tuple[Path, Result]) -> None:
    lines = (result[0] / "rejects.jsonl").read_text(encoding="utf-8").splitlines()
    (reject,) = [json.loads(line) for line in lines]
    assert (reject["file"], reject["row"]) == ("b.jsonl", 2)
    assert reject["why"]
    assert reject["raw"].startswith('{"text"')


def test_captions_are_inert_in_the_report_and_names_in_the_csv(result: tuple[Path, Result]) -> None:
    report = (result[0] / "report.html").read_text(encoding="utf-8")
    assert "<script" not in report
    assert "<img" not in report
    with (result[0] / "profiles.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row if cell]
    assert "'=1+0" in cells
    assert not [cell for cell in cells if cell[0] in "=@+\t\r"]


def test_again_and_in_another_order_the_bytes_are_the_same(
    result: tuple[Path, Result], tmp_path: Path
) -> None:
    out, _ = result
    folder = out.parent
    done = analyzer("profile", folder / "b.jsonl", folder / "a.jsonl", "-o", tmp_path)
    assert done.exit_code == 0
    for name in ("profiles.json", "profiles.csv", "report.html", "rejects.jsonl", "posts.parquet"):
        assert (tmp_path / name).read_bytes() == (out / name).read_bytes(), name


def test_processes_give_the_same_as_one(result: tuple[Path, Result], tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text("batch_rows = 7\nworkers = 2\n", encoding="utf-8")
    folder = result[0].parent
    args = ("profile", folder / "a.jsonl", folder / "b.jsonl", "--config", config)
    done = analyzer(*args, "-o", tmp_path / "out")
    assert done.exit_code == 0, done.output
    name = "profiles.json"
    assert (tmp_path / "out" / name).read_bytes() == (result[0] / name).read_bytes()


def test_strict_ends_with_one(result: tuple[Path, Result], tmp_path: Path) -> None:
    done = analyzer("tag", result[0].parent / "b.jsonl", "-o", tmp_path, "--strict")
    assert done.exit_code == 1
    assert (tmp_path / "posts.parquet").exists()


def test_level_changes_the_interval_and_no_role(
    result: tuple[Path, Result], tmp_path: Path
) -> None:
    args = ("profile", result[0].parent / "a.jsonl", "-o", tmp_path, "--level", "0.5")
    assert analyzer(*args).exit_code == 0
    wide = pq.read_table(result[0] / "profiles.parquet").to_pylist()[:2]
    slim = pq.read_table(tmp_path / "profiles.parquet").to_pylist()
    for left, right in zip(wide, slim, strict=True):
        assert left["role"] == right["role"]
        assert right["share_high"] - right["share_low"] < left["share_high"] - left["share_low"]


BAD = {
    "empty": (b"", "empty"),
    "truncated": (b'[{"text": "abc", ', "account"),
    "binary": (bytes(range(256)) * 40, ""),
    "no_text": (b"a,b\n1,2\n3,4\n", "--map"),
    "gzip": (b"\x1f\x8b\x08\x00\x00", ""),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_ends_with_two_and_harms_nothing(name: str, tmp_path: Path) -> None:
    content, _ = BAD[name]
    file = tmp_path / f"{name}.dat"
    file.write_bytes(content)
    out = tmp_path / "out"
    out.mkdir()
    (out / "posts.parquet").write_bytes(b"before")
    done = analyzer("profile", file, "-o", out)
    assert done.exit_code == 2, done.output
    assert file.name in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert (out / "posts.parquet").read_bytes() == b"before"


def test_a_missing_column_says_how_to_name_it(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("cot_1,cot_2\nphở bò tái lăn,an\n", encoding="utf-8")
    done = analyzer("profile", file)
    assert done.exit_code == 2
    assert "--map text=" in done.stderr
    assert analyzer("inspect", file, "--map", "text=cot_1").exit_code == 0


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["profile", "nowhere.jsonl"], "nowhere.jsonl"),
        (["profile", ".", "--level", "1.5"], "level must lie between 0 and 1"),
        (["profile", ".", "--map", "text"], "--map takes FIELD=COLUMN"),
        (["profile", ".", "--format", "csvv"], "did you mean csv"),
        (["profile", ".", "--bundle", "nowhere"], "manifest.json"),
        (["profile", ".", "--config", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_wrong_arguments_name_the_remedy(
    args: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    posts(tmp_path / "a.jsonl", accounts=1, each=1)
    done = analyzer(*args)
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_folder_that_cannot_be_written_is_said_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    done = analyzer("profile", posts(tmp_path / "a.jsonl"), "-o", tmp_path / "file" / "out")
    assert done.exit_code == 2
    assert "-o" in done.stderr


def test_inspect_tells_what_a_file_carries(tmp_path: Path) -> None:
    done = analyzer("inspect", posts(tmp_path / "a.jsonl"))
    assert done.exit_code == 0
    for said in ("format", "jsonl", "24 posts", "likes", "absent here", "sample 1"):
        assert said in done.output


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from analyzer.cli import app;"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0;"
        "heavy = {'torch', 'transformers', 'underthesea', 'pyarrow', 'duckdb', 'numpy'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_every_command_has_an_example() -> None:
    for command in ("profile", "tag", "inspect"):
        assert "Example: analyzer" in analyzer(command, "--help").output
