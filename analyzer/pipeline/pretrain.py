"""Teach an encoder the language before it sees a label: masked words of segmented text."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from transformers import RobertaForMaskedLM

from analyzer.model.encode import encode
from analyzer.pipeline.device import autocast, optimiser_with_schedule
from analyzer.pipeline.network import encoder_config

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from analyzer.model.encode import Vocabulary
    from analyzer.model.shape import EncoderShape

log = logging.getLogger(__name__)

WINDOW: Final = 126
"""Sub-words of one row; a caption's median is 26, and attention grows with the square."""
SHORTEST: Final = 4
"""Rows of fewer sub-words give nothing to guess from."""
NOISE: Final = 4
"""Sub-words by which lengths are blurred, so that batches differ from pass to pass."""
MASKED: Final = 0.15
HIDDEN: Final = 0.8
CHANGED: Final = 0.1
"""RoBERTa's shares: 15 % of the sub-words are asked for; of these 80 % are hidden, 10 % changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskSettings:
    """How long and in what batches masked words are guessed."""

    steps: int
    batch_tokens: int = 32768
    learning_rate: float = 1e-3
    seed: int = 0
    device: str = "cpu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """R rows of sub-word ids, end to end."""

    ids: NDArray[np.int32]
    starts: NDArray[np.int64]
    """(R,) where a row begins in `ids`."""
    lengths: NDArray[np.int64]
    """(R,)"""


def pretrain(
    texts: Sequence[str],
    vocabulary: Vocabulary,
    shape: EncoderShape,
    settings: MaskSettings,
    *,
    start: Mapping[str, NDArray[Any]] | None = None,
) -> dict[str, NDArray[Any]]:
    """Weights of the encoder by name, as `fine_tune` takes them.

    texts: segmented.
    start: weights to go on from; without them, random ones.
    """
    torch.manual_seed(settings.seed)
    model = RobertaForMaskedLM(encoder_config(shape))
    if start is not None:
        model.load_state_dict({name: torch.from_numpy(w) for name, w in start.items()})
    model.to(settings.device).train()
    optimiser, schedule = optimiser_with_schedule(
        model.parameters(), settings.learning_rate, settings.steps, settings.device
    )
    random = np.random.default_rng(settings.seed)
    batches = _batches(_rows(texts, vocabulary), vocabulary, settings.batch_tokens, random)
    total = torch.zeros((), device=settings.device)
    every = max(1, settings.steps // 20)
    for step in range(1, settings.steps + 1):
        batch = torch.from_numpy(next(batches)).to(settings.device)
        ids, asked = _masked(batch, vocabulary)
        with autocast(settings.device):
            attended = (batch != vocabulary.pad).long()
            hidden = model.roberta(input_ids=ids, attention_mask=attended).last_hidden_state
            # the other positions' scores would be thrown away
            scores = model.lm_head(hidden[asked])
        loss = torch.nn.functional.cross_entropy(scores.float(), batch[asked])
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call] # torch leaves it untyped
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        total += loss.detach()
        if step % every == 0:
            log.info("step %d of %d: loss %.3f", step, settings.steps, total.item() / every)
            total.zero_()
    return {name: w.detach().cpu().numpy() for name, w in model.state_dict().items()}


def encoder_weights(weights: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Of `pretrain`'s weights those that a `Network` shares."""
    return {
        f"encoder.{name.removeprefix('roberta.')}": values
        for name, values in weights.items()
        if name.startswith("roberta.")
    }


def _rows(texts: Sequence[str], vocabulary: Vocabulary) -> Rows:
    """Every text cut into rows of WINDOW sub-words."""
    parts, lengths = [], []
    for text in texts:
        ids = np.array(encode([text], vocabulary)[0], np.int32)
        whole, rest = divmod(len(ids), WINDOW)
        if rest < SHORTEST:
            ids, rest = ids[: whole * WINDOW], 0
        parts.append(ids)
        lengths += [WINDOW] * whole + [rest] * (rest > 0)
    sizes = np.array(lengths, np.int64)
    return Rows(ids=np.concatenate(parts), starts=np.cumsum(sizes) - sizes, lengths=sizes)


def _batches(
    rows: Rows, vocabulary: Vocabulary, tokens: int, random: np.random.Generator
) -> Iterator[NDArray[np.int64]]:
    """(B, L) ids of rows of like length, without end, each pass in another order."""
    while True:
        # the longest first: no row of a batch is wider than its first by more than the NOISE
        noisy = rows.lengths + random.random(len(rows.lengths)) * NOISE
        order = np.argsort(-noisy, kind="stable")
        starts = [0]
        while starts[-1] < len(order):
            width = int(rows.lengths[order[starts[-1]]]) + 2 + NOISE
            starts.append(starts[-1] + max(1, tokens // width))
        for at in random.permutation(len(starts) - 1):
            chosen = order[starts[at] : starts[at + 1]]
            lengths = rows.lengths[chosen][:, None]
            place = np.arange(lengths.max() + 2)[None, :]
            inside = (place > 0) & (place <= lengths)
            source = np.where(inside, rows.starts[chosen][:, None] + place - 1, 0)
            batch = np.where(inside, rows.ids[source], vocabulary.pad).astype(np.int64)
            batch[:, 0] = vocabulary.bos
            batch[np.arange(len(chosen)), lengths[:, 0] + 1] = vocabulary.eos
            yield batch


def _masked(batch: torch.Tensor, vocabulary: Vocabulary) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids with some hidden or changed, and where the original is asked for."""
    special = torch.zeros_like(batch, dtype=torch.bool)
    for code in (vocabulary.bos, vocabulary.eos, vocabulary.pad, vocabulary.unk):
        special |= batch == code
    asked = (torch.rand(batch.shape, device=batch.device) < MASKED) & ~special
    how = torch.rand(batch.shape, device=batch.device)
    ids = torch.where(asked & (how < HIDDEN), vocabulary.mask, batch)
    # PhoBERT's files keep <mask> last: any other piece may stand in
    strange = torch.randint_like(batch, vocabulary.unk + 1, vocabulary.mask)
    return torch.where(asked & (how >= 1 - CHANGED), strange, ids), asked
