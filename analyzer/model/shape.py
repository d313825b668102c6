"""Sizes of the encoder and its heads; light, so that a manifest can be read without torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from analyzer.schema import DRIVES, NICHES, PROMOS

HEADS: Final = {"drive": len(DRIVES), "niche": len(NICHES), "promo": len(PROMOS)}
"""Outputs of each head, in the order in which they stand side by side in the logits."""

OUTPUTS: Final = sum(HEADS.values())

SLICES: Final = {
    "drive": slice(0, len(DRIVES)),
    "niche": slice(len(DRIVES), len(DRIVES) + len(NICHES)),
    "promo": slice(len(DRIVES) + len(NICHES), OUTPUTS),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderShape:
    """Size of the encoder; PhoBERT-base is 768, 12, 12, 3072, 64001, 258."""

    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    vocab_size: int
    max_position_embeddings: int = 258
