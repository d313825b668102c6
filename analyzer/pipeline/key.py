"""The secret key of pseudonyms: made on first use, kept outside what is shared."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

from analyzer.errors import InputError, StoreError

KEY_BYTES: Final = 32


def default_key_file() -> Path:
    """The user's own: one key for all of a user's results, so that they can be joined."""
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "analyzer" / "pseudonyms.key"


def read_key(path: Path) -> bytes:
    """The key in the file.

    Raises:
        InputError: there is none, or it is no key.
    """
    try:
        said = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: the key cannot be read: {error.strerror}") from error
    try:
        key = bytes.fromhex(said.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise InputError(
            f"{path}: is no key of pseudonyms ({KEY_BYTES * 2} hexadecimal digits); pass another "
            "file with --key, or a new name to have a key made"
        )
    return key


def key_at(path: Path) -> bytes:
    """The key in the file, which is made, for its owner alone to read, where there is none.

    Raises:
        InputError: the file is no key.
        StoreError: it cannot be made.
    """
    if path.exists():
        return read_key(path)
    key = secrets.token_bytes(KEY_BYTES)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:  # another run was faster
            return read_key(path)
        with os.fdopen(handle, "wb") as file:
            file.write(key.hex().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StoreError(
            f"{path}: the key of the pseudonyms cannot be written: {error.strerror}; pass another "
            "file with --key"
        ) from error
    return key
