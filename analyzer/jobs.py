"""Jobs a user asks for by name; each can be run again and gives the same."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analyzer.config import Config
from analyzer.errors import InputError
from analyzer.model import default_bundle, id_on, read_bundle
from analyzer.pipeline.key import default_key_file, key_at
from analyzer.pipeline.pseudonyms import file_pseudonym, key_id, keyed_digest
from analyzer.profile import account_facts, build_profiles, merge_totals, totals
from analyzer.report import (
    Measure,
    ModelSummary,
    ReportSummary,
    Seal,
    SealedFile,
    profiles_digest,
    read_sealed,
    write_profiles_csv,
    write_profiles_json,
    write_profiles_parquet,
    write_report,
)
from analyzer.schema import FACTS, KEPT_POST, REJECT, TAG
from analyzer.sources import (
    CANNOT_CARRY,
    Inspection,
    file_digests,
    merged,
)
from analyzer.tagging import Request, Tagged, tag_posts
from analyzer.text import abstention, front_end

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analyzer.model import Manifest

MEASURES: Final = {
    "drive_f1_clear": "Passion or brand, posts of clarity 1 and more: macro F1",
    "drive_f1_likely": "Passion or brand, posts of clarity 2 and more: macro F1",
    "niche_accuracy": "Niche, one of 22: accuracy",
    "promo_f1": "Promotion, one of 3: macro F1",
    "ece": "Calibration of P(passion): expected calibration error (0 is best)",
}


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
    pseudonymise: bool = False,
    key: str | Path | None = None,
) -> Analysis:
    """Profiles of the accounts whose posts stand in the files, as Arrow tables.

    paths: files, folders or patterns; see `analyzer.sources.read_posts` for format and mapping.
    bundle: folder of a tagger; without one, the embedded default.
    device: `cpu`, or `cuda` for a GPU.
    pseudonymise: pseudonyms in place of all that leads to a person; tags are those of true texts.
    key: file of their secret key, made where there is none; without it, the user's own.

    Raises:
        InputError: nothing could be read, or `key` is no key; the message says why.
        ModelError: the bundle or the device cannot be used.
        StoreError: the key cannot be written.
    """
    listed = [paths] if isinstance(paths, str | Path) else paths
    request = Request(
        paths=tuple(map(str, listed)),
        config=config or Config(),
        format=format,
        mapping=mapping,
        bundle=None if bundle is None else str(bundle),
        device=device,
        key=pseudonym_key(key, pseudonymise=pseudonymise),
    )
    with tempfile.TemporaryDirectory() as folder:
        tagged = tag_posts(request, Path(folder) / "out")
        profiles, facts, summary = profile_posts(request, tagged)
        lines = tagged.rejects.read_bytes().split(b"\n")
        return Analysis(
            posts=pq.read_table(tagged.posts, memory_map=False),
            profiles=profiles,
            facts=facts,
            rejects=pa.Table.from_pylist([orjson.loads(x) for x in lines if x], schema=REJECT),
            summary=summary,
        )


def pseudonym_key(
    file: str | Path | None, *, pseudonymise: bool, out: Path | None = None
) -> bytes | None:
    """The secret key of the pseudonyms, from its file; None where there shall be none.

    out: what is shared; the key must not lie in it.

    Raises:
        InputError: the file is no key, lies in `out`, or is given and there are no pseudonyms.
        StoreError: there was none, and it cannot be made.
    """
    if not pseudonymise:
        if file is not None:
            raise InputError("a key is for pseudonyms: pass --pseudonymise, too")
        return None
    path = default_key_file() if file is None else Path(file)
    if out is not None and path.resolve().is_relative_to(out.resolve()):
        raise InputError(
            f"{path}: the key must not lie in the folder of the result, which may be forwarded; "
            "pass another file with --key"
        )
    return key_at(path)


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
        inputs=tuple(_input(path, request.key) for path in request.paths),
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


def _input(path: str, key: bytes | None) -> str:
    name = Path(path).name
    return name if key is None else file_pseudonym(key, name)


def _by_format(sources: Sequence[Inspection]) -> Iterator[Inspection]:
    """The files of each format as one, by the name of the format; those of none come first."""
    for name in sorted({one.format or "" for one in sources}):
        yield merged([one for one in sources if (one.format or "") == name])


def _troubled(sources: Sequence[Inspection]) -> list[Inspection]:
    """Files of which something was rejected, those with most rejects first."""
    found = [one for one in sources if one.rejected]
    return sorted(found, key=lambda one: (-one.rejected, one.file))


def write_results(  # noqa: PLR0913 - what is written, and where
    profiles: Any,
    facts: Any,
    summary: ReportSummary,
    out: Path,
    *,
    limit: int,
    seal: Seal | None = None,
) -> None:
    """The profiles as Parquet, CSV, JSON and report page.

    limit: accounts drawn in full on the page.
    seal: what they were made from, see `seal_of`.

    Raises:
        StoreError: a file cannot be written; what was there is untouched.
    """
    write_profiles_parquet(profiles, out / "profiles.parquet")
    write_profiles_csv(profiles, out / "profiles.csv")
    write_profiles_json(profiles, facts, out / "profiles.json", summary=summary, seal=seal)
    write_report(profiles, facts, out / "report.html", summary=summary, limit=limit)


def sealed_files(request: Request) -> tuple[SealedFile, ...]:
    """The files that a run is about to read, by name; under pseudonyms neither name nor content.

    Raises:
        InputError: as `analyse`.
    """
    key = request.key
    found = file_digests(request.paths)
    if key is not None:
        # a caption alone in a file could be guessed, and the guess confirmed by a plain digest
        found = [(file_pseudonym(key, n), s and keyed_digest(key, s)) for n, s in found]
    files = [SealedFile(name=name, sha256=digest) for name, digest in found]
    return tuple(sorted(files, key=lambda one: (one.name, one.sha256 or "")))


def seal_of(request: Request, files: tuple[SealedFile, ...]) -> Seal:
    """What profiles are made from by a run that reads these files.

    Raises:
        ModelError: the bundle cannot be used.
    """
    bundle = read_bundle(default_bundle() if request.bundle is None else Path(request.bundle))
    return Seal(
        abstention=abstention(),
        device=request.device,
        files=files,
        format=request.format,
        front_end=front_end(),
        key=None if request.key is None else key_id(request.key),
        mapping=dict(request.mapping or {}),
        model_id=id_on(request.device, bundle.model_id),
        version=version("vn-content-analyzer"),
    )


def former_seal(profiles: Any, facts: Any, out: Path) -> Seal | None:
    """The seal of the result in the folder, where it is of these very profiles; else None.

    For a result in two steps, which one run over its files might not give.
    """
    try:
        former = read_sealed(out / "profiles.json")
    except InputError:
        return None
    return former.seal if former.digest == profiles_digest(profiles, facts) else None


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


def _whole_accounts(posts: Path) -> Iterator[Any]:
    """The row groups of posts.parquet: each was written as a chunk of whole accounts."""
    with pq.ParquetFile(posts) as file:
        for group in range(file.num_row_groups):
            yield file.read_row_group(group).cast(KEPT_POST)
