"""The published labels: what their data card promises, and that they join with texts again."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from analyzer.errors import InputError
from analyzer.pipeline.labelling.published import COLUMNS, read_published, rejoin
from analyzer.pipeline.labelling.words import WORDS
from analyzer.pipeline.labelling.write import write_rejoined
from analyzer.pipeline.labels import read_labelled
from analyzer.schema import NICHES
from analyzer.sources import read_posts

ROOT = Path(__file__).parents[2]
LABELS = ROOT / "corpora" / "labels" / "labels.csv"
CARD = (ROOT / "corpora" / "labels" / "README.md").read_text(encoding="utf-8")
GUIDELINE = (ROOT / "corpora" / "GUIDELINE.md").read_text(encoding="utf-8")
LABELLED = Path(__file__).resolve().parents[3] / "shared" / "data" / "labelled.jsonl"


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with LABELS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def publishing() -> Any:
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import publish_labels
    finally:
        sys.path.pop(0)
    return publish_labels


def test_it_holds_places_and_labels_and_no_text(rows: list[dict[str, str]]) -> None:
    assert set(rows[0]) == {"source", "key", "drive", "clarity", "niche", "promo"}
    for row in rows:
        assert re.fullmatch(r"[\w-]+/[\w.-]+", row["source"]), row
        assert re.fullmatch(r"[0-9]{19}|[^\s,]+\.md", row["key"]), row
        for field in ("drive", "clarity", "niche", "promo"):
            assert row[field] in WORDS[field]
    assert len({row["key"] for row in rows}) == len(rows)
    assert rows == sorted(rows, key=lambda row: (row["source"], row["key"]))


def test_its_card_gives_the_true_counts(rows: list[dict[str, str]], publishing: Any) -> None:
    assert publishing.tables([tuple(row.values()) for row in rows]) in CARD
    assert f"{len(rows):,} labels of real posts" in CARD


def test_it_is_what_the_script_writes(publishing: Any, tmp_path: Path) -> None:
    if not LABELLED.exists():
        pytest.skip(f"{LABELLED} is not here")
    lines = LABELLED.read_bytes().split(b"\n")
    published = publishing.publishable([json.loads(line) for line in lines if line])
    publishing.write(published, tmp_path / "labels.csv")
    assert (tmp_path / "labels.csv").read_bytes() == LABELS.read_bytes()


def test_it_joins_with_the_real_posts() -> None:
    if not LABELLED.exists():
        pytest.skip(f"{LABELLED} is not here")
    found = rejoin(LABELS, read_posts([LABELLED], mapping={"id": "key"}))
    assert found.found == found.published
    given = {row["key"]: row for line in LABELLED.read_bytes().split(b"\n") if line
             for row in [json.loads(line)] if row.get("key")}  # fmt: skip
    for label in found.labels:
        row = given[label["key"]]
        assert label["text"] == row["text"]
        assert [label[f] for f in WORDS] == [row[f] for f in WORDS]


def test_keys_that_lead_nowhere_are_not_published(publishing: Any) -> None:
    row = {
        "source": "a/b", "platform": "tiktok", "drive": "brand", "clarity": 2, "niche": "food",
        "promo": "none", "text": "phở", "account": "a",
    }  # fmt: skip
    keys = ("7464413304312679688", "7.47607001790638e+18", "0", "", None)
    found = publishing.publishable([row | {"key": key} for key in keys])
    assert found == [("a/b", "7464413304312679688", "brand", "2", "food", "none")]
    twice = [row | {"key": keys[0]}] * 2
    with pytest.raises(ValueError, match="a key stands twice"):
        publishing.publishable(twice)
    with pytest.raises(ValueError, match="niche holds 'cooking'"):
        publishing.publishable([row | {"key": keys[0], "niche": "cooking"}])


def labels(path: Path, *keys: str) -> Path:
    lines = [f"a/b,{key},passion,2,food,none" for key in keys]
    path.write_text("\n".join([",".join(COLUMNS), *lines, ""]), encoding="utf-8")
    return path


def snippet(mark: str) -> str:
    """The Python of the data card that holds the mark."""
    codes: list[str] = re.findall(r"```python\n(.*?)\n```\n", CARD, re.DOTALL)
    return next(code for code in codes if mark in code)


def test_the_card_s_way_to_join_tables_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "finalProject" / "data"
    folder.mkdir(parents=True)
    (folder / "raw_data.csv").write_text(
        "user_name,vid_id,vid_caption,vid_postTime,vid_hashtags\n"
        'bep.ut,7500000000000000001,Nấu bún nước lèo,2025-05-21 09:44:45,"bunnuocleo, mientay"\n'
        "bep.ut,7500000000000000002,Đi chợ sớm,2025-05-22 09:44:45,\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    exec(snippet("vid_hashtags"), {})  # noqa: S102 - our own data card
    given = labels(tmp_path / "labels.csv", "7500000000000000001", "7500000000000000009")
    posts = read_posts(["ie403.csv"], mapping={"id": "vid_id", "account": "user_name"})
    found = rejoin(given, posts)
    assert [(x["post_id"], x["account"], x["text"]) for x in found.labels] == [
        (
            "tiktok:7500000000000000001",
            "tiktok:bep.ut",
            "Nấu bún nước lèo #bunnuocleo #mientay",
        )
    ]
    assert (found.found, found.published) == ({"a/b": 1}, {"a/b": 2})
    write_rejoined(found, tmp_path / "out.jsonl")
    labelled = read_labelled(tmp_path / "out.jsonl")
    assert (labelled.drive.tolist(), labelled.clarity.tolist()) == ([0], [2])


def test_the_card_s_way_to_join_articles_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "hugoblog" / "content"
    folder.mkdir(parents=True)
    (folder / "lau.md").write_text(
        "+++\ndate = '2026-03-09'\ntitle = 'Lẩu mắm'\n+++\nNước lèo nấu từ **mắm** cá linh.\n"
        '{{< figure src="/a.webp" >}}\n## Cách nấu\nXem [ở đây](https://x.example).\n',
        encoding="utf-8",
    )
    (folder / "web.md").write_text("---\ntitle: Web\n---\nKhông có gì.\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    exec(snippet("hugoblog"), {})  # noqa: S102 - our own data card
    found = rejoin(
        labels(tmp_path / "labels.csv", "content/lau.md", "content/web.md"),
        read_posts(["blog.jsonl"]),
    )
    assert [label["title"] for label in found.labels] == ["Lẩu mắm", "Web"]
    assert found.labels[0]["text"].split() == [
        "Nước",
        "lèo",
        "nấu",
        "từ",
        "mắm",
        "cá",
        "linh.",
        "Cách",
        "nấu",
        "Xem",
        "ở",
        "đây.",
    ]


def test_no_common_post_is_an_error_with_the_remedy(tmp_path: Path) -> None:
    given = labels(tmp_path / "labels.csv", "7500000000000000009")
    posts = tmp_path / "posts.csv"
    posts.write_text("id,account,text\n1,a,phở\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"none of the 1 keys .* of the 1 posts .*--map id=COLUMN"):
        rejoin(given, read_posts([posts]))


def test_another_file_is_no_published_labels(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,drive\nphở,brand\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"has the columns text, drive; .*labels\.csv"):
        read_published(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_published(tmp_path / "none.csv")


def test_the_guideline_names_every_code_in_both_languages() -> None:
    english, vietnamese = GUIDELINE.split("\n---\n")
    for part in (english, vietnamese):
        named = Counter(re.findall(r"`(\w+)`", part))
        for field in ("drive", "clarity", "niche", "promo"):
            assert set(WORDS[field]) <= set(named), field
        assert len(re.findall(r"^\d+\. \*\*", part, re.MULTILINE)) == 15
    assert len(NICHES) == len(WORDS["niche"])


@pytest.mark.parametrize("page", ["corpora/GUIDELINE.md", "corpora/labels/README.md"])
def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    links = re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
    assert [
        to for to in links if "://" not in to and "\\" not in to and not (path.parent / to).exists()
    ] == []
