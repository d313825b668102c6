"""From the paths a user gives to the files behind them, each with its name in `source_file`."""

from __future__ import annotations

import difflib
import glob
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from analyzer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MEDIA: Final = frozenset((
    ".jpg", ".jpeg", ".png", ".webp", ".gif", ".heic", ".heif", ".avif", ".bmp", ".svg", ".ico",
    ".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".3gp", ".ts", ".ytdl",
    ".mp3", ".m4a", ".aac", ".ogg", ".opus", ".wav", ".flac", ".vtt", ".srt", ".ass", ".lrc",
))  # fmt: skip
"""Endings of files that stand beside an export's data; skipped when their content agrees."""
NOT_DATA: Final = frozenset({"thumbs.db", "desktop.ini", "__macosx"})

_LINKED: Final = "is a link to a folder, which is not followed; pass that folder itself"
_GLOB: Final = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file to read, on disk or inside a zip archive."""

    name: str
    """`source_file`: relative to the path given, with that path's own last part."""
    open: Callable[[], IO[bytes]]
    """May raise OSError or Damaged."""
    path: Path | None
    """Where it lies on disk; None inside an archive."""
    named: bool
    """The user named this very file (it did not turn up in a folder, glob or archive)."""
    read: int | None = None
    """Compressed bytes it was packed in, inside an archive."""

    @property
    def folder(self) -> str:
        """The folder part of the name; empty at the top."""
        return self.name.rpartition("/")[0]

    @property
    def base(self) -> str:
        """The last part of the name."""
        return self.name.rpartition("/")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A path under a given one that is not opened, and why."""

    name: str
    why: str


def expand(paths: Sequence[str | Path]) -> tuple[list[Entry], list[Refused]]:
    """All files behind files, folders and globs: each once, sorted by name, hidden ones left out.

    The result does not depend on the order of `paths`.

    Raises:
        InputError: no path given, one that does not exist or cannot be reached, a glob that
            matches nothing.
    """
    if not paths:
        raise InputError("no path given; pass a file, a folder or a pattern such as 'data/*.jsonl'")
    found: dict[str, tuple[str, Path, bool]] = {}
    refused: list[Refused] = []
    for given in paths:
        try:
            roots = list(_roots(str(given)))
        except OSError as error:
            raise InputError(
                f"{given}: cannot be reached ({error.strerror}); check the path and its permissions"
            ) from error
        for root, direct in roots:
            _collect(root, direct, found, refused)
    ordered = sorted(found.values(), key=lambda item: (item[0], str(item[1])))
    entries = [
        Entry(name=printable(name), open=_opener(path), path=path, named=named)
        for name, path, named in ordered
    ]
    return entries, sorted(set(refused), key=lambda item: (item.name, item.why))


def _opener(path: Path) -> Callable[[], IO[bytes]]:
    return lambda: path.open("rb")


def _roots(given: str) -> Iterator[tuple[Path, bool]]:
    path = Path(given)
    if "\0" in given:
        raise InputError(f"{given!r} is no path: it holds a NUL character")
    if path.exists():
        yield path, True
        return
    if _GLOB.search(given):
        matches = sorted(glob.glob(given, recursive=True))  # noqa: PTH207 - `**` and absolute patterns
        if not matches:
            raise InputError(f"no file matches '{given}'; quote the pattern and check its folder")
        for match in matches:
            yield Path(match), False
        return
    raise InputError(_missing(path))


def _missing(path: Path) -> str:
    parent = path.parent
    beside = sorted(p.name for p in parent.iterdir()) if parent.is_dir() else []
    near = difflib.get_close_matches(path.name, beside, n=3)
    if near:
        return f"{path} does not exist; did you mean {' or '.join(map(repr, near))}?"
    if not parent.is_dir():
        return f"{path} does not exist, nor does its folder; check the path"
    return f"{path} does not exist; check the path"


def _collect(
    root: Path,
    direct: bool,  # noqa: FBT001 - private
    found: dict[str, tuple[str, Path, bool]],
    refused: list[Refused],
) -> None:
    top = root.name if root.name not in {"", ".."} else root.resolve().name
    if not root.is_dir():
        _add(root, top, direct, found, refused)
        return
    before = len(found), len(refused)
    for place, folders, names in os.walk(root, onerror=_refuse(root, top, refused)):
        folders[:] = sorted(f for f in folders if not hidden(f))
        inner = Path(place).relative_to(root).as_posix()
        prefix = top if inner == "." else f"{top}/{inner}"
        refused += [
            Refused(name=printable(f"{prefix}/{name}"), why=_LINKED)
            for name in folders
            if Path(place, name).is_symlink()
        ]
        for name in sorted(names):
            if not hidden(name):
                _add(Path(place, name), f"{prefix}/{name}", False, found, refused)
    if (len(found), len(refused)) == before:
        refused.append(Refused(name=printable(top), why="the folder holds no file; check the path"))


def _refuse(root: Path, top: str, refused: list[Refused]) -> Callable[[OSError], None]:
    def note(error: OSError) -> None:
        inner = os.path.relpath(error.filename, root) if error.filename else "."
        name = top if inner == "." else f"{top}/{Path(inner).as_posix()}"
        refused.append(
            Refused(
                name=printable(name),
                why=f"the folder cannot be read ({error.strerror}); check its permissions",
            )
        )

    return note


def _add(
    path: Path,
    name: str,
    named: bool,  # noqa: FBT001 - private
    found: dict[str, tuple[str, Path, bool]],
    refused: list[Refused],
) -> None:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        refused.append(
            Refused(
                name=printable(name), why=f"cannot be opened ({error.strerror}); check the file"
            )
        )
        return
    if not stat.S_ISREG(mode):
        refused.append(
            Refused(
                name=printable(name),
                why="is no regular file (a pipe or a device); save its content to a file",
            )
        )
        return
    key = str(path.resolve())
    known = found.get(key)
    # of several names the longest stands, whatever the order they were given in
    if known is None or (len(known[0]), known[0]) < (len(name), name):
        found[key] = (name, path, named or (known is not None and known[2]))


def hidden(name: str) -> bool:
    """Whether a file or folder of this name is left out without a word."""
    return name.startswith(".") or name.lower() in NOT_DATA


def looks_media(name: str) -> bool:
    """Whether the name ends like an image, a sound, a film or their subtitles, whole or in part."""
    return Path(name.removesuffix(".part")).suffix.lower() in MEDIA


def printable(name: str) -> str:
    r"""The name as UTF-8 can hold it; undecodable bytes as `\xNN`."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def stem(name: str) -> str:
    """The file name up to the endings that say how it is packed: `a.b.info.json.xz` is `a.b`."""
    base = name.rpartition("/")[2]
    while True:
        head, dot, ending = base.rpartition(".")
        if not (dot and head and ending.lower() in _ENDINGS):
            return base
        base = head


_ENDINGS: Final = frozenset(
    {
        "gz",
        "xz",
        "zst",
        "zip",
        "json",
        "jsonl",
        "ndjson",
        "csv",
        "tsv",
        "txt",
        "parquet",
        "info",
        "xlsx",
    }
)
