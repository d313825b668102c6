"""Labels that were published without their texts, joined again with an export that has them."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from analyzer.errors import InputError
from analyzer.pipeline.labelling.words import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from analyzer.sources import ImportBatch

COLUMNS: Final = ("source", "key", *FIELDS)
"""Of a file of published labels, corpora/labels/labels.csv."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejoined:
    """Labels with their texts, and how many of each source found one."""

    labels: tuple[dict[str, Any], ...]
    """Rows that `read_labelled` reads, by source and key."""
    found: Mapping[str, int]
    """By source; a source without one stands here with 0."""
    published: Mapping[str, int]
    """Labels by source."""
    posts: int
    """Posts that were read, repeated ones included."""
    rejected: int
    """Rows of the export that could not be read."""


def rejoin(labels: Path, batches: Iterable[ImportBatch]) -> Rejoined:
    """The published labels whose posts stand in an export.

    batches: of `read_posts`. A key is the platform's own id, the part of a post_id behind its
    platform; of a post seen more than once the first text is taken.

    Raises:
        InputError: no file of published labels, or none of its posts is in the export.
    """
    published = read_published(labels)
    found: dict[str, dict[str, Any]] = {}
    posts = rejected = 0
    for batch in batches:
        posts += batch.posts.num_rows
        rejected += batch.rejects.num_rows
        table = batch.posts.select(["post_id", "account_id", "platform", "title", "text"])
        for row in table.to_pylist():
            key = row["post_id"].partition(":")[2]
            if key in published and row["text"]:
                found.setdefault(key, row)
    if not found:
        raise InputError(
            f"none of the {len(published):,} keys of {labels} is the id of one of the {posts:,} "
            "posts that were read; pass the export of a source it names, with --map id=COLUMN if "
            "its ids stand in a column of another name"
        )
    joined = [
        {
            "post_id": found[key]["post_id"],
            "account": found[key]["account_id"],
            "platform": found[key]["platform"],
            "title": found[key]["title"],
            "text": found[key]["text"],
            **{name: label[name] for name in FIELDS},
            "clarity": int(label["clarity"]),
            "source": label["source"],
            "key": key,
        }
        for key, label in published.items()
        if key in found
    ]
    counts = Counter(label["source"] for label in joined)
    totals = Counter(label["source"] for label in published.values())
    return Rejoined(
        labels=tuple(joined),
        found={source: counts[source] for source in sorted(totals)},
        published=dict(sorted(totals.items())),
        posts=posts,
        rejected=rejected,
    )


def read_published(path: Path) -> dict[str, dict[str, str]]:
    """Key to source and labels, in the order of the file.

    Raises:
        InputError: it cannot be read, or has other columns.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise InputError(
                    f"{path} has the columns {', '.join(reader.fieldnames or ())}; published "
                    f"labels have {', '.join(COLUMNS)}: pass corpora/labels/labels.csv"
                )
            return {row["key"]: row for row in reader}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"{path}: cannot be read: {error}; pass corpora/labels/labels.csv"
        ) from error
