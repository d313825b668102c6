"""How far readers agree beyond chance: Cohen's kappa by pair, Krippendorff's alpha over all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import combinations
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from analyzer.errors import InputError
from analyzer.pipeline.labelling.words import CODES, FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.pipeline.labelling.rows import Answer

NO_POST: Final = "no common post"
ONE_CLASS: Final = "one class only: agreement by chance cannot be told from agreement"

_ORDINAL: Final = frozenset({"clarity"})
"""Fields whose classes have an order: a step apart is a smaller disagreement than three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two readers on one field."""

    first: str
    second: str
    posts: int
    """Posts that both answered."""
    same: int
    """Posts they answered alike."""
    kappa: float | None
    """Cohen's kappa, of clarity with linear weights; None where it is undefined."""
    why: str | None
    """Why there is no kappa."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldAgreement:
    """All readers on one field."""

    field: str
    readers: int
    posts: int
    """Posts that two readers or more answered."""
    same: int
    """Posts of these that all who answered answered alike."""
    alpha: float | None
    """Krippendorff's alpha, ordinal for clarity and nominal else; None where it is undefined."""
    why: str | None
    confused: tuple[tuple[str, str, int], ...]
    """Two codes and how many posts had both, most frequent first."""
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A post on which readers differ in a field."""

    post_id: str
    field: str
    said: Mapping[str, str]
    """Reader to code."""


def agreement(answers: Sequence[Answer]) -> tuple[FieldAgreement, ...]:
    """Agreement on each field of FIELDS; a field left empty counts for nobody.

    answers: one of each reader to each post, as `read_answers` gives them.

    Raises:
        InputError: a library that computes the coefficients is not installed.
    """
    missing = [name for name in ("krippendorff", "sklearn") if find_spec(name) is None]
    if missing:
        raise InputError(
            f"agreement needs {', '.join(missing)}: pip install 'vn-content-analyzer[train]'"
        )
    return tuple(_field(name, _said(answers, name)) for name in FIELDS)


def disagreements(answers: Sequence[Answer]) -> tuple[Disagreement, ...]:
    """Where readers differ, field by field in the order of FIELDS, by post."""
    return tuple(
        Disagreement(post_id=post, field=name, said=dict(sorted(said.items())))
        for name in FIELDS
        for post, said in sorted(_said(answers, name).items())
        if len(set(said.values())) > 1
    )


def _said(answers: Sequence[Answer], name: str) -> dict[str, dict[str, str]]:
    """Post to reader to code."""
    found: dict[str, dict[str, str]] = {}
    for answer in answers:
        value = getattr(answer, name)
        if value is not None:
            found.setdefault(answer.post_id, {})[answer.annotator] = str(value)
    return found


def _field(name: str, said: Mapping[str, Mapping[str, str]]) -> FieldAgreement:
    shared = [codes for _, codes in sorted(said.items()) if len(codes) > 1]
    readers = sorted({reader for codes in said.values() for reader in codes})
    alpha, why = _alpha(name, shared)
    return FieldAgreement(
        field=name,
        readers=len(readers),
        posts=len(shared),
        same=sum(len(set(codes.values())) == 1 for codes in shared),
        alpha=alpha,
        why=why,
        confused=_confused(name, shared),
        pairs=tuple(
            _pair(name, first, second, shared) for first, second in combinations(readers, 2)
        ),
    )


def _confused(name: str, shared: Sequence[Mapping[str, str]]) -> tuple[tuple[str, str, int], ...]:
    order = CODES[name].index
    met = Counter(
        pair for codes in shared for pair in combinations(sorted(set(codes.values()), key=order), 2)
    )
    ranked = sorted(met.items(), key=lambda item: (-item[1], *map(order, item[0])))
    return tuple((one, other, count) for (one, other), count in ranked)


def _alpha(name: str, shared: Sequence[Mapping[str, str]]) -> tuple[float | None, str | None]:
    import krippendorff

    if not shared:
        return None, NO_POST
    place = {code: column for column, code in enumerate(CODES[name])}
    counts = np.zeros((len(shared), len(place)), np.int64)
    for row, codes in enumerate(shared):
        for code in codes.values():
            counts[row, place[code]] += 1
    if np.count_nonzero(counts.sum(axis=0)) == 1:
        return None, ONE_CLASS
    level: Literal["ordinal", "nominal"] = "ordinal" if name in _ORDINAL else "nominal"
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement=level)), None


def _pair(name: str, first: str, second: str, shared: Sequence[Mapping[str, str]]) -> Pair:
    from sklearn.metrics import cohen_kappa_score

    both = [(codes[first], codes[second]) for codes in shared if first in codes and second in codes]
    why = (
        NO_POST if not both else ONE_CLASS if len({c for pair in both for c in pair}) == 1 else None
    )
    kappa = None
    if why is None:
        # all classes are named, in order: the distance of two does not depend on what occurs
        weights = "linear" if name in _ORDINAL else None
        kappa = cohen_kappa_score(*zip(*both, strict=True), labels=CODES[name], weights=weights)
    return Pair(
        first=first,
        second=second,
        posts=len(both),
        same=sum(one == other for one, other in both),
        kappa=None if kappa is None else float(kappa),
        why=why,
    )
