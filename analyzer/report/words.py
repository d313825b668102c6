"""Codes and numbers in words, and hostile text made fit to show."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from analyzer.sources import FORMATS

PLATFORMS: Final = {
    "tiktok": "TikTok",
    "instagram": "Instagram",
    "youtube": "YouTube",
    "facebook": "Facebook",
    "threads": "Threads",
    "blog": "blog",
    "other": "other platform",
}
NOT_MEASURED: Final = "not measured on this platform"
PROMOS: Final = {
    "none": "promotes nothing",
    "own": "promotes its own business",
    "third_party": "promotes somebody else’s product",
}
ABSTENTIONS: Final = {
    "no_words": "no words in it (emoji, links or tags only)",
    "not_vietnamese": "not in Vietnamese",
    "no_evidence": "nothing to judge in it (hashtags for reach, a greeting, laughter)",
    "repost": "another account’s post, passed on",
}
FIELDS: Final = {
    "account_name": "account names",
    "title": "titles",
    "posted_at": "dates",
    "url": "links to the posts",
    "likes": "likes",
    "comments": "comment counts",
    "views": "views",
    "shares": "shares",
    "followers": "followers",
    "is_ad": "advertisement labels",
    "is_paid_partnership": "paid-partnership labels",
    "has_shop": "shop labels",
    "is_repost": "repost labels",
    "is_pinned": "pins",
    "coauthors": "coauthors",
    "earlier_texts": "earlier versions of captions",
    "captured_at": "times of capture",
    "hashtags": "hashtags",
    "mentions": "mentions",
}
SETTINGS: Final = {
    "level": "Probability inside the interval shown",
    "min_posts": "Posts judged that a role needs at least",
    "line_low": "Influencer below a passion share of",
    "line_high": "Creator above a passion share of",
    "role_probability": "Probability a role needs",
    "max_width": "Widest 95% interval a role may have",
    "business_share": "Business page above a share of own promotion of",
}
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun",
                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # fmt: skip

_JOINERS: Final = "\u200c\u200d"
_MARKS: Final = 3
"""Combining marks kept on a letter: decomposed Vietnamese has two, and emoji need one."""


LONG_WORD: Final = 40
"""Characters of an address or a hashtag that is cut rather than left out."""


def shown(text: str, limit: int) -> str:
    """The text fit for a page or a terminal: one harmless character for each dangerous one.

    Control characters become `�`, those that turn the reading direction go, piles of combining
    marks are cut, and so is all beyond `limit` characters. Line breaks stay.
    """
    kept: list[str] = []
    marks = 0
    for char in text.replace("\r\n", "\n").replace("\r", "\n"):
        kind = unicodedata.category(char)
        marks = marks + 1 if kind in {"Mn", "Me"} else 0
        if marks > _MARKS or (kind == "Cf" and char not in _JOINERS):
            continue
        if len(kept) == limit:
            # an emoji half cut shows another emoji: leave no joiner at the end
            return "".join(kept).rstrip(_JOINERS).rstrip() + "…"
        if kind in {"Zl", "Zp"} or char in "\n\t":
            kept.append("\n" if char != "\t" else " ")
        else:
            kept.append("�" if kind in {"Cc", "Cs"} else char)
    return "".join(kept)


def cut(text: str, limit: int) -> str:
    """As `shown`; what is too long ends with a whole word, where one ends near the limit."""
    found = shown(text, limit)
    if not found.endswith("…") or len(found) <= limit:
        return found
    head = found[: -len("…")].rsplit(maxsplit=1)[0]
    return f"{head}…" if len(head) > limit - LONG_WORD else found


def one_line(text: str, limit: int) -> str:
    """As `shown`, line breaks and runs of space made one space."""
    return shown(" ".join(text[: limit * 8].split()), limit)


def percent(share: float) -> str:
    """A share in [0, 1] in whole percents; only a true 0 or 1 is called 0% or 100%."""
    whole = round(share * 100)
    if whole == 0 and share > 0:
        return "<1%"
    if whole == 100 and share < 1:  # noqa: PLR2004  # percent
        return ">99%"
    return f"{whole}%"


def span(low: float, high: float) -> str:
    """An interval of shares: `48–75%`."""
    return f"{round(low * 100)}–{round(high * 100)}%"


def day(moment: datetime) -> str:
    """`3 Mar 2026`, in UTC, whatever the machine's language."""
    utc = moment.astimezone(UTC)
    return f"{utc.day} {MONTHS[utc.month - 1]} {utc.year}"


def days(first: datetime | None, last: datetime | None) -> str | None:
    """The time between two moments in words, null if not known."""
    if first is None or last is None:
        return None
    return day(first) if day(first) == day(last) else f"{day(first)} – {day(last)}"


def number(count: float) -> str:
    """`12,345`; a half is kept where it can matter, below 100."""
    return f"{count:,.1f}" if count < 100 and count != int(count) else f"{count:,.0f}"  # noqa: PLR2004


def counted(count: int, word: str) -> str:
    """`1 post`, `2 posts`."""
    return f"{number(count)} {word}" + ("" if count == 1 else "s")


def listed(words: list[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if words[1:] else "".join(words)


def format_name(code: str) -> str:
    """What a reader calls an export format: `TikTok (web item)`."""
    return FORMATS[code].title if code in FORMATS else named(code)


def named(code: str) -> str:
    """A code without words of its own, made readable: `tiktok_web` becomes `tiktok web`."""
    return one_line(code.replace("_", " "), 80)


def reason(code: str) -> str:
    """Why a role is undetermined, in a word or two."""
    return "platform not measured" if code == "not_measured_platform" else named(code)


def safe_link(url: str | None) -> tuple[str, str] | None:
    """The URL and its host where a browser may open it: http or https, without a login in it."""
    if url is None or not url.isprintable() or any(c in ' \\"<>' for c in url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        return None
    return url, one_line(host.removeprefix("www."), 60)
