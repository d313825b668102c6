"""The demonstration corpus: what its data card promises, and that it is read whole."""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from analyzer.schema import PLATFORMS
from analyzer.sources import read_posts

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "corpora" / "demo"
GRAM = 4
LARGEST = 2_000_000


@pytest.fixture(scope="module")
def batches() -> list[Any]:
    return list(read_posts([DEMO]))


@pytest.fixture(scope="module")
def posts(batches: list[Any]) -> list[dict[str, Any]]:
    return [post for batch in batches for post in batch.posts.to_pylist()]


def by_account(posts: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    accounts = defaultdict(list)
    for post in posts:
        accounts[post["account_id"]].append(post)
    return accounts


def grams(text: str) -> set[tuple[str, ...]]:
    """All runs of GRAM syllables; a shorter text is one run of all it has."""
    syllables = re.findall(r"[^\W_]+", text.lower())
    if len(syllables) < GRAM:
        return {tuple(syllables)} if syllables else set()
    return {tuple(syllables[i : i + GRAM]) for i in range(len(syllables) - GRAM + 1)}


def overlaps(texts: list[str], most: float) -> list[tuple[float, str, str]]:
    """Pairs of texts that share more than `most` of the shorter one's runs."""
    sets = [grams(text) for text in texts]
    holders = defaultdict(list)
    for number, runs in enumerate(sets):
        for run in runs:
            holders[run].append(number)
    shared = Counter(pair for numbers in holders.values() for pair in combinations(numbers, 2))
    return [
        (count / min(len(sets[a]), len(sets[b])), texts[a], texts[b])
        for (a, b), count in shared.items()
        if count > most * min(len(sets[a]), len(sets[b]))
    ]


def test_the_overlap_measure_finds_a_template() -> None:
    first = "hôm nay mình đi ăn bún chả ở phố cổ với mẹ"
    second = "hôm nay mình đi ăn bún chả ở phố núi với ba"
    other = "sáng dậy sớm tưới cây rồi ngồi đọc sách tới trưa"
    assert [pair[1:] for pair in overlaps([first, other, second], 0.5)] == [(first, second)]
    assert overlaps([first, second], 0.9) == []
    assert len(overlaps(["hết bánh", "Hết bánh!"], 0.5)) == 1


def test_every_file_is_read_without_a_reject(batches: list[Any]) -> None:
    assert [row for batch in batches for row in batch.rejects.to_pylist()] == []
    read = {post["source_file"] for batch in batches for post in batch.posts.to_pylist()}
    # an Instaloader folder holds the account's own file and each caption a second time
    beside = re.compile(r"_UTC\.txt|gom\.chieuque_\d+\.json\.xz")
    files = {p.relative_to(DEMO.parent).as_posix() for p in DEMO.rglob("*") if p.is_file()}
    assert {name for name in files - read if not beside.search(name)} == set()


def test_accounts_and_posts_are_as_many_as_promised(posts: list[dict[str, Any]]) -> None:
    accounts = by_account(posts)
    assert len(accounts) == 24
    assert {name: len(p) for name, p in accounts.items() if not 15 <= len(p) <= 25} == {}
    platforms = Counter(name.split(":")[0] for name in accounts)
    assert platforms == {"tiktok": 8, "instagram": 5, "youtube": 3, "facebook": 5, "blog": 3}
    assert platforms.keys() <= set(PLATFORMS)
    assert len({post["post_id"] for post in posts}) == len(posts)


def test_the_export_formats_of_the_card_are_there(posts: list[dict[str, Any]]) -> None:
    assert {post["source_format"] for post in posts} == {
        "tiktok_web", "apify_tiktok", "apify_instagram", "instaloader", "ytdlp", "csv", "jsonl",
    }  # fmt: skip


def test_what_every_real_export_has_is_there(posts: list[dict[str, Any]]) -> None:
    for post in posts:
        assert post["text"].strip(), post["post_id"]
        assert post["posted_at"] is not None, post["post_id"]
        assert post["account_name"], post["post_id"]
        assert post["url"], post["post_id"]
        # a blog has no id of its own: its posts go by their content
        by_content = post["post_id"].startswith(f"{post['platform']}:sha256-")
        assert by_content == (post["platform"] == "blog"), post["post_id"]


def test_no_two_posts_share_more_than_half_of_their_runs(posts: list[dict[str, Any]]) -> None:
    texts = [f"{post['title'] or ''}\n{post['text']}" for post in posts]
    assert overlaps(texts, 0.5) == []


def test_nothing_in_it_reaches_a_real_person(posts: list[dict[str, Any]]) -> None:
    number = re.compile(r"(?<![\d.,])(?:\+?84|0)[\d .]{8,12}\d")
    for post in posts:
        text = f"{post['title'] or ''}\n{post['text']}"
        numbers = [re.sub(r"\D", "", found) for found in number.findall(text)]
        assert set(numbers) <= {"0900000000"}, post["post_id"]
        assert not re.search(r"https?://|\S@\S+\.\w", text), post["post_id"]
    blogs = [post["url"] for post in posts if post["platform"] == "blog"]
    assert all(re.match(r"https://[a-z]+\.example/", url) for url in blogs)


def test_the_card_names_every_account_and_no_other(posts: list[dict[str, Any]]) -> None:
    card = (ROOT / "corpora" / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z]+:[^`]+)` \| (\d+) \|", card, flags=re.MULTILINE)
    accounts = by_account(posts)
    assert dict(rows) == {name: str(len(found)) for name, found in accounts.items()}
    assert len(rows) == len(accounts)


def test_it_is_small() -> None:
    assert sum(p.stat().st_size for p in DEMO.rglob("*") if p.is_file()) < LARGEST


def test_it_is_not_part_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == ["analyzer"]
