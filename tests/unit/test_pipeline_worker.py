"""Posts to tagged posts: what is judged, and what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sources_samples import generic, lines

from analyzer.model import load_tagger
from analyzer.pipeline.worker import WorkerSpec, open_worker
from analyzer.sources import read_posts
from analyzer.text import front_end

if TYPE_CHECKING:
    from pathlib import Path


def test_reposts_are_not_judged_and_unknown_counts_as_own(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    said = {"1": True, "2": False, "3": None}
    path.write_bytes(lines(*(generic(id=key, is_repost=flag) for key, flag in said.items())))
    (batch,) = read_posts([path])
    spec = WorkerSpec(bundle=None, model_id=load_tagger().model_id, front_end=front_end())
    tagged = open_worker(spec)(batch.posts)
    assert tagged.column("is_repost").to_pylist() == list(said.values())
    assert tagged.column("abstained").to_pylist() == ["repost", None, None]
    probs = tagged.column("prob_ppm").to_pylist()
    assert probs[0] is None
    assert probs[1] == probs[2] is not None
