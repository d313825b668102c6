"""An exported folder answers in stock transformers what the bundle's encoder answers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer, pipeline

from analyzer.errors import ModelError, StoreError
from analyzer.model import default_bundle, read_bundle, write_bundle
from analyzer.model.encode import encode, load_vocabulary
from analyzer.model.forward import forward_of
from analyzer.model.shape import SLICES, EncoderShape
from analyzer.pipeline.calibrate import probabilities
from analyzer.pipeline.export_hf import CARD, CONFIG, FILES, export_hf
from analyzer.pipeline.network import Network

CLOSE = 5e-6
"""Of a probability: rounding leaves 1e-6 where heads are as large as here, 1e-7 in the default."""

LONGEST = "bún " * 254
TEXTS = [
    "",
    "bún",
    "Hôm_nay mình nấu BÚN_RIÊU 🦀 @be.cua #mónngon món ngon , ai thích chua_chua thì thêm me nha",
    "<s> </s> <mask> <pad> <unk> a<mask>b",
    f"{'é' * 200} {'x' * 64} {'y' * 65}",
    "ế ễ 你好 ﬁ İ ㅎ \U0001fae8 \xa0 \u2028 phở",
    "giảm_giá 50% còn 199k mua ngay inbox shop " * 9,
    LONGEST,
]


def tiny(folder: Path, *, vocabulary: Path, lower: bool, seed: int = 3) -> Path:
    """A bundle of an encoder with random weights, and nothing but it."""
    size = load_vocabulary(vocabulary, lower=lower).size
    shape = EncoderShape(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48,
        vocab_size=size,
    )  # fmt: skip
    torch.manual_seed(seed)
    network = Network(shape)
    with torch.no_grad():
        for weight in network.parameters():
            weight.normal_(std=0.3)  # no bias is left at 0, no norm at 1
        # texts that differ are answered differently, some as passion and some as brand
        network.heads.weight.mul_(10)
        network.heads.bias.sub_(
            network.eval()(torch.randint(4, size, (1, 50)), torch.ones(1, 50))[0]
        )
    weights = {name: w.detach().numpy() for name, w in network.state_dict().items()}
    manifest = replace(
        read_bundle(default_bundle()).manifest,
        name="tiny", encoder=shape, lower=lower, temperature=0.37, base="none", base_licence="MIT",
    )  # fmt: skip
    write_bundle(folder, manifest, weights, vocabulary=vocabulary)
    return folder


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    return tiny(folder, vocabulary=default_bundle(), lower=True)


@pytest.fixture(scope="module")
def exported(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("exported") / "made" / "here"
    export_hf(bundle, out)
    return out


def ids_of(bundle: Path, texts: list[str]) -> list[list[int]]:
    """Sub-words of each text's first window, by `encode`."""
    read = read_bundle(bundle).manifest
    vocabulary = load_vocabulary(bundle, lower=read.lower)
    flat = encode(texts, vocabulary)
    return [[vocabulary.bos, *ids[: read.window], vocabulary.eos] for ids in flat]


def encoder_path(bundle: Path, texts: list[str]) -> Any:
    """(len(texts),) P(passion) of the bundle's encoder, each text by itself."""
    read = read_bundle(bundle)
    weights = {name: w for name, w in read.weights.items() if not name.startswith("ngram.")}
    forward = forward_of(weights, read.manifest.encoder, pad=1)
    with torch.inference_mode():
        logits = [
            forward(torch.tensor([ids]), torch.ones(1, len(ids), dtype=torch.int64))[0]
            for ids in ids_of(bundle, texts)
        ]
    drive = torch.stack(logits)[:, SLICES["drive"]].numpy().astype(float)
    return probabilities(drive / read.manifest.temperature)[:, 0]


def passion(folder: Path, texts: list[str], attention: str = "sdpa", **options: Any) -> Any:
    """(len(texts),) P(passion) by stock transformers."""
    classify = pipeline(
        "text-classification", str(folder), top_k=None, device="cpu",
        model_kwargs={"attn_implementation": attention},
    )  # fmt: skip
    found = [{one["label"]: one["score"] for one in row} for row in classify(texts, **options)]
    assert all(one.keys() == {"passion", "brand"} for one in found)
    return np.array([one["passion"] for one in found])


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
@pytest.mark.parametrize("size", [1, 3, len(TEXTS)])
def test_probabilities_are_those_of_the_encoder(
    bundle: Path, exported: Path, size: int, attention: str
) -> None:
    wanted = encoder_path(bundle, TEXTS)
    found = passion(exported, TEXTS, attention, batch_size=size)
    assert wanted.std() > 0.05
    assert np.abs(found - wanted).max() < CLOSE


def test_a_longer_text_is_read_to_the_end_of_the_window(bundle: Path, exported: Path) -> None:
    texts = [LONGEST + "phở cuốn", TEXTS[1]]
    found = passion(exported, texts, truncation=True, batch_size=2)
    assert np.abs(found - encoder_path(bundle, texts)).max() < CLOSE


def test_the_embedded_default_is_exported(tmp_path: Path) -> None:
    left_out = export_hf(default_bundle(), tmp_path).left_out
    found = passion(tmp_path, TEXTS, batch_size=4)
    assert np.abs(found - encoder_path(default_bundle(), TEXTS)).max() < CLOSE
    assert "n-grams" in left_out[0]
    card = (tmp_path / CARD).read_text(encoding="utf-8")
    manifest = read_bundle(default_bundle()).manifest
    assert manifest.front_end in card
    assert manifest.base_licence in card
    assert all(line in card for line in left_out)


@pytest.mark.parametrize("lower", [True, False])
def test_ids_are_those_of_the_bundle(tmp_path: Path, lower: bool) -> None:  # noqa: FBT001 - a parameter
    bundle = tiny(tmp_path / "bundle", vocabulary=default_bundle(), lower=lower)
    export_hf(bundle, tmp_path / "out")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "out")
    assert tokenizer(TEXTS)["input_ids"] == ids_of(bundle, TEXTS)
    assert tokenizer.model_max_length == len(tokenizer(LONGEST)["input_ids"]) == 256
    vocabulary = load_vocabulary(bundle, lower=lower)
    assert tokenizer.pad_token_id == vocabulary.pad
    assert tokenizer.mask_token_id == vocabulary.mask


def test_a_product_of_merges_that_the_vocabulary_lacks_is_unknown(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    (files / "vocab.txt").write_text("bú@@ 5\nn 4\nbún 3\n", encoding="utf-8")
    # `ri`, `phở` and their parts are not in it
    merges = "b ú 9\nbú n</w> 8\nr i 7\np h 6\nph ở</w> 5\n"
    (files / "bpe.codes").write_text(merges, encoding="utf-8")
    bundle = tiny(tmp_path / "bundle", vocabulary=files, lower=True)
    out = tmp_path / "out"
    export_hf(bundle, out)
    texts = ["bún", "bún phở", "ri ri bú", "n phph", "x"]
    rows = json.loads((out / CONFIG).read_bytes())["vocab_size"]
    unknown = load_vocabulary(bundle, lower=True).size
    found = AutoTokenizer.from_pretrained(out)(texts)["input_ids"]
    assert unknown <= max(max(ids) for ids in found) < rows
    assert [[3 if i >= unknown else i for i in ids] for ids in found] == ids_of(bundle, texts)
    wanted = encoder_path(bundle, texts)
    assert np.abs(passion(out, texts, batch_size=2) - wanted).max() < CLOSE


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_folder_is_written_again(bundle: Path, exported: Path, tmp_path: Path) -> None:
    other = tiny(tmp_path / "bundle", vocabulary=default_bundle(), lower=True, seed=4)
    out = tmp_path / "out"
    export_hf(other, out)
    before = contents(out)
    assert before.keys() == FILES
    (out / ".model.safetensors.0123abcd.part").write_bytes(b"killed")
    assert export_hf(bundle, out).model_id == read_bundle(bundle).model_id
    assert contents(out) == contents(exported) != before


def test_one_that_was_cut_off_holds_no_config(
    bundle: Path, exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    export_hf(bundle, out)
    whole = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if "tokenizer.json" in path.name:
            raise OSError(28, "No space left on device", str(path))
        return whole(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(StoreError, match="free some space"):
            export_hf(bundle, out)
    assert CONFIG not in contents(out)
    export_hf(bundle, out)
    assert contents(out) == contents(exported)


def test_a_folder_of_others_is_left_alone(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / CARD).write_text("# mine", encoding="utf-8")
    with pytest.raises(StoreError, match="is not empty and was not written by export-hf; pass a"):
        export_hf(bundle, tmp_path)
    assert contents(tmp_path) == {CARD: b"# mine"}


def test_files_of_others_are_left_alone(bundle: Path, tmp_path: Path) -> None:
    export_hf(bundle, tmp_path)
    (tmp_path / "vocab.txt").write_bytes(b"mine")
    before = contents(tmp_path)
    with pytest.raises(StoreError, match=r"holds vocab.txt, which export-hf did not write"):
        export_hf(bundle, tmp_path)
    assert contents(tmp_path) == before


def test_a_file_is_no_folder(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"mine")
    with pytest.raises(StoreError, match="cannot be written"):
        export_hf(bundle, tmp_path / "out")


def test_weights_of_another_shape_are_refused(bundle: Path, tmp_path: Path) -> None:
    read = read_bundle(bundle)
    wrong = {name: w for name, w in read.weights.items() if name != "heads.bias"}
    write_bundle(tmp_path / "bundle", read.manifest, wrong, vocabulary=bundle)
    with pytest.raises(
        ModelError, match=r"weights do not fit the manifest: heads\.bias is missing"
    ):
        export_hf(tmp_path / "bundle", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_no_branch_is_said_to_be_left_out_that_was_not_there(bundle: Path, tmp_path: Path) -> None:
    assert not [line for line in export_hf(bundle, tmp_path).left_out if "n-grams" in line]
