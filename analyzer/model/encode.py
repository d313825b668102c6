"""Segmented text to PhoBERT sub-word ids."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Final

from tokenizers import models

from analyzer.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MAX_WORD: Final = 64
"""Characters of one word that are read: an address of 2,000 says no more in its tail."""

MAX_CACHE: Final = 200_000
"""Distinct words remembered; then the memory is emptied."""

_SPECIAL: Final = frozenset({"<s>", "<pad>", "</s>", "<unk>", "<mask>"})
_END: Final = "</w>"
_PAIR: Final = 2
_UNKNOWN: Final = " "
"""Stands for a character that no piece holds; no word holds a blank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Original PhoBERT files `vocab.txt` and `bpe.codes`, and what was looked up in them."""

    bpe: models.BPE
    """Words to pieces, numbered in an order of its own."""
    codes: list[int]
    """PhoBERT's id of each piece; `unk` for a product of two merged pieces that vocab.txt lacks."""
    lower: bool
    size: int
    bos: int = 0
    pad: int = 1
    eos: int = 2
    unk: int = 3
    mask: int
    known: dict[str, tuple[int, ...]] = field(default_factory=dict)


def load_vocabulary(folder: Path, *, lower: bool) -> Vocabulary:
    """The vocabulary of a bundle or of a downloaded PhoBERT.

    Raises:
        ModelError: a file is missing or not in PhoBERT's format.
    """
    for name in ("vocab.txt", "bpe.codes"):
        if not (folder / name).is_file():
            raise ModelError(
                f"{folder} has no {name}; a bundle needs PhoBERT's vocab.txt, bpe.codes"
            )
    try:
        entries = _entries(folder / "vocab.txt")
        merges = _merges(folder / "bpe.codes")
    except (ValueError, UnicodeDecodeError) as error:
        raise ModelError(f"{folder}: vocab.txt or bpe.codes is not in fastBPE format") from error
    unk = entries["<unk>"]
    known = {piece: code for piece, code in entries.items() if piece not in _SPECIAL}
    # each piece as vocab.txt writes it: `ng@@` goes on, `ng` ends a word
    pieces = {piece.removesuffix("@@") if piece.endswith("@@") else piece + _END for piece in known}
    pieces |= {part for a, b in merges for part in (a, b, a + b)}
    order = sorted(pieces)
    codes = [known.get(p.removesuffix(_END) if p.endswith(_END) else f"{p}@@", unk) for p in order]
    bpe = models.BPE(
        vocab={**{piece: n for n, piece in enumerate(order)}, _UNKNOWN: len(order)},
        merges=merges,
        unk_token=_UNKNOWN,
        end_of_word_suffix=_END,
    )
    return Vocabulary(
        bpe=bpe,
        codes=[*codes, unk],
        lower=lower,
        size=len(entries) + 1,
        mask=len(entries),
    )


def _entries(path: Path) -> dict[str, int]:
    """Ids of vocab.txt's pieces behind those of the special tokens; `<mask>` comes last of all."""
    found = {name: code for code, name in enumerate(("<s>", "<pad>", "</s>", "<unk>"))}
    for number, line in enumerate(_lines(path), start=1):
        piece, blank, _ = line.strip().rpartition(" ")
        if not blank:
            raise ValueError(f"line {number} has no count")
        found[piece] = len(found)
    return found


def _merges(path: Path) -> list[tuple[str, str]]:
    """Pairs by rank; a line of which a no-break space makes three parts has never merged a pair."""
    ranks = {tuple(line.split()[:-1]): rank for rank, line in enumerate(_lines(path))}
    pairs = sorted((rank, pair) for pair, rank in ranks.items() if len(pair) == _PAIR)
    return [(first, second) for _, (first, second) in pairs]


def _lines(path: Path) -> list[str]:
    # str.splitlines would cut at characters that a piece may hold
    return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")


def encode(texts: Sequence[str], vocabulary: Vocabulary) -> list[list[int]]:
    """Sub-word ids of each segmented text; no special tokens, nothing cut off.

    Text that looks like a special token (`<s>`) stays text.
    """
    ids_of = vocabulary.known.__getitem__
    out: list[list[int]] = []
    for text in texts:
        words = (text.lower() if vocabulary.lower else text).split()
        try:
            # at C's speed where every word is known, as nearly all are
            ids = list(chain.from_iterable(map(ids_of, words)))
        except KeyError:
            ids = list(chain.from_iterable(_looked_up(words, vocabulary)))
        out.append(ids)
    return out


def encode_words(texts: Sequence[str], vocabulary: Vocabulary) -> list[list[tuple[int, ...]]]:
    """As `encode`, word by word."""
    cased = (text.lower() if vocabulary.lower else text for text in texts)
    return [_looked_up(text.split(), vocabulary) for text in cased]


def _looked_up(words: list[str], vocabulary: Vocabulary) -> list[tuple[int, ...]]:
    known, codes = vocabulary.known, vocabulary.codes
    if len(known) >= MAX_CACHE:
        known.clear()
    for word in words:
        if word not in known:
            # the model itself: a Tokenizer around it takes twice the time for the same pieces
            pieces = vocabulary.bpe.tokenize(word[:MAX_WORD])
            known[word] = tuple(codes[piece.id] for piece in pieces)
    return [known[word] for word in words]
