"""Fine-tune a network with three heads end to end, on labels or on a teacher's answers."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch

from analyzer.model.encode import encode
from analyzer.model.shape import HEADS, OUTPUTS, SLICES
from analyzer.pipeline.calibrate import probabilities
from analyzer.pipeline.device import autocast, optimiser_with_schedule
from analyzer.pipeline.labels import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from analyzer.model.encode import Vocabulary
    from analyzer.pipeline.labels import Labelled

log = logging.getLogger(__name__)

WINDOW: Final = 126
"""Sub-words of a post that are trained on, from its beginning; the median has 26 to read."""
ANSWER_BATCH: Final = 256
NOISE: Final = 8
"""Sub-words by which lengths are blurred, so that batches differ from epoch to epoch."""
HEAD_WEIGHT: Final = {"drive": 1.0, "niche": 0.5, "promo": 0.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """What N posts should be answered with."""

    probabilities: NDArray[np.float32]
    """(N, OUTPUTS) of each class, head by head; of a label 1 and 0."""
    weights: NDArray[np.float32]
    """(N, 3) weight in each head's loss, in the order of HEADS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TuneSettings:
    """How a network is fine-tuned."""

    epochs: int
    learning_rate: float
    batch: int
    seed: int = 0
    device: str = "cpu"


def hard_targets(data: Labelled, rows: NDArray[np.int64]) -> Targets:
    """The labels as they are."""
    found = np.zeros((len(rows), OUTPUTS), np.float32)
    for head, codes in data.targets.items():
        known = np.flatnonzero(codes[rows] != UNKNOWN)
        found[known, SLICES[head].start + codes[rows][known]] = 1
    weights = np.stack([data.weights(head)[rows] for head in HEADS], axis=1)
    return Targets(probabilities=found, weights=weights.astype(np.float32))


def soft_targets(logits: NDArray[Any], weight: float) -> Targets:
    """A teacher's answers.

    logits: (N, OUTPUTS)
    weight: of each post against a label of clarity 2 and more.
    """
    parts = [probabilities(logits[:, SLICES[head]]) for head in HEADS]
    return Targets(
        probabilities=np.concatenate(parts, axis=1).astype(np.float32),
        weights=np.full((len(logits), len(HEADS)), weight, np.float32),
    )


def joined_targets(first: Targets, second: Targets) -> Targets:
    """Both, one after the other."""
    return Targets(
        probabilities=np.concatenate([first.probabilities, second.probabilities]),
        weights=np.concatenate([first.weights, second.weights]),
    )


def window_ids(
    texts: Sequence[str], vocabulary: Vocabulary, window: int = WINDOW
) -> list[list[int]]:
    """The first `window` sub-words of each segmented text, between <s> and </s>."""
    return [
        [vocabulary.bos, *found[:window], vocabulary.eos] for found in encode(texts, vocabulary)
    ]


def fit(
    network: torch.nn.Module,
    ids: list[list[int]],
    pad: int,
    targets: Targets,
    settings: TuneSettings,
) -> None:
    """Train a network, which takes (B, L) ids and mask and gives (B, OUTPUTS) logits, in place."""
    torch.manual_seed(settings.seed)
    network.to(settings.device).train()
    wanted = torch.from_numpy(targets.probabilities).to(settings.device)
    weights = torch.from_numpy(targets.weights).to(settings.device)
    optimiser, schedule = optimiser_with_schedule(
        (weight for weight in network.parameters() if weight.requires_grad),
        settings.learning_rate,
        settings.epochs * -(-len(ids) // settings.batch),
        settings.device,
    )
    random = np.random.default_rng(settings.seed)
    for epoch in range(settings.epochs):
        total = torch.zeros((), device=settings.device)
        for chosen in _batches(ids, settings.batch, random):
            batch, mask = padded([ids[at] for at in chosen], pad)
            with autocast(settings.device):
                logits = network(batch.to(settings.device), mask.to(settings.device))
            rows = torch.from_numpy(chosen).to(settings.device)
            loss = heads_loss(logits.float(), wanted[rows], weights[rows])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call] # torch leaves it untyped
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += loss.detach() * len(chosen)
        mean = total.item() / len(ids)
        log.info("epoch %d of %d: loss %.3f", epoch + 1, settings.epochs, mean)


def answers(
    network: torch.nn.Module, ids: list[list[int]], pad: int, *, device: str
) -> NDArray[np.float32]:
    """(len(ids), OUTPUTS) logits.

    Many at once, so that a post's last digits depend on its batch: not for tags (`load_tagger`).
    """
    network.to(device).eval()
    out = np.zeros((len(ids), OUTPUTS), np.float32)
    for chosen in _batches(ids, ANSWER_BATCH, np.random.default_rng(0)):
        batch, mask = padded([ids[at] for at in chosen], pad)
        with torch.inference_mode(), autocast(device):
            out[chosen] = network(batch.to(device), mask.to(device)).float().cpu().numpy()
    return out


def _batches(
    ids: list[list[int]], size: int, random: np.random.Generator
) -> Iterator[NDArray[np.int64]]:
    """Rows of like length together, batches in random order."""
    lengths = np.array([len(row) for row in ids]) + random.random(len(ids)) * NOISE
    order = np.argsort(lengths, kind="stable")
    for start in random.permutation(range(0, len(order), size)):
        yield order[start : start + size]


def padded(rows: list[list[int]], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and mask, (B, L) int64 as wide as the longest row; the mask is 0 on padding."""
    width = max(map(len, rows))
    ids = np.full((len(rows), width), pad, np.int64)
    mask = np.zeros((len(rows), width), np.int64)
    for at, row in enumerate(rows):
        ids[at, : len(row)] = row
        mask[at, : len(row)] = 1
    return torch.from_numpy(ids), torch.from_numpy(mask)


def heads_loss(logits: torch.Tensor, wanted: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Sum over the heads of the weighted mean cross entropy.

    logits, wanted: (B, OUTPUTS); weights: (B, 3), as in `Targets`.
    """
    total = torch.zeros((), device=logits.device)
    for number, head in enumerate(HEADS):
        place, weight = SLICES[head], weights[:, number]
        each = torch.nn.functional.cross_entropy(
            logits[:, place], wanted[:, place], reduction="none"
        )
        total = total + HEAD_WEIGHT[head] * (each * weight).sum() / weight.sum().clamp_min(1e-6)
    return total
