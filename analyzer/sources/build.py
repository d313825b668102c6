"""Drafts to tables: every coercion, column by column, and the rows that do not pass."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa

from analyzer.schema import POST, REJECT
from analyzer.sources.fields import (
    HANDLE_LIMIT,
    count,
    flag,
    handle,
    moment,
    native_id,
    platform,
    scrub,
    short,
    string,
    words,
)
from analyzer.sources.marks import find_marks
from analyzer.sources.shapes import MIB, RAW_LIMIT, Draft, Skip

PENDING_BYTES: Final = 32 * MIB
"""A batch is handed on early when its rows, as they stood, weigh this much."""
REJECT_WEIGHT: Final = 1 << 10
"""Bytes that a reject or a draft weighs beside its row as it stood."""

GENERIC: Final = frozenset({"jsonl", "csv", "parquet", "xlsx", "paragraphs"})
"""Formats in which a mapping says where the account stands."""
_NO_ACCOUNT: Final = {
    True: "no account; pass --map account=COLUMN if it stands under another name",
    False: (
        "no account; export it again with its author, or read the file with --format jsonl (or "
        "csv, parquet, xlsx, as it is) and --map account=COLUMN"
    ),
}

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
    places: list[tuple[str, str, int, str | None]] = field(default_factory=list)
    """Format, file, row, default account of each draft."""
    raws: list[Raw] = field(default_factory=list)
    weight: int = 0
    rejects: list[tuple[str, int | None, str | None, str, str | None]] = field(default_factory=list)

    def add(self, draft: Draft, place: tuple[str, str, int, str | None], raw: Raw) -> None:
        """Keep a draft."""
        self.drafts.append(draft)
        self.places.append(place)
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
        posts = build_posts(self, rows)
        rejects = [list(column) for column in zip(*self.rejects, strict=True)] or [[]] * 5
        table = pa.Table.from_arrays(
            [pa.array(c, type=f.type) for c, f in zip(rejects, REJECT, strict=True)], schema=REJECT
        )
        del self.drafts[:rows], self.places[:rows], self.raws[:rows]
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


def build_posts(pending: Pending, rows: int) -> Any:
    """The first `rows` drafts as a table of schema POST; those that fail are added as rejects."""
    kept: list[tuple[Any, ...]] = []
    for draft, place, raw in zip(
        pending.drafts[:rows], pending.places[:rows], pending.raws[:rows], strict=True
    ):
        row = _post(draft, place)
        if isinstance(row, Skip):
            stood = raw if raw is not None else _dumped(draft)
            pending.reject(place[1], place[2], row.field, row.why, stood)
        else:
            kept.append(row)
    columns = [list(column) for column in zip(*kept, strict=True)] or [[]] * len(POST)
    arrays = [_array(column, f.type) for column, f in zip(columns, POST, strict=True)]
    return pa.Table.from_arrays(arrays, schema=POST)


def _post(draft: Draft, place: tuple[str, str, int, str | None]) -> tuple[Any, ...] | Skip:
    """The values of a post in the order of POST, or why it is none."""
    get = draft.get
    text, title = get("text"), get("title")
    if type(text) is not str:
        if isinstance(text, list | dict | bool | tuple):
            return Skip(why=f"is no text but a {type(text).__name__}", field="text")
        text = string(text) or ""
    if "\0" in text:
        text = scrub(text)
    title = short(title) if title is not None else None
    if not title and (not text or text.isspace()):
        return Skip(why="empty caption" if "text" in draft else "no text", field="text")
    url = get("url")
    url = short(url) if url is not None else None
    who = handle(get("account")) or handle(get("account_number")) or place[3]
    if who is None:
        return Skip(why=_NO_ACCOUNT[place[0] in GENERIC], field="account_id")
    if len(who) > HANDLE_LIMIT:
        why = f"an account of {len(who):,} characters; is it another column?"
        return Skip(why=why, field="account_id")
    site = platform(get("platform"), url)
    account = f"{site}:{who}"
    posted_at = moment(get("posted_at"))
    tags, mentions = find_marks(text)
    if (own := get("hashtags")) is not None:
        tags = words(own) or tags
    if (own := get("mentions")) is not None:
        mentions = words(own) or mentions
    number = get("id")
    native = native_id(number) if number is not None else None
    name = get("account_name")
    return (
        f"{site}:{native or content_id(account, posted_at, title, text)}",
        account,
        short(name) if name is not None else None,
        site,
        title,
        text,
        posted_at,
        url,
        tags,
        mentions,
        count(get("likes")),
        count(get("comments")),
        count(get("views")),
        count(get("shares")),
        count(get("followers")),
        flag(get("is_ad")),
        flag(get("is_paid_partnership")),
        flag(get("has_shop")),
        flag(get("is_repost")),
        *place[:3],
    )


def content_id(account: str, posted_at: int | None, title: str | None, text: str) -> str:
    """`sha256-` and 16 hex digits of account, time (microseconds) and words."""
    said = f"{title}\n{text}" if title else text
    key = "\x1f".join((account, "" if posted_at is None else str(posted_at), scrub(said)))
    return f"sha256-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def _array(values: list[Any], kind: Any) -> Any:
    if pa.types.is_timestamp(kind):
        return pa.array(values, type=pa.int64()).cast(kind)
    try:
        return pa.array(values, type=kind)
    except UnicodeEncodeError:  # lone surrogates: rare, so looked for only when they are there
        return pa.array([_scrubbed(value) for value in values], type=kind)


def _scrubbed(value: Any) -> Any:
    if isinstance(value, str):
        return scrub(value)
    return [scrub(item) for item in value] if isinstance(value, list) else value


def _dumped(draft: Draft) -> str:
    return json.dumps(draft, ensure_ascii=False, default=str)[:RAW_LIMIT]
