"""What in a text leads to a person: addresses, e-mails, telephone numbers, handles, names."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

import regex

from analyzer.text.names import canonical, named
from analyzer.text.spans import PROTECTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.text.names import Names, OwnNames

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


def personal(text: str, names: Names, own: Sequence[OwnNames]) -> list[Personal]:
    """What leads to a person, in order, without overlap; linear in the length of the text.

    names   of the whole corpus
    own     of the account, and of those that the post names; the first that knows a name decides
    """
    hint = _HINT.search(text) is not None
    found = _patterns(text, names, own) if hint else []
    taken = [(one.start, one.end) for one in found]
    found += [Personal(*one) for one in named(text, names, own, taken)]
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
