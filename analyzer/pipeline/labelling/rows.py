"""The rows of the annotation loop: a post that was chosen, and what one reader said of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Final

import orjson

from analyzer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

CHOSEN: Final = "chosen.jsonl"
"""The file of a round that keeps its posts as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A post to label, and why it was chosen."""

    post_id: str
    account: str
    """`account_id` of the post."""
    platform: str
    title: str | None
    text: str
    url: str | None
    why: str
    """`uncertain`, or `random`: drawn evenly from all texts that were judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one reader said of one post; None is a field that was left empty."""

    post_id: str
    annotator: str
    drive: str
    clarity: int | None
    niche: str | None
    promo: str | None


def read_rounds(folders: Sequence[Path]) -> dict[str, Chosen]:
    """The posts of rounds by post_id, from the folders that `analyzer label next` wrote.

    Raises:
        InputError: a folder holds no round.
    """
    return {row.post_id: row for folder in folders for row in _read(folder / CHOSEN)}


def _read(path: Path) -> list[Chosen]:
    remedy = "pass the folder that `analyzer label next` wrote with --round"
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; {remedy}") from error
    names = {field.name for field in fields(Chosen)}
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise InputError(f"{path}, line {number}: is not JSON; {remedy}") from error
        if not isinstance(row, dict) or row.keys() != names:
            raise InputError(f"{path}, line {number}: is no post of a round; {remedy}")
        found.append(Chosen(**row))
    if not found:
        raise InputError(f"{path} holds no post; {remedy}")
    return found


def json_lines(rows: Iterable[Any]) -> bytes:
    """Dataclasses or mappings as JSON lines; texts hold U+2028, so lines end at LF only."""
    plain = (row if isinstance(row, dict) else asdict(row) for row in rows)
    return b"".join(orjson.dumps(row) + b"\n" for row in plain)
