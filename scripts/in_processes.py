"""Work over many texts in several processes, in their order."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING, Final, TypeVar

from tqdm import tqdm

from analyzer.text import only_what_segments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

BLOCK: Final = 20
"""Texts given to a process at once: a document of `general` takes as long as 30 captions."""

R = TypeVar("R")


def mapped(
    function: Callable[[list[str]], R], texts: Sequence[str], *, workers: int, name: str
) -> Iterator[R]:
    """What a function of a module makes of each block of texts, in order.

    name: shown beside the progress bar.
    """
    blocks = [list(texts[at : at + BLOCK]) for at in range(0, len(texts), BLOCK)]
    with multiprocessing.get_context("spawn").Pool(workers, only_what_segments) as pool:
        yield from tqdm(pool.imap(function, blocks), desc=name, total=len(blocks), mininterval=10)
