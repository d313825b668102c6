"""The rows that walk through the pipeline: frozen values beside their Arrow schemas.

Null means unknown, never zero and never "no". `tests/unit/test_schema.py` keeps every
dataclass equal to its schema, and the codebook (docs/codebook.md) complete.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from analyzer.errors import InputError
from analyzer.schema.accounts import (
    COPY_GROUP,
    EVIDENCE,
    FACTS,
    PROFILE,
    SIGN_OFF,
    TOTALS,
    AccountFacts,
    AccountProfile,
    AccountTotals,
    CopyGroup,
    Evidence,
    SignOff,
)
from analyzer.schema.posts import (
    DRIVES,
    KEPT_POST,
    NICHES,
    PLATFORMS,
    POST,
    POSTERIOR_BINS,
    PPM,
    PROMOS,
    REJECT,
    ROLES,
    SEGMENTED,
    TAG,
    TAGGED_POST,
    Post,
    Reject,
    Segmented,
    Tag,
)

__all__ = [
    "COPY_GROUP",
    "DRIVES",
    "EVIDENCE",
    "FACTS",
    "KEPT_POST",
    "NICHES",
    "PLATFORMS",
    "POST",
    "POSTERIOR_BINS",
    "PPM",
    "PROFILE",
    "PROMOS",
    "REJECT",
    "ROLES",
    "SEGMENTED",
    "SIGN_OFF",
    "TAG",
    "TAGGED_POST",
    "TOTALS",
    "AccountFacts",
    "AccountProfile",
    "AccountTotals",
    "CopyGroup",
    "Evidence",
    "Post",
    "Reject",
    "Segmented",
    "SignOff",
    "Tag",
    "conform",
]


def conform(table: Any, schema: Any) -> Any:
    """The table with the schema's columns, order and types.

    Raises:
        InputError: a column is missing, cannot be cast, or holds a null where none may stand.
    """
    missing = [name for name in schema.names if name not in table.column_names]
    if missing:
        raise InputError(f"table lacks the columns {missing}; found: {table.column_names}")
    try:
        cast = table.select(schema.names).cast(schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError) as error:
        raise InputError(f"table does not fit its schema: {error}") from error
    nulls = [f.name for f in schema if not f.nullable and cast.column(f.name).null_count]
    if nulls:
        raise InputError(f"columns {nulls} hold nulls, and null is not allowed there")
    return cast
