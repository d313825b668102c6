"""Posts to tagged posts: the one code path of memory, store and cluster."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from analyzer.model import load_tagger, tag
from analyzer.schema import TAGGED_POST
from analyzer.text import abstention, front_end, prepare

if TYPE_CHECKING:
    from collections.abc import Callable


REPOST: Final = "repost"
"""Why a post is not judged that says of itself that it is another account's, passed on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSpec:
    """All that decides a worker's answer, as values that travel to another process."""

    bundle: str | None
    """Folder of a bundle; None is the embedded default."""
    model_id: str
    """See `model.id_on`."""
    front_end: str
    device: str = "cpu"
    abstention: str = field(default_factory=abstention)
    """Which posts are judged; no part of a bundle, since no tagger is trained behind it."""

    def fingerprint(self) -> str:
        """Hex digest; equal specs give equal answers, wherever the bundle lies."""
        parts = (self.model_id, self.front_end, self.abstention, REPOST)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def open_worker(spec: WorkerSpec) -> Callable[[Any], Any]:
    """A function from a POST table to a TAGGED_POST table, same rows, same order.

    Raises:
        ModelError: the bundle is missing, damaged, or made behind another front end.
    """
    tagger = load_tagger(spec.bundle, device=spec.device, front_end=front_end())

    def work(posts: Any) -> Any:
        tags = tag(_without_reposts(posts, prepare(posts)), tagger)
        return pa.table([*posts.columns, *tags.drop_columns("post_id").columns], schema=TAGGED_POST)

    return work


def _without_reposts(posts: Any, segmented: Any) -> Any:
    """The same rows; reposts are not judged: what somebody else wrote says nothing of the account.

    Where an export does not say, a post counts as the account's own.
    """
    passed_on = pc.fill_null(posts.column("is_repost"), fill_value=False)
    abstain = pc.if_else(passed_on, REPOST, segmented.column("abstain"))
    return segmented.set_column(segmented.schema.get_field_index("abstain"), "abstain", abstain)
