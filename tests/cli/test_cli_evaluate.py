"""`analyzer evaluate`: the posts of the gate, measured; captions cannot steer page or terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_samples import analyzer

GATE = Path(__file__).parents[2] / "corpora" / "gate" / "posts.jsonl"
HOSTILE = "<script>alert(1)</script>[red]\x1b[31m mình nấu phở"


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Posts of the gate, the texts of the first ones hostile and wrongly labelled."""
    rows = [json.loads(line) for line in GATE.read_text("utf-8").splitlines()[:60]]
    for row in rows[:8]:
        row["text"] = f"{HOSTILE} {row['text']}"
        row["drive"] = {"passion": "brand", "brand": "passion"}[row["drive"]]
        row["clarity"] = 3
    path = tmp_path_factory.mktemp("labelled") / "labels.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_figures_are_printed_and_written(labelled: Path, tmp_path: Path) -> None:
    done = analyzer("evaluate", "default", labelled, "-o", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert "Passion or brand, clarity 1 and more: macro F1" in done.output
    assert "NOT HELD OUT" not in done.output
    assert "[red]" in done.output
    assert "\x1b" not in done.output
    assert done.output.rstrip().endswith("evaluation.html")
    read = json.loads((tmp_path / "out" / "evaluation.json").read_text("utf-8"))
    assert read["everything"]["posts"] == 60
    assert read["headlines"]["drive_f1_clear"]["low"] is not None
    assert read["platforms"][0]["name"] == "tiktok"
    page = (tmp_path / "out" / "evaluation.html").read_text("utf-8")
    assert "&lt;script&gt;alert(1)" in page
    assert "<script" not in page


@pytest.mark.parametrize(
    ("bundle", "file", "said"),
    [
        ("default", "no.jsonl", "no.jsonl: there is no such file"),
        ("no-bundle", GATE, "no-bundle has no manifest.json; pass a folder that `train` wrote"),
    ],
)
def test_what_is_not_there_is_named(bundle: str, file: str | Path, said: str) -> None:
    done = analyzer("evaluate", bundle, file)
    assert done.exit_code == 2
    assert said in done.output
