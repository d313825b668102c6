"""What profiles were made from, so that somebody else can make them again and compare."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson

from analyzer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ELSEWHERE: Final = ("model", "read", "schema_version", "settings")
"""Keys of profiles.json beside the accounts and the seal, all of them compared."""
_NAMES: Final = "inputs"
"""Key of `read` that names the paths as they were given: they may be given otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFile:
    """A file that was read."""

    name: str
    sha256: str | None
    """Of its content, in hex; null where it could not be read. Keyed where there are pseudonyms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """All that decides the profiles, beside the settings, which stand in profiles.json anyway."""

    abstention: str
    """See `text.abstention`."""
    device: str
    files: tuple[SealedFile, ...]
    """By name."""
    format: str | None
    """As it was given."""
    front_end: str
    """See `text.front_end`."""
    key: str | None
    """Which key made the pseudonyms (`pipeline.pseudonyms.key_id`); null: there are none."""
    mapping: dict[str, str]
    """As it was given."""
    model_id: str
    version: str
    """Of this package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A profiles.json, read."""

    seal: Seal
    digest: str
    """What the seal says that its accounts are (`accounts_digest`)."""
    held: str
    """What they are."""
    settings: dict[str, Any]
    accounts: dict[str, dict[str, Any]]
    """By account_id."""
    elsewhere: dict[str, Any]
    """Its other keys, of ELSEWHERE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A value of profiles.json that is not what is found when it is made again."""

    account: str | None
    """None: it is of no account but of the file."""
    column: str
    """A dot parts a key from one inside it."""
    stored: Any
    found: Any


def accounts_digest(lines: Iterable[bytes]) -> str:
    """sha256 in hex of the accounts, each as its line of profiles.json, in order."""
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line + b"\n")
    return digest.hexdigest()


def read_sealed(path: Path) -> Sealed:
    """A profiles.json with its seal.

    Raises:
        InputError: it cannot be read, is none, or has no seal.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        found = orjson.loads(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise InputError(f"{path}: is not JSON: {error}") from error
    if not isinstance(found, dict) or not {"profiles", "settings", "seal"} <= found.keys():
        raise InputError(f"{path}: is no profiles.json with a seal; make it anew with this version")
    if found["seal"] is None:
        raise InputError(
            f"{path}: has no seal, since it was made with --rejected, in two steps; run once "
            "without --rejected"
        )
    try:
        seal = TypeAdapter(Seal).validate_python(found["seal"])
        accounts = TypeAdapter(list[dict[str, Any]]).validate_python(found["profiles"])
        settings = TypeAdapter(dict[str, Any]).validate_python(found["settings"])
        digest = TypeAdapter(str).validate_python(found["seal"].get("profiles"))
        ids = TypeAdapter(list[str]).validate_python([one.get("account_id") for one in accounts])
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InputError(f"{path}: its seal is damaged: {where}: {first['msg']}") from error
    return Sealed(
        seal=seal,
        digest=digest,
        held=accounts_digest(orjson.dumps(one, option=orjson.OPT_SORT_KEYS) for one in accounts),
        settings=settings,
        accounts=dict(zip(ids, accounts, strict=True)),
        elsewhere={name: found.get(name) for name in ELSEWHERE},
    )


def differences(stored: Sealed, found: Sealed) -> list[Difference]:
    """What the two do not have alike, first of no account, then by account and column.

    stored   as it was handed over
    found    made again
    """
    odd = []
    if stored.held != stored.digest:
        odd.append(
            Difference(
                account=None, column="seal.profiles", stored=stored.digest, found=stored.held
            )
        )
    for name in ELSEWHERE:
        odd += _between(None, name, _named(stored, name), _named(found, name))
    for account in sorted(stored.accounts.keys() | found.accounts.keys()):
        left, right = stored.accounts.get(account), found.accounts.get(account)
        if left is None or right is None:
            there = [None if one is None else account for one in (left, right)]
            odd.append(
                Difference(account=account, column="account_id", stored=there[0], found=there[1])
            )
            continue
        for column in sorted(left.keys() | right.keys()):
            odd += _between(account, column, left.get(column), right.get(column))
    return odd


def _named(sealed: Sealed, name: str) -> Any:
    value = sealed.elsewhere[name]
    if name != "read" or not isinstance(value, dict):
        return value
    return {key: one for key, one in value.items() if key != _NAMES}


def _between(account: str | None, column: str, stored: Any, found: Any) -> list[Difference]:
    """Objects are compared key by key."""
    if isinstance(stored, dict) and isinstance(found, dict) and account is None:
        return [
            one
            for key in sorted(stored.keys() | found.keys())
            for one in _between(account, f"{column}.{key}", stored.get(key), found.get(key))
        ]
    if _same(stored, found):
        return []
    return [Difference(account=account, column=column, stored=stored, found=found)]


def _same(stored: Any, found: Any) -> bool:
    # 1, 1.0 and true are equal in Python and not the same value in a file
    return orjson.dumps(stored, option=orjson.OPT_SORT_KEYS) == orjson.dumps(
        found, option=orjson.OPT_SORT_KEYS
    )
