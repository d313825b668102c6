"""Out-of-fold figures from what training leaves behind: default beside baseline."""

from __future__ import annotations

import json
import re
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from evaluation_samples import answers, labelled
from safetensors.numpy import save_file

from analyzer.errors import InputError
from analyzer.model.shape import SLICES
from analyzer.pipeline import artificial
from analyzer.pipeline.calibrate import crossed
from analyzer.pipeline.labels import account_folds, only
from analyzer.pipeline.train import BRANCHES, held_out_logits
from analyzer.schema import DRIVES, NICHES, PROMOS

if TYPE_CHECKING:
    from types import ModuleType

    from numpy.typing import NDArray

    from analyzer.pipeline.labels import Labelled

ROOT = Path(__file__).parents[2]
SKILL = {"encoder": 2.0, "linear": 1.0, "teacher": 2.0, "baseline": 0.5}
DATA = labelled(posts=300, accounts=60)
FOLDS = [held_out for _, held_out in account_folds(DATA.accounts, 5, 0)]


def script(name: str) -> ModuleType:
    spec = spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def parts() -> list[dict[str, NDArray[np.float64]]]:
    every = {
        name: answers(DATA, skill=skill, seed=seed)
        for seed, (name, skill) in enumerate(SKILL.items())
    }
    return [{name: values[rows] for name, values in every.items()} for rows in FOLDS]


def written(data: Labelled, folder: Path) -> Path:
    rows = [
        {
            "text": data.raw[at], "account": str(data.accounts[at]), "platform": "tiktok",
            "drive": DRIVES[data.drive[at]], "niche": NICHES[data.niche[at]],
            "promo": PROMOS[data.promo[at]], "clarity": int(data.clarity[at]),
        }
        for at in range(len(data.raw))
    ]  # fmt: skip
    path = folder / "labelled.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_answers_of_the_folds_become_answers_to_all_posts() -> None:
    found = parts()
    logits = held_out_logits(DATA, found, FOLDS)
    for name in BRANCHES:
        for rows, part in zip(FOLDS, found, strict=True):
            assert (logits[name][rows] == part[name]).all()
    assert set(logits) == {*BRANCHES, "joined"}


def test_nothing_that_joins_or_calibrates_a_fold_has_seen_its_labels() -> None:
    rows = FOLDS[2]
    turned = only(DATA, np.arange(300))
    turned.drive[rows] = 1 - turned.drive[rows]
    turned.promo[rows] = 2
    before, after = (held_out_logits(data, parts(), FOLDS)["joined"] for data in (DATA, turned))
    assert (before[rows] == after[rows]).all()
    assert not (before[FOLDS[0]] == after[FOLDS[0]]).all()
    said = [crossed(before, data, seed=0) for data in (DATA, turned)]
    assert (said[0][rows] == said[1][rows]).all()
    assert not (said[0][FOLDS[0]] == said[1][FOLDS[0]]).all()


def test_each_fold_has_one_temperature_and_one_odds() -> None:
    logits = answers(DATA, skill=0.3)
    said = crossed(logits, DATA, seed=0)
    for rows in FOLDS:
        temperatures = logits[rows][:, SLICES["drive"]] / said[rows][:, SLICES["drive"]]
        assert np.ptp(temperatures) < 1e-9
        odds = (said - logits)[rows][:, SLICES["promo"]]
        assert (odds[:, 0] == 0).all()
        assert np.ptp(odds[:, 1:]) < 1e-9
    assert (said[:, SLICES["niche"]] == logits[:, SLICES["niche"]]).all()


def test_the_table_is_printed_and_the_page_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, part in enumerate(parts()):
        save_file(part, tmp_path / f"part-{number}.safetensors")
    path = written(DATA, tmp_path)
    monkeypatch.setattr(artificial, "REPEATS", 1)
    arguments = [str(path), str(tmp_path), "--resamples", "50", "--out", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", ["evaluate_folds", *arguments])
    script("evaluate_folds").main()
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    read = json.loads((tmp_path / "out" / "evaluation.json").read_text("utf-8"))
    f1 = read["headlines"]["drive_f1_clear"]
    line = lines["drive_f1_clear"]
    assert f"{f1['value']:.4f} [{f1['low']:.4f}, {f1['high']:.4f}]" in line
    assert line.endswith("]  asked 1.5, aim 3.0")
    assert re.search(r"  \+\d+\.\d\d \[\+\d+\.\d\d, \+", line)
    assert "asked" not in lines["niche_f1"]
    assert (tmp_path / "out" / "evaluation.html").is_file()


@pytest.mark.parametrize("missing", [True, False])
def test_parts_that_do_not_fit_are_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    missing: bool,  # noqa: FBT001
) -> None:
    for number, part in enumerate(parts()[: 3 if missing else 5]):
        save_file(part, tmp_path / f"part-{number}.safetensors")
    path = written(only(DATA, np.arange(290)), tmp_path)
    monkeypatch.setattr(sys, "argv", ["evaluate_folds", str(path), str(tmp_path)])
    wanted = r"lacks part-3\.safetensors, part-4" if missing else "pass the labelled posts"
    with pytest.raises(InputError, match=wanted):
        script("evaluate_folds").main()
