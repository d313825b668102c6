"""Near-duplicates within accounts: how fast, and the same as comparing all pairs.

    python scripts/bench_copies.py posts.jsonl.zst

Every account's posts, without what it always adds, by `first_alike` and by comparing each post
with each one before it that stands for itself; seconds are CPU time. Then the hardest accounts:
thousands of posts by one pattern, and thousands that are all the same.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analyzer.sources import read_posts
from analyzer.text import endings, first_alike
from analyzer.text.copies import NEAR, SHINGLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FEW: Final = 1000
"""Posts of an account that are compared pair by pair at most."""


def all_pairs(cores: list[str]) -> list[int]:
    """As `first_alike`, by comparing all."""
    leaders: dict[int, tuple[set[str], list[str]]] = {}
    found = []
    for place, core in enumerate(cores):
        cut = core.ljust(SHINGLE)
        shingles = {cut[at : at + SHINGLE] for at in range(len(cut) - SHINGLE + 1)}
        numbers = sorted("".join(c if c.isdigit() else " " for c in core).split())
        near = [
            (len(shingles & other) / len(shingles | other), -leader)
            for leader, (other, said) in leaders.items()
            if said == numbers
        ]
        best, leader = max(near, default=(0.0, 0))
        if best < NEAR:
            leaders[place] = shingles, numbers
        found.append(-leader if best >= NEAR else place)
    return found


def main() -> None:
    """Print posts per second of both, how many are copies, and where the two differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", type=Path)
    args = parser.parse_args()
    accounts: defaultdict[str, list[str]] = defaultdict(list)
    for batch in read_posts(args.posts):
        for account, text in zip(
            *(batch.posts.column(name).to_pylist() for name in ("account_id", "text")), strict=True
        ):
            accounts[account].append(text)
    started = time.process_time()
    cores = [[one.core for one in endings(texts) if one.core] for texts in accounts.values()]
    seconds = time.process_time() - started
    posts = sum(map(len, cores))
    print(f"endings: {posts / seconds:,.0f} posts/s, {len(accounts):,} accounts")
    small = [some for some in cores if len(some) <= FEW]
    ours, ours_seconds = _timed(first_alike, small)
    theirs, theirs_seconds = _timed(all_pairs, small)
    size = sum(map(len, small))
    copies = sum(leader != row for found in ours for row, leader in enumerate(found))
    pairs = zip(chain.from_iterable(ours), chain.from_iterable(theirs), strict=True)
    other = sum(one != two for one, two in pairs)
    print(
        f"{size:,} posts: ours {size / ours_seconds:,.0f} posts/s, all pairs "
        f"{size / theirs_seconds:,.0f} ({theirs_seconds / ours_seconds:.1f} times as long); "
        f"{copies:,} copies, {other} posts answered otherwise"
    )
    for rows in (2_000, 20_000):
        names = ("".join("aeiouynh"[int(digit)] for digit in f"{row:o}") for row in range(rows))
        pattern = [f"mời cả nhà ăn cùng mình món {name} nha mọi người ơi" for name in names]
        for name, some in (("one pattern", pattern), ("all the same", pattern[:1] * rows)):
            _, seconds = _timed(first_alike, [some])
            print(f"{name}, {rows:,} posts of one account: {rows / seconds:,.0f} posts/s")


def _timed(
    alike: Callable[[list[str]], list[int]], accounts: Iterable[list[str]]
) -> tuple[list[list[int]], float]:
    started = time.process_time()
    found = [alike(cores) for cores in accounts]
    return found, time.process_time() - started


if __name__ == "__main__":
    main()
