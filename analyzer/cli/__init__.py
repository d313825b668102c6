"""The command line: every command is a few lines that call jobs, pipeline, sources or report."""

from __future__ import annotations

import errno
import os
import sys
from typing import Annotated

import typer

from analyzer.cli import analyse, evaluate, inspection, label, models, verify, why

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Creator-versus-influencer profiles from Vietnamese captions and blog posts.",
    epilog="Exit codes: 0 done, 1 some rows were rejected under --strict or `verify` found another "
    "value, 2 nothing could be "
    "read or written (the message says what to do).",
)


@app.callback(invoke_without_command=True)
def root(
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Creator-versus-influencer profiles from Vietnamese captions and blog posts."""
    if version:
        from importlib.metadata import version as installed

        print(installed("vn-content-analyzer"))
        raise typer.Exit


app.command()(analyse.profile)
app.command()(analyse.tag)
app.command()(verify.verify)
app.command()(inspection.inspect)
app.command()(why.explain)
app.command()(models.train)
app.command()(models.calibrate)
app.command()(models.quantise)
app.command()(models.export_hf)
app.command()(evaluate.evaluate)
app.add_typer(label.app, name="label")


def main() -> None:
    """Entry point of the command `analyzer`."""
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} or error.filename:
            raise
        # what is left in the buffer would fail again when Python ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print(
            f"analyzer: what it prints cannot be written: {os.strerror(error.errno)}; free some "
            "space on that disk, or print to another",
            file=sys.stderr,
        )
        sys.exit(2)
