"""Reading posts: how fast, against a script of the standard library, and in how much memory.

    python scripts/bench_reading.py posts.jsonl.zst --times 20
    python scripts/bench_reading.py posts.jsonl.zst --gigabytes 5

Speed: the file, so many times over, to Arrow tables on one core, ours and the script's by turns,
each in a process of its own; seconds are CPU time. The script does what one would write: a line,
its JSON, its time, hashtags and mentions by two patterns, a table. It checks nothing and keeps no
reject.

Memory: the file repeated up to so many bytes, plain and as .zst, read to its end; the most memory
that a process held, beside that for a 50th of the input.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import re
import resource
import statistics
import tempfile
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import zstandard

from analyzer.sources import read_posts

if TYPE_CHECKING:
    from collections.abc import Callable

BATCH: Final = 8192
TAG, MENTION = re.compile(r"#(\w+)"), re.compile(r"@([\w.]+)")
SAME: Final = ("id", "platform", "account", "text", "likes", "comments", "views", "shares",
               "followers", "is_ad")  # fmt: skip


def ours(path: Path) -> int:
    """Posts read by `read_posts`."""
    return sum(batch.posts.num_rows for batch in read_posts(path))


def script(path: Path) -> int:
    """Posts read by a plain script."""
    rows: list[dict[str, Any]] = []
    posts = 0
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            said = json.loads(line)
            row = {name: said.get(name) for name in SAME}
            with suppress(KeyError, TypeError, ValueError):
                row["posted_at"] = datetime.fromisoformat(said["created_at"])
            row["hashtags"] = TAG.findall(said["text"])
            row["mentions"] = MENTION.findall(said["text"])
            rows.append(row)
            if len(rows) == BATCH:
                posts += pa.Table.from_pylist(rows).num_rows
                rows.clear()
    return posts + (pa.Table.from_pylist(rows).num_rows if rows else 0)


def main() -> None:
    """Print posts per second of both, or the memory of ours."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", type=Path, help="JSON lines, plain or .zst")
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--gigabytes", type=float, help="measure memory on an input of this size")
    parser.add_argument("--work", type=Path, help="folder for the inputs; without it, a new one")
    args = parser.parse_args()
    once = args.posts.read_bytes()
    if args.posts.suffix == ".zst":
        once = zstandard.ZstdDecompressor().decompressobj().decompress(once)
    with tempfile.TemporaryDirectory(dir=args.work) as folder:
        if args.gigabytes is None:
            _speed(once, args.times, args.rounds, Path(folder))
        else:
            _memory(once, int(args.gigabytes * 1e9), Path(folder))


def _speed(once: bytes, times: int, rounds: int, folder: Path) -> None:
    path = _written(folder / "posts.jsonl", once, times)
    speeds: dict[str, list[float]] = {"ours": [], "script": []}
    for _ in range(rounds):
        for name, read in (("ours", ours), ("script", script)):
            posts, seconds, _ = _alone(read, path)
            speeds[name].append(posts / seconds)
    print(f"{posts:,} posts, {path.stat().st_size / 1e6:,.0f} MB, {rounds} rounds by turns")
    for name, found in speeds.items():
        listed = ", ".join(f"{speed:,.0f}" for speed in found)
        print(f"{name}: {statistics.median(found):,.0f} posts/s ({listed})")
    pairs = [one / other for one, other in zip(speeds["ours"], speeds["script"], strict=True)]
    print(f"{statistics.median(pairs):.2f} times as fast ({min(pairs):.2f} to {max(pairs):.2f})")


def _memory(once: bytes, size: int, folder: Path) -> None:
    for part in (size // 50, size):
        for name in ("posts.jsonl", "posts.jsonl.zst"):
            path = _written(folder / name, once, max(part // len(once), 1))
            posts, seconds, held = _alone(ours, path)
            print(
                f"{name}: {path.stat().st_size / 1e9:.2f} GB, {posts:,} posts, "
                f"{posts / seconds:,.0f} posts/s, at most {held / 1e6:,.0f} MB held"
            )
            path.unlink()


def _written(path: Path, once: bytes, times: int) -> Path:
    with path.open("wb") as file:
        if path.suffix == ".zst":
            with zstandard.ZstdCompressor(level=1).stream_writer(file, closefd=False) as packed:
                for _ in range(times):
                    packed.write(once)
        else:
            for _ in range(times):
                file.write(once)
    return path


def _alone(read: Callable[[Path], int], path: Path) -> tuple[int, float, int]:
    """Posts, CPU seconds and the most bytes held, of one reading in a process of its own."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_measured, (read, path))


def _measured(read: Callable[[Path], int], path: Path) -> tuple[int, float, int]:
    started = time.process_time()
    posts = read(path)
    seconds = time.process_time() - started
    return posts, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
