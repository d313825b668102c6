"""A bundle's temperature and rates fitted anew on a user's own labels; its weights stay."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from analyzer.errors import InputError
from analyzer.model.bundle import read_bundle, write_bundle
from analyzer.model.tagger import load_tagger
from analyzer.pipeline.calibrate import calibrated
from analyzer.pipeline.labels import read_labelled
from analyzer.text import front_end

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.model import Manifest

log = logging.getLogger(__name__)

MIN_POSTS: Final = 200
"""Labelled posts of clarity 1 and more that it takes: as many as make a platform count as measured
(`rates.PLATFORM_LABELS`)."""


def recalibrate(bundle: Path, labelled: Path, out: Path, *, seed: int) -> Manifest:
    """Write to `out` a bundle that answers as `bundle` does, calibrated on `labelled`.

    labelled: posts of accounts that the model never saw, on the platforms it shall be used for;
        platforms without labels in it count as not measured afterwards.

    Raises:
        InputError: too few labels, or the very file the model was trained on.
        ModelError: the bundle cannot be used.
    """
    read = read_bundle(bundle)
    data = read_labelled(labelled)
    if data.sha256 in read.manifest.data.values():
        raise InputError(
            f"{bundle} was trained on {labelled}: it knows those answers by heart, and would look "
            "surer than it is; label posts of accounts it never saw"
        )
    clear = data.clarity >= 1
    if clear.sum() < MIN_POSTS:
        raise InputError(
            f"{labelled} holds {int(clear.sum())} posts of clarity 1 and more; {MIN_POSTS} are "
            "needed to measure how often the model errs"
        )
    tagger = load_tagger(bundle, front_end=front_end())
    learnt = calibrated(tagger.logits(data.texts), data, seed=seed)
    before = read.manifest
    metrics = {"tagger": learnt.figures}
    accounts = len(np.unique(data.accounts[clear]))
    manifest = replace(
        before,
        temperature=learnt.temperature,
        promo_odds=learnt.promo_odds,
        rates=learnt.rates,
        niche_rates=learnt.niche_rates,
        metrics=metrics,
        measured=f"{int(clear.sum()):,} labelled posts of clarity 1 and more in {labelled.name}, "
        f"of {accounts:,} accounts, given by the user as unseen by the model; temperature and "
        "promotion odds of each fifth of them were fitted on the others",
        calibrated_on={labelled.name: data.sha256},
    )
    write_bundle(out, manifest, read.weights, vocabulary=bundle)
    return manifest
