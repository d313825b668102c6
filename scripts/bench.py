"""Time the front end against the obvious alternatives: one run, the same texts, ratios.

    python scripts/bench.py posts.jsonl --phobert FOLDER_OF_VOCAB_TXT

Every contender reads the same distinct texts in a fresh process, one after the other, round after
round, so that a machine whose speed drifts is as slow for all. What counts is CPU time of
segmenting, without imports and first call; with `--processes 2`, which share the texts out, the sum
of their speeds by wall time. pyvi is no dependency: install it, or leave it out with `--only`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson
from segmenters import NAMES, open_segmenter

from analyzer.sources import read_posts


def main() -> None:
    """Print texts per second and the ratio to the plain loop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", type=Path)
    parser.add_argument("--phobert", type=Path, help="folder of PhoBERT's vocab.txt")
    parser.add_argument("--texts", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.worker:
        _work(args.worker, args.posts, args.phobert)
        return
    with tempfile.TemporaryDirectory() as folder:
        parts = _parts(args.posts, args.texts, args.processes, Path(folder))
        # the ratios are to the plain loop of the same round
        speeds: dict[str, list[float]] = {
            name: [] for name in NAMES if name in {"plain", *args.only}
        }
        for _ in range(args.rounds):
            for name, found in speeds.items():
                found.append(args.texts / _seconds(name, parts, args.phobert))
    print(f"{args.texts:,} distinct texts, {args.processes} process(es), {args.rounds} rounds")
    for name, found in speeds.items():
        ratios = [a / b for a, b in zip(found, speeds["plain"], strict=True)]
        print(
            f"{name:8} texts/s: median {statistics.median(found):7,.0f}, best {max(found):7,.0f}"
            f"   x plain: median {statistics.median(ratios):5.2f} ({min(ratios):.2f} to "
            f"{max(ratios):.2f}), best to best {max(found) / max(speeds['plain']):5.2f}"
        )


def _parts(posts: Path, count: int, processes: int, folder: Path) -> list[Path]:
    """The first distinct texts, dealt out to one file a process."""
    batches = read_posts([posts])
    texts = (text for batch in batches for text in batch.posts.column("text").to_pylist() if text)
    distinct = list(itertools.islice(dict.fromkeys(texts), count))
    if len(distinct) < count:
        sys.exit(f"{posts} holds {len(distinct):,} distinct texts; pass --texts {len(distinct)}")
    parts = [folder / f"{number}.json" for number in range(processes)]
    for number, part in enumerate(parts):
        part.write_bytes(orjson.dumps(distinct[number::processes]))
    return parts


def _seconds(name: str, parts: list[Path], phobert: Path | None) -> float:
    """CPU seconds of the one process; of several, the seconds at the sum of their speeds."""
    more = [] if phobert is None else ["--phobert", str(phobert)]
    running = [
        subprocess.Popen(  # noqa: S603 - this script
            [sys.executable, __file__, str(part), "--worker", name, *more], stdout=subprocess.PIPE
        )
        for part in parts
    ]
    printed = [process.communicate()[0] for process in running]
    if any(process.returncode for process in running):
        sys.exit(f"{name} failed; what it printed stands above")
    told = [json.loads(line) for line in printed]
    if len(told) == 1:
        return float(told[0]["cpu"])
    return len(told) / sum(1 / float(one["wall"]) for one in told)


def _work(name: str, part: Path, phobert: Path | None) -> None:
    texts = orjson.loads(part.read_bytes())
    segmenter = open_segmenter(name, phobert)
    wall, cpu = time.perf_counter(), time.process_time()
    found = segmenter(texts)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if len(found) != len(texts):
        raise RuntimeError(f"{name}: {len(texts)} texts in, {len(found)} out")
    print(json.dumps({"wall": wall, "cpu": cpu}))


if __name__ == "__main__":
    main()
