"""Labels without texts, for others to join with the texts again: corpora/labels/labels.csv.

    python scripts/publish_labels.py ../shared/data/labelled.jsonl corpora/labels

Only rows with a `key` that is an id of their source; by source and key. What is written is source,
key and the four labels: no text, account, time or count. Prints the tables of the data card.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from analyzer.atomic import atomic_path
from analyzer.pipeline.labelling.published import COLUMNS
from analyzer.pipeline.labelling.words import FIELDS, WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TIKTOK_DIGITS = 19
"""Length of a TikTok video's number since 2018; spreadsheets make 7.47607001790638e+18 of it."""


def main() -> None:
    """Write labels.csv and print its counts."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("labelled", type=Path, help="JSON lines with source, key and labels")
    parser.add_argument("out", type=Path, help="folder for labels.csv")
    given = parser.parse_args()
    rows = [orjson.loads(line) for line in given.labelled.read_bytes().split(b"\n") if line]
    published = publishable(rows)
    write(published, given.out / "labels.csv")
    keyed = sum(bool(row.get("key")) for row in rows)
    print(f"{len(rows):,} labelled posts, {keyed:,} with a key, {len(published):,} published\n")
    print(tables(published))


def publishable(rows: Iterable[dict[str, Any]]) -> list[tuple[str, ...]]:
    """The rows of labels.csv: COLUMNS, by source and key.

    Raises:
        ValueError: two rows with one key, or a label that the guideline does not know.
    """
    kept = [tuple(str(row[name]) for name in COLUMNS) for row in rows if is_key(row)]
    if len({row[1] for row in kept}) < len(kept):
        raise ValueError("a key stands twice: labels could not be told apart")
    for row in kept:
        for field, code in zip(FIELDS, row[2:], strict=True):
            if code not in WORDS[field]:
                raise ValueError(f"{field} holds '{code}', which the guideline does not know")
    return sorted(kept)


def is_key(row: dict[str, Any]) -> bool:
    """Whether the key leads back to a post: a rounded or empty number does not."""
    key = row.get("key")
    if not key:
        return False
    return row["platform"] != "tiktok" or (len(key) == TIKTOK_DIGITS and key.isdigit())


def write(rows: Sequence[tuple[str, ...]], path: Path) -> None:
    """UTF-8 with LF: the same bytes from the same rows."""
    with atomic_path(path) as temp, temp.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def tables(rows: Sequence[tuple[str, ...]]) -> str:
    """The counts of the data card, as Markdown."""
    sources = Counter(row[0] for row in rows)
    lines = [
        "| source | labels | passion | brand | clarity 0 / 1 / 2 / 3 |",
        "|---|---|---|---|---|",
    ]
    for source, number in sources.most_common():
        drive = Counter(row[2] for row in rows if row[0] == source)
        clarity = Counter(row[3] for row in rows if row[0] == source)
        shares = " / ".join(f"{clarity[code]:,}" for code in WORDS["clarity"])
        lines.append(
            f"| `{source}` | {number:,} | {drive['passion']:,} | {drive['brand']:,} | {shares} |"
        )
    drive = Counter(row[2] for row in rows)
    clarity = Counter(row[3] for row in rows)
    shares = " / ".join(f"{clarity[code]:,}" for code in WORDS["clarity"])
    lines.append(f"| all | {len(rows):,} | {drive['passion']:,} | {drive['brand']:,} | {shares} |")
    niche = Counter(row[4] for row in rows)
    promo = Counter(row[5] for row in rows)
    lines += ["", "| niche | labels | | niche | labels |", "|---|---|---|---|---|"]
    ranked = niche.most_common()
    half = (len(ranked) + 1) // 2
    for place in range(half):
        pair = [f"`{code}` | {number:,}" for code, number in ranked[place::half]]
        lines.append(f"| {' | | '.join(pair)} |")
    told = ", ".join(f"`{code}` {promo[code]:,}" for code in WORDS["promo"])
    return "\n".join([*lines, "", f"Promotion: {told}."])


if __name__ == "__main__":
    main()
