"""The annotation loop: `analyzer label next`, `agree`, `merge`, `join`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analyzer.cli.options import Format, Mapping, Paths, columns, line, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.pipeline.labelling.agree import Disagreement, FieldAgreement
    from analyzer.pipeline.labelling.choose import Choice
    from analyzer.pipeline.labelling.read import Answers

app = typer.Typer(
    no_args_is_help=True,
    help="Choose posts worth labelling, see how far readers agree, make labels of what they say.",
)
SHOWN = 8
"""Rows told of a list; the whole of it is in a file."""

Filled = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...",
        help="Filled-in sheets, one a reader, or Label Studio's exports (JSON, JSON-MIN, CSV).",
        show_default=False,
    ),
]


@app.command("next")
def next_posts(  # noqa: PLR0913 - one parameter an option
    posts: Annotated[
        list[Path],
        typer.Argument(
            metavar="POSTS...",
            help="posts.parquet as `analyzer tag` or `profile` wrote it.",
            show_default=False,
        ),
    ],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Folder of the round.")],
    number: Annotated[
        int, typer.Option("--number", "-n", metavar="N", min=1, help="Posts to label.")
    ] = 200,
    per_account: Annotated[
        int, typer.Option(metavar="N", min=1, help="Uncertain posts of one account, at most.")
    ] = 3,
    random_share: Annotated[
        float,
        typer.Option(metavar="P", min=0, max=1, help="Share drawn at random: to measure with."),
    ] = 0.2,
    labelled: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Posts labelled before; may be repeated."),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Same seed, same draw.")] = 0,
) -> None:
    """Write the posts worth labelling next, as a sheet and for Label Studio.

    Those the tagger is least sure of, unlike each other, a few of an account; and some at random.

    Example: analyzer label next tagged/posts.parquet -o round1 -n 200
    """
    with told():
        from analyzer.atomic import claimed
        from analyzer.pipeline.labelling.choose import choose, read_tagged
        from analyzer.pipeline.labelling.read import texts_of
        from analyzer.pipeline.labelling.write import write_round

        choice = choose(
            read_tagged(posts),
            number=number,
            per_account=per_account,
            random_share=random_share,
            seed=seed,
            labelled=[text for path in labelled or () for text in texts_of(path)],
        )
        with claimed(out) as folder:
            write_round(choice.rows, folder)
    for said in _chosen(choice, number):
        print(said)
    print(
        f"Sheet: {out / 'sheet.csv'}, or Label Studio: {out / 'tasks.json'} with "
        f"{out / 'labelling_config.xml'}. Each reader saves the sheet under another name. Then: "
        f"analyzer label merge READER.csv ... --round {out} -o labels"
    )


@app.command()
def agree(
    files: Filled,
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="All of it, and each post, as JSON."),
    ] = None,
) -> None:
    """Say how far readers agree: Cohen's kappa by pair, Krippendorff's alpha over all.

    Example: analyzer label agree lan.csv minh.csv -o agreement.json
    """
    with told():
        from analyzer.pipeline.labelling.agree import agreement, disagreements
        from analyzer.pipeline.labelling.read import read_answers
        from analyzer.pipeline.labelling.write import write_agreement

        found = read_answers(files)
        fields = agreement(found.answers)
        differ = disagreements(found.answers)
        if out is not None:
            write_agreement(found.answers, out)
    for said in (*_agreed(fields), *_differing(differ, out), *_refused(found, None)):
        print(said)


@app.command()
def merge(
    files: Filled,
    *,
    round_: Annotated[
        list[Path],
        typer.Option(
            "--round", metavar="DIR", help="Folder that `label next` wrote; may be repeated."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Folder for the labels.")],
) -> None:
    """Make labels of what readers say: the majority's, field by field; ties are listed.

    Writes labelled.jsonl, labelled_random.jsonl, ties.csv and rejects.jsonl.

    Example: analyzer label merge lan.csv minh.csv --round round1 -o labels
    """
    with told():
        from analyzer.atomic import claimed
        from analyzer.pipeline.labelling.read import read_answers
        from analyzer.pipeline.labelling.rows import read_rounds
        from analyzer.pipeline.labelling.settle import settle
        from analyzer.pipeline.labelling.write import write_labels

        posts = read_rounds(round_)
        found = read_answers(files, posts)
        with claimed(out) as folder:
            settled = settle(found.answers, posts)
            write_labels(settled, found.rejects, posts, folder)
    drawn = sum(row["why"] == "random" for row in settled.labels)
    readers = len({answer.annotator for answer in found.answers})
    print(
        f"{len(settled.labels):,} of {len(posts):,} posts labelled by {readers:,} readers, "
        f"{drawn:,} of them drawn at random"
    )
    for said in _refused(found, out / "rejects.jsonl"):
        print(said)
    if settled.ties:
        print(
            f"{len(settled.ties):,} posts without a majority on a field: one more reader fills in "
            f"{out / 'ties.csv'}, and all files are merged again"
        )
    print(
        f"Labels: {out / 'labelled.jsonl'}. Train: analyzer train {out / 'labelled.jsonl'} -o "
        f"my-tagger; or keep the weights: analyzer calibrate BUNDLE "
        f"{out / 'labelled_random.jsonl'} -o my-tagger"
    )


@app.command()
def join(
    labels: Annotated[
        Path,
        typer.Argument(
            metavar="LABELS",
            help="Labels without texts: corpora/labels/labels.csv, or one like it.",
            show_default=False,
        ),
    ],
    paths: Paths,
    *,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FILE", help="JSON lines with the texts.")
    ],
    format: Format = None,  # noqa: A002 - the word users know
    mapping: Mapping = None,
) -> None:
    """Join labels that were published without texts with an export that has them.

    Example: analyzer label join corpora/labels/labels.csv data/raw -o labelled.jsonl
    """
    with told():
        from analyzer.pipeline.labelling.published import rejoin
        from analyzer.pipeline.labelling.write import write_rejoined
        from analyzer.sources import read_posts

        found = rejoin(labels, read_posts(paths, format=format, mapping=columns(mapping)))
        write_rejoined(found, out)
    print(f"{len(found.labels):,} labels with their texts, of {found.posts:,} posts that were read")
    for source, count in found.found.items():
        print(f"  {count:,} of {found.published[source]:,}  {line(source)}")
    if found.rejected:
        print(f"{found.rejected:,} rows could not be read; `analyzer inspect` says why")
    print(f"Labels: {out}. Train: analyzer train {out} -o my-tagger")


def _chosen(choice: Choice, number: int) -> Iterator[str]:
    rows = choice.rows
    drawn = sum(row.why == "random" for row in rows)
    yield (
        f"{len(rows):,} posts of {len({row.account for row in rows}):,} accounts to label, "
        f"{drawn:,} of them drawn at random"
    )
    if len(rows) < number:
        yield f"{number:,} were asked for; raise --per-account, or tag more posts"
    if choice.passed:
        told = ", ".join(f"{count:,} {why}" for why, count in choice.passed.items())
        yield f"passed over: {told}"


def _agreed(fields: Sequence[FieldAgreement]) -> Iterator[str]:
    for field in fields:
        alpha = f"alpha {field.alpha:.3f}" if field.alpha is not None else f"no alpha: {field.why}"
        yield f"{field.field:<8} {field.same:,} of {field.posts:,} common posts alike, {alpha}"
        for pair in field.pairs:
            kappa = f"kappa {pair.kappa:.3f}" if pair.kappa is not None else f"no kappa: {pair.why}"
            who = line(f"{pair.first} and {pair.second}", 60)
            yield f"  {who}: {pair.same:,} of {pair.posts:,} alike, {kappa}"
        if field.confused:
            told = ", ".join(f"{one}/{other} {n:,}" for one, other, n in field.confused[:SHOWN])
            yield f"  taken for each other: {told}"


def _differing(differ: Sequence[Disagreement], out: Path | None) -> Iterator[str]:
    if differ:
        where = f"all are in {out}" if out else "-o FILE writes the whole list"
        yield f"{len(differ):,} differences; {where}:"
    for row in differ[:SHOWN]:
        said = ", ".join(f"{who} {code}" for who, code in row.said.items())
        yield f"  {line(row.post_id, 60)} {row.field}: {line(said, 200)}"


def _refused(found: Answers, file: Path | None) -> Iterator[str]:
    from analyzer.pipeline.labelling.read import told as told_of

    if found.blank:
        yield f"{found.blank:,} rows were left empty"
    if found.rejects:
        where = f"; each is in {file}" if file else ""
        yield f"{len(found.rejects):,} rows cannot be used{where}:"
    for row in found.rejects[:SHOWN]:
        yield f"  {line(told_of(row), 500)}"
    if len(found.rejects) > SHOWN:
        yield f"  and {len(found.rejects) - SHOWN:,} more"
