"""What training teaches: folds that keep accounts apart, rates that mean what they say."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from analyzer.errors import InputError
from analyzer.model.encode import encode_words, load_vocabulary
from analyzer.model.shape import OUTPUTS, SLICES
from analyzer.pipeline.calibrate import (
    calibrated,
    expected_calibration_error,
    fit_scales,
    fit_temperature,
    measure,
)
from analyzer.pipeline.finetune import hard_targets
from analyzer.pipeline.labels import (
    CLARITY_UNSAID,
    UNKNOWN,
    Labelled,
    account_folds,
    account_split,
    read_labelled,
)
from analyzer.pipeline.rates import (
    PLATFORM_LABELS,
    fit_prior,
    measure_niches,
    measure_rates,
)
from analyzer.pipeline.vocabulary import MIN_ACCOUNTS, learn_vocabulary

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def test_no_account_stands_on_both_sides_of_a_fold() -> None:
    accounts = np.array([f"a{n % 17}" for n in range(200)])
    folds = account_folds(accounts, 5, 0)
    for train, held_out in folds:
        assert not set(accounts[train]) & set(accounts[held_out])
        assert len(train) + len(held_out) == len(accounts)
    assert sorted(np.concatenate([held for _, held in folds])) == list(range(200))


def test_a_prior_is_found_again() -> None:
    random = np.random.default_rng(0)
    passion = random.binomial(30, random.beta(2.0, 1.0, size=2000)).astype(float)
    alike = np.full(200, 15.0)
    assert fit_prior(alike, alike) == pytest.approx((400.0, 400.0), rel=1e-3)
    a, b = fit_prior(passion, 30 - passion)
    assert a == pytest.approx(2, rel=0.15)
    assert b == pytest.approx(1, rel=0.15)


def test_a_branch_that_knows_nothing_gets_no_weight() -> None:
    random = np.random.default_rng(0)
    target = random.integers(0, 2, 2000)
    knows = np.stack([1.0 - target, target], axis=1) * 2 + random.normal(size=(2000, 2))
    guesses = random.normal(size=(2000, 2))
    scales = fit_scales([knows, guesses], target, np.ones(2000))
    assert scales[0] > 1
    assert scales[1] < 0.15


def test_calibration_error_is_the_distance_from_the_frequency() -> None:
    truth = np.array([True] * 30 + [False] * 70)
    assert expected_calibration_error(np.full(100, 0.3), truth) == pytest.approx(0)
    assert expected_calibration_error(np.full(100, 0.8), truth) == pytest.approx(0.5)


def answered(
    count: int, *, temperature: float = 1.0, platform: str = "tiktok", seed: int = 0
) -> tuple[NDArray[np.float64], Labelled]:
    """Posts whose label comes out as often as the logits say, divided by the temperature."""
    random = np.random.default_rng(seed)
    logits = np.zeros((count, OUTPUTS))
    logits[:, 0] = random.normal(0.5, 1.5, count)
    passion = 1 / (1 + np.exp(-logits[:, 0]))
    logits *= temperature
    codes = np.arange(count)
    data = Labelled(
        texts=["phở"] * count,
        raw=["phở"] * count,
        accounts=np.array([f"a{n % 40}" for n in codes]),
        platforms=np.array([platform] * count),
        drive=(random.random(count) > passion).astype(np.int64),
        niche=codes % 3,
        promo=np.full(count, UNKNOWN),
        clarity=np.full(count, 2),
        sha256="0" * 64,
    )
    return logits, data


def test_a_temperature_is_found_again() -> None:
    logits, data = answered(6000, temperature=2.5)
    assert fit_temperature(logits, data, np.arange(6000)) == pytest.approx(2.5, rel=0.1)
    assert calibrated(logits, data, seed=0).figures["ece"] < 0.03
    assert measure(logits, data)["ece"] > 0.06


def test_figures_of_a_fifth_do_not_see_its_own_labels() -> None:
    logits, data = answered(400)
    whole = calibrated(logits, data, seed=0)
    ((_, rows), *_) = account_folds(data.accounts, 5, 0)
    # one fifth's labels turned round: the temperature that it is measured at stays the same
    turned = data.drive.copy()
    turned[rows] = 1 - turned[rows]
    others = np.setdiff1d(np.arange(400), rows)
    before = fit_temperature(logits, data, others)
    assert fit_temperature(logits, replace(data, drive=turned), others) == before
    assert calibrated(logits, replace(data, drive=turned), seed=0).figures != whole.figures


def test_what_no_reader_said_has_no_figure() -> None:
    logits, data = answered(400)
    figures = calibrated(logits, data, seed=0).figures
    assert {"promo_f1", "promo_any_f1"}.isdisjoint(figures)
    assert {"drive_f1_clear", "niche_accuracy", "ece", "brier"} <= figures.keys()


def test_labels_of_one_class_cannot_calibrate() -> None:
    logits, data = answered(400)
    with pytest.raises(InputError, match="takes both passion and brand, of 5 accounts"):
        calibrated(logits, replace(data, drive=np.zeros(400, np.int64)), seed=0)


def test_a_platform_is_measured_from_enough_posts_of_both_classes_on() -> None:
    logits, data = answered(400)
    platforms = np.array(["tiktok"] * PLATFORM_LABELS + ["blog"] * (400 - PLATFORM_LABELS))
    promo = np.zeros(400, np.int64)
    found = measure_rates(logits, replace(data, platforms=platforms), promo)
    assert set(found.measured) == {"tiktok", "blog"}
    fewer = platforms.copy()
    fewer[PLATFORM_LABELS] = "facebook"
    assert set(measure_rates(logits, replace(data, platforms=fewer), promo).measured) == {"tiktok"}
    passion = data.drive.copy()
    passion[platforms == "blog"] = 0
    one_sided = replace(data, platforms=platforms, drive=passion)
    assert set(measure_rates(logits, one_sided, promo).measured) == {"tiktok"}


def test_rates_of_other_platforms_are_wider() -> None:
    logits, data = answered(2000)
    # in a third of the accounts, those of one niche, the tagger is turned round
    niche = np.unique(data.accounts, return_inverse=True)[1] % 3
    logits[niche == 0, SLICES["drive"]] *= -1
    found = measure_rates(logits, replace(data, niche=niche), np.zeros(2000, np.int64))
    own, other = found.measured["tiktok"].variation, found.other.variation
    assert (own.unmeasured_passion, own.unmeasured_brand) == (0, 0)
    assert min(other.unmeasured_passion, other.unmeasured_brand) > 0.4
    assert found.other.passion == found.measured["tiktok"].passion


def test_niches_have_rates_of_their_own() -> None:
    logits, data = answered(600)
    logits[data.niche == 1, 0] = 9.0
    found = measure_niches(logits, data)
    assert (found["travel"].sensitivity, found["travel"].specificity) == (1.0, 0.0)
    assert found["food"].passion + found["food"].brand == 200
    assert found["other"].sensitivity is None


def test_accounts_are_split_whole() -> None:
    accounts = np.array([f"a{n % 50}" for n in range(300)])
    parts = account_split(accounts, (0.2, 0.1), 0)
    assert [len(set(accounts[rows])) for rows in parts] == [10, 5, 35]
    assert sorted(np.concatenate(parts)) == list(range(300))
    again, other = account_split(accounts, (0.2, 0.1), 0), account_split(accounts, (0.2, 0.1), 1)
    assert all((a == b).all() for a, b in zip(parts, again, strict=True))
    assert set(accounts[parts[0]]) != set(accounts[other[0]])


def labels(path: Path, **changes: str) -> Path:
    post = {
        "text": "nấu phở bò tại nhà", "account": "a", "drive": "passion", "clarity": 2,
        "niche": "food", "promo": "none",
    }  # fmt: skip
    path.write_text(json.dumps(post | changes, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def test_labels_are_read(tmp_path: Path) -> None:
    found = read_labelled(labels(tmp_path / "l.jsonl"))
    assert (found.drive.tolist(), found.niche.tolist(), found.promo.tolist()) == ([0], [0], [0])
    assert found.accounts.tolist() == ["a"]


def test_an_unknown_label_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"niche holds \['cooking'\]"):
        read_labelled(labels(tmp_path / "l.jsonl", niche="cooking"))


def test_what_no_reader_said_is_unknown_and_weighs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text(
        "text,account,drive,platform,promo\nphở bò,a,brand,facebook_group,own\n"
        "bún riêu,b,passion,,\n",
        encoding="utf-8",
    )
    found = read_labelled(path)
    assert found.platforms.tolist() == ["facebook", "other"]
    assert found.promo.tolist() == [1, UNKNOWN]
    assert found.niche.tolist() == [UNKNOWN, UNKNOWN]
    assert found.clarity.tolist() == [CLARITY_UNSAID, CLARITY_UNSAID]
    assert found.weights("promo").tolist() == [1, 0]
    wanted = hard_targets(found, np.array([0, 1]))
    assert wanted.probabilities.sum(axis=1).tolist() == [2, 1]
    assert wanted.weights.tolist() == [[1, 0, 1], [1, 0, 0]]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("l.txt", "phở", "labelled posts are read from .jsonl"),
        ("l.csv", "text,drive\nphở,brand\n", "has no column 'account'; found: text, drive"),
        ("l.csv", "text,account,drive,clarity\nphở,a,brand,7\n", "clarity holds .*7"),
        ("l.csv", "text,account,drive\n", "cannot be read: .*no data"),
        ("l.jsonl", "{not json}\n", "cannot be read"),
        ("l.jsonl.gz", "plain\n", "cannot be read"),
    ],
)
def test_labels_that_cannot_be_read_say_why(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_labelled(tmp_path / name)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.jsonl: there is no such file"):
        read_labelled(tmp_path / "none.jsonl")


def test_a_vocabulary_holds_no_word_of_few_accounts(tmp_path: Path) -> None:
    common, rare = "bánh mì nóng", "zxqvwzxqvw"
    many = [f"acc{n}" for n in range(MIN_ACCOUNTS)]
    texts = [common] * MIN_ACCOUNTS + [rare] * (MIN_ACCOUNTS - 1) * 3
    accounts = many + many[:-1] * 3
    learn_vocabulary(texts, accounts, tmp_path, size=100)
    written = (tmp_path / "vocab.txt").read_text(encoding="utf-8")
    assert "bánh " in written
    assert "z" not in written
    vocabulary = load_vocabulary(tmp_path, lower=True)
    (words,) = encode_words(["bánh mì"], vocabulary)
    assert [len(word) for word in words] == [1, 1]


def test_a_vocabulary_is_the_same_each_time_it_is_learnt(tmp_path: Path) -> None:
    # pairs that are equally frequent, as in every corpus of some size
    words = [f"{a}{b}{c}" for a in "bđghkln" for b in "aeioưu" for c in "cmntp"]
    texts, accounts = [" ".join(words)] * MIN_ACCOUNTS, [f"acc{n}" for n in range(MIN_ACCOUNTS)]
    found = set()
    for number in range(4):
        folder = tmp_path / str(number)
        folder.mkdir()
        learn_vocabulary(texts, accounts, folder, size=90)
        found.add((folder / "vocab.txt").read_bytes() + (folder / "bpe.codes").read_bytes())
    assert len(found) == 1
