"""Which rows of which files a former run rejected, to read those again and no others."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from analyzer.schema import POST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analyzer.sources.inspection import Inspection

SAME_POST: Final = "is the same post as row"
"""How the reason begins of a row that another file tells, too: to read it again changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejects:
    """What a former run rejected."""

    wanted: dict[str, set[int] | None] = field(default_factory=dict)
    """File to the rows to read again; None is all of the file."""
    rows: list[dict[str, Any]] = field(default_factory=list)
    """The rejects (rows of REJECT) that say so."""
    kept: list[dict[str, Any]] = field(default_factory=list)
    """Rejects that stay."""

    def rows_of(self, file: str) -> set[int] | None:
        """The rows of the file to read again; None is all, as in an archive rejected as a whole."""
        name = file
        while name:
            if self.wanted.get(name, ()) is None:
                return None
            name = name.rpartition("/")[0]
        return self.wanted.get(file, set())

    def within(self, file: str) -> bool:
        """Whether the file, or one inside it, is to be read again."""
        rows = self.rows_of(file)
        return rows is None or bool(rows) or any(n.startswith(f"{file}/") for n in self.wanted)


def rejects_of(rows: Iterable[dict[str, Any]]) -> Rejects:
    """The rows of a rejects.jsonl, parted into what to read again and what to leave."""
    found = Rejects()
    for row in rows:
        if row["why"].startswith(SAME_POST):
            found.kept.append(row)
            continue
        found.rows.append(row)
        if row["row"] is None:
            found.wanted[row["file"]] = None
        elif (numbers := found.wanted.setdefault(row["file"], set())) is not None:
            numbers.add(row["row"])
    return found


def not_reached(rejects: Rejects, now: Sequence[Inspection]) -> list[dict[str, Any]]:
    """Rejects of files that were wanted and are not among those read now."""
    names = [one.file for one in now]
    reached = {
        file
        for file in rejects.wanted
        if any(name == file or name.startswith(f"{file}/") for name in names)
    }
    return [row for row in rejects.rows if row["file"] not in reached]


def brought_up_to_date(
    before: Sequence[Inspection], now: Sequence[Inspection], rejects: Rejects
) -> list[Inspection]:
    """What each file held, by name, after some of its rows were read again.

    before   of the former run
    now      of the rows and files that were read again
    rejects  what was wanted of them, and what was not
    """
    left = {row["file"] for row in not_reached(rejects, now)}
    gone = {file for file, rows in rejects.wanted.items() if rows is None} - left
    files = {one.file: one for one in before if one.file not in gone}
    kept: dict[str, Counter[str]] = {}
    for row in rejects.kept:
        kept.setdefault(row["file"], Counter())[row["why"]] += 1
    for one in now:
        old, rows = files.get(one.file), rejects.rows_of(one.file)
        whole = old is None or rows is None
        files[one.file] = one if whole or old is None else _both(old, one, kept.get(one.file, {}))
    return [files[name] for name in sorted(files)]


def _both(old: Inspection, new: Inspection, kept: Mapping[str, int]) -> Inspection:
    """A file whose rejected rows were read again; `kept` are the reasons of those that were not."""
    counts = {name: old.found.get(name, 0) + new.found.get(name, 0) for name in POST.names}
    reasons = Counter(kept) + Counter(new.reasons)
    return replace(
        old,
        posts=old.posts + new.posts,
        rejected=reasons.total(),
        reasons=dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        found={name: count for name, count in counts.items() if count},
        absent=tuple(name for name in old.absent if not counts[name]),
        unused=new.unused,
    )
