"""Which posts of one account say the same: copies, reposts of their own, walls of hashtags."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasketch import MinHash
    from numpy.typing import NDArray

NEAR: Final = 0.85
"""Jaccard similarity of the shingles from which two posts are one (EXPERIMENTS.md, 2026-11-24)."""
SHINGLE: Final = 5
"""Characters of a shingle."""
PERMUTATIONS: Final = 128
BANDS: Final = (20, 6)
"""Bands and rows of a signature: of pairs of similarity NEAR one in 10,000 is overlooked."""
LOOKED_AT: Final = 16
"""Posts that one is compared with at most, the most alike by their signatures: series of thousands
of posts that are nearly near would cost the square of their number."""

_POWERS: Final = np.array(
    [pow(0x9E3779B97F4A7C15, power, 1 << 64) for power in range(1, SHINGLE + 1)], dtype=np.uint64
)
_AT_ONCE: Final = 4096
"""Shingles that are signed at a time: a megabyte of text would take half a gigabyte."""
_NUMBER: Final = re.compile(r"\d+")


def first_alike(cores: Sequence[str]) -> list[int]:
    """For each post the first one that it repeats, or itself: (N,) positions.

    cores    posts of one account as `Ending.core` has them, the one that shall stand first
    Near means NEAR; posts with other numbers in them are never near (a series, a price list).
    Each joins the most alike of those that stand for themselves, so that no chain of small changes
    makes one of two posts that differ.
    """
    found: list[int] = []
    same: dict[str, int] = {}
    leaders = _Leaders()
    for place, core in enumerate(cores):
        if core not in same:
            same[core] = leaders.near_or_new(place, core)
        found.append(same[core])
    return found


class _Leaders:
    """The posts so far that stand for themselves."""

    def __init__(self) -> None:
        from datasketch import MinHash, MinHashLSH  # half a second, most of it scipy's

        self.empty = MinHash(PERMUTATIONS, seed=1, hashfunc=int, scheme="affine32")
        self.index = MinHashLSH(num_perm=PERMUTATIONS, params=BANDS)
        self.places: list[int] = []
        self.shingles: list[NDArray[np.uint32]] = []
        self.signatures = np.empty((16, PERMUTATIONS), dtype=np.uint32)

    def near_or_new(self, place: int, core: str) -> int:
        """The leader that is near the post; without one, the post leads from now on."""
        shingles = shingles_of(core)
        signature = self._signed(shingles)
        candidates = np.array(sorted(self.index.query(signature)), dtype=np.int64)
        if len(candidates) > LOOKED_AT:
            alike = (self.signatures[candidates] == signature.hashvalues).sum(axis=1)
            candidates = candidates[np.argsort(-alike, kind="stable")[:LOOKED_AT]]
        near = [(jaccard(self.shingles[one], shingles), -one) for one in candidates.tolist()]
        best, leader = max(near, default=(0.0, 0))
        if best >= NEAR:
            return self.places[-leader]
        self._lead(place, shingles, signature)
        return place

    def _lead(self, place: int, shingles: NDArray[np.uint32], signature: MinHash) -> None:
        size = len(self.places)
        if size == len(self.signatures):
            self.signatures = np.concatenate([self.signatures, np.empty_like(self.signatures)])
        self.signatures[size] = signature.hashvalues
        self.index.insert(size, signature)
        self.places.append(place)
        self.shingles.append(shingles)

    def _signed(self, shingles: NDArray[np.uint32]) -> MinHash:
        signature = self.empty.copy()
        for at in range(0, len(shingles), _AT_ONCE):
            signature.update_batch(shingles[at : at + _AT_ONCE].tolist())
        return signature


def shingles_of(core: str) -> NDArray[np.uint32]:
    """Hashes of the character shingles of a text, each once: others for other numbers in it."""
    codes = np.frombuffer(core.ljust(SHINGLE).encode("utf-32-le"), dtype=np.uint32)
    windows = np.lib.stride_tricks.sliding_window_view(codes, SHINGLE)
    # Knuth's multiplicative hash: the high half of a sum of odd powers, modulo 2 ** 64
    hashes = (windows.astype(np.uint64) @ _POWERS >> np.uint64(32)).astype(np.uint32)
    numbers = zlib.crc32(" ".join(sorted(_NUMBER.findall(core))).encode())
    return np.unique(hashes ^ np.uint32(numbers))


def jaccard(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> float:
    """Share of the shingles of both that both have."""
    both = len(np.intersect1d(left, right, assume_unique=True))
    return both / (len(left) + len(right) - both)
