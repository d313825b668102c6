"""The hand-written labelled posts are what their data card says."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from analyzer.pipeline.labels import read_labelled
from analyzer.schema import NICHES, PLATFORMS

FOLDER = Path(__file__).parents[2] / "corpora"
POSTS = FOLDER / "gate" / "posts.jsonl"


@pytest.fixture(scope="module")
def posts() -> list[dict[str, Any]]:
    lines = POSTS.read_text(encoding="utf-8").rstrip("\n").split("\n")
    return [json.loads(line) for line in lines]


def test_they_are_read_as_labels(posts: list[dict[str, Any]]) -> None:
    data = read_labelled(POSTS)
    assert len(data.raw) == len(posts) == 260
    assert set(data.platforms) <= set(PLATFORMS)


def test_the_card_counts_them(posts: list[dict[str, Any]]) -> None:
    card = (FOLDER / "README.md").read_text(encoding="utf-8").partition("`corpora/gate`")[2]
    count = {name: Counter(post[name] for post in posts) for name in posts[0]}
    drive, clarity, promo = count["drive"], count["clarity"], count["promo"]
    assert f"260 invented posts of {len(count['account'])} invented accounts" in card
    assert f"{drive['passion']} passion, {drive['brand']} brand" in card
    assert ", ".join(f"{degree}: {clarity[degree]}" for degree in (3, 2, 1, 0)) in card
    assert f"{promo['own']} promote their own business, {promo['third_party']} somebody" in card
    assert set(count["niche"]) == set(NICHES)
    assert min(count["niche"].values()) == 6
    assert f"TikTok {count['platform']['tiktok']}, Facebook {count['platform']['facebook']}" in card


def test_no_text_stands_twice_and_all_are_nfc(posts: list[dict[str, Any]]) -> None:
    texts = [post["text"] for post in posts]
    assert len(set(texts)) == len(texts)
    assert [text for text in texts if unicodedata.normalize("NFC", text) != text] == []
    assert [post["id"] for post in posts] == [f"g{n:03d}" for n in range(1, 261)]
