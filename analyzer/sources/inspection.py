"""What files hold, field by field, before anything is made of them."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from analyzer.errors import InputError
from analyzer.schema import POST
from analyzer.sources.files import expand
from analyzer.sources.formats import CANNOT_CARRY
from analyzer.sources.generic import checked_mapping, columns, root
from analyzer.sources.read import Job, Opened, checked_format, read_entries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.sources.shapes import Record

_ALWAYS = frozenset({"source_format", "source_file", "source_row"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What one file holds; of an archive or a workbook of several sheets, one member or sheet."""

    file: str
    """As in `source_file`."""
    format: str | None
    """A key of FORMATS; None when the file is in no format that is read."""
    how: str
    """What the format was recognised by."""
    dialect: str
    """Layout and encoding, in words."""
    compression: str | None
    rows: int
    """Posts read and rows rejected."""
    posts: int
    rejected: int
    reasons: dict[str, int]
    """Why rows (or the whole file) were rejected, most frequent first."""
    found: dict[str, int]
    """Column of POST to the number of posts that carry it (lists: that are not empty)."""
    cannot_carry: tuple[str, ...]
    """Columns of POST that the format can never hold."""
    absent: tuple[str, ...]
    """Columns of POST that the format could hold and no post here carries."""
    unused: tuple[str, ...]
    """Columns of the file (top-level keys of its first records) that are not read."""
    sample: tuple[dict[str, Any], ...]
    """The first posts, as imported."""


@dataclass(slots=True)
class _Tally:
    """What was counted of a file so far."""

    opened: Opened | None = None
    posts: int = 0
    whole: int = 0
    """Rejects that are of no row but of the file."""
    reasons: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    sample: list[dict[str, Any]] = field(default_factory=list)


def inspect_files(
    paths: Sequence[str | Path] | str | Path,
    *,
    format: str | None = None,  # noqa: A002 - as in read_posts
    mapping: Mapping[str, str] | None = None,
    sample: int = 3,
) -> list[Inspection]:
    """Read files to their end and report on each, by name; arguments as in `read_posts`.

    sample: posts to show of each.
    Files that stand beside posts and are none (media, profiles, comments) are left out.

    Raises:
        InputError: as `read_posts`.
    """
    if sample < 0:
        raise InputError(f"sample is {sample}; pass 0 or more")
    tallies: defaultdict[str, _Tally] = defaultdict(_Tally)

    def opened(file: Opened) -> None:
        tallies[file.name].opened = file

    job = Job(checked_format(format), checked_mapping(mapping), 8192, opened=opened)
    entries, refused = expand([paths] if isinstance(paths, str | Path) else paths)
    for batch in read_entries(entries, refused, job):
        for row in batch.rejects.select(["file", "row", "why"]).to_pylist():
            tally = tallies[row["file"]]
            tally.reasons[row["why"]] += 1
            tally.whole += row["row"] is None
        start = 0
        for name, run in itertools.groupby(batch.posts.column("source_file").to_pylist()):
            posts = batch.posts.slice(start, len(list(run)))
            start += posts.num_rows
            _count(tallies[name], posts, sample)
    return [_told(name, tally, job.mapping) for name, tally in sorted(tallies.items())]


def merged(files: Sequence[Inspection]) -> Inspection:
    """Files of one format as if they were one; `file` says how many they are."""
    found = sum((Counter(one.found) for one in files), Counter[str]())
    reasons = sum((Counter(one.reasons) for one in files), Counter[str]())
    first = files[0]
    return replace(
        first,
        file=f"{len(files):,} files",
        dialect=" | ".join(sorted({one.dialect for one in files})),
        compression=", ".join(sorted({one.compression for one in files if one.compression}))
        or None,
        rows=sum(one.rows for one in files),
        posts=sum(one.posts for one in files),
        rejected=sum(one.rejected for one in files),
        reasons=_by_count(reasons),
        found={name: found[name] for name in POST.names if found[name]},
        absent=tuple(name for name in first.absent if not found[name]),
        unused=tuple(dict.fromkeys(name for one in files for name in one.unused)),
        sample=(),
    )


def _count(tally: _Tally, posts: Any, sample: int) -> None:
    tally.posts += posts.num_rows
    for name in POST.names:
        tally.found[name] += _carried(posts.column(name))
    if len(tally.sample) < sample:
        tally.sample += posts.slice(0, sample - len(tally.sample)).to_pylist()


def _told(name: str, tally: _Tally, mapping: Mapping[str, str]) -> Inspection:
    opened, found = tally.opened, tally.found
    barred = CANNOT_CARRY[opened.format_name] if opened else ()
    rejected = tally.reasons.total()
    return Inspection(
        file=name,
        format=opened.format_name if opened else None,
        how=opened.form.how if opened else "in no format that is read",
        dialect=opened.contents.dialect if opened else "unknown",
        compression=opened.compression if opened else None,
        rows=tally.posts + rejected - tally.whole,
        posts=tally.posts,
        rejected=rejected,
        reasons=_by_count(tally.reasons),
        found={column: found[column] for column in POST.names if found[column]},
        cannot_carry=barred,
        absent=tuple(
            column
            for column in POST.names
            if not found[column] and column not in barred and column not in _ALWAYS
        ),
        unused=_unused(opened, mapping) if opened else (),
        sample=tuple(tally.sample),
    )


def _by_count(reasons: Counter[str]) -> dict[str, int]:
    return dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))


def _carried(column: Any) -> int:
    if str(column.type).startswith("list"):
        return int(pc.sum(pc.greater(pc.list_value_length(column), 0)).as_py() or 0)
    return len(column) - int(column.null_count)


class _Watched(dict[str, Any]):
    """A record that notes which of its keys are asked for."""

    def __init__(self, record: Record, read: set[str]) -> None:
        super().__init__(record)
        self._read = read

    def get(self, key: str, default: Any = None) -> Any:
        self._read.add(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self._read.add(key)
        return super().__getitem__(key)


def _unused(opened: Opened, mapping: Mapping[str, str]) -> tuple[str, ...]:
    names = list(opened.contents.columns) or [key for r in opened.sample for key in r]
    names = list(dict.fromkeys(name for name in names if isinstance(name, str)))
    read: set[str] = set()
    if opened.form.generic:
        plan = columns(names, mapping)
        read = {root(theirs, names) or theirs for theirs in plan.values()}
    else:
        for record in opened.sample:
            opened.form.adapt(_Watched(record, read), opened.place)
    return tuple(name for name in names if name.replace("/", ".").partition(".")[0] not in read)
