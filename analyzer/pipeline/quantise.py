"""A bundle to a quantised one: the same encoder in 8-bit whole numbers, run by OpenVINO."""

from __future__ import annotations

import hashlib
import logging
import sys
import tempfile
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from analyzer.errors import InputError, ModelError
from analyzer.model.bundle import read_bundle, write_bundle
from analyzer.model.encode import encode, load_vocabulary
from analyzer.model.openvino_runtime import CONSTANTS, GRAPH, imported
from analyzer.sources import read_posts
from analyzer.text import content_hash, front_end, prepare

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from analyzer.model.bundle import Bundle

WINDOWS: Final = 300
"""Captions the range of each layer is measured on; NNCF's own default. EXPERIMENTS.md tells what
fewer and more give."""


def quantise(
    bundle: Path, captions: Sequence[str], out: Path, *, windows: int = WINDOWS, seed: int = 0
) -> Bundle:
    """Write a quantised bundle and return it as read.

    bundle: made behind this installation's front end; its encoder is run by torch.
    captions: files, folders or patterns of posts like those to be tagged.
    windows: captions measured at most, drawn by `seed` whatever the order of the files.
    The scale of each layer's activations is fixed here, once: no answer depends on what else is
    in a batch. Rates, temperature and figures are those of `bundle`.

    Raises:
        InputError: no caption could be read.
        ModelError: the bundle cannot be used or is quantised already, or OpenVINO or NNCF is
            not installed.
    """
    read = read_bundle(bundle)
    if read.manifest.runtime != "torch":
        raise ModelError(f"{bundle} is quantised already; pass the bundle it was made of")
    if read.manifest.front_end != front_end():
        raise ModelError(
            f"{bundle} was trained behind the front end '{read.manifest.front_end}', this "
            f"installation has '{front_end()}': install the matching version or train it again"
        )
    vocabulary = load_vocabulary(bundle, lower=read.manifest.lower)
    texts = _drawn(captions, windows, seed)
    ids = [
        [vocabulary.bos, *found[: read.manifest.window], vocabulary.eos]
        for found in encode(texts, vocabulary)
    ]
    network = _quantised(read, vocabulary.pad, ids)
    kept = {name: w for name, w in read.weights.items() if name.startswith("ngram.")}
    manifest = replace(
        read.manifest,
        name=f"{read.manifest.name}-int8",
        runtime="openvino",
        measured=f"{read.manifest.measured} Measured before the encoder was quantised.",
        data={
            **read.manifest.data,
            "quantised from": read.model_id,
            "captions it was quantised on": _sha256(texts),
        },
    )
    write_bundle(out, manifest, {**kept, **network}, vocabulary=bundle)
    return read_bundle(out)


def _drawn(captions: Sequence[str], count: int, seed: int) -> list[str]:
    """Segmented texts of different posts that a tagger judges; the order of the files is nothing.

    count: posts drawn; those that a tagger would abstain from are then left out.
    """
    kept: dict[str, tuple[str | None, str]] = {}
    for batch in read_posts(captions):
        titles, texts = (batch.posts.column(name).to_pylist() for name in ("title", "text"))
        for title, text in zip(titles, texts, strict=True):
            key = hashlib.sha256(f"{seed}\0{content_hash(title, text)}".encode()).hexdigest()
            kept[key] = (title, text)
        kept = dict(sorted(kept.items())[:count])
    titles, texts = zip(*kept.values(), strict=True) if kept else ((), ())
    strings = pa.string()
    posts = {"post_id": list(kept), "title": pa.array(titles, strings), "text": list(texts)}
    rows = prepare(pa.table(posts)).to_pylist() if kept else []
    found = [row["segmented"] for row in rows if row["abstain"] is None]
    if not found:
        raise InputError(
            f"{', '.join(captions)}: no Vietnamese caption found; pass posts like those to tag"
        )
    return found


def _quantised(bundle: Bundle, pad: int, ids: Iterable[list[int]]) -> dict[str, NDArray[Any]]:
    """Tensors GRAPH and CONSTANTS of the bundle's encoder."""
    import torch

    from analyzer.model.forward import forward_of

    # its progress bars belong beside the result, not into it
    with redirect_stdout(sys.stderr):
        openvino, nncf = imported("openvino", "nncf")
        nncf.set_log_level(logging.WARNING)
        weights = {n: w for n, w in bundle.weights.items() if not n.startswith("ngram.")}
        forward = forward_of(weights, bundle.manifest.encoder, pad=pad)
        rows = [np.array([row], np.int64) for row in ids]
        example = torch.from_numpy(rows[0])
        with torch.inference_mode():
            traced = torch.jit.trace(  # type: ignore[no-untyped-call]
                forward, (example, torch.ones_like(example))
            )
        sizes = ([-1, -1], openvino.Type.i64)
        plain = openvino.convert_model(traced, input=[sizes, sizes])
        # no padding: what it computes is thrown away, and would widen the ranges
        data = nncf.Dataset([[row, np.ones_like(row)] for row in rows])
        network = nncf.quantize(
            plain, data, model_type=nncf.ModelType.TRANSFORMER, subset_size=len(rows)
        )
    # names count what was made before in this process
    network.set_friendly_name(bundle.manifest.name)
    for number, operation in enumerate(network.get_ordered_ops()):
        operation.set_friendly_name(f"{operation.get_type_name()}_{number}")
    with tempfile.TemporaryDirectory() as folder:
        graph, constants = Path(folder) / "network.xml", Path(folder) / "network.bin"
        openvino.serialize(network, graph, constants)
        return {
            GRAPH: np.frombuffer(graph.read_bytes(), np.uint8),
            CONSTANTS: np.frombuffer(constants.read_bytes(), np.uint8),
        }


def _sha256(texts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
