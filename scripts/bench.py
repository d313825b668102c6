"""Time the front end against the obvious alternatives: one run, the same texts, ratios.

    python scripts/bench.py posts.jsonl --phobert FOLDER_OF_VOCAB_TXT

Every contender reads the same distinct texts in a fresh process, one after the other, round after
round, so that a machine whose speed drifts is as slow for all. What counts is CPU time of
segmenting, without imports and first call; with `--processes 2`, which share the texts out, wall
time.
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
        speeds: dict[str, list[float]] = {name: [] for name in args.only}
        for _ in range(args.rounds):
            for name in args.only:
                speeds[name].append(args.texts / _seconds(name, parts, args.phobert))
    print(f"{args.texts:,} distinct texts, {args.processes} process(es), {args.rounds} rounds")
    for name, found in speeds.items():
        ratios = [a / b for a, b in zip(found, speeds.get("plain", found), strict=True)]
        print(
            f"{name:8} texts/s: median {statistics.median(found):7,.0f}, best {max(found):7,.0f}"
            f"   x plain: median {statistics.median(ratios):5.2f} ({min(ratios):.2f} to "
            f"{max(ratios):.2f}), best to best {max(found) / max(speeds.get('plain', found)):5.2f}"
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
    """CPU seconds of the one process, or wall seconds from the first's start to the last's end."""
    more = [] if phobert is None else ["--phobert", str(phobert)]
    running = [
        subprocess.Popen(  # noqa: S603 - this script
            [sys.executable, __file__, str(part), "--worker", name, *more], stdout=subprocess.PIPE
        )
        for part in parts
    ]
    told = [json.loads(process.communicate()[0]) for process in running]
    if len(told) == 1:
        return float(told[0]["cpu"])
    # each process segments as soon as it can: what counts is the sum of their speeds
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
