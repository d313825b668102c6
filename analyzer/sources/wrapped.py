"""Posts inside JSON of no known shape, where a mapping says they stand."""

from __future__ import annotations

from typing import Any, Final

WHOLE: Final = "."
"""The path of a document that is itself the list, or the object of posts by their ids."""
KEYS_SHOWN: Final = 12


def records_at(value: Any, path: str) -> tuple[list[Any], str | None]:
    """What stands down the path, such as `result.payload.posts`, and why there is nothing.

    A number in the path is a place in a list; without one, each item of a list is gone into. At
    the end a list holds the posts, and so does an object whose values are all objects (posts by
    their ids); any other object is a post.
    """
    found, after = [value], ""
    for part in [] if path == WHOLE else path.split("."):
        below: list[Any] = []
        for one in found:
            below += _below(one, part)
        if not below:
            return [], f"has no {part!r} {after or 'at the top'}; {_there(found)}"
        found, after = below, f"under {part!r}"
    records: list[Any] = []
    for one in found:
        if isinstance(one, list):
            records += one
        elif isinstance(one, dict) and one and all(isinstance(x, dict) for x in one.values()):
            records += one.values()
        else:
            records.append(one)
    return records, None if records else f"holds no post at {path!r}: the list there is empty"


def _below(value: Any, part: str) -> list[Any]:
    if isinstance(value, dict):
        return [value[part]] if part in value else []
    if not isinstance(value, list):
        return []
    if part.isascii() and part.isdigit():
        at = int(part[:9])
        return value[at : at + 1]
    return [found for item in value if isinstance(item, dict) for found in _below(item, part)]


def _there(values: list[Any]) -> str:
    """What stands where a path broke off."""
    keys = list(dict.fromkeys(key for one in values if isinstance(one, dict) for key in one))
    if not keys:
        return "no object stands there; correct the path 'records' of the mapping"
    shown = ", ".join(repr(key[:60]) for key in keys[:KEYS_SHOWN])
    more = " ..." if len(keys) > KEYS_SHOWN else ""
    return f"found: {shown}{more}; correct the path 'records' of the mapping"


def likely_path(value: Any, *, depth: int = 5) -> str | None:
    """The path of the first list of objects inside an object, where posts may well stand."""
    if not isinstance(value, dict) or not depth:
        return None
    for key, below in value.items():
        if isinstance(below, list) and below and isinstance(below[0], dict):
            return str(key)
        if (rest := likely_path(below, depth=depth - 1)) is not None:
            return f"{key}.{rest}"
    return None
