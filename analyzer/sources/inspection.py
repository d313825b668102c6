"""What a file holds, field by field, before anything is made of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from analyzer.errors import InputError
from analyzer.schema import POST
from analyzer.sources.files import expand
from analyzer.sources.formats import CANNOT_CARRY
from analyzer.sources.generic import checked_mapping, columns
from analyzer.sources.read import Job, Opened, checked_format, read_entries

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from analyzer.sources.shapes import Record

_ALWAYS = frozenset({"source_format", "source_file", "source_row"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What `inspect_file` found."""

    file: str
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


def inspect_file(
    path: str | Path,
    *,
    format: str | None = None,  # noqa: A002 - as in read_posts
    mapping: Mapping[str, str] | None = None,
    sample: int = 3,
) -> Inspection:
    """Read a whole file and report on it; arguments as in `read_posts`.

    sample  posts to show
    Of an archive or a folder the format, layout and unused columns are those of its first data
    file, the counts those of all.

    Raises:
        InputError: as `read_posts`.
    """
    if sample < 0:
        raise InputError(f"sample is {sample}; pass 0 or more")
    seen: list[Opened] = []
    job = Job(checked_format(format), checked_mapping(mapping), 8192)
    job.opened = lambda opened: seen.append(opened) if not seen else None
    entries, refused = expand([path])
    found: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    shown: list[dict[str, Any]] = []
    posts = 0
    whole_files = 0
    for batch in read_entries(entries, refused, job):
        posts += batch.posts.num_rows
        reasons.update(batch.rejects.column("why").to_pylist())
        whole_files += batch.rejects.column("row").null_count
        for name in POST.names:
            found[name] += _carried(batch.posts.column(name))
        if len(shown) < sample:
            shown += batch.posts.slice(0, sample - len(shown)).to_pylist()
    first = seen[0] if seen else None
    barred = CANNOT_CARRY[first.format_name] if first else ()
    rejected = sum(reasons.values())
    return Inspection(
        file=entries[0].name if entries else str(path),
        format=first.format_name if first else None,
        how=first.form.how if first else "in no format that is read",
        dialect=first.contents.dialect if first else "unknown",
        compression=first.compression if first else None,
        rows=posts + rejected - whole_files,
        posts=posts,
        rejected=rejected,
        reasons=dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        found={name: found[name] for name in POST.names if found[name]},
        cannot_carry=barred,
        absent=tuple(
            name
            for name in POST.names
            if not found[name] and name not in barred and name not in _ALWAYS
        ),
        unused=_unused(first, job.mapping) if first else (),
        sample=tuple(shown),
    )


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
        read = set(columns(names, mapping).values())
    else:
        for record in opened.sample:
            opened.form.adapt(_Watched(record, read), opened.place)
    return tuple(name for name in names if name.replace("/", ".").partition(".")[0] not in read)
