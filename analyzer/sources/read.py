"""Export files to batches of posts and rejects."""

from __future__ import annotations

import difflib
import io
import itertools
from collections import deque
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from analyzer.errors import InputError
from analyzer.sources.again import SAME_POST
from analyzer.sources.archives import CutOff, members, salvage
from analyzer.sources.companions import (
    Group,
    earlier_texts,
    is_companion,
    owners,
    raw_chunks,
    stands_beside,
)
from analyzer.sources.contents import open_contents
from analyzer.sources.fields import handle, native_id
from analyzer.sources.files import Entry, Refused, expand, looks_media, printable, stem
from analyzer.sources.formats import FORMATS, GENERIC, recognise
from analyzer.sources.generic import checked_mapping, columns, known_column, missing_column, unnest
from analyzer.sources.pending import REJECT_WEIGHT, ImportBatch, Pending
from analyzer.sources.shapes import MIB, Contents, Damaged, Format, Place, Record, Rows
from analyzer.sources.sheets import is_workbook, read_sheets
from analyzer.sources.streams import compression, decompressed, peek
from analyzer.sources.wrapped import likely_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from analyzer.sources.again import Rejects

SAMPLE_RECORDS: Final = 64
"""Records that decide on the format: scrapers put error rows before the first post."""
SAMPLE_BYTES: Final = 32 * MIB
ZIPS: Final = frozenset({"zip", "empty zip"})
RECENT: Final = 64
"""Posts remembered to tell the files of one post, which lie side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A file of which the format is known."""

    name: str
    form: Format
    format_name: str
    compression: str | None
    contents: Contents
    place: Place
    sample: tuple[Record, ...]


@dataclass(slots=True)
class Job:
    """What one call of `read_posts` carries along."""

    format: str | None
    mapping: Mapping[str, str]
    batch_rows: int
    only: Rejects | None = None
    """The files and rows to read; None is all."""
    records: str | None = None
    """Where the posts stand in JSON of no known shape: `wrapped.records_at`."""
    pending: Pending = field(default_factory=Pending)
    recent: deque[tuple[str, str, int]] = field(default_factory=lambda: deque(maxlen=RECENT))
    opened: Callable[[Opened], None] | None = None

    def reads(self, file: str) -> bool:
        """Whether this file, or one inside it, is to be read."""
        return self.only is None or self.only.within(file)

    def ready(self) -> Iterator[ImportBatch]:
        """Full batches."""
        while self.pending.full(self.batch_rows):
            yield self.pending.flush(self.batch_rows)


def read_posts(
    paths: Sequence[str | Path] | str | Path,
    *,
    format: str | None = None,  # noqa: A002 - the word users know
    mapping: Mapping[str, str] | None = None,
    batch_rows: int = 8192,
) -> Iterator[ImportBatch]:
    """Posts and rejects of export files, in batches; memory does not grow with the files.

    paths       files, folders (read with all below them) and glob patterns, in any order
    format      a key of FORMATS for all files; None tells it from each file's content
    mapping     our field to their column, such as {"text": "caption"}, or to the path of a nested
                value: {"account": "author.handle"}; for generic JSON, tables and workbooks.
                "records" says where in JSON the posts stand: {"records": "result.posts"}
    batch_rows  posts per batch, at most
    A file or row that cannot be read is a reject and the rest is read on. A time without a zone
    is taken as UTC. Where a file names no accounts at all, its own name stands for one.

    Raises:
        InputError: a path that does not exist, a pattern that matches nothing, an unknown format
            or an unknown field in the mapping.
    """
    job = new_job(format, mapping, batch_rows)
    entries, refused = expand([paths] if isinstance(paths, str | Path) else paths)
    return read_entries(entries, refused, job)


def new_job(format_name: str | None, mapping: Mapping[str, str] | None, batch_rows: int) -> Job:
    """The arguments of `read_posts`, checked.

    Raises:
        InputError: as `read_posts`.
    """
    columns = dict(mapping or {})
    records = columns.pop("records", None)
    if batch_rows < 1:
        raise InputError(f"batch_rows is {batch_rows}; pass 1 or more")
    return Job(checked_format(format_name), checked_mapping(columns), batch_rows, records=records)


def checked_format(name: str | None) -> str | None:
    """The name, if it is one of FORMATS or None.

    Raises:
        InputError: it is not; the message names the near misses.
    """
    if name is None or name in FORMATS:
        return name
    near = difflib.get_close_matches(name, FORMATS, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(FORMATS)}"
    raise InputError(f"unknown format '{name}'; {hint}")


def read_entries(
    entries: Sequence[Entry], refused: Sequence[Refused], job: Job
) -> Iterator[ImportBatch]:
    """Batches of the files, then a last one of what is left."""
    for path in refused:
        if job.only is None or path.name in job.only.wanted:
            job.pending.reject(path.name, None, None, path.why)
    group = Group(entries)
    for entry in entries:
        yield from _file(entry, job, group, inside=False)
    if job.pending.drafts or job.pending.rejects:
        yield from _rest(job)


def _rest(job: Job) -> Iterator[ImportBatch]:
    while job.pending.drafts or job.pending.rejects:
        yield job.pending.flush(job.batch_rows)


def _file(entry: Entry, job: Job, group: Group, *, inside: bool) -> Iterator[ImportBatch]:
    if not job.reads(entry.name):
        return
    try:
        if stands_beside(entry, group):
            return
        with entry.open() as stream:
            head, pieces = peek(raw_chunks(entry, stream), 8)
            if (
                not entry.named
                and looks_media(entry.base)
                and head.lstrip()[:1] not in {b"{", b"["}
            ):
                return
            if compression(head) in ZIPS and not inside:
                yield from _zip(stream, entry, job, group)
            else:
                yield from _records(pieces, entry, job, group)
    except Damaged as error:
        job.pending.reject(entry.name, None, None, str(error))
    except OSError as error:
        why = f"cannot be read ({error.strerror or error}); check its permissions and the disk"
        job.pending.reject(entry.name, None, None, why)
    yield from job.ready()


def _zip(stream: IO[bytes], entry: Entry, job: Job, group: Group) -> Iterator[ImportBatch]:
    try:
        archive, inner, refused = members(stream, entry.name)
    except CutOff as error:
        job.pending.reject(entry.name, None, None, str(error))
        yield from _salvaged(stream, entry, job)
        return
    with archive:
        if is_workbook(archive):
            yield from _workbook(stream, entry, job, group)
            return
        if "[Content_Types].xml" in archive.NameToInfo:
            raise Damaged(
                "is an Office document, which is not read; save its table as an Excel workbook "
                "(.xlsx) or as CSV (UTF-8)"
            )
        for path in refused:
            job.pending.reject(path.name, None, None, path.why)
        if not inner and not refused:
            raise Damaged("is an archive without files; nothing to read")
        within = Group(inner)
        for member in inner:
            yield from _file(member, job, within, inside=True)


def _workbook(stream: IO[bytes], entry: Entry, job: Job, group: Group) -> Iterator[ImportBatch]:
    wanted = frozenset(job.mapping.values())
    for sheet, contents in read_sheets(stream, lambda name: name in wanted or known_column(name)):
        own = entry if sheet is None else replace(entry, name=printable(f"{entry.name}/{sheet}"))
        try:
            yield from _rows(contents, own, job, group, None)
        except Damaged as error:
            job.pending.reject(own.name, None, None, str(error))


def _salvaged(stream: IO[bytes], entry: Entry, job: Job) -> Iterator[ImportBatch]:
    for name, pieces in salvage(stream, entry.name):
        member = replace(entry, name=name, open=lambda: io.BytesIO(b""), path=None, named=False)
        alone = Group([member], whole=False)
        try:
            if not looks_media(member.base) and not stands_beside(member, alone):
                yield from _records(pieces, member, job, alone)
        except Damaged as error:
            job.pending.reject(name, None, None, str(error))
        yield from job.ready()


def _records(
    pieces: Iterator[bytes], entry: Entry, job: Job, group: Group
) -> Iterator[ImportBatch]:
    packed, pieces = decompressed(pieces)
    path = entry.path if packed is None else None
    wanted = frozenset(job.mapping.values())
    contents = open_contents(pieces, entry.name, path, wanted=wanted, records=job.records)
    yield from _rows(contents, entry, job, group, packed)


def _rows(
    contents: Contents, entry: Entry, job: Job, group: Group, packed: str | None
) -> Iterator[ImportBatch]:
    if not job.reads(entry.name):  # a sheet, or a file of a damaged archive
        return
    wanted = FORMATS[job.format].containers if job.format else None
    if wanted and contents.container not in wanted:
        raise Damaged(
            f"is {contents.container}, and format '{job.format}' is read from "
            f"{' or '.join(wanted)}; leave the format out to have it told from the content"
        )
    sample, damage = sampled(contents.rows)
    records = [record for rows in sample for record in rows.records][:SAMPLE_RECORDS]
    if contents.container not in {"json", "text"}:
        records = [_nested_if_known(record) for record in records]
    if is_companion(records, entry):
        return
    opened = _opened(entry, job, group, packed, contents, records)
    if job.opened is not None:
        job.opened(opened)
    blocks = itertools.chain(sample, contents.rows) if damage is None else iter(sample)
    for rows in blocks:
        _add(rows, opened, job)
        yield from job.ready()
    if damage is not None:
        raise damage


def sampled(rows: Iterator[Rows]) -> tuple[list[Rows], Damaged | None]:
    """The first blocks of a file, as many as decide on its format, and the damage that ended them.

    Rows that are no record weigh too: a file of nothing else would be read whole before its first
    reject is handed on.
    """
    sample: list[Rows] = []
    have = weight = 0
    try:
        while have < SAMPLE_RECORDS and weight < SAMPLE_BYTES:
            block = next(rows, None)
            if block is None:
                break
            sample.append(block)
            have += len(block.records)
            weight += sum(len(raw or "") for raw in block.raws)
            weight += sum(len(raw or "") + REJECT_WEIGHT for _, _, raw in block.bad)
    except Damaged as error:
        return sample, error
    return sample, None


def _nested_if_known(record: Any) -> Any:
    nested = unnest(record)
    return nested if recognise(nested) is not None else record


def _opened(  # noqa: PLR0913, PLR0917 - private: what is known of a file so far
    entry: Entry,
    job: Job,
    group: Group,
    packed: str | None,
    contents: Contents,
    records: Sequence[Record],
) -> Opened:
    known = "instaloader" if contents.container == "text" else None
    known = known or next((name for r in records if (name := recognise(r)) is not None), None)
    if known is not None and contents.container not in FORMATS[known].containers:
        known = None
    name = job.format or known or GENERIC[contents.container]
    form = FORMATS[name]
    default = None
    if form.generic:
        names = list(contents.columns) or [key for record in records for key in record]
        names = [key for key in dict.fromkeys(names) if isinstance(key, str)]
        # the sample may lack a rare key of JSON records; the header of a table is all there is
        needed = job.mapping if contents.columns else job.mapping.keys() & {"text", "account"}
        if names and (why := missing_column(names, job.mapping, needed)):
            raise Damaged(why + _deeper(records, job))
        if "account" not in columns(names, job.mapping):
            default = handle(stem(entry.name))
    place = Place(
        file=entry.name,
        folder=entry.folder.rpartition("/")[2].removesuffix(".zip") or _parent(entry),
        stem=stem(entry.name),
        owners=owners(entry, group, name),
        earlier=earlier_texts(entry, group) if name == "instaloader" else None,
        default_account=default,
        mapping=tuple(job.mapping.items()),
    )
    return Opened(
        name=entry.name,
        form=form,
        format_name=name,
        compression=packed,
        contents=contents,
        place=place,
        sample=tuple(records),
    )


def _deeper(records: Sequence[Record], job: Job) -> str:
    """What to try where posts may stand inside what was taken for them; else empty."""
    found = (likely_path(record) for record in records) if job.records is None else iter(())
    path = next((path for path in found if path is not None and path.isprintable()), None)
    return (
        f"; if the posts stand at '{path[:200]}', pass --map records={path[:200]}" if path else ""
    )


def _parent(entry: Entry) -> str:
    return entry.path.resolve().parent.name if entry.path is not None else ""


def _add(rows: Rows, opened: Opened, job: Job) -> None:
    pending, form, name = job.pending, opened.form, opened.name
    adapt, place = form.adapt, opened.place
    wanted = None if job.only is None else job.only.rows_of(name)
    for number, why, raw in rows.bad:
        if wanted is None or number in wanted:
            pending.reject(name, number, None, why, raw)
    nested = form.nested and opened.contents.container != "json"
    for number, record, raw in zip(rows.numbers, rows.records, rows.raws, strict=True):
        if wanted is not None and number not in wanted:
            continue
        draft = adapt(unnest(record) if nested else record, place)
        if not isinstance(draft, dict):
            pending.reject(name, number, draft.field, draft.why, raw)
            continue
        each = None if form.several is None else form.several(record)
        if each and (again := _again(draft.get("id"), each, name, number, job.recent)):
            pending.reject(name, number, "id", again, raw)
            continue
        pending.add(draft, (opened.format_name, name, number, place.default_account), raw)


def _again(
    number: Any, each: str, file: str, row: int, recent: deque[tuple[str, str, int]]
) -> str | None:
    """Why a post is dropped of which another file was read; `each` says what the files hold."""
    native = native_id(number)
    if native is None:
        return None
    for seen, other, at in recent:
        if seen == native:
            return f"{SAME_POST} {at} of {other} (one file for each {each})"
    recent.append((native, file, row))
    return None
