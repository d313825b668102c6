"""How the default's errors differ between accounts, by its answers out of fold.

    python scripts/account_variation.py ../shared/data/labelled.jsonl runs/default --bundle BUNDLE

FOLDS_DIR holds the answers out of fold that `train_default.py` left in --work; they need not be of
the run that made the bundle. Prints the variation, and with --write changes manifest.json.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

import orjson
from evaluate_folds import default_out_of_fold

from analyzer.atomic import atomic_path
from analyzer.model.shape import SLICES
from analyzer.pipeline.calibrate import crossed
from analyzer.pipeline.labels import read_labelled
from analyzer.pipeline.rates import measure_rates


def main() -> None:
    """Print, and write where asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("labelled", type=Path)
    parser.add_argument("folds", type=Path, metavar="FOLDS_DIR")
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="change the bundle's manifest.json")
    args = parser.parse_args()
    data = read_labelled(args.labelled)
    said = crossed(default_out_of_fold(data, args.folds)["joined"], data, seed=0)
    found = measure_rates(said, data, said[:, SLICES["promo"]].argmax(axis=1))
    path = args.bundle / "manifest.json"
    manifest = orjson.loads(path.read_bytes())
    rates = manifest["rates"]
    rates["other"]["variation"] = asdict(found.other.variation)
    print("other", found.other.variation)
    for platform, each in rates["measured"].items():
        each["variation"] = asdict(found.measured[platform].variation)
        print(platform, found.measured[platform].variation)
    if args.write:
        with atomic_path(path) as part:
            part.write_bytes(
                orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
            )


if __name__ == "__main__":
    main()
