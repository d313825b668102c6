"""Invented labelled posts and answers for the tests of evaluation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from analyzer.model.shape import OUTPUTS, SLICES
from analyzer.pipeline.labels import Labelled
from analyzer.rates import PlatformRates, Rates, Variation
from analyzer.schema import NICHES, PROMOS

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORDS = ("phở bò", "váy mới", "chơi game", "tập gym", "du lịch Huế", "mẹ bỉm", "guitar", "son môi")
RATES = Rates(
    passion=(0.01, 0.02, 0.02, 0.03, 0.04, 0.05, 0.08, 0.1, 0.2, 0.45),
    brand=(0.45, 0.2, 0.1, 0.08, 0.05, 0.04, 0.03, 0.02, 0.02, 0.01),
    variation=Variation(passion=0.4, brand=0.4, correlation=0.2, slope=0.5),
    prior=(1.0, 1.0),
    own_recall=0.7,
    own_false=0.02,
)
PLATFORM_RATES = PlatformRates(
    measured={"tiktok": RATES},
    other=replace(RATES, variation=Variation(passion=1.2, brand=1.2, correlation=0.2, slope=0.5)),
)


def labelled(posts: int = 400, accounts: int = 60, seed: int = 0, **changes: Any) -> Labelled:
    """Posts with labels of every kind."""
    random = np.random.default_rng(seed)
    raw = [
        f"{random.choice(WORDS)} số {n} " + "a" * int(random.integers(0, 300)) for n in range(posts)
    ]
    data = Labelled(
        texts=raw,
        raw=raw,
        accounts=np.array([f"acc{n}" for n in random.integers(0, accounts, posts)]),
        platforms=random.choice(["tiktok", "facebook"], posts, p=[0.9, 0.1]),
        drive=random.integers(0, 2, posts),
        niche=random.integers(0, len(NICHES), posts),
        promo=random.choice(len(PROMOS), posts, p=[0.7, 0.2, 0.1]),
        clarity=random.integers(0, 4, posts),
        sha256="0" * 64,
    )
    return replace(data, **changes)


def answers(data: Labelled, *, skill: float = 1.5, seed: int = 1) -> NDArray[np.float64]:
    """(N, OUTPUTS) logits that lean to the labels by `skill`."""
    random = np.random.default_rng(seed)
    logits = random.normal(size=(len(data.raw), OUTPUTS))
    for head, target in data.targets.items():
        logits[np.arange(len(target)), SLICES[head].start + np.maximum(target, 0)] += skill
    return logits
