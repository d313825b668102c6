"""Profiles as files for other programs; equal input gives equal bytes, whatever its row order."""

from __future__ import annotations

import csv
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from analyzer.atomic import atomic_path
from analyzer.cells import inert
from analyzer.report.rows import ordered, paired, records
from analyzer.report.seal import accounts_digest
from analyzer.schema import PROFILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import pyarrow as pa

    from analyzer.report.seal import Seal
    from analyzer.report.summary import ReportSummary
    from analyzer.sources import Inspection

JSON_SCHEMA_VERSION: Final = 1
"""Rises when a key of profiles.json changes its meaning or goes; a new key does not raise it."""


def write_profiles_parquet(profiles: pa.Table, path: Path) -> None:
    """The profiles, as they are, by account_id.

    Raises:
        InputError: not a profile table.
        StoreError: `path` cannot be written; what was there is untouched.
    """
    import pyarrow.parquet as pq

    table = ordered(profiles)
    with atomic_path(path) as temp, temp.open("wb") as sink:
        pq.write_table(table, sink, compression="zstd")


def write_profiles_csv(profiles: pa.Table, path: Path) -> None:
    """The profiles as UTF-8 CSV with a byte order mark, as spreadsheets want it.

    An unknown value is an empty cell; no text can become a formula (see the codebook).

    Raises:
        InputError: not a profile table.
        StoreError: `path` cannot be written; what was there is untouched.
    """
    table = ordered(profiles)
    with atomic_path(path) as temp, temp.open("w", encoding="utf-8-sig", newline="") as sink:
        writer = csv.writer(sink)
        writer.writerow(PROFILE.names)
        for record in records(table):
            writer.writerow([_cell(name, record[name]) for name in PROFILE.names])


def write_profiles_json(
    profiles: pa.Table,
    facts: pa.Table,
    path: Path,
    *,
    summary: ReportSummary,
    seal: Seal | None = None,
) -> None:
    """Settings, model, what was read, the seal, and the profiles with their facts and evidence.

    Keys are sorted, accounts stand by account_id, one a line; unknown is null.
    seal: what the profiles were made from; None where it cannot be said.

    Raises:
        InputError: not such tables, or not of the same accounts.
        StoreError: `path` cannot be written; what was there is untouched.
    """
    left, right = paired(profiles, facts)
    head: dict[str, Any] = {
        "model": asdict(summary.model),
        "read": _read(summary),
        "schema_version": JSON_SCHEMA_VERSION,
        "settings": asdict(summary.settings),
    }
    with atomic_path(path) as temp, temp.open("wb") as sink:
        # `model` sorts before `profiles`, the others after it
        sink.write(b'{"model": ' + _json(head["model"]) + b',\n"profiles": [')

        def lines() -> Iterator[bytes]:
            for row, line in enumerate(_lines(left, right)):
                sink.write((b",\n" if row else b"\n") + line)
                yield line

        digest = accounts_digest(lines())
        sink.write(b"\n]")
        head["seal"] = None if seal is None else {**asdict(seal), "profiles": digest}
        for key in ("read", "schema_version", "seal", "settings"):
            sink.write(b",\n" + _json(key) + b": " + _json(head[key]))
        sink.write(b"}\n")


def profiles_digest(profiles: pa.Table, facts: pa.Table) -> str:
    """What the seal says that the accounts are.

    Raises:
        InputError: not such tables, or not of the same accounts.
    """
    return accounts_digest(_lines(*paired(profiles, facts)))


def _lines(profiles: pa.Table, facts: pa.Table) -> Iterator[bytes]:
    """Each account as it stands in profiles.json."""
    for profile, fact in zip(records(profiles), records(facts), strict=True):
        yield _json(_account(profile, fact))


def _account(profile: Mapping[str, Any], fact: Mapping[str, Any]) -> dict[str, Any]:
    """Facts and profile in one; what both carry is the profile's."""
    return {**fact, **profile, "niche_mix": dict(profile["niche_mix"])}


def _read(summary: ReportSummary) -> dict[str, Any]:
    return {
        "abstained": dict(summary.abstained),
        "copies": summary.copies,
        "cannot_carry": {k: list(v) for k, v in summary.cannot_carry.items()},
        "files": summary.files,
        "first_posted_at": summary.first_posted_at,
        "formats": dict(summary.formats),
        "inputs": sorted(summary.inputs),
        "last_posted_at": summary.last_posted_at,
        "posts": summary.posts,
        "rejected": dict(summary.rejected),
        "sources": [_source(one) for one in summary.sources],
    }


def _source(one: Inspection) -> dict[str, Any]:
    """What the files of a format held; a file with rejects stands in sources.json."""
    return {name: value for name, value in asdict(one).items() if name not in {"file", "sample"}}


def _json(value: Any) -> bytes:
    import orjson

    options = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME
    return orjson.dumps(value, default=_plain, option=options)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return _instant(value)
    raise TypeError(f"{type(value).__name__} has no place in profiles.json")


def _instant(moment: datetime) -> str:
    """ISO-8601 in UTC with a Z: `2026-03-01T08:30:00Z`."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _cell(name: str, value: Any) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return _instant(value)
    if name == "niche_mix":
        return "; ".join(f"{niche}={share:.4g}" for niche, share in value)
    return inert(value) if isinstance(value, str) else value
