"""How to log is the caller's choice: importing underthesea calls `logging.basicConfig`."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# two threads that save and restore in turn would bring the handler back
_one_at_a_time = threading.Lock()


@contextmanager
def root_logger_kept() -> Iterator[None]:
    """Put the root logger's handlers and level back when the block ends, whatever it did."""
    with _one_at_a_time:
        handlers, level = list(logging.root.handlers), logging.root.level
        try:
            yield
        finally:
            logging.root.handlers[:] = handlers
            logging.root.setLevel(level)
