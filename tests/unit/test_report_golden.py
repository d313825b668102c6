"""A small report, byte for byte."""

from __future__ import annotations

from pathlib import Path

from report_samples import COOK, COOK_FACTS, SHOP, SHOP_FACTS, SILENT, SUMMARY, facts_row, tables

from analyzer.report import write_report

GOLDEN = Path(__file__).parents[1] / "golden" / "report_small.html"


def test_small_report(tmp_path: Path) -> None:
    pairs = [(COOK, COOK_FACTS), (SHOP, SHOP_FACTS), (SILENT, facts_row(SILENT))]
    found = tmp_path / GOLDEN.name
    write_report(*tables(pairs), found, summary=SUMMARY, limit=2)
    same = found.read_bytes() == GOLDEN.read_bytes()
    assert same, f"look at {found} in a browser; if it is meant to be so, copy it to {GOLDEN}"
