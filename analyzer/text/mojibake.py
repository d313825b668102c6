"""Mojibake: UTF-8 that was read as windows-1252 or latin-1 becomes what was written.

Facebook and Instagram's "Download your information" writes every byte of UTF-8 as a letter of
latin-1, office programs as one of windows-1252; some texts went through it twice, some hold it
only where something was pasted. A letter then stands as a *sequence* of two to four characters.

A run of sequences is evidence if one of them
* cannot be sound text (`_is_strong`: Æ°, áº¿, bÃ©, but not a capital and a quotation mark), and
* stands for what captions are written with (`_PLAUSIBLE`).
It is repaired, and with it what is plausible in the same line. A line whose letters are all ASCII
or in sequences is repaired whole, whatever its script, if the text holds evidence or if ftfy
holds it for bad. Each round takes one wrong reading back, until there is nothing to repair.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import regex

from analyzer.text.edits import Edit, applied, moved

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WINDOWS: Final = {
    char: 0x80 + at
    for at, char in enumerate(bytes(range(0x80, 0xA0)).decode("cp1252", errors="replace"))
    if char != "\ufffd"
}
# where a program had nothing to show for a byte it left U+FFFD
_NEXT: Final = "[\\x80-\\xBF\ufffd" + "".join(_WINDOWS) + "]"
# the no-break space in à, Â and Ơ may have become a plain blank, also that in 😠
_SEQUENCE: Final = regex.compile(
    rf"[\xC2-\xDF]{_NEXT}|[ÂÃÆ] |[\xE0-\xEF]{_NEXT}{{2}}|á[º»] "
    rf"|[\xF0-\xF4]{_NEXT}{{3}}|ðŸ{_NEXT} "
)
# finds more than there is; `regex` alone takes ten times as long to find nothing
_GATE: Final = re.compile(rf"[\xC2-\xF4](?:{_NEXT}|(?<=[ÂÃÆ]) )")
_RUN: Final = regex.compile(rf"(?:{_SEQUENCE.pattern})+")

_PLAUSIBLE: Final = regex.compile(
    # letters of Vietnamese, small ones of western names, what a second reading starts with
    r"[ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂăĐđĨĩŨũƠơƯưẠ-ỹà-öø-ýÄÆ×÷"
    # signs of latin-1, marks of NFD, punctuation and symbols, currencies, arrows, dingbats
    r"\xA0-\xBF\u0300\u0301\u0302\u0303\u0306\u0309\u031B\u0323\u2000-\u2BFF"
    # Japanese, Chinese, Korean, selectors, BOM, wide forms, what is lost, fonts, emoji
    r"\u3000-\u30FF\u4E00-\u9FFF\uAC00-\uD7A3\uFE0E\uFE0F\uFEFF\uFF01-\uFF5E\uFFFD\U0001D400-\U0001D7FF\U0001F000-\U0001FAFF]"
)
_SIGN_OR_MARK: Final = regex.compile(r"[\xA0-\xBF\p{M}]")

# what sound text has straight after a letter: ĐÃ…, “MÃ”, XÃ–PHƯỜNG, NESCAFÉ®, «VÌ»
_MAY_FOLLOW_A_LETTER: Final = frozenset(" \xa0\x85“”‘’…–—•™®»·\ufffd")
# the number of a note, or a square: behind â and é a mark more makes three bytes of it: “café²”
_MAY_FOLLOW_BEFORE_A_MARK: Final = _MAY_FOLLOW_A_LETTER.union("¹²³°")
_VIETNAMESE_LEAD: Final = frozenset("ÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõ")
# behind no Vietnamese lead what follows is still a quotation in other languages: „SPÄ“, «Ä»
_ONLY_IN_MOJIBAKE: Final = ("Ä‘", "Ä’", "Æ¯", "ðŸ", "ð\x9f", "ï»", "ï¸", "ï¼", "ï¿")

# letters that may follow à in a syllable: a blank behind it was a byte if one of these comes next
_AFTER_A_GRAVE: Final = regex.compile(r"(?:i|m|ng?|nh|o|u|y)(?!\p{L}|\p{M})", regex.IGNORECASE)
# other line ends may be bytes here
_LINE: Final = regex.compile(r"[^\n]*\n|[^\n]+")
_SOUND: Final = regex.compile(rf"[\x80-\x9F\xA1-\xFF{''.join(_WINDOWS)}]|[^\P{{L}}\x00-\x7F]")


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    start: int
    """Of the line in the text."""
    runs: Sequence[Sequence[Edit]]
    is_evidence: Sequence[bool]
    """Of each run."""
    has_strong: bool


def mojibake(text: str) -> Iterator[Edit]:
    """What UTF-8 read as windows-1252 or latin-1 was written as, once or several times over."""
    if not _GATE.search(text) or not _SEQUENCE.search(text):
        return
    edits = list(_once(text))
    if not edits:
        return
    now = text
    places: Sequence[tuple[int, int]] = [(at, at + 1) for at in range(len(text))]
    while edits:
        now, places = applied(now, edits), moved(places, edits)
        edits = list(_once(now))
    for char, (start, end) in zip(now, places, strict=True):
        if text[start:end] != char:
            yield Edit(start, end, char)


def _once(text: str) -> Iterator[Edit]:
    """Edits that take one reading in the wrong encoding back."""
    lines = [
        _line(line.group(), line.start())
        for line in _LINE.finditer(text)
        if _SEQUENCE.search(line.group())
    ]
    supported = any(any(line.is_evidence) for line in lines)
    for line in lines:
        for each in _accepted(line, supported=supported):
            yield Edit(line.start + each.start, line.start + each.end, each.new)


def _line(text: str, start: int) -> _Line:
    guillemets = "«" in text
    runs = [_sequences(text, run) for run in _RUN.finditer(text)]
    strong = [[_is_strong(text, each, guillemets=guillemets) for each in run] for run in runs]
    is_evidence = [
        any(sure and _is_plausible(each) for each, sure in zip(run, sures, strict=True))
        for run, sures in zip(runs, strong, strict=True)
    ]
    return _Line(text, start, runs, is_evidence, any(map(any, strong)))


def _accepted(line: _Line, *, supported: bool) -> Iterator[Edit]:
    """Edits of a line. supported: the text holds evidence, in this line or in another."""
    here = any(line.is_evidence)
    whole = (supported or line.has_strong) and _is_whole(line, supported=supported)
    for run, evidence in zip(line.runs, line.is_evidence, strict=True):
        for each in run:
            fits = evidence or (here and _is_plausible(each))
            if each.new and (whole or (fits and not _is_word_end(line.text, each))):
                yield _blank_kept(line.text, each)


def _is_word_end(line: str, each: Edit) -> bool:
    """Whether a sequence may be a letter and the blank behind it, as in ĐÃ CÓ."""
    return line[each.end - 1] == " " and not line[each.start - 1 : each.start].islower()


def _is_whole(line: _Line, *, supported: bool) -> bool:
    if _SOUND.search(_RUN.sub("", line.text)) or not all(
        each.new for run in line.runs for each in run
    ):
        return False
    if supported:
        return True
    from ftfy.badness import is_bad

    return is_bad(line.text)


def _is_plausible(each: Edit) -> bool:
    return _PLAUSIBLE.match(each.new) is not None


def _sequences(line: str, run: regex.Match[str]) -> list[Edit]:
    return [
        Edit(each.start(), each.end(), _decoded(each.group()))
        for each in _SEQUENCE.finditer(line, run.start(), run.end())
    ]


def _decoded(sequence: str) -> str:
    """The character a sequence stands for; U+FFFD if a byte is lost, empty if there is none."""
    if "\ufffd" in sequence:
        return "\ufffd"
    whole = sequence[:-1] + "\xa0" if sequence[-1] == " " else sequence
    try:
        return bytes(_WINDOWS.get(char) or ord(char) for char in whole).decode()
    except UnicodeDecodeError:
        return ""


def _is_strong(line: str, each: Edit, *, guillemets: bool) -> bool:
    """Whether a sequence cannot be a letter and the punctuation behind it."""
    lead, behind = line[each.start], line[each.start + 1 : each.end]
    sound = _MAY_FOLLOW_A_LETTER if len(behind) == 1 else _MAY_FOLLOW_BEFORE_A_MARK
    if not sound.issuperset(behind):
        return True
    if lead not in _VIETNAMESE_LEAD:
        return line.startswith(_ONLY_IN_MOJIBAKE, each.start)
    if lead == "á":
        return not guillemets and " " not in behind
    before = line[each.start - 1 : each.start]
    if behind in {" ", "\ufffd"} or not (before.islower() or before.isdigit()):
        return False
    return each.new.islower() or bool(_SIGN_OR_MARK.match(each.new))


def _blank_kept(line: str, each: Edit) -> Edit:
    """`nÃ y` is này, `lÃ ngon` is là ngon: two blanks had become one."""
    behind = line[each.end : each.end + 1]
    if (
        line[each.end - 1] != " "
        or each.new != "à"
        or not behind.isalnum()
        or _AFTER_A_GRAVE.match(line, each.end)
    ):
        return each
    return Edit(each.start, each.end - 1, each.new)
