"""The command that says what files are, what they carry, and what they cannot tell: inspect."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analyzer.cli.options import Format, Mapping, Paths, columns, line, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.sources import Inspection

SHOWN = 40


def inspect(
    paths: Paths,
    *,
    format: Format = None,  # noqa: A002 - the word users know
    mapping: Mapping = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Everything about every file, for other programs.")
    ] = False,
) -> None:
    """Say what files are, what they carry, and what they cannot tell.

    Each file is read to its end; nothing is written and nothing judged.

    Example: analyzer inspect captions.csv --map text=noi_dung

    Example: analyzer inspect scraped/ --json
    """
    with told():
        from analyzer.sources import inspect_files

        found = inspect_files(paths, format=format, mapping=columns(mapping))
    if as_json:
        print(_json([asdict(one) for one in found]))
    else:
        for row in _one(found[0]) if len(found) == 1 else _several(found):
            print(row)
    if not any(one.posts for one in found):
        raise typer.Exit(2)


def _json(value: Any) -> str:
    """Readable Vietnamese; what could steer a terminal is escaped, as JSON allows anywhere."""
    text = json.dumps(value, ensure_ascii=False, indent=1, default=str)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def _one(found: Inspection) -> Iterator[str]:
    yield f"file        {line(found.file)}"
    yield from _format(found)
    for number, row in enumerate(found.sample, start=1):
        yield f"sample {number}"
        for name, value in row.items():
            if value not in (None, []):
                yield f"  {name:<20}{line(str(value), 160)}"


def _several(found: Sequence[Inspection]) -> Iterator[str]:
    """A line for each file, those with rejects first; then what each format carries."""
    from analyzer.sources import merged

    yield f"{'posts':>9} {'rejected':>9}  {'format':<16} file"
    for one in sorted(found, key=lambda one: not one.rejected)[:SHOWN]:
        named = one.format or "not read"
        yield f"{one.posts:>9,} {one.rejected:>9,}  {named:<16} {line(one.file)}"
    if len(found) > SHOWN:
        yield f"{SHOWN} of {len(found):,} files; --json lists all"
    for name in sorted({one.format or "" for one in found}):
        same = [one for one in found if (one.format or "") == name]
        yield ""
        yield f"files       {len(same):,}"
        yield from _format(merged(same))


def _format(found: Inspection) -> Iterator[str]:
    yield f"format      {found.format or 'none that is read'} ({line(found.how)})"
    yield f"layout      {line(found.dialect)}" + (
        f", compressed with {found.compression}" if found.compression else ""
    )
    yield f"rows        {found.rows:,}: {found.posts:,} posts, {found.rejected:,} rejected"
    for why, count in found.reasons.items():
        yield f"  {count:,} x {line(why)}"
    if found.posts:
        carried = ", ".join(f"{name} {n / found.posts:.0%}" for name, n in found.found.items() if n)
        yield f"found       {carried}"
        yield f"absent here {', '.join(found.absent) or 'nothing'}"
        yield f"impossible  {', '.join(found.cannot_carry) or 'nothing'} (in this format)"
    if found.unused:
        yield f"not read    {line(', '.join(found.unused))}"
