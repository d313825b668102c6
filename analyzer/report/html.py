"""The report: one HTML file that needs nothing else, made to be forwarded and printed."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from analyzer.atomic import atomic_path
from analyzer.report import charts, sources, view, words
from analyzer.report.rows import by_share, most_tagged, paired, records
from analyzer.schema import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import jinja2
    import pyarrow as pa

    from analyzer.report.summary import ReportSummary

_REASONS_SHOWN: Final = 12
_BUFFER: Final = 256


def write_report(
    profiles: pa.Table, facts: pa.Table, path: Path, *, summary: ReportSummary, limit: int
) -> None:
    """The report as a file; see `render_report`.

    Raises:
        InputError: not such tables, or not of the same accounts.
        StoreError: `path` cannot be written; what was there is untouched.
    """
    pieces = render_report(profiles, facts, summary=summary, limit=limit)
    with atomic_path(path) as temp, temp.open("w", encoding="utf-8", newline="") as sink:
        sink.writelines(pieces)


def render_report(
    profiles: pa.Table, facts: pa.Table, *, summary: ReportSummary, limit: int
) -> Iterator[str]:
    """The report in pieces, so that no more than a few accounts' pages are in memory.

    profiles, facts   PROFILE and FACTS tables of the same accounts, in any order
    limit             accounts drawn in full: those with most tagged posts; all are counted and
                      stand in the first chart
    Returns           pieces of one self-contained page: no script, no request, a strict
                      content policy; captions are text in it and nothing else

    Raises:
        InputError: not such tables, or not of the same accounts; raised before the first piece.
    """
    left, right = paired(profiles, facts)
    drawn = most_tagged(left, limit)
    env = environment()
    css, css_hash = style(env, "report.css")
    template = env.get_template("report.html.j2")
    stream = template.stream(
        css=css,
        css_hash=css_hash,
        summary=summary,
        totals=_totals(left, summary),
        roles=_roles(left),
        everyone=_everyone(left, summary),
        drawn=len(drawn),
        heads=(
            view.head(number + 1, profile, summary)
            for number, profile in zip(drawn, records(left, drawn), strict=True)
        ),
        sections=(
            view.section(number + 1, profile, fact, summary)
            for number, profile, fact in zip(
                drawn, records(left, drawn), records(right, drawn), strict=True
            )
        ),
        inputs=sorted(summary.inputs),
        abstained=_reasons(summary.abstained, words.ABSTENTIONS),
        rejected=_reasons(summary.rejected, {}),
        sources=sources.by_format(summary.sources),
        troubles=sources.troubles(summary.troubled),
        settings=[(words.SETTINGS[k], f"{v:g}") for k, v in asdict(summary.settings).items()],
    )
    stream.enable_buffering(_BUFFER)
    return stream


@cache
def environment() -> jinja2.Environment:
    """Where the templates are, and what they may call; all text that is put in is escaped."""
    import jinja2

    env = jinja2.Environment(
        loader=jinja2.PackageLoader("analyzer.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(
        number=words.number, percent=words.percent, line=lambda text: words.one_line(text, 200)
    )
    env.globals.update(counted=words.counted)
    return env


def style(env: jinja2.Environment, *names: str) -> tuple[str, str]:
    """The style sheets in one, and the hash by which a page's content policy allows them."""
    from markupsafe import Markup

    if env.loader is None:
        raise AssertionError("the environment is made with a loader")
    css = "".join(env.loader.get_source(env, name)[0] for name in names)
    digest = hashlib.sha256(css.encode()).digest()
    # the only text that is not escaped: the package's own files
    return Markup(css), base64.b64encode(digest).decode()  # noqa: S704


def _everyone(profiles: pa.Table, summary: ReportSummary) -> Mapping[str, Any]:
    """The chart of all accounts that have a place, and how many have none."""
    columns = ["account_id", "account_name", "role", "share_low", "share_point", "share_high"]
    table = profiles.select(columns)
    rows = by_share(profiles, list(range(table.num_rows)))
    places = [
        at
        for row, record in zip(rows, records(table, rows), strict=True)
        if (at := view.place(row + 1, record)) is not None
    ]
    lines = (summary.settings.line_low, summary.settings.line_high)
    said = f"{words.counted(len(places), 'account')} from creator, at the top, to influencer"
    return {
        "chart": charts.everyone(places, said, lines) if len(places) > 1 else None,
        "placed": len(places),
        "unplaced": table.num_rows - len(places),
        "single": len(places) <= charts.SINGLE_MARKS,
    }


def _roles(profiles: pa.Table) -> list[Mapping[str, Any]]:
    found = profiles.column("role").to_pylist()
    return [
        {
            "mark": charts.mark(role),
            "said": f"{words.number(n)} {role}"
            if role == "undetermined"
            else words.counted(n, role),
            "words": view.role_words(role),
        }
        for role in ROLES
        for n in [found.count(role)]
    ]


def _totals(profiles: pa.Table, summary: ReportSummary) -> Mapping[str, Any]:
    return {
        "accounts": profiles.num_rows,
        "abstained": sum(summary.abstained.values()),
        "rejected": sum(summary.rejected.values()),
        "when": words.days(summary.first_posted_at, summary.last_posted_at),
        "tagged": summary.posts - sum(summary.abstained.values()) - summary.copies,
    }


def _largest(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _reasons(counts: Mapping[str, int], known: Mapping[str, str]) -> list[tuple[str, int]]:
    """Reasons in words, most frequent first; a long tail is one line."""
    items = [(known.get(why) or words.one_line(why, 160), n) for why, n in _largest(counts)]
    rest = sum(n for _, n in items[_REASONS_SHOWN:])
    return items[:_REASONS_SHOWN] + ([("other reasons", rest)] if rest else [])
