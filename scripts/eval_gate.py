"""The embedded default may not become worse unseen: its figures against pinned floors.

    python scripts/eval_gate.py
    python scripts/eval_gate.py --raise
    python scripts/eval_gate.py --lower posts.niche_accuracy --reason "fewer classes, see ..."
    python scripts/eval_gate.py --set-floors --reason "forty posts more"

Two sets of floors in corpora/gate/floors.json. `posts`: what the default answers on the labelled
posts of corpora/gate/posts.jsonl. `out_of_fold`: the figures in its manifest, measured on accounts
held out of training. Each set is pinned to the sha256 of its labelled posts: on other data the
floors mean nothing, so they fail until they are set again. Every change stands in the history with
its reason; floors that are not those of the last entry were changed by hand, and fail as well.
Exit code 1: a floor is not reached.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from analyzer.atomic import atomic_path
from analyzer.errors import InputError
from analyzer.model import default_bundle, load_tagger, read_bundle
from analyzer.pipeline.evaluate import evaluate_tagger, headlines
from analyzer.pipeline.figures import LOWER_IS_BETTER
from analyzer.pipeline.labels import read_labelled
from analyzer.text import front_end

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

GATE: Final = Path(__file__).parents[1] / "corpora" / "gate"

MARGIN: Final = {"posts": 0.01, "out_of_fold": 0.003}
"""How far below a figure its floor is set. A post of 240 is 0.004, and another machine may round
one or two to the other side; figures of a manifest are what they are, and a floor leaves room for
another seed only."""

POSTS_FIGURES: Final = (
    "drive_f1_clear",
    "drive_f1_likely",
    "drive_accuracy",
    "niche_accuracy",
    "promo_f1",
    "promo_any_f1",
)
"""Of `posts` no calibration: invented posts have no natural share of passion."""

PLACES: Final = 4
_SET_AGAIN: Final = "floors must be set again on purpose with --set-floors --reason '...'"
_LABELLED: Final = "labelled.jsonl"


class Found(NamedTuple):
    """The figures of a set, and the sha256 of the labelled posts they were measured on."""

    fingerprint: str
    figures: Mapping[str, float]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, then check or change the floors; 0 if all floors are reached."""
    args = _parser().parse_args(arguments)
    if args.lower and not args.reason:
        return _refused("--lower needs --reason TEXT: it stays in the history of the floors")
    if args.set_floors and not args.reason:
        return _refused("--set-floors needs --reason TEXT: it stays in the history of the floors")
    path = args.gate / "floors.json"
    floors: dict[str, Any] = orjson.loads(path.read_bytes()) if path.is_file() else {}
    for name, pinned in floors.items():
        if pinned["floors"] != pinned["history"][-1]["floors"]:
            return _refused(
                f"{name}: its floors are not those that its history ends with; put them back, then "
                "--raise, or --lower FIGURE --reason TEXT"
            )
    try:
        found = {name: measured(args.gate, args.bundle) for name, measured in SETS.items()}
        changed = _changed(floors, found, args)
    except InputError as error:
        return _refused(str(error))
    if changed:
        with atomic_path(path) as part:
            part.write_bytes(orjson.dumps(floors, option=_OPTIONS))
    failures = [line for name in SETS for line in check(name, floors.get(name), found[name])]
    for name, (_, figures) in found.items():
        for figure, value in figures.items():
            floor = floors.get(name, {}).get("floors", {}).get(figure)
            print(f"{name}.{figure:<16} {value:.4f}   floor {floor}")
    for line in failures:
        print(f"eval_gate: {line}", file=sys.stderr)
    return 1 if failures else 0


def check(name: str, pinned: Mapping[str, Any] | None, found: Found) -> list[str]:
    """What is wrong with a set: nothing pinned, other data, figures below their floors."""
    if pinned is None:
        return [f"{name} has no floors: {_SET_AGAIN}"]
    if pinned["fingerprint"] != found.fingerprint:
        pins = f"pinned {pinned['fingerprint'][:12]}, found {found.fingerprint[:12]}"
        return [f"{name}: the evaluation data changed ({pins}): {_SET_AGAIN}"]
    out = []
    for figure, floor in pinned["floors"].items():
        value = found.figures.get(figure)
        if value is None:
            out.append(f"{name}.{figure} has a floor and is not measured any more")
        elif (lost := _sign(figure) * (floor - value)) > 0:
            out.append(
                f"{name}.{figure} is {value:.4f}, {lost:.4f} worse than its floor {floor:.4f}"
            )
    return out


def raised(pinned: Mapping[str, Any], found: Found) -> dict[str, float]:
    """Floors that can be higher, at a margin below the figures; none is ever lowered here."""
    out = {}
    for figure, value in found.figures.items():
        new, old = floor_of(figure, value, pinned["margin"]), pinned["floors"].get(figure)
        if old is None or _sign(figure) * (new - old) > 0:
            out[figure] = new
    return out


def floor_of(figure: str, value: float, margin: float) -> float:
    """The floor that a figure allows: a margin worse than itself."""
    return round(value - _sign(figure) * margin, PLACES)


def _sign(figure: str) -> int:
    return -1 if figure in LOWER_IS_BETTER else 1


def _changed(floors: dict[str, Any], found: Mapping[str, Found], args: argparse.Namespace) -> bool:
    """Change the floors as asked; whether anything changed.

    Raises:
        InputError: there is nothing to change, or it would hide what happened.
    """
    if args.set_floors:
        return _set(floors, found, args.reason)
    if args.lower:
        _lower(floors, found, args.lower, args.reason)
        return True
    if not args.raise_:
        return False
    changed = False
    for name, measured in found.items():
        if (pinned := _same_data(name, floors, measured)) and (new := raised(pinned, measured)):
            _change(pinned, pinned["floors"] | new, "raised", None)
            changed = True
    return changed


def _set(floors: dict[str, Any], found: Mapping[str, Found], reason: str) -> bool:
    """New floors for each set without any, or with other data; the others stay as they are."""
    new = [name for name in found if _same_data(name, floors, found[name]) is None]
    if not new:
        raise InputError(
            "every set is pinned to this very data; floors go up by --raise and down by --lower "
            "FIGURE --reason TEXT"
        )
    for name in new:
        figures, margin = found[name].figures, MARGIN[name]
        pinned = floors.setdefault(name, {"history": []})
        pinned |= {"fingerprint": found[name].fingerprint, "margin": margin}
        new_floors = {k: floor_of(k, value, margin) for k, value in figures.items()}
        _change(pinned, new_floors, "set", reason)
    return True


def _change(
    pinned: dict[str, Any], floors: Mapping[str, float], change: str, reason: str | None
) -> None:
    entry = {
        "change": change,
        "reason": reason,
        "fingerprint": pinned["fingerprint"],
        "floors": dict(floors),
    }
    pinned |= {"floors": dict(floors), "history": [*pinned["history"], entry]}


def _lower(floors: dict[str, Any], found: Mapping[str, Found], figure: str, reason: str) -> None:
    name, _, short = figure.partition(".")
    known = [f"{name}.{key}" for name, pinned in floors.items() for key in pinned["floors"]]
    if figure not in known:
        raise InputError(f"no floor '{figure}'; there are: {', '.join(known)}")
    pinned = _same_data(name, floors, found[name])
    if pinned is None:
        raise InputError(check(name, floors[name], found[name])[0])
    if short not in found[name].figures:
        others = {k: floor for k, floor in pinned["floors"].items() if k != short}
        _change(pinned, others, f"removed {short}", reason)
        return
    old = pinned["floors"][short]
    new = floor_of(short, found[name].figures[short], pinned["margin"])
    if _sign(short) * (old - new) <= 0:
        raise InputError(f"{figure}: its floor {old} need not be lowered, {new} would do")
    _change(pinned, pinned["floors"] | {short: new}, f"lowered {short}", reason)


def _same_data(name: str, floors: dict[str, Any], found: Found) -> dict[str, Any] | None:
    """The set as it is pinned, where it is pinned to the data that was measured on."""
    pinned: dict[str, Any] | None = floors.get(name)
    return pinned if pinned and pinned["fingerprint"] == found.fingerprint else None


def _on_posts(gate: Path, bundle: Path) -> Found:
    data = read_labelled(gate / "posts.jsonl")
    tagger = load_tagger(bundle, front_end=front_end())
    evaluation = evaluate_tagger(tagger, data, resamples=0)
    every = headlines(evaluation)
    values = {name: every[name].value for name in POSTS_FIGURES}
    return Found(data.sha256, {k: round(v, PLACES) for k, v in values.items() if v is not None})


def _out_of_fold(_: Path, bundle: Path) -> Found:
    manifest = read_bundle(bundle).manifest
    if _LABELLED not in manifest.data or manifest.calibrated_on:
        raise InputError(
            f"{bundle}: its manifest has no figures on {_LABELLED}; train it with "
            "scripts/train_default.py"
        )
    return Found(manifest.data[_LABELLED], manifest.metrics["tagger"])


SETS: Final[Mapping[str, Callable[[Path, Path], Found]]] = {
    "posts": _on_posts,
    "out_of_fold": _out_of_fold,
}
_OPTIONS: Final = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--gate", type=Path, default=GATE, help="folder with posts and floors")
    parser.add_argument("--bundle", type=Path, default=default_bundle(), help="tagger to measure")
    change = parser.add_mutually_exclusive_group()
    change.add_argument("--raise", dest="raise_", action="store_true", help="raise what was won")
    change.add_argument("--lower", metavar="SET.FIGURE", help="lower one floor; needs --reason")
    change.add_argument(
        "--set-floors", action="store_true", help="pin new or changed data; needs --reason"
    )
    parser.add_argument("--reason", metavar="TEXT", help="why, for the history of the floors")
    return parser


def _refused(why: str) -> int:
    print(f"eval_gate: {why}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
