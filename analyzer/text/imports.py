"""What importing underthesea does besides, kept from those who did not ask for it."""

from __future__ import annotations

import logging
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

NOT_NEEDED: Final = (
    "agent",
    "pipeline.classification",
    "pipeline.dependency_parse",
    "pipeline.lang_detect",
    "pipeline.sentiment",
    "pipeline.translate",
)
"""Parts of underthesea 9.5.0 that it does without where they cannot be imported. They import torch
and transformers, which takes several times as long as all else (EXPERIMENTS.md, what a process
imports)."""

# two threads that save and restore in turn would bring the handler back
_one_at_a_time = threading.Lock()


@contextmanager
def root_logger_kept() -> Iterator[None]:
    """Put the root logger's handlers and level back when the block ends, whatever it did.

    How to log is the caller's choice, and importing underthesea calls `logging.basicConfig`.
    """
    with _one_at_a_time:
        handlers, level = list(logging.root.handlers), logging.root.level
        try:
            yield
        finally:
            logging.root.handlers[:] = handlers
            logging.root.setLevel(level)


def only_what_segments() -> None:
    """From here on this process imports underthesea without the parts in `NOT_NEEDED`.

    For processes of our own: in a caller's, `underthesea.translate` would be None after this.
    """
    for name in NOT_NEEDED:
        # Python's own mark of a module that cannot be imported
        sys.modules.setdefault(f"underthesea.{name}", None)  # type: ignore[arg-type]
