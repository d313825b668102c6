"""Hashed n-grams of segmented text: the linear branch beside the encoder.

Words 1-2 and characters 2-5 within words, as the usual TF-IDF baseline has them, but hashed:
nothing of the training text is stored, and looking one up is arithmetic on whole arrays.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CHAR_ORDERS: Final = (2, 3, 4, 5)

# odd multipliers of splitmix64 (Steele, Lea and Flood 2014): full-period mixing of 64 bits
_MIX_1: Final = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2: Final = np.uint64(0x94D049BB133111EB)
_STEP: Final = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True, kw_only=True)
class NgramFeatures:
    """One text's features: `weights` sums them to its logits."""

    buckets: NDArray[np.int64]
    """(N,) rows of the weight matrix, each once; words first, then characters."""
    values: NDArray[np.float32]
    """(N,) 1 + log(count), scaled by idf; words and characters each of length 1 (L2)."""


def ngram_counts(
    text: str, bits: int
) -> tuple[
    tuple[NDArray[np.int64], NDArray[np.int64]], tuple[NDArray[np.int64], NDArray[np.int64]]
]:
    """Buckets and counts of words 1-2, and of characters 2-5, of one segmented text.

    Buckets of words lie in [0, 2**bits), of characters in [2**bits, 2 * 2**bits).
    """
    words = text.lower().split()
    if not words:
        nothing = (np.zeros(0, np.int64), np.zeros(0, np.int64))
        return nothing, nothing
    shift = np.uint64(64 - bits)
    hashed = np.array([zlib.crc32(word.encode()) for word in words], np.uint64)
    pairs = _mixed(hashed[:-1] * _MIX_2 + hashed[1:])
    found = np.concatenate([_mixed(hashed), pairs]) >> shift
    padded = f" {' '.join(words)} "
    codes = np.frombuffer(padded.encode("utf-32-le"), np.uint32).astype(np.uint64)
    grams = _character_grams(codes) >> shift
    word_part = np.unique(found.astype(np.int64), return_counts=True)
    char_part = np.unique(grams.astype(np.int64) + (1 << bits), return_counts=True)
    return word_part, char_part


def ngram_features(text: str, idf: NDArray[np.float32]) -> NgramFeatures:
    """Weighted features of one segmented text.

    idf: (2 * 2**bits,) float32; 0 where a bucket was not seen in enough accounts.
    """
    bits = len(idf).bit_length() - 2
    parts = [_weighted(*part, idf) for part in ngram_counts(text, bits)]
    return NgramFeatures(
        buckets=np.concatenate([part[0] for part in parts]),
        values=np.concatenate([part[1] for part in parts]),
    )


def ngram_logits(
    texts: Sequence[str], idf: NDArray[np.float32], weights: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Logits of each text from its n-grams alone.

    weights: (2 * 2**bits, C) float32
    Returns: (len(texts), C) float32; a text's row does not depend on the others.
    """
    out = np.zeros((len(texts), weights.shape[1]), np.float32)
    for row, text in enumerate(texts):
        features = ngram_features(text, idf)
        out[row] = (weights[features.buckets] * features.values[:, None]).sum(axis=0)
    return out


def _weighted(
    buckets: NDArray[np.int64], counts: NDArray[np.int64], idf: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    values = (1.0 + np.log(counts)) * idf[buckets]
    norm = float(np.sqrt((values * values).sum()))
    return buckets, (values / norm if norm else values).astype(np.float32)


def _character_grams(codes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Hashes of all n-grams that hold no blank but at their ends."""
    blank = (codes == ord(" ")).astype(np.int64)
    before = np.concatenate([[0], np.cumsum(blank)])
    grams = []
    rolling = codes
    for order in range(2, max(CHAR_ORDERS) + 1):
        rolling = rolling[:-1] * _STEP + codes[order - 1 :]
        starts = np.arange(len(rolling))
        inner = before[starts + order - 1] - before[starts + 1]
        grams.append(_mixed(rolling[inner == 0] + np.uint64(order)))
    return np.concatenate(grams) if grams else np.zeros(0, np.uint64)


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    values = (values ^ (values >> np.uint64(30))) * _MIX_1
    values = (values ^ (values >> np.uint64(27))) * _MIX_2
    return values ^ (values >> np.uint64(31))
