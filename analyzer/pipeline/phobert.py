"""A PhoBERT fine-tuned into a tagger: base, split by account, training, calibration, bundle."""

from __future__ import annotations

import hashlib
import logging
import re
from dataclasses import asdict
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson

from analyzer.atomic import atomic_path
from analyzer.errors import InputError, ModelError
from analyzer.model.bundle import FORMAT, MANIFEST, Manifest, packed_and_expanded, write_bundle
from analyzer.model.encode import load_vocabulary
from analyzer.model.tagger import logits_of
from analyzer.pipeline.base import read_base
from analyzer.pipeline.calibrate import calibrated
from analyzer.pipeline.labels import account_split, only, read_labelled
from analyzer.pipeline.linear import baseline_logits
from analyzer.schema import NICHES, PROMOS
from analyzer.text import TONE_STYLE, front_end

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from analyzer.config import TrainConfig
    from analyzer.model.encode import Vocabulary
    from analyzer.pipeline.base import Base
    from analyzer.pipeline.labels import Labelled
    from analyzer.pipeline.network import Network

    Ints = NDArray[np.int64]

log = logging.getLogger(__name__)

EXTRA: Final = ("accelerate", "sklearn", "tensorboard")
LOGITS_AT_ONCE: Final = 256
RUN: Final = "run.json"
_NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]*", re.ASCII)


def train_tagger(  # noqa: PLR0913 - what it learns from, and how
    labelled: Path,
    out: Path,
    *,
    base: str,
    work: Path,
    settings: TrainConfig,
    device: str = "cpu",
    licence: str | None = None,
) -> Manifest:
    """Fine-tune a base on labelled posts and write the bundle to `out`, whose last part names it.

    Accounts are split: most train, `settings.stop` of them say when to stop, `settings.held_out`
    of them measure and calibrate.
    base, licence: see `read_base`.
    work: folder of checkpoints and learning curves; a run that was stopped goes on from there, to
        the same result.

    Raises:
        InputError: labels, settings or folders cannot be used.
        ModelError: the base cannot be had, or is no PhoBERT.
    """
    _check(out)
    data = read_labelled(labelled)
    found = read_base(base, work, licence=licence)
    vocabulary = load_vocabulary(found.folder, lower=False)
    if vocabulary.size != found.shape.vocab_size:
        raise ModelError(
            f"{found.folder}: vocab.txt makes {vocabulary.size} sub-words, config.json says "
            f"{found.shape.vocab_size}; fetch both again"
        )
    if settings.sub_words + 2 > found.shape.max_position_embeddings - 2:
        raise InputError(
            f"sub_words is {settings.sub_words}, this base reads "
            f"{found.shape.max_position_embeddings - 4} at most; set it to that or less"
        )
    from analyzer.pipeline.finetune import window_ids
    from analyzer.pipeline.trainer import fine_tune

    _begin(work, _fingerprint(data, found, settings))
    held_out, stop, train = account_split(
        data.accounts, (settings.held_out, settings.stop), settings.seed
    )
    log.info("posts to train, stop and measure: %d, %d, %d", len(train), len(stop), len(held_out))
    if not (len(train) and len(stop) and len(held_out)):
        raise InputError(
            f"{labelled}: {len(np.unique(data.accounts))} accounts are too few to split into "
            "those that train, that stop and that measure; label posts of more accounts"
        )
    network = _network(found, settings.seed)
    ids = window_ids(data.texts, vocabulary, settings.sub_words)
    fine_tune(
        network,
        data,
        ids,
        vocabulary.pad,
        rows=train,
        stop_rows=stop,
        settings=settings,
        work=work,
        device=device,
    )
    weights = {name: w.numpy() for name, w in network.state_dict().items()}
    unseen = only(data, held_out)
    logits = _logits(weights, found, vocabulary, unseen.texts, device)
    baseline = baseline_logits(data, train, held_out, seed=settings.seed)
    learnt = calibrated(logits, unseen, seed=settings.seed)
    manifest = Manifest(
        format=FORMAT,
        name=out.name,
        front_end=front_end(),
        tone_style=TONE_STYLE,
        lower=False,
        encoder=found.shape,
        runtime="torch",
        base=found.name,
        base_licence=found.licence,
        window=found.shape.max_position_embeddings - 4,
        niches=NICHES,
        promos=PROMOS,
        temperature=learnt.temperature,
        promo_odds=learnt.promo_odds,
        rates=learnt.rates,
        niche_rates=learnt.niche_rates,
        metrics={
            "tagger": learnt.figures,
            "baseline": calibrated(baseline, unseen, seed=settings.seed).figures,
        },
        measured=_measured(unseen, labelled.name),
        data={labelled.name: data.sha256},
        calibrated_on={},
        seed=settings.seed,
        files={},
    )
    write_bundle(out, manifest, weights, vocabulary=found.folder)
    return manifest


def _check(out: Path) -> None:
    missing = [name for name in EXTRA if find_spec(name) is None]
    if missing:
        raise InputError(
            f"training needs {', '.join(missing)}: pip install 'vn-content-analyzer[train]'"
        )
    if not _NAME.fullmatch(out.name):
        raise InputError(
            f"the bundle's folder names it: letters, digits, dot, dash; got '{out.name}'"
        )
    if out.is_dir() and any(out.iterdir()) and not (out / MANIFEST).is_file():
        raise InputError(f"{out} holds files that are no bundle; pass another folder with -o")


def _fingerprint(data: Labelled, base: Base, settings: TrainConfig) -> dict[str, Any]:
    """All that a checkpoint's meaning hangs on."""
    digest = hashlib.sha256()
    for name, values in sorted(base.weights.items()):
        digest.update(name.encode())
        digest.update(values.tobytes())
    return {
        "front_end": front_end(),
        "labelled": data.sha256,
        "base": digest.hexdigest(),
        "settings": asdict(settings),
    }


def _begin(work: Path, fingerprint: dict[str, Any]) -> None:
    """Leave the run's fingerprint; what was begun otherwise is not gone on from."""
    work.mkdir(parents=True, exist_ok=True)
    mark = work / RUN
    if not mark.exists():
        with atomic_path(mark) as part:
            part.write_bytes(orjson.dumps(fingerprint, option=orjson.OPT_INDENT_2))
        return
    before = orjson.loads(mark.read_bytes())
    changed = [name for name, value in fingerprint.items() if before.get(name) != value]
    if changed:
        raise InputError(
            f"{work} was begun with other {', '.join(changed)}: pass another --work, or delete it"
        )


def _network(base: Base, seed: int) -> Network:
    import torch

    from analyzer.pipeline.encoders import network_of

    torch.manual_seed(seed)  # the heads begin at random
    try:
        return network_of(base.weights, base.shape)
    except (ValueError, RuntimeError) as error:
        why = str(error).partition("\n")[0]
        raise ModelError(f"{base.folder}: weights do not fit config.json: {why}") from error


def _logits(
    weights: dict[str, NDArray[Any]],
    base: Base,
    vocabulary: Vocabulary,
    texts: list[str],
    device: str,
) -> NDArray[np.float64]:
    """What the bundle will answer: its weights rounded as shipped, its windows."""
    window = base.shape.max_position_embeddings - 4
    shipped = packed_and_expanded(weights)
    answer = logits_of(shipped, base.shape, vocabulary, window=window, device=device)
    starts = range(0, len(texts), LOGITS_AT_ONCE)
    return np.concatenate([answer(texts[at : at + LOGITS_AT_ONCE]) for at in starts])


def _measured(unseen: Labelled, name: str) -> str:
    clear = unseen.clarity >= 1
    accounts = len(np.unique(unseen.accounts[clear]))
    return (
        f"{int(clear.sum()):,} labelled posts of clarity 1 and more in {name}, of {accounts:,} "
        "accounts that were neither trained on nor looked at to stop; temperature and promotion "
        "odds of each fifth of them were fitted on the others"
    )
