"""The evaluation's page, file and terminal print: posts are inert in them, nothing is NaN."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from evaluation_samples import PLATFORM_RATES, answers, labelled
from report_samples import HOSTILE_TEXT
from rich.cells import cell_len
from rich.console import Console
from test_report_html import Page, assert_inert

from analyzer.errors import StoreError
from analyzer.pipeline import artificial
from analyzer.pipeline.calibrate import as_said
from analyzer.pipeline.evaluate import Evaluation, evaluate
from analyzer.report.evaluation import (
    CLARITIES,
    HEADLINE_WORDS,
    SEEN,
    confusions,
    evaluation_json,
    render_evaluation,
    shown,
    signed,
    write_evaluation,
)
from analyzer.report.evaluation_table import evaluation_tables
from analyzer.schema import NICHES

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.pipeline.evaluate import Seen
    from analyzer.pipeline.labels import Labelled


def judged(data: Labelled, **changes: Any) -> Evaluation:
    said = as_said(answers(data), temperature=1.0, promo_odds=2.0)
    found = evaluate(
        said, data, rates=PLATFORM_RATES, resamples=30, model_id="vn-test@0123456789ab"
    )
    return replace(found, **changes)


def hostile(posts: int = 60) -> Labelled:
    data = labelled(posts=posts, clarity=np.full(posts, 2))
    texts = [f"{HOSTILE_TEXT} \x1b[31m {n}" for n in range(posts)]
    return replace(
        data, raw=texts, accounts=np.array([f"{HOSTILE_TEXT}{n % 12}" for n in range(posts)])
    )


def printed(evaluation: Evaluation) -> str:
    sink = io.StringIO()
    console = Console(file=sink, width=80, highlight=False)
    console.print(evaluation_tables(evaluation))
    return sink.getvalue()


@pytest.fixture(autouse=True)
def _few_artificial_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artificial, "REPEATS", 1)


with pytest.MonkeyPatch.context() as patch:
    patch.setattr(artificial, "REPEATS", 2)
    COMMON = judged(labelled(posts=900))


def test_posts_and_names_are_text_on_the_page() -> None:
    page = assert_inert(render_evaluation(judged(hostile(400))))
    text = "".join(page.texts)
    assert "<script>alert(1)</script>" in text
    assert len(page.values("dir")) == 20
    assert [tag for tag in page.tags if tag == "blockquote"] == ["blockquote"] * 20


def test_the_page_needs_nothing_else() -> None:
    html = render_evaluation(COMMON)
    page = assert_inert(html)
    (policy,) = [v for v in page.values("content") if "default-src" in v]
    css = html.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy
    assert not re.search(r"@import|url\(|@font-face", css)
    classes = {name for value in page.values("class") for name in value.split()}
    unknown = {name for name in classes if f".{name}" not in css}
    assert unknown <= {"drive", "promo", "figures"}


def test_the_page_and_the_table_say_what_fewer_answers_win() -> None:
    found = COMMON.selective
    assert found is not None
    html = render_evaluation(COMMON)
    text, table = " ".join(Page(html).texts), printed(COMMON)
    half = next(at for at in found.points if at.coverage == 0.5)
    assert half.risk.value is not None
    assert f"{half.risk.value:.3f}" in text
    assert f"{half.confidence:.1%}" in text
    assert "50%" in table
    assert f"{half.confidence:.1%}" in table
    assert html.count('class="band"') == 1
    (curve,) = re.findall(r'class="curve corrected" d="(M[^"]+)"', html.partition("AURC")[0])
    assert curve.count("L") == len(found.points) - 1


def test_a_few_posts_have_no_curve() -> None:
    few = judged(labelled(posts=20))
    assert few.selective is None
    assert "Not enough posts: 30 are needed." in " ".join(Page(render_evaluation(few)).texts)
    assert "not answered" not in printed(few)


def test_the_page_says_every_figure() -> None:
    text = " ".join(Page(render_evaluation(COMMON)).texts)
    for name in HEADLINE_WORDS.values():
        assert name in text
    f1 = COMMON.clear.figures["drive_f1"]
    assert f1.value is not None
    assert f"{f1.value:.3f}" in text
    assert f"{f1.low:.3f} to {f1.high:.3f}" in text
    for name in (*NICHES, *CLARITIES.values(), "TikTok", "third party", "200 and more"):
        assert name in text, name
    assert "not enough posts" in text
    assert "Samples of 100 posts" in text
    assert "Facebook: error rates not measured there" in text
    assert "row " in text


@pytest.mark.parametrize("seen", [None, "trained_on", "calibrated_on"])
def test_a_warning_where_the_figures_are_not_held_out(seen: Seen | None) -> None:
    found = replace(COMMON, seen=seen)
    page, print_ = render_evaluation(found), " ".join(printed(found).split())
    for each, warning in SEEN.items():
        assert (warning in page) == (each == seen)
        assert print_.startswith(warning) == (each == seen)
    assert json.loads(evaluation_json(found))["seen"] == seen


def test_the_file_holds_everything_and_no_nan() -> None:
    found = judged(labelled(posts=60, accounts=8, drive=np.zeros(60, np.int64)))
    raw = evaluation_json(found)

    def refused(name: str) -> float:
        raise AssertionError(name)

    read = json.loads(raw, parse_constant=refused)
    assert read["schema_version"] == 1
    assert read["clear"]["figures"]["drive_f1"] == {
        "value": None, "low": None, "high": None, "why": "one_class",
    }  # fmt: skip
    assert read["headlines"]["drive_f1_clear"]["value"] is None
    assert read["clear"]["figures"]["niche_accuracy"]["why"] == "too_few_accounts"
    fields = set(Evaluation.__slots__)
    assert set(read) == fields | {"schema_version", "headlines", "class_names"}
    assert len(read["confusions"]["niche"]) == len(read["class_names"]["niche"]) == 22
    assert read["mistakes"][0]["text"] == found.mistakes[0].text


def test_few_posts_make_a_page_and_a_print() -> None:
    found = judged(labelled(posts=3))
    page = assert_inert(render_evaluation(found))
    assert "Not enough posts to draw samples from" in " ".join(page.texts)
    assert not re.search(r">−?[01]\.\d", render_evaluation(found))
    assert "not enough posts" in printed(found)


def test_no_evidence_makes_a_page_and_a_print() -> None:
    found = judged(labelled(posts=5, clarity=np.zeros(5, np.int64)))
    text = " ".join(assert_inert(render_evaluation(found)).texts)
    assert "5 further posts of clarity 0 stand in the table by clarity" in text
    assert "No post of clarity 1 or more was got wrong." in text
    assert printed(found)


@pytest.mark.parametrize("data", [labelled(posts=900), hostile(400)], ids=["plain", "hostile"])
def test_the_print_fits_80_columns_and_steers_no_terminal(data: Labelled) -> None:
    text = printed(judged(data))
    assert max(map(cell_len, text.split("\n"))) <= 80
    assert "\x1b" not in text
    assert "…" in text
    for said in ("By clarity", "By platform", "By niche", "Calibration", "most confident mistakes"):
        assert said in text
    # no figure is cut: they are what was asked for
    assert text.count("…") <= 20
    for line in text.split("\n"):
        assert not re.search(r"(?<![\d.])[−]?0\.\d?( |$)", line), line
        assert "…" not in line or line.startswith("row ")


def test_equal_evaluations_give_equal_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_evaluation(judged(labelled()), tmp_path / name)
    for file in ("evaluation.html", "evaluation.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="make that folder first"):
        write_evaluation(COMMON, tmp_path / "none")


def test_confusions_are_told_most_frequent_first() -> None:
    found = confusions(COMMON, "niche", 5)
    assert len(found) == 5
    assert [count for *_, count in found] == sorted((c for *_, c in found), reverse=True)
    for label, answer, count in found:
        row = COMMON.confusions["niche"][NICHES.index(label)]
        assert row[NICHES.index(answer)] == count
        assert label != answer


def test_numbers_in_words() -> None:
    assert signed(-0.0234) == "−0.023"
    assert signed(-0.0001) == signed(0.0) == "0.000"
    figure = COMMON.clear.figures["drive_f1"]
    assert shown(replace(figure, value=0.5, low=0.25, high=0.75)).span == "0.250 to 0.750"
    assert shown(replace(figure, low=None, high=None, why="too_few_accounts")).why == (
        "not enough accounts"
    )
