"""Tagged posts of whole accounts become rows of posts.parquet."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from analyzer.schema import KEPT_POST
from analyzer.sources.missing import missing


def finished(posts: Any) -> Any:
    """The posts with what only all posts of their accounts, seen together, can tell.

    posts    TAGGED_POST, each post once, whole accounts
    Returns  KEPT_POST, same rows, same order
    """
    return pa.table([*posts.columns, *missing(posts)], schema=KEPT_POST)
