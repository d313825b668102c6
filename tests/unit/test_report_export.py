"""Profiles as CSV, JSON and Parquet: inert, deterministic, complete."""

from __future__ import annotations

import csv
import json
import time
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest
from report_samples import (
    COOK,
    COOK_FACTS,
    HOSTILE,
    HOSTILE_FACTS,
    PLAIN,
    SILENT,
    SUMMARY,
    facts_row,
    profile_row,
    profile_table,
    tables,
)

from analyzer.errors import InputError
from analyzer.report import write_profiles_csv, write_profiles_json, write_profiles_parquet
from analyzer.schema import PROFILE

if TYPE_CHECKING:
    from pathlib import Path


def csv_rows(rows: list[dict[str, Any]], path: Path) -> list[dict[str, str]]:
    write_profiles_csv(profile_table(rows), path)
    with path.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


FORMULAS = {
    "=1+1": "'=1+1",
    "+84 912": "'+84 912",
    "-2": "'-2",
    "@linh": "'@linh",
    "  =1": "'  =1",
    "\t=1": "'\t'=1",
    "\tcmd": "'\tcmd",
    "\rcmd": "'\rcmd",
    "\n=1": "'\n'=1",
    "＝1": "'＝1",
    'x;=HYPERLINK("https://x.example")': 'x;\'=HYPERLINK("https://x.example")',
    'a","=1': 'a","=1',
    "Mẹ - bé = vui": "Mẹ - bé = vui",
    "'=1": "'=1",
    "": "",
}


@pytest.mark.parametrize(("name", "cell"), FORMULAS.items(), ids=map(repr, FORMULAS))
def test_no_text_becomes_a_formula(name: str, cell: str, tmp_path: Path) -> None:
    (row,) = csv_rows([profile_row("tiktok:a", account_name=name)], tmp_path / "p.csv")
    assert row["account_name"] == cell
    assert row["account_id"] == "tiktok:a"


def test_a_hostile_name_takes_linear_time(tmp_path: Path) -> None:
    names = ["\n" * 200_000, ";=" * 100_000, " " * 200_000 + "="]
    rows = [profile_row(f"tiktok:{n}", account_name=name) for n, name in enumerate(names)]
    started = time.process_time()
    write_profiles_csv(profile_table(rows), tmp_path / "p.csv")
    assert time.process_time() - started < 5


def test_csv_cells(tmp_path: Path) -> None:
    cook, silent = csv_rows([SILENT, COOK], tmp_path / "p.csv")[::-1]
    assert (tmp_path / "p.csv").read_bytes().startswith(b"\xef\xbb\xbfaccount_id,")
    assert cook["account_name"] == "Bếp Nhà Muối 🍲"
    assert cook["niche_mix"] == "food=0.6087; travel=0.2609; life=0.13"
    assert float(cook["raw_share"]) == COOK["raw_share"]
    assert cook["first_posted_at"] == "2026-01-05T01:30:00Z"
    assert cook["last_posted_at"] == "2026-05-25T10:30:00.250000Z"
    assert silent["share_point"] == silent["followers"] == silent["first_posted_at"] == ""
    assert silent["tagged"] == "0"


def test_negative_numbers_stay_numbers(tmp_path: Path) -> None:
    (row,) = csv_rows([profile_row("tiktok:a", followers=-1)], tmp_path / "p.csv")
    assert row["followers"] == "-1"


def test_json_holds_the_profiles_their_facts_and_what_was_read(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    write_profiles_json(*tables([*PLAIN, (HOSTILE, HOSTILE_FACTS)]), path, summary=SUMMARY)
    found = json.loads(path.read_bytes())
    assert list(found) == sorted(found)
    accounts = {a["account_id"]: a for a in found["profiles"]}
    assert list(accounts) == sorted(accounts)
    cook = accounts["tiktok:bepnhamuoi"]
    assert list(cook) == sorted(cook)
    assert cook["niche_mix"] == dict(COOK["niche_mix"])
    assert cook["evidence_passion"][0]["excerpt"] == COOK_FACTS["evidence_passion"][0]["excerpt"]
    assert cook["evidence_passion"][0]["posted_at"] == "2026-01-08T01:30:00Z"
    assert cook["evidence_brand"][1]["url"] is None
    assert accounts["blog:chieu-mua.example"]["share_point"] is None
    hostile = accounts[HOSTILE["account_id"]]
    assert hostile["account_name"] == HOSTILE["account_name"]
    assert found["read"]["rejected"] == {"no text": 3, "not JSON": 1}
    assert found["read"]["first_posted_at"] == "2026-01-05T01:30:00Z"
    assert found["settings"]["line_low"] == 0.35
    assert found["model"]["measures"][2]["baseline"] is None
    assert "Bếp Nhà Muối 🍲" in path.read_text(encoding="utf-8")


def test_json_without_accounts(tmp_path: Path) -> None:
    write_profiles_json(*tables([]), tmp_path / "p.json", summary=SUMMARY)
    assert json.loads((tmp_path / "p.json").read_bytes())["profiles"] == []


def test_parquet_keeps_schema_and_values(tmp_path: Path) -> None:
    write_profiles_parquet(tables(PLAIN)[0], tmp_path / "p.parquet")
    found = pq.read_table(tmp_path / "p.parquet")
    assert found.schema == PROFILE
    assert found.to_pylist() == sorted((p for p, _ in PLAIN), key=lambda p: p["account_id"])


def test_row_order_changes_no_byte(tmp_path: Path) -> None:
    written = []
    for name, pairs in (("a", PLAIN), ("b", PLAIN[::-1])):
        (tmp_path / name).mkdir()
        profiles, facts = tables(pairs)
        write_profiles_csv(profiles, tmp_path / name / "p.csv")
        write_profiles_json(profiles, facts, tmp_path / name / "p.json", summary=SUMMARY)
        write_profiles_parquet(profiles, tmp_path / name / "p.parquet")
        written.append([p.read_bytes() for p in sorted((tmp_path / name).iterdir())])
    assert written[0] == written[1]


def test_tables_of_different_accounts_are_refused(tmp_path: Path) -> None:
    profiles, _ = tables([(COOK, COOK_FACTS)])
    _, facts = tables([(SILENT, facts_row(SILENT))])
    with pytest.raises(InputError, match=r"different accounts, 'blog:chieu-mua\.example'"):
        write_profiles_json(profiles, facts, tmp_path / "p.json", summary=SUMMARY)
    assert list(tmp_path.iterdir()) == []


def test_an_account_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'tiktok:bepnhamuoi' stands in it twice"):
        write_profiles_csv(profile_table([COOK, COOK]), tmp_path / "p.csv")
