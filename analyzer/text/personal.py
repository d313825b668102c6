"""What in a text leads to a person: addresses, e-mails, telephone numbers, handles, names."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

import regex

from analyzer.text.spans import PROTECTED
from analyzer.text.syllables import is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

PUBLIC_HOSTS: Final = (
    "bit.ly", "cutt.ly", "facebook.com", "fb.com", "fb.me", "fb.watch", "forms.gle", "goo.gl",
    "google.com", "instagram.com", "lazada.vn", "linktr.ee", "m.me", "shope.ee", "shopee.vn",
    "spotify.com", "t.me", "threads.com", "threads.net", "tiki.vn", "tiktok.com", "tinyurl.com",
    "youtu.be", "youtube.com", "zalo.me",
)  # fmt: skip
"""Sites of very many people: their names lead to none of them."""

_NAMED_FIRST: Final = frozenset({"facebook.com", "instagram.com", "threads.com", "threads.net"})
"""Sites on which the first part of a path is an account, unless it is one of these."""
_SECTIONS: Final = frozenset({
    "accounts", "events", "explore", "gaming", "groups", "hashtag", "help", "l.php", "login",
    "marketplace", "media", "p", "pages", "people", "permalink.php", "photo", "photo.php",
    "photos", "reel", "reels", "s", "share", "sharer", "stories", "story.php", "tv", "video",
    "videos", "watch",
})  # fmt: skip

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

# no word of running text: an ending of letters, then a path
_PATHED = r"(?<![\p{L}\p{N}@._-])(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,24}/[^\s()<>«»\"“”]{1,500}"
_MAIL = (
    r"(?<![\p{L}\p{N}._%+-])[A-Za-z0-9._%+-]{1,64}[@＠]"
    r"(?:[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){0,3}\.[A-Za-z]{2,24}"
    r"|(?:gmail|yahoo|hotmail|outlook|icloud)(?![\p{L}\p{N}]))"
)
# groups as people write them: 0909 123 456, 090.912.3456, 09-09-12-34-56, (028) 3822 1234
_GAP = r"[ .\-–\u00A0()]{0,3}+"
_DATE = r"(?:\d{1,2} ?[-–] ?)?\d{1,2}[.\-–]\d{1,2}[.\-–](?:19|20)\d\d(?!\d)"
_PHONE = (
    rf"(?<!\d)(?!{_DATE})(?:[0０]{_GAP}(?![04０４])\d(?:{_GAP}\d){{8}}\d?|84[235-9]\d{{8}}"
    rf"|(?:[+＋]{_GAP}|(?<![\p{{L}}\p{{N}}_.])00)[1-9](?:{_GAP}\d){{7,13}}"
    r"|1[89]00[ .]?\d{4}(?:[ .]?\d{2})?)(?!\d)"
)
_MENTION = r"[@＠](?P<handle>[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.·-]{0,99})"
# a site's name, a colon, a handle
_SITED = (
    r"(?<!\p{L})(?:ig|insta(?:gram)?|fb|facebook|tik ?tok|threads|you ?tube|zalo)"
    r"\s{0,2}[:：]\s{0,2}"
    r"(?P<named>[A-Za-z_][A-Za-z0-9_.]{2,63}+)(?![\p{L}\p{M}])"
)
_PATTERN: Final = regex.compile(
    rf"(?P<email>{_MAIL})|(?P<url>{_PATHED})|(?P<mention>{_MENTION})|(?P<sited>{_SITED})",
    regex.IGNORECASE,
)
_NUMBERS: Final = regex.compile(_PHONE)
_HINT: Final = regex.compile(r"[@＠:：]|\d|\w\.\w")
_UNDERSCORED: Final = regex.compile(r"(?=[0-9_]*[A-Za-z])[A-Za-z0-9]+_[A-Za-z0-9_]*[A-Za-z0-9]")
_TOKEN: Final = regex.compile(r"[\p{L}\p{M}\p{N}_]+")
_MARKS: Final = regex.compile(r"\p{M}+")
_REST: Final = regex.compile(r"[^\p{L}\p{N}]+")
_PARTS: Final = regex.compile(r"[^\p{L}\p{M}\p{N}_ '’&.]+| [-–—] ")
_DIGIT: Final = regex.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Personal:
    """Characters `start` to `end` of a text, what they are and what for."""

    start: int
    end: int
    kind: str
    """`account`, `name` (of more than one account), `phone`, `email`, `site`."""
    value: str
    """The same for the same person or site, however it is written."""
    before: str = ""
    """What stands before it and leads to nobody: `@`, `tiktok.com/@`."""
    whole: bool = False
    """`before` is all there is: a page of a site of very many people."""


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


def personal(text: str, names: Names, own: Sequence[OwnNames]) -> list[Personal]:
    """What leads to a person, in order, without overlap; linear in the length of the text.

    names   of the whole corpus
    own     of the account, and of those that the post names; the first that knows a name decides
    """
    hint = _HINT.search(text) is not None
    found = _patterns(text, names, own) if hint else []
    found += _named(text, names, own, [(one.start, one.end) for one in found])
    found.sort(key=_start)
    if hint:  # last: a handle may end in digits before a number
        found += [
            Personal(match.start(), match.end(), "phone", _number(match.group()))
            for start, end in _gaps(found, len(text))
            for match in _NUMBERS.finditer(text, start, end)
        ]
    return sorted(found, key=_start)


def _start(one: Personal) -> int:
    return one.start


def _gaps(found: Sequence[Personal], length: int) -> list[tuple[int, int]]:
    """What lies between the findings, which are in order."""
    starts, ends = [one.start for one in found], [one.end for one in found]
    return list(zip([0, *ends], [*starts, length], strict=True))


def site(address: str, known: frozenset[str]) -> Personal:
    """Where an address leads, without what leads to a page.

    Of sites of very many people the site stays, and the account where the address names it.
    """
    try:
        parts = urlsplit(address if "://" in address else f"//{address}")
        host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    except ValueError:
        return Personal(0, len(address), "site", address.lower())
    public = next((one for one in PUBLIC_HOSTS if host == one or host.endswith(f".{one}")), None)
    if public is None:
        handle = canonical(host)
        kind = "account" if handle in known else "site"
        return Personal(0, len(address), kind, handle or address.lower())
    who = _account_at(public, parts.path, parts.query)
    if who is None:
        return Personal(0, len(address), "site", "", before=public, whole=True)
    return Personal(0, len(address), "account", canonical(who), before=f"{public}/@")


def _account_at(public: str, path: str, query: str) -> str | None:
    steps = [step for step in path.split("/") if step]
    if not steps:
        return None
    if steps[0] == "profile.php":
        return next(iter(parse_qs(query).get("id", [])), None)
    named = steps[0].startswith("@") or (public in _NAMED_FIRST and steps[0] not in _SECTIONS)
    return steps[0].lstrip("@") or None if named else None


def _patterns(text: str, names: Names, own: Sequence[OwnNames]) -> list[Personal]:
    found = [
        _as_found(match.group(), match.start(), match.lastgroup, names.handles)
        for match in PROTECTED.finditer(text)
        if match.lastgroup in {"url", "bare", "email"}
    ]
    for start, end in _gaps(found, len(text)):
        for match in _PATTERN.finditer(text, start, end):
            if match.group("mention"):
                found.append(_mention(match, names, own))
            elif match.group("sited"):
                first, last = match.span("named")
                handle = match.group("named").rstrip(".")
                last = first + len(handle)
                found.append(Personal(first, last, "account", canonical(handle)))
            elif match.lastgroup is not None:
                found.append(
                    _as_found(match.group(), match.start(), match.lastgroup, names.handles)
                )
    return found


def _as_found(said: str, start: int, kind: str, known: frozenset[str]) -> Personal:
    end = start + len(said)
    if kind == "email":
        to, _, at = said.replace("＠", "@").rpartition("@")
        if canonical(at) in known:  # a mention without a blank before it
            return Personal(start + len(to), end, "account", canonical(at), before="@")
        return Personal(start, end, "email", said.lower())
    place = site(said, known)
    return Personal(start, end, place.kind, place.value, place.before, place.whole)


def _number(said: str) -> str:
    """Digits of a number as dialled at home: +84 909 and 0909 are one."""
    digits = "".join(str(unicodedata.digit(one)) for one in _DIGIT.findall(said))
    digits = digits.removeprefix("00") if digits.startswith("0084") else digits
    if digits.startswith("84"):
        digits = f"0{digits[2:].removeprefix('0')}"
    return digits


def _mention(match: regex.Match[str], names: Names, own: Sequence[OwnNames]) -> Personal:
    """A mention: as far as a known handle goes, else without what only some sites allow in one."""
    forms = [match.group("handle").rstrip(".-·")]
    for stop in ("·", "-", ".."):
        forms.append(forms[-1].partition(stop)[0].rstrip("."))
    handle = next(
        (
            one
            for one in forms
            if canonical(one) in names.handles or any(canonical(one) in o.written for o in own)
        ),
        forms[-1],
    )
    start = match.start()
    return Personal(start, start + 1 + len(handle), "account", canonical(handle), before="@")


def _named(
    text: str, names: Names, own: Sequence[OwnNames], taken: list[tuple[int, int]]
) -> Iterator[Personal]:
    """Names and handles in running text and hashtags, the longest first."""
    tokens = _free(text, taken)
    plain = [letters(text[start:end]) if end - start <= _LONGEST else "" for start, end in tokens]
    reach = _reach(text, tokens)
    at = 0
    while at < len(tokens):
        for count in range(min(_MOST_WORDS, reach[at]), 0, -1):
            start, end = tokens[at][0], tokens[at + count - 1][1]
            meant = _meant(text[start:end], "".join(plain[at : at + count]), count, names, own)
            if meant is not None:
                yield Personal(start, end, *meant)
                at += count
                break
        else:
            start, end = tokens[at]
            meant = _within(letters(text[start:end]), names, own)
            if meant is None and text[max(start - 1, 0) : start] not in {"#", "＃"}:
                meant = _handle_like(text[start:end])
            if meant is not None:
                yield Personal(start, end, *meant)
            at += 1


def _free(text: str, taken: list[tuple[int, int]]) -> list[tuple[int, int]]:
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
