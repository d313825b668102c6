"""A PhoBERT to start from: from a local folder, or fetched from the hub by its name."""

from __future__ import annotations

import hashlib
import pickle
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
import orjson

from analyzer.atomic import atomic_path
from analyzer.errors import ModelError
from analyzer.model.shape import EncoderShape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from torch import Tensor

WEIGHTS: Final = "model.safetensors"
PICKLED: Final = "pytorch_model.bin"
SMALL_FILES: Final = ("config.json", "vocab.txt", "bpe.codes")

LICENCES: Final = {
    "vinai/phobert-base": "MIT",
    "vinai/phobert-large": "MIT",
    "vinai/phobert-base-v2": "AGPL-3.0",
}
"""As their pages on the hub state them (2026-11)."""

UNKNOWN_LICENCE: Final = "unknown"

_Weight = TypeVar("_Weight")

_HUB_NAME: Final = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_STATED: Final = re.compile(r"^license:\s*(\S+)", re.MULTILINE)
_FIXED: Final = {
    "model_type": "roberta",
    "hidden_act": "gelu",
    "layer_norm_eps": 1e-5,
    "type_vocab_size": 1,
    "pad_token_id": 1,
}
"""What our forward pass takes for granted: PhoBERT's configuration but for its sizes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A pre-trained encoder."""

    name: str
    """As the user named it; of a local folder its last part: a manifest holds no paths."""
    licence: str
    folder: Path
    """Holds vocab.txt and bpe.codes."""
    shape: EncoderShape
    weights: dict[str, NDArray[Any]]
    """float32, by the names of a `Network`."""


def read_base(base: str, work: Path, *, licence: str | None = None) -> Base:
    """The encoder that `base` names.

    base: a local folder, or a name on the hub such as `vinai/phobert-base`.
    work: where pickled weights are rewritten as safetensors, once.
    licence: of the base, where its folder does not say it.

    Raises:
        ModelError: it cannot be found or fetched, is no PhoBERT, or holds more than tensors.
    """
    folder = Path(base) if Path(base).is_dir() else _fetched(base)
    for name in SMALL_FILES:
        if not (folder / name).is_file():
            raise ModelError(
                f"{folder} has no {name}; a base is a folder with {', '.join(SMALL_FILES)} and "
                f"{WEIGHTS} or {PICKLED}, as PhoBERT's page on the hub has them"
            )
    return Base(
        name=base if folder != Path(base) else folder.resolve().name,
        licence=licence or _licence(base, folder),
        folder=folder,
        shape=_shape(folder / "config.json"),
        weights=_weights(folder, work),
    )


def _fetched(name: str) -> Path:
    """The folder of the hub's cache that holds the base."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError, LocalEntryNotFoundError

    if not _HUB_NAME.fullmatch(name):
        raise ModelError(
            f"there is no folder '{name}', nor can it be a name on the hub; pass a folder, or a "
            "name such as vinai/phobert-base"
        )
    try:
        found = [hf_hub_download(name, file) for file in SMALL_FILES]
        try:
            hf_hub_download(name, WEIGHTS)
        except LocalEntryNotFoundError:
            raise
        except EntryNotFoundError:
            hf_hub_download(name, PICKLED)
    except (OSError, HfHubHTTPError) as error:
        why = str(error).partition("\n")[0]
        raise ModelError(
            f"'{name}' cannot be fetched: {why} Where there is no network, pass --base a local "
            f"folder with {', '.join(SMALL_FILES)} and {WEIGHTS} or {PICKLED}"
        ) from error
    return Path(found[0]).parent


def _licence(base: str, folder: Path) -> str:
    if base in LICENCES:
        return LICENCES[base]
    card = folder / "README.md"
    stated = _STATED.search(card.read_text(encoding="utf-8")) if card.is_file() else None
    return stated[1] if stated else UNKNOWN_LICENCE


def _shape(path: Path) -> EncoderShape:
    try:
        config = orjson.loads(path.read_bytes())
        wrong = {key: config.get(key) for key, value in _FIXED.items() if config.get(key) != value}
        sizes = {name: int(config[name]) for name in EncoderShape.__slots__}
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path} is not the configuration of an encoder: {error}") from error
    if wrong:
        raise ModelError(
            f"{path} is not PhoBERT's: it has {wrong}, wanted "
            f"{ {key: _FIXED[key] for key in wrong} }; pass a PhoBERT (RoBERTa) base"
        )
    return EncoderShape(**sizes)


def _weights(folder: Path, work: Path) -> dict[str, NDArray[Any]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    path = folder / WEIGHTS if (folder / WEIGHTS).is_file() else _rewritten(folder / PICKLED, work)
    try:
        found = load_file(path)
    except SafetensorError as error:
        raise ModelError(f"{path} is damaged: {error}; fetch it again") from error
    return {f"encoder.{name}": w.astype(np.float32) for name, w in _encoder_of(found).items()}


def _rewritten(pickled: Path, work: Path) -> Path:
    """The encoder's tensors of a pickled file, and nothing else of it, as safetensors."""
    import torch
    from safetensors.numpy import save

    if not pickled.is_file():
        raise ModelError(f"{pickled.parent} has neither {WEIGHTS} nor {PICKLED}; fetch it again")
    with pickled.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    target = work / f"base-{digest[:12]}.safetensors"
    if target.is_file():
        return target
    try:
        found: Mapping[str, Tensor] = torch.load(pickled, map_location="cpu", weights_only=True)
        arrays = {name: w.float().contiguous().numpy() for name, w in _encoder_of(found).items()}
    except (pickle.UnpicklingError, RuntimeError, EOFError, AttributeError) as error:
        why = str(error).partition("\n")[0]
        raise ModelError(
            f"{pickled} is damaged or holds more than tensors, and is not read: {why}; pass a "
            f"folder with {WEIGHTS}"
        ) from error
    work.mkdir(parents=True, exist_ok=True)
    with atomic_path(target) as part:
        part.write_bytes(save(arrays))
    return target


def _encoder_of(found: Mapping[str, _Weight]) -> dict[str, _Weight]:
    """Of a checkpoint the encoder: no pooler, no language model's head, no table of positions."""
    plain = {name.removeprefix("roberta."): values for name, values in found.items()}
    return {
        name: values
        for name, values in plain.items()
        if name.startswith(("embeddings.", "encoder.")) and not name.endswith("position_ids")
    }
