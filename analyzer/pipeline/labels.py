"""Labelled posts as the training stages want them."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analyzer.errors import InputError
from analyzer.schema import DRIVES, NICHES, PROMOS
from analyzer.sources import PLATFORM_NAMES
from analyzer.text import for_tagger, full_text, normalise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CLARITY_WEIGHT: Final = (0.0, 0.5, 1.0, 1.0)
"""Weight of a post in the drive head's loss by its clarity: at 0 the text gives no evidence, at 1
two readers agree least. Chosen, not measured."""


UNKNOWN: Final = -1
"""Code of a niche or promotion that no reader gave."""

CLARITY_UNSAID: Final = 2
"""A label without a clarity counts as one that is likely: it was sure enough to be given."""

_READERS: Final = {
    ".jsonl": "from_json",
    ".json": "from_json",
    ".ndjson": "from_json",
    ".csv": "from_csv",
    ".parquet": "from_parquet",
}
_PACKED: Final = frozenset({".gz", ".zst", ".xz"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """N posts and what a reader said of them; arrays are of the same length."""

    texts: list[str]
    """Segmented."""
    raw: list[str]
    accounts: NDArray[np.str_]
    platforms: NDArray[np.str_]
    """Of PLATFORMS; `other` where the file names none."""
    drive: NDArray[np.int64]
    """Index into DRIVES."""
    niche: NDArray[np.int64]
    """Index into NICHES, or UNKNOWN."""
    promo: NDArray[np.int64]
    """Index into PROMOS, or UNKNOWN."""
    clarity: NDArray[np.int64]
    sha256: str

    @property
    def targets(self) -> dict[str, NDArray[np.int64]]:
        """The classes by head."""
        return {"drive": self.drive, "niche": self.niche, "promo": self.promo}

    def weights(self, head: str) -> NDArray[np.float64]:
        """Weight of each post in a head's loss; 0 where no reader said its class."""
        by_clarity = np.array(CLARITY_WEIGHT)[self.clarity]
        weights = by_clarity if head == "drive" else np.where(self.clarity > 0, 1.0, 0.5)
        return np.where(self.targets[head] == UNKNOWN, 0.0, weights)


def only(data: Labelled, rows: NDArray[np.int64]) -> Labelled:
    """The given rows of it."""
    return Labelled(
        texts=[data.texts[row] for row in rows],
        raw=[data.raw[row] for row in rows],
        accounts=data.accounts[rows],
        platforms=data.platforms[rows],
        drive=data.drive[rows],
        niche=data.niche[rows],
        promo=data.promo[rows],
        clarity=data.clarity[rows],
        sha256=data.sha256,
    )


def read_labelled(path: Path, *, limit: int | None = None) -> Labelled:
    """Labelled posts of a JSON-lines, CSV or Parquet file, as it is or packed (.gz, .xz, .zst).

    Columns text, account and drive; and where there are any title, platform, niche, promo, clarity.

    Raises:
        InputError: the file cannot be read, lacks a column, or a label is not one of the
            guideline's.
    """
    rows = _rows(path)[:limit]
    if not rows:
        raise InputError(f"{path} holds no labelled post")
    missing = [name for name in ("text", "account", "drive") if name not in rows[0]]
    if missing:
        raise InputError(
            f"{path} has no column '{missing[0]}'; found: {', '.join(rows[0])}. Labelled posts "
            "need text, account and drive"
        )
    raw = [full_text(row.get("title"), str(row["text"] or "")) for row in rows]
    platforms = [str(row.get("platform") or "").lower() for row in rows]
    clarity = [row.get("clarity") for row in rows]
    return Labelled(
        texts=list(map(str, for_tagger(normalise(raw)))),
        raw=raw,
        accounts=np.array([str(row["account"]) for row in rows]),
        platforms=np.array([PLATFORM_NAMES.get(name, "other") for name in platforms]),
        drive=_codes(path, "drive", rows, DRIVES),
        niche=_codes(path, "niche", rows, NICHES),
        promo=_codes(path, "promo", rows, PROMOS),
        clarity=_clarity(path, clarity),
        sha256=_sha256(path),
    )


def _rows(path: Path) -> list[dict[str, Any]]:
    from datasets import Dataset, disable_progress_bars
    from datasets.exceptions import DatasetGenerationError

    disable_progress_bars()

    packed = path.suffix in _PACKED
    kind = Path(path.stem).suffix if packed else path.suffix
    if kind not in _READERS:
        raise InputError(
            f"{path}: labelled posts are read from {', '.join(_READERS)}, as they are or packed"
        )
    if not path.is_file():
        raise InputError(f"{path}: there is no such file")
    reader = getattr(Dataset, _READERS[kind])
    try:
        with tempfile.TemporaryDirectory() as cache:
            found = reader(str(path), cache_dir=cache, keep_in_memory=True)
    except (OSError, ValueError, DatasetGenerationError) as error:  # ValueError: no row at all
        raise InputError(f"{path}: cannot be read: {error.__cause__ or error}") from error
    rows: list[dict[str, Any]] = found.to_list()
    return rows


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def account_folds(
    accounts: NDArray[np.str_], folds: int, seed: int
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """(train rows, held-out rows) of each fold; no account stands on both sides."""
    names, code = np.unique(accounts, return_inverse=True)
    fold_of = np.random.default_rng(seed).permutation(len(names)) % folds
    held = [np.flatnonzero(fold_of[code] == fold) for fold in range(folds)]
    every = np.arange(len(accounts))
    return [(np.setdiff1d(every, rows), rows) for rows in held]


def account_split(
    accounts: NDArray[np.str_], shares: Sequence[float], seed: int
) -> list[NDArray[np.int64]]:
    """Rows of each part and, last, of what is left; no account stands in two.

    shares: of the accounts, for each part but the last.
    """
    names, code = np.unique(accounts, return_inverse=True)
    place = np.random.default_rng(seed).permutation(len(names))
    ends = np.rint(np.cumsum(shares) * len(names)).astype(np.int64)
    part = np.searchsorted(ends, place, side="right")
    return [np.flatnonzero(part[code] == number) for number in range(len(shares) + 1)]


def _codes(
    path: Path, field: str, rows: Sequence[dict[str, Any]], names: tuple[str, ...]
) -> NDArray[np.int64]:
    place: dict[Any, int] = {name: code for code, name in enumerate(names)}
    if field != "drive":
        place |= {None: UNKNOWN, "": UNKNOWN}
    values = [row.get(field) for row in rows]
    strange = sorted({str(value) for value in values if value not in place})
    if strange:
        raise InputError(f"{path}: {field} holds {strange}; the guideline knows {list(names)}")
    return np.array([place[value] for value in values], np.int64)


def _clarity(path: Path, values: Sequence[Any]) -> NDArray[np.int64]:
    known = range(len(CLARITY_WEIGHT))
    strange = sorted({str(value) for value in values if value is not None and value not in known})
    if strange:
        raise InputError(f"{path}: clarity holds {strange}; the guideline knows 0, 1, 2 and 3")
    return np.array([CLARITY_UNSAID if value is None else value for value in values], np.int64)
