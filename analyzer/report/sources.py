"""What was read, format by format, as the report page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from analyzer.report import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.sources import Inspection

NAMES_SHOWN: Final = 30
"""Columns that were not read; exports have hundreds."""
FILES_SHOWN: Final = 40
REASONS_SHOWN: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What the files of one format held."""

    name: str
    said: str
    """`12 files, 340 posts, 2 rejects`."""
    facts: list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A file of which something was rejected."""

    file: str
    said: str
    reasons: list[str]


def by_format(sources: Sequence[Inspection]) -> list[Read]:
    """Formats as they were found, those with most posts first."""
    ordered = sorted(sources, key=lambda one: (-one.posts, one.format or ""))
    return [_read(one) for one in ordered]


def _read(one: Inspection) -> Read:
    counts = [words.counted(one.files, "file"), words.counted(one.posts, "post")]
    if one.rejected:
        counts.append(words.counted(one.rejected, "reject"))
    facts = [("Recognised by", words.one_line(one.how, 300))]
    if one.posts:
        shares = [
            f"{_field(name)} {words.percent(count / one.posts)}"
            for name, count in one.found.items()
            if name in words.FIELDS
        ]
        facts += [
            ("Posts that carry", ", ".join(shares)),
            ("Absent in these files", _fields(one.absent)),
            ("Impossible in this format", _fields(one.cannot_carry)),
        ]
    if one.unused:
        shown = ", ".join(words.one_line(name, 60) for name in one.unused[:NAMES_SHOWN])
        more = len(one.unused) - NAMES_SHOWN
        facts.append(("Not read", f"{shown} and {more} more" if more > 0 else shown))
    name = "In no format that is read" if one.format is None else words.format_name(one.format)
    return Read(name=name, said=", ".join(counts), facts=facts)


def _fields(names: Sequence[str]) -> str:
    return words.listed([_field(name) for name in names if name in words.FIELDS]) or "nothing"


def _field(name: str) -> str:
    return words.FIELDS[name]


def troubles(files: Sequence[Inspection]) -> list[Trouble]:
    """The first FILES_SHOWN of the files."""
    return [
        Trouble(
            file=words.one_line(one.file, 160),
            said=f"{words.counted(one.posts, 'post')}, {words.counted(one.rejected, 'reject')}",
            reasons=[
                words.one_line(why, 240) + (f" ({words.number(count)} times)" if count > 1 else "")
                for why, count in list(one.reasons.items())[:REASONS_SHOWN]
            ],
        )
        for one in files[:FILES_SHOWN]
    ]
