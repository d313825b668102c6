"""Several readers' answers to one label a post: what most of them say, or nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analyzer.pipeline.labelling.words import FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.pipeline.labelling.rows import Answer, Chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Labels, and what has to be talked over."""

    labels: tuple[dict[str, Any], ...]
    """Rows that `read_labelled` reads, by post_id; None is a field nobody said, or a tie."""
    ties: Mapping[str, str]
    """post_id to who said what, for posts with a field that no majority settles."""


def settle(answers: Sequence[Answer], chosen: Mapping[str, Chosen]) -> Settled:
    """The label of each post: what more than half of its readers say, field by field.

    The clarity is the middle one, of two the lower. A post without a majority on drive gets no
    label; without one on niche or promo it gets none for that field. Both are ties.
    """
    by_post: dict[str, list[Answer]] = {}
    for answer in answers:
        by_post.setdefault(answer.post_id, []).append(answer)
    labels, ties = [], {}
    for post_id, given in sorted(by_post.items()):
        settled: dict[str, Any] = {}
        open_fields = []
        for field in FIELDS:
            said = [value for a in given if (value := getattr(a, field)) is not None]
            settled[field] = _middle(said) if field == "clarity" else _most(said)
            if settled[field] is None and said:
                open_fields.append(field)
        if open_fields:
            ties[post_id] = "; ".join(_who(field, given) for field in open_fields)
        if settled["drive"] is not None:
            labels.append(_label(chosen[post_id], settled, len(given)))
    return Settled(labels=tuple(labels), ties=ties)


def _most(said: Sequence[str]) -> str | None:
    for value, count in Counter(said).items():
        if 2 * count > len(said):
            return value
    return None


def _middle(said: Sequence[int]) -> int | None:
    return sorted(said)[(len(said) - 1) // 2] if said else None


def _who(field: str, given: Sequence[Answer]) -> str:
    said = ", ".join(f"{a.annotator} {value}" for a in given if (value := getattr(a, field)))
    return f"{field}: {said}"


def _label(post: Chosen, settled: Mapping[str, Any], readers: int) -> dict[str, Any]:
    return {
        "post_id": post.post_id,
        "account": post.account,
        "platform": post.platform,
        "title": post.title,
        "text": post.text,
        "url": post.url,
        **settled,
        "why": post.why,
        "readers": readers,
    }
