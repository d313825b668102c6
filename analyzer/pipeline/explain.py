"""Why a post has its tag: how much each word of the text, as it was given, moved it.

The tagger is two branches added, or one, or int8: so it is asked, not opened. From none to all, the
words are put back one by one in a few orders, and what each adds is averaged (Shapley values, by
captum's sampling). All pushes add up to what the post has over one without words.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from itertools import compress
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from analyzer.errors import AnalyzerError, InputError
from analyzer.model import tag
from analyzer.model.shape import SLICES
from analyzer.schema import DRIVES, NICHES, PPM, PROMOS, SEGMENTED
from analyzer.text import abstain_reason, for_tagger, full_text, normalise
from analyzer.text.places import placed_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from captum.attr import ShapleyValueSampling
    from numpy.typing import NDArray
    from torch import Tensor
    from torch.futures import Future

    from analyzer.model import Tagger
    from analyzer.sources import ImportBatch
    from analyzer.text.places import PlacedWord

CLASSES: Final = {"drive": DRIVES, "niche": NICHES, "promo": PROMOS}

MAX_PIECES: Final = 64
"""Pieces of a post that are judged one by one; 6.5 % of the labelled posts have more words."""
ORDERS: Final = 4
"""Orders in which the words of a post are put back: EXPERIMENTS.md, what moved a tag."""
REMOVED: Final = 3
"""Words without which a post is judged again."""
IDS_SHOWN: Final = 3
POSTS_HELD: Final = 16
"""Posts whose shortened texts are held at a time; no answer depends on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPush:
    """A word and how much it moved the tag."""

    start: int
    end: int
    """Characters of the text as it was given; `end` lies behind the last."""
    push: float
    """What the word adds to the log odds of the class explained; below 0 it speaks against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushes:
    """The words of a post that moved its tag, in log odds of one class against all others."""

    said: str
    """The class explained: of drive always passion, of niche and promo the post's tag."""
    prob_ppm: int
    """Its probability in millionths, as `tag` gives it."""
    empty: float
    """Log odds of a post without words ..."""
    whole: float
    """... and of this one: `empty` and all pushes added."""
    words: tuple[WordPush, ...]
    """In order; none overlap; a hashtag is one word."""
    together: int
    """1. In a post of more than MAX_PIECES words more: so many neighbours are taken out together,
    and each of `words` is such a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagExplanation:
    """Why a post has its tag, or why it has none: one of the two is null."""

    head: str
    """Of CLASSES."""
    pushes: Pushes | None
    abstained: str | None
    """Why the tagger abstains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What the tagger says of a post without its strongest words, read anew from the first step."""

    words: tuple[WordPush, ...]
    """At most REMOVED, strongest first; see `strongest`."""
    prob_ppm: int | None
    """Of the class explained; null where the tagger abstains from what is left."""
    abstained: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What of a post is asked."""

    units: list[str]
    """Joined by blanks they are what the tagger reads."""
    code: int
    """The class among those of its head."""
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """See Pushes."""

    pushes: list[float]
    empty: float
    whole: float


def explain_tags(
    texts: Sequence[str], tagger: Tagger, *, head: str = "drive", seed: int = 0
) -> list[TagExplanation]:
    """Which words moved the tag of each text, and how far.

    texts: as they were given, title and text together (see `analyzer.text.full_text`).
    head: of CLASSES.
    seed: of the orders in which words are put back. An explanation depends on it, on its text and
        on the tagger, not on the other texts.

    Raises:
        InputError: there is no such head.
        AnalyzerError: captum is not installed.
    """
    if head not in CLASSES:
        raise InputError(f"there is no head '{head}'; pass one of {', '.join(CLASSES)}")
    method = _captum()
    distinct = list(dict.fromkeys(texts))
    found: dict[str, TagExplanation] = {}
    for start in range(0, len(distinct), POSTS_HELD):
        some = distinct[start : start + POSTS_HELD]
        found |= zip(some, _explained(some, tagger, head, seed, method), strict=True)
    return [found[text] for text in texts]


def removals(
    texts: Sequence[str], told: Sequence[TagExplanation], tagger: Tagger
) -> list[Removal | None]:
    """What is said of each text without its strongest words; null where nothing was explained.

    texts: those that were explained.
    """
    rows = [(text, one.head, one.pushes) for text, one in zip(texts, told, strict=True)]
    return [
        None if pushes is None else _removal(text, head, pushes, tagger)
        for text, head, pushes in rows
    ]


def _removal(text: str, head: str, pushes: Pushes, tagger: Tagger) -> Removal:
    words = tuple(strongest(pushes, REMOVED))
    (rest,) = normalise([without(text, words)])
    why = abstain_reason(rest)
    if why is not None:
        return Removal(words=words, prob_ppm=None, abstained=why)
    logits = head_logits(for_tagger([rest]), tagger, head)
    (odds,) = log_odds(logits, CLASSES[head].index(pushes.said))
    return Removal(words=words, prob_ppm=round(PPM * probability(odds)), abstained=None)


def strongest(pushes: Pushes, count: int) -> list[WordPush]:
    """At most so many words that push most to the side the post is on.

    Of drive that is the likelier class; of niche and promo the one that is said.
    """
    sign = -1 if pushes.said == DRIVES[0] and 2 * pushes.prob_ppm < PPM else 1
    ranked = sorted(pushes.words, key=lambda word: (-sign * word.push, word.start))
    return [word for word in ranked[:count] if sign * word.push > 0]


def without(text: str, words: Iterable[WordPush]) -> str:
    """The text with a blank in place of each of these words."""
    for word in sorted(words, key=lambda word: -word.start):
        text = f"{text[: word.start]} {text[word.end :]}"
    return text


def in_pieces(words: Sequence[PlacedWord]) -> tuple[list[PlacedWord], int]:
    """At most MAX_PIECES runs of neighbours, and of how many words (the last may have fewer)."""
    together = max(1, math.ceil(len(words) / MAX_PIECES))
    runs = [words[at : at + together] for at in range(0, len(words), together)]
    joined = [
        replace(run[0], end=run[-1].end, read=" ".join(word.read for word in run)) for run in runs
    ]
    return joined, together


def _captum() -> type[ShapleyValueSampling]:
    try:
        from captum.attr import ShapleyValueSampling
    except ModuleNotFoundError as error:
        raise AnalyzerError(
            f"explaining a tag needs {error.name}: pip install 'vn-content-analyzer[explain]'"
        ) from error
    found: type[ShapleyValueSampling] = ShapleyValueSampling
    return found


def _explained(
    texts: Sequence[str], tagger: Tagger, head: str, seed: int, method: type[ShapleyValueSampling]
) -> Iterator[TagExplanation]:
    tags = tag(_segmented(texts), tagger).to_pylist()
    judged = [row for row, tagged in enumerate(tags) if tagged["abstained"] is None]
    found = [in_pieces(words) for words in placed_words([texts[row] for row in judged])]
    said = [DRIVES[0] if head == "drive" else tags[row][head] for row in judged]
    questions = [
        _Question(
            units=[piece.read for piece in pieces],
            code=CLASSES[head].index(name),
            seed=_own_seed(texts[row], seed),
        )
        for row, name, (pieces, _) in zip(judged, said, found, strict=True)
    ]
    pushes: dict[int, Pushes] = {}
    for row, name, (pieces, together), answer in zip(
        judged, said, found, _answers(questions, tagger, head, method), strict=True
    ):
        pushes[row] = Pushes(
            said=name,
            prob_ppm=tags[row]["prob_ppm" if head == "drive" else f"{head}_ppm"],
            empty=answer.empty,
            whole=answer.whole,
            words=tuple(
                WordPush(start=piece.start, end=piece.end, push=push)
                for piece, push in zip(pieces, answer.pushes, strict=True)
            ),
            together=together,
        )
    for row, tagged in enumerate(tags):
        yield TagExplanation(head=head, pushes=pushes.get(row), abstained=tagged["abstained"])


def _segmented(texts: Sequence[str]) -> Any:
    """As `prepare` makes it, of texts that may hold what Arrow cannot (halves of a character)."""
    normal = normalise(texts)
    return pa.table(
        {
            "post_id": [str(row) for row in range(len(texts))],
            "content_hash": [""] * len(texts),
            "segmented": for_tagger(normal),
            "abstain": pa.array([abstain_reason(text) for text in normal], pa.string()),
        },
        schema=SEGMENTED,
    )


def _own_seed(text: str, seed: int) -> int:
    digest = hashlib.sha256(f"{seed}\0{text}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big")


def _answers(
    questions: Sequence[_Question], tagger: Tagger, head: str, method: type[ShapleyValueSampling]
) -> Iterator[_Answer]:
    """An answer to each question; all texts go to the tagger in one call.

    captum may be answered later: it is given promises until all that it asks is known. A call for
    each order would take 2.8 times as long, since the tagger's passes are all of one height.
    """
    import torch
    from torch.futures import Future

    asked: list[tuple[Future[Tensor], int, list[str]]] = []

    def promise(question: _Question) -> Callable[[Tensor], Future[Tensor]]:
        def forward(kept: Tensor) -> Future[Tensor]:
            texts = [" ".join(compress(question.units, row)) for row in kept.bool().tolist()]
            future: Future[Tensor] = Future()
            asked.append((future, question.code, texts))
            return future

        return forward

    results = [_attribution(method(promise(question)), question) for question in questions]
    texts = list(dict.fromkeys(text for _, _, some in asked for text in some))
    logits = dict(zip(texts, head_logits(texts, tagger, head), strict=True))
    for future, code, some in asked:
        answers = log_odds(np.stack([logits[text] for text in some]), code)
        future.set_result(torch.from_numpy(answers))
    for question, result in zip(questions, results, strict=True):
        ends = np.stack([logits[""], logits[" ".join(question.units)]])
        empty, whole = log_odds(ends, question.code).tolist()
        yield _Answer(pushes=result.wait()[0].tolist(), empty=empty, whole=whole)


def _attribution(method: ShapleyValueSampling, question: _Question) -> Future[Tensor]:
    """A promise of (1, units) pushes."""
    import torch

    size = len(question.units)
    # its own draws from torch's global state, which another thread may use
    method.permutation_generator = lambda *_: _orders(size, question.seed)
    promise: Future[Tensor] = method.attribute_future(
        torch.ones(1, size),
        baselines=torch.zeros(1, size),
        n_samples=ORDERS,
        perturbations_per_eval=size,
    )
    return promise


def _orders(size: int, seed: int) -> Iterator[list[int]]:
    """Orders in which units are put back, each followed by its reverse."""
    random = np.random.default_rng(seed)
    for _ in range(ORDERS // 2):
        order = random.permutation(size).tolist()
        yield order
        yield order[::-1]


def head_logits(segmented: Sequence[str], tagger: Tagger, head: str) -> NDArray[np.float64]:
    """(N, classes) logits of one head; those of drive calibrated."""
    logits = tagger.logits(segmented)[:, SLICES[head]]
    return logits / tagger.manifest.temperature if head == "drive" else logits


def log_odds(logits: NDArray[np.float64], code: int) -> NDArray[np.float64]:
    """(N,) log odds of one class against all others.

    logits: (N, C) of one head
    """
    rest = np.delete(logits, code, axis=1)
    peak = rest.max(axis=1)
    others = peak + np.log(np.exp(rest - peak[:, None]).sum(axis=1))
    found: NDArray[np.float64] = logits[:, code] - others
    return found


def probability(log_odds: float) -> float:
    """The probability that has these log odds."""
    return (1 + math.tanh(log_odds / 2)) / 2


def find_post(batches: Iterable[ImportBatch], post_id: str) -> str:
    """The text, as it is judged, of the first post with this id.

    post_id: as our tables have it (`tiktok:123`), or without what stands before a colon (`123`).

    Raises:
        InputError: there is no such post; the message names some that are there.
    """
    seen: list[str] = []
    reasons: list[str] = []
    for batch in batches:
        for row in batch.posts.select(["post_id", "title", "text"]).to_pylist():
            if f":{row['post_id']}".endswith(f":{post_id}"):
                return full_text(row["title"], row["text"])
            seen += [row["post_id"]] if len(seen) < IDS_SHOWN else []
        reasons += [f"{row['file']}: {row['why']}" for row in batch.rejects.slice(0, 1).to_pylist()]
    if not seen:
        raise InputError(f"no post to explain: {(reasons or ['the files hold none'])[0]}")
    raise InputError(f"no post has the id '{post_id}'; pass one such as {', '.join(seen)}")
