"""Pseudonyms of values, files and reasons; what no reason may say under them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import analyzer.sources
from analyzer.pipeline.pseudonyms import (
    file_pseudonym,
    key_id,
    keyed_digest,
    plain_inspection,
    plain_reason,
    pseudonym,
)
from analyzer.sources import Inspection

KEY, OTHER = bytes(32), bytes(31) + b"\1"
NAME = "lananh"
SOURCES = Path(analyzer.sources.__file__).parent
OUR_OWN = {
    "_kind(record)", "_kind(value)", "type(value).__name__", "what", "kind", "encoding",
    "_LANGUAGES[mark]", "info.compress_type", "contents.container", "len(cells)", "len(header)",
    "DEPTH_LIMIT", "shape.title", "_LANGUAGES[found[1]]",
}  # fmt: skip
"""What reasons may hold: words of our own, no value of a row. `kind` and `what` of archives and
encodings; where they are of a row they stand in quotes."""


def templates() -> list[tuple[str, str]]:
    """Each f-string of the readers that could be a reason: where it stands, and how it reads."""
    found = []
    for path in sorted(SOURCES.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                said = "".join(map(_piece, node.values))
                if said.startswith(
                    ("is ", "was ", "has ", "the ", "no ", "holds ", "says ", "an ")
                ):
                    found.append((f"{path.name}:{node.lineno}", said))
    return found


def _piece(value: ast.expr) -> str:
    if isinstance(value, ast.Constant):
        return str(value.value)
    if not isinstance(value, ast.FormattedValue):
        raise TypeError(ast.dump(value))
    spec = "" if value.format_spec is None else ast.unparse(value.format_spec)
    number = "," in spec or ast.unparse(value.value).endswith("+ 1")
    if number or ast.unparse(value.value) in OUR_OWN:
        return "17"
    return f"'{NAME}'" if value.conversion == ord("r") else NAME


def test_no_reason_says_what_stands_in_a_row() -> None:
    reasons = templates()
    assert len(reasons) > 40
    told = [(where, said) for where, said in reasons if NAME in plain_reason(said)]
    assert told == []
    assert all(plain_reason(said) for _, said in reasons)


@pytest.mark.parametrize(
    ("why", "plain"),
    [
        ("no text", "no text"),
        ("is another account's post", "is another account's post"),
        ("is the scraper's own error: lan.anh not found", "is the scraper's own error"),
        ("is the same post as row 3 of lan.jsonl (one file for each image)", "is the same post as"),
        ("is of type 'lan', not a post", "is of type"),
        ("was captured from lan; of Zeeschuimer's platforms", "was captured from"),
        ("is a lan without a caption; gallery-dl keeps those of photos only", "is a"),
        ("no column 'text'; found: lan.anh", "no column"),
        ("is longer than 1,000 bytes; is the file", "is longer than 1,000 bytes"),
    ],
)
def test_a_reason_is_cut_before_what_it_quotes(why: str, plain: str) -> None:
    assert plain_reason(why) == plain


def test_files_keep_the_ending_of_a_kind_of_file_only() -> None:
    assert file_pseudonym(KEY, "lan/a.JSONL").endswith(".jsonl")
    assert file_pseudonym(KEY, "lan/lan.anh") == pseudonym(KEY, "file", "lan/lan.anh")
    assert file_pseudonym(KEY, ".json") == pseudonym(KEY, "file", ".json")
    assert file_pseudonym(KEY, "a.json") != file_pseudonym(KEY, "b.json")


def test_kinds_and_keys_give_other_pseudonyms() -> None:
    made = [pseudonym(key, kind, "x") for key in (KEY, OTHER) for kind in ("account", "post")]
    digits = [one.rpartition("-")[2] for one in made]
    assert len(set(digits)) == 4
    assert all(len(one) == 16 for one in digits)
    assert key_id(KEY) != key_id(OTHER)
    assert KEY.hex()[:16] not in key_id(KEY)
    assert len(keyed_digest(KEY, "0" * 64)) == 64


def test_what_a_file_held_is_said_without_names() -> None:
    one = Inspection(
        file="lananh.xlsx/Lan Anh", dialect="sheet 'Lan Anh' of 2, header in row 1", rejected=3,
        reasons={"is of type 'lan'": 1, "is of type 'anh'": 1, "no text": 1}, unused=("lananh",),
        sample=({"text": "lananh"},), rows=3,
    )  # fmt: skip
    plain = plain_inspection(one, KEY)
    assert "an" not in str(plain.dialect).replace("of 2", "").lower().split()
    assert "lan" not in repr(plain).lower()
    assert plain.reasons == {"is of type": 2, "no text": 1}
    assert (plain.rows, plain.rejected) == (3, 3)
