"""A quantised bundle: the same encoder, the same answer for a post wherever it stands."""

from __future__ import annotations

import json
import random
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
import torch

from analyzer.errors import InputError, ModelError
from analyzer.model import Tagger, default_bundle, load_tagger, read_bundle, tag, write_bundle
from analyzer.model.openvino_runtime import CONSTANTS, GRAPH, imported
from analyzer.model.shape import SLICES, EncoderShape
from analyzer.pipeline.network import Network
from analyzer.pipeline.quantise import quantise
from analyzer.schema import SEGMENTED
from analyzer.text import normalise, segment

if TYPE_CHECKING:
    from pathlib import Path

CAPTIONS = [
    "Bún riêu cua đồng nấu kiểu nhà mình, ai thích chua thì thêm me nha",
    "Hôm nay trời đẹp nên tui đi cà phê một mình 🥰",
    "Giảm 30% toàn bộ đầm linen, inbox shop chốt đơn liền tay ạ",
    "#reviewphim tập 3: vì sao nhân vật chính bỏ đi",
    "Cách cắt tóc mái tại nhà không bị cụt, xem kỹ bước 2 nhé mọi người",
    "Rang hạt ở nhiệt độ thấp thì chua hơn, còn rang lâu thì đắng và mất hương hoa",
    "Con mèo nằm đè lên cuộn len, không cho mình đan nốt cái khăn",
    "Đường lên đèo sáng nay mù đặc, đi chậm thôi mọi người ơi",
]
ARTICLE = " ".join(CAPTIONS * 6)


@pytest.fixture(scope="module")
def captions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [{"id": f"{n}", "username": "an", "caption": text} for n, text in enumerate(CAPTIONS)]
    path = tmp_path_factory.mktemp("captions") / "captions.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small encoder of random weights beside the embedded default's linear branch."""
    default = read_bundle(default_bundle())
    shape = EncoderShape(
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        vocab_size=default.manifest.encoder.vocab_size,
    )
    torch.manual_seed(5)
    network = Network(shape)
    with torch.no_grad():
        for values in network.parameters():
            values.normal_(std=0.3)
    weights = {name: values.numpy() for name, values in network.state_dict().items()}
    linear = {name: w for name, w in default.weights.items() if name.startswith("ngram.")}
    manifest = replace(default.manifest, name="small", encoder=shape, window=60)
    folder = tmp_path_factory.mktemp("plain")
    write_bundle(folder, manifest, {**weights, **linear}, vocabulary=default_bundle())
    return folder


@pytest.fixture(scope="module")
def small(plain: Path, captions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("quantised")
    quantise(plain, [str(captions)], folder)
    return folder


@pytest.fixture(scope="module")
def quantised(small: Path) -> Tagger:
    return load_tagger(small)


def segmented(texts: list[str]) -> Any:
    return pa.table(
        {
            "post_id": [f"t:{n}" for n in range(len(texts))],
            "content_hash": [f"{n:064x}" for n in range(len(texts))],
            "segmented": list(map(str, segment(normalise(texts)))),
            "abstain": pa.nulls(len(texts), pa.string()),
        },
        schema=SEGMENTED,
    )


def test_a_post_has_the_same_answer_alone_among_32_and_shuffled(
    small: Path, quantised: Tagger
) -> None:
    texts = [f"{CAPTIONS[n % 8]} {CAPTIONS[(n * 5 + 1) % 8][: n * 3]}" for n in range(31)]
    table = segmented([*texts, ARTICLE])
    together = tag(table, quantised)
    alone = pa.concat_tables([tag(table.slice(row, 1), quantised) for row in range(32)])
    order = list(range(32))
    random.Random(3).shuffle(order)  # noqa: S311 - a shuffle, not a secret
    assert len(set(together.column("prob_ppm").to_pylist())) > 20
    assert alone.equals(together)
    assert tag(table.take(order), quantised).equals(together.take(order))
    assert tag(table, load_tagger(small, threads=2)).equals(together)


def test_it_answers_as_the_encoder_it_was_made_of(plain: Path, quantised: Tagger) -> None:
    texts = list(map(str, segment(normalise([*CAPTIONS, ARTICLE]))))
    wanted, found = load_tagger(plain).logits(texts), quantised.logits(texts)
    off = np.abs(found - wanted).max(axis=0)
    assert (off < 0.25 * wanted.std(axis=0) + 0.1).all()
    assert off.max() > 0
    drive = SLICES["drive"]
    assert np.corrcoef(found[:, drive].ravel(), wanted[:, drive].ravel())[0, 1] > 0.99


def test_it_says_what_it_is(plain: Path, small: Path) -> None:
    before, after = read_bundle(plain), read_bundle(small)
    assert after.manifest.runtime == "openvino"
    assert after.manifest.name == "small-int8"
    assert after.manifest.data["quantised from"] == before.model_id
    assert after.manifest.rates == before.manifest.rates
    kept = {name for name in before.weights if name.startswith("ngram.")}
    assert after.weights.keys() == {GRAPH, CONSTANTS} | kept
    assert all(np.allclose(after.weights[name], before.weights[name]) for name in kept)
    assert {path.name for path in small.iterdir()} == {path.name for path in plain.iterdir()}


def test_made_again_it_is_the_same(
    plain: Path, small: Path, captions: Path, tmp_path: Path
) -> None:
    lines = captions.read_text(encoding="utf-8").split("\n")
    turned = tmp_path / "turned.jsonl"
    turned.write_text("\n".join([*reversed(lines), lines[0]]), encoding="utf-8")
    again = quantise(plain, [str(turned)], tmp_path / "again")
    assert again.model_id == read_bundle(small).model_id


def test_a_quantised_bundle_is_not_quantised_again(
    small: Path, captions: Path, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match="quantised already"):
        quantise(small, [str(captions)], tmp_path / "again")


def test_a_bundle_of_another_front_end_is_refused(
    plain: Path, captions: Path, tmp_path: Path
) -> None:
    read = read_bundle(plain)
    other = replace(read.manifest, front_end="rules-0")
    write_bundle(tmp_path / "other", other, read.weights, vocabulary=plain)
    with pytest.raises(ModelError, match="front end 'rules-0'"):
        quantise(tmp_path / "other", [str(captions)], tmp_path / "again")


def test_captions_that_no_tagger_judges_are_no_measure(plain: Path, tmp_path: Path) -> None:
    path = tmp_path / "captions.jsonl"
    path.write_text('{"id": "1", "username": "an", "caption": "🥰🥰"}', encoding="utf-8")
    with pytest.raises(InputError, match="no Vietnamese caption"):
        quantise(plain, [str(path)], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_without_openvino_the_remedy_is_named(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(ModelError, match=r"pip install 'vn-content-analyzer\[fast\]'"):
        load_tagger(small)


def test_it_runs_on_the_processor_alone(small: Path) -> None:
    with pytest.raises(ModelError, match="processor alone"):
        load_tagger(small, device="cuda")


def test_a_damaged_network_is_refused(small: Path, tmp_path: Path) -> None:
    read = read_bundle(small)
    broken = {**read.weights, GRAPH: read.weights[GRAPH][: len(read.weights[GRAPH]) // 2]}
    write_bundle(tmp_path / "broken", read.manifest, broken, vocabulary=small)
    with pytest.raises(ModelError, match="cannot read the network"):
        load_tagger(tmp_path / "broken")


def test_a_network_that_is_missing_is_named(plain: Path, tmp_path: Path) -> None:
    read = read_bundle(plain)
    manifest = replace(read.manifest, runtime="openvino")
    write_bundle(tmp_path / "mixed", manifest, read.weights, vocabulary=plain)
    with pytest.raises(ModelError, match=rf"do not fit.*{GRAPH} is missing"):
        load_tagger(tmp_path / "mixed")


def test_nothing_is_reported_to_anyone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """OpenVINO's reporter cannot be imported while OpenVINO is, and can be again afterwards."""
    (tmp_path / "openvino_telemetry.py").write_text("", encoding="utf-8")
    (tmp_path / "reports.py").write_text("import openvino_telemetry", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "openvino_telemetry", raising=False)
    with pytest.raises(ModelError):
        imported("reports")
    (reports,) = map(__import__, ["reports"])
    assert reports.openvino_telemetry is sys.modules["openvino_telemetry"]
    monkeypatch.delitem(sys.modules, "openvino_telemetry")
    monkeypatch.delitem(sys.modules, "reports")
