"""Rows that wait to become a batch: drafts on their way to posts, and rejects."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa

from analyzer.schema import REJECT
from analyzer.sources.build import build_posts
from analyzer.sources.fields import scrub
from analyzer.sources.shapes import MIB, RAW_LIMIT, Draft, Origin

PENDING_BYTES: Final = 32 * MIB
"""A batch is handed on early when its rows, as they stood, weigh this much."""
REJECT_WEIGHT: Final = 1 << 10
"""Bytes that a reject or a draft weighs beside its row as it stood."""

Raw = bytes | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportBatch:
    """Posts and rejects of a stretch of the input."""

    posts: Any
    """pa.Table of schema POST."""
    rejects: Any
    """pa.Table of schema REJECT."""


@dataclass(slots=True)
class Pending:
    """Rows that wait to become a batch."""

    drafts: list[Draft] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)
    raws: list[Raw] = field(default_factory=list)
    weight: int = 0
    rejects: list[tuple[str, int | None, str | None, str, str | None]] = field(default_factory=list)

    def add(self, draft: Draft, origin: Origin, raw: Raw) -> None:
        """Keep a draft."""
        self.drafts.append(draft)
        self.origins.append(origin)
        self.raws.append(raw)
        self.weight += _weight(draft, raw)

    def reject(
        self, file: str, row: int | None, name: str | None, why: str, raw: Raw = None
    ) -> None:
        """Keep a reject."""
        stood = as_it_stood(raw)
        self.rejects.append((file, row, name, scrub(why), stood))
        self.weight += REJECT_WEIGHT + len(stood or "")

    def full(self, rows: int) -> bool:
        """Whether a batch of `rows` posts, or of a bounded weight, is ready."""
        return len(self.drafts) >= rows or self.weight >= PENDING_BYTES

    def flush(self, rows: int) -> ImportBatch:
        """The first `rows` drafts and all rejects as tables; what is left waits on."""
        posts, failed = build_posts(self.drafts[:rows], self.origins[:rows])
        for at in sorted(failed):
            _, file, row, _ = self.origins[at]
            raw = self.raws[at] if self.raws[at] is not None else _dumped(self.drafts[at])
            self.reject(file, row, failed[at].field, failed[at].why, raw)
        rejects = [list(column) for column in zip(*self.rejects, strict=True)] or [[]] * 5
        table = pa.Table.from_arrays(
            [pa.array(c, type=f.type) for c, f in zip(rejects, REJECT, strict=True)], schema=REJECT
        )
        del self.drafts[:rows], self.origins[:rows], self.raws[:rows]
        self.rejects.clear()
        self.weight = sum(map(_weight, self.drafts, self.raws))
        return ImportBatch(posts=posts, rejects=table)


def _weight(draft: Draft, raw: Raw) -> int:
    """Bytes that a row holds, about; of a row that is not kept as it stood, its text."""
    if raw is not None:
        return len(raw)
    text = draft.get("text")
    return REJECT_WEIGHT + (len(text) if isinstance(text, str) else 0)


def as_it_stood(raw: Raw) -> str | None:
    r"""A rejected row, cut at RAW_LIMIT bytes; undecodable bytes as `\xNN`."""
    if raw is None:
        return None
    if isinstance(raw, str):
        raw = raw[:RAW_LIMIT].encode("utf-8", "surrogateescape" if _escaped(raw) else "replace")
    return raw[:RAW_LIMIT].decode("utf-8", "backslashreplace")[:RAW_LIMIT]


def _escaped(text: str) -> bool:
    try:
        text[:RAW_LIMIT].encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def _dumped(draft: Draft) -> str:
    return json.dumps(draft, ensure_ascii=False, default=str)[:RAW_LIMIT]
