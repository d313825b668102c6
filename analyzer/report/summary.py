"""What a report says beside its accounts: what was read, by which model, with which settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from analyzer.config import ProfileConfig
    from analyzer.sources import Inspection


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure of the model on accounts it never saw, beside the baseline's on the same ones."""

    name: str
    """What was measured, in words: `Passion or brand: accuracy`."""
    model: float
    baseline: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSummary:
    """The part of a bundle's manifest that a reader of a report needs."""

    model_id: str
    measured_on: str
    """In words, a whole sentence: how many posts of how many accounts."""
    baseline: str
    """What the baseline is, in words: `TF-IDF and logistic regression`."""
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSummary:
    """What was read and how; holds no clock and no machine path, so equal input, equal report."""

    title: str
    inputs: tuple[str, ...]
    """The paths that were given, each with its last part only."""
    files: int
    """Files read."""
    posts: int
    """Posts imported, abstentions included, rejects not."""
    rejected: Mapping[str, int]
    """Rows that could not be imported, by reason."""
    abstained: Mapping[str, int]
    """Posts the tagger did not judge, by reason."""
    copies: int
    """Judged posts that repeat another one of their account: counted once, with that one."""
    formats: Mapping[str, int]
    """Posts by format."""
    cannot_carry: Mapping[str, tuple[str, ...]]
    """Post fields that a format has no place for, by format."""
    sources: tuple[Inspection, ...]
    """What the files of each format held, as if they were one."""
    troubled: tuple[Inspection, ...]
    """Files of which something was rejected, those with most rejects first."""
    first_posted_at: datetime | None
    last_posted_at: datetime | None
    model: ModelSummary
    settings: ProfileConfig
