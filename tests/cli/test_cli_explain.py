"""`analyzer explain` as its user meets it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from cli_samples import CAPTIONS, analyzer, posts

if TYPE_CHECKING:
    from pathlib import Path


def flat(output: str) -> str:
    return " ".join(output.split())


def test_a_caption_is_explained_in_words_and_on_a_page(tmp_path: Path) -> None:
    page = tmp_path / "why.html"
    done = analyzer("explain", CAPTIONS[3], "-o", page)
    assert done.exit_code == 0, done.output
    said = flat(done.output)
    assert re.match(r"passion \d+\.\d%, brand \d+\.\d% <script>", said)
    assert re.search(r"for passion: .*quán [+]\d\.\d\d", said)
    assert re.search(r"Removing .* moves the probability of (passion|brand) from .*% to .*%", said)
    assert said.endswith(f"Page: {page}")
    html = page.read_text(encoding="utf-8")
    assert "&lt;script&gt;" in re.sub(r"<small>.*?</small>|</?span.*?>", "", html)
    assert "<script" not in html
    assert "<img" not in html


def test_a_post_of_an_export_is_explained_by_its_id(tmp_path: Path) -> None:
    export = posts(tmp_path / "a.jsonl")
    done = analyzer("explain", "--file", export, "--post", "tiktok:0-1", "--head", "niche")
    assert done.exit_code == 0, done.output
    first, second, *_ = done.output.splitlines()
    assert re.fullmatch(r"niche: [a-z_]+ \d+\.\d%", first)
    assert second.startswith(CAPTIONS[1][:20])


def test_an_abstained_post_says_why_there_is_nothing_to_explain() -> None:
    done = analyzer("explain", "🥰🥰🥰")
    assert done.exit_code == 0
    assert "Not judged, so there is nothing to explain: no words in it" in flat(done.output)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "pass a TEXT, or --file FILE with --post ID"),
        (["phở", "--post", "1"], "pass a TEXT, or --file FILE with --post ID"),
        (["--file", "a.jsonl"], "pass a TEXT, or --file FILE with --post ID"),
        (["phở", "--head", "role"], "no head 'role'; pass one of drive, niche, promo"),
    ],
)
def test_what_cannot_be_explained_ends_with_the_remedy(given: list[str], said: str) -> None:
    done = analyzer("explain", *given)
    assert done.exit_code == 2
    assert said in done.stderr
