"""The command that measures a tagger: evaluate."""

from __future__ import annotations

from analyzer.cli.models import (
    Bundle,
    Labelled,
    Seed,
    folder_of,
)
from analyzer.cli.options import Device, Out, line, told


def evaluate(
    bundle: Bundle,
    labelled: Labelled,
    *,
    out: Out = None,
    device: Device = "cpu",
    seed: Seed = 0,
) -> None:
    """Measure a tagger on labelled posts of accounts that it never saw.

    Prints figures with 95 % intervals by account, by platform, clarity, length and niche,
    confusions, calibration, and the most confident mistakes. With -o also writes evaluation.json
    and evaluation.html, one page that needs nothing else.

    Example: analyzer evaluate my-tagger labels.csv -o measured
    """
    with told():
        from rich.console import Console
        from tqdm import tqdm

        from analyzer.atomic import claimed
        from analyzer.model import load_tagger
        from analyzer.pipeline.evaluate import evaluate_tagger
        from analyzer.pipeline.labels import read_labelled
        from analyzer.report.evaluation import write_evaluation
        from analyzer.report.evaluation_table import evaluation_tables
        from analyzer.text import front_end, only_what_segments

        only_what_segments()
        tagger = load_tagger(folder_of(bundle), device=device, front_end=front_end())
        data = read_labelled(labelled)
        with tqdm(total=len(data.texts), unit=" posts", disable=None, leave=False) as bar:
            found = evaluate_tagger(tagger, data, seed=seed, on_judged=bar.update)
        if out is not None:
            with claimed(out) as folder:
                write_evaluation(found, folder)
        Console(highlight=False).print(evaluation_tables(found))
    if out is not None:
        print(f"Report: {line(str(out / 'evaluation.html'))}")
