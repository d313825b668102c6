"""Drafts to a table of posts: every coercion, column by column, and the rows that do not pass."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from analyzer.schema import POST
from analyzer.sources.fields import (
    HANDLE_LIMIT,
    MOMENTS,
    count,
    flag,
    handle,
    moment,
    native_id,
    platform,
    scrub,
    short,
    string,
    texts,
    words,
)
from analyzer.sources.marks import find_marks
from analyzer.sources.shapes import Draft, Origin, Skip

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

GENERIC: Final = frozenset({"jsonl", "csv", "parquet", "xlsx", "paragraphs"})
"""Formats in which a mapping says where the account stands."""
_NO_ACCOUNT: Final = {
    True: "no account; pass --map account=COLUMN if it stands under another name",
    False: (
        "no account; export it again with its author, or read the file with --format jsonl (or "
        "csv, parquet, xlsx, as it is) and --map account=COLUMN"
    ),
}
_COUNTS: Final = ("likes", "comments", "views", "shares", "followers")
_FLAGS: Final = ("is_ad", "is_paid_partnership", "has_shop", "is_repost", "is_pinned")
_MAYBE: Final = type(None)
_MOMENT: Final = POST.field("posted_at").type
_FIRST, _END = (pa.scalar(edge, pa.int64()).cast(_MOMENT) for edge in MOMENTS)
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?Z", re.ASCII)
"""Times written so are read at once; what else there is, one by one."""

Failed = dict[int, Skip]
"""Row to the reason why it is no post."""


def build_posts(drafts: Sequence[Draft], origins: Sequence[Origin]) -> tuple[Any, Failed]:
    """The drafts that are posts as a table of schema POST, in order; and why the others are none.

    origins: where each draft comes from, as many as drafts.
    """
    rows = len(drafts)
    # names that no draft has cost nothing
    given = {name: [draft.get(name) for draft in drafts] for name in set().union(*drafts)}
    nothing: list[Any] = [None] * rows

    def read(name: str) -> list[Any]:
        return given.get(name, nothing)

    failed: Failed = {}
    text = _texts(read("text"), failed)
    title = _remembered(short, read("title")) if "title" in given else nothing
    for row, (said, headline) in enumerate(zip(text, title, strict=True)):
        if (not said or said.isspace()) and not headline:
            why = "empty caption" if "text" in drafts[row] else "no text"
            failed.setdefault(row, Skip(why=why, field="text"))
    who = _accounts(read("account"), read("account_number"), origins, failed)
    url = _remembered(short, read("url")) if "url" in given else nothing
    site = [platform(name, link) for name, link in zip(read("platform"), url, strict=True)]
    account = [f"{one}:{name}" for one, name in zip(site, who, strict=True)]
    posted_at = moments(read("posted_at"))
    tags, mentions = _marks(text, given)
    columns: dict[str, Any] = {
        "post_id": _post_ids(read("id"), site, account, title, text, posted_at),
        "account_id": account,
        "account_name": _remembered(short, read("account_name")),
        "platform": site,
        "title": title,
        "text": text,
        "posted_at": posted_at,
        "url": url,
        "hashtags": tags,
        "mentions": mentions,
        **{name: _whole(read(name)) for name in _COUNTS},
        **{name: _flags(read(name)) for name in _FLAGS},
        "coauthors": [_handles(value) for value in read("coauthors")],
        "earlier_texts": [texts(value) for value in read("earlier_texts")],
        "captured_at": moments(read("captured_at")),
        "source_format": [origin[0] for origin in origins],
        "source_file": [origin[1] for origin in origins],
        "source_row": [origin[2] for origin in origins],
    }
    table = pa.Table.from_arrays([_array(columns[f.name], f.type) for f in POST], schema=POST)
    if failed:
        table = table.filter(pa.array([row not in failed for row in range(rows)]))
    return table, failed


def _texts(values: list[Any], failed: Failed) -> list[str]:
    if set(map(type, values)) != {str}:
        values = list(values)
        for row, value in enumerate(values):
            if isinstance(value, list | dict | bool | tuple):
                failed[row] = Skip(why=f"is no text but a {type(value).__name__}", field="text")
                values[row] = ""
            elif type(value) is not str:
                values[row] = string(value) or ""
    return [scrub(value) if "\0" in value else value for value in values]


def _accounts(
    named: list[Any], numbered: list[Any], origins: Sequence[Origin], failed: Failed
) -> list[str]:
    """Handles, numbers where no handle is; of a row that fails, an empty one."""
    found: list[str] = []
    for row, (name, number) in enumerate(zip(named, numbered, strict=True)):
        who = handle(name) or handle(number) or origins[row][3]
        if who is None:
            why = _NO_ACCOUNT[origins[row][0] in GENERIC]
            failed.setdefault(row, Skip(why=why, field="account_id"))
        elif len(who) > HANDLE_LIMIT:
            why = f"an account of {len(who):,} characters; is it another column?"
            failed.setdefault(row, Skip(why=why, field="account_id"))
        found.append(who or "")
    return found


def _remembered(coerce: Callable[[Any], str | None], values: list[Any]) -> list[str | None]:
    """Each value coerced, those that are met again in this batch once."""
    known: dict[str | None, str | None] = {None: None}
    found = []
    for value in values:
        if value is not None and type(value) is not str:
            found.append(coerce(value))
            continue
        if value not in known:
            known[value] = coerce(value)
        found.append(known[value])
    return found


def _marks(
    text: list[str], given: Mapping[str, list[Any]]
) -> tuple[list[list[str]], list[list[str]]]:
    """Hashtags and mentions: the export's own where it has any, else those of the text."""
    found = [find_marks(said) for said in text]
    sides: list[list[list[str]]] = []
    for side, name in enumerate(("hashtags", "mentions")):
        if name in given:
            own = given[name]
            sides.append([words(own[row]) or pair[side] for row, pair in enumerate(found)])
        else:
            sides.append([pair[side] for pair in found])
    return sides[0], sides[1]


def _post_ids(  # noqa: PLR0913, PLR0917 - private: all that a post without a number is known by
    numbers: list[Any],
    site: list[str],
    account: list[str],
    title: list[str | None],
    text: list[str],
    posted_at: Any,
) -> list[str]:
    native = [native_id(number) if number is not None else None for number in numbers]
    if None not in native:
        return [f"{one}:{number}" for one, number in zip(site, native, strict=True)]
    micros = posted_at.cast(pa.int64()).to_pylist()
    return [
        f"{site[row]}:{number or content_id(account[row], micros[row], title[row], text[row])}"
        for row, number in enumerate(native)
    ]


def content_id(account: str, posted_at: int | None, title: str | None, text: str) -> str:
    """`sha256-` and 16 hex digits of account, time (microseconds) and words."""
    said = f"{title}\n{text}" if title else text
    key = "\x1f".join((account, "" if posted_at is None else str(posted_at), scrub(said)))
    return f"sha256-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def moments(values: list[Any]) -> Any:
    """Times as an array of POST's `posted_at`: each as `fields.moment` reads it."""
    rest = [None if type(value) is str and _ISO.fullmatch(value) else value for value in values]
    read = pa.array([moment(value) for value in rest], type=pa.int64()).cast(_MOMENT)
    same = [value if other is None else None for value, other in zip(values, rest, strict=True)]
    try:
        found = pa.array(same, type=pa.string()).cast(_MOMENT)
    except pa.ArrowInvalid:  # the 30th of February
        return pa.array([moment(value) for value in values], type=pa.int64()).cast(_MOMENT)
    within = pc.and_(pc.greater_equal(found, _FIRST), pc.less(found, _END))
    return pc.coalesce(pc.if_else(within, found, None), read)


def _whole(values: list[Any]) -> Any:
    """Counts: whole numbers at once where they are nothing else."""
    if set(map(type, values)) <= {int, _MAYBE}:
        try:
            numbers = pa.array(values, type=pa.int64())
        except OverflowError:
            pass
        else:
            least = pc.min(numbers).as_py()
            if least is None or least >= 0:
                return numbers
    return pa.array([count(value) for value in values], type=pa.int64())


def _flags(values: list[Any]) -> Any:
    if not set(map(type, values)) <= {bool, _MAYBE}:
        values = [flag(value) for value in values]
    return pa.array(values, type=pa.bool_())


def _handles(value: Any) -> list[str] | None:
    """Handles of an export's own list; [] where it is empty, None where there is none."""
    if isinstance(value, list | tuple) and not value:
        return []
    named = words(value)
    return None if named is None else [one for name in named if (one := handle(name))]


def _array(values: Any, kind: Any) -> Any:
    if isinstance(values, pa.Array):
        return values
    try:
        return pa.array(values, type=kind)
    except UnicodeEncodeError:  # lone surrogates: rare, so looked for only when they are there
        return pa.array([_scrubbed(value) for value in values], type=kind)


def _scrubbed(value: Any) -> Any:
    if isinstance(value, str):
        return scrub(value)
    return [scrub(item) for item in value] if isinstance(value, list) else value
