"""Names and handles of accounts, found in texts as people write them."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import regex

from analyzer.text.syllables import is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

TELLING: Final = 8
"""Letters and digits from which a name means its account in the captions of others, too."""
OWN: Final = 5
"""The same in the account's own captions; shorter ones must be written as the account does."""
_SHORTEST: Final = 2
_MOST_WORDS: Final = 8
_BETWEEN: Final = 3
"""Characters that may stand between two words of a name."""
_LONGEST: Final = 200
_HANDLE: Final = 64

_UNDERSCORED: Final = regex.compile(r"(?=[0-9_]*[A-Za-z])[A-Za-z0-9]+_[A-Za-z0-9_]*[A-Za-z0-9]")
_TOKEN: Final = regex.compile(r"[\p{L}\p{M}\p{N}_]+")
_MARKS: Final = regex.compile(r"\p{M}+")
_REST: Final = regex.compile(r"[^\p{L}\p{N}]+")
_PARTS: Final = regex.compile(r"[^\p{L}\p{M}\p{N}_ '’&.]+| [-–—] ")


@dataclass(frozen=True, slots=True)
class Names:
    """Names of accounts, made ready to be looked for in texts."""

    handles: frozenset[str] = frozenset()
    """As `canonical` writes them."""
    telling: Mapping[str, str | None] = field(default_factory=dict)
    """Letters and digits of a handle or name to the handle; None where several have it."""
    short: Mapping[str, str | None] = field(default_factory=dict)
    """The same for shorter handles, which must be one word and none of Vietnamese: `#lananh`."""
    heads: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Beginnings of `telling`, TELLING long, to the lengths of those that begin so."""


@dataclass(frozen=True, slots=True)
class OwnNames:
    """Names that mean somebody in one text: those of its account, or those that its post names."""

    written: Mapping[str, str] = field(default_factory=dict)
    """As they are written, in lower case, to the handle."""
    letters: Mapping[str, str] = field(default_factory=dict)
    """Letters and digits to the handle."""
    heads: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """As in `Names`, OWN long."""


def canonical(handle: str) -> str:
    """A handle as an identity: NFC, lower case, without `@`."""
    if len(handle) > _LONGEST:  # a pile of marks would take the square of its length
        return handle.lower()
    return unicodedata.normalize("NFC", handle.strip().lstrip("@＠")).lower()


def letters(text: str) -> str:
    """Letters and digits only, lower case, without marks: one for all ways to write a name."""
    return _remembered(text) if len(text) <= _LONGEST else _letters(text)


@lru_cache(maxsize=1 << 16)
def _remembered(text: str) -> str:
    return _letters(text)


def _letters(text: str) -> str:
    if text.isascii():
        return str(_REST.sub("", text.lower()))
    bare = unicodedata.normalize("NFKD", _MARKS.sub("", text))
    plain = _MARKS.sub("", bare).casefold().replace("đ", "d")
    return str(_REST.sub("", plain))


def names_of(accounts: Iterable[tuple[str, str | None]]) -> Names:
    """The handles (as in account_id) and names of a corpus; the order plays no role.

    A handle that is a word of Vietnamese, or short, is looked for with its `@` only.
    """
    handles: set[str] = set()
    meant: defaultdict[str, set[str]] = defaultdict(set)
    short: defaultdict[str, set[str]] = defaultdict(set)
    for handle, name in accounts:
        one = canonical(handle)
        handles.add(one)
        if OWN <= len(key := letters(one)) < TELLING:
            short[key].add(one)
        for said in (one, name or ""):
            key = letters(" ".join(_first_words(said)))
            if TELLING <= len(key) <= _LONGEST:
                meant[key].add(one)
    return Names(
        handles=frozenset(handles),
        telling={key: next(iter(o)) if len(o) == 1 else None for key, o in meant.items()},
        short={key: next(iter(o)) if len(o) == 1 else None for key, o in short.items()},
        heads=_heads(meant, TELLING),
    )


def own_names(names: Iterable[tuple[str, str]]) -> OwnNames:
    """Names, as they are written, and the handle that each stands for."""
    written: dict[str, str] = {}
    for said, handle in names:
        # "Lan Anh | Review": each part of several words is a name
        parts = [part for part in _PARTS.split(said[:_LONGEST]) if " " in part.strip()]
        for part in (*parts, said):
            if words := _first_words(part):
                written[_surface(" ".join(words))] = handle
                written[_surface(part)] = handle
    found = {text: one for text, one in written.items() if len(text) >= _SHORTEST}
    long = {letters(text): one for text, one in found.items()}
    long = {key: one for key, one in long.items() if len(key) >= OWN}
    return OwnNames(found, long, _heads(long, OWN))


def _heads(keys: Iterable[str], length: int) -> dict[str, tuple[int, ...]]:
    found: defaultdict[str, set[int]] = defaultdict(set)
    for key in keys:
        found[key[:length]].add(len(key))
    return {head: tuple(sorted(lengths, reverse=True)) for head, lengths in found.items()}


def _first_words(text: str) -> list[str]:
    return [one.group() for one in _TOKEN.finditer(text[:_LONGEST])][:_MOST_WORDS]


def _surface(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip().lower()) if len(text) <= _LONGEST else ""


def named(
    text: str, names: Names, own: Sequence[OwnNames], taken: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int, str, str]]:
    """Names and handles in running text and hashtags, the longest first; linear in the length.

    taken    stretches that are not looked at, in any order
    Returns  start, end, kind (`account`, or `name` of more than one) and value of each, in order
    """
    tokens = _free(text, taken)
    plain = [letters(text[start:end]) if end - start <= _LONGEST else "" for start, end in tokens]
    reach = _reach(text, tokens)
    at = 0
    while at < len(tokens):
        for count in range(min(_MOST_WORDS, reach[at]), 0, -1):
            start, end = tokens[at][0], tokens[at + count - 1][1]
            meant = _meant(text[start:end], "".join(plain[at : at + count]), count, names, own)
            if meant is not None:
                yield start, end, *meant
                at += count
                break
        else:
            start, end = tokens[at]
            meant = _within(letters(text[start:end]), names, own)
            if meant is None and text[max(start - 1, 0) : start] not in {"#", "＃"}:
                meant = _handle_like(text[start:end])
            if meant is not None:
                yield start, end, *meant
            at += 1


def _free(text: str, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Words that no other finding holds."""
    found = []
    ends = iter([*sorted(taken), (len(text), len(text))])
    start, end = next(ends)
    for match in _TOKEN.finditer(text):
        while match.start() >= end and end < len(text):
            start, end = next(ends)
        if match.end() <= start or match.start() >= end:
            found.append(match.span())
    return found


def _reach(text: str, tokens: list[tuple[int, int]]) -> list[int]:
    """For each word how many from it on could be one name."""
    near = [
        right[0] - left[1] <= _BETWEEN and "\n" not in text[left[1] : right[0]]
        for left, right in pairwise(tokens)
    ]
    found = [1] * len(tokens)
    for at in range(len(tokens) - 2, -1, -1):
        found[at] = found[at + 1] + 1 if near[at] else 1
    return found


def _meant(
    said: str, key: str, count: int, names: Names, own: Sequence[OwnNames]
) -> tuple[str, str] | None:
    """Kind and value of what the words name; None where they name nobody."""
    if not 0 < len(key) <= _LONGEST:
        return None
    surface = _surface(said)
    for one in own:
        if (handle := one.written.get(surface) or one.letters.get(key)) is not None:
            return "account", handle
    word = count == 1 and is_syllable(surface)
    if surface in names.handles and len(key) >= OWN and not word:
        return "account", surface
    known = names.telling if len(key) >= TELLING else names.short if count == 1 else {}
    if key not in known or word or (known is names.short and not said.isascii()):
        return None
    meant = known[key]
    return ("name", key) if meant is None else ("account", meant)


def _handle_like(said: str) -> tuple[str, str] | None:
    """A word of Latin letters with `_` in it is a handle, of whomever; not so T_T."""
    like = OWN < len(said) <= _HANDLE and "_" in said and _UNDERSCORED.fullmatch(said)
    return ("account", canonical(said)) if like else None


def _within(key: str, names: Names, own: Sequence[OwnNames]) -> tuple[str, str] | None:
    """As `_meant`, of a word that holds a name: `#lananhreview`."""
    if len(key) <= OWN:
        return None
    for one in own:
        for part in _parts(key, one.heads, OWN):
            if part in one.letters:
                return "account", one.letters[part]
    for part in _parts(key, names.heads, TELLING):
        if part in names.telling:
            meant = names.telling[part]
            return ("name", part) if meant is None else ("account", meant)
    return None


def _parts(key: str, heads: Mapping[str, tuple[int, ...]], length: int) -> Iterator[str]:
    """Stretches of the key that may be a name: those that begin like one."""
    if heads:
        for at in range(len(key) - length + 1):
            for whole in heads.get(key[at : at + length], ()):
                yield key[at : at + whole]
