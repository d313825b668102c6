"""Segmented text to PhoBERT sub-word ids."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from analyzer.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from transformers import PhobertTokenizer

MAX_WORD: Final = 64
"""Characters of one word that are read; BPE is quadratic in a word, and an address of 2,000
characters says no more in its tail."""

MAX_CACHE: Final = 200_000
"""Distinct words remembered; then the memory is emptied."""

_SPECIAL: Final = frozenset({"<s>", "<pad>", "</s>", "<unk>", "<mask>"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Original PhoBERT files `vocab.txt` and `bpe.codes`, and what was looked up in them."""

    tokenizer: PhobertTokenizer
    lower: bool
    size: int
    bos: int
    eos: int
    pad: int
    unk: int
    mask: int
    known: dict[str, tuple[int, ...]] = field(default_factory=dict)


def load_vocabulary(folder: Path, *, lower: bool) -> Vocabulary:
    """The vocabulary of a bundle or of a downloaded PhoBERT.

    Raises:
        ModelError: a file is missing or not in PhoBERT's format.
    """
    from transformers import PhobertTokenizer

    for name in ("vocab.txt", "bpe.codes"):
        if not (folder / name).is_file():
            raise ModelError(
                f"{folder} has no {name}; a bundle needs PhoBERT's vocab.txt, bpe.codes"
            )
    try:
        tokenizer = PhobertTokenizer(
            vocab_file=str(folder / "vocab.txt"), merges_file=str(folder / "bpe.codes")
        )
    except (ValueError, IndexError, UnicodeDecodeError) as error:
        raise ModelError(f"{folder}: vocab.txt or bpe.codes is not in fastBPE format") from error
    return Vocabulary(
        tokenizer=tokenizer,
        lower=lower,
        size=len(tokenizer),
        bos=tokenizer.bos_token_id,
        eos=tokenizer.eos_token_id,
        pad=tokenizer.pad_token_id,
        unk=tokenizer.unk_token_id,
        mask=tokenizer.mask_token_id,
    )


def encode(texts: Sequence[str], vocabulary: Vocabulary) -> list[list[tuple[int, ...]]]:
    """Sub-word ids of each word of each segmented text; no special tokens, nothing cut off.

    Text that looks like a special token (`<s>`) stays text.
    """
    return [
        [_word_ids(word, vocabulary) for word in (t.lower() if vocabulary.lower else t).split()]
        for t in texts
    ]


def _word_ids(word: str, vocabulary: Vocabulary) -> tuple[int, ...]:
    ids = vocabulary.known.get(word)
    if ids is None:
        if len(vocabulary.known) >= MAX_CACHE:
            vocabulary.known.clear()
            vocabulary.tokenizer.cache.clear()
        ids = _look_up(word[:MAX_WORD], vocabulary)
        vocabulary.known[word] = ids
    return ids


def _look_up(word: str, vocabulary: Vocabulary) -> tuple[int, ...]:
    if word in _SPECIAL:
        return (vocabulary.unk,)
    pieces = vocabulary.tokenizer.bpe(word).split(" ")
    return tuple(
        vocabulary.unk if piece in _SPECIAL else vocabulary.tokenizer.convert_tokens_to_ids(piece)
        for piece in pieces
    )
