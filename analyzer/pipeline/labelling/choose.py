"""Which posts to label next: those the tagger is unsure of, unlike each other; and some at random.

The random share says how good the tagger is, the uncertain rest teaches it. Each post is marked:
figures or a calibration on posts chosen for being hard would call the tagger worse than it is.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import regex

from analyzer.errors import InputError
from analyzer.pipeline.labelling.rows import Chosen
from analyzer.schema import PPM, TAGGED_POST, conform
from analyzer.text import full_text, is_syllable
from analyzer.text.spans import without_spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

NICHE_WEIGHT: Final = 0.5
"""Weight of an unsure niche beside an unsure drive. Chosen, not measured."""

NEAR: Final = 0.5
"""Posts that share this much of their pairs of words (Jaccard) are one post told twice: one caption
with another dish, another part of a series, two words more (EXPERIMENTS.md, annotation loop)."""

MIN_SYLLABLES: Final = 3
"""Vietnamese syllables outside hashtags that an uncertain post needs. The tagger is unsure of a
lone `#fyp` too, and a reader can say no more of it. Of the labelled posts of clarity 2 or more
98.6 % have as many, of those without evidence 62 % (EXPERIMENTS.md, annotation loop)."""

_COLUMNS: Final = (
    "post_id", "account_id", "platform", "title", "text", "url", "content_hash", "prob_ppm",
    "niche_ppm", "abstained",
)  # fmt: skip
_WORD: Final = regex.compile(r"[\p{L}\p{M}\p{N}]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The posts of a round, mixed, and what was left out on the way."""

    rows: tuple[Chosen, ...]
    passed: Mapping[str, int]
    """Why to how many posts that were looked at and not chosen."""


def read_tagged(paths: Sequence[Path]) -> Any:
    """What choosing needs of posts.parquet files, as one table.

    Raises:
        InputError: there is no such file, or it holds no tagged posts.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    remedy = "pass the posts.parquet that `analyzer tag` or `analyzer profile` wrote"
    schema = pa.schema([TAGGED_POST.field(name) for name in _COLUMNS])
    tables = []
    for path in paths:
        try:
            names = pq.read_schema(path).names
            missing = next((name for name in _COLUMNS if name not in names), None)
            if missing is not None:
                raise InputError(f"{path} has no column '{missing}'; {remedy}")
            table = pq.read_table(path, columns=list(_COLUMNS), memory_map=False)
        except (OSError, pa.ArrowException) as error:
            why = str(error).partition("\n")[0]
            raise InputError(f"{path}: cannot be read as tagged posts: {why}; {remedy}") from error
        tables.append(conform(table, schema))
    return pa.concat_tables(tables)


def choose(  # noqa: PLR0913 - one parameter an option
    posts: Any,
    *,
    number: int,
    per_account: int,
    random_share: float,
    seed: int,
    labelled: Sequence[str] = (),
) -> Choice:
    """The posts to label next; the same whatever the order of the rows.

    posts         table with the columns of TAGGED_POST that `read_tagged` reads
    number        how many
    per_account   most uncertain posts of one account; the random share knows no such limit
    random_share  in [0, 1]: drawn evenly from all texts that were judged and not labelled
    labelled      texts (`full_text`) that were labelled before: they and their like are left out
    The others are those that the tagger is least sure of.

    Raises:
        InputError: no post is left to choose from.
    """
    passed: Counter[str] = Counter()
    for reason in posts.column("abstained").to_pylist():
        passed[f"not judged ({reason})"] += reason is not None
    rows = posts.filter(posts.column("prob_ppm").is_valid()).to_pylist()
    fresh = _fresh(rows, set(labelled), passed)
    if not fresh:
        told = ", ".join(f"{count:,} {why}" for why, count in (+passed).items())
        raise InputError(
            f"no post to label of {posts.num_rows:,} ({told or 'there is none'}); pass other posts"
        )
    fresh.sort(key=lambda row: _lot(seed, "draw", row["content_hash"]))
    drawn = int(min(number, len(fresh)) * random_share + 0.5)
    chance, rest = fresh[:drawn], fresh[drawn:]
    rest.sort(key=lambda row: (-uncertainty(row), row["content_hash"]))
    seen = _Seen([*map(_plain, chance), *labelled])
    per = Counter(row["account_id"] for row in chance)
    taken: list[Mapping[str, Any]] = []
    for row in rest:
        if len(taken) == number - drawn:
            break
        text = _plain(row)
        if not _says_something(text):
            passed["with hardly a word"] += 1
        elif per[row["account_id"]] >= per_account:
            passed["of an account that had its share"] += 1
        elif seen.holds_like(text):
            passed["nearly like another"] += 1
        else:
            taken.append(row)
            per[row["account_id"]] += 1
            seen.add(text)
    chosen = [*((row, "random") for row in chance), *((row, "uncertain") for row in taken)]
    chosen.sort(key=lambda pair: _lot(seed, "order", pair[0]["content_hash"]))
    return Choice(rows=tuple(_chosen(row, why) for row, why in chosen), passed=dict(+passed))


def uncertainty(row: Mapping[str, Any]) -> float:
    """0 where the tagger is sure of drive and niche; 1 and NICHE_WEIGHT more where it is not."""
    drive = 1 - abs(2 * row["prob_ppm"] - PPM) / PPM
    return float(drive + NICHE_WEIGHT * (1 - row["niche_ppm"] / PPM))


def _fresh(
    rows: Iterable[Mapping[str, Any]], known: set[str], passed: Counter[str]
) -> list[Mapping[str, Any]]:
    """One post a text, of those not labelled."""
    fresh: dict[str, Mapping[str, Any]] = {}
    for row in sorted(rows, key=lambda row: (row["content_hash"], row["post_id"])):
        if row["content_hash"] in fresh:
            passed["with the text of another"] += 1
        elif full_text(row["title"], row["text"]) in known:
            passed["labelled before"] += 1
        else:
            fresh[row["content_hash"]] = row
    return list(fresh.values())


class _Seen:
    """Texts by their pairs of words, to find those that are nearly like one of them."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._sizes: list[int] = []
        self._having: defaultdict[Any, list[int]] = defaultdict(list)
        for text in texts:
            self.add(text)

    def add(self, text: str) -> None:
        pairs = _pairs(text)
        for pair in pairs:
            self._having[pair].append(len(self._sizes))
        self._sizes.append(len(pairs))

    def holds_like(self, text: str) -> bool:
        pairs = _pairs(text)
        common = Counter(number for pair in pairs for number in self._having.get(pair, ()))
        return any(
            count >= NEAR * (len(pairs) + self._sizes[number] - count)
            for number, count in common.items()
        )


def _pairs(text: str) -> set[Any]:
    words = _WORD.findall(_folded(text))
    return set(pairwise(words)) or set(words)


def _says_something(text: str) -> bool:
    words = _WORD.findall(without_spans(text))
    return sum(map(is_syllable, words)) >= MIN_SYLLABLES


def _plain(row: Mapping[str, Any]) -> str:
    return _folded(full_text(row["title"], row["text"]))


def _folded(text: str) -> str:
    """Letters of one kind, or fonts and decomposed marks would hide equal words."""
    return unicodedata.normalize("NFKC", text).lower()


def _lot(seed: int, use: str, content_hash: str) -> str:
    """A key that shuffles posts by their text alone: their order and number play no role."""
    return hashlib.sha256(f"{seed} {use} {content_hash}".encode()).hexdigest()


def _chosen(row: Mapping[str, Any], why: str) -> Chosen:
    return Chosen(
        post_id=row["post_id"],
        account=row["account_id"],
        platform=row["platform"],
        title=row["title"],
        text=row["text"],
        url=row["url"],
        why=why,
    )
