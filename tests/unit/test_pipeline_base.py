"""A base is read from a folder as the hub has it; what cannot be used says why."""

from __future__ import annotations

import os
import pickle
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import torch
from safetensors.numpy import save_file
from transformers import RobertaForMaskedLM

from analyzer.errors import ModelError
from analyzer.model.shape import EncoderShape
from analyzer.pipeline.base import LICENCES, read_base
from analyzer.pipeline.encoders import network_of
from analyzer.pipeline.network import encoder_config

SHAPE = EncoderShape(
    hidden_size=8,
    num_hidden_layers=1,
    num_attention_heads=2,
    intermediate_size=16,
    vocab_size=9,
)


@pytest.fixture
def model() -> RobertaForMaskedLM:
    torch.manual_seed(0)
    return RobertaForMaskedLM(encoder_config(SHAPE))


@pytest.fixture
def folder(tmp_path: Path, model: RobertaForMaskedLM) -> Path:
    """As PhoBERT's page on the hub: pickled weights."""
    found = tmp_path / "phobert-tiny"
    found.mkdir()
    (found / "config.json").write_text(encoder_config(SHAPE).to_json_string(use_diff=False))
    (found / "vocab.txt").write_text("a 3\nb 2\nc@@ 1\nd 1\n", encoding="utf-8")
    (found / "bpe.codes").write_text("a b 1\n", encoding="utf-8")
    torch.save(model.state_dict(), found / "pytorch_model.bin")
    return found


def test_pickled_weights_are_read_once_and_rewritten(
    folder: Path, model: RobertaForMaskedLM, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    base = read_base(str(folder), work)
    assert (base.name, base.shape, base.licence) == ("phobert-tiny", SHAPE, "unknown")
    network = network_of(base.weights, base.shape)
    for name, values in model.roberta.state_dict().items():
        assert torch.equal(network.encoder.state_dict()[name], values), name
    (rewritten,) = work.iterdir()
    assert rewritten.suffix == ".safetensors"
    stamp = rewritten.stat().st_mtime_ns
    again = read_base(str(folder), work)
    assert rewritten.stat().st_mtime_ns == stamp
    assert all(np.array_equal(again.weights[name], w) for name, w in base.weights.items())
    assert not (folder / "model.safetensors").exists()


def test_safetensors_are_taken_where_there_are_both(
    folder: Path, model: RobertaForMaskedLM, tmp_path: Path
) -> None:
    (folder / "pytorch_model.bin").write_bytes(b"never opened")
    arrays = {name: w.numpy() + 1 for name, w in model.roberta.state_dict().items()}
    save_file(arrays, folder / "model.safetensors")
    base = read_base(str(folder), tmp_path / "work")
    name = "embeddings.word_embeddings.weight"
    assert np.array_equal(base.weights[f"encoder.{name}"], arrays[name])
    assert not (tmp_path / "work").exists()


class Harmful:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, ("/tmp/it-ran",)  # noqa: S108 - it must not


@pytest.mark.parametrize("kind", ["torch", "pickle", "cut"])
def test_a_pickle_that_holds_more_than_tensors_is_not_run(
    folder: Path, tmp_path: Path, kind: str
) -> None:
    path = folder / "pytorch_model.bin"
    if kind == "torch":
        torch.save({"weights": Harmful()}, path)
    elif kind == "pickle":
        path.write_bytes(pickle.dumps(Harmful()))
    else:
        path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(ModelError, match=r"damaged or holds more than tensors.*model\.safetensors"):
        read_base(str(folder), tmp_path / "work")
    assert not Path("/tmp/it-ran").exists()  # noqa: S108 - as above


@pytest.mark.parametrize(
    ("card", "said", "wanted"),
    [
        ("---\nlanguage: vi\nlicense: agpl-3.0\n---\nText", None, "agpl-3.0"),
        ("no front matter", None, "unknown"),
        (None, "MIT", "MIT"),
    ],
)
def test_a_licence_is_that_of_the_folders_card(
    folder: Path, tmp_path: Path, card: str | None, said: str | None, wanted: str
) -> None:
    if card is not None:
        (folder / "README.md").write_text(card, encoding="utf-8")
    assert read_base(str(folder), tmp_path / "work", licence=said).licence == wanted


def test_the_licences_of_phobert_are_known() -> None:
    assert LICENCES["vinai/phobert-base"] == LICENCES["vinai/phobert-large"] == "MIT"
    assert LICENCES["vinai/phobert-base-v2"] == "AGPL-3.0"


@pytest.mark.parametrize("name", ["config.json", "vocab.txt", "bpe.codes", "pytorch_model.bin"])
def test_a_file_that_is_missing_is_named(folder: Path, tmp_path: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelError, match=name.replace(".", r"\.")):
        read_base(str(folder), tmp_path / "work")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model_type": "bert"}, "is not PhoBERT's: it has {'model_type': 'bert'}"),
        ({"hidden_act": "relu"}, "it has {'hidden_act': 'relu'}"),
        ({"vocab_size": None}, "is not the configuration of an encoder"),
    ],
)
def test_another_architecture_is_refused(
    folder: Path, tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    config = orjson.loads((folder / "config.json").read_bytes()) | change
    (folder / "config.json").write_bytes(orjson.dumps(config))
    with pytest.raises(ModelError) as caught:
        read_base(str(folder), tmp_path / "work")
    assert message in str(caught.value)


def test_where_no_hub_can_be_reached_a_local_folder_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    with pytest.raises(ModelError, match=r"'vinai/phobert-none' cannot be fetched.*local folder"):
        read_base("vinai/phobert-none", tmp_path / "work")


def test_what_is_neither_folder_nor_name_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="there is no folder 'no such thing'"):
        read_base("no such thing", tmp_path / "work")


def test_sizes_are_those_of_the_configuration(folder: Path, tmp_path: Path) -> None:
    config = orjson.loads((folder / "config.json").read_bytes())
    found = asdict(read_base(str(folder), tmp_path / "work").shape)
    assert found == {name: config[name] for name in found}
