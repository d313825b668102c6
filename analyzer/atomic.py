"""Files that appear whole or not at all, and folders that one run at a time writes to."""

from __future__ import annotations

import errno
import fcntl
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


@contextmanager
def claimed(out: Path, *within: Path) -> Iterator[Path]:
    """The output folder for one run alone: made if absent, freed of what killed runs left.

    within: folders inside it that are freed, too.

    Raises:
        StoreError: it cannot be made, or another run writes to it.
    """
    new = make_folder(out)
    try:
        handle = os.open(out, os.O_RDONLY)
    except OSError as error:
        raise unwritable(out, error) from error
    try:
        if _locked(handle, out):
            for folder in (out, *within):
                if folder.is_dir():
                    discard_leftovers(folder)
        yield out
    finally:
        os.close(handle)
        if new and not any(out.iterdir()):
            out.rmdir()


def _locked(handle: int, folder: Path) -> bool:
    """Lock an open folder until it is closed; False where the file system has no locks."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise StoreError(
            f"{folder}: another run is writing there; wait for its end, or pass another folder "
            "with -o"
        ) from error
    except OSError:  # some network file systems: two runs there are the user's to keep apart
        return False
    return True


def make_folder(folder: Path) -> bool:
    """Make it and say whether it is new."""
    try:
        folder.mkdir(parents=True)
    except FileExistsError as error:
        if not folder.is_dir():
            raise StoreError(f"{folder}: is a file; pass another folder with -o") from error
        return False
    except OSError as error:
        raise unwritable(folder, error) from error
    return True
