"""A bundle says what it is and refuses to be anything else."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import orjson
import pytest

from analyzer.errors import ModelError
from analyzer.model import default_bundle, load_tagger, read_bundle, write_bundle
from analyzer.model.bundle import packed_and_expanded
from analyzer.text import front_end

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return shutil.copytree(default_bundle(), tmp_path / "bundle")


def test_the_embedded_default_keeps_its_size() -> None:
    sizes = [path.stat().st_size for path in default_bundle().iterdir()]
    assert max(sizes) <= 15_000_000
    assert sum(sizes) <= 20_000_000


def test_the_embedded_default_holds_no_pickle() -> None:
    assert {path.name for path in default_bundle().iterdir()} == {
        "README.md", "manifest.json", "model.safetensors", "vocab.txt", "bpe.codes",
    }  # fmt: skip


def test_the_manifest_states_its_numbers_beside_the_baselines() -> None:
    metrics = read_bundle(default_bundle()).manifest.metrics
    assert metrics["tagger"].keys() == metrics["baseline"].keys()
    assert {"drive_f1_clear", "drive_f1_likely", "niche_accuracy", "promo_f1", "ece"} <= metrics[
        "tagger"
    ].keys()


def test_the_embedded_default_fits_this_front_end() -> None:
    assert read_bundle(default_bundle()).manifest.front_end == front_end()


def test_written_again_it_is_the_same(copy: Path, tmp_path: Path) -> None:
    read = read_bundle(copy)
    again = tmp_path / "again"
    write_bundle(again, read.manifest, read.weights, vocabulary=copy)
    other = read_bundle(again)
    assert other.weights.keys() == read.weights.keys()
    for name, values in read.weights.items():
        assert np.allclose(other.weights[name], values, atol=1e-6), name


def test_weights_keep_their_size_within_half_a_step() -> None:
    values = np.random.default_rng(0).normal(size=(5, 40)).astype(np.float32)
    kept = packed_and_expanded({"w": values})["w"]
    step = np.abs(values).max(axis=1, keepdims=True) / 127
    assert (np.abs(kept - values) <= step / 2 + 1e-6).all()


@pytest.mark.parametrize("name", ["manifest.json", "model.safetensors", "vocab.txt", "bpe.codes"])
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(ModelError, match=name):
        read_bundle(copy)


@pytest.mark.parametrize("name", ["model.safetensors", "vocab.txt", "bpe.codes"])
def test_a_changed_file_is_refused(copy: Path, name: str) -> None:
    with (copy / name).open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelError, match="copy it again"):
        read_bundle(copy)


def test_a_damaged_manifest_is_refused(copy: Path) -> None:
    (copy / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match="damaged"):
        read_bundle(copy)


def test_another_format_is_refused(copy: Path) -> None:
    manifest = orjson.loads((copy / "manifest.json").read_bytes())
    (copy / "manifest.json").write_bytes(orjson.dumps({**manifest, "format": 99}))
    with pytest.raises(ModelError, match="bundle format 99"):
        read_bundle(copy)


def test_a_runtime_that_is_not_known_is_refused(copy: Path) -> None:
    manifest = orjson.loads((copy / "manifest.json").read_bytes())
    (copy / "manifest.json").write_bytes(orjson.dumps({**manifest, "runtime": "abacus"}))
    with pytest.raises(ModelError, match="should be 'torch' or 'openvino'"):
        read_bundle(copy)


def test_another_front_end_is_refused(copy: Path) -> None:
    with pytest.raises(ModelError, match="front end"):
        load_tagger(copy, front_end="rules-0+underthesea-1.0")


def test_another_manifest_has_another_id(copy: Path, tmp_path: Path) -> None:
    read = read_bundle(copy)
    other = tmp_path / "other"
    write_bundle(other, replace(read.manifest, seed=7), read.weights, vocabulary=copy)
    assert read_bundle(other).model_id != read.model_id
