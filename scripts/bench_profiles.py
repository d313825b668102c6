"""Generated tags of many accounts to profiles: how long, and in how much memory.

    python scripts/bench_profiles.py --accounts 100000

Posts of accounts that differ (share from the default's prior, 5 to 60 posts each) are generated
chunk by chunk, as posts.parquet holds them, and go the way of a run: totals and facts of each
chunk, merged, and profiles of all. Generating is not counted. Prints seconds by stage and the
highest memory held.
"""

from __future__ import annotations

import argparse
import resource
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from analyzer.config import ProfileConfig
from analyzer.model import default_bundle, read_bundle
from analyzer.profile import account_facts, build_profiles, merge_totals, totals
from analyzer.schema import KEPT_POST, NICHES, POSTERIOR_BINS, PPM, PROMOS, TAG

CHUNK = 1000
FEWEST, MOST = 5, 60
ASIDE, ADS = 0.2, 0.1
START = datetime(2025, 1, 1, tzinfo=UTC)


def generated(first: int, accounts: int, rates: Any, rng: np.random.Generator) -> pa.Table:
    """KEPT_POST of so many accounts."""
    posts = rng.integers(FEWEST, MOST + 1, accounts)
    owner = np.repeat(np.arange(accounts), posts)
    size = len(owner)
    share = rng.beta(rates.prior[0], rates.prior[1], accounts)
    passion = rng.random(size) < share[owner]
    bins = np.where(
        passion,
        rng.choice(POSTERIOR_BINS, size, p=np.array(rates.passion) / sum(rates.passion)),
        rng.choice(POSTERIOR_BINS, size, p=np.array(rates.brand) / sum(rates.brand)),
    )
    niche = (rng.integers(0, len(NICHES), accounts)[owner] + (rng.random(size) < ASIDE)) % len(
        NICHES
    )
    promo = rng.choice(len(PROMOS), size, p=(0.85, 0.05, 0.1))
    number = [f"tiktok:{first + int(a):07d}-{n}" for n, a in enumerate(owner)]
    columns: dict[str, Any] = {
        "post_id": number,
        "account_id": [f"tiktok:account{first + int(a):07d}" for a in owner],
        "account_name": [f"Account {first + int(a)}" for a in owner],
        "platform": ["tiktok"] * size,
        "text": [f"caption {n} of an account that does not exist" for n in range(size)],
        "posted_at": [START + timedelta(days=int(day)) for day in rng.integers(0, 500, size)],
        "hashtags": [[]] * size,
        "mentions": [[]] * size,
        "likes": rng.integers(0, 10_000, size),
        "views": rng.integers(0, 1_000_000, size),
        "followers": rng.integers(100, 1_000_000, size),
        "is_ad": rng.random(size) < ADS,
        "source_format": ["jsonl"] * size,
        "source_file": ["generated"] * size,
        "source_row": np.arange(size) + 1,
        "content_hash": number,
        "model_id": ["generated"] * size,
        "prob_ppm": np.minimum(((bins + rng.random(size)) * PPM / POSTERIOR_BINS), PPM).astype(int),
        "niche": np.array(NICHES)[niche].tolist(),
        "niche_ppm": np.full(size, 700_000),
        "promo": np.array(PROMOS)[promo].tolist(),
        "promo_ppm": np.full(size, 800_000),
        "sign_off": [[]] * size,
        "missing": [[]] * size,
        "cannot_carry": [[]] * size,
    }
    arrays = [
        pa.array(columns[f.name], f.type) if f.name in columns else pa.nulls(size, f.type)
        for f in KEPT_POST
    ]
    return pa.table(arrays, schema=KEPT_POST)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    rates = read_bundle(default_bundle()).manifest.rates
    rng = np.random.default_rng(args.seed)
    spent = {"totals": 0.0, "facts": 0.0, "profiles": 0.0}
    sums, facts, posts = [], [], 0
    for first in range(0, args.accounts, CHUNK):
        size = min(CHUNK, args.accounts - first)
        table = generated(first, size, rates.measured["tiktok"], rng)
        posts += table.num_rows
        begun = time.perf_counter()
        sums.append(totals(table, table.select(TAG.names)))
        halfway = time.perf_counter()
        facts.append(account_facts(table, table.select(TAG.names)))
        spent["totals"] += halfway - begun
        spent["facts"] += time.perf_counter() - halfway
    begun = time.perf_counter()
    merged, joined = merge_totals(sums), pa.concat_tables(facts)
    profiles = build_profiles(merged, joined, rates, ProfileConfig(), model_id="generated")
    spent["profiles"] = time.perf_counter() - begun
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{profiles.num_rows:,} accounts, {posts:,} posts; at most {held:,.0f} MB held")
    for name, seconds in (spent | {"together": sum(spent.values())}).items():
        print(f"{name:<9} {seconds:7.1f} s")


if __name__ == "__main__":
    main()
