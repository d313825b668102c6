"""The command line as its users meet it: one line says what was wrong and what to do."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
from cli_samples import analyzer, posts

from analyzer.schema import KEPT_POST, PROFILE

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result


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
    assert f"1 rows or files were not imported; each is in {out / 'rejects.jsonl'}:" in done.output
    assert "  b.jsonl, row 2: is not JSON: " in done.output
    assert {path.name for path in out.iterdir()} == {
        "posts.parquet", "profiles.parquet", "profiles.csv", "profiles.json", "rejects.jsonl",
        "report.html", "sources.json",
    }  # fmt: skip
    assert pq.read_schema(out / "posts.parquet").equals(KEPT_POST)
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


def test_inspect_tells_what_a_file_carries(tmp_path: Path) -> None:
    done = analyzer("inspect", posts(tmp_path / "a.jsonl"))
    assert done.exit_code == 0
    for said in ("format", "jsonl", "24 posts", "likes", "absent here", "sample 1"):
        assert said in done.output


def test_inspect_of_a_folder_lists_each_file_and_what_each_format_carries(tmp_path: Path) -> None:
    posts(tmp_path / "a.jsonl")
    (tmp_path / "b.csv").write_text("account,caption\ncam,Bún riêu\ncam,\n", encoding="utf-8")
    (tmp_path / "c.pdf").write_bytes(b"%PDF-1.4")
    done = analyzer("inspect", tmp_path)
    assert done.exit_code == 0
    rows = [row.split() for row in done.output.splitlines()]
    name = tmp_path.name
    assert rows[1:4] == [
        ["1", "1", "csv", f"{name}/b.csv"],
        ["0", "1", "not", "read", f"{name}/c.pdf"],
        ["24", "0", "jsonl", f"{name}/a.jsonl"],
    ]
    assert sum(row[:1] == ["impossible"] for row in rows) == 2
    assert "1 x is a PDF document" in done.output


def test_inspect_as_json_holds_everything_and_nothing_that_steers_a_terminal(
    tmp_path: Path,
) -> None:
    row = {"account": "cam", "caption": "Bún riêu\x9b31m \u202e😍 một"}
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    done = analyzer("inspect", tmp_path / "a.jsonl", "--json")
    assert done.exit_code == 0
    assert all(char.isprintable() or char == "\n" for char in done.output)
    assert "Bún riêu" in done.output
    (found,) = json.loads(done.output)
    assert (found["format"], found["posts"], found["rejected"]) == ("jsonl", 1, 0)
    assert found["sample"][0]["text"] == row["caption"]
    assert "likes" in found["absent"]


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


def test_sources_say_what_inspect_says(result: tuple[Path, Result]) -> None:
    folder = result[0].parent
    done = analyzer("inspect", folder / "a.jsonl", folder / "b.jsonl", "--json")
    told = [one | {"sample": []} for one in json.loads(done.stdout)]
    assert json.loads((result[0] / "sources.json").read_bytes()) == told
    assert [one["rejected"] for one in told] == [0, 1]


def test_a_post_told_twice_is_counted_once(tmp_path: Path) -> None:
    once, twice = posts(tmp_path / "once.jsonl"), tmp_path / "twice.jsonl"
    rows = [json.loads(line) for line in once.read_text(encoding="utf-8").splitlines()]
    again = [row | {"id": f"{row['id']}-again", "created_at": "2026-05-01"} for row in rows]
    lines = [json.dumps(row, ensure_ascii=False) for row in reversed([*rows, *again])]
    twice.write_text("\n".join(lines), encoding="utf-8")
    told = []
    for path in (once, twice):
        done = analyzer("profile", path, "-o", tmp_path / path.stem)
        assert done.exit_code == 0, done.output
        told.append(json.loads((tmp_path / path.stem / "profiles.json").read_bytes()))
    for before, after in zip(*(one["profiles"] for one in told), strict=True):
        assert after["posts"] == 2 * before["posts"]
        assert after["copies"] == 2 * before["copies"] + before["tagged"]
        names = ("tagged", "raw_share", "share_low", "share_high", "niche_mix", "role")
        assert [after[name] for name in names] == [before[name] for name in names]
    assert told[1]["read"]["copies"] == sum(one["copies"] for one in told[1]["profiles"])
    kept = pq.read_table(tmp_path / "twice" / "posts.parquet", columns=["post_id", "copy_of"])
    copied = [one for one in kept.to_pylist() if one["copy_of"]]
    assert {one["copy_of"] for one in copied}.isdisjoint(one["post_id"] for one in copied)
    assert "not counted again" in (tmp_path / "twice" / "report.html").read_text(encoding="utf-8")
