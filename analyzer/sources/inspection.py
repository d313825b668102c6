"""What files hold, field by field, before anything is made of them."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from analyzer.errors import InputError
from analyzer.schema import POST
from analyzer.sources.files import expand
from analyzer.sources.formats import CANNOT_CARRY
from analyzer.sources.generic import columns, root
from analyzer.sources.read import Opened, new_job, read_entries

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analyzer.sources.again import Rejects
    from analyzer.sources.pending import ImportBatch
    from analyzer.sources.shapes import Record

_ALWAYS = frozenset({"source_format", "source_file", "source_row"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What one file holds; of an archive or a workbook of several sheets, one member or sheet."""

    file: str
    """As in `source_file`."""
    format: str | None = None
    """A key of FORMATS; None when the file is in no format that is read."""
    how: str = "in no format that is read"
    """What the format was recognised by."""
    dialect: str = "unknown"
    """Layout and encoding, in words."""
    compression: str | None = None
    files: int = 1
    """More than one where several are told of as one (`merged`)."""
    rows: int = 0
    """Posts read and rows rejected."""
    posts: int = 0
    rejected: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    """Why rows (or the whole file) were rejected, most frequent first."""
    found: dict[str, int] = field(default_factory=dict)
    """Column of POST to the number of posts that carry it (lists: that are not empty)."""
    cannot_carry: tuple[str, ...] = ()
    """Columns of POST that the format can never hold."""
    absent: tuple[str, ...] = ()
    """Columns of POST that the format could hold and no post here carries."""
    unused: tuple[str, ...] = ()
    """Columns of the file (top-level keys of its first records) that are not read."""
    sample: tuple[dict[str, Any], ...] = ()
    """The first posts, as imported."""


@dataclass(slots=True)
class _Tally:
    """What was counted of a file so far."""

    known: Inspection
    """What was known when it was opened."""
    posts: int = 0
    whole: int = 0
    """Rejects that are of no row but of the file."""
    reasons: Counter[str] = field(default_factory=Counter)
    found: list[int] = field(default_factory=lambda: [0] * len(POST))
    sample: list[dict[str, Any]] = field(default_factory=list)


class Inspector:
    """Watches what is read, file by file; small for each file, since there may be many."""

    def __init__(self, *, sample: int = 0) -> None:
        """sample: posts to keep of each file."""
        self._sample = sample
        self._tallies: dict[str, _Tally] = {}

    def opened(self, file: Opened) -> None:
        """A file of which the format is known now."""
        known = Inspection(
            file=file.name,
            format=file.format_name,
            how=file.form.how,
            dialect=file.contents.dialect,
            compression=file.compression,
            cannot_carry=CANNOT_CARRY[file.format_name],
            unused=_unused(file),
        )
        self._tallies[file.name] = _Tally(known)

    def read(self, batch: ImportBatch) -> None:
        """Posts and rejects of these files."""
        for row in batch.rejects.select(["file", "row", "why"]).to_pylist():
            tally = self._tally(row["file"])
            tally.reasons[row["why"]] += 1
            tally.whole += row["row"] is None
        start = 0
        for name, run in itertools.groupby(batch.posts.column("source_file").to_pylist()):
            posts = batch.posts.slice(start, len(list(run)))
            start += posts.num_rows
            self._count(self._tally(name), posts)

    def report(self) -> list[Inspection]:
        """What was seen of each file, by name."""
        return [_told(self._tallies[name]) for name in sorted(self._tallies)]

    def _tally(self, name: str) -> _Tally:
        return self._tallies.setdefault(name, _Tally(Inspection(file=name)))

    def _count(self, tally: _Tally, posts: Any) -> None:
        tally.posts += posts.num_rows
        for at, column in enumerate(posts.columns):
            tally.found[at] += _carried(column)
        if len(tally.sample) < self._sample:
            tally.sample += posts.slice(0, self._sample - len(tally.sample)).to_pylist()


def read_inspected(  # noqa: PLR0913 - those of read_posts, and two
    paths: Sequence[str | Path] | str | Path,
    inspector: Inspector,
    *,
    format: str | None = None,  # noqa: A002 - as in read_posts
    mapping: Mapping[str, str] | None = None,
    batch_rows: int = 8192,
    only: Rejects | None = None,
) -> Iterator[ImportBatch]:
    """As `read_posts`; the inspector sees all that is read.

    only: the files and rows to read, of those that a former run rejected; None is all.
    """
    job = new_job(format, mapping, batch_rows)
    job.opened, job.only = inspector.opened, only
    entries, refused = expand([paths] if isinstance(paths, str | Path) else paths)
    for batch in read_entries(entries, refused, job):
        inspector.read(batch)
        yield batch


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
    inspector = Inspector(sample=sample)
    for _ in read_inspected(paths, inspector, format=format, mapping=mapping):
        pass
    return inspector.report()


def merged(files: Sequence[Inspection]) -> Inspection:
    """Files of one format as if they were one; `file` says how many they are."""
    found = sum((Counter(one.found) for one in files), Counter[str]())
    reasons = sum((Counter(one.reasons) for one in files), Counter[str]())
    first = files[0]
    return replace(
        first,
        file=f"{len(files):,} files",
        files=len(files),
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


def _told(tally: _Tally) -> Inspection:
    found = dict(zip(POST.names, tally.found, strict=True))
    rejected = tally.reasons.total()
    return replace(
        tally.known,
        rows=tally.posts + rejected - tally.whole,
        posts=tally.posts,
        rejected=rejected,
        reasons=_by_count(tally.reasons),
        found={column: count for column, count in found.items() if count},
        absent=tuple(
            column
            for column, count in found.items()
            if not count and column not in tally.known.cannot_carry and column not in _ALWAYS
        ),
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


def _unused(opened: Opened) -> tuple[str, ...]:
    names = list(opened.contents.columns) or [key for r in opened.sample for key in r]
    names = list(dict.fromkeys(name for name in names if isinstance(name, str)))
    read: set[str] = set()
    if opened.form.generic:
        plan = columns(names, dict(opened.place.mapping))
        read = {root(theirs, names) or theirs for theirs in plan.values()}
    else:
        for record in opened.sample:
            opened.form.adapt(_Watched(record, read), opened.place)
    return tuple(name for name in names if name.replace("/", ".").partition(".")[0] not in read)
