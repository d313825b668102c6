"""Learn a sub-word vocabulary in PhoBERT's file format from segmented posts."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

import orjson
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from analyzer.text import split_spans

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MIN_ACCOUNTS: Final = 5
"""A word counts only if so many accounts wrote it: no entry can be traced to one of them."""

_END: Final = "</w>"
_SPECIAL: Final = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")


def learn_vocabulary(
    segmented: Sequence[str], accounts: Sequence[str], folder: Path, *, size: int
) -> None:
    """Write `vocab.txt` and `bpe.codes` (fastBPE format, lower case) to the folder.

    segmented, accounts: same length; each text with the account that wrote it.
    size: number of vocabulary lines at most.
    """
    seen: defaultdict[str, set[str]] = defaultdict(set)
    counts: Counter[str] = Counter()
    for text, account in zip(segmented, accounts, strict=True):
        words = text.lower().split()
        counts.update(words)
        for word in set(words):
            if len(seen[word]) < MIN_ACCOUNTS:
                seen[word].add(account)
    kept = {w: n for w, n in counts.items() if len(seen[w]) >= MIN_ACCOUNTS and _is_word(w)}
    tokenizer = Tokenizer(models.BPE(end_of_word_suffix=_END))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        end_of_word_suffix=_END,
        min_frequency=2,
        show_progress=False,
        # numbered here: else in the order of a hash table, another in every process, and equally
        # frequent pairs are merged by their numbers
        special_tokens=sorted({word[-1] + _END for word in kept}),
    )
    # the trainer wants running text: a word stands as often as it was counted
    tokenizer.train_from_iterator(
        (" ".join([word] * count) for word, count in sorted(kept.items())), trainer
    )
    model = orjson.loads(tokenizer.to_str())["model"]
    ranks = len(model["merges"])
    codes = [f"{a} {b} {ranks - rank}" for rank, (a, b) in enumerate(model["merges"])]
    _write_lines(folder / "bpe.codes", codes)
    _write_lines(folder / "vocab.txt", _pieces(model, tokenizer, kept))


def _write_lines(path: Path, lines: Sequence[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")


def _is_word(word: str) -> bool:
    """No address, and nothing a tokenizer reads as a special token."""
    spans = list(split_spans(word))
    address = any(
        protected and piece[0] not in "#＃" and piece.isascii() for piece, protected in spans
    )
    return not address and word not in _SPECIAL


def _pieces(model: dict[str, Any], tokenizer: Tokenizer, kept: dict[str, int]) -> list[str]:
    """All pieces in PhoBERT's spelling, those that words end as most often first."""
    counts: Counter[str] = Counter()
    for word, count in kept.items():
        for piece in tokenizer.encode(word).tokens:
            counts[piece] += count
    ordered = sorted(model["vocab"], key=lambda piece: (-counts[piece], piece))
    return [
        f"{piece.removesuffix(_END)} {counts[piece]}"
        if piece.endswith(_END)
        else f"{piece}@@ {counts[piece]}"
        for piece in ordered
        if piece not in _SPECIAL
    ]
