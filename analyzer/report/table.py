"""The profiles in a terminal, 80 columns wide at least."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from analyzer.report import words
from analyzer.report.rows import most_tagged, ordered, records

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

_STYLES: Final = {
    "creator": "cyan",
    "hybrid": "magenta",
    "influencer": "yellow",
    "undetermined": "dim",
}
_NAME_LIMIT: Final = 60


def profile_table(profiles: pa.Table, *, limit: int) -> Table:
    """The accounts with most tagged posts, from creator to influencer, one row each.

    What comes from the files is text in it: neither markup nor an escape sequence passes.

    Raises:
        InputError: not a profile table.
    """
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    # only this one gives way: 80 columns hold all the others whole
    table.add_column("Account", min_width=10)
    table.add_column("Platform", no_wrap=True)
    table.add_column("Posts", justify="right", no_wrap=True)
    table.add_column("Passion share", no_wrap=True)
    table.add_column("Role", no_wrap=True)
    table.add_column("Niche", no_wrap=True)
    table.add_column("Sell/\nlife", justify="right", no_wrap=True)
    rows = ordered(profiles)
    drawn = most_tagged(rows, limit)
    for record in records(rows, drawn):
        table.add_row(*_cells(record))
    table.caption = "Sell/life: brand-driven posts that sell, that show a personal life, in %"
    if not all(rows.column("platform_measured").to_pylist()):
        table.caption += f"\n*: the model was {words.NOT_MEASURED}; its interval is widened"
    if rows.num_rows > len(drawn):
        table.caption += (
            f"\n{len(drawn)} of {rows.num_rows:,} accounts shown: those with most posts judged"
        )
    return table


def _cells(record: Mapping[str, Any]) -> tuple[Text, ...]:
    """Text objects, since rich reads markup in plain strings."""
    account = record["account_name"] or record["account_id"].partition(":")[2]
    clear = record["reason"] == "clear"
    role = record["role"] + ("" if record["platform_measured"] else "*")
    role = role if clear else f"{role}\n{words.reason(record['reason'])}"
    return (
        Text(words.one_line(account, _NAME_LIMIT), no_wrap=True, overflow="ellipsis"),
        Text(words.named(record["platform"])),
        Text(str(record["tagged"])),
        Text(_share(record)),
        Text(role, style=_STYLES[record["role"]]),
        Text(record["niche"] or "-"),
        Text(_sides(record)),
    )


def _share(record: Mapping[str, Any]) -> str:
    if record["share_point"] is None:
        return "-"
    low, high = record["share_low"], record["share_high"]
    return f"{record['share_point']:.2f} [{low:.2f}–{high:.2f}]"


def _sides(record: Mapping[str, Any]) -> str:
    if record["selling_share"] is None:
        return "-"
    return f"{record['selling_share'] * 100:.0f}/{record['lifestyle_share'] * 100:.0f}"
