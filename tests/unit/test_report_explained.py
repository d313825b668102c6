"""An explained tag in a terminal and on a page: all that matters in words, captions are text."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from analyzer.errors import StoreError
from analyzer.pipeline.explain import Pushes, Removal, TagExplanation, WordPush
from analyzer.report.explained import UNIT, explained_post, figure
from analyzer.report.explained_page import render_explained, write_explained

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "Chỉ cách nấu phở, giảm giá 30%"
HOSTILE = "[red]phở[/red]\x1b[31m \x07\u202engon<script>\r\n \ud800 [link=file:///x]y[/link]"
PUSHES = [("Chỉ", 0.02), ("cách nấu", 0.9), ("phở", 0.4), ("giảm giá", -1.2), ("30%", -0.3)]
SILENT = TagExplanation(head="drive", pushes=None, abstained="no_words")


def word(text: str, of: str, push: float) -> WordPush:
    return WordPush(start=text.index(of), end=text.index(of) + len(of), push=push)


def explained(
    text: str, pushes: list[tuple[str, float]], *, head: str = "drive", **more: object
) -> TagExplanation:
    words = tuple(word(text, of, push) for of, push in pushes)
    given = {"said": "passion", "prob_ppm": 714_900, "empty": 1.1, "whole": 0.92, "together": 1}
    return TagExplanation(
        head=head,
        pushes=Pushes(**{**given, "words": words, **more}),  # type: ignore[arg-type]
        abstained=None,
    )


def terminal(
    text: str, told: TagExplanation, removal: Removal | None = None, *, colours: bool = False
) -> str:
    sink = io.StringIO()
    system = "standard" if colours else None
    console = Console(file=sink, width=200, force_terminal=colours, color_system=system)  # type: ignore[arg-type]
    console.print(explained_post(text, told, removal))
    return sink.getvalue()


def page(text: str, told: TagExplanation, removal: Removal | None = None) -> str:
    return render_explained(text, told, removal, model_id="fake@1")


def test_the_tag_the_text_both_sides_and_the_sums() -> None:
    removal = Removal(words=(word(TEXT, "phở", 0.4),), prob_ppm=400_000, abstained=None)
    assert terminal(TEXT, explained(TEXT, PUSHES), removal).splitlines() == [
        "passion 71.5%, brand 28.5%",
        TEXT,
        "",
        "for passion: cách nấu +0.90 · phở +0.40 · Chỉ +0.02",
        "for brand: giảm giá -1.20 · 30% -0.30",
        "",
        'Removing "phở" moves the probability of passion from 71.5% to 40.0%: tried, not computed.',
        f"The figures are {UNIT}.",
        (
            "A post without words stands at +1.10, all words move it by -0.18, so this one stands "
            "at +0.92: passion 71.5%, brand 28.5%."
        ),
    ]


def test_where_brand_is_likelier_the_removal_is_told_of_brand() -> None:
    removal = Removal(words=(word(TEXT, "30%", -0.3),), prob_ppm=600_000, abstained=None)
    text = terminal(TEXT, explained(TEXT, PUSHES, prob_ppm=200_000), removal)
    assert 'Removing "30%" moves the probability of brand from 80.0% to 40.0%' in text


def test_a_removal_that_leaves_nothing_says_so() -> None:
    removal = Removal(words=(word(TEXT, "30%", -0.3),), prob_ppm=None, abstained="no_words")
    text = terminal(TEXT, explained(TEXT, PUSHES), removal)
    assert 'Without "30%" the rest would not be judged: no words in it' in text
    none = Removal(words=(), prob_ppm=714_900, abstained=None)
    assert "Removing" not in terminal(TEXT, explained(TEXT, PUSHES), none)


def test_in_a_terminal_a_long_list_is_cut_and_counted_and_an_empty_one_said() -> None:
    text = " ".join(f"từ{number:02}" for number in range(11))
    told = explained(text, [(of, 0.5) for of in text.split()])
    lines = terminal(text, told).splitlines()
    assert lines[3].endswith("từ07 +0.50 · and 3 more")
    assert lines[4] == "for brand: nothing"


@pytest.mark.parametrize(
    ("head", "said", "shown", "against"),
    [
        ("niche", "food", "niche: food 71.5%", "against food: giảm giá -1.20"),
        ("promo", "own", "promo: promotes its own business 71.5%", "against own: giảm giá"),
    ],
)
def test_other_heads(head: str, said: str, shown: str, against: str) -> None:
    text = terminal(TEXT, explained(TEXT, PUSHES, head=head, said=said))
    assert shown in text
    assert against in text


def test_runs_of_words_and_abstentions_are_said() -> None:
    runs = explained(TEXT, PUSHES, together=3)
    why = "Not judged, so there is nothing to explain: no words in it"
    for show in (terminal, page):
        assert "3 words at a time were taken as one" in show(TEXT, runs)
        assert why in show("😍", SILENT)
        assert "😍" in show("😍", SILENT)


def test_in_a_terminal_strong_words_are_bold_and_weak_ones_as_they_are() -> None:
    line = terminal(TEXT, explained(TEXT, PUSHES), colours=True).splitlines()[1]
    assert "\x1b[1;36mcách nấu\x1b[0m" in line
    assert "\x1b[36mphở\x1b[0m" in line
    assert "\x1b[1;33mgiảm giá\x1b[0m" in line
    assert line.startswith("Chỉ ")


def test_on_the_page_the_text_is_whole_and_sides_are_told_without_colour() -> None:
    shown = page(TEXT, explained(TEXT, PUSHES))
    (quote,) = re.findall(r"<blockquote.*?><p>(.*)</p></blockquote>", shown)
    assert re.sub(r"<small>.*?</small>|<.*?>", "", quote) == TEXT
    assert '<span class="for strong">cách nấu<small>+0.90</small></span>' in quote
    assert '<span class="against strong">giảm giá<small>-1.20</small></span>' in quote
    assert quote.startswith("Chỉ ")
    rows = re.findall(r'<bdi lang="vi">(.*?)</bdi></th><td class="num">(.*?)</td>', shown)
    assert sorted(rows) == sorted((of, figure(push)) for of, push in PUSHES)


def test_the_page_needs_nothing_else_and_allows_its_own_style_alone() -> None:
    shown = page(TEXT, explained(TEXT, PUSHES))
    (css,) = re.findall(r"<style>(.*?)</style>", shown, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in shown
    assert ".against { color: var(--influencer); text-decoration: underline dashed" in css
    assert not re.findall(r"<script|<link|<img|\bsrc=|url\(|\bstyle=|https?:", shown)


@pytest.mark.parametrize("show", [terminal, page])
def test_what_comes_with_a_post_is_text(show: object) -> None:
    assert callable(show)
    told = explained(HOSTILE, [("[red]phở[/red]\x1b[31m", 0.5), ("\u202engon<script>", -0.5)])
    removal = Removal(
        words=(word(HOSTILE, "\u202engon<script>", -0.5),), prob_ppm=1, abstained=None
    )
    for text in (show(HOSTILE, told, removal), show(HOSTILE, SILENT)):
        assert "[red]phở[/red]" in text
        assert "[link=file:///x]y[/link]" in text
        assert not set(text) & set("\x1b\x07\u202e\r\ud800")
        assert show is terminal or "ngon&lt;script&gt;" in text
        assert show is terminal or "<script" not in text


def test_figures_have_a_sign_unless_they_are_nothing() -> None:
    assert [figure(push) for push in (1.234, -0.5, 0.004, -0.004, 10.0)] == [
        "+1.23", "-0.50", "0.00", "0.00", "+10.00",
    ]  # fmt: skip


def test_the_page_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    told = explained(TEXT, PUSHES)
    write_explained(TEXT, told, None, tmp_path / "why.html", model_id="fake@1")
    assert (tmp_path / "why.html").read_text(encoding="utf-8") == page(TEXT, told)
    with pytest.raises(StoreError, match="make that folder first"):
        write_explained(TEXT, told, None, tmp_path / "no" / "why.html", model_id="fake@1")
