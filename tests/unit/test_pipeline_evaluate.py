"""Evaluation: figures as scikit-learn has them, intervals by account, nothing said of too few."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from evaluation_samples import PLATFORM_RATES, answers, labelled
from sklearn.metrics import brier_score_loss, f1_score, precision_recall_fscore_support

from analyzer.model.shape import SLICES
from analyzer.model.tagger import promo_codes
from analyzer.pipeline import artificial
from analyzer.pipeline.bootstrap import interval, resampled_sums
from analyzer.pipeline.calibrate import (
    as_said,
    expected_calibration_error,
    measure,
    probabilities,
)
from analyzer.pipeline.evaluate import (
    MISTAKES,
    Evaluation,
    evaluate,
    evaluate_tagger,
    headlines,
    seen_by,
)
from analyzer.pipeline.figures import (
    MIN_ACCOUNTS,
    MIN_CLASS,
    MIN_POSTS,
    figures_of,
    summed_columns,
)
from analyzer.pipeline.labels import UNKNOWN, Labelled, only

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analyzer.model import Tagger

ODDS = 2.5


@pytest.fixture(autouse=True)
def _few_artificial_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artificial, "REPEATS", 1)


def judged(data: Labelled, *, resamples: int = 40, skill: float = 1.5) -> Evaluation:
    said = as_said(answers(data, skill=skill), temperature=1.3, promo_odds=ODDS)
    return evaluate(said, data, rates=PLATFORM_RATES, seed=3, resamples=resamples)


def by_hand(said: NDArray[np.float64], data: Labelled) -> dict[str, float]:
    drive, niche, promo = (said[:, SLICES[head]].argmax(axis=1) for head in data.targets)
    passion = probabilities(said[:, SLICES["drive"]])[:, 0]
    truth = data.drive == 0
    return {
        "drive_f1": f1_score(data.drive, drive, average="macro"),
        "drive_accuracy": (drive == data.drive).mean(),
        "sensitivity": (drive[truth] == 0).mean(),
        "specificity": (drive[~truth] == 1).mean(),
        "niche_accuracy": (niche == data.niche).mean(),
        "niche_f1": f1_score(data.niche, niche, average="macro"),
        "promo_f1": f1_score(data.promo, promo, average="macro"),
        "promo_any_f1": f1_score(data.promo > 0, promo > 0),
        "ece": expected_calibration_error(passion, truth),
        "brier": brier_score_loss(truth, passion),
        "bias": passion.mean() - truth.mean(),
    }


def test_figures_are_those_of_scikit_learn() -> None:
    data = labelled()
    said = as_said(answers(data), temperature=1.3, promo_odds=ODDS)
    found = figures_of(summed_columns(said, data).sum(axis=0, keepdims=True))
    assert {name: value.item() for name, value in found.items()} == pytest.approx(
        by_hand(said, data)
    )


def test_a_resample_counts_the_posts_of_an_account_as_often_as_it_is_drawn() -> None:
    data = labelled(posts=150, accounts=25)
    said = as_said(answers(data), temperature=1.0, promo_odds=1.0)
    names, code = np.unique(data.accounts, return_inverse=True)
    # a column an account: its sums tell how often the account was drawn
    columns = np.hstack([summed_columns(said, data), np.eye(len(names))[code]])
    (sums,) = resampled_sums(columns, data.accounts, [np.ones(150, np.bool_)], resamples=30, seed=0)
    sizes = np.bincount(code)
    drawn = sums[:, -len(names) :] / sizes
    assert (drawn[0] == 1).all()
    assert (drawn.sum(axis=1) == len(names)).all()
    assert 0.2 < (drawn[1:] == 0).mean() < 0.55
    for row in (1, 17, 30):
        rows = np.repeat(np.arange(150), drawn[row].astype(int)[code])
        found = figures_of(sums[row : row + 1, : -len(names)])
        assert {name: value.item() for name, value in found.items()} == pytest.approx(
            by_hand(said[rows], only(data, rows))
        )


def test_resamples_do_not_depend_on_the_block_they_are_made_in() -> None:
    accounts = np.array([f"a{n}" for n in range(30)])
    every = [np.ones(30, np.bool_)]
    many = resampled_sums(np.eye(30), accounts, every, resamples=450, seed=5)[0]
    assert (many.sum(axis=1) == 30).all()
    assert len(np.unique(many[1:], axis=0)) == 450
    again = resampled_sums(np.eye(30), accounts, every, resamples=450, seed=5)[0]
    assert (many == again).all()


def test_alike_posts_of_an_account_narrow_no_interval() -> None:
    random = np.random.default_rng(0)
    right = random.random(200) < 0.8
    one = resampled_sums(
        right[:, None].astype(float), np.arange(200), [np.ones(200, np.bool_)],
        resamples=2000, seed=1,
    )[0]  # fmt: skip
    ten = resampled_sums(
        np.repeat(right, 10)[:, None].astype(float), np.repeat(np.arange(200), 10),
        [np.ones(2000, np.bool_)], resamples=2000, seed=1,
    )[0]  # fmt: skip
    for sums, posts in ((one, 200), (ten, 2000)):
        ends = interval(sums[1:, 0] / posts)
        assert ends is not None
        # of 200 independent posts, 80 % of them right
        assert ends[1] - ends[0] == pytest.approx(0.111, rel=0.12)


def test_headlines_agree_with_the_figures_of_a_manifest() -> None:
    data = labelled(posts=900)
    logits = answers(data)
    said = as_said(logits, temperature=1.1, promo_odds=ODDS)
    found = evaluate(said, data, rates=PLATFORM_RATES, resamples=0)
    for name, value in measure(said, data).items():
        assert headlines(found)[name].value == pytest.approx(value, abs=6e-5), name


def test_intervals_hold_their_figures() -> None:
    found = judged(labelled(posts=900), resamples=200)
    for name, figure in headlines(found).items():
        assert figure.value is not None
        assert figure.low is not None
        assert figure.high is not None
        if name != "ece":
            assert figure.low < figure.value < figure.high


def test_what_is_said_is_what_tags_say() -> None:
    logits = answers(labelled())
    said = as_said(logits, temperature=2.0, promo_odds=6.0)
    assert (said[:, SLICES["promo"]].argmax(axis=1) == promo_codes(logits, 6.0)).all()
    assert (said[:, SLICES["drive"]] * 2 == logits[:, SLICES["drive"]]).all()
    assert (said[:, SLICES["niche"]] == logits[:, SLICES["niche"]]).all()


def test_every_post_stands_in_one_cell_of_each_kind() -> None:
    data = labelled(posts=600)
    found = judged(data)
    clear = int((data.clarity >= 1).sum())
    assert found.everything.posts == 600
    assert found.clear.posts == clear
    assert found.likely.posts == int((data.clarity >= 2).sum())
    for cells in (found.platforms, found.lengths, found.niches):
        assert sum(one.posts for one in cells) == clear
    assert [one.name for one in found.clarities] == ["0", "1", "2", "3"]
    assert sum(one.posts for one in found.clarities) == 600
    tiktok = (data.platforms == "tiktok") & (data.clarity >= 1)
    assert found.platforms[0].name == "tiktok"
    assert found.platforms[0].accounts == len(set(data.accounts[tiktok]))
    short = next(one for one in found.lengths if one.name == "0 to 49")
    lengths = np.array([len(text) for text in data.raw])
    assert short.posts == int(((lengths < 50) & (data.clarity >= 1)).sum())


def test_too_little_is_not_judged_and_says_so() -> None:
    data = labelled(posts=MIN_POSTS, clarity=np.full(MIN_POSTS, 2))
    assert judged(data).clear.figures["drive_accuracy"].value is not None
    few = judged(only(data, np.arange(MIN_POSTS - 1))).clear.figures
    assert {figure.why for figure in few.values()} == {"too_few_posts"}
    assert {figure.value for figure in few.values()} == {None}


def test_one_class_has_no_f1() -> None:
    figures = judged(labelled(drive=np.zeros(400, np.int64), promo=np.full(400, 2))).clear.figures
    assert figures["drive_f1"].why == figures["promo_any_f1"].why == "one_class"
    assert figures["drive_f1"].value is None
    assert figures["drive_accuracy"].value is not None
    assert figures["specificity"].why == "too_few_posts"


def test_the_share_of_a_class_asks_for_posts_of_it() -> None:
    drive = np.zeros(400, np.int64)
    drive[: MIN_CLASS - 1] = 1
    data = labelled(drive=drive, clarity=np.full(400, 1))
    assert judged(data).clear.figures["specificity"].why == "too_few_posts"
    drive[MIN_CLASS - 1] = 1
    assert judged(data).clear.figures["specificity"].value is not None


def test_few_accounts_have_no_interval() -> None:
    few = judged(labelled(accounts=MIN_ACCOUNTS - 1)).clear.figures["drive_f1"]
    assert few.value is not None
    assert (few.low, few.high, few.why) == (None, None, "too_few_accounts")
    assert judged(labelled(accounts=MIN_ACCOUNTS)).clear.figures["drive_f1"].low is not None


def test_a_class_of_few_accounts_has_no_interval() -> None:
    data = labelled(clarity=np.full(400, 2))
    few = np.isin(data.accounts, np.unique(data.accounts)[: MIN_ACCOUNTS - 1])
    data = replace(data, drive=np.where(few, 0, 1), niche=np.where(few, 3, 5))
    found = judged(data)
    sensitivity = found.clear.figures["sensitivity"]
    assert (sensitivity.low, sensitivity.why) == (None, "too_few_accounts")
    assert found.clear.figures["specificity"].low is not None
    assert found.classes["niche"][3].recall.why == "too_few_accounts"
    assert found.classes["niche"][5].recall.low is not None


def test_all_right_has_no_interval() -> None:
    data = labelled()
    sure = answers(data, skill=50)
    found = evaluate(sure, data, rates=PLATFORM_RATES, resamples=40)
    perfect = found.clear.figures["drive_accuracy"]
    assert (perfect.value, perfect.low, perfect.high, perfect.why) == (1, None, None, "all_alike")


def test_labels_that_nobody_gave_count_nowhere() -> None:
    data = labelled(posts=600)
    gone = np.arange(600) % 2 == 0
    unknown = replace(
        data,
        niche=np.where(gone, UNKNOWN, data.niche),
        promo=np.where(gone, UNKNOWN, data.promo),
    )
    logits = answers(data)

    def figures(rows: NDArray[np.bool_], of: Labelled) -> Evaluation:
        at = np.flatnonzero(rows)
        return evaluate(logits[at], only(of, at), rates=PLATFORM_RATES, resamples=0)

    with_unknown, without = figures(np.ones(600, np.bool_), unknown), figures(~gone, data)
    for name in ("niche_accuracy", "niche_f1", "promo_f1", "promo_any_f1"):
        assert with_unknown.clear.figures[name] == without.clear.figures[name], name
    assert with_unknown.confusions["niche"] == without.confusions["niche"]
    assert with_unknown.clear.figures["drive_f1"] != without.clear.figures["drive_f1"]


def test_no_evidence_at_all_is_no_crash() -> None:
    found = judged(labelled(posts=40, clarity=np.zeros(40, np.int64)))
    assert found.clear.posts == 0
    assert {figure.value for figure in headlines(found).values()} == {None}
    assert found.mistakes == ()
    assert found.prevalence == ()
    assert {one.stated for one in found.calibration} == {None}


def test_classes_and_confusions_agree() -> None:
    data = labelled(posts=900)
    found = judged(data, resamples=0)
    clear = data.clarity >= 1
    answer = answers(data)[:, SLICES["niche"]].argmax(axis=1)
    precision, recall, f1, _ = precision_recall_fscore_support(data.niche[clear], answer[clear])
    for code, one in enumerate(found.classes["niche"]):
        row = found.confusions["niche"][code]
        assert one.posts == sum(row)
        assert one.said == sum(line[code] for line in found.confusions["niche"])
        assert (one.precision.value, one.recall.value, one.f1.value) == pytest.approx(
            (precision[code], recall[code], f1[code]), abs=1e-6
        )


def test_bins_say_what_was_stated_and_found() -> None:
    data = labelled(posts=900, clarity=np.full(900, 2))
    found = judged(data, resamples=0).calibration
    passion = probabilities(answers(data)[:, SLICES["drive"]] / 1.3)[:, 0]
    at = found[7]
    inside = (passion >= 7 / 15) & (passion < 8 / 15)
    assert at.posts == inside.sum() > MIN_CLASS
    assert at.stated == pytest.approx(passion[inside].mean(), abs=1e-6)
    assert at.found.value == pytest.approx((data.drive[inside] == 0).mean(), abs=1e-6)
    assert sum(one.posts for one in found) == 900


def test_mistakes_are_the_most_confident_ones() -> None:
    data = labelled(posts=500)
    found = judged(data).mistakes
    assert len(found) == MISTAKES
    assert [one.probability for one in found] == sorted(
        (one.probability for one in found), reverse=True
    )
    passion = probabilities(answers(data)[:, SLICES["drive"]] / 1.3)[:, 0]
    for one in found:
        at = one.row - 1
        assert one.text == data.raw[at]
        assert one.account == data.accounts[at]
        assert one.clarity == data.clarity[at] >= 1
        assert {one.label, one.answer} == {"passion", "brand"}
        assert one.probability == pytest.approx(max(passion[at], 1 - passion[at]), abs=1e-6)
        assert (one.label == "passion") == (data.drive[at] == 0) == (passion[at] < 0.5)


def test_the_same_seed_gives_the_same_evaluation() -> None:
    data = labelled()
    assert judged(data) == judged(data)


def test_a_tagger_is_asked_for_every_post(tagger: Tagger) -> None:
    texts = ["nấu phở bò tại nhà ", "mua_ngay váy mới giảm giá "] * 20
    data = replace(
        labelled(posts=40, accounts=12),
        texts=texts, raw=texts, drive=np.array([0, 1] * 20), clarity=np.full(40, 2),
    )  # fmt: skip
    counted: list[int] = []
    found = evaluate_tagger(tagger, data, resamples=10, on_judged=counted.append)
    assert sum(counted) == 40
    assert found.model_id == tagger.model_id
    manifest = tagger.manifest
    wanted = evaluate(
        as_said(
            tagger.logits(texts), temperature=manifest.temperature, promo_odds=manifest.promo_odds
        ),
        data,
        rates=manifest.rates,
        resamples=10,
        model_id=tagger.model_id,
    )
    assert found == wanted


def test_posts_that_the_tagger_learnt_from_are_known(tagger: Tagger) -> None:
    data = labelled(posts=4)
    (trained,) = tagger.manifest.data.values()
    manifest = replace(tagger.manifest, calibrated_on={"own.csv": "c" * 64})
    assert seen_by(manifest, data) is None
    assert seen_by(manifest, replace(data, sha256=trained)) == "trained_on"
    assert seen_by(manifest, replace(data, sha256="c" * 64)) == "calibrated_on"
    found = evaluate_tagger(tagger, replace(data, sha256=trained), resamples=0)
    assert found.seen == "trained_on"
