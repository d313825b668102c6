"""The encoder on a GPU: windows end to end without padding, in 16-bit floats (bfloat16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import numpy as np
import torch
from torch.nn import functional

from analyzer.errors import ModelError
from analyzer.model.forward import Layers
from analyzer.model.shape import OUTPUTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from analyzer.model.shape import EncoderShape

    Attend = Callable[[Tensor, Tensor, Tensor], Tensor]
    """Query, key, value, each (SUB_WORDS, heads, width of a head), to what is attended to."""

SUB_WORDS: Final = 16_384
"""Of every pass, padding included; see `tagger.SUB_WORDS`, which is for processors."""

DTYPE: Final = torch.bfloat16

WINDOWS: Final = 1_024
"""Of every pass at most; captions have about 40 sub-words, so that SUB_WORDS is reached first."""


class Pack(NamedTuple):
    """Windows of one pass, one after the other, then padding that belongs to none of them."""

    windows: list[int]
    """Their places in the list they come from."""
    ids: NDArray[np.int64]
    """(SUB_WORDS,)"""
    places: NDArray[np.int64]
    """(SUB_WORDS,) index of the position embedding."""
    starts: NDArray[np.int32]
    """Where each begins; padding is cut into pieces that count as windows; last, SUB_WORDS."""


def packed_forward(
    weights: Mapping[str, NDArray[Any]],
    shape: EncoderShape,
    *,
    pad: int,
    device: str,
    attention: Callable[[Tensor, int], Attend] | None = None,
) -> Callable[[Sequence[Sequence[int]]], NDArray[np.float32]]:
    """A function from windows to the logits of all heads, (windows, OUTPUTS).

    A window is its sub-word ids with those of <s> and </s>; its logits do not depend on the others.
    weights, pad: as in `forward.forward_of`.
    device: `cuda`, or `cuda:1`.
    attention: from where windows begin, and the longest one possible, to attention inside each
        window; without it that of torch, for GPUs alone.

    Raises:
        ModelError: torch sees no GPU that can do it.
        ValueError: the weights are not those of `shape`.
    """
    if attention is None:
        check_gpu(device)
        attention = _flash_attention
    layers = Layers(weights, shape, device=device, dtype=DTYPE)
    longest = shape.max_position_embeddings - pad - 1

    def forward(windows: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        out = np.zeros((len(windows), OUTPUTS), np.float32)
        for pack in packs(windows, pad=pad, longest=longest):
            starts = torch.from_numpy(pack.starts).to(device)
            ids, places = (torch.from_numpy(part).to(device) for part in (pack.ids, pack.places))
            with torch.inference_mode():
                hidden = layers.hidden(ids, places, attention(starts, longest))
                sums = torch.segment_reduce(hidden.float(), "mean", offsets=starts.long(), axis=0)
                pooled = torch.zeros((WINDOWS, shape.hidden_size), device=device)
                pooled[: len(pack.windows)] = sums[: len(pack.windows)]
                logits = functional.linear(pooled, *layers.heads)[: len(pack.windows)]
            out[pack.windows] = logits.cpu().numpy()
        return out

    return forward


def check_gpu(device: str) -> None:
    """Refuse a device that torch does not see, or that has no bfloat16.

    Raises:
        ModelError: says which, and what to do.
    """
    try:
        major, _ = torch.cuda.get_device_capability(device)
    except (RuntimeError, AssertionError, ValueError) as error:
        raise ModelError(
            f"torch {torch.__version__} sees no GPU '{device}' ({error}): leave out --device, or "
            "install torch with CUDA"
        ) from error
    if major < 8:  # noqa: PLR2004 - Ampere: before it there is no bfloat16
        raise ModelError(
            f"'{device}' is {torch.cuda.get_device_name(device)}, which has no 16-bit floats "
            "(bfloat16); leave out --device"
        )


def packs(windows: Sequence[Sequence[int]], *, pad: int, longest: int) -> Iterator[Pack]:
    """All windows in order, as many in a pass as SUB_WORDS and WINDOWS allow."""
    chosen: list[int] = []
    used = 0
    for at, window in enumerate(windows):
        if chosen and (used + len(window) > SUB_WORDS or len(chosen) == WINDOWS):
            yield _packed(windows, chosen, pad, longest)
            chosen, used = [], 0
        chosen.append(at)
        used += len(window)
    if chosen:
        yield _packed(windows, chosen, pad, longest)


def _packed(windows: Sequence[Sequence[int]], chosen: list[int], pad: int, longest: int) -> Pack:
    ids = np.full(SUB_WORDS, pad, np.int64)
    places = np.full(SUB_WORDS, pad, np.int64)
    starts = [0]
    for at in chosen:
        begin, size = starts[-1], len(windows[at])
        ids[begin : begin + size] = windows[at]
        places[begin : begin + size] = np.arange(pad + 1, pad + 1 + size)
        starts.append(begin + size)
    starts += [*range(starts[-1] + longest, SUB_WORDS, longest)]
    if starts[-1] < SUB_WORDS:
        starts.append(SUB_WORDS)
    return Pack(chosen, ids, places, np.array(starts, np.int32))


def _flash_attention(starts: Tensor, longest: int) -> Attend:
    from torch.nn.attention.varlen import varlen_attn

    def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        # without return_aux it gives one tensor, which its types do not say
        return cast("Tensor", varlen_attn(query, key, value, starts, starts, longest, longest))

    return attend
