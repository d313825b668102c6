"""What runs a bundle forward computes what transformers' RoBERTa computes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from analyzer.model.forward import forward_of
from analyzer.model.shape import OUTPUTS, EncoderShape
from analyzer.pipeline.network import Network

SHAPE = EncoderShape(
    hidden_size=32,
    num_hidden_layers=2,
    num_attention_heads=4,
    intermediate_size=48,
    vocab_size=60,
    max_position_embeddings=40,
)
PAD = 1


def trained() -> Network:
    torch.manual_seed(5)
    network = Network(SHAPE).eval()
    with torch.no_grad():
        for weight in network.parameters():
            weight.normal_(std=0.3)  # no bias is left at 0, no norm at 1
    return network


def weights_of(network: Network) -> dict[str, np.ndarray]:
    return {name: w.detach().numpy() for name, w in network.state_dict().items()}


def rows(lengths: list[int], width: int) -> tuple[torch.Tensor, torch.Tensor]:
    random = torch.Generator().manual_seed(1)
    ids = torch.full((len(lengths), width), PAD)
    for row, length in enumerate(lengths):
        ids[row, :length] = torch.randint(4, SHAPE.vocab_size, (length,), generator=random)
    return ids, (ids != PAD).long()


@pytest.mark.parametrize(("lengths", "width"), [([5, 38, 1], 38), ([16] * 4, 16), ([3], 16)])
def test_logits_are_those_of_transformers(lengths: list[int], width: int) -> None:
    network = trained()
    ids, mask = rows(lengths, width)
    with torch.inference_mode():
        wanted = network(ids, mask)
        found = forward_of(weights_of(network), SHAPE, pad=PAD)(ids, mask)
    assert found.shape == (len(lengths), OUTPUTS)
    assert torch.allclose(found, wanted, atol=1e-5, rtol=1e-5)
    assert wanted.std() > 0.1


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("heads.bias", None),
        ("encoder.encoder.layer.1.output.dense.weight", np.zeros((48, 32), np.float32)),
        ("encoder.encoder.layer.2.output.dense.bias", np.zeros(32, np.float32)),
    ],
)
def test_weights_of_another_shape_are_refused(name: str, values: np.ndarray | None) -> None:
    weights = weights_of(trained())
    weights.pop(name, None)
    if values is not None:
        weights[name] = values
    with pytest.raises(ValueError, match=name):
        forward_of(weights, SHAPE, pad=PAD)
