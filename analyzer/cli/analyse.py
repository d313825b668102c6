"""Commands that judge posts: profile, tag."""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analyzer.cli.options import (
    BundleDir,
    ConfigFile,
    Device,
    Format,
    KeyFile,
    Mapping,
    Out,
    Paths,
    Pseudonymise,
    RejectedOnly,
    Strict,
    Workers,
    columns,
    line,
    told,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.tagging import Request, Tagged

SHOWN = 40


def profile(  # noqa: PLR0913 - one parameter an option
    paths: Paths,
    *,
    out: Out = None,
    level: Annotated[
        float | None,
        typer.Option(metavar="P", help="Probability inside the interval shown [default: 0.9]."),
    ] = None,
    min_posts: Annotated[
        int | None,
        typer.Option(metavar="N", help="Posts an account needs for a role [default: 10]."),
    ] = None,
    format: Format = None,  # noqa: A002 - the word users know
    mapping: Mapping = None,
    workers: Workers = None,
    bundle: BundleDir = None,
    device: Device = "cpu",
    config: ConfigFile = None,
    strict: Strict = False,
    rejected: RejectedOnly = False,
    pseudonymise: Pseudonymise = False,
    key: KeyFile = None,
) -> None:
    """Profile the accounts whose posts stand in the files.

    Prints a table; with -o also writes posts.parquet, profiles.parquet, profiles.csv,
    profiles.json, rejects.jsonl and report.html.

    Example: analyzer profile exports/ -o result --map text=caption

    Example: analyzer profile exports/ -o result --map mine.toml --rejected
    """
    with told():
        from rich.console import Console

        from analyzer import jobs
        from analyzer.errors import InputError
        from analyzer.report import profile_table

        request = _request(paths, format, mapping, workers, bundle, device, config)
        secret = jobs.pseudonym_key(key, pseudonymise=pseudonymise, out=out)
        request = replace(request, rejected_only=rejected, key=secret)
        if rejected and out is None:
            raise InputError("--rejected goes on from a result: pass its folder with -o DIR")
        given = {"level": level, "min_posts": min_posts}
        request = _with_profile(request, {k: v for k, v in given.items() if v is not None})
        with _folder(out, pseudonymous=pseudonymise) as folder:
            # before the result lies there: it may be written into the folder that is read
            files = None if out is None or rejected else jobs.sealed_files(request)
            tagged = _tag(request, folder, out)
            profiles, facts, summary = jobs.profile_posts(request, tagged)
            if out is not None:
                drawn = request.config.report_accounts
                seal = (
                    jobs.former_seal(profiles, facts, folder)
                    if files is None
                    else jobs.seal_of(request, files)
                )
                jobs.write_results(profiles, facts, summary, folder, limit=drawn, seal=seal)
            console = Console(highlight=False)
            console.print(profile_table(profiles, limit=SHOWN))
            if profiles.num_rows > SHOWN:
                where = f"{out / 'profiles.csv'}" if out else "profiles.csv, written with -o DIR"
                console.print(
                    f"{SHOWN} of {profiles.num_rows:,} accounts; all are in {where}", markup=False
                )
    if out is not None:
        print(f"Report: {out / 'report.html'}")
    _say_key(key, pseudonymise=pseudonymise)
    _end(tagged, strict=strict)


def tag(  # noqa: PLR0913 - one parameter an option
    paths: Paths,
    *,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="Folder for the result files.")
    ],
    format: Format = None,  # noqa: A002 - the word users know
    mapping: Mapping = None,
    workers: Workers = None,
    bundle: BundleDir = None,
    device: Device = "cpu",
    config: ConfigFile = None,
    strict: Strict = False,
    rejected: RejectedOnly = False,
    pseudonymise: Pseudonymise = False,
    key: KeyFile = None,
) -> None:
    """Tag posts only: writes posts.parquet and rejects.jsonl.

    Example: analyzer tag exports/tiktok.jsonl.zst -o tagged
    """
    with told():
        from analyzer import jobs

        request = _request(paths, format, mapping, workers, bundle, device, config)
        secret = jobs.pseudonym_key(key, pseudonymise=pseudonymise, out=out)
        request = replace(request, rejected_only=rejected, key=secret)
        with _folder(out, pseudonymous=pseudonymise) as folder:
            tagged = _tag(request, folder, out)
    print(f"Tags: {tagged.posts}")
    _say_key(key, pseudonymise=pseudonymise)
    _end(tagged, strict=strict)


def _request(  # noqa: PLR0913, PLR0917 - the options that all jobs share
    paths: list[str],
    format: str | None,  # noqa: A002 - the word users know
    mapping: list[str] | None,
    workers: int | None,
    bundle: str | None,
    device: str,
    config: Path | None,
) -> Request:
    from analyzer.config import Config, load_config
    from analyzer.tagging import Request

    settings = load_config(config) if config else Config()
    if workers is not None:
        settings = replace(settings, workers=workers)
    return Request(
        paths=tuple(paths),
        config=settings,
        format=format,
        mapping=columns(mapping),
        bundle=bundle,
        device=device,
    )


def _with_profile(request: Request, given: dict[str, Any]) -> Request:
    config = request.config
    return replace(request, config=replace(config, profile=replace(config.profile, **given)))


def _tag(request: Request, folder: Path, out: Path | None) -> Tagged:
    """Tag with a progress bar, then say what was read and how fast."""
    from tqdm import tqdm

    from analyzer.tagging import tag_posts
    from analyzer.text import only_what_segments

    only_what_segments()
    started = time.monotonic()
    with tqdm(unit=" posts", disable=None, leave=False) as bar:
        tagged = tag_posts(request, folder, on_tagged=bar.update)
    seconds = time.monotonic() - started
    again = tagged.read - tagged.kept
    print(
        f"{tagged.kept:,} posts from {tagged.files:,} files in {seconds:.1f} s "
        f"({tagged.read / seconds:,.0f} posts/s)"
        + (f"; {again:,} more were the same post again, counted once" if again else ""),
    )
    rejected = tagged.rejected.counts.total()
    if rejected:
        where = f"each is in {out / 'rejects.jsonl'}" if out else "-o DIR writes the whole list"
        print(f"{rejected:,} rows or files were not imported; {where}:")
        for said in tagged.rejected.lines():
            print(f"  {line(said)}")
    return tagged


def _end(tagged: Tagged, *, strict: bool) -> None:
    if strict and tagged.rejected.counts:
        print("analyzer: rows were rejected, and --strict was given", file=sys.stderr)
        raise typer.Exit(1)


def _say_key(key: Path | None, *, pseudonymise: bool) -> None:
    if pseudonymise:
        from analyzer.pipeline.key import default_key_file

        print(
            f"Key of the pseudonyms: {key or default_key_file()}; keep it, and never forward it: "
            "who has it can find out who is meant. Pseudonymised is not anonymous."
        )


@contextmanager
def _folder(out: Path | None, *, pseudonymous: bool) -> Iterator[Path]:
    from analyzer.atomic import claimed
    from analyzer.tagging import parts_folder

    if out is None:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder) / "out"
    else:
        with claimed(out, parts_folder(out, pseudonymous=pseudonymous)) as folder:
            yield folder
