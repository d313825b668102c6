"""The files of a round: for spreadsheets, for Label Studio, for training."""

from __future__ import annotations

import csv
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

import orjson

from analyzer.atomic import atomic_path
from analyzer.cells import inert
from analyzer.errors import StoreError
from analyzer.pipeline.labelling.agree import agreement, disagreements
from analyzer.pipeline.labelling.rows import CHOSEN, json_lines
from analyzer.pipeline.labelling.words import CODES, FIELDS, QUESTIONS, choice_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from analyzer.pipeline.labelling.published import Rejoined
    from analyzer.pipeline.labelling.rows import Answer, Chosen
    from analyzer.pipeline.labelling.settle import Settled
    from analyzer.schema import Reject

SHOWN: Final = 30_000
"""Characters of a text in a sheet: Excel's cells end at 32,767, and it cuts them off silently."""

SHEET: Final = "sheet.csv"

_POST: Final = ("platform", "title", "text")
"""What readers see of a post: no account and no address, for they judge the words alone."""


def write_round(rows: Sequence[Chosen], folder: Path) -> None:
    """The posts of a round: chosen.jsonl, sheet.csv, tasks.json and labelling_config.xml.

    chosen.jsonl keeps the posts as they are; readers need not see it.

    Raises:
        StoreError: the folder holds a round already, or cannot be written.
    """
    held = next((name for name in (CHOSEN, SHEET) if (folder / name).exists()), None)
    if held:
        raise StoreError(
            f"{folder / held}: a round is there, and its sheet may be filled in; pass another "
            "folder with -o"
        )
    _write(folder / CHOSEN, json_lines(rows))
    _write_sheet(rows, folder / SHEET)
    tasks = [
        {"data": {name: getattr(row, name) or "" for name in ("post_id", *_POST)}} for row in rows
    ]
    _write(folder / "tasks.json", orjson.dumps(tasks, option=orjson.OPT_INDENT_2) + b"\n")
    _write(folder / "labelling_config.xml", labelling_config().encode())


def write_labels(
    settled: Settled, rejects: Sequence[Reject], chosen: Mapping[str, Chosen], folder: Path
) -> None:
    """What was read back: labelled.jsonl, labelled_random.jsonl, ties.csv, rejects.jsonl.

    labelled_random.jsonl is the share drawn at random: for calibrating and evaluating. ties.csv is
    a sheet for one more reader; passed along with the others it settles them.

    Raises:
        StoreError: a file cannot be written; what was there is untouched.
    """
    _write(folder / "labelled.jsonl", json_lines(settled.labels))
    drawn = [label for label in settled.labels if label["why"] == "random"]
    _write(folder / "labelled_random.jsonl", json_lines(drawn))
    _write_sheet([chosen[post] for post in settled.ties], folder / "ties.csv", settled.ties)
    _write(folder / "rejects.jsonl", json_lines(rejects))


def write_agreement(answers: Sequence[Answer], path: Path) -> None:
    """Agreement by field and pair, and the posts on which readers differ, as JSON.

    Raises:
        StoreError: `path` cannot be written; what was there is untouched.
    """
    found = {
        "fields": [asdict(field) for field in agreement(answers)],
        "disagreements": [asdict(row) for row in disagreements(answers)],
    }
    _write(path, orjson.dumps(found, option=orjson.OPT_INDENT_2) + b"\n")


def write_rejoined(rejoined: Rejoined, path: Path) -> None:
    """Published labels with their texts, as JSON lines that `read_labelled` reads.

    Raises:
        StoreError: `path` cannot be written; what was there is untouched.
    """
    _write(path, json_lines(rejoined.labels))


def labelling_config() -> str:
    """Label Studio's labelling interface: the post, and the four fields to choose.

    A choice's alias is our code, which Label Studio writes in the place of the words shown.
    """
    view = ET.Element("View")
    ET.SubElement(view, "Header", value="$title")
    ET.SubElement(view, "Text", name="text", value="$text")
    for field in FIELDS:
        ET.SubElement(view, "Header", value=QUESTIONS[field], size="4")
        choices = ET.SubElement(
            view, "Choices", name=field, toName="text", choice="single", showInline="true",
            required="true" if field == "drive" else "false",
        )  # fmt: skip
        for code in CODES[field]:
            ET.SubElement(choices, "Choice", value=choice_words(field, code), alias=code)
    ET.indent(view)
    return ET.tostring(view, encoding="unicode") + "\n"


def shown(text: str) -> str:
    """The text as a cell of a sheet holds it: inert, and short enough for Excel."""
    return inert(text[:SHOWN])


def header(field: str) -> str:
    """The field and what may be written there: `drive (passion / brand)`."""
    return f"{field} ({' / '.join(CODES[field])})"


def _write_sheet(rows: Sequence[Chosen], path: Path, said: Mapping[str, str] | None = None) -> None:
    """UTF-8 with a byte order mark, as spreadsheets want it; four columns wait to be filled in.

    They stand before the text, which as the last column runs on over the empty ones behind it.
    """
    with atomic_path(path) as temp, temp.open("w", encoding="utf-8-sig", newline="") as sink:
        writer = csv.writer(sink)
        more = () if said is None else ("said",)
        writer.writerow(["post_id", *map(header, FIELDS), *more, *_POST])
        for row in rows:
            told = () if said is None else (inert(said[row.post_id]),)
            cells = (shown(getattr(row, name) or "") for name in _POST)
            writer.writerow([inert(row.post_id), *([""] * len(FIELDS)), *told, *cells])


def _write(path: Path, content: Any) -> None:
    with atomic_path(path) as temp:
        temp.write_bytes(content)
