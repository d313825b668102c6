"""An explained tag in words, and in a terminal: the text, the words for and against, the sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.text import Text

from analyzer.report import words
from analyzer.schema import DRIVES, PPM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.pipeline.explain import Pushes, Removal, TagExplanation, WordPush

WEAK: Final = 0.1
"""Share of the strongest push below which a word is left as it is."""
STRONG: Final = 0.5
"""... and from which on it is bold."""
UNIT: Final = (
    "in log odds: they add up; +0.69 doubles the odds, -0.69 halves them, and near 50% a push of "
    "0.1 is some 2.5 points"
)
_STYLES: Final = {1: "cyan", -1: "yellow"}
_LISTED: Final = 8
_WORD_LIMIT: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of an explained text, fit to show."""

    text: str
    side: int
    """1: speaks for the class explained; -1: against; 0: neither, or hardly."""
    strong: bool
    push: str
    """As `figure` writes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The words on one side, strongest first."""

    title: str
    side: int
    words: tuple[tuple[str, str], ...]
    """Each with its push."""


def explained_post(text: str, told: TagExplanation, removal: Removal | None) -> Group:
    """The post's tag, its text with the words that moved it, and the strongest of them in figures.

    text: the one that was explained; what comes with it is text: neither markup nor an escape
        sequence passes.
    removal: null where the tagger abstains.
    """
    head = Text(verdict(told), style="bold")
    if told.pushes is None:
        return Group(head, Text(words.shown(text, len(text))))
    marked = Text()
    for part in parts(text, told.pushes):
        marked.append(part.text, f"{'bold ' if part.strong else ''}{_STYLES.get(part.side, '')}")
    lines = [_line(side) for side in sides(text, told.head, told.pushes)]
    said = map(Text, sentences(text, told.head, told.pushes, removal))
    return Group(head, marked, Text(), *lines, Text(), *said)


def verdict(told: TagExplanation) -> str:
    """The tag with its probability, or why there is none and nothing to explain."""
    if told.pushes is None:
        why = words.ABSTENTIONS.get(told.abstained or "") or told.abstained
        return f"Not judged, so there is nothing to explain: {why}"
    return _tag(told.head, told.pushes.said, told.pushes.prob_ppm)


def parts(text: str, pushes: Pushes) -> Iterator[Part]:
    """The whole text, piece by piece."""
    most = max((abs(word.push) for word in pushes.words), default=0.0)
    done = 0
    for word in pushes.words:
        share = abs(word.push) / most if most else 0.0
        side = 0 if share < WEAK else 1 if word.push > 0 else -1
        yield Part(text=_shown(text[done : word.start]), side=0, strong=False, push="")
        yield Part(
            text=_shown(text[word.start : word.end]),
            side=side,
            strong=share >= STRONG,
            push=figure(word.push),
        )
        done = word.end
    yield Part(text=_shown(text[done:]), side=0, strong=False, push="")


def sides(text: str, head: str, pushes: Pushes) -> tuple[Side, Side]:
    """The words for the class explained and those against it."""
    against = f"for {DRIVES[1]}" if head == "drive" else f"against {pushes.said}"
    ranked = sorted(pushes.words, key=lambda word: (-abs(word.push), word.start))

    def side(title: str, sign: int) -> Side:
        own = [word for word in ranked if sign * word.push > 0]
        return Side(
            title=title,
            side=sign,
            words=tuple((_named(text, word), figure(word.push)) for word in own),
        )

    return side(f"for {pushes.said}", 1), side(against, -1)


def sentences(text: str, head: str, pushes: Pushes, removal: Removal | None) -> list[str]:
    """What removing words did, what the figures are, that they add up, and what they are of."""
    moved = sum(word.push for word in pushes.words)
    total = (
        f"A post without words stands at {figure(pushes.empty)}, all words move it by "
        f"{figure(moved)}, so this one stands at {figure(pushes.whole)}: "
        f"{_tag(head, pushes.said, pushes.prob_ppm)}."
    )
    said = [*_removed(text, head, pushes, removal), f"The figures are {UNIT}.", total]
    if pushes.together > 1:
        said.append(
            f"A long post: {pushes.together} words at a time were taken as one, so a figure is of "
            "a run of words."
        )
    return said


def _removed(text: str, head: str, pushes: Pushes, removal: Removal | None) -> list[str]:
    if removal is None or not removal.words:
        return []
    gone = words.listed([f'"{_named(text, word)}"' for word in removal.words])
    if removal.prob_ppm is None:
        why = words.ABSTENTIONS.get(removal.abstained or "") or removal.abstained
        return [f"Without {gone} the rest would not be judged: {why}."]
    # of brand where brand is likelier: "from 94% to 60%" is the side the words are on
    swap = head == "drive" and 2 * pushes.prob_ppm < PPM
    name = DRIVES[1] if swap else pushes.said
    before, after = (PPM - p if swap else p for p in (pushes.prob_ppm, removal.prob_ppm))
    moved = f"from {before / PPM:.1%} to {after / PPM:.1%}"
    return [f"Removing {gone} moves the probability of {name} {moved}: tried, not computed."]


def figure(push: float) -> str:
    """With its sign and two decimals; what rounds to nothing is 0.00."""
    return f"{push:+.2f}".replace("+0.00", "0.00").replace("-0.00", "0.00")


def _tag(head: str, said: str, prob_ppm: int) -> str:
    share = prob_ppm / PPM
    if head == "drive":
        return f"{DRIVES[0]} {share:.1%}, {DRIVES[1]} {1 - share:.1%}"
    return f"{head}: {words.PROMOS.get(said, said) if head == 'promo' else said} {share:.1%}"


def _line(side: Side) -> Text:
    listed = [f"{word} {push}" for word, push in side.words[:_LISTED]]
    rest = len(side.words) - len(listed)
    listed += [f"and {rest} more"] if rest else []
    line = Text(f"{side.title}: ", style=_STYLES[side.side])
    return line.append(" · ".join(listed) or "nothing", style="default")


def _named(text: str, word: WordPush) -> str:
    return words.one_line(text[word.start : word.end], _WORD_LIMIT)


def _shown(text: str) -> str:
    return words.shown(text, len(text))
