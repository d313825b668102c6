"""The compact encoder of one fold: it reads captions, then learns from labels and a teacher."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from analyzer.pipeline.finetune import (
    TuneSettings,
    answers,
    fit,
    hard_targets,
    joined_targets,
    soft_targets,
    window_ids,
)
from analyzer.pipeline.network import Network
from analyzer.pipeline.pretrain import MaskSettings, encoder_weights, pretrain
from analyzer.pipeline.teacher import PAD, E5File, Teacher

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analyzer.model.encode import Vocabulary
    from analyzer.model.shape import EncoderShape
    from analyzer.pipeline.labels import Labelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Captions:
    """Posts without labels."""

    texts: list[str]
    """Segmented."""
    pieces: list[list[int]]
    """The teacher's pieces of each."""
    accounts: NDArray[np.str_]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentSettings:
    """How the compact encoder gets from masked words to tags."""

    adapt: MaskSettings
    """Masked words once more, on captions and labelled posts of the training accounts."""
    tune: TuneSettings
    soft_weight: float


def usable(captions: Captions, data: Labelled, held_out: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows of `captions` of other accounts than the held-out posts', and of other texts."""
    texts = {data.texts[row] for row in held_out}
    other = ~np.isin(captions.accounts, data.accounts[held_out])
    same = np.fromiter((text in texts for text in captions.texts), bool, len(captions.texts))
    return np.flatnonzero(other & ~same)


def train_teacher(
    file: E5File,
    data: Labelled,
    pieces: list[list[int]],
    rows: NDArray[np.int64],
    settings: TuneSettings,
) -> Teacher:
    """A teacher that learnt the labels of `rows`.

    pieces: the teacher's pieces of every post of `data`.
    """
    torch.manual_seed(settings.seed)
    teacher = Teacher(file)
    fit(teacher, [pieces[row] for row in rows], PAD, hard_targets(data, rows), settings)
    return teacher


def train_student(  # noqa: PLR0913, PLR0917 - what it learns from, and how
    start: Mapping[str, NDArray[Any]],
    shape: EncoderShape,
    vocabulary: Vocabulary,
    data: Labelled,
    rows: NDArray[np.int64],
    captions: list[str],
    taught: NDArray[Any],
    settings: StudentSettings,
) -> dict[str, NDArray[Any]]:
    """Weights of a network that learnt the labels of `rows` and a teacher's answers to captions.

    start: as `pretrain` gives them.
    taught: (len(captions), OUTPUTS) the teacher's logits.
    """
    texts = [*captions, *(data.texts[row] for row in rows)]
    adapted = pretrain(texts, vocabulary, shape, settings.adapt, start=start)
    torch.manual_seed(settings.tune.seed)
    network = network_of(encoder_weights(adapted), shape)
    labelled = hard_targets(data, rows)
    targets = joined_targets(soft_targets(taught, settings.soft_weight), labelled)
    fit(network, window_ids(texts, vocabulary), vocabulary.pad, targets, settings.tune)
    return {name: w.detach().cpu().numpy() for name, w in network.state_dict().items()}


def network_of(weights: Mapping[str, NDArray[Any]], shape: EncoderShape) -> Network:
    """A network with the given weights; heads that are not among them stay random.

    Raises:
        ValueError: they are not this shape's encoder.
    """
    network = Network(shape)
    found = {name: torch.from_numpy(w) for name, w in weights.items()}
    result = network.load_state_dict(found, strict=False)
    missing = [name for name in result.missing_keys if name.startswith("encoder.")]
    if missing or result.unexpected_keys:
        raise ValueError(f"not this encoder's weights: {missing or result.unexpected_keys}")
    return network


def student_answers(
    weights: Mapping[str, NDArray[Any]],
    shape: EncoderShape,
    vocabulary: Vocabulary,
    texts: list[str],
    *,
    device: str,
) -> NDArray[np.float32]:
    """(len(texts), OUTPUTS) logits of each post's first WINDOW sub-words."""
    ids = window_ids(texts, vocabulary)
    return answers(network_of(weights, shape), ids, vocabulary.pad, device=device)
