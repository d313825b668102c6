"""Write the hashtags that stand for reach and no subject: analyzer/text/generic_hashtags.txt.

    python scripts/generic_hashtags.py ../shared/data

Counts the hashtags of `labelled.jsonl` and `unlabelled.jsonl.zst`. Generic is a hashtag

1. in posts of MIN_ACCOUNTS labelled accounts and more, whose niches, as the reader gave them, are
   spread nearly as those of all posts: the divergence (Kullback-Leibler, in bits, corrected for its
   bias at small counts) is at most MOST_BITS, and no person who read the list put it on NAMES,
   since it names something all the same (a place, a feast, a company, a kind of post);
2. of MIN_ACCOUNTS accounts and more, which is made of such hashtags, years and signs only:
   xuhuongtiktok, viralvideo2024, fypシ゚viral.

A line holds one, in small letters. Stretched ones (fyppppp) stand there as what they are stretched
from. `--all` prints what 1. finds, NAMES among it, with its figures.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import regex

from analyzer.atomic import atomic_path
from analyzer.sources import read_posts
from analyzer.text import full_text, normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MIN_ACCOUNTS: Final = 5
"""So that no entry can be traced to one of them."""
MOST_BITS: Final = 1.2
"""Niches of 22; all posts of one niche are 1.8 bits away (food) and more."""
OUT: Final = Path(__file__).parents[1] / "analyzer" / "text" / "generic_hashtags.txt"

_NAMES: Final = """
    trungquoc hanoi saigon tphcm tet tet2025 tết ngayquockhanh valentine damcuoi thanhthoiluottet
    schannel vtvcab mcv dcgr vtmgr jollibee metub vulaci boxstudio lunyentertainment theanh28 dqn
    pepsi ffws2023 master2023bytiktok happyvietnam
    coffee dailyvlog vlog review tinhyeu tiktokgiaitri hoccungtiktok
"""
"""Places and feasts; companies, brands, campaigns; kinds of posts and subjects."""
NAMES: Final = frozenset(_NAMES.split())
"""What rule 1 finds and yet names something: read by eye."""

_TAG: Final = regex.compile(r"[#＃]([\p{L}\p{M}\p{N}_]{1,150})")
_STRETCHED: Final = regex.compile(r"(.)\1{2,}+")
_SIGNS: Final = r"20\d\d|[_\p{Katakana}\p{M}]"


def main() -> None:
    """Write the list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder of labelled.jsonl, unlabelled.jsonl.zst")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--all", action="store_true", help="print all that is spread")
    args = parser.parse_args()
    niches, owners = _labelled(args.data / "labelled.jsonl")
    every = _owners(args.data)
    bits = _spread(niches, owners)
    if args.all:
        for tag in sorted(bits, key=lambda tag: bits[tag]):
            posts = sum(niches[tag].values())
            mark = "names " if tag in NAMES else ""
            print(
                f"{bits[tag]:5.2f} bits {posts:5,} posts {len(every[tag]):5,} accounts {mark}{tag}"
            )
    spread = {tag for tag in bits if bits[tag] <= MOST_BITS} - NAMES
    generic = spread | _made_of(spread, every)
    with atomic_path(args.out) as part:
        part.write_text("".join(f"{tag}\n" for tag in sorted(generic)), encoding="utf-8")
    print(f"{len(spread):,} spread over the niches, {len(generic - spread):,} made of them")


def _labelled(path: Path) -> tuple[dict[str, Counter[str]], dict[str, set[str]]]:
    """By hashtag: niches of posts of clarity 1 and more, and their accounts; "" is all posts."""
    niches: defaultdict[str, Counter[str]] = defaultdict(Counter)
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for line in path.read_bytes().rstrip(b"\n").split(b"\n"):
        row = json.loads(line)
        if not row["clarity"]:
            continue
        for tag in {"", *_tags(row["text"])}:
            niches[tag][row["niche"]] += 1
            owners[tag].add(row["account"])
    return dict(niches), dict(owners)


def _owners(data: Path) -> dict[str, set[str]]:
    """Accounts by hashtag, of all posts."""
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for batch in read_posts([data / "labelled.jsonl", data / "unlabelled.jsonl.zst"]):
        columns = (batch.posts.column(name).to_pylist() for name in ("title", "text", "account_id"))
        for title, text, account in zip(*columns, strict=True):
            for tag in _tags(full_text(title, text)):
                owners[tag].add(account)
    return dict(owners)


def _tags(text: str) -> set[str]:
    (normal,) = normalise([text])
    return {_STRETCHED.sub(r"\1", tag.lower()) for tag in _TAG.findall(normal)}


def _spread(niches: Mapping[str, Counter[str]], owners: Mapping[str, set[str]]) -> dict[str, float]:
    """Divergence of the niches of each common hashtag from those of all posts, in bits."""
    total = sum(niches[""].values())
    out = {}
    for tag, counts in niches.items():
        if not tag or tag.isdecimal() or len(owners[tag]) < MIN_ACCOUNTS:
            continue
        here = np.array(list(counts.values()), np.float64)
        all_posts = np.array([niches[""][niche] for niche in counts]) / total
        share = here / here.sum()
        bias = (len(here) - 1) / (2 * here.sum() * np.log(2))  # Miller and Madow
        out[tag] = float((share * np.log2(share / all_posts)).sum() - bias)
    return out


def _made_of(parts: Iterable[str], owners: Mapping[str, set[str]]) -> set[str]:
    """Hashtags of enough accounts that are parts, years and signs from end to end."""
    pieces = "|".join(regex.escape(part) for part in sorted(parts, key=len, reverse=True))
    whole = regex.compile(rf"(?:{pieces}|{_SIGNS})+")
    return {
        tag
        for tag, accounts in owners.items()
        if len(accounts) >= MIN_ACCOUNTS and not tag.isdecimal() and whole.fullmatch(tag)
    }


if __name__ == "__main__":
    main()
