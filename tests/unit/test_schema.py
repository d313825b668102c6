"""Each dataclass and its Arrow schema say the same: names, order, types, what can be null."""

from __future__ import annotations

import types
from dataclasses import fields
from datetime import datetime
from typing import Any, Final, get_args, get_origin, get_type_hints

import pyarrow as pa
import pytest

from analyzer import schema
from analyzer.errors import InputError
from analyzer.schema import (
    COPY_GROUP,
    EVIDENCE,
    POST,
    REJECT,
    SIGN_OFF,
    CopyGroup,
    Evidence,
    SignOff,
    conform,
)

PAIRS: Final = {
    schema.Post: schema.POST,
    schema.Reject: schema.REJECT,
    schema.Segmented: schema.SEGMENTED,
    schema.Tag: schema.TAG,
    schema.AccountTotals: schema.TOTALS,
    schema.Evidence: schema.EVIDENCE,
    schema.CopyGroup: schema.COPY_GROUP,
    schema.SignOff: schema.SIGN_OFF,
    schema.AccountFacts: schema.FACTS,
    schema.AccountProfile: schema.PROFILE,
}


def arrow_types(hint: Any) -> tuple[set[pa.DataType], bool]:
    """The Arrow types that can hold the hint, and whether it can be null."""
    if isinstance(hint, types.UnionType):
        parts = [part for part in get_args(hint) if part is not type(None)]
        assert len(parts) == 1
        return arrow_types(parts[0])[0], type(None) in get_args(hint)
    if get_origin(hint) is list:
        (item,) = get_args(hint)
        return {pa.list_(kind) for kind in arrow_types(item)[0]}, False
    if hint == dict[str, float]:
        return {pa.map_(pa.string(), pa.float64())}, False
    plain = {
        str: {pa.string()},
        bool: {pa.bool_()},
        int: {pa.int64(), pa.int32()},
        float: {pa.float64()},
        datetime: {pa.timestamp("us", tz="UTC")},
        Evidence: {EVIDENCE},
        CopyGroup: {COPY_GROUP},
        SignOff: {SIGN_OFF},
    }
    return plain[hint], False


@pytest.mark.parametrize("kind", PAIRS, ids=lambda kind: kind.__name__)
def test_dataclass_equals_schema(kind: type) -> None:
    # `datetime` is imported for type checkers only
    hints = get_type_hints(kind, {**vars(schema), "datetime": datetime})
    columns = list(PAIRS[kind])
    assert [f.name for f in fields(kind)] == [c.name for c in columns]
    for column in columns:
        allowed, nullable = arrow_types(hints[column.name])
        assert column.type in allowed, column
        assert column.nullable == nullable, column


def test_every_dataclass_is_checked() -> None:
    found = {v for v in vars(schema).values() if hasattr(v, "__dataclass_fields__")}
    assert found == set(PAIRS)


def test_a_tagged_post_is_a_post_and_its_tag() -> None:
    names = schema.TAGGED_POST.names
    assert names == [*POST.names, *(n for n in schema.TAG.names if n != "post_id")]
    assert len(set(names)) == len(names)


def test_conform_orders_casts_and_drops_the_rest() -> None:
    table = pa.table(
        {
            "why": ["no text"], "extra": [1], "raw": [None], "row": pa.array([7], pa.int32()),
            "field": ["text"], "file": ["a.csv"],
        }
    )  # fmt: skip
    assert conform(table, REJECT).schema == REJECT
    assert conform(table, REJECT).to_pylist() == [
        {"file": "a.csv", "row": 7, "field": "text", "why": "no text", "raw": None}
    ]


REFUSED: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "lacks": ({"row": [1]}, r"lacks the columns \['file', 'field', 'why', 'raw'\]"),
    "cast": (
        {"file": ["a"], "row": ["x"], "field": ["f"], "why": ["w"], "raw": ["r"]},
        "does not fit its schema",
    ),
    "nulls": (
        {"file": ["a", None], "row": [1, 2], "field": ["f", "f"], "why": ["w", "w"],
         "raw": ["r", "r"]},
        "file.*null",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("columns", "message"), REFUSED.values(), ids=REFUSED)
def test_conform_refuses(columns: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        conform(pa.table(columns), REJECT)
