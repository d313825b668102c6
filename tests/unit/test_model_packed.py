"""Packed windows: the same answers as padded ones, whatever lies beside them in a pass.

A processor has no attention for packed windows in torch, so that a plain one stands in for it here;
where there is a GPU, its own is held against that.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from torch.nn import functional

from analyzer.errors import ModelError
from analyzer.model import packed
from analyzer.model.forward import forward_of
from analyzer.model.packed import check_gpu, packed_forward, packs
from analyzer.model.shape import OUTPUTS, EncoderShape
from analyzer.pipeline.network import Network

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

SHAPE = EncoderShape(
    hidden_size=64,
    num_hidden_layers=2,
    num_attention_heads=4,
    intermediate_size=96,
    vocab_size=60,
    max_position_embeddings=42,
)
PAD = 1
LONGEST = 40


def attention(starts: Tensor, longest: int) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    """Window by window."""
    ends = starts.tolist()

    def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        out = torch.empty_like(query)
        for start, end in pairwise(ends):
            assert 0 < end - start <= longest
            q, k, v = (part[start:end].transpose(0, 1) for part in (query, key, value))
            out[start:end] = functional.scaled_dot_product_attention(q, k, v).transpose(0, 1)
        return out

    return attend


def weights() -> dict[str, np.ndarray]:
    torch.manual_seed(5)
    network = Network(SHAPE).eval()
    with torch.no_grad():
        for weight in network.parameters():
            weight.normal_(std=0.3)
    return {name: w.detach().numpy() for name, w in network.state_dict().items()}


def windows(count: int, seed: int = 0) -> list[list[int]]:
    random = np.random.default_rng(seed)
    lengths = random.integers(2, LONGEST + 1, count)
    return [random.integers(4, SHAPE.vocab_size, length).tolist() for length in lengths]


def judged(some: Sequence[Sequence[int]]) -> np.ndarray:
    return packed_forward(weights(), SHAPE, pad=PAD, device="cpu", attention=attention)(some)


@pytest.fixture(autouse=True)
def _small_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "SUB_WORDS", 256)
    monkeypatch.setattr(packed, "WINDOWS", 8)


def padded(some: list[list[int]]) -> np.ndarray:
    ids = torch.full((len(some), LONGEST), PAD)
    for row, window in enumerate(some):
        ids[row, : len(window)] = torch.tensor(window)
    with torch.inference_mode():
        return forward_of(weights(), SHAPE, pad=PAD)(ids, (ids != PAD).long()).numpy()


def test_logits_are_those_of_padded_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    some = windows(30)
    wanted = padded(some)
    assert wanted.std() > 0.1
    short = judged(some)
    assert short.shape == (30, OUTPUTS)
    assert np.abs(short - wanted).max() < 0.1 * wanted.std()
    monkeypatch.setattr(packed, "DTYPE", torch.float32)
    np.testing.assert_allclose(judged(some), wanted, atol=1e-5, rtol=1e-5)


def test_a_window_has_the_same_logits_alone_together_and_shuffled() -> None:
    some = windows(30, seed=1)
    together = judged(some)
    order = np.random.default_rng(2).permutation(30)
    assert np.array_equal(judged([some[at] for at in order]), together[order])
    for at in (0, 7, 29):
        assert np.array_equal(judged([some[at]])[0], together[at])


def test_every_sub_word_is_in_one_pass_with_its_place() -> None:
    some = windows(50, seed=3)
    found = list(packs(some, pad=PAD, longest=LONGEST))
    assert [at for pack in found for at in pack.windows] == list(range(50))
    assert len(found) > 5
    for pack in found:
        assert len(pack.windows) <= 8
        assert pack.ids.shape == pack.places.shape == (256,)
        assert (pack.starts[0], pack.starts[-1]) == (0, 256)
        assert 0 < np.diff(pack.starts).min() <= np.diff(pack.starts).max() <= LONGEST
        for at, start, end in zip(pack.windows, pack.starts, pack.starts[1:], strict=False):
            assert pack.ids[start:end].tolist() == some[at]
            assert pack.places[start:end].tolist() == [PAD + 1 + n for n in range(len(some[at]))]
        used = pack.starts[len(pack.windows)]
        assert set(pack.ids[used:].tolist()) <= {PAD}


def test_a_pass_that_is_full_has_no_padding() -> None:
    (pack,) = packs([[5] * 32] * 8, pad=PAD, longest=LONGEST)
    assert pack.starts.tolist() == list(range(0, 257, 32))
    assert list(packs([], pad=PAD, longest=LONGEST)) == []
    assert judged([]).shape == (0, OUTPUTS)


@pytest.mark.parametrize("device", ["cuda:99", "nonsense"])
def test_a_device_that_is_not_there_is_refused(device: str) -> None:
    with pytest.raises(ModelError, match=f"sees no GPU '{device}'.*leave out --device"):
        check_gpu(device)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_gpu_answers_as_the_plain_attention_does() -> None:
    some = windows(30, seed=4)
    forward = packed_forward(weights(), SHAPE, pad=PAD, device="cuda")
    found = forward(some)
    assert np.abs(found - judged(some)).max() < 0.05 * found.std()
    assert np.array_equal(forward(some[::-1]), found[::-1])
