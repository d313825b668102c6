"""Kept posts with pseudonyms in place of all that leads to a person: table to table."""

from __future__ import annotations

import hmac
import itertools
import re
from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from analyzer.schema import KEPT_POST, POST
from analyzer.text.edits import Edit, applied
from analyzer.text.names import Names, OwnNames, canonical, own_names
from analyzer.text.personal import personal, site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from analyzer.sources import Inspection
    from analyzer.text.personal import Personal

DIGITS: Final = 16
"""Hexadecimal digits: of a million accounts two share a pseudonym in 1 corpus of 30 million."""

_FORMS: Final = {
    "account": "p-{}", "name": "n-{}", "phone": "0900-{}", "email": "mail-{}@example.invalid",
    "site": "u-{}.invalid", "post": "v-{}", "file": "f-{}",
}  # fmt: skip
_ENDING: Final = re.compile(
    r"(?:\.(?:json|jsonl|ndjson|csv|tsv|txt|xml|html?|md|parquet|xlsx|zip|gz|xz|zst))+", re.ASCII
)
# reasons are our own words up to here; what follows is of the row
_TOLD: Final = re.compile(
    r"[:;(\"“‘]|(?<!\w)'|(?<=is the same post as )row|(?<=was captured from )|"
    r"(?<=is an Instaloader )|(?<=is a yt-dlp )|(?<=^is a )(?=.{0,40} without a caption)"
)
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"")


def key_id(key: bytes) -> str:
    """What tells one key from another and leads to none."""
    return _digest(key, "key", "")


def pseudonym(key: bytes, kind: str, value: str) -> str:
    """The pseudonym of an account, phone ...: a key of _FORMS, and what it is of."""
    return _FORMS[kind].format(_digest(key, kind, value))


def _digest(key: bytes, kind: str, value: str, digits: int = DIGITS) -> str:
    said = f"{kind}\0{value}".encode("utf-8", "surrogatepass")
    return hmac.digest(key, said, "sha256").hex()[:digits]


def pseudonymised(posts: Any, names: Names, key: bytes) -> Any:
    """The posts with pseudonyms; tags, counts, times and what is unknown stay as they are.

    posts    KEPT_POST, whole accounts, ordered by account
    names    of all accounts of the corpus
    Returns  KEPT_POST, same rows, same order: not that of the pseudonyms
    """
    columns = {name: posts.column(name).to_pylist() for name in _CHANGED}
    texts: list[list[Any]] = []
    start = 0
    for account, rows in itertools.groupby(columns["account_id"]):
        size = len(list(rows))
        one = {name: values[start : start + size] for name, values in columns.items()}
        texts += _texts(one, account.partition(":")[2], names, key)
        start += size
    made: dict[str, list[Any]] = dict(zip(_TEXTS, map(list, zip(*texts, strict=True)), strict=True))
    for name, change in _CHANGED.items():
        if change is not None:
            again: Callable[[Any], Any] = partial(change, key)
            made[name] = [None if value is None else again(value) for value in columns[name]]
    made["account_name"] = [
        None if name is None else _account_id(key, account).partition(":")[2]
        for name, account in zip(columns["account_name"], columns["account_id"], strict=True)
    ]
    made["url"] = [
        None if url is None else _shown(key, site(url, names.handles)) for url in columns["url"]
    ]
    arrays = [
        pa.array(made[f.name], f.type) if f.name in made else posts.column(f.name)
        for f in KEPT_POST
    ]
    return pa.table(arrays, schema=KEPT_POST)


def _texts(posts: dict[str, list[Any]], handle: str, names: Names, key: bytes) -> list[list[Any]]:
    """The columns _TEXTS of an account's posts."""
    called = dict.fromkeys(name for name in posts["account_name"] if name is not None)
    mine = canonical(handle)
    own = own_names([*((name, mine) for name in called), (handle, mine)])
    found = []
    for row in range(len(posts["text"])):
        others = [*posts["mentions"][row], *(posts["coauthors"][row] or [])]
        known = (own, own_names([(other, canonical(other)) for other in others]))
        say = partial(_said, key, names, known)
        text, place = posts["text"][row], posts["sign_off_at"][row]
        edits = _edits(key, personal(text, names, known))
        found.append([
            None if posts["title"][row] is None else say(posts["title"][row]),
            applied(text, edits),
            [say(f"#{tag}").removeprefix("#") for tag in posts["hashtags"][row]],
            _each(say, posts["earlier_texts"][row]),
            None if place is None else _moved(place, edits),
        ])  # fmt: skip
    return found


def _said(key: bytes, names: Names, own: Sequence[OwnNames], text: str) -> str:
    return applied(text, _edits(key, personal(text, names, own)))


def _each(say: Callable[[str], str], texts: list[str] | None) -> list[str] | None:
    return None if texts is None else [say(text) for text in texts]


def _edits(key: bytes, found: Iterable[Personal]) -> list[Edit]:
    return [Edit(one.start, one.end, _shown(key, one)) for one in found]


def _shown(key: bytes, one: Personal) -> str:
    return one.before if one.whole else one.before + pseudonym(key, one.kind, one.value)


def _moved(place: int, edits: Iterable[Edit]) -> int:
    """Where a character of the text stands after the edits; or what replaced it begins."""
    shift = 0
    for edit in edits:
        if edit.end > place:
            return min(place, edit.start) + shift
        shift += len(edit.new) - (edit.end - edit.start)
    return place + shift


def _account_id(key: bytes, account: str) -> str:
    platform, _, handle = account.partition(":")
    return f"{platform}:{pseudonym(key, 'account', canonical(handle))}"


def _post_id(key: bytes, post: str) -> str:
    return f"{post.partition(':')[0]}:{pseudonym(key, 'post', post)}"


def _accounts(key: bytes, handles: Sequence[str]) -> list[str]:
    return [pseudonym(key, "account", canonical(handle)) for handle in handles]


def keyed_digest(key: bytes, content: str) -> str:
    """Of a digest that anybody could make of a guessed content, one that nobody can: 64 digits."""
    return _digest(key, "content", content, 64)


def file_pseudonym(key: bytes, file: str) -> str:
    """Of a file's name; its ending stays where it is one of a kind of file."""
    stem, dot, last = file.rpartition(".")
    ending = f"{dot}{last}".lower()
    known = stem and _ENDING.fullmatch(ending)
    return pseudonym(key, "file", file) + (ending if known else "")


def plain_reason(why: str) -> str:
    """Why a row was rejected, without what the reason quotes of the row."""
    found = _TOLD.search(why)
    return why if found is None else why[: found.start()].rstrip()


def plain_reject(row: dict[str, Any], key: bytes) -> dict[str, Any]:
    """A row of REJECT that leads to nobody; the row as it stood is not kept."""
    return {
        "file": file_pseudonym(key, row["file"]), "row": row["row"],
        "field": row["field"] if row["field"] in POST.names else None,
        "why": plain_reason(row["why"]), "raw": None,
    }  # fmt: skip


def plain_inspection(one: Inspection, key: bytes) -> Inspection:
    """What a file held, without names; columns that were not read may be names of accounts."""
    reasons: Counter[str] = Counter()
    for why, count in one.reasons.items():
        reasons[plain_reason(why)] += count
    return replace(
        one,
        file=file_pseudonym(key, one.file),
        dialect=_QUOTED.sub("'…'", one.dialect),
        reasons=dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        unused=(),
        sample=(),
    )


_TEXTS: Final = ("title", "text", "hashtags", "earlier_texts", "sign_off_at")
_CHANGED: Final[dict[str, Callable[[bytes, Any], Any] | None]] = {
    **dict.fromkeys(_TEXTS),
    "account_name": None,
    "url": None,
    "post_id": _post_id,
    "account_id": _account_id,
    "mentions": _accounts,
    "coauthors": _accounts,
    "source_file": file_pseudonym,
    "content_hash": keyed_digest,
    "copy_of": _post_id,
}
