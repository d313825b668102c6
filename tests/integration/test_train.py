"""`analyzer train` to the end on a tiny base: killed midway it goes on to the same result."""

from __future__ import annotations

import os
import runpy
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner, Result

from analyzer.cli import app
from analyzer.model import load_tagger, read_bundle
from analyzer.text import front_end

ROOT = Path(__file__).parents[2]
POSTS = ROOT / "corpora" / "gate" / "posts.jsonl"
SETTINGS = "epochs = 2\nbatch = 8\nlearning_rate = 1e-3\nevaluations = 2\n"
PATIENCE_S = 300


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base") / "tiny"
    script = runpy.run_path(str(ROOT / "scripts" / "tiny_base.py"))
    script["write_base"](POSTS, folder, pickled=True)
    return folder


def arguments(folder: Path, base: Path) -> list[str]:
    (folder / "train.toml").write_text(SETTINGS, encoding="utf-8")
    return [
        "train", str(POSTS), "--base", str(base),
        "-o", str(folder / "tiny-tagger"), "--config", str(folder / "train.toml"),
    ]  # fmt: skip


def trained(*args: str) -> Result:
    """The command in this process: torch is imported once."""
    return CliRunner().invoke(app, args, catch_exceptions=False)


@pytest.fixture(scope="module")
def whole(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nothing stopped."""
    folder = tmp_path_factory.mktemp("whole")
    done = trained(*arguments(folder, base))
    assert done.exit_code == 0, done.output
    assert "Measured on" in done.stdout
    return folder


def test_the_bundle_is_a_tagger_that_says_how_it_was_made(whole: Path) -> None:
    manifest = read_bundle(whole / "tiny-tagger").manifest
    assert (manifest.name, manifest.base, manifest.base_licence) == (
        "tiny-tagger", "tiny", "unknown",
    )  # fmt: skip
    assert manifest.front_end == front_end()
    assert list(manifest.data) == ["posts.jsonl"]
    assert manifest.metrics["tagger"].keys() == manifest.metrics["baseline"].keys()
    assert not manifest.rates.measured
    tagger = load_tagger(whole / "tiny-tagger", front_end=front_end())
    assert tagger.logits(["nấu phở_bò tại nhà"]).shape == (1, 27)
    assert {path.name for path in (whole / "tiny-tagger").iterdir()} == {
        "manifest.json", "model.safetensors", "vocab.txt", "bpe.codes",
    }  # fmt: skip


def test_learning_curves_and_the_rewritten_base_are_left(whole: Path) -> None:
    work = whole / "tiny-tagger-run"
    assert list((work / "tensorboard").glob("events.*"))
    assert len(list(work.glob("base-*.safetensors"))) == 1


def test_killed_midway_it_goes_on_to_the_same_result(
    whole: Path, base: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    code = "from analyzer.cli import main; main()"
    run = subprocess.Popen([sys.executable, "-c", code, *arguments(tmp_path, base)], cwd=ROOT)
    work = tmp_path / "tiny-tagger-run"
    # the first checkpoint lies in the middle of the first pass
    first = work / "checkpoints"
    deadline = time.monotonic() + PATIENCE_S
    while not list(first.glob("checkpoint-*/trainer_state.json")):
        assert time.monotonic() < deadline
        assert run.poll() is None
        time.sleep(0.01)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    assert not (tmp_path / "tiny-tagger").exists()
    steps = [int(path.name.rpartition("-")[2]) for path in first.iterdir()]
    state = orjson.loads((first / f"checkpoint-{min(steps)}/trainer_state.json").read_bytes())
    assert 0 < state["epoch"] < 1
    # what a kill in the middle of writing leaves is passed over
    cut_off = first / "checkpoint-999"
    shutil.copytree(first / f"checkpoint-{min(steps)}", cut_off)
    (cut_off / "trainer_state.json").unlink()
    with caplog.at_level("INFO"):
        done = trained(*arguments(tmp_path, base))
    assert done.exit_code == 0, done.output
    assert "going on from checkpoint-" in caplog.text
    for name in ("manifest.json", "model.safetensors"):
        found, wanted = (folder / "tiny-tagger" / name for folder in (tmp_path, whole))
        assert found.read_bytes() == wanted.read_bytes(), name


def test_a_run_is_not_gone_on_from_with_other_settings(
    whole: Path, base: Path, tmp_path: Path
) -> None:
    shutil.copytree(whole / "tiny-tagger-run", tmp_path / "tiny-tagger-run", dirs_exist_ok=True)
    done = trained(*arguments(tmp_path, base), "--seed", "7")
    assert done.exit_code == 2
    assert "was begun with other settings: pass another --work, or delete it" in " ".join(
        done.output.split()
    )
