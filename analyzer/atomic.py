"""Files that appear whole or not at all: write beside the target, fsync, rename."""

from __future__ import annotations

import errno
import os
import re
import secrets
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analyzer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

_REMEDIES: Final = {
    errno.ENOSPC: "free some space on that disk, or pass another folder with -o",
    errno.EDQUOT: "free some of your disk quota, or pass another folder with -o",
    errno.EFBIG: "raise the limit on the size of files (ulimit -f)",
    errno.EACCES: "pass a folder you may write to with -o",
    errno.EPERM: "pass a folder you may write to with -o",
    errno.EROFS: "that disk is read-only; pass another folder with -o",
    errno.ENOENT: "make that folder first, or pass another one with -o",
    errno.ENOTDIR: "a part of that path is a file; pass another folder with -o",
    errno.EISDIR: "a folder stands in its place; move it away, or pass another folder with -o",
}
_OTHER: Final = "check that disk, or pass another folder with -o"
_LEFTOVER: Final = re.compile(r"\..+\.[0-9a-f]{8}\.part", re.DOTALL)


@contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """An empty file beside `target` to write to; on leaving it is synced and takes its place.

    A reader sees the old file or the new one, never a part of either. Where the block raises,
    the new file is removed and the old one stays as it was. A link is followed, not replaced.

    Raises:
        StoreError: it cannot be written (no space, no permission, no folder ...). An OSError
            of the block that names another file is not about the target and passes through.
    """
    final = Path(os.path.realpath(target))
    temp = final.with_name(f".{final.name[:200]}.{secrets.token_hex(4)}.part")
    try:
        # opened here and not by the writer, so that the umask of the process decides the mode
        os.close(os.open(temp, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        try:
            yield temp
            _sync(temp)
            temp.replace(final)
        except BaseException:
            temp.unlink(missing_ok=True)
            raise
        _sync(final.parent)
    except OSError as error:
        if not _concerns(error, temp, final):
            raise
        raise unwritable(target, error) from error


def unwritable(target: Path, error: OSError) -> StoreError:
    """What to tell a user of a target that could not be written: why, and what to do."""
    why = os.strerror(error.errno) if error.errno else str(error)
    remedy = _REMEDIES.get(error.errno or 0, _OTHER)
    return StoreError(f"{target}: cannot be written: {why}; {remedy}")


def discard_leftovers(folder: Path) -> None:
    """Remove the unfinished files that killed writers left in a folder nobody else writes to."""
    for path in folder.iterdir():
        if _LEFTOVER.fullmatch(path.name) and path.is_file():
            path.unlink()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        # some network file systems cannot sync a folder, and say so with EINVAL
        if error.errno != errno.EINVAL or not path.is_dir():
            raise
    finally:
        os.close(handle)


def _concerns(error: OSError, temp: Path, final: Path) -> bool:
    """Whether the error is about the target: writes that fail name no file at all."""
    named = {os.fspath(n) for n in (error.filename, error.filename2) if n is not None}
    return not named or bool(named & {str(temp), str(final), str(final.parent)})
