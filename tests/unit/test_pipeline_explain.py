"""Explained tags: true where the truth is known, of the raw text, whatever stands beside them."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from analyzer.errors import AnalyzerError, InputError
from analyzer.model import default_bundle, read_bundle, tag
from analyzer.model.encode import load_vocabulary
from analyzer.model.shape import OUTPUTS, SLICES
from analyzer.model.tagger import logits_of
from analyzer.pipeline.explain import (
    CLASSES,
    MAX_PIECES,
    POSTS_HELD,
    Pushes,
    WordPush,
    explain_tags,
    find_post,
    log_odds,
    probability,
    removals,
    strongest,
    without,
)
from analyzer.schema import NICHES, PPM, PROMOS
from analyzer.sources import read_posts
from analyzer.text import for_tagger, normalise, prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from analyzer.model import Tagger
    from analyzer.pipeline.explain import TagExplanation

TEMPERATURE = 2.0
POSTS = [
    "Mình chỉ cách nấu bún riêu 😍 #reviewanngon",
    "Shop giảm giá 30%, inbox chốt đơn",
    "k bít nói j luôn á",
]


def fake(tagger: Tagger, drive: Callable[[list[str]], float], **more: int) -> Tagger:
    """A tagger that adds up P(passion)'s logit from words, as a function says."""

    def logits(texts: Sequence[str]) -> NDArray[np.float64]:
        out = np.zeros((len(texts), OUTPUTS))
        out[:, 0] = [drive(text.split()) for text in texts]
        for head, code in more.items():
            out[:, SLICES[head].start + code] = 3.0 + np.array([len(t.split()) for t in texts])
        return out

    manifest = replace(tagger.manifest, temperature=TEMPERATURE)
    return replace(tagger, manifest=manifest, logits=logits)


def told_of(text: str, tagger: Tagger, head: str = "drive") -> Pushes:
    (told,) = explain_tags([text], tagger, head=head)
    return of(told)


def of(told: TagExplanation) -> Pushes:
    assert told.pushes is not None
    return told.pushes


def by_word(text: str, tagger: Tagger) -> dict[str, float]:
    return {text[w.start : w.end]: w.push for w in told_of(text, tagger).words}


def test_of_words_that_add_up_each_has_its_own_part(tagger: Tagger) -> None:
    weights = {"phở": 3.0, "ngon": 1.0, "giá": -2.0}
    known = fake(tagger, lambda words: sum(weights.get(word, 0.0) for word in words))
    found = by_word("phở này ngon, giá ổn", known)
    assert {word: found[word] for word in weights} == pytest.approx(
        {word: weight / TEMPERATURE for word, weight in weights.items()}
    )
    assert sum(map(abs, found.values())) == pytest.approx(6.0 / TEMPERATURE)


def test_what_two_words_do_together_is_shared_out_evenly(tagger: Tagger) -> None:
    together = fake(tagger, lambda words: 4.0 * ("mẹ" in words and "bé" in words))
    found = by_word("mẹ thương bé lắm nha cả nhà", together)
    assert found["mẹ"] == pytest.approx(2.0 / TEMPERATURE)
    assert found["bé"] == pytest.approx(2.0 / TEMPERATURE)


def test_of_two_words_that_say_the_same_neither_is_nothing(tagger: Tagger) -> None:
    """Each alone could be taken out and nothing would change."""
    either = fake(tagger, lambda words: 4.0 * ("mẹ" in words or "bé" in words))
    found = by_word("mẹ thương bé lắm nha cả nhà", either)
    assert found["mẹ"] == found["bé"] == pytest.approx(2.0 / TEMPERATURE)


@pytest.fixture(scope="module")
def encoder_only(tagger: Tagger) -> Tagger:
    """As a fine-tuned PhoBERT is: no linear branch."""
    read = read_bundle(default_bundle())
    weights = {name: w for name, w in read.weights.items() if not name.startswith("ngram.")}
    assert len(weights) < len(read.weights)
    vocabulary = load_vocabulary(read.folder, lower=read.manifest.lower)
    logits = logits_of(weights, read.manifest.encoder, vocabulary, window=126, device="cpu")
    return replace(tagger, logits=logits)


@pytest.mark.parametrize("branches", ["both", "encoder"])
def test_pushes_add_up_from_the_empty_post_to_the_tag(
    tagger: Tagger, encoder_only: Tagger, branches: str
) -> None:
    asked = tagger if branches == "both" else encoder_only
    for head in CLASSES:
        for told in explain_tags(POSTS, asked, head=head):
            found = of(told)
            moved = sum(word.push for word in found.words)
            assert moved == pytest.approx(found.whole - found.empty, abs=1e-4)
            assert round(PPM * probability(found.whole)) == pytest.approx(found.prob_ppm, abs=1)
            assert abs(moved) > 0.01


def test_a_hashtag_goes_with_the_words_offered_behind_it(tagger: Tagger) -> None:
    seen = set[str]()

    def drive(words: list[str]) -> float:
        seen.add(" ".join(words))
        return 1.0 * ("review" in words) + 2.0 * ("#reviewanngon" in words)

    text = "ngon nè #reviewanngon"
    found = by_word(text, fake(tagger, drive))
    assert found["#reviewanngon"] == pytest.approx(3.0 / TEMPERATURE)
    assert all(("review" in some) == ("#reviewanngon" in some) for some in seen)


def test_an_explanation_is_of_the_posts_tag(tagger: Tagger) -> None:
    posts = pa.table(
        {
            "post_id": list("abc"),
            "title": pa.array([None] * 3, pa.string()),
            "text": POSTS,
        }
    )
    tags = tag(prepare(posts), tagger).to_pylist()
    for head in CLASSES:
        told = explain_tags(POSTS, tagger, head=head)
        assert [one.head for one in told] == [head] * 3
        ppm = "prob_ppm" if head == "drive" else f"{head}_ppm"
        assert [of(one).prob_ppm for one in told] == [row[ppm] for row in tags]
        said = ["passion"] * 3 if head == "drive" else [row[head] for row in tags]
        assert [of(one).said for one in told] == said


@pytest.mark.parametrize(("head", "names"), [("niche", NICHES), ("promo", PROMOS)])
def test_the_class_said_is_explained_against_the_rest(
    tagger: Tagger, head: str, names: tuple[str, ...]
) -> None:
    known = fake(tagger, lambda _: 0.0, **{head: 2})
    found = told_of("phở này ngon", known, head)
    assert found.said == names[2]
    assert [word.push for word in found.words] == pytest.approx([1.0] * 3)


def test_the_same_seed_gives_the_same_whatever_stands_beside(tagger: Tagger) -> None:
    import torch

    known = fake(tagger, lambda words: float(len(" ".join(words)) % 7))
    together = explain_tags(POSTS, known, seed=7)
    torch.manual_seed(99)
    before = torch.random.get_rng_state()
    alone = [explain_tags([text], known, seed=7)[0] for text in POSTS]
    assert torch.equal(before, torch.random.get_rng_state())
    many = [f"{text} {number}" for number in range(POSTS_HELD) for text in POSTS[2:]]
    assert alone == together
    assert explain_tags([*many, *POSTS[::-1], POSTS[0]], known, seed=7)[-4:] == [
        *together[::-1],
        together[0],
    ]
    assert explain_tags(POSTS[:1], known, seed=8) != together[:1]


def test_a_long_post_is_explained_by_runs_of_words(tagger: Tagger) -> None:
    known = fake(tagger, lambda words: 5.0 * ("phở" in words))
    text = " ".join(["xem", *["ngon"] * (2 * MAX_PIECES), "phở", "này"])
    found = told_of(text, known)
    assert found.together == 3
    assert len(found.words) <= MAX_PIECES
    assert " ".join(text[word.start : word.end] for word in found.words) == text
    (run,) = [word for word in found.words if word.push]
    assert "phở" in text[run.start : run.end].split()
    assert run.push == pytest.approx(5.0 / TEMPERATURE)
    assert told_of(text[:40], known).together == 1


def test_where_the_tagger_abstains_nothing_is_explained(tagger: Tagger) -> None:
    texts = ["😍😍", "this is a caption in English, all of it", POSTS[0]]
    told = explain_tags(texts, tagger)
    assert [one.abstained for one in told] == ["no_words", "not_vietnamese", None]
    assert [one.pushes is None for one in told] == [True, True, False]
    assert [one is None for one in removals(texts, told, tagger)] == [True, True, False]


def test_the_post_is_judged_again_without_its_strongest_words(tagger: Tagger) -> None:
    weights = {"phở": 3.0, "bún": 2.0, "ngon": 1.0, "giá": -8.0, "nha": 0.5}
    known = fake(tagger, lambda words: sum(weights.get(word, 0.0) for word in words))
    text = "phở này ngon, bún ổn nha"
    (removal,) = removals([text], explain_tags([text], known), known)
    assert removal is not None
    assert [text[word.start : word.end] for word in removal.words] == ["phở", "bún", "ngon"]
    assert removal.prob_ppm == round(PPM * probability(0.5 / TEMPERATURE))
    # a post that is rather brand: the words that speak for brand
    text = "phở này ngon, giá ổn"
    (removal,) = removals([text], explain_tags([text], known), known)
    assert removal is not None
    assert [text[word.start : word.end] for word in removal.words] == ["giá"]


def test_where_nothing_is_left_the_removal_says_why(tagger: Tagger) -> None:
    known = fake(tagger, lambda words: 1.0 * len(words))
    text = "phở ngon 😍"
    (removal,) = removals([text], explain_tags([text], known), known)
    assert removal is not None
    assert (removal.prob_ppm, removal.abstained) == (None, "no_words")


def test_strongest_words_are_of_the_side_the_tag_is_on() -> None:
    words = tuple(
        WordPush(start=at, end=at + 1, push=push) for at, push in enumerate([-1, 3, 0, 2, -4])
    )
    brand = Pushes(said="passion", prob_ppm=499_999, empty=0, whole=0, words=words, together=1)
    assert [word.push for word in strongest(brand, 9)] == [-4, -1]
    assert [word.push for word in strongest(replace(brand, prob_ppm=500_000), 1)] == [3]
    # of three promotions one may be said that is not likelier than not
    assert [word.push for word in strongest(replace(brand, said="own"), 9)] == [3, 2]


def test_words_are_cut_out_of_the_text_as_it_was_given() -> None:
    words = [WordPush(start=0, end=3, push=1.0), WordPush(start=8, end=12, push=1.0)]
    assert without("phở này ngon", words) == "  này  "


def test_without_captum_the_error_says_what_to_install(
    tagger: Tagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    with pytest.raises(
        AnalyzerError, match=r"captum.*: pip install 'vn-content-analyzer\[explain]'"
    ):
        explain_tags(POSTS, tagger)


def test_text_that_no_table_can_hold_is_explained(tagger: Tagger) -> None:
    text = f"{POSTS[2]} \ud800"
    assert told_of(text, tagger).words[-1].end <= len(text)


def test_nothing_is_asked_twice(tagger: Tagger) -> None:
    asked: list[str] = []

    def logits(texts: Sequence[str]) -> NDArray[np.float64]:
        asked.extend(texts)
        return np.zeros((len(texts), OUTPUTS))

    explain_tags(["ăn gì nè", "ăn gì nè"], replace(tagger, logits=logits))
    (whole,) = for_tagger(normalise(["ăn gì nè"]))
    # once for the tag, once for its words
    assert asked.count(whole) == 2
    assert len(asked) == len(set(asked)) + 1


def test_no_texts_no_explanations(tagger: Tagger) -> None:
    assert explain_tags([], tagger) == []


def test_an_unknown_head_is_refused(tagger: Tagger) -> None:
    with pytest.raises(InputError, match="no head 'role'; pass one of drive, niche, promo"):
        explain_tags(POSTS, tagger, head="role")


def test_log_odds_are_of_one_class_against_the_others() -> None:
    logits = np.array([[2.0, 0.5, -1.0], [1e4, 0.0, 0.0]])
    powers = np.exp(logits[0])
    assert log_odds(logits, 1)[0] == pytest.approx(np.log(powers[1] / (powers[0] + powers[2])))
    assert log_odds(logits, 1)[1] == -1e4


def test_log_odds_and_probability_are_one_scale() -> None:
    assert probability(0.0) == 0.5
    assert probability(np.log(3)) == pytest.approx(0.75)
    assert (probability(1e4), probability(-1e4)) == (1.0, 0.0)


def test_a_post_is_found_by_its_id(tmp_path: Path) -> None:
    export = tmp_path / "a.csv"
    export.write_text(
        "id,account,platform,text,title\n17,a,tiktok,Một,\n7,b,tiktok,Hai,Tựa\n", encoding="utf-8"
    )
    for post_id in ("7", "tiktok:7"):
        assert find_post(read_posts([export], batch_rows=1), post_id) == "Tựa\nHai"
    with pytest.raises(
        InputError, match=r"no post has the id '8'; pass one such as tiktok:17, tiktok:7$"
    ):
        find_post(read_posts([export]), "8")


def test_no_post_to_explain_says_why(tmp_path: Path) -> None:
    export = tmp_path / "a.csv"
    export.write_text("account,text\na,\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"no post to explain: a\.csv: "):
        find_post(read_posts([export]), "1")
