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
    """Weight (out, in) and bias (out,); of a norm, scale and shift."""

NORM_EPSILON: Final = 1e-5
"""PhoBERT's layer_norm_eps."""


def forward_of(
    weights: Mapping[str, NDArray[Any]], shape: EncoderShape, *, pad: int, device: str = "cpu"
) -> Callable[[Tensor, Tensor], Tensor]:
    """A function from sub-word ids to the logits of all heads, side by side.

    weights: by the names of a RoBERTa checkpoint behind `encoder.`, and `heads.`.
    pad: id of padding; positions are counted from the one after it.
    The function takes ids and mask, (B, L) int64, mask 0 on padding, and gives (B, OUTPUTS)
    float32: the heads on the mean over a window's sub-words.

    Raises:
        ValueError: the weights are not those of `shape`.
    """
    layers = Layers(weights, shape, device=device, dtype=torch.float32)

    def forward(ids: Tensor, mask: Tensor) -> Tensor:
        seen = mask.bool()[:, None, None, :]

        def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
            query, key, value = (part.transpose(1, 2) for part in (query, key, value))
            found = functional.scaled_dot_product_attention(query, key, value, attn_mask=seen)
            return found.transpose(1, 2)

        hidden = layers.hidden(ids, torch.cumsum(mask, dim=1) * mask + pad, attend)
        weight = mask.unsqueeze(-1).to(hidden.dtype)
        pooled = (hidden * weight).sum(dim=1) / weight.sum(dim=1)
        return functional.linear(pooled, *layers.heads)

    return forward


class Layers:
    """Weights where and as they are computed with, and the layers between ids and heads."""

    def __init__(
        self,
        weights: Mapping[str, NDArray[Any]],
        shape: EncoderShape,
        *,
        device: str,
        dtype: torch.dtype,
    ) -> None:
        """As in `forward_of`; dtype is that of the layers, the heads stay in float32.

        Raises:
            ValueError: the weights are not those of `shape`.
        """
        _check({name: values.shape for name, values in weights.items()}, shape)
        own = {name: torch.from_numpy(values).to(device) for name, values in weights.items()}

        def linear(*names: str, dtype: torch.dtype = dtype) -> Linear:
            parts = [(own[f"{name}.weight"], own[f"{name}.bias"]) for name in names]
            weight, bias = (torch.cat(part).to(dtype) for part in zip(*parts, strict=True))
            return weight, bias

        def norm(name: str) -> Linear:
            return own[f"{name}.weight"].to(dtype), own[f"{name}.bias"].to(dtype)

        self._shape = shape
        self._words = own["encoder.embeddings.word_embeddings.weight"].to(dtype)
        # there is one type of token
        self._places = (
            own["encoder.embeddings.position_embeddings.weight"]
            + own["encoder.embeddings.token_type_embeddings.weight"]
        ).to(dtype)
        self._first = norm("encoder.embeddings.LayerNorm")
        self._layers: list[tuple[Linear, ...]] = []
        for number in range(shape.num_hidden_layers):
            layer = f"encoder.encoder.layer.{number}"
            inside = f"{layer}.attention.self"
            self._layers.append(
                (
                    linear(f"{inside}.query", f"{inside}.key", f"{inside}.value"),
                    linear(f"{layer}.attention.output.dense"),
                    norm(f"{layer}.attention.output.LayerNorm"),
                    linear(f"{layer}.intermediate.dense"),
                    linear(f"{layer}.output.dense"),
                    norm(f"{layer}.output.LayerNorm"),
                )
            )
        self.heads = linear("heads", dtype=torch.float32)

    def hidden(
        self, ids: Tensor, places: Tensor, attend: Callable[[Tensor, Tensor, Tensor], Tensor]
    ) -> Tensor:
        """The last layer's answer for each sub-word: (..., hidden_size).

        ids, places: (...) int64.
        attend: query, key and value, (..., heads, width of a head), to what is attended to, as
            large; it knows which sub-words belong to one window.
        """
        hidden = self._norm(self._words[ids] + self._places[places], self._first)
        for attended, output, norm, wide, narrow, last in self._layers:
            parts = functional.linear(hidden, *attended).chunk(3, dim=-1)
            query, key, value = (
                part.view(*part.shape[:-1], self._shape.num_attention_heads, -1) for part in parts
            )
            mixed = functional.linear(attend(query, key, value).flatten(-2), *output)
            hidden = self._norm(mixed + hidden, norm)
            inner = functional.gelu(functional.linear(hidden, *wide))
            hidden = self._norm(functional.linear(inner, *narrow) + hidden, last)
        return hidden

    def _norm(self, hidden: Tensor, norm: Linear) -> Tensor:
        return functional.layer_norm(hidden, (self._shape.hidden_size,), *norm, NORM_EPSILON)


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
