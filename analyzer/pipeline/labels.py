"""Labelled posts as the training stages want them."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from analyzer.errors import InputError
from analyzer.schema import DRIVES, NICHES, PROMOS
from analyzer.text import for_tagger, full_text, normalise

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

CLARITY_WEIGHT: Final = (0.0, 0.5, 1.0, 1.0)
"""Weight of a post in the drive head's loss by its clarity: at 0 the text gives no evidence, at 1
two readers agree least. Chosen, not measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """N posts and what a reader said of them; arrays are of the same length."""

    texts: list[str]
    """Segmented."""
    raw: list[str]
    accounts: NDArray[np.str_]
    drive: NDArray[np.int64]
    """Index into DRIVES."""
    niche: NDArray[np.int64]
    promo: NDArray[np.int64]
    clarity: NDArray[np.int64]
    sha256: str

    @property
    def targets(self) -> dict[str, NDArray[np.int64]]:
        """The classes by head."""
        return {"drive": self.drive, "niche": self.niche, "promo": self.promo}

    def weights(self, head: str) -> NDArray[np.float64]:
        """Weight of each post in a head's loss."""
        by_clarity = np.array(CLARITY_WEIGHT)[self.clarity]
        return by_clarity if head == "drive" else np.where(self.clarity > 0, 1.0, 0.5)


def read_labelled(path: Path, *, limit: int | None = None) -> Labelled:
    """Labelled posts of a JSON-lines file with text, account, drive, clarity, niche and promo.

    Raises:
        InputError: the file cannot be read, or a label is not one of the guideline's.
    """
    from datasets import Dataset

    try:
        with tempfile.TemporaryDirectory() as cache:
            found = Dataset.from_json(str(path), cache_dir=cache, keep_in_memory=True)
        rows = found.to_list()[:limit]
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error}") from error
    raw = [full_text(row.get("title"), row["text"]) for row in rows]
    return Labelled(
        texts=list(map(str, for_tagger(normalise(raw)))),
        raw=raw,
        accounts=np.array([row["account"] for row in rows]),
        drive=_codes(path, "drive", [row["drive"] for row in rows], DRIVES),
        niche=_codes(path, "niche", [row["niche"] for row in rows], NICHES),
        promo=_codes(path, "promo", [row["promo"] for row in rows], PROMOS),
        clarity=np.array([row["clarity"] for row in rows], np.int64),
        sha256=digest,
    )


def account_folds(
    accounts: NDArray[np.str_], folds: int, seed: int
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """(train rows, held-out rows) of each fold; no account stands on both sides."""
    names, code = np.unique(accounts, return_inverse=True)
    fold_of = np.random.default_rng(seed).permutation(len(names)) % folds
    held = [np.flatnonzero(fold_of[code] == fold) for fold in range(folds)]
    every = np.arange(len(accounts))
    return [(np.setdiff1d(every, rows), rows) for rows in held]


def _codes(
    path: Path, field: str, values: Sequence[str], names: tuple[str, ...]
) -> NDArray[np.int64]:
    place = {name: code for code, name in enumerate(names)}
    strange = sorted({str(value) for value in values} - set(place))
    if strange:
        raise InputError(f"{path}: {field} holds {strange}; the guideline knows {list(names)}")
    return np.array([place[value] for value in values], np.int64)
