"""Tags: the same for a post wherever it stands, nothing cut off, nothing invented."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model import tag
from analyzer.model.bundle import default_bundle
from analyzer.model.encode import Vocabulary, encode_words, load_vocabulary
from analyzer.model.shape import OUTPUTS, SLICES
from analyzer.model.tagger import _combine, _windows
from analyzer.schema import NICHES, PROMOS, SEGMENTED, TAG
from analyzer.text import normalise, segment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analyzer.model import Tagger

SHORT = [
    "Bún riêu cua đồng nấu kiểu nhà mình, ai thích chua thì thêm me nha",
    "Hôm nay trời đẹp nên tui đi cà phê một mình 🥰",
    "Giảm 30% toàn bộ đầm linen, inbox shop chốt đơn liền tay ạ",
    "#reviewphim tập 3: vì sao nhân vật chính bỏ đi",
    "k bít nói j luôn á",
    "Cách cắt tóc mái tại nhà không bị cụt, xem kỹ bước 2 nhé mọi người",
]
ARTICLE = "Rang hạt ở nhiệt độ thấp thì chua hơn, còn rang lâu thì đắng và mất hương hoa. " * 40
PLUG = (
    "Shop mình đang bán hạt rang mới, giảm giá 20% khi nhập mã, inbox chốt đơn liền nha, "
    "mua ngay kẻo hết hàng, freeship toàn quốc"
)


def segmented(texts: list[str], abstain: list[str | None] | None = None) -> Any:
    return pa.table(
        {
            "post_id": [f"t:{n}" for n in range(len(texts))],
            "content_hash": [f"{n:064x}" for n in range(len(texts))],
            "segmented": list(map(str, segment(normalise(texts)))),
            "abstain": pa.array(abstain or [None] * len(texts), pa.string()),
        },
        schema=SEGMENTED,
    )


def test_a_post_has_the_same_answer_alone_in_a_batch_and_shuffled(tagger: Tagger) -> None:
    texts = [f"{SHORT[n % 6]} {SHORT[(n * 5 + 1) % 6][: n * 3]}" for n in range(32)] + [ARTICLE]
    words = list(map(str, segment(normalise(texts))))
    together = tagger.logits(words)
    alone = np.concatenate([tagger.logits([text]) for text in words])
    order = list(range(len(words)))
    random.Random(3).shuffle(order)  # noqa: S311 - a shuffle, not a secret
    shuffled = tagger.logits([words[at] for at in order])
    assert np.array_equal(together, alone)
    assert np.array_equal(together[order], shuffled)


def test_batch_size_changes_no_tag(tagger: Tagger) -> None:
    table = segmented(SHORT)
    assert tag(table, tagger, batch_size=1).equals(tag(table, tagger, batch_size=4))


def test_a_text_that_posts_share_is_judged_once(tagger: Tagger) -> None:
    asked: list[str] = []

    def counted(texts: Sequence[str]) -> NDArray[np.float64]:
        asked.extend(texts)
        return tagger.logits(texts)

    abstain = [None, None, None, None, "no_words", None]
    table = segmented([SHORT[n] for n in (0, 1, 0, 2, 1, 0)], abstain)
    tags = tag(table, replace(tagger, logits=counted), batch_size=2)
    assert sorted(asked) == sorted(set(table.column("segmented").to_pylist()))
    by_row = pa.concat_tables([tag(table.slice(row, 1), tagger) for row in range(6)])
    assert tags.equals(by_row)


def test_tags_fit_their_schema_row_by_row(tagger: Tagger) -> None:
    tags = tag(segmented(SHORT), tagger)
    assert tags.schema.equals(TAG)
    assert tags.column("post_id").to_pylist() == [f"t:{n}" for n in range(len(SHORT))]
    assert set(tags.column("niche").to_pylist()) <= set(NICHES)
    assert set(tags.column("promo").to_pylist()) <= set(PROMOS)
    assert all(0 <= p <= 1_000_000 for p in tags.column("prob_ppm").to_pylist())


def test_where_it_abstains_all_answers_are_unknown(tagger: Tagger) -> None:
    tags = tag(segmented(SHORT[:2], ["no_words", None]), tagger)
    first, second = tags.to_pylist()
    assert first["abstained"] == "no_words"
    assert all(first[n] is None for n in ("prob_ppm", "niche", "niche_ppm", "promo", "promo_ppm"))
    assert second["prob_ppm"] is not None


@cache
def _vocabulary() -> Vocabulary:
    return load_vocabulary(default_bundle(), lower=True)


def test_no_posts_no_tags(tagger: Tagger) -> None:
    assert tag(SEGMENTED.empty_table(), tagger).num_rows == 0


def test_a_promotion_in_the_last_window_is_the_posts(tagger: Tagger) -> None:
    article, plug = segment(normalise([ARTICLE, PLUG]))
    joined = f"{article} {plug}"
    vocabulary = _vocabulary()
    assert len(_windows(joined, vocabulary, tagger.manifest.window)) > 2
    promo = tagger.logits([article, joined])[:, SLICES["promo"]]
    evidence = promo[:, 1:].max(axis=1) - promo[:, 0]
    assert evidence[1] > evidence[0]
    tags = tag(segmented([ARTICLE, f"{ARTICLE}\n{PLUG}"]), tagger).to_pylist()
    assert tags[0]["promo"] == "none"
    assert tags[1]["promo"] != "none"


@given(
    st.lists(st.text("abnghêọ_#@😍", min_size=1, max_size=70), min_size=1, max_size=60),
    st.integers(1, 254),
)
def test_windows_hold_every_word_once_in_order(words: list[str], window: int) -> None:
    vocabulary = _vocabulary()
    text = " ".join(words)
    found = _windows(text, vocabulary, window)
    assert all(len(ids) <= window for ids, _ in found)
    assert [word for _, own in found for word in own.split()] == words
    (whole,) = encode_words([text], vocabulary)
    joined = [piece for ids, _ in found for piece in ids]
    assert joined == [piece for word in whole for piece in word[:window]]


def test_one_window_stays_as_it_is() -> None:
    scores = np.random.default_rng(1).normal(size=(1, OUTPUTS)).astype(np.float32)
    assert np.array_equal(_combine(scores, [[17]]), scores.astype(np.float64))


def test_drive_is_averaged_by_length_and_promo_is_the_largest() -> None:
    scores = np.zeros((2, OUTPUTS), np.float32)
    scores[0, SLICES["drive"]] = [2.0, 0.0]
    scores[1, SLICES["promo"]] = [0.0, 3.0, 0.0]
    logits = _combine(scores, [[30, 10]])
    assert logits[0, SLICES["drive"]].tolist() == [1.5, 0.0]
    assert logits[0, SLICES["promo"]].tolist() == [0.0, 3.0, 0.0]
