"""A column coerced at once is what its values are one by one."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from analyzer.sources.build import build_posts, moments
from analyzer.sources.fields import count, flag, moment

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ISO = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2105, 1, 1)).map(  # noqa: DTZ001
    lambda when: f"{when.isoformat()}Z"
)
NEARLY_ISO = st.builds(
    "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z".format,
    *(st.integers(low, high) for low, high in ((1900, 2200), (0, 13), (0, 32), (0, 25), (0, 61))),
    st.integers(0, 61),
    st.text(".0123456789", max_size=8),
)
NUMBERS = st.none() | st.integers() | st.integers(-3, 10**7)
ODD = st.text(string.digits + ".,KM-", max_size=6) | st.booleans() | st.floats()
ORIGIN = ("jsonl", "a.jsonl", 1, "an")


def micros(column: Any) -> list[int | None]:
    return [
        None if when is None else (when - EPOCH) // timedelta(microseconds=1)
        for when in column.to_pylist()
    ]


@settings(deadline=None)
@example(values=["2025-02-10T07:09:13Z", None])
@example(values=["1994-12-31T23:59:59.999999Z", "1995-01-01T00:00:00Z", "2100-01-01T00:00:00Z"])
@example(values=["2016-12-31T23:59:60Z", "2025-02-29T00:00:00Z"])
@given(values=st.lists(ISO | st.none()) | st.lists(ISO | NEARLY_ISO | st.none()))
def test_times(values: list[str | None]) -> None:
    assert micros(moments(values)) == [moment(value) for value in values]


@settings(deadline=None)
@example(likes=[2**63 - 1, None], flags=[True, None])
@example(likes=[2**63, -1], flags=[1, "yes"])
@given(likes=st.lists(NUMBERS) | st.lists(NUMBERS | ODD), flags=st.lists(st.booleans() | ODD))
def test_counts_and_flags(likes: list[Any], flags: list[Any]) -> None:
    rows = min(len(likes), len(flags))
    drafts = [
        {"text": "Cá kho", "likes": one, "is_ad": said}
        for one, said in zip(likes, flags, strict=False)
    ]
    table, failed = build_posts(drafts, [ORIGIN] * rows)
    assert failed == {}
    assert table.column("likes").to_pylist() == [count(value) for value in likes[:rows]]
    assert table.column("is_ad").to_pylist() == [flag(value) for value in flags[:rows]]
