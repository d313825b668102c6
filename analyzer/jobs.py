"""Jobs a user asks for by name; each can be run again and gives the same."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
from collections import Counter
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analyzer.atomic import atomic_path, discard_leftovers, unwritable
from analyzer.config import Config
from analyzer.engine import map_files
from analyzer.errors import AnalyzerError, InputError, StoreError
from analyzer.model import default_bundle, id_on, read_bundle
from analyzer.pipeline.collect import posts_by_account
from analyzer.pipeline.finish import finished
from analyzer.pipeline.worker import WorkerSpec
from analyzer.profile import account_facts, build_profiles, merge_totals, totals
from analyzer.report import (
    Measure,
    ModelSummary,
    ReportSummary,
    write_profiles_csv,
    write_profiles_json,
    write_profiles_parquet,
    write_report,
)
from analyzer.schema import FACTS, KEPT_POST, REJECT, TAG
from analyzer.sources import CANNOT_CARRY, Inspection, Inspector, merged, read_inspected
from analyzer.text import front_end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from analyzer.model import Manifest

PARTS: Final = ".analyzer-parts"
"""Folder of unfinished work inside the output folder: a run that was stopped goes on from it."""

FINISHED: Final = f"{'[0-9a-f]' * 64}.parquet"
"""Pattern of the parts that a next run need not make again."""

READABLE: Final = orjson.OPT_INDENT_2
SAID: Final = 8
"""Kinds of rejects that are told; all of them are in rejects.jsonl."""

MEASURES: Final = {
    "drive_f1_clear": "Passion or brand, posts of clarity 1 and more: macro F1",
    "drive_f1_likely": "Passion or brand, posts of clarity 2 and more: macro F1",
    "niche_accuracy": "Niche, one of 22: accuracy",
    "promo_f1": "Promotion, one of 3: macro F1",
    "ece": "Calibration of P(passion): expected calibration error (0 is best)",
}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """All tables of an analysis, in memory."""

    posts: Any
    """KEPT_POST"""
    profiles: Any
    """PROFILE"""
    facts: Any
    """FACTS"""
    rejects: Any
    """REJECT"""
    summary: ReportSummary


def analyse(  # noqa: PLR0913 - one parameter a choice of the user
    paths: Sequence[str | Path] | str | Path,
    *,
    config: Config | None = None,
    format: str | None = None,  # noqa: A002 - the word users know
    mapping: Mapping[str, str] | None = None,
    bundle: str | Path | None = None,
    device: str = "cpu",
) -> Analysis:
    """Profiles of the accounts whose posts stand in the files, as Arrow tables.

    paths: files, folders or patterns; see `analyzer.sources.read_posts` for format and mapping.
    bundle: folder of a tagger; without one, the embedded default.
    device: `cpu`, or `cuda` for a GPU.

    Raises:
        InputError: nothing could be read; the message says why.
        ModelError: the bundle or the device cannot be used.
    """
    listed = [paths] if isinstance(paths, str | Path) else paths
    request = Request(
        paths=tuple(map(str, listed)),
        config=config or Config(),
        format=format,
        mapping=mapping,
        bundle=None if bundle is None else str(bundle),
        device=device,
    )
    with tempfile.TemporaryDirectory() as folder:
        tagged = tag_posts(request, Path(folder))
        profiles, facts, summary = profile_posts(request, tagged)
        lines = tagged.rejects.read_bytes().split(b"\n")
        return Analysis(
            posts=pq.read_table(tagged.posts, memory_map=False),
            profiles=profiles,
            facts=facts,
            rejects=pa.Table.from_pylist([orjson.loads(x) for x in lines if x], schema=REJECT),
            summary=summary,
        )


def tag_posts(
    request: Request, out: Path, *, on_tagged: Callable[[int], None] | None = None
) -> Tagged:
    """Read, segment and tag: writes posts.parquet and rejects.jsonl to `out`.

    on_tagged: called with the number of posts of each part that is done.

    Raises:
        InputError: no post could be read.
        ModelError: the bundle or the device cannot be used.
        StoreError: `out` cannot be written; what it held is untouched.
    """
    bundle = read_bundle(default_bundle() if request.bundle is None else Path(request.bundle))
    model_id = id_on(request.device, bundle.model_id)
    spec = WorkerSpec(
        bundle=request.bundle, model_id=model_id, front_end=front_end(), device=request.device
    )
    if request.device != "cpu":  # before anything is read
        from analyzer.model.packed import check_gpu

        check_gpu(request.device)
    inspector = Inspector()
    rejected = Rejected()
    parts_dir = out / PARTS
    _make_folder(parts_dir)
    try:
        with (
            atomic_path(out / "rejects.jsonl") as rejects,
            atomic_path(out / "posts.parquet") as posts,
        ):
            uris = _parts(request, parts_dir, rejects, rejected, inspector)
            parts = []
            for part in map_files(uris, spec, parts_dir, workers=request.config.workers):
                parts.append(part)
                if on_tagged:
                    on_tagged(pq.read_metadata(part).num_rows)
            if not parts:
                raise InputError(_nothing_read(request, rejected))
            kept = 0
            with pq.ParquetWriter(posts, KEPT_POST, compression="zstd") as writer:
                for table in _sorted(parts, parts_dir):
                    writer.write_table(finished(table))
                    kept += table.num_rows
    except AnalyzerError:
        if not any(parts_dir.glob(FINISHED)):  # else a next run goes on from them
            shutil.rmtree(parts_dir)
        raise
    shutil.rmtree(parts_dir)
    sources = inspector.report()
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


@contextmanager
def claimed(out: Path) -> Iterator[Path]:
    """The output folder for one run alone: made if absent, freed of what killed runs left.

    Raises:
        StoreError: it cannot be made, or another run writes to it.
    """
    new = _make_folder(out)
    try:
        handle = os.open(out, os.O_RDONLY)
    except OSError as error:
        raise unwritable(out, error) from error
    try:
        if _locked(handle, out):
            for folder in (out, out / PARTS):
                if folder.is_dir():
                    discard_leftovers(folder)
        yield out
    finally:
        os.close(handle)
        if new and not any(out.iterdir()):
            out.rmdir()


def _locked(handle: int, folder: Path) -> bool:
    """Lock an open folder until it is closed; False where the file system has no locks."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise StoreError(
            f"{folder}: another run is writing there; wait for its end, or pass another folder "
            "with -o"
        ) from error
    except OSError:  # some network file systems: two runs there are the user's to keep apart
        return False
    return True


def profile_posts(request: Request, tagged: Tagged) -> tuple[Any, Any, ReportSummary]:
    """Profiles (PROFILE), facts (FACTS) and summary of tagged posts, account by account.

    Raises:
        ModelError: the bundle's rates cannot tell the classes apart.
    """
    sums, facts = [], []
    counts: dict[str, Counter[str]] = {"abstained": Counter(), "source_format": Counter()}
    for table in _whole_accounts(tagged.posts):
        tags = table.select(TAG.names)
        sums.append(totals(table, tags))
        facts.append(account_facts(table, tags))
        for name, counter in counts.items():
            found = table.column(name).drop_null().value_counts()
            counter.update({row["values"]: row["counts"] for row in found.to_pylist()})
    merged = merge_totals(sums)
    joined = pa.concat_tables(facts) if facts else FACTS.empty_table()
    settings = request.config.profile
    profiles = build_profiles(
        merged, joined, tagged.manifest.rates, settings, model_id=tagged.model_id
    )
    formats = dict(sorted(counts["source_format"].items()))
    days = merged.select(["first_posted_at", "last_posted_at"])
    summary = ReportSummary(
        title="Creator or influencer?",
        inputs=tuple(Path(path).name for path in request.paths),
        files=tagged.files,
        posts=tagged.kept,
        rejected=dict(sorted(tagged.rejected.counts.items())),
        abstained=dict(sorted(counts["abstained"].items())),
        copies=pc.sum(merged.column("copies"), min_count=0).as_py(),
        formats=formats,
        cannot_carry={name: CANNOT_CARRY[name] for name in formats},
        sources=tuple(_by_format(tagged.sources)),
        troubled=tuple(_troubled(tagged.sources)),
        first_posted_at=min(days.column(0).drop_null().to_pylist(), default=None),
        last_posted_at=max(days.column(1).drop_null().to_pylist(), default=None),
        model=model_summary(tagged.manifest, tagged.model_id),
        settings=settings,
    )
    return profiles, joined, summary


def _by_format(sources: Sequence[Inspection]) -> Iterator[Inspection]:
    """The files of each format as one, by the name of the format; those of none come first."""
    for name in sorted({one.format or "" for one in sources}):
        yield merged([one for one in sources if (one.format or "") == name])


def _troubled(sources: Sequence[Inspection]) -> list[Inspection]:
    """Files of which something was rejected, those with most rejects first."""
    found = [one for one in sources if one.rejected]
    return sorted(found, key=lambda one: (-one.rejected, one.file))


def write_results(
    profiles: Any, facts: Any, summary: ReportSummary, out: Path, *, limit: int
) -> None:
    """The profiles as Parquet, CSV, JSON and report page.

    limit: accounts drawn in full on the page.

    Raises:
        StoreError: a file cannot be written; what was there is untouched.
    """
    write_profiles_parquet(profiles, out / "profiles.parquet")
    write_profiles_csv(profiles, out / "profiles.csv")
    write_profiles_json(profiles, facts, out / "profiles.json", summary=summary)
    write_report(profiles, facts, out / "report.html", summary=summary, limit=limit)


def model_summary(manifest: Manifest, model_id: str) -> ModelSummary:
    """What a reader of a report needs to know of the tagger."""
    own, baseline = manifest.metrics["tagger"], manifest.metrics.get("baseline", {})
    return ModelSummary(
        model_id=model_id,
        measured_on=manifest.measured,
        baseline="TF-IDF (words 1-2, characters 2-5) and logistic regression",
        measures=tuple(
            Measure(name=words, model=own[key], baseline=baseline.get(key))
            for key, words in MEASURES.items()
            if key in own
        ),
    )


def _parts(
    request: Request, folder: Path, rejects: Path, rejected: Rejected, inspector: Inspector
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
    )
    with rejects.open("wb") as sink:
        for number, batch in enumerate(batches):
            for row in batch.rejects.to_pylist():
                rejected.add(row["file"], row["row"], row["why"])
                sink.write(orjson.dumps(row) + b"\n")
            if not batch.posts.num_rows:
                continue
            target = folder / f"posts-{number:06d}.parquet"
            with atomic_path(target) as part:
                pq.write_table(batch.posts, part, compression="zstd")
            yield str(target)


def _sorted(parts: Sequence[str], folder: Path) -> Iterator[Any]:
    try:
        yield from posts_by_account(parts, folder)
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:  # how it finds a full disk
        why = str(error).partition("\n")[0]
        raise StoreError(
            f"{folder.parent}: the posts cannot be sorted there: {why}; free some space on that "
            "disk, or pass another folder with -o"
        ) from error


def _whole_accounts(posts: Path) -> Iterator[Any]:
    """The row groups of posts.parquet: each was written as a chunk of whole accounts."""
    with pq.ParquetFile(posts) as file:
        for group in range(file.num_row_groups):
            yield file.read_row_group(group).cast(KEPT_POST)


def _nothing_read(request: Request, rejected: Rejected) -> str:
    lines = list(rejected.lines())
    if not lines:
        return f"no post found in {', '.join(request.paths)}: the files hold none"
    if len(lines) == 1:
        return f"no post could be read: {lines[0]}"
    return "\n  ".join(["no post could be read:", *lines])


def _make_folder(folder: Path) -> bool:
    """Make it and say whether it is new."""
    try:
        folder.mkdir(parents=True)
    except FileExistsError as error:
        if not folder.is_dir():
            raise StoreError(f"{folder}: is a file; pass another folder with -o") from error
        return False
    except OSError as error:
        raise unwritable(folder, error) from error
    return True
