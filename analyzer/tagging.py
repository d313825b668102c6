"""Export files to tagged posts on disk, each once, and what was rejected on the way."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from analyzer.atomic import atomic_path, make_folder
from analyzer.engine import map_files
from analyzer.errors import AnalyzerError, InputError, StoreError
from analyzer.model import default_bundle, id_on, read_bundle
from analyzer.pipeline.collect import named_accounts, ordered_by_account, posts_by_account
from analyzer.pipeline.finish import finished
from analyzer.pipeline.pseudonyms import key_id, plain_inspection, plain_reject, pseudonymised
from analyzer.pipeline.worker import WorkerSpec
from analyzer.schema import KEPT_POST
from analyzer.sources import (
    Inspection,
    Inspector,
    Rejects,
    brought_up_to_date,
    not_reached,
    read_inspected,
    rejects_of,
)
from analyzer.text import front_end
from analyzer.text.names import names_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from analyzer.config import Config
    from analyzer.model import Manifest

PARTS: Final = ".analyzer-parts"
"""Folder of unfinished work inside the output folder: a run that was stopped goes on from it."""

FINISHED: Final = f"{'[0-9a-f]' * 64}.parquet"
"""Pattern of the parts that a next run need not make again."""

READABLE: Final = orjson.OPT_INDENT_2
RESULTS: Final = (
    "posts.parquet", "rejects.jsonl", "sources.json", "profiles.parquet", "profiles.csv",
    "profiles.json", "report.html",
)  # fmt: skip
PSEUDONYMS: Final = b"analyzer.pseudonyms"
"""Key in the metadata of posts.parquet: by which secret key its pseudonyms were made (`key_id`)."""
SPEC: Final = b"analyzer.spec"
"""Key in the metadata of posts.parquet: what made its tags (`WorkerSpec.fingerprint`)."""
SAID: Final = 8
"""Kinds of rejects that are told; all of them are in rejects.jsonl."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to analyse, and how."""

    paths: tuple[str, ...]
    config: Config
    format: str | None = None
    mapping: Mapping[str, str] | None = None
    bundle: str | None = None
    device: str = "cpu"
    """See `model.load_tagger`."""
    rejected_only: bool = False
    """Read again only what a former run rejected; its posts stay as they are."""
    key: bytes | None = field(default=None, repr=False)
    """Secret key of the pseudonyms that all that leads to a person becomes; None: nothing does."""


@dataclass(slots=True)
class Rejected:
    """Rejects counted by their reason; reasons that differ after a number only are one kind."""

    counts: Counter[str] = field(default_factory=Counter)
    """By the reason of the first of each kind, in the order of files and rows."""
    first: dict[str, str] = field(default_factory=dict)
    """Reason to the file and row it stands for."""
    _kinds: dict[str, str] = field(default_factory=dict)

    def add(self, file: str, row: int | None, why: str) -> None:
        """Count a reject."""
        # "character 17" here and "character 9" there would make a reason of each row
        kind = self._kinds.setdefault(re.split(r"\d", why, maxsplit=1)[0], why)
        self.counts[kind] += 1
        self.first.setdefault(kind, file if row is None else f"{file}, row {row:,}")

    def lines(self) -> Iterator[str]:
        """For a reader: file, row and reason of the first of each kind, most frequent first."""
        for why, count in self.counts.most_common(SAID):
            more = f" ({count - 1:,} more like it)" if count > 1 else ""
            yield f"{self.first[why]}: {why}{more}"
        if len(self.counts) > SAID:
            yield f"and {len(self.counts) - SAID:,} other reasons"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """Posts read and tagged, on disk, and what was counted on the way."""

    posts: Path
    """Parquet, KEPT_POST, ordered by account and post id."""
    rejects: Path
    """JSON lines, REJECT."""
    read: int
    """Posts read, before a post seen twice was counted once."""
    kept: int
    rejected: Rejected
    manifest: Manifest
    model_id: str
    sources: list[Inspection]
    """What each file held, by name."""

    @property
    def files(self) -> int:
        """Files that posts came from."""
        return sum(one.posts > 0 for one in self.sources)


def tag_posts(
    request: Request, out: Path, *, on_tagged: Callable[[int], None] | None = None
) -> Tagged:
    """Read, segment and tag: writes posts.parquet, rejects.jsonl and sources.json to `out`.

    on_tagged: called with the number of posts of each part that is done.

    Raises:
        InputError: no post could be read; or only rejects are to be read again, and `out` holds
            no result, or one of another tagger.
        ModelError: the bundle or the device cannot be used.
        StoreError: `out` cannot be written; what it held is untouched.
    """
    bundle = read_bundle(default_bundle() if request.bundle is None else Path(request.bundle))
    model_id = id_on(request.device, bundle.model_id)
    spec = WorkerSpec(
        bundle=request.bundle, model_id=model_id, front_end=front_end(), device=request.device
    )
    former = _checked(request, out, spec)  # before anything is read
    inspector = Inspector()
    rejected = Rejected()
    make_folder(out)
    parts_dir = parts_folder(out, pseudonymous=request.key is not None)
    if make_folder(parts_dir) and request.key is not None:
        parts_dir.chmod(0o700)
    try:
        with (
            atomic_path(out / "rejects.jsonl") as rejects,
            atomic_path(out / "posts.parquet") as posts,
        ):
            only = former.rejects if former else None
            uris = _parts(request, parts_dir, rejects, rejected, inspector, only)
            parts = [str(out / "posts.parquet")] if former else []
            for part in map_files(uris, spec, parts_dir, workers=request.config.workers):
                parts.append(part)
                if on_tagged:
                    on_tagged(pq.read_metadata(part).num_rows)
            if request.key is not None:
                _in_order(rejects, rejected)
            if not parts:
                raise InputError(_nothing_read(request, rejected))
            kept = _write_kept(parts, parts_dir, posts, spec, request.key)
    except AnalyzerError:
        if not any(parts_dir.glob(FINISHED)):  # else a next run goes on from them
            shutil.rmtree(parts_dir)
        raise
    shutil.rmtree(parts_dir)
    sources = _sources(inspector, former, request.key)
    with atomic_path(out / "sources.json") as path:
        path.write_bytes(orjson.dumps([asdict(one) for one in sources], option=READABLE) + b"\n")
    return Tagged(
        posts=out / "posts.parquet",
        rejects=out / "rejects.jsonl",
        read=sum(one.posts for one in sources),
        kept=kept,
        sources=sources,
        rejected=rejected,
        manifest=bundle.manifest,
        model_id=model_id,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Former:
    """What a former run left in the output folder."""

    rejects: Rejects
    sources: list[Inspection]


def _checked(request: Request, out: Path, spec: WorkerSpec) -> _Former | None:
    """Check what a run needs; the result in the folder, if it is to be gone on from."""
    if request.device != "cpu":
        from analyzer.model.packed import check_gpu

        check_gpu(request.device)
    if request.key is not None:
        _refuse_mixing(request, out)
    return _former(out, spec) if request.rejected_only else None


def _former(out: Path, spec: WorkerSpec) -> _Former:
    """The result in the folder, to go on from.

    Raises:
        InputError: there is none, or its posts were tagged otherwise.
    """
    try:
        metadata = pq.read_schema(out / "posts.parquet").metadata or {}
        lines = (out / "rejects.jsonl").read_bytes().splitlines()
        sources = orjson.loads((out / "sources.json").read_bytes())
    except (OSError, pa.ArrowInvalid, orjson.JSONDecodeError) as error:
        raise InputError(
            f"{out} holds no result whose rejects could be read again ({error}); run once without "
            "--rejected"
        ) from error
    if PSEUDONYMS in metadata:
        raise InputError(
            f"{out} holds a result with pseudonyms: it no longer says which files its rejects came "
            "from; run once without --rejected"
        )
    if metadata.get(SPEC) != spec.fingerprint().encode():
        raise InputError(
            f"the posts in {out} were tagged by another model or version than this one, and the "
            "two would be mixed; run once without --rejected"
        )
    return _Former(
        rejects=rejects_of(orjson.loads(line) for line in lines),
        sources=[Inspection(**one) for one in sources],
    )


def _parts(  # noqa: PLR0913, PLR0917 - private: what one reading writes and counts
    request: Request,
    folder: Path,
    rejects: Path,
    rejected: Rejected,
    inspector: Inspector,
    only: Rejects | None,
) -> Iterator[str]:
    """Write batches of posts as files for the workers, and all rejects to one file.

    rejected, inspector: see each batch as it is read.
    """
    batches = read_inspected(
        request.paths,
        inspector,
        format=request.format,
        mapping=request.mapping,
        batch_rows=request.config.batch_rows,
        only=only,
    )
    with rejects.open("wb") as sink:

        def keep(row: dict[str, Any]) -> None:
            if request.key is None:
                rejected.add(row["file"], row["row"], row["why"])
            else:  # counted when they stand in order (`_in_order`)
                row = plain_reject(row, request.key)
            sink.write(orjson.dumps(row) + b"\n")

        for row in only.kept if only else []:
            keep(row)
        for number, batch in enumerate(batches):
            for row in batch.rejects.to_pylist():
                keep(row)
            if not batch.posts.num_rows:
                continue
            target = folder / f"posts-{number:06d}.parquet"
            with atomic_path(target) as part:
                pq.write_table(batch.posts, part, compression="zstd")
            yield str(target)
        for row in not_reached(only, inspector.report()) if only else []:
            keep(row)


def parts_folder(out: Path, *, pseudonymous: bool) -> Path:
    """Where unfinished work lies: it holds true texts, so beside a result that shall hold none."""
    place = out.resolve()
    return place.with_name(f".{place.name}{PARTS}") if pseudonymous else out / PARTS


def _refuse_mixing(request: Request, out: Path) -> None:
    """Raise where true names would come to stand, or stay, beside pseudonyms.

    Raises:
        InputError: the rejects of a result are to be read again, or `out` holds true names.
    """
    if request.rejected_only:
        raise InputError(
            "--rejected cannot be used with --pseudonymise: a result with pseudonyms does not say "
            "which files its rejects came from; run once without --rejected"
        )
    held = [name for name in (*RESULTS, PARTS) if (out / name).exists()]
    try:
        metadata = pq.read_schema(out / "posts.parquet").metadata or {} if held else {}
    except (OSError, pa.ArrowInvalid):
        metadata = {}
    if held and PSEUDONYMS not in metadata:
        raise InputError(
            f"{out} holds files with true names ({', '.join(held)}); pass a new folder with -o"
        )


def _in_order(rejects: Path, rejected: Rejected) -> None:
    """Put rejects in the order of their files' pseudonyms: that of the names would betray them."""
    rows = [orjson.loads(line) for line in rejects.read_bytes().splitlines()]
    rows.sort(key=lambda row: (row["file"], row["row"] or 0, row["why"]))
    for row in rows:
        rejected.add(row["file"], row["row"], row["why"])
    rejects.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))


def _write_kept(
    parts: Sequence[str], folder: Path, posts: Path, spec: WorkerSpec, key: bytes | None
) -> int:
    """Write posts.parquet; the number of its rows."""
    kept = 0
    made_by = {SPEC: spec.fingerprint()}
    if key is not None:
        made_by[PSEUDONYMS] = key_id(key)
    schema = KEPT_POST.with_metadata(made_by)
    with pq.ParquetWriter(posts, schema, compression="zstd") as writer:
        for table in _kept(parts, folder, key):
            writer.write_table(table.cast(schema))
            kept += table.num_rows
    return kept


def _sources(inspector: Inspector, former: _Former | None, key: bytes | None) -> list[Inspection]:
    """What each file held, by name."""
    sources = inspector.report()
    if former:
        sources = brought_up_to_date(former.sources, sources, former.rejects)
    if key is None:
        return sources
    return sorted((plain_inspection(one, key) for one in sources), key=lambda one: one.file)


def _kept(parts: Sequence[str], folder: Path, key: bytes | None) -> Iterator[Any]:
    """KEPT_POST tables of whole accounts, ordered by account and post id as they are written."""
    try:
        if key is None:
            yield from map(finished, posts_by_account(parts, folder))
            return
        names = names_of(named_accounts(parts, folder))
        unordered = folder / "pseudonymised.parquet"
        with pq.ParquetWriter(unordered, KEPT_POST, compression="zstd") as writer:
            for table in posts_by_account(parts, folder):
                writer.write_table(pseudonymised(finished(table), names, key))
        yield from ordered_by_account(str(unordered), folder)
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:  # how it finds a full disk
        why = str(error).partition("\n")[0]
        raise StoreError(
            f"{folder.parent}: the posts cannot be sorted there: {why}; free some space on that "
            "disk, or pass another folder with -o"
        ) from error


def _nothing_read(request: Request, rejected: Rejected) -> str:
    lines = list(rejected.lines())
    if not lines:
        return f"no post found in {', '.join(request.paths)}: the files hold none"
    if len(lines) == 1:
        return f"no post could be read: {lines[0]}"
    return "\n  ".join(["no post could be read:", *lines])
