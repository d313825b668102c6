"""Work is named by content: done is done, and another bundle is other work."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analyzer.engine import local
from analyzer.engine.local import map_files, output_name
from analyzer.pipeline.worker import WorkerSpec

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SPEC = WorkerSpec(bundle=None, model_id="m@1", front_end="f")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    done: list[int] = []

    def opened(_: WorkerSpec) -> Callable[[Any], Any]:
        def work(table: Any) -> Any:
            done.append(table.num_rows)
            return table

        return work

    local.loaded_worker.cache_clear()
    monkeypatch.setattr(local, "open_worker", opened)
    return done


def part(path: Path, rows: int) -> str:
    pq.write_table(pa.table({"n": list(range(rows))}), path)
    return str(path)


def test_outputs_come_in_the_order_of_the_inputs(tmp_path: Path, calls: list[int]) -> None:
    uris = [part(tmp_path / f"{n}.parquet", n) for n in (3, 1, 2)]
    out = list(map_files(uris, SPEC, tmp_path, workers=1))
    assert [pq.read_metadata(path).num_rows for path in out] == [3, 1, 2]
    assert calls == [3, 1, 2]


def test_what_exists_is_not_made_again(tmp_path: Path, calls: list[int]) -> None:
    uri = part(tmp_path / "in.parquet", 4)
    first = list(map_files([uri], SPEC, tmp_path, workers=1))
    again = list(map_files([uri], SPEC, tmp_path, workers=1))
    assert first == again
    assert calls == [4]


def test_the_name_follows_content_and_spec_but_not_the_place(tmp_path: Path) -> None:
    here = part(tmp_path / "a.parquet", 4)
    there = part(tmp_path / "b.parquet", 4)
    other = part(tmp_path / "c.parquet", 5)
    model = WorkerSpec(bundle=None, model_id="m@2", front_end="f")
    moved = WorkerSpec(bundle="elsewhere", model_id="m@1", front_end="f")
    stricter = replace(SPEC, abstention="rules-0")
    assert output_name(here, SPEC) == output_name(there, SPEC) == output_name(here, moved)
    names = {output_name(here, spec) for spec in (SPEC, model, stricter)}
    assert len({*names, output_name(other, SPEC)}) == 4


def test_nothing_in_nothing_out(tmp_path: Path, calls: list[int]) -> None:
    assert list(map_files([], SPEC, tmp_path, workers=2)) == []
    assert calls == []
