"""The linear branch: logistic regression on hashed n-grams; and the TF-IDF baseline beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analyzer.model.ngrams import ngram_counts, ngram_features
from analyzer.model.shape import HEADS, OUTPUTS, SLICES
from analyzer.pipeline.calibrate import FOLDS
from analyzer.pipeline.labels import account_folds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analyzer.pipeline.labels import Labelled

BITS: Final = 16
"""2**16 buckets each for words and characters: macro F1 0.794 / 0.848 in 5 folds by account, with
2**17 0.794 / 0.849, without hashing 0.795 / 0.851; C differs (EXPERIMENTS.md, embedded default)."""

MIN_ACCOUNTS: Final = 5
"""Buckets that fewer accounts fill weigh nothing: no weight can be traced to one of them."""

PENALTY: Final = 5.0
"""C of the logistic regressions, of the branch and of the baseline alike; chosen, not measured."""


def train_linear(
    data: Labelled, rows: NDArray[np.int64], *, seed: int
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Idf (2 * 2**BITS,), weights (2 * 2**BITS, OUTPUTS) and bias (OUTPUTS,) of all heads."""
    texts = [data.texts[row] for row in rows]
    idf = _idf(texts, data.accounts[rows])
    live = np.flatnonzero(idf)
    matrix = feature_matrix(texts, idf)[:, live]
    weights = np.zeros((2 << BITS, OUTPUTS), np.float32)
    bias = np.zeros(OUTPUTS, np.float32)
    for head in HEADS:
        coefficients, intercept = _fit(matrix, data, rows, head, seed)
        weights[live, SLICES[head]] = coefficients.T
        bias[SLICES[head]] = intercept
    return idf, weights, bias


def linear_out_of_fold(data: Labelled, *, seed: int) -> NDArray[np.float64]:
    """(N, OUTPUTS) logits of linear branches that never saw the accounts they answer for."""
    out = np.zeros((len(data.texts), OUTPUTS))
    for train, held_out in account_folds(data.accounts, FOLDS, seed):
        idf, weights, bias = train_linear(data, train, seed=seed)
        texts = [data.texts[row] for row in held_out]
        out[held_out] = feature_matrix(texts, idf) @ weights + bias
    return out


def feature_matrix(texts: Sequence[str], idf: NDArray[np.float32]) -> Any:
    """(len(texts), 2 * 2**BITS) sparse matrix of `ngram_features`."""
    from scipy.sparse import csr_matrix

    features = [ngram_features(text, idf) for text in texts]
    ends = np.cumsum([0, *(len(f.buckets) for f in features)])
    return csr_matrix(
        (
            np.concatenate([f.values for f in features]),
            np.concatenate([f.buckets for f in features]),
            ends,
        ),
        shape=(len(texts), len(idf)),
    )


def baseline_logits(
    data: Labelled, train: NDArray[np.int64], held_out: NDArray[np.int64], *, seed: int
) -> NDArray[np.float64]:
    """(len(held_out), OUTPUTS) logits of TF-IDF with logistic regression on the text as it is."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import FeatureUnion

    union = FeatureUnion(
        [
            ("words", TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)),
            (
                "characters",
                TfidfVectorizer(
                    analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True
                ),
            ),
        ]
    )
    seen = union.fit_transform([data.raw[row] for row in train])
    unseen = union.transform([data.raw[row] for row in held_out])
    out = np.zeros((len(held_out), OUTPUTS))
    for head in HEADS:
        coefficients, intercept = _fit(seen, data, train, head, seed)
        out[:, SLICES[head]] = unseen @ coefficients.T + intercept
    return out


def _idf(texts: Sequence[str], accounts: NDArray[np.str_]) -> NDArray[np.float32]:
    """Smoothed idf as scikit-learn has it; 0 for buckets of fewer than MIN_ACCOUNTS accounts."""
    found = [np.concatenate([part[0] for part in ngram_counts(text, BITS)]) for text in texts]
    documents = np.bincount(np.concatenate(found), minlength=2 << BITS)
    code = np.unique(accounts, return_inverse=True)[1]
    owner = np.repeat(code, [len(buckets) for buckets in found])
    pairs = np.unique(np.stack([np.concatenate(found), owner]), axis=1)
    owners = np.bincount(pairs[0], minlength=2 << BITS)
    idf = np.log((1 + len(texts)) / (1 + documents)) + 1
    return np.where(owners >= MIN_ACCOUNTS, idf, 0).astype(np.float32)


def _fit(
    matrix: Any, data: Labelled, rows: NDArray[np.int64], head: str, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(C, F) coefficients and (C,) intercepts; two classes as a pair that sums to nought."""
    from sklearn.linear_model import LogisticRegression

    weight = data.weights(head)[rows]
    used = weight > 0
    model = LogisticRegression(C=PENALTY, max_iter=60, tol=1e-3, random_state=seed)
    model.fit(matrix[used], data.targets[head][rows][used], sample_weight=weight[used])
    classes = HEADS[head]
    coefficients = np.zeros((classes, matrix.shape[1]))
    intercept = np.full(classes, -20.0)  # a class without a post in this fold: never answered
    if classes == 2:  # noqa: PLR2004 - scikit-learn gives one row for two classes
        coefficients[1], coefficients[0] = model.coef_[0] / 2, -model.coef_[0] / 2
        intercept[1], intercept[0] = model.intercept_[0] / 2, -model.intercept_[0] / 2
    else:
        coefficients[model.classes_] = model.coef_
        intercept[model.classes_] = model.intercept_
    return coefficients, intercept
