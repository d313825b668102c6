"""Fine-tune the encoder and its three heads end to end on labelled posts."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch

from analyzer.model.encode import encode
from analyzer.model.network import Network
from analyzer.model.shape import HEADS, SLICES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from analyzer.model.encode import Vocabulary
    from analyzer.model.shape import EncoderShape
    from analyzer.pipeline.labels import Labelled

log = logging.getLogger(__name__)

WINDOW: Final = 126
"""Sub-words of a post that are trained on, from its beginning; the median has 26 to read."""
BATCH: Final = 64
HEAD_WEIGHT: Final = {"drive": 1.0, "niche": 0.5, "promo": 0.5}


def fine_tune(  # noqa: PLR0913 - the run's own settings
    data: Labelled,
    rows: NDArray[np.int64],
    vocabulary: Vocabulary,
    shape: EncoderShape,
    *,
    epochs: int,
    learning_rate: float,
    seed: int,
) -> dict[str, NDArray[Any]]:
    """Weights of the network by name, trained on the given rows from random weights."""
    torch.manual_seed(seed)
    network = Network(shape)
    ids = [_first(words) for words in encode([data.texts[row] for row in rows], vocabulary)]
    optimiser = torch.optim.AdamW(network.parameters(), lr=learning_rate, weight_decay=0.01)
    steps = epochs * -(-len(ids) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, max_lr=learning_rate, total_steps=steps, pct_start=0.1
    )
    random = np.random.default_rng(seed)
    network.train()
    for epoch in range(epochs):
        losses = []
        for chosen in _batches(ids, random):
            batch, mask = _padded([ids[at] for at in chosen], vocabulary)
            loss = _loss(network(batch, mask), data, rows[chosen])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call] # torch leaves it untyped
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        log.info("epoch %d of %d: loss %.3f", epoch + 1, epochs, float(np.mean(losses)))
    return {name: tensor.numpy() for name, tensor in network.state_dict().items()}


def _first(words: list[tuple[int, ...]]) -> list[int]:
    return [piece for word in words for piece in word][:WINDOW]


def _batches(ids: list[list[int]], random: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Rows of like length together, batches in random order."""
    lengths = np.array([len(row) for row in ids]) + random.random(len(ids)) * 8
    order = np.argsort(lengths, kind="stable")
    starts = random.permutation(range(0, len(order), BATCH))
    for start in starts:
        yield order[start : start + BATCH]


def _padded(rows: list[list[int]], vocabulary: Vocabulary) -> tuple[torch.Tensor, torch.Tensor]:
    width = max(map(len, rows)) + 2
    ids = torch.full((len(rows), width), vocabulary.pad, dtype=torch.long)
    mask = torch.zeros((len(rows), width), dtype=torch.long)
    for at, row in enumerate(rows):
        ids[at, : len(row) + 2] = torch.tensor([vocabulary.bos, *row, vocabulary.eos])
        mask[at, : len(row) + 2] = 1
    return ids, mask


def _loss(logits: torch.Tensor, data: Labelled, rows: NDArray[np.int64]) -> torch.Tensor:
    total = torch.zeros(())
    for head in HEADS:
        target = torch.from_numpy(data.targets[head][rows])
        weight = torch.from_numpy(data.weights(head)[rows]).float()
        each = torch.nn.functional.cross_entropy(logits[:, SLICES[head]], target, reduction="none")
        total = total + HEAD_WEIGHT[head] * (each * weight).sum() / weight.sum().clamp_min(1e-6)
    return total
