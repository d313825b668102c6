"""Test explanations of tags: do the words they name move the tag more than other words do?

    python scripts/deletion_test.py ../shared/data/labelled.jsonl --posts 200

Draws posts, no two of an account. Of each, the words that push most to the side its tag is on are
deleted from the text as it was given; front end and tagger read what is left. Beside them stand the
words that taking out one word at a time would name (leave one out), and words drawn by chance: as
many, and so many that they hold as many letters or more.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from analyzer.model import load_tagger
from analyzer.pipeline.explain import (
    CLASSES,
    MAX_PIECES,
    explain_tags,
    head_logits,
    log_odds,
    probability,
    strongest,
    without,
)
from analyzer.sources import read_posts
from analyzer.text import (
    abstain_reason,
    for_tagger,
    front_end,
    full_text,
    normalise,
    only_what_segments,
)
from analyzer.text.places import placed_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from analyzer.model import Tagger
    from analyzer.pipeline.explain import Pushes, WordPush

LENGTHS: Final = ((11, 20), (21, MAX_PIECES))
"""Words of a post; those in either are looked at apart. The shortest keep six when five go."""
DELETED: Final = (1, 3, 5)
DRAWS: Final = 5
"""Times that words are drawn by chance."""
RESAMPLES: Final = 2000
WAYS: Final = ("top", "leave one out", "as many", "as long")


class Post(NamedTuple):
    """A post of the test, explained."""

    text: str
    pushes: Pushes


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("exports", nargs="+", metavar="EXPORT")
    parser.add_argument("--bundle")
    parser.add_argument("--posts", type=int, default=200)
    parser.add_argument("--head", choices=CLASSES, default="drive")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    only_what_segments()
    tagger = load_tagger(args.bundle, front_end=front_end())
    texts = list(_drawn(args.exports, args.posts, args.seed))
    started = time.process_time()
    told = explain_tags(texts, tagger, head=args.head, seed=args.seed)
    seconds = time.process_time() - started
    posts = [Post(t, one.pushes) for t, one in zip(texts, told, strict=True) if one.pushes]
    gaps = [p.empty + sum(word.push for word in p.words) - p.whole for _, p in posts]
    print(
        f"{tagger.model_id}, {args.head}, seed {args.seed}: {len(posts)} posts, each of another "
        f"account, {LENGTHS[0][0]} to {MAX_PIECES} words; {seconds:.1f} s of CPU time to explain; "
        f"sums are off by {max(map(abs, gaps)):.1g} at most"
    )
    moves = np.stack(
        [_moves(post, tagger, args.head, [args.seed, n]) for n, post in enumerate(posts)]
    )
    print(f"\nMean move of the probability of a post's class, in points\n{'':<28}", *WAYS, sep="  ")
    for name, rows in _groups(posts):
        for number, count in enumerate(DELETED):
            _print(f"{name}, {count} deleted", moves[rows, number])


def _drawn(exports: Sequence[str], count: int, seed: int) -> Iterator[str]:
    """So many posts that the tagger judges."""
    rows = [
        (row["account_id"], full_text(row["title"], row["text"]))
        for batch in read_posts(exports)
        for row in batch.posts.select(["account_id", "title", "text"]).to_pylist()
    ]
    seen = set[str]()
    for row in np.random.default_rng(seed).permutation(len(rows)).tolist():
        account, text = rows[row]
        if account in seen or abstain_reason(normalise([text])[0]):
            continue
        if LENGTHS[0][0] <= len(placed_words([text])[0]) <= MAX_PIECES:
            seen.add(account)
            yield text
            if len(seen) == count:
                return
    raise SystemExit(f"there are {len(seen)} such posts; pass a lower --posts")


def _groups(posts: Sequence[Post]) -> Iterator[tuple[str, list[int]]]:
    yield f"all {len(posts)}", list(range(len(posts)))
    for low, high in LENGTHS:
        rows = [row for row, post in enumerate(posts) if low <= len(post.pushes.words) <= high]
        yield f"{len(rows)} of {low}-{high} words", rows


def _moves(post: Post, tagger: Tagger, head: str, seed: list[int]) -> NDArray[np.float64]:
    """(len(DELETED), len(WAYS)) how far the probability moved, in points; those by chance: mean."""
    text, pushes = post
    code = CLASSES[head].index(pushes.said)
    single = _leave_one_out(text, pushes, tagger, head, code)
    random = np.random.default_rng(seed)
    # a full stop taken out by chance would be too easy to beat
    words = [word for word in pushes.words if _letters(text, [word])]
    chosen: list[Sequence[WordPush]] = []
    for count in DELETED:
        top = strongest(pushes, count)
        draws = [[words[at] for at in random.permutation(len(words))] for _ in range(2 * DRAWS)]
        chosen += [top, strongest(single, count)]
        chosen += [draw[:count] for draw in draws[:DRAWS]]
        chosen += [_as_long(draw, text, count, _letters(text, top)) for draw in draws[DRAWS:]]
    texts = [text, *(without(text, some) for some in chosen)]
    odds = log_odds(head_logits(for_tagger(normalise(texts)), tagger, head), code)
    found = 100 * np.array([probability(one) for one in odds.tolist()])
    moved = np.abs(found[1:] - found[0]).reshape(len(DELETED), 2 + 2 * DRAWS)
    by_chance = moved[:, 2:].reshape(len(DELETED), 2, DRAWS).mean(axis=2)
    return np.concatenate([moved[:, :2], by_chance], axis=1)


def _leave_one_out(text: str, pushes: Pushes, tagger: Tagger, head: str, code: int) -> Pushes:
    """As they would be if a word's push were what is lost when it alone is taken out."""
    read = [word.read for word in placed_words([text])[0]]
    texts = [" ".join(read[:at] + read[at + 1 :]) for at in range(len(read))]
    lost = pushes.whole - log_odds(head_logits(texts, tagger, head), code)
    pairs = zip(pushes.words, lost.tolist(), strict=True)
    return replace(pushes, words=tuple(replace(word, push=push) for word, push in pairs))


def _as_long(draw: Sequence[WordPush], text: str, count: int, letters: int) -> Sequence[WordPush]:
    sizes = (size for size in range(count, len(draw)) if _letters(text, draw[:size]) >= letters)
    return draw[: next(sizes, len(draw))]


def _letters(text: str, words: Sequence[WordPush]) -> int:
    return sum(char.isalnum() for word in words for char in text[word.start : word.end])


def _print(name: str, moves: NDArray[np.float64]) -> None:
    """The figures of some posts, of which moves are (posts, len(WAYS)).

    Intervals: 95 %, bootstrap by account. Shares: of posts whose top words move it further.
    """
    means = "  ".join(
        f"{m:>{len(way)}.1f}" for m, way in zip(moves.mean(axis=0), WAYS, strict=True)
    )
    print(f"{name:<28}  {means}")
    random = np.random.default_rng(0)
    picks = random.integers(len(moves), size=(RESAMPLES, len(moves)))
    for at, way in enumerate(WAYS[1:], start=1):
        more = moves[:, 0] - moves[:, at]
        low, high = np.percentile(more[picks].mean(axis=1), [2.5, 97.5])
        share, alike = (more > 0).mean(), (more == 0).mean()
        print(
            f"    top - {way:<14}{more.mean():>6.1f} ({low:.1f} to {high:.1f}); "
            f"further in {share:.0%} of posts, as far in {alike:.0%}"
        )


if __name__ == "__main__":
    main()
