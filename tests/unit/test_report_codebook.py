"""The codebook names every column that is written, its type, and whether it can be null."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from report_samples import PLAIN, SUMMARY, tables

from analyzer.report import write_profiles_json
from analyzer.schema import (
    COPY_GROUP,
    EVIDENCE,
    FACTS,
    KEPT_POST,
    PROFILE,
    REJECT,
    SIGN_OFF,
)

CODEBOOK = Path(__file__).parents[2] / "docs" / "codebook.md"
JSON_EXTRA = [f for f in FACTS if f.name not in PROFILE.names]


STRUCTS = {EVIDENCE: "evidence", COPY_GROUP: "copy group", SIGN_OFF: "sign-off"}


def written() -> list[list[tuple[str, str, bool]]]:
    """The tables of the page: (column, type, whether it can be null) for each row."""
    found: list[list[tuple[str, str, bool]]] = []
    for block in re.findall(r"\|---.*\n((?:\|.*\n)+)", CODEBOOK.read_text(encoding="utf-8")):
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.split("\n")]
        cells = [row for row in rows if len(row) > 1]
        assert all(len(row) == 4 and all(row) for row in cells), cells
        found.append([(row[0].strip("`"), row[1], row[2] != "never") for row in cells])
    return found


def in_words(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"list of {in_words(kind.value_type)}"
    if pa.types.is_map(kind):
        return f"map of {in_words(kind.key_type)} to {in_words(kind.item_type)}"
    if pa.types.is_struct(kind):
        return STRUCTS[kind]
    return "timestamp" if pa.types.is_timestamp(kind) else str(kind)


@pytest.mark.parametrize(
    ("position", "columns"),
    [(0, KEPT_POST), (1, PROFILE), (3, JSON_EXTRA), (4, EVIDENCE), (5, REJECT)],
    ids=["posts", "profiles", "json", "evidence", "rejects"],
)
def test_every_column_is_in_the_codebook(position: int, columns: Any) -> None:
    assert written()[position] == [(f.name, in_words(f.type), f.nullable) for f in columns]


def test_every_key_of_the_json_is_in_the_codebook(tmp_path: Path) -> None:
    write_profiles_json(*tables(PLAIN), tmp_path / "profiles.json", summary=SUMMARY)
    found = json.loads((tmp_path / "profiles.json").read_bytes())
    assert {name for name, _, _ in written()[2]} == set(found)
    assert found["schema_version"] == 1
    known = {name for table in (1, 3) for name, _, _ in written()[table]}
    assert all(set(account) == known for account in found["profiles"])


def test_the_codebook_has_no_other_table() -> None:
    assert len(written()) == 6
