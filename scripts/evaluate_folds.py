"""Out-of-fold figures of the embedded default beside the baseline's, on the same folds.

    python scripts/evaluate_folds.py ../shared/data/labelled.jsonl runs/default --out out/folds

FOLDS_DIR holds what `train_default.py` left in --work: part-0.safetensors and so on, answers to the
posts of each fold by models that never saw their accounts. How the branches are added, the
temperature and the odds of a promotion are fitted on the other folds, for the default and for the
baseline alike. Prints the differences with paired 95 % intervals by account, and with --out writes
evaluation.html and .json.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from safetensors.numpy import load_file

from analyzer.errors import InputError
from analyzer.model.shape import SLICES
from analyzer.pipeline.bootstrap import RESAMPLES
from analyzer.pipeline.calibrate import FOLDS, crossed
from analyzer.pipeline.compare import paired_differences
from analyzer.pipeline.evaluate import evaluate
from analyzer.pipeline.labels import account_folds, read_labelled
from analyzer.pipeline.rates import measure_rates
from analyzer.pipeline.train import held_out_logits
from analyzer.report.evaluation import write_evaluation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from analyzer.pipeline.labels import Labelled

ASKED = {
    "drive_f1_clear": (1.5, 3.0),
    "drive_f1_likely": (2.0, 4.0),
    "niche_accuracy": (2.0, 4.0),
    "promo_any_f1": (3.0, 6.0),
}
"""Points above the baseline that were asked for, and aimed at."""

SEED = 0
"""As `TrainSettings` has it: other folds would be other accounts."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("labelled", type=Path)
    parser.add_argument("folds", type=Path, metavar="FOLDS_DIR")
    parser.add_argument("--resamples", type=int, default=RESAMPLES)
    parser.add_argument("--out", type=Path, help="folder for evaluation.html and evaluation.json")
    args = parser.parse_args()
    data = read_labelled(args.labelled)
    logits = default_out_of_fold(data, args.folds)
    default, baseline = (crossed(logits[name], data, seed=SEED) for name in ("joined", "baseline"))
    clear = data.clarity >= 1
    accounts = len(set(data.accounts[clear]))
    print(
        f"{clear.sum():,} posts of clarity 1 and more, {accounts:,} accounts, {FOLDS} folds, "
        f"{args.resamples:,} resamples of accounts; labelled posts {data.sha256[:12]}"
    )
    differences = paired_differences(default, baseline, data, resamples=args.resamples, seed=SEED)
    print("figure           default [95 %]            TF-IDF [95 %]             points [95 %]")
    for name, change in differences.items():
        asked = "  asked {}, aim {}".format(*ASKED[name]) if name in ASKED else ""
        sides = "  ".join(
            f"{side.value:.4f} [{side.low:.4f}, {side.high:.4f}]"
            for side in (change.first, change.second)
        )
        print(
            f"{name:<16} {sides}  {100 * change.value:+.2f} [{100 * change.low:+.2f}, "
            f"{100 * change.high:+.2f}]{asked}"
        )
    if args.out:
        rates = measure_rates(default, data, default[:, SLICES["promo"]].argmax(axis=1))
        args.out.mkdir(parents=True, exist_ok=True)
        write_evaluation(
            evaluate(default, data, rates=rates, resamples=args.resamples, seed=SEED), args.out
        )
        print(f"Report: {args.out / 'evaluation.html'}")


def default_out_of_fold(data: Labelled, folder: Path) -> dict[str, NDArray[np.float64]]:
    """As `held_out_logits`, of what `train_default.py` left in a folder.

    Raises:
        InputError: it left no answers there, or answers to other posts.
    """
    parts = [folder / f"part-{number}.safetensors" for number in range(FOLDS)]
    if missing := [part.name for part in parts if not part.is_file()]:
        raise InputError(f"{folder} lacks {', '.join(missing)}: run train_default.py to its end")
    found = [load_file(part) for part in parts]
    folds = [held_out for _, held_out in account_folds(data.accounts, FOLDS, SEED)]
    for part, answers, rows in zip(parts, found, folds, strict=True):
        if len(answers["encoder"]) != len(rows):
            raise InputError(
                f"{part} answers {len(answers['encoder']):,} posts, its fold of the labelled posts "
                f"has {len(rows):,}: pass the labelled posts it was trained on"
            )
    return held_out_logits(data, found, folds)


if __name__ == "__main__":
    main()
