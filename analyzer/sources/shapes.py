"""The values that files, records, adapters and tables hand to each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from analyzer.errors import InputError

MIB: Final = 1 << 20

RECORD_LIMIT: Final = 16 * MIB
"""Bytes of one line, one record of an array, or one CSV row; a longer one is a reject.
The longest caption of any platform is under 64 KiB, a blog article under 1 MiB."""

DOCUMENT_LIMIT: Final = 64 * MIB
"""Bytes of one top-level JSON object (a yt-dlp file holds its comments too)."""

RAW_LIMIT: Final = 64 << 10
"""Bytes of a rejected row that are kept."""

Record = Mapping[str, Any]
Draft = dict[str, Any]
"""Our field to the value as it stands in the export, before coercion; keys: `DRAFT_FIELDS`."""

DRAFT_FIELDS: Final = (
    "id", "account", "account_number", "account_name", "platform", "title", "text", "posted_at",
    "url", "hashtags", "mentions", "likes", "comments", "views", "shares", "followers",
    "is_ad", "is_paid_partnership", "has_shop", "is_repost", "is_pinned", "coauthors",
    "earlier_texts", "captured_at",
)  # fmt: skip


TABLES: Final = ("csv", "parquet", "xlsx")
"""A table that was saved again in another way is still that tool's."""

COUNTS: Final = ("likes", "comments", "views", "shares")
LABELS: Final = ("is_ad", "is_paid_partnership", "has_shop")
CAPTURE: Final = ("is_pinned", "coauthors", "earlier_texts", "captured_at")
"""Columns of POST that many formats cannot carry."""


class Damaged(InputError):  # noqa: N818 - says what happened to the file, caught in read.py
    """A file cannot be read further; what came before stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """An adapter's answer for a record that is no post."""

    why: str
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """What an Instaloader profile file says of an account."""

    number: str | None
    handle: str | None
    name: str | None
    followers: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a record stands: what an adapter may know beyond the record itself."""

    file: str
    """As in `source_file`."""
    folder: str
    """Name of the folder that holds the file; empty where there is none."""
    stem: str
    """File name up to its first dot."""
    owners: tuple[Owner, ...] = ()
    """Profiles found in the same folder."""
    earlier: tuple[str, ...] | None = None
    """Older versions of the caption, kept in files beside it, oldest first."""
    default_account: str | None = None
    """For rows without an account, where the file has no account column at all."""
    mapping: tuple[tuple[str, str], ...] = ()
    """The user's: our field, their column."""


Origin = tuple[str, str, int, str | None]
"""Format, file, row, default account of a draft."""

Adapter = Callable[[Record, Place], Draft | Skip]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One export shape: how to tell it and how to read it."""

    title: str
    """Its name for a reader: `TikTok (web item)`."""
    how: str
    """What it is recognised by, in words."""
    recognise: Callable[[Record], bool]
    adapt: Adapter
    containers: tuple[str, ...]
    cannot_carry: tuple[str, ...] = ()
    """Columns of POST that this export can never hold."""
    nested: bool = False
    """In a table, columns such as `authorMeta.name` or `hashtags/0/name` are put back together."""
    generic: bool = False
    """Columns are found by alias and `mapping`, not by the adapter's own knowledge."""
    several: Callable[[Record], str | None] | None = None
    """Of a record whose tool writes several files for one post: what each holds; else None."""


@dataclass(slots=True)
class Rows:
    """A block of records of one file, in order."""

    numbers: list[int]
    records: list[Any]
    raws: list[bytes | str | None]
    bad: list[tuple[int | None, str, bytes | str | None]]
    """Rows that are no record: number, why, as it stood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """A file, opened: what it is made of and the records in it."""

    container: str
    """`json`, `csv`, `parquet`, `xlsx`, `text`, `xml`, `html`, `markdown` or `paragraphs`."""
    dialect: str
    """In words: lines or document, encoding, delimiter."""
    rows: Iterator[Rows]
    columns: tuple[str, ...] = ()
    """Header of a table; empty for JSON."""
