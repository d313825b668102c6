"""The command that says why a post has its tag: explain."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from analyzer.cli.options import BundleDir, Mapping, columns, told
from analyzer.errors import InputError


def explain(  # noqa: PLR0913 - one parameter an option
    text: Annotated[
        str | None,
        typer.Argument(metavar="[TEXT]", help="A caption as it was posted.", show_default=False),
    ] = None,
    *,
    file: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Instead of TEXT: an export, or the posts.parquet of tag or profile.",
        ),
    ] = None,
    post: Annotated[
        str | None, typer.Option(metavar="ID", help="Which post of FILE, as in tiktok:123.")
    ] = None,
    mapping: Mapping = None,
    head: Annotated[
        str, typer.Option(metavar="NAME", help="Part of the tag: drive, niche or promo.")
    ] = "drive",
    bundle: BundleDir = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="Also write a page: one HTML file."),
    ] = None,
) -> None:
    """Say which words of a post moved its tag, and how far.

    Each word gets a figure in log odds, and the figures add up; the post is also judged again
    without its strongest words. Needs the extra `explain`.

    Example: analyzer explain "Mình chỉ cách nấu bún riêu, lưu lại nha" -o why.html

    Example: analyzer explain --file out/posts.parquet --post tiktok:7301234567890123456
    """
    with told():
        chosen = _chosen(text, file, post, mapping)
        from rich.console import Console

        from analyzer.model import load_tagger
        from analyzer.pipeline.explain import explain_tags, removals
        from analyzer.report.explained import explained_post
        from analyzer.report.explained_page import write_explained
        from analyzer.text import front_end, only_what_segments

        only_what_segments()
        tagger = load_tagger(bundle, front_end=front_end())
        (found,) = explain_tags([chosen], tagger, head=head)
        (removal,) = removals([chosen], [found], tagger)
        if out is not None:
            write_explained(chosen, found, removal, out, model_id=tagger.model_id)
        Console(highlight=False).print(explained_post(chosen, found, removal))
    if out is not None:
        print(f"Page: {out}")


def _chosen(text: str | None, file: str | None, post: str | None, mapping: list[str] | None) -> str:
    if text is not None and file is None and post is None:
        return text
    if text is not None or file is None or post is None:
        raise InputError("pass a TEXT, or --file FILE with --post ID")
    from analyzer.pipeline.explain import find_post
    from analyzer.sources import read_posts

    return find_post(read_posts(file, mapping=columns(mapping)), post)
