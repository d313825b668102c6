"""Changes of a text as values: what was where, and what stands there now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters `start` to `end` of a text become `new`; end lies behind start."""

    start: int
    end: int
    new: str


def applied(text: str, edits: Iterable[Edit]) -> str:
    """The text after the edits, which are ordered and do not overlap."""
    out: list[str] = []
    done = 0
    for edit in edits:
        out += (text[done : edit.start], edit.new)
        done = edit.end
    return "".join([*out, text[done:]]) if out else text


def moved(places: Sequence[tuple[int, int]], edits: Iterable[Edit]) -> list[tuple[int, int]]:
    """Where each character came from, after the edits too.

    places: (start, end) in the original for each character before the edits.
    A character that an edit wrote comes from all that the edit replaced.
    """
    out: list[tuple[int, int]] = []
    done = 0
    for edit in edits:
        out += places[done : edit.start]
        out += [(places[edit.start][0], places[edit.end - 1][1])] * len(edit.new)
        done = edit.end
    return [*out, *places[done:]]
