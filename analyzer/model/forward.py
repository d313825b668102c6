"""The encoder and its heads, run forward: RoBERTa as PhoBERT has it, in torch alone.

Importing transformers for this costs twice what importing torch does, in every process.
`pipeline.network` is the same for training; a test keeps the two equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import torch
from torch.nn import functional

from analyzer.model.shape import OUTPUTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray
    from torch import Tensor

    from analyzer.model.shape import EncoderShape

    Linear = tuple[Tensor, Tensor]
    """Weight (out, in) and bias (out,)."""

NORM_EPSILON: Final = 1e-5
"""PhoBERT's layer_norm_eps."""


def forward_of(
    weights: Mapping[str, NDArray[Any]], shape: EncoderShape, *, pad: int, device: str
) -> Callable[[Tensor, Tensor], Tensor]:
    """A function from sub-word ids to the logits of all heads, side by side.

    weights: by the names of a RoBERTa checkpoint behind `encoder.`, and `heads.`.
    pad: id of padding; positions are counted from the one after it.
    The function takes ids and mask, (B, L) int64, mask 0 on padding, and gives (B, OUTPUTS)
    float32: the heads on the mean over a window's sub-words.

    Raises:
        ValueError: the weights are not those of `shape`.
    """
    _check({name: values.shape for name, values in weights.items()}, shape)
    tensors = {name: torch.from_numpy(values).to(device) for name, values in weights.items()}

    def linear(*names: str) -> Linear:
        parts = [(tensors[f"{name}.weight"], tensors[f"{name}.bias"]) for name in names]
        return torch.cat([weight for weight, _ in parts]), torch.cat([bias for _, bias in parts])

    def norm(name: str, hidden: Tensor) -> Tensor:
        scale, shift = tensors[f"{name}.weight"], tensors[f"{name}.bias"]
        return functional.layer_norm(hidden, (shape.hidden_size,), scale, shift, NORM_EPSILON)

    layers: list[tuple[str, Linear, Linear, Linear, Linear]] = []
    for number in range(shape.num_hidden_layers):
        layer = f"encoder.encoder.layer.{number}"
        own = f"{layer}.attention.self"
        attended = linear(f"{own}.query", f"{own}.key", f"{own}.value")
        output = linear(f"{layer}.attention.output.dense")
        wide = linear(f"{layer}.intermediate.dense")
        layers.append((layer, attended, output, wide, linear(f"{layer}.output.dense")))
    heads = linear("heads")
    words = tensors["encoder.embeddings.word_embeddings.weight"]
    # there is one type of token
    places = (
        tensors["encoder.embeddings.position_embeddings.weight"]
        + tensors["encoder.embeddings.token_type_embeddings.weight"]
    )

    def forward(ids: Tensor, mask: Tensor) -> Tensor:
        place = torch.cumsum(mask, dim=1) * mask + pad
        hidden = norm("encoder.embeddings.LayerNorm", words[ids] + places[place])
        seen = mask.bool()[:, None, None, :]
        for layer, attended, output, wide, narrow in layers:
            parts = functional.linear(hidden, *attended)
            rows, width, _ = parts.shape
            query, key, value = (
                part.view(rows, width, shape.num_attention_heads, -1).transpose(1, 2)
                for part in parts.chunk(3, dim=-1)
            )
            found = functional.scaled_dot_product_attention(query, key, value, attn_mask=seen)
            mixed = functional.linear(found.transpose(1, 2).flatten(2), *output)
            hidden = norm(f"{layer}.attention.output.LayerNorm", mixed + hidden)
            inner = functional.gelu(functional.linear(hidden, *wide))
            hidden = norm(f"{layer}.output.LayerNorm", functional.linear(inner, *narrow) + hidden)
        weight = mask.unsqueeze(-1).to(hidden.dtype)
        pooled = (hidden * weight).sum(dim=1) / weight.sum(dim=1)
        return functional.linear(pooled, *heads)

    return forward


def _check(sizes: Mapping[str, tuple[int, ...]], shape: EncoderShape) -> None:
    wide, narrow = shape.intermediate_size, shape.hidden_size
    tables = {
        "word_embeddings": shape.vocab_size,
        "position_embeddings": shape.max_position_embeddings,
        "token_type_embeddings": 1,
    }
    wanted: dict[str, tuple[int, ...]] = {
        f"encoder.embeddings.{name}.weight": (n, narrow) for name, n in tables.items()
    }
    matrices = {"heads": (OUTPUTS, narrow)}
    norms = ["encoder.embeddings.LayerNorm"]
    for number in range(shape.num_hidden_layers):
        layer = f"encoder.encoder.layer.{number}"
        for name in ("self.query", "self.key", "self.value", "output.dense"):
            matrices[f"{layer}.attention.{name}"] = (narrow, narrow)
        matrices[f"{layer}.intermediate.dense"] = (wide, narrow)
        matrices[f"{layer}.output.dense"] = (narrow, wide)
        norms += [f"{layer}.attention.output.LayerNorm", f"{layer}.output.LayerNorm"]
    wanted |= {f"{name}.weight": size for name, size in matrices.items()}
    wanted |= {f"{name}.bias": size[:1] for name, size in matrices.items()}
    wanted |= {f"{name}.{part}": (narrow,) for name in norms for part in ("weight", "bias")}
    wrong = [name for name in {**wanted, **sizes} if sizes.get(name) != wanted.get(name)]
    if wrong:
        first = min(wrong)
        raise ValueError(
            f"{first} is {sizes.get(first, 'missing')}, the encoder's shape wants "
            f"{wanted.get(first, 'none')} ({len(wrong)} such)"
        )
