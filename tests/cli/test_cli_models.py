"""Commands that make taggers and pass them on: what they print, and what they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli_samples import analyzer, posts

from analyzer.model import default_bundle, read_bundle

if TYPE_CHECKING:
    from pathlib import Path


def test_export_hf_says_what_it_left_out_and_how_to_use_it(tmp_path: Path) -> None:
    done = analyzer("export-hf", "default", tmp_path / "hf")
    assert done.exit_code == 0
    assert read_bundle(default_bundle()).model_id in done.stdout
    assert "* niche and promotion: only drive is answered" in done.stdout
    assert (tmp_path / "hf" / "config.json").is_file()


@pytest.mark.parametrize("command", ["export-hf", "quantise", "calibrate"])
def test_a_folder_that_is_no_tagger_is_refused(command: str, tmp_path: Path) -> None:
    found = posts(tmp_path / "posts.jsonl")
    out = tmp_path / "out"
    rest = [out] if command == "export-hf" else [found, "-o", out]
    done = analyzer(command, tmp_path, *rest)
    assert done.exit_code == 2
    assert "has no manifest.json; pass a folder that `train` wrote" in done.stderr.replace(
        "\n", " "
    )
    assert not out.exists()
