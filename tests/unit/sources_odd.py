"""Exports read from `corpora/exports`, and the same with any value in any place."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sources_samples import Row, read

from analyzer.sources import CANNOT_CARRY, FORMATS
from analyzer.sources.pending import Pending
from analyzer.sources.shapes import Place, Skip

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

EXPORTS: Final = Path(__file__).parents[2] / "corpora" / "exports"
ODD: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 2**80, 1.5, float("nan"), "", " ", "-1", "null", "\ud83d", "\0",
    "http://[", [], [None], ["a", 1], {}, {"": None}, {"text": []}, [{"name": None}],
)  # fmt: skip


def exported(form: str, part: str = "") -> tuple[dict[str, Row], list[tuple[int, str | None, str]]]:
    """Posts by their ids and rejects (row, field, why) of a format's sample files.

    Each post is checked to be told as this format and to hold nothing that it cannot carry.

    part  of the file names to be read
    """
    paths = [path for path in sorted((EXPORTS / form).iterdir()) if part in path.name]
    posts, rejects = read(*paths)
    assert {post["source_format"] for post in posts} == {form}
    for post in posts:
        assert not [name for name in CANNOT_CARRY[form] if post[name] not in (None, [])]
    return {post["post_id"]: post for post in posts}, [
        (reject["row"], reject["field"], reject["why"]) for reject in rejects
    ]


def told(record: Row) -> list[str]:
    """The formats that recognise a record; `fourcat` knows the rows of all 4CAT datasets."""
    names = [name for name, form in FORMATS.items() if form.recognise(record)]
    return names[:1] if "fourcat" in names else names


def changed(record: Any) -> Iterator[Any]:
    """The record with an odd value, or nothing, in the place of each of its values."""
    for path in _paths(record):
        for odd in ODD:
            copied = copy.deepcopy(record)
            _parent(copied, path)[path[-1]] = odd
            yield copied
        copied = copy.deepcopy(record)
        del _parent(copied, path)[path[-1]]
        yield copied


def _paths(value: Any) -> Iterator[list[Any]]:
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, inner in items:
        yield [key]
        yield from ([key, *path] for path in _paths(inner))


def _parent(value: Any, path: Sequence[Any]) -> Any:
    for key in path[:-1]:
        value = value[key]
    return value


def survives(form: str, record: Row) -> None:
    """Whatever stands in the record, it is a post or a reject."""
    assert told(record) == [form]
    pending, number = Pending(), 0
    place = Place(file="f", folder="d", stem="f")
    for number, odd in enumerate(changed(record), 1):
        FORMATS[form].recognise(odd)
        answer = FORMATS[form].adapt(odd, place)
        if isinstance(answer, Skip):
            pending.reject("f", number, answer.field, answer.why)
        else:
            pending.add(answer, (form, "f", number, None), None)
    batch = pending.flush(number)
    batch.posts.validate(full=True)
    assert batch.posts.num_rows + batch.rejects.num_rows == number > 0
