"""From values as exports write them to values of a post; what is not sure is unknown (None)."""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

INT64_MAX: Final = (1 << 63) - 1
HANDLE_LIMIT: Final = 256
"""Characters; no platform allows handles over 64, blog names run longer."""
EXACT_FLOAT: Final = 1 << 53
"""From here on a float stands for several whole numbers: an id read as one is not an id."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = 86_400 * 10**6
_EARLIEST: Final = datetime(1995, 1, 1, tzinfo=UTC)
"""Earlier times are placeholders (0, 1970-01-01): nobody posted captions then."""
_LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
MOMENTS: Final = ((_EARLIEST - _EPOCH).days * _DAY, (_LATEST - _EPOCH).days * _DAY)
"""Microseconds since 1970 between which a time is one."""

_BAD: Final = re.compile("[\0\ud800-\udfff]")
_WORDS: Final = re.compile(r"[^\s,;|#\[\]'\"]+")
_PLAIN_COUNT: Final = re.compile(r"(\d{1,19})(?:\.0{1,2})?", re.ASCII)
_GROUPED_COUNT: Final = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3}){2,}", re.ASCII)
_SHORT_COUNT: Final = re.compile(r"(\d{1,4})(?:[.,](\d{1,2}))? ?([KMBkmb])", re.ASCII)
_SHORT_SCALE: Final = {"k": 10**3, "m": 10**6, "b": 10**9}
_FLAGS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_ZONE: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?) ?"
    r"(?:(Z|UTC|GMT)|([+-]\d{2}):?(\d{2}))",
    re.ASCII,
)
_NUMBERED: Final = re.compile(
    r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?:[ T,]{1,2}(\d{1,2}):(\d{2})(?::(\d{2}))?)?", re.ASCII
)
_MAIL_DATE: Final = re.compile(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d", re.ASCII)
_EPOCH_TEXT: Final = re.compile(r"\d{8,16}(?:\.\d{1,6})?", re.ASCII)
_MANGLED_ID: Final = re.compile(r"\d[.,]\d+[eE]\+?\d+|\d+[eE]\+\d+", re.ASCII)
_FLOAT_ID: Final = re.compile(r"(\d{1,15})\.0", re.ASCII)
_NOTHING: Final = frozenset({"", "nan", "none", "null", "n/a", "undefined", "-"})

_NAMED_NEXT: Final = frozenset({"channel", "c", "user", "groups", "author"})
_SECTIONS: Final = _NAMED_NEXT | {"people", "pages"}
"""First parts of profile addresses that name no account: YouTube's, Facebook's and blogs'. After
`people` and `pages` the account stands last."""

PLATFORM_NAMES: Final = {
    "tiktok": "tiktok", "douyin": "tiktok", "tiktok.com": "tiktok",
    "instagram": "instagram", "ig": "instagram", "insta": "instagram", "instagram.com": "instagram",
    "youtube": "youtube", "yt": "youtube", "youtube_title": "youtube", "youtube.com": "youtube",
    "youtube_shorts": "youtube",
    "facebook": "facebook", "fb": "facebook", "facebook_group": "facebook",
    "facebook_page": "facebook", "facebook.com": "facebook",
    "threads": "threads", "threads.net": "threads", "threads.com": "threads",
    "blog": "blog", "website": "blog", "web": "blog", "blogger": "blog", "wordpress": "blog",
    "blogspot": "blog", "other": "other",
}  # fmt: skip
"""Names of platforms as found in data, lower-cased, to those of `PLATFORMS`."""
_HOSTS: Final = {
    "tiktok.com": "tiktok", "instagram.com": "instagram", "instagr.am": "instagram",
    "youtube.com": "youtube", "youtu.be": "youtube", "facebook.com": "facebook",
    "fb.com": "facebook", "fb.watch": "facebook", "threads.net": "threads",
    "threads.com": "threads", "blogspot.com": "blog", "wordpress.com": "blog",
    "medium.com": "blog", "substack.com": "blog",
}  # fmt: skip


def scrub(text: str) -> str:
    """The text with NUL and lone surrogates, which no table or UTF-8 file can hold, as U+FFFD."""
    return _BAD.sub("\ufffd", text)


def string(value: Any) -> str | None:
    """Text of a string, bytes or number; None for nothing, a list, an object, true or false."""
    if type(value) is str:
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return None if value != value else str(value)  # noqa: PLR0124 - not a number
    return None


def short(value: Any) -> str | None:
    """One line of text without spaces around it; None where it is empty or says `null`."""
    text = _line(value)
    return None if text is None or text.lower() in _NOTHING else text


def _line(value: Any) -> str | None:
    text = string(value)
    return None if text is None else " ".join(scrub(text).split())


def handle(value: Any) -> str | None:
    """A handle or account name as an identity: NFC, lower case, without `@` or profile address."""
    if type(value) is str and len(value) <= HANDLE_LIMIT:
        return _handle(value)
    if isinstance(value, dict):
        named = (value.get(key) for key in ("username", "uniqueId", "handle", "name", "id"))
        value = next((v for v in named if string(v)), None)
    if type(value) is str and len(value) <= HANDLE_LIMIT:
        return _handle(value)
    return _handle_of(_line(value))


@functools.lru_cache(maxsize=1024)
def _handle(value: str) -> str | None:
    return _handle_of(_line(value))


def _handle_of(text: str | None) -> str | None:
    # not by `short`: somebody may be called Nan
    if text is None or text.lower() in {"none", "null"}:
        return None
    if text.startswith(("http://", "https://")):
        text = _profile_name(text)
    if _FLOAT_ID.fullmatch(text):
        text = text[:-2]
    text = unicodedata.normalize("NFC", text.lstrip("@＠")).lower().strip()
    return text or None


def _profile_name(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    path = [part for part in parts.path.split("/") if part]
    if handle_part := next((part for part in path if part.startswith("@")), None):
        return handle_part
    if path[:1] == ["profile.php"]:
        return next(iter(parse_qs(parts.query).get("id", [])), url)
    if path[1:] and path[0] in _SECTIONS:
        return path[1] if path[0] in _NAMED_NEXT else path[-1]
    return path[0] if path else parts.netloc or url


def native_id(value: Any) -> str | None:
    """The platform's own id; None when it is missing or was rounded by a spreadsheet."""
    if type(value) is str and value.isalnum() and len(value) <= HANDLE_LIMIT:
        return None if value.lower() in _NOTHING else value
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        exact = math.isfinite(value) and value.is_integer() and abs(value) < EXACT_FLOAT
        return str(int(value)) if exact else None
    text = short(value)
    if text is None or len(text) > HANDLE_LIMIT or _MANGLED_ID.fullmatch(text):
        return None
    rounded = _FLOAT_ID.fullmatch(text)
    return rounded.group(1) if rounded else text


def count(value: Any) -> int | None:
    """A whole number of 0 or more; `-1` (hidden), fractions and ambiguous text are unknown.

    `1,234` and `1.234.567` are grouped thousands, `1.2K` is 1200; `1.234` could be either a
    fraction or a thousand and is unknown.
    """
    if value is None:
        return None
    if type(value) is int:
        return value if 0 <= value <= INT64_MAX else None
    if isinstance(value, float):
        whole = math.isfinite(value) and value.is_integer() and 0 <= value <= EXACT_FLOAT
        return int(value) if whole else None
    if isinstance(value, Decimal):
        return count(int(value)) if value.is_finite() and value == value.to_integral() else None
    return _count_text(value.strip()) if isinstance(value, str) else None


def _count_text(text: str) -> int | None:
    if plain := _PLAIN_COUNT.fullmatch(text):
        return count(int(plain.group(1)))
    if len(text) < 32 and _GROUPED_COUNT.fullmatch(text):  # noqa: PLR2004 - longer than any count
        return count(int(re.sub("[.,]", "", text)))
    if brief := _SHORT_COUNT.fullmatch(text):
        scale = _SHORT_SCALE[brief.group(3).lower()]
        part = (brief.group(2) or "").ljust(2, "0")
        return int(brief.group(1)) * scale + int(part) * scale // 100
    return None


def flag(value: Any) -> bool | None:
    """True, false or unknown, from JSON's true and false, 0 and 1, yes and no."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return bool(value) if value in {0, 1} else None
    return _FLAGS.get(value.strip().lower()) if isinstance(value, str) else None


def moment(value: Any) -> int | None:
    """Microseconds since 1970 (UTC); a time without a zone is taken as UTC.

    Reads ISO 8601, seconds, milliseconds or microseconds since 1970, YYYYMMDD, RFC 2822 and
    D/M/Y or M/D/Y where only one of the two is a date. Unknown: `03/04/2025`, since either
    could be meant, and anything before 1995 or after 2099.
    """
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, str):
        return _moment_text(value.strip())
    if isinstance(value, int | float):
        return _epoch(value)
    if isinstance(value, datetime):
        return _micros(value)
    if isinstance(value, date):
        return _micros(datetime(value.year, value.month, value.day, tzinfo=UTC))
    return None


def _micros(when: datetime) -> int | None:
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    since = when - _EPOCH
    micros = since.days * _DAY + since.seconds * 10**6 + since.microseconds
    return micros if MOMENTS[0] <= micros < MOMENTS[1] else None


def _epoch(value: float) -> int | None:
    # false for nan and infinity, too; math.isfinite fails for integers beyond any float
    if not 0 < value < INT64_MAX:
        return None
    if 19950101 <= value <= 20991231 and value == int(value):  # noqa: PLR2004 - YYYYMMDD
        return _ymd(str(int(value)))
    for scale in (1_000_000, 1_000, 1):
        micros = int(value * scale) if isinstance(value, int) else round(value * scale)
        if MOMENTS[0] <= micros < MOMENTS[1]:
            return micros
    return None


def _ymd(text: str) -> int | None:
    try:
        return _micros(datetime(int(text[:4]), int(text[4:6]), int(text[6:8]), tzinfo=UTC))
    except ValueError:
        return None


def _moment_text(text: str) -> int | None:
    if text[4:5] == "/" == text[7:8]:
        text = text[:10].replace("/", "-") + text[10:]
    if text[4:5] == "-" and text[5:7].isdigit() and text[7:8] == "-":
        try:
            return _micros(datetime.fromisoformat(text))
        except ValueError:
            return _zoned(text)
    return _moment_other(text) if len(text) <= 64 else None  # noqa: PLR2004 - longer than any date


def _moment_other(text: str) -> int | None:
    if _EPOCH_TEXT.fullmatch(text):
        return _epoch(float(text) if "." in text else int(text))
    if numbered := _NUMBERED.fullmatch(text):
        return _day_month(numbered)
    try:
        return _micros(parsedate_to_datetime(text)) if _MAIL_DATE.match(text) else None
    except (ValueError, OverflowError):
        return None


def _zoned(text: str) -> int | None:
    found = _ZONE.fullmatch(text) if len(text) <= 64 else None  # noqa: PLR2004 - as above
    if not found:
        return None
    day, clock, _, hours, minutes = found.groups()
    zone = f"{hours}:{minutes}" if hours else "+00:00"
    try:
        return _micros(datetime.fromisoformat(f"{day}T{clock}{zone}"))
    except ValueError:
        return None


def _day_month(found: re.Match[str]) -> int | None:
    first, second = int(found[1]), int(found[3])
    if first == second or second > 12 >= first:  # noqa: PLR2004 - months
        month, day = first, second
    elif first > 12 >= second:  # noqa: PLR2004 - months
        day, month = first, second
    else:
        return None
    clock = int(found[5] or 0), int(found[6] or 0), int(found[7] or 0)
    try:
        return _micros(datetime(int(found[4]), month, day, *clock, tzinfo=UTC))
    except ValueError:
        return None


def words(value: Any) -> list[str] | None:
    """Hashtags or handles of an export's own list, without `#` and `@`; None where it has none."""
    if isinstance(value, str):
        items: list[Any] = value.split(",") if "," in value else _WORDS.findall(value)
    elif isinstance(value, list | tuple):
        items = list(value)
    else:
        return None
    named = (_word(item) for item in items)
    return list(dict.fromkeys(word for word in named if word)) or None


def texts(value: Any) -> list[str] | None:
    """The texts of a list that are not empty; None where it is no list."""
    if not isinstance(value, list | tuple):
        return None
    return [scrub(item) for item in value if isinstance(item, str) and item.strip()]


def _word(item: Any) -> str | None:
    if isinstance(item, dict):
        keys = ("name", "title", "hashtagName", "username", "uniqueId", "tag")
        item = next((item[k] for k in keys if isinstance(item.get(k), str) and item[k]), None)
    text = short(item) if isinstance(item, str) else None
    return text.strip(" #＃@＠[]'\"") or None if text else None


def platform(value: Any, url: str | None) -> str:
    """One of `PLATFORMS`: by its name, else by the address, else `other`."""
    if type(value) is str and value in PLATFORM_NAMES:
        return PLATFORM_NAMES[value]
    name = short(value)
    if name is not None:
        name = name.lower()
        return PLATFORM_NAMES.get(name) or _by_host(name) or "other"
    return (_by_host(url) if url else None) or "other"


def _by_host(url: str) -> str | None:
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
    except ValueError:
        return None
    labels = host.lower().split(".")
    return next(
        (_HOSTS[d] for i in range(len(labels)) if (d := ".".join(labels[i:])) in _HOSTS), None
    )


def dig(value: Any, *path: str | int) -> Any:
    """The value down a path of keys and indexes; None wherever the path breaks off."""
    for step in path:
        if isinstance(step, str):
            if not isinstance(value, dict):
                return None
            value = value.get(step)
        elif isinstance(value, list) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def holds(*values: Any) -> bool | None:
    """Whether any of these lists has something in it; None where none of them is a list."""
    lists = [value for value in values if isinstance(value, list)]
    return any(lists) if lists else None


def first(*values: Any) -> Any:
    """The first value that is neither None nor an empty string."""
    return next((v for v in values if v is not None and v != ""), None)
