"""A tagger as a folder: manifest.json, model.safetensors, vocab.txt, bpe.codes. Never pickle.

The manifest says everything that changes an answer, and the sha256 of every other file.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import orjson
from pydantic import TypeAdapter, ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from analyzer.atomic import atomic_path
from analyzer.errors import ModelError
from analyzer.model.shape import EncoderShape  # noqa: TC001 - pydantic reads the annotations
from analyzer.rates import NicheRates, PlatformRates  # noqa: TC001 - as above
from analyzer.schema import NICHES, POSTERIOR_BINS, PROMOS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

FORMAT: Final = 2
WEIGHTS: Final = "model.safetensors"
MANIFEST: Final = "manifest.json"
VOCABULARY: Final = ("vocab.txt", "bpe.codes")

_SCALE: Final = ".scale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a bundle says of itself."""

    format: int
    name: str
    front_end: str
    """`analyzer.text.front_end()` the tagger was trained behind."""
    tone_style: str
    lower: bool
    """Words are looked up in lower case."""
    encoder: EncoderShape
    runtime: Literal["torch", "openvino"]
    """What runs the encoder: torch from its weights, OpenVINO from a quantised network."""
    base: str
    """Base model the encoder was fine-tuned from."""
    base_licence: str
    window: int
    """Sub-words read at once; longer posts are read in windows."""
    niches: tuple[str, ...]
    promos: tuple[str, ...]
    temperature: float
    """Drive logits are divided by it; fitted on accounts the model never saw."""
    promo_odds: float
    """A promotion is said when its probability times this exceeds that of none; above 1, because
    most posts promote nothing and a promotion missed is the costlier error."""
    rates: PlatformRates
    """Measured on accounts that the model never saw."""
    niche_rates: dict[str, NicheRates]
    """Of the same posts, by the niche a reader gave them."""
    metrics: dict[str, dict[str, float]]
    """Numbers on held-out accounts: of `tagger` and, on the same folds, of `baseline`."""
    measured: str
    """How `metrics` came about, in words."""
    data: dict[str, str]
    """Training files and their sha256."""
    calibrated_on: dict[str, str]
    """Likewise, of a user's own labels; empty where held-out accounts of `data` calibrated it."""
    seed: int
    files: dict[str, str]
    """sha256 of each other file of the bundle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A bundle as read."""

    folder: Path
    manifest: Manifest
    model_id: str
    """`name@` and the first 12 hex digits of the manifest's sha256: another bundle, another id."""
    weights: dict[str, NDArray[Any]]


def default_bundle() -> Path:
    """The embedded default's folder."""
    return Path(str(files("analyzer.model"))) / "default"


def read_bundle(folder: Path) -> Bundle:
    """Read and check a bundle.

    Raises:
        ModelError: a file is missing, changed since it was written, or of another format.
    """
    try:
        raw = (folder / MANIFEST).read_bytes()
        values = orjson.loads(raw)
        said = values.get("format") if isinstance(values, dict) else None
        if isinstance(said, int) and said != FORMAT:
            raise ModelError(
                f"{folder}: bundle format {said}, this version reads {FORMAT}; train it again"
            )
        manifest = TypeAdapter(Manifest).validate_python(values)
    except FileNotFoundError as error:
        raise ModelError(f"{folder} has no {MANIFEST}; pass a folder that `train` wrote") from error
    except (orjson.JSONDecodeError, ValidationError) as error:
        raise ModelError(f"{folder / MANIFEST} is damaged: {error}") from error
    if manifest.niches != NICHES or manifest.promos != PROMOS:
        raise ModelError(f"{folder}: its classes are not this version's; train it again")
    rates = [manifest.rates.other, *manifest.rates.measured.values()]
    if {len(bins) for each in rates for bins in (each.passion, each.brand)} != {POSTERIOR_BINS}:
        raise ModelError(f"{folder}: its rates do not have {POSTERIOR_BINS} bins; train it again")
    for name in (WEIGHTS, *VOCABULARY):
        if not (folder / name).is_file():
            raise ModelError(f"{folder} has no {name}; copy the bundle again")
        if _sha256(folder / name) != manifest.files.get(name):
            raise ModelError(f"{folder / name} is not the file {MANIFEST} names; copy it again")
    try:
        weights = _expanded(load_file(folder / WEIGHTS))
    except SafetensorError as error:
        raise ModelError(f"{folder / WEIGHTS} is damaged: {error}") from error
    model_id = f"{manifest.name}@{hashlib.sha256(raw).hexdigest()[:12]}"
    return Bundle(folder=folder, manifest=manifest, model_id=model_id, weights=weights)


def write_bundle(
    folder: Path, manifest: Manifest, weights: Mapping[str, NDArray[Any]], *, vocabulary: Path
) -> None:
    """Write a bundle; matrices are kept as int8 with one scale a row.

    manifest: its `files` are filled in here.
    vocabulary: folder with vocab.txt and bpe.codes, which are copied.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with atomic_path(folder / WEIGHTS) as part:
        part.write_bytes(save(_packed(weights)))
    for name in VOCABULARY:
        if vocabulary.resolve() != folder.resolve():
            with atomic_path(folder / name) as part:
                part.write_bytes((vocabulary / name).read_bytes())
    values = asdict(manifest)
    values["files"] = {name: _sha256(folder / name) for name in (WEIGHTS, *VOCABULARY)}
    with atomic_path(folder / MANIFEST) as part:
        part.write_bytes(orjson.dumps(values, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))


def packed_and_expanded(weights: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """The weights as a bundle would give them back: what is measured is what is shipped."""
    return _expanded(_packed(weights))


def _packed(weights: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    out: dict[str, NDArray[Any]] = {}
    for name, values in sorted(weights.items()):
        if values.ndim < 2:  # noqa: PLR2004 - vectors are small and stay as they are
            out[name] = values
            continue
        scale = np.abs(values).max(axis=1, keepdims=True).astype(np.float32) / 127
        safe = np.where(scale > 0, scale, 1)
        out[name] = np.rint(values / safe).astype(np.int8)
        out[name + _SCALE] = scale
    return out


def _expanded(packed: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {
        name: values.astype(np.float32) * packed[name + _SCALE]
        if name + _SCALE in packed
        else values
        for name, values in packed.items()
        if not name.endswith(_SCALE)
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
