"""The gate: it lets better figures in, and worse ones only where somebody says why."""

from __future__ import annotations

import json
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from analyzer.model import default_bundle

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

ROOT = Path(__file__).parents[2]
FIGURES = {"drive_f1_clear": 0.82, "niche_accuracy": 0.75, "ece": 0.02}


def script(name: str) -> ModuleType:
    spec = spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


gate = script("eval_gate")


class Bench:
    """A gate whose two sets measure what a test says."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.figures = {"posts": dict(FIGURES), "out_of_fold": dict(FIGURES)}
        self.data = {"posts": "a" * 64, "out_of_fold": "b" * 64}
        self._capsys = capsys

    def measured(self, name: str) -> Callable[[Path, Path], Any]:
        return lambda _gate, _bundle: gate.Found(self.data[name], self.figures[name])

    def run(self, *arguments: str) -> tuple[int, str]:
        code = gate.main(["--gate", str(self.folder), *arguments])
        return code, self._capsys.readouterr().err

    @property
    def floors(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "floors.json").read_text("utf-8"))
        return found


@pytest.fixture
def bench(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Bench:
    made = Bench(tmp_path, capsys)
    monkeypatch.setattr(gate, "SETS", {name: made.measured(name) for name in made.data})
    return made


@pytest.fixture
def pinned(bench: Bench) -> Bench:
    assert bench.run("--set-floors", "--reason", "first")[0] == 0
    return bench


def test_without_floors_it_fails_and_says_how_to_set_them(bench: Bench) -> None:
    code, said = bench.run()
    assert code == 1
    assert "posts has no floors: floors must be set again on purpose with --set-floors" in said
    assert "out_of_fold has no floors" in said
    assert not (bench.folder / "floors.json").exists()


def test_floors_stand_a_margin_below_what_was_measured(pinned: Bench) -> None:
    posts, folds = pinned.floors["posts"], pinned.floors["out_of_fold"]
    assert posts["fingerprint"] == "a" * 64
    assert posts["margin"] == gate.MARGIN["posts"] == 0.01
    assert posts["floors"] == {"drive_f1_clear": 0.81, "niche_accuracy": 0.74, "ece": 0.03}
    assert folds["floors"] == {"drive_f1_clear": 0.817, "niche_accuracy": 0.747, "ece": 0.023}
    assert posts["history"] == [
        {
            "change": "set", "reason": "first", "fingerprint": "a" * 64,
            "floors": {"drive_f1_clear": 0.81, "niche_accuracy": 0.74, "ece": 0.03},
        }
    ]  # fmt: skip


def test_what_reaches_its_floors_passes_and_changes_nothing(pinned: Bench) -> None:
    before = (pinned.folder / "floors.json").read_bytes()
    assert pinned.run() == (0, "")
    pinned.figures["posts"] |= {"drive_f1_clear": 0.81, "ece": 0.03}
    assert pinned.run() == (0, "")
    assert (pinned.folder / "floors.json").read_bytes() == before


@pytest.mark.parametrize(
    ("figure", "value", "message"),
    [
        ("drive_f1_clear", 0.8069, "is 0.8069, 0.0031 worse than its floor 0.8100"),
        ("ece", 0.0342, "is 0.0342, 0.0042 worse than its floor 0.0300"),
    ],
)
def test_below_a_floor_it_fails_and_says_by_how_much(
    pinned: Bench, figure: str, value: float, message: str
) -> None:
    pinned.figures["posts"][figure] = value
    code, said = pinned.run()
    assert code == 1
    assert said == f"eval_gate: posts.{figure} {message}\n"


def test_a_retrained_default_that_is_worse_is_refused(pinned: Bench) -> None:
    pinned.figures["out_of_fold"]["niche_accuracy"] = 0.7466
    assert pinned.run()[0] == 1


def test_a_figure_that_is_not_measured_any_more_is_refused(pinned: Bench) -> None:
    del pinned.figures["posts"]["niche_accuracy"]
    code, said = pinned.run()
    assert code == 1
    assert "posts.niche_accuracy has a floor and is not measured any more" in said


@pytest.mark.parametrize("name", ["posts", "out_of_fold"])
def test_other_data_are_refused_however_good_the_figures(pinned: Bench, name: str) -> None:
    pinned.data[name] = "c" * 64
    pinned.figures[name] = dict.fromkeys(FIGURES, 1.0)
    for arguments in ((), ("--raise",)):
        code, said = pinned.run(*arguments)
        assert code == 1
        assert f"{name}: the evaluation data changed (pinned " in said
        assert "floors must be set again on purpose with --set-floors --reason '...'" in said
    assert pinned.floors[name]["floors"] != pinned.figures[name]


def test_setting_floors_again_touches_only_the_set_whose_data_changed(pinned: Bench) -> None:
    pinned.data["posts"] = "c" * 64
    pinned.figures = {name: dict.fromkeys(FIGURES, 0.5) for name in pinned.figures}
    before = pinned.floors
    code, said = pinned.run("--set-floors", "--reason", "forty posts more")
    assert code == 1
    assert "out_of_fold.drive_f1_clear is 0.5000" in said
    assert "posts." not in said
    assert pinned.floors["out_of_fold"] == before["out_of_fold"]
    assert pinned.floors["posts"]["floors"]["drive_f1_clear"] == 0.49
    assert [entry["reason"] for entry in pinned.floors["posts"]["history"]] == [
        "first",
        "forty posts more",
    ]
    first, last = pinned.floors["posts"]["history"]
    assert first["floors"] == before["posts"]["floors"]
    assert (first["fingerprint"], last["fingerprint"]) == ("a" * 64, "c" * 64)


def test_setting_floors_is_no_way_to_lower_them(pinned: Bench) -> None:
    pinned.figures["posts"]["drive_f1_clear"] = 0.5
    before = pinned.floors
    code, said = pinned.run("--set-floors", "--reason", "please")
    assert code == 1
    assert "every set is pinned to this very data" in said
    assert pinned.floors == before


@pytest.mark.parametrize("arguments", [("--set-floors",), ("--lower", "posts.drive_f1_clear")])
def test_nothing_is_set_or_lowered_without_a_reason(
    pinned: Bench, arguments: tuple[str, ...]
) -> None:
    pinned.figures["posts"]["drive_f1_clear"] = 0.5
    before = pinned.floors
    code, said = pinned.run(*arguments)
    assert code == 1
    assert f"{arguments[0]} needs --reason TEXT" in said
    assert pinned.floors == before


def test_raising_raises_what_was_won_and_lowers_nothing(pinned: Bench) -> None:
    pinned.figures["posts"] |= {"drive_f1_clear": 0.85, "niche_accuracy": 0.745, "ece": 0.01}
    assert pinned.run("--raise") == (0, "")
    assert pinned.floors["posts"]["floors"] == {
        "drive_f1_clear": 0.84,
        "niche_accuracy": 0.74,
        "ece": 0.02,
    }
    pinned.figures["posts"]["niche_accuracy"] = 0.7
    assert pinned.run("--raise")[0] == 1
    assert pinned.floors["posts"]["floors"]["niche_accuracy"] == 0.74


def test_a_new_figure_gets_its_floor_by_raising(pinned: Bench) -> None:
    pinned.figures["out_of_fold"]["promo_any_f1"] = 0.7
    assert pinned.run("--raise")[0] == 0
    assert pinned.floors["out_of_fold"]["floors"]["promo_any_f1"] == 0.697


def test_a_floor_is_lowered_by_name_and_the_reason_is_kept(pinned: Bench) -> None:
    pinned.figures["posts"]["drive_f1_clear"] = 0.8
    assert pinned.run("--lower", "posts.drive_f1_clear", "--reason", "half the size")[0] == 0
    assert pinned.floors["posts"]["floors"]["drive_f1_clear"] == 0.79
    assert pinned.floors["posts"]["floors"]["niche_accuracy"] == 0.74
    last = pinned.floors["posts"]["history"][-1]
    assert (last["change"], last["reason"]) == ("lowered drive_f1_clear", "half the size")
    assert last["floors"] == pinned.floors["posts"]["floors"]


@pytest.mark.parametrize("floor", [0.5, None])
def test_a_floor_lowered_by_hand_is_refused(pinned: Bench, floor: float | None) -> None:
    floors = pinned.floors
    del floors["posts"]["floors"]["drive_f1_clear"]
    if floor is not None:
        floors["posts"]["floors"]["drive_f1_clear"] = floor
    (pinned.folder / "floors.json").write_text(json.dumps(floors), encoding="utf-8")
    pinned.figures["posts"]["drive_f1_clear"] = 0.6
    for arguments in ((), ("--raise",), ("--lower", "posts.ece", "--reason", "why not")):
        code, said = pinned.run(*arguments)
        assert code == 1
        assert "posts: its floors are not those that its history ends with" in said
        assert pinned.floors == floors


def test_lowering_one_floor_excuses_no_other(pinned: Bench) -> None:
    pinned.figures["posts"] |= {"drive_f1_clear": 0.8, "niche_accuracy": 0.5}
    code, said = pinned.run("--lower", "posts.drive_f1_clear", "--reason", "half the size")
    assert code == 1
    assert "posts.niche_accuracy is 0.5000" in said


def test_a_floor_of_what_is_no_longer_measured_is_removed_with_a_reason(pinned: Bench) -> None:
    del pinned.figures["posts"]["niche_accuracy"]
    assert pinned.run("--lower", "posts.niche_accuracy", "--reason", "no niches there")[0] == 0
    assert "niche_accuracy" not in pinned.floors["posts"]["floors"]
    assert pinned.floors["posts"]["history"][-1]["change"] == "removed niche_accuracy"


@pytest.mark.parametrize(
    ("figure", "message"),
    [
        ("posts.accuracy", "no floor 'posts.accuracy'; there are: "),
        ("drive_f1_clear", "no floor 'drive_f1_clear'; there are: "),
        ("posts.niche_accuracy", "its floor 0.74 need not be lowered, 0.74 would do"),
    ],
)
def test_a_floor_that_cannot_be_lowered_is_refused(
    pinned: Bench, figure: str, message: str
) -> None:
    before = pinned.floors
    code, said = pinned.run("--lower", figure, "--reason", "why not")
    assert code == 1
    assert message in said
    assert pinned.floors == before


def test_floors_of_other_data_are_not_lowered(pinned: Bench) -> None:
    pinned.data["posts"] = "c" * 64
    pinned.figures["posts"]["drive_f1_clear"] = 0.5
    before = pinned.floors
    code, said = pinned.run("--lower", "posts.drive_f1_clear", "--reason", "why not")
    assert code == 1
    assert "the evaluation data changed" in said
    assert pinned.floors == before


def posts(path: Path) -> None:
    kinds = (
        ("mình nấu phở bò tại nhà, ninh xương sáu tiếng", "passion", "food", "none"),
        ("váy mới về shop, giảm giá 50% inbox em nhé", "brand", "fashion", "own"),
        ("hướng dẫn chơi guitar bài này từng hợp âm", "passion", "music", "none"),
        ("hôm nay đi cà phê với hội bạn thân", "brand", "life", "none"),
    )
    rows = [
        {
            "text": f"{text} {n}", "account": f"acc{n % 13}", "platform": "tiktok",
            "drive": drive, "clarity": 2, "niche": niche, "promo": promo,
        }
        for n in range(10)
        for text, drive, niche, promo in kinds
    ]  # fmt: skip
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(lines, encoding="utf-8")


def test_the_embedded_default_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    posts(tmp_path / "posts.jsonl")
    at = ["--gate", str(tmp_path)]
    assert gate.main([*at, "--set-floors", "--reason", "first"]) == 0
    found = json.loads((tmp_path / "floors.json").read_text("utf-8"))
    manifest = json.loads((default_bundle() / "manifest.json").read_text("utf-8"))
    assert found["out_of_fold"]["fingerprint"] == manifest["data"]["labelled.jsonl"]
    assert set(found["out_of_fold"]["floors"]) == set(manifest["metrics"]["tagger"])
    assert set(found["posts"]["floors"]) == set(gate.POSTS_FIGURES)
    assert found["posts"]["floors"]["drive_accuracy"] > 0.5
    found["posts"]["floors"]["drive_accuracy"] = 1.1
    found["posts"]["history"][-1]["floors"]["drive_accuracy"] = 1.1
    (tmp_path / "floors.json").write_text(json.dumps(found), encoding="utf-8")
    capsys.readouterr()
    assert gate.main(at) == 1
    assert "posts.drive_accuracy is " in capsys.readouterr().err


def test_posts_that_are_not_there_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gate.main(["--gate", str(tmp_path)]) == 1
    assert "posts.jsonl: there is no such file" in capsys.readouterr().err


def test_a_bundle_without_such_figures_says_so(tmp_path: Path) -> None:
    for file in default_bundle().iterdir():
        (tmp_path / file.name).symlink_to(file)
    manifest = json.loads((default_bundle() / "manifest.json").read_text("utf-8"))
    (tmp_path / "manifest.json").unlink()
    (tmp_path / "manifest.json").write_text(json.dumps(manifest | {"data": {}}), encoding="utf-8")
    with pytest.raises(gate.InputError, match=r"its manifest has no figures on labelled\.jsonl"):
        gate.SETS["out_of_fold"](tmp_path, tmp_path)
