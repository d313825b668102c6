"""The terminal table: readable at 80 columns, and account names are text in it."""

from __future__ import annotations

import io

import pytest
from report_samples import HOSTILE, PLAIN, many, profile_row, tables
from rich.console import Console

from analyzer.report import profile_table


def drawn(pairs: list[tuple[dict[str, object], dict[str, object]]], width: int, limit: int) -> str:
    sink = io.StringIO()
    console = Console(file=sink, width=width, force_terminal=False, legacy_windows=False)
    console.print(profile_table(tables(pairs)[0], limit=limit))
    return sink.getvalue()


@pytest.mark.parametrize("width", [80, 100])
def test_all_but_the_name_is_whole(width: int) -> None:
    text = drawn(PLAIN, width, 10)
    assert max(len(line) for line in text.splitlines()) <= width
    for whole in ("0.81 [0.66–0.93]", "instagram", "undetermined", "business page", "beauty",
                  "48/39", "hocdankhongkho"):  # fmt: skip
        assert whole in text
    assert ("Bếp Nhà Muối 🍲" in text) == (width == 100)


def test_order_is_from_creator_to_influencer_and_unknown_last() -> None:
    text = drawn(PLAIN, 100, 10)
    names = ["Bếp Nhà Muối", "hocdankhongkho", "Linh đang", "Tiệm Gốm", "Ngọc Ánh", "Chiều mưa"]
    places = [text.index(name) for name in names]
    assert places == sorted(places)


def test_names_carry_neither_markup_nor_escape_sequences() -> None:
    row = profile_row("tiktok:a", account_name="[red]đỏ[/red]\x1b[31m\x07\u202e\nhai")
    text = drawn([(row, facts) for facts in [PLAIN[0][1]]], 100, 1)
    assert "[red]đỏ[/red]" in text
    assert not {"\x1b", "\x07", "\u202e"} & set(text)
    sink = io.StringIO()
    Console(file=sink, width=100, force_terminal=True).print(
        profile_table(tables([(HOSTILE, PLAIN[0][1]), (row, PLAIN[0][1])])[0], limit=2)
    )
    assert "\x1b[31m" not in sink.getvalue()
    assert "\x07" not in sink.getvalue()


def test_accounts_beyond_the_limit_are_counted() -> None:
    assert "3 of 40 accounts" in drawn(many(40), 100, 3)
    assert "accounts shown" not in drawn(many(3), 100, 3)
