"""Hashed n-grams: the same arithmetic for one text and for many."""

from __future__ import annotations

import numpy as np

from analyzer.model.ngrams import ngram_counts, ngram_features, ngram_logits

BITS = 10
IDF = np.linspace(0.5, 2, 2 << BITS, dtype=np.float32)


def test_words_and_characters_lie_in_their_own_halves() -> None:
    (words, _), (characters, _) = ngram_counts("Bún bò Huế #anngon", BITS)
    assert words.max() < 1 << BITS <= characters.min()
    assert characters.max() < 2 << BITS


def test_a_repeated_word_is_counted() -> None:
    (_, counts), _ = ngram_counts("ngon ngon ngon", BITS)
    assert sorted(counts.tolist()) == [2, 3]  # the pair twice, the word three times


def test_case_plays_no_role_and_order_of_words_does() -> None:
    def buckets(text: str) -> list[int]:
        return [int(bucket) for bucket in ngram_counts(text, BITS)[0][0]]

    assert buckets("Bún Chả") == buckets("bún chả")
    assert buckets("bún chả") != buckets("chả bún")


def test_characters_do_not_cross_words() -> None:
    _, (apart, _) = ngram_counts("ab cd", BITS)
    _, (alone, _) = ngram_counts("ab", BITS)
    _, (other, _) = ngram_counts("cd", BITS)
    assert set(apart.tolist()) == set(alone.tolist()) | set(other.tolist())


def test_both_parts_have_length_one() -> None:
    features = ngram_features("một tô bún riêu nóng", IDF)
    squares = features.values.astype(np.float64) ** 2
    assert np.isclose(squares[features.buckets < 1 << BITS].sum(), 1, atol=1e-5)
    assert np.isclose(squares[features.buckets >= 1 << BITS].sum(), 1, atol=1e-5)


def test_a_text_without_words_has_no_logits() -> None:
    weights = np.ones((2 << BITS, 3), np.float32)
    assert ngram_logits([""], IDF, weights).tolist() == [[0.0, 0.0, 0.0]]


def test_a_row_does_not_depend_on_the_others() -> None:
    weights = np.random.default_rng(0).normal(size=(2 << BITS, 3)).astype(np.float32)
    texts = ["xin chào", "mưa rồi #saigon", "", "bánh mì 15k một ổ"]
    together = ngram_logits(texts, IDF, weights)
    alone = np.concatenate([ngram_logits([text], IDF, weights) for text in texts])
    assert np.array_equal(together, alone)
