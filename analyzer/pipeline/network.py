"""The encoder with its three heads, to be trained: RoBERTa as transformers has it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from torch import nn
from transformers import RobertaConfig, RobertaModel

from analyzer.model.shape import OUTPUTS

if TYPE_CHECKING:
    from torch import Tensor

    from analyzer.model.shape import EncoderShape


def encoder_config(shape: EncoderShape) -> RobertaConfig:
    """PhoBERT's configuration in the given size."""
    return RobertaConfig(
        **asdict(shape),
        type_vocab_size=1,
        layer_norm_eps=1e-5,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
    )


class Network(nn.Module):
    """Sub-word ids to the logits of all heads, side by side."""

    def __init__(self, shape: EncoderShape) -> None:
        """Random weights: load or train them."""
        super().__init__()
        self.encoder = RobertaModel(encoder_config(shape), add_pooling_layer=False)
        self.dropout = nn.Dropout(0.1)
        self.heads = nn.Linear(shape.hidden_size, OUTPUTS)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Logits from the mean over a window's sub-words.

        ids, mask: (B, L) int64; mask is 0 on padding.
        Returns: (B, OUTPUTS) float32
        """
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        weight = mask.unsqueeze(-1).to(hidden.dtype)
        pooled = (hidden * weight).sum(dim=1) / weight.sum(dim=1)
        logits: Tensor = self.heads(self.dropout(pooled))
        return logits
