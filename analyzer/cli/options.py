"""What commands share: options, and how errors and strangers' texts are printed."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analyzer.errors import AnalyzerError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH...",
        help="Export files, folders or patterns; .zst, .gz, .xz and .zip are read as they are.",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="DIR", help="Folder for the result files; made if absent."),
]
Format = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Format of all files; told from their content without it."),
]
Mapping = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="FIELD=COLUMN",
        help="Our field and their column, as in --map text=caption or --map account=author.handle; "
        "or a TOML file of such lines. May be repeated.",
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 1 if a row was rejected.")]
RejectedOnly = Annotated[
    bool,
    typer.Option(
        "--rejected",
        help="Go on from the result in DIR: read again only the rows and files that it lists as "
        "rejected, as with another --map; its posts keep their tags.",
    ),
]
Pseudonymise = Annotated[
    bool,
    typer.Option(
        "--pseudonymise",
        help="Write pseudonyms for accounts, names, mentions, phone numbers, e-mails, links and "
        "files. Not anonymous: a caption that is searched for leads to its post.",
    ),
]
KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key",
        metavar="FILE",
        help="Secret key of the pseudonyms, made if absent; the same key gives the same "
        "pseudonyms. Never forward it [default: ~/.config/analyzer/pseudonyms.key].",
        show_default=False,
    ),
]
Workers = Annotated[
    int | None, typer.Option(min=0, metavar="N", help="Processes; 0 is one per core.")
]
BundleDir = Annotated[
    str | None,
    typer.Option(metavar="DIR", help="Folder of a tagger; without it the embedded one is used."),
]
Device = Annotated[
    str,
    typer.Option(help="cpu, or cuda: a GPU, in 16-bit floats; answers differ a little from cpu's."),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings, see configs/default.toml."),
]


@contextmanager
def told() -> Iterator[None]:
    """Errors that are the user's to mend end in a few lines on stderr and exit code 2."""
    try:
        yield
    except AnalyzerError as error:
        for said in f"analyzer: {error}".splitlines():
            print(line(said, 500), file=sys.stderr)
        raise typer.Exit(2) from error


def columns(pairs: list[str] | None) -> dict[str, str] | None:
    """What --map says: our field to their column; of two for one field the later.

    Raises:
        InputError: a pair is not FIELD=COLUMN, or a file is not TOML of such lines.
    """
    if not pairs:
        return None
    found: dict[str, str] = {}
    for pair in pairs:
        field, sign, column = pair.partition("=")
        if not sign and pair.endswith(".toml"):
            found |= _mapping_file(Path(pair))
        elif field and column:
            found[field] = column
        else:
            raise InputError(
                f"--map takes FIELD=COLUMN, as in --map text=caption, or a .toml file; got '{pair}'"
            )
    return found


def _mapping_file(path: Path) -> dict[str, str]:
    from analyzer.config import read_toml

    read = read_toml(path)
    wrong = [name for name, column in read.items() if not (isinstance(column, str) and column)]
    if wrong or not read:
        raise InputError(
            f"{path}: {wrong[0] if wrong else 'it is empty and'} should name a column, as in "
            'text = "content.body"'
        )
    return read


def line(text: str, most: int = 300) -> str:
    """One line that cannot steer a terminal: names and captions come from strangers."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"
