"""Segmented posts to tags. A post's logits do not depend, to the bit, on what is beside it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from analyzer.errors import ModelError
from analyzer.model.bundle import Manifest, default_bundle, read_bundle
from analyzer.model.encode import encode, encode_words, load_vocabulary
from analyzer.model.ngrams import ngram_logits
from analyzer.model.openvino_runtime import openvino_forward
from analyzer.model.shape import OUTPUTS, SLICES
from analyzer.schema import NICHES, PPM, PROMOS, TAG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from analyzer.model.encode import Vocabulary
    from analyzer.model.shape import EncoderShape

    Forward = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float32]]
    """Ids and mask, (B, L), to logits, (B, OUTPUTS)."""

    Judge = Callable[[list[list[int]]], NDArray[np.float32]]
    """Windows, <s> and </s> included, to logits, (windows, OUTPUTS)."""

WIDTH_STEP: Final = 16
"""A window is padded to the next multiple: a width of its own choosing, not its neighbours'."""

SUB_WORDS: Final = {384: 256, 100_000: 64}
"""By hidden size at most, the sub-words of a pass: it has as many windows of one width as fit in,
one at least, never more, never fewer, since a matrix product may round a row differently in a
product of another height (up to 4e-7 in torch). With fewer, each sub-word costs more; with more, a
few posts alone are judged beside many copies that fill the pass, which is dear in a large encoder
(EXPERIMENTS.md, how high a pass is)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagger:
    """A manifest and a function."""

    manifest: Manifest
    model_id: str
    """See `id_on`."""
    logits: Callable[[Sequence[str]], NDArray[np.float64]]
    """Segmented texts to (len(texts), OUTPUTS) float64, the heads side by side (see SLICES)."""


def load_tagger(
    bundle: Path | str | None = None,
    *,
    device: str = "cpu",
    front_end: str | None = None,
    threads: int = 1,
) -> Tagger:
    """The tagger of a bundle folder; without one, the embedded default.

    device: `cpu`, or `cuda` for a GPU, where the encoder runs in 16-bit floats; a quantised bundle
        runs on the processor alone.
    front_end: `analyzer.text.front_end()`; where given, a bundle made behind another is refused.
    threads: of a quantised bundle, whose answers do not depend on it; torch is given one.

    Raises:
        ModelError: the bundle is missing, damaged, made behind another front end, or needs a
            runtime that is not installed.
    """
    read = read_bundle(default_bundle() if bundle is None else Path(bundle))
    if front_end is not None and read.manifest.front_end != front_end:
        raise ModelError(
            f"{read.folder} was trained behind the front end '{read.manifest.front_end}', this "
            f"installation has '{front_end}': install the matching version or train it again"
        )
    vocabulary = load_vocabulary(read.folder, lower=read.manifest.lower)
    if vocabulary.size != read.manifest.encoder.vocab_size:
        raise ModelError(
            f"{read.folder}: vocab.txt does not fit the encoder; copy the bundle again"
        )
    weights, shape, window = read.weights, read.manifest.encoder, read.manifest.window
    try:
        if read.manifest.runtime == "openvino":
            if device != "cpu":
                raise ModelError(
                    f"{read.folder} is quantised and runs on the processor alone: pass the bundle "
                    f"it was made of to use {device}"
                )
            judge = _batched(openvino_forward(weights, threads=threads), shape, vocabulary.pad)
            logits = _logits(judge, weights, vocabulary, window)
        elif device == "cpu":
            logits = logits_of(weights, shape, vocabulary, window=window, device=device)
        else:
            from analyzer.model.packed import packed_forward

            network = _network(weights)
            judge = packed_forward(network, shape, pad=vocabulary.pad, device=device)
            logits = _logits(judge, weights, vocabulary, window)
    except ValueError as error:
        raise ModelError(f"{read.folder}: weights do not fit the manifest: {error}") from error
    return Tagger(manifest=read.manifest, model_id=id_on(device, read.model_id), logits=logits)


def id_on(device: str, model_id: str) -> str:
    """What names a bundle's answers on a device: 16-bit floats answer a little differently."""
    return model_id if device == "cpu" else f"{model_id}+bf16"


def logits_of(
    weights: dict[str, NDArray[Any]],
    shape: EncoderShape,
    vocabulary: Vocabulary,
    *,
    window: int,
    device: str,
) -> Callable[[Sequence[str]], NDArray[np.float64]]:
    """A function from segmented texts to (len(texts), OUTPUTS) logits, by torch in 32-bit floats.

    weights: as a bundle holds them, of the encoder and, where there is one, of the linear branch.

    Raises:
        ValueError: the weights are not those of `shape`.
    """
    network = _network(weights)
    forward = _torch_forward(network, shape, vocabulary.pad, device)
    judge = _batched(forward, shape, vocabulary.pad)
    return _logits(judge, weights, vocabulary, window)


def tag(segmented: Any, tagger: Tagger, *, batch_size: int = 1024) -> Any:
    """Tag each post; same rows, same order.

    segmented: table SEGMENTED.
    batch_size: posts held at a time; no answer depends on it. A text that several posts share is
        judged once.
    Returns: table TAG; where `abstain` is set, the answers are null.
    """
    texts = segmented.column("segmented").to_pylist()
    abstain = segmented.column("abstain").to_pylist()
    judged = [row for row, why in enumerate(abstain) if why is None]
    distinct = list(dict.fromkeys(texts[row] for row in judged))
    answers = np.zeros((len(distinct), OUTPUTS))
    for start in range(0, len(distinct), batch_size):
        batch = distinct[start : start + batch_size]
        answers[start : start + len(batch)] = tagger.logits(batch)
    place = {text: at for at, text in enumerate(distinct)}
    logits = np.zeros((len(texts), OUTPUTS))
    logits[judged] = answers[[place[texts[row]] for row in judged]]
    drive = _ppm(logits[:, SLICES["drive"]] / tagger.manifest.temperature)
    niche = _ppm(logits[:, SLICES["niche"]])
    promo = _ppm(logits[:, SLICES["promo"]])
    silent = np.array([why is not None for why in abstain], bool)

    said = promo_codes(logits, tagger.manifest.promo_odds)

    def named(codes: NDArray[np.int64], names: tuple[str, ...]) -> Any:
        return pa.array(names, pa.string()).take(pa.array(codes.astype(np.int32), mask=silent))

    return pa.table(
        {
            "post_id": segmented.column("post_id"),
            "content_hash": segmented.column("content_hash"),
            "model_id": pa.array([tagger.model_id] * len(texts), pa.string()),
            "prob_ppm": pa.array(drive[:, 0], mask=silent),
            "niche": named(niche.argmax(axis=1), NICHES),
            "niche_ppm": pa.array(niche.max(axis=1, initial=0), mask=silent),
            "promo": named(said, PROMOS),
            "promo_ppm": pa.array(promo[np.arange(len(texts)), said], mask=silent),
            "abstained": segmented.column("abstain"),
        },
        schema=TAG,
    )


def promo_codes(logits: NDArray[Any], odds: float) -> NDArray[np.int64]:
    """(N,) index into PROMOS of what is said; see `Manifest.promo_odds`.

    logits: (N, OUTPUTS)
    """
    promo = logits[:, SLICES["promo"]]
    codes: NDArray[np.int64] = (promo + np.log([1.0, odds, odds])).argmax(axis=1)
    return codes


def _ppm(logits: NDArray[np.float64]) -> NDArray[np.int32]:
    """(N, C) logits to (N, C) probabilities in millionths."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True, initial=-np.inf))
    ppm: NDArray[np.int32] = np.rint(PPM * powers / powers.sum(axis=1, keepdims=True)).astype(
        np.int32
    )
    return ppm


def _windows(text: str, vocabulary: Vocabulary, window: int) -> list[tuple[list[int], str]]:
    """Sub-word ids of each window with its words; cut between words, at least one."""
    out: list[tuple[list[int], str]] = []
    words = text.split()
    ids: list[int] = []
    first = 0
    for at, word in enumerate(encode_words([text], vocabulary)[0]):
        if ids and len(ids) + len(word) > window:
            out.append((ids, " ".join(words[first:at])))
            ids, first = [], at
        ids.extend(word[:window])
    out.append((ids, " ".join(words[first:])))
    return out


def _batched(forward: Forward, shape: EncoderShape, pad: int) -> Judge:
    """Passes of windows of one width, all of one height at that width."""
    sub_words = next(n for hidden, n in SUB_WORDS.items() if shape.hidden_size <= hidden)

    def judge(windows: list[list[int]]) -> NDArray[np.float32]:
        out = np.zeros((len(windows), OUTPUTS), np.float32)
        by_width: dict[int, list[int]] = {}
        for at, window in enumerate(windows):
            by_width.setdefault(-(-len(window) // WIDTH_STEP) * WIDTH_STEP, []).append(at)
        for width, members in sorted(by_width.items()):
            height = max(1, sub_words // width)
            for start in range(0, len(members), height):
                chosen = members[start : start + height]
                ids = np.full((height, width), pad, np.int64)
                mask = np.zeros((height, width), np.int64)
                for row in range(height):
                    window = windows[chosen[min(row, len(chosen) - 1)]]
                    ids[row, : len(window)] = window
                    mask[row, : len(window)] = 1
                out[chosen] = forward(ids, mask)[: len(chosen)]
        return out

    return judge


def _combine(scores: NDArray[np.float32], lengths: list[list[int]]) -> NDArray[np.float64]:
    """Windows to posts: drive and niche averaged by length, promo of the window that promotes most.

    A promotion in the last paragraph of a long article is a promotion of the article.
    """
    out = np.zeros((len(lengths), OUTPUTS))
    start = 0
    for row, sizes in enumerate(lengths):
        own = scores[start : start + len(sizes)].astype(np.float64)
        start += len(sizes)
        share = np.maximum(np.array(sizes, np.float64), 1.0)
        out[row] = (own * (share / share.sum())[:, None]).sum(axis=0)
        promo = own[:, SLICES["promo"]]
        out[row, SLICES["promo"]] = promo[(promo[:, 1:].max(axis=1) - promo[:, 0]).argmax()]
    return out


def _logits(
    judge: Judge, weights: dict[str, NDArray[Any]], vocabulary: Vocabulary, window: int
) -> Callable[[Sequence[str]], NDArray[np.float64]]:
    """A function from segmented texts to logits: both branches added, windows put together."""
    linear = [weights[name] for name in ("ngram.idf", "ngram.weight") if name in weights]

    def logits(texts: Sequence[str]) -> NDArray[np.float64]:
        windows = [
            [(ids, text)] if len(ids) <= window else _windows(text, vocabulary, window)
            for text, ids in zip(texts, encode(texts, vocabulary), strict=True)
        ]
        flat = [one for found in windows for one in found]
        scores = judge([[vocabulary.bos, *ids, vocabulary.eos] for ids, _ in flat])
        if linear:
            scores += ngram_logits([text for _, text in flat], *linear)
        return _combine(scores, [[len(ids) for ids, _ in found] for found in windows])

    return logits


def _network(weights: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """The encoder's weights and its heads', without the linear branch."""
    return {name: w for name, w in weights.items() if not name.startswith("ngram.")}


def _torch_forward(
    weights: dict[str, NDArray[Any]], shape: EncoderShape, pad: int, device: str
) -> Forward:
    import torch

    from analyzer.model.forward import forward_of

    network = forward_of(weights, shape, pad=pad, device=device)

    def forward(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        with torch.inference_mode(), _one_thread(torch):
            logits = network(torch.from_numpy(ids).to(device), torch.from_numpy(mask).to(device))
        array: NDArray[np.float32] = logits.cpu().numpy()
        return array

    return forward


@contextmanager
def _one_thread(torch: Any) -> Iterator[None]:
    """Threads share a product out differently on every machine; processes are our parallelism."""
    before = torch.get_num_threads()
    if before == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
