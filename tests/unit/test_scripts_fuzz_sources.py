"""Damaged sample exports: posts and rejects come of them, and no exception but our own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from test_scripts_eval_gate import script

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[2]
fuzz_sources = script("fuzz_sources")


def test_damaged_exports_are_posts_and_rejects() -> None:
    folders = [ROOT / "corpora" / "exports", ROOT / "corpora" / "demo"]
    counts, faults = fuzz_sources.fuzz(folders, rows=5_000, each=50, seed=1)
    assert [trace for _, _, trace in faults] == []
    assert sum(n for (_, what), n in counts.items() if what == "rejects") > 500
    assert sum(n for (_, what), n in counts.items() if what == "posts") > 500


def test_a_fault_would_be_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "a.jsonl").write_text('{"account": "cam", "text": "Bún"}\n', encoding="utf-8")

    def broken(*_: object) -> object:
        raise KeyError("node")

    monkeypatch.setattr(fuzz_sources, "read_posts", broken)
    _, faults = fuzz_sources.fuzz([tmp_path], rows=10, each=10, seed=1)
    assert "KeyError: 'node'" in faults[0][2]
