"""The built wheel is all that a user needs: it runs from another directory, far from the repo."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "analyzer"
CAPTIONS = (
    "Nay mình thử kho cá bống bằng nồi đất, lửa liu riu hai tiếng, nước sánh lại mới tắt bếp",
    "Cách chọn bắp bò: thớ nhỏ, gân trong, ấn tay vào thấy đàn hồi là miếng ngon",
    "Đầm linen xưởng tự may 189k, còn size M và L, chị em nhắn tin em lên đơn liền nha",
    "Chiều mưa ngồi nhà đan nốt cái khăn, con mèo nằm đè lên cuộn len không cho làm",
)


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """What the command printed; a failure shows it."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV_"))}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd, env=clean, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("built")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", built, cwd=ROOT)
    (path,) = built.glob("vn_content_analyzer-*.whl")
    return path


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh virtual environment with the wheel and this environment's libraries, not the repo."""
    venv = tmp_path_factory.mktemp("venv")
    run(sys.executable, "-m", "venv", "--without-pip", venv, cwd=venv)
    python = venv / "bin" / "python"
    install = ("install", "--no-deps", "--no-index", "--quiet", wheel)
    run(sys.executable, "-m", "pip", "--python", python, *install, cwd=venv)
    (site,) = venv.glob("lib/python*/site-packages")
    # the path is only searched after the wheel, and .pth files in it (an editable install's) are
    # not followed
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


def data_files() -> set[str]:
    """What the package reads when it runs: everything in it that is no Python."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }


def test_all_run_time_data_is_inside_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = {info.filename: info.file_size for info in archive.infolist()}
    assert data_files() - inside.keys() == set()
    model = "analyzer/model/default/"
    for needed in ("manifest.json", "vocab.txt", "bpe.codes"):
        assert inside.get(model + needed), needed
    assert any(name.startswith(model) and name.endswith(".safetensors") for name in inside)
    assert inside.get("analyzer/report/templates/report.html.j2")
    outside = [n for n in inside if not n.startswith(("analyzer/", "vn_content_analyzer-"))]
    assert outside == []
    assert [n for n in inside if n.endswith((".pkl", ".pickle", ".pt", ".bin"))] == []


def test_the_wheel_keeps_to_its_size(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        model = [i for i in archive.infolist() if i.filename.startswith("analyzer/model/default/")]
    assert model
    assert sum(info.file_size for info in model) <= 20_000_000
    assert max(info.file_size for info in model) <= 15_000_000


def test_it_is_imported_from_the_wheel(python: Path, tmp_path: Path) -> None:
    shown = run(python, "-c", "import analyzer; print(analyzer.__file__)", cwd=tmp_path)
    found = Path(shown.stdout.strip()).resolve()
    assert found.is_relative_to(python.parents[1].resolve())
    assert not found.is_relative_to(ROOT)


def test_it_profiles_from_another_directory(python: Path, tmp_path: Path) -> None:
    rows = [
        {"id": f"{n}", "username": "bep.cua.may", "platform": "tiktok", "caption": f"{text} {n}"}
        for n, text in enumerate(CAPTIONS * 3)
    ]
    export = tmp_path / "captions.jsonl"
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    export.write_text("\n".join(lines), encoding="utf-8")
    command = python.parent / "analyzer"
    shown = run(command, "profile", export.name, "-o", "profiled", cwd=tmp_path)
    assert "bep.cua.may" in shown.stdout
    written = {path.name: path.stat().st_size for path in (tmp_path / "profiled").iterdir()}
    expected = {
        "posts.parquet", "profiles.parquet", "profiles.csv", "profiles.json", "rejects.jsonl",
        "report.html", "sources.json",
    }  # fmt: skip
    assert expected <= written.keys()
    assert written["rejects.jsonl"] == 0
    assert b"bep.cua.may" in (tmp_path / "profiled" / "report.html").read_bytes()
