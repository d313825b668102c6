"""Protected spans: what stands in a caption and is no running text.

They come out of the segmenter whole, one token each, so one pattern finds them all. Its
alternatives are told apart by their first characters and bounded in length: linear time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

# an emoji glued to an address is no part of it, nor is a second address after a comma
_ADDRESS_CHAR = r"(?:(?![,;|]https?://)[^\s<>\"“”\p{Extended_Pictographic}\p{RI}])"
_ADDRESS_END = r"(?<![.,;:!?…)\]}'’])"
# a run of dots after www is a sigh (awww...), not an address
_URL = (
    r"(?:https?://|(?<![\p{L}\p{N}_])www\.(?=[\p{L}\p{N}]))"
    rf"{_ADDRESS_CHAR}{{1,2000}}{_ADDRESS_END}"
)
_BARE_URL = (
    r"(?<![\p{L}\p{N}@.#_])[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,3}"
    r"\.(?:com|vn|net|org|info|me|co|ly|ee|ki|shop|store|io|app|tv|link)"
    r"(?:\.(?:au|cn|hk|jp|kr|nz|sg|tw|uk))?"
    rf"(?:/{_ADDRESS_CHAR}{{0,500}}{_ADDRESS_END})?(?![\p{{L}}\p{{N}}_@-])"
)
# the last label holds letters only: `lan@x.com-0909` ends before the number
_EMAIL = (
    r"(?<![\p{L}\p{N}._%+-])[A-Za-z0-9._%+-]{1,64}"
    r"@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,3}\.[A-Za-z]{2,24}"
)
# single dots only: `@lan...ơi` ends before the dots
_MENTION = r"(?<![\p{L}\p{N}_@])@[\p{L}\p{N}_](?:\.?[\p{L}\p{M}\p{N}_]){0,63}"
_HASHTAG = r"[#＃][\p{L}\p{M}\p{N}_]{1,150}"
_EMOJI = (
    r"\p{RI}\p{RI}"
    r"|[0-9#*]\uFE0F?\u20E3"
    r"|\U0001F3F4[\U000E0020-\U000E007F]{1,16}"
    r"|\p{Extended_Pictographic}[\uFE0F\uFE0E]?\p{EMod}?"
    r"(?:\u200D\p{Extended_Pictographic}[\uFE0F\uFE0E]?\p{EMod}?){0,8}"
)

PROTECTED: Final = regex.compile(
    rf"(?P<url>{_URL})|(?P<email>{_EMAIL})|(?P<bare>{_BARE_URL})|(?P<emoji>{_EMOJI})"
    rf"|(?P<hashtag>{_HASHTAG})|(?P<mention>{_MENTION})",
    regex.IGNORECASE,
)
# what can begin a span or stand inside a bare address: most captions hold none of it
_HINT = regex.compile(
    r"[@#＃\p{Extended_Pictographic}\p{RI}\u20E3]|://|www\.|[\w-]\.\w", regex.IGNORECASE
)


def split_spans(text: str) -> Iterator[tuple[str, bool]]:
    """The text in order as (piece, is protected); joined, the pieces are the text."""
    end = 0
    if _HINT.search(text):
        for match in PROTECTED.finditer(text):
            if match.start() > end:
                yield text[end : match.start()], False
            yield match.group(), True
            end = match.end()
    if end < len(text):
        yield text[end:], False


def without_spans(text: str, *, keep_hashtags: bool) -> str:
    """Running text only; hashtags, too, where they shall count as words."""
    return "".join(
        piece if not protected or (keep_hashtags and piece[0] in "#＃") else " "
        for piece, protected in split_spans(text)
    )
