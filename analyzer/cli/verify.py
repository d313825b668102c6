"""The command that makes profiles again from their files and compares: verify."""

from __future__ import annotations

from collections import Counter
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analyzer.cli.options import BundleDir, KeyFile, Paths, Workers, line, told

if TYPE_CHECKING:
    from analyzer.report import Difference
    from analyzer.verify import Verdict

ACCOUNTS = 40
DIFFERENCES = 20
VALUE = 60
"""Characters of a value that are shown."""


def verify(  # noqa: PLR0913 - one parameter an option
    file: Annotated[
        Path, typer.Argument(metavar="PROFILES.JSON", help="The profiles.json to check.")
    ],
    paths: Paths,
    *,
    bundle: BundleDir = None,
    key: KeyFile = None,
    workers: Workers = 0,
    as_json: Annotated[
        bool, typer.Option("--json", help="Every account and every difference, for programs.")
    ] = False,
) -> None:
    """Check that profiles.json says what analyzer finds in these files.

    Reads, tags and profiles the files again with the settings in profiles.json, and compares every
    value. Exit codes: 0 all are the same, 1 some are not, 2 it cannot be made again (other files,
    another model or key; the message names them). Other files of the result are not looked at.

    Example: analyzer verify out/profiles.json exports/
    """
    with told():
        from tqdm import tqdm

        from analyzer.text import only_what_segments
        from analyzer.verify import verify as made_again

        only_what_segments()
        with tqdm(unit=" posts", disable=None, leave=False) as bar:
            found = made_again(
                file, paths, bundle=bundle, key=key, workers=workers or 0, on_tagged=bar.update
            )
    if as_json:
        _print_json(found)
    else:
        _print(found)
    if not found.same:
        raise typer.Exit(1)


def _print(found: Verdict) -> None:
    stored, seal = found.stored, found.stored.seal
    wrong = Counter(one.account for one in found.differences)
    accounts = sorted(stored.accounts, key=lambda name: (-wrong[name], name))
    for name in accounts[:ACCOUNTS]:
        values = len(stored.accounts[name])
        said = f"{wrong[name]} of {values} values differ" if wrong[name] else "same"
        print(f"  {line(name, VALUE)}: {said}")
    if len(accounts) > ACCOUNTS:
        print(f"  and {len(accounts) - ACCOUNTS:,} more")
    same = sum(not wrong[name] for name in accounts)
    files = "this file" if len(seal.files) == 1 else f"these {len(seal.files):,} files"
    print(
        f"{same:,} of {len(accounts):,} accounts are the same, value by value, as those that "
        f"{line(seal.model_id)} finds in {files}."
    )
    now = found.found.seal.version
    if now != seal.version:
        print(f"They were made by version {line(seal.version)}; this is {now}.")
    if found.differences:
        print(f"{len(found.differences):,} values differ; the first:")
        for one in found.differences[:DIFFERENCES]:
            print(f"  {_told(one)}")


def _told(one: Difference) -> str:
    where = "profiles.json" if one.account is None else line(one.account, VALUE)
    return f"{where}: {one.column}: stored {_value(one.stored)}, found {_value(one.found)}"


def _value(value: Any) -> str:
    import json

    return line(json.dumps(value, ensure_ascii=False), VALUE)


def _print_json(found: Verdict) -> None:
    import sys
    from dataclasses import asdict

    import orjson

    wrong = {one.account for one in found.differences}
    said = {
        "accounts": {name: name not in wrong for name in sorted(found.stored.accounts)},
        "differences": [asdict(one) for one in found.differences],
        "same": found.same,
    }
    sys.stdout.write(orjson.dumps(said, option=orjson.OPT_INDENT_2).decode() + "\n")
