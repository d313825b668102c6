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
_ADDRESS_CHAR = r"(?:(?![,;|]https?://)[^\s()<>«»\"“”\p{Extended_Pictographic}\p{RI}])"
# a bracket belongs to the address that opens and shuts it
_ADDRESS_PART = rf"(?:\([^\s()]{{1,100}}\)|{_ADDRESS_CHAR})"
_ADDRESS_END = rf"(?:\([^\s()]{{1,100}}\)|{_ADDRESS_CHAR}(?<![.,;:!?…\]}}'’]))"
# a run of dots after www is a sigh (awww...), not an address
_URL = (
    r"(?:https?://|(?<![\p{L}\p{N}_])www\.(?=[\p{L}\p{N}]))"
    rf"{_ADDRESS_PART}{{0,2000}}{_ADDRESS_END}"
)
_PATH = rf"/(?:{_ADDRESS_PART}{{0,500}}{_ADDRESS_END})?"
# endings that are words, too, name an address only before a path: `nha.link` lacks a blank
_BARE_URL = (
    r"(?<![\p{L}\p{N}@.#_])[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,3}"
    r"\.(?:(?:com|vn|net|org|info|shop|store|io|app|tv)(?:\.(?:au|cn|hk|jp|kr|nz|sg|tw|uk))?"
    rf"(?:{_PATH})?|(?:be|co|ee|gl|ki|link|ly|me|so|to){_PATH})(?![\p{{L}}\p{{N}}_@-])"
)
# the last label holds letters only: `lan@x.com-0909` ends before the number
_EMAIL = (
    r"(?<![\p{L}\p{N}._%+-])[A-Za-z0-9._%+-]{1,64}"
    r"@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,3}\.[A-Za-z]{2,24}"
)
# single dots only: `@lan...ơi` ends before the dots; glued to a letter with marks, or to another
# mention, it is a mention still, while `a@b` may be half an address
_MENTION = (
    r"(?:(?<![A-Za-z0-9_@])|(?<=@[\p{L}\p{N}_.]{1,64}))"
    r"@[\p{L}\p{N}_](?:\.?[\p{L}\p{M}\p{N}_]){0,63}"
)
_HASHTAG = r"[#＃][\p{L}\p{M}\p{N}_]{1,150}"
_EMOJI = (
    r"\p{RI}\p{RI}"
    r"|[0-9#*]\uFE0F?\u20E3"
    r"|\U0001F3F4[\U000E0020-\U000E007F]{1,16}"
    r"|\p{Extended_Pictographic}[\uFE0F\uFE0E]?\p{EMod}?"
    r"(?:\u200D\p{Extended_Pictographic}[\uFE0F\uFE0E]?\p{EMod}?){0,20}"
)
_SIGN = r"(?:[%‰₫$€£¥'′]|°[CF]?)"
_UNIT = (
    r"(?:k|tr|triệu|trieu|củ|tỷ|tỉ|lít|xị|đ|vnđ|vnd|usd|mg|gr?|kg|kí|ml|cc|cl|l|[mcdk]?m[²³]?|ha|"
    r"h|p|ph|s|giờ|phút|am|pm|k?w|v|mah|[kmgt]b|fps|mp|px|[kmg]?hz|x|n|d|t|k?cal|inch|oz|view|sub)"
)
_WHOLE = r"\d{1,15}(?:[.,]\d{1,6}){0,5}"
_QUANTITY = (
    # glued to an ASCII letter it is a code: SALE50K
    r"(?<![A-Za-z\p{N}])(?<!\p{N}[.,])(?:"
    r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}-\d{1,2}-\d{4}|\d{1,2}/\d{1,2}(?:/\d{2,4})?"
    r"|\d{1,2}\.\d{1,2}\.\d{2,4}|\d{1,3}[.,]\d{1,2}/\d{1,3}"
    r"|\d{1,3}:\d{1,2}(?::\d{2})?(?:am|pm)?"
    rf"|\d{{1,5}}(?:[.,]\d{{1,2}})?(?:[x×]\d{{1,5}}){{1,2}}{_UNIT}?|x\d{{1,3}}"
    rf"|[$€£¥]{_WHOLE}|{_WHOLE}{_UNIT}(?:\d{{1,4}}{_UNIT}?)?"
    rf")(?![\p{{L}}\p{{N}}])|(?<![A-Za-z\p{{N}}])(?<!\p{{N}}[.,]){_WHOLE}{_SIGN}"
)
_PHONE = r"(?<![\p{N}A-Za-z.])(?:\+84|0)\d{2,3}(?:[.-]?\d{3,4}){2}(?!\p{N})"
_SMILE = (
    # `gồm:(a)` opens a bracket; `quê xỉu=))` is glued to its word
    r"[:=;][-']?(?:\){1,50}|\({1,50}|\]{1,50}|\[{1,50})(?!\p{L})"
    r"|(?<![\p{L}\p{N}])(?:[:=;]-?(?:D{1,9}|P|v{1,9}|o|3|\*)|xD{1,9})(?![\p{L}\p{N}])"
    r"|<3{1,20}(?![\p{L}\p{N}%])"
    r"|(?<![\p{L}\p{N}_])(?:[TQOuo@=]_[TQOuo@=]|[TOo]\.[TOo])(?![\p{L}\p{N}_])"
    r"|-_{1,9}-|-\.-|>[._]<|\^[_.o]?\^"
)

PROTECTED: Final = regex.compile(
    rf"(?P<url>{_URL})|(?P<email>{_EMAIL})|(?P<bare>{_BARE_URL})|(?P<emoji>{_EMOJI})"
    rf"|(?P<hashtag>{_HASHTAG})|(?P<emoticon>{_SMILE})|(?P<mention>{_MENTION})"
    rf"|(?P<phone>{_PHONE})|(?P<quantity>{_QUANTITY})",
    regex.IGNORECASE,
)
# what can begin a span or stand inside a bare address: most captions hold none of it
_HINT = regex.compile(
    r"[@#＃\d^\p{Extended_Pictographic}\p{RI}\u20E3]|://|www\.|[\w-]\.\w|[:=;][-'()\[\]DPvo3*]"
    r"|xD|[TQOuo=]_|T\.T|-[_.]|<3|>[._]<",
    regex.IGNORECASE,
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


def without_spans(text: str) -> str:
    """Running text only: hashtags, mentions, addresses and emoji are blanks."""
    return "".join(" " if protected else piece for piece, protected in split_spans(text))
