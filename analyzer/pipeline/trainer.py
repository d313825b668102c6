"""Fine-tune a network with three heads by transformers' Trainer: checkpoints, early stop, curves.

Optimiser, schedule and random states in a checkpoint are torch files, read with weights_only; they
never go into a bundle.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from datasets import Dataset
from sklearn.metrics import f1_score
from torch import nn
from torch.utils.tensorboard import SummaryWriter
from transformers import (
    EarlyStoppingCallback,
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)
from transformers.integrations import TensorBoardCallback
from transformers.trainer_pt_utils import LengthGroupedSampler

from analyzer.model.shape import HEADS, SLICES
from analyzer.pipeline.finetune import hard_targets, heads_loss, padded

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from transformers import EvalPrediction, TrainerControl, TrainerState

    from analyzer.config import TrainConfig
    from analyzer.pipeline.labels import Labelled
    from analyzer.pipeline.network import Network

    Ints = NDArray[np.int64]

log = logging.getLogger(__name__)

STATE: Final = "trainer_state.json"
"""Trainer writes it last: a checkpoint without it was cut off."""


class _Learner(nn.Module):
    """The network as Trainer calls it."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(
        self,
        ids: torch.Tensor,
        mask: torch.Tensor,
        wanted: torch.Tensor,
        weights: torch.Tensor,
    ) -> dict[str, torch.Tensor]:
        logits = self.network(ids, mask).float()
        return {"loss": heads_loss(logits, wanted, weights), "logits": logits}


class _ByLength(LengthGroupedSampler):  # type: ignore[misc] # transformers is not followed
    """Posts of like length together, in an order that depends on seed and epoch alone.

    Trainer's own draws it from the state of the moment: a resumed epoch would have another.
    """

    def __init__(self, batch: int, lengths: list[int], seed: int) -> None:
        super().__init__(batch, lengths=lengths)
        self.seed = seed
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        self.generator = torch.Generator().manual_seed(self.seed * 1_000_003 + epoch)


class _ByLengthTrainer(Trainer):  # type: ignore[misc] # transformers is not followed
    def _get_train_sampler(self, train_dataset: Dataset | None = None) -> _ByLength:
        lengths = [len(row) for row in (train_dataset or self.train_dataset)["ids"]]
        return _ByLength(self.args.train_batch_size, lengths, self.args.seed)


class _Told(TrainerCallback):  # type: ignore[misc] # transformers is not followed
    def on_evaluate(
        self,
        args: TrainingArguments,  # noqa: ARG002 - Trainer passes it
        state: TrainerState,
        control: TrainerControl,  # noqa: ARG002 - likewise
        metrics: dict[str, float],
        **_: object,
    ) -> None:
        figures = {name: metrics[f"eval_{name}_f1"] for name in HEADS}
        said = ", ".join(f"{name} F1 {value:.3f}" for name, value in figures.items())
        log.info("step %d of %d: %s", state.global_step, state.max_steps, said)


def fine_tune(  # noqa: PLR0913 - what it learns from, and how
    network: Network,
    data: Labelled,
    ids: list[list[int]],
    pad: int,
    *,
    rows: Ints,
    stop_rows: Ints,
    settings: TrainConfig,
    work: Path,
    device: str,
) -> None:
    """Train the network in place; it ends with the weights that were best on `stop_rows`.

    ids: of every post of `data`.
    stop_rows: rows of other accounts than those of `rows`.
    work: folder of checkpoints and learning curves; a run that was stopped goes on from there.
    device: `cpu`, or `cuda` (bfloat16).
    """
    counts = class_weights(data, rows, settings.class_weight)
    checkpoints = work / "checkpoints"
    every = max(1, -(-len(rows) // settings.batch) // settings.evaluations)
    arguments = TrainingArguments(
        output_dir=str(checkpoints),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch,
        per_device_eval_batch_size=2 * settings.batch,
        learning_rate=settings.learning_rate,
        warmup_steps=settings.warm_up,
        weight_decay=settings.weight_decay,
        max_grad_norm=1.0,
        eval_strategy="steps",
        eval_steps=every,
        save_strategy="steps",
        save_steps=every,
        save_total_limit=2,
        logging_steps=max(1, every // 4),
        load_best_model_at_end=True,
        metric_for_best_model="drive_f1",
        greater_is_better=True,
        restore_callback_states_from_checkpoint=True,
        seed=settings.seed,
        use_cpu=device == "cpu",
        bf16=device != "cpu",
        dataloader_pin_memory=device != "cpu",
        remove_unused_columns=False,
        label_names=["wanted", "weights"],
        report_to="none",
        disable_tqdm=not sys.stderr.isatty(),
    )
    trainer = _ByLengthTrainer(
        model=_Learner(network),
        args=arguments,
        train_dataset=_dataset(data, ids, rows, counts),
        eval_dataset=_dataset(data, ids, stop_rows, counts),
        data_collator=lambda found: _batch(found, pad),
        compute_metrics=_figures,
        callbacks=[
            EarlyStoppingCallback(settings.patience),
            TensorBoardCallback(SummaryWriter(str(work / "tensorboard"))),
            _Told(),
        ],
    )
    trainer.remove_callback(PrinterCallback)
    last = last_checkpoint(checkpoints)
    if last is not None:
        log.info("going on from %s", last.name)
    trainer.train(resume_from_checkpoint=None if last is None else str(last))
    log.info("best on the accounts held back to stop: %s", trainer.state.best_metric)
    with torch.no_grad():
        # a class weighted by w in the loss is answered w times too readily: taken back
        for head, weights in counts.items():
            shift = torch.from_numpy(np.log(weights)).float().to(network.heads.bias.device)
            network.heads.bias[SLICES[head]] -= shift
    network.cpu()


def class_weights(data: Labelled, rows: Ints, power: float) -> dict[str, NDArray[np.float64]]:
    """Weight of each class in its head's loss: (posts of the mean class / its posts) ** power.

    power: 0 weighs all posts alike, 1 all classes. A class without a post has weight 1.
    """
    found = {}
    for head, size in HEADS.items():
        count = np.bincount(
            data.targets[head][rows].clip(0), weights=data.weights(head)[rows], minlength=size
        )
        mean = count[count > 0].mean() if count.any() else 1.0
        found[head] = np.where(count > 0, mean / np.maximum(count, 1e-9), 1.0) ** power
    return found


def last_checkpoint(folder: Path) -> Path | None:
    """The newest whole checkpoint; None where there is none."""
    whole = [path.parent for path in folder.glob(f"checkpoint-*/{STATE}")]
    return max(whole, key=lambda path: int(path.name.rpartition("-")[2]), default=None)


def _dataset(
    data: Labelled, ids: list[list[int]], rows: Ints, classes: dict[str, NDArray[np.float64]]
) -> Dataset:
    targets = hard_targets(data, rows)
    weights = targets.weights.copy()
    for number, (head, of_class) in enumerate(classes.items()):
        weights[:, number] *= of_class[data.targets[head][rows]]
    return Dataset.from_dict(
        {
            "ids": [ids[row] for row in rows.tolist()],
            "wanted": targets.probabilities.tolist(),
            "weights": weights.tolist(),
        }
    )


def _batch(found: list[dict[str, Any]], pad: int) -> dict[str, torch.Tensor]:
    ids, mask = padded([row["ids"] for row in found], pad)
    return {
        "ids": ids,
        "mask": mask,
        "wanted": torch.tensor([row["wanted"] for row in found]),
        "weights": torch.tensor([row["weights"] for row in found]),
    }


def _figures(found: EvalPrediction) -> dict[str, float]:
    """Macro F1 of each head over the posts that weigh anything there."""
    wanted, weights = found.label_ids
    figures = {}
    for number, (head, place) in enumerate(SLICES.items()):
        rows = weights[:, number] > 0
        truth, said = (x[rows][:, place].argmax(axis=1) for x in (wanted, found.predictions))
        figures[f"{head}_f1"] = float(f1_score(truth, said, average="macro")) if rows.any() else 0.0
    return figures
