"""The files inside a zip archive, as they are found: whole, or cut off."""

from __future__ import annotations

import functools
import stat
import struct
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Final

from analyzer.sources.files import Entry, Refused, hidden, printable
from analyzer.sources.shapes import MIB, Damaged
from analyzer.sources.streams import READ, STEP, bomb, swollen, until_damage

if TYPE_CHECKING:
    from collections.abc import Iterator

DIRECTORY_LIMIT: Final = 32 * MIB
"""Bytes of a zip's directory, which is read whole: some 300,000 members."""
_DIRECTORY_END: Final = b"PK\x05\x06"
_LOCAL: Final = struct.Struct("<4s5H3I2H")
_LOCAL_MAGIC: Final = b"PK\x03\x04"
_ENCRYPTED: Final = 0x1
_SIZES_LATER: Final = 0x8
_READABLE: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""zipfile bounds the output of these only: 256 KiB of LZMA or bzip2 become gigabytes at once."""


class CutOff(Damaged):
    """A zip whose end is missing or wrong; `salvage` may still find members from its start."""


def members(stream: IO[bytes], name: str) -> tuple[zipfile.ZipFile, list[Entry], list[Refused]]:
    """The readable members of a zip, sorted by name, and those that are refused.

    A member that would lie outside the archive's folder, is a link, is encrypted or is packed in
    a way that is not read is refused; folders and hidden files are left out.

    Raises:
        CutOff: the directory at the archive's end is missing or damaged.
        Damaged: it is too large.
    """
    if _directory_size(stream) > DIRECTORY_LIMIT:
        raise Damaged("holds too many members; unpack it and pass the folder")
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
        raise CutOff(f"is a damaged zip archive ({error}); copy or download it again") from error
    entries: list[Entry] = []
    refused: list[Refused] = []
    seen: set[str] = set()
    for info in sorted(archive.infolist(), key=lambda i: (i.filename, i.header_offset)):
        inner = info.filename
        shown = printable(f"{name}/{inner}".replace("\0", "\ufffd"))
        parts = inner.replace("\\", "/").split("/")
        if info.is_dir() or any(map(hidden, (p for p in parts if p not in {".", ".."}))):
            continue
        why = _why_not(info, parts) or ("stands twice in the archive" if inner in seen else None)
        seen.add(inner)
        if why:
            refused.append(Refused(name=shown, why=f"{why}; unpack the archive and pass the file"))
            continue
        entries.append(
            Entry(
                name=shown,
                open=functools.partial(_open, archive, info),
                path=None,
                named=False,
                read=max(1, info.compress_size),
            )
        )
    return archive, entries, refused


def _open(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    try:
        return archive.open(info)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError) as error:
        raise Damaged(f"is damaged inside the archive ({error}); copy it again") from error


def _why_not(info: zipfile.ZipInfo, parts: list[str]) -> str | None:
    if parts[0] == "" or ".." in parts or ":" in parts[0]:
        return "its path leads out of the archive"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a link"
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if info.compress_type not in _READABLE:
        return f"is packed by method {info.compress_type}, which is not read"
    return None


def _directory_size(stream: IO[bytes]) -> int:
    size = stream.seek(0, 2)
    stream.seek(max(0, size - (1 << 16) - 22))
    tail = stream.read()
    stream.seek(0)
    at = tail.rfind(_DIRECTORY_END)
    if at < 0 or at + 16 > len(tail):
        raise CutOff("the zip archive ends too early (no directory); copy or download it again")
    length: int = struct.unpack_from("<I", tail, at + 12)[0]
    # in a zip64 the size stands elsewhere; the directory is no longer than the file
    return min(length, size)


def member_chunks(stream: IO[bytes], packed: int) -> Iterator[bytes]:
    """A member's bytes, bounded by what it was packed in.

    Raises:
        Damaged: cut off, damaged, or swells beyond the bound.
    """
    made = 0
    try:
        while piece := stream.read(READ):
            made += len(piece)
            if swollen(made, packed):
                raise Damaged(bomb(made, packed))
            yield piece
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError) as error:
        raise Damaged(
            f"is damaged inside the archive after {made:,} bytes ({str(error) or 'cut off'}); the "
            "rows before that were read: copy or download the archive again"
        ) from error


def salvage(stream: IO[bytes], name: str) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Name and bytes of the members of a zip whose end is missing, from its start to the cut.

    Folders and hidden files are left out; members that are not plainly stored or deflated end the
    walk. A member's bytes can be read until the next member is asked for.
    """
    stream.seek(0)
    rest = b""
    while True:
        rest = _fill(stream, rest, _LOCAL.size)
        if len(rest) < _LOCAL.size or not rest.startswith(_LOCAL_MAGIC):
            return
        _, _, flags, method, _, _, _, packed, _, length, extra = _LOCAL.unpack_from(rest)
        rest = _fill(stream, rest, _LOCAL.size + length + extra)
        raw = rest[_LOCAL.size : _LOCAL.size + length]
        rest = rest[_LOCAL.size + length + extra :]
        inner = raw.decode("utf-8", "backslashreplace")
        parts = inner.replace("\\", "/").split("/")
        outside = not parts[0] or ".." in parts
        if flags & _ENCRYPTED or outside or method not in _READABLE:
            return
        if method == zipfile.ZIP_STORED and flags & _SIZES_LATER:
            return
        left = [rest]
        body = (
            _inflated(stream, left)
            if method == zipfile.ZIP_DEFLATED
            else _stored(stream, left, packed)
        )
        if parts[-1] and not any(map(hidden, parts)):
            yield printable(f"{name}/{inner}"), body
        for _ in until_damage(body, []):  # the next member begins where this one ends
            pass
        rest = left[0]
        if flags & _SIZES_LATER:  # crc and sizes, after a signature that may be left out
            rest = _fill(stream, rest, 16)
            rest = rest[16 if rest.startswith(b"PK\x07\x08") else 12 :]


def _fill(stream: IO[bytes], have: bytes, size: int) -> bytes:
    while len(have) < size and (more := stream.read(READ)):
        have += more
    return have


def _stored(stream: IO[bytes], left: list[bytes], size: int) -> Iterator[bytes]:
    while size:
        data = left[0] or stream.read(READ)
        if not data:
            left[0] = b""
            raise Damaged(_CUT)
        piece, left[0] = data[:size], data[size:]
        size -= len(piece)
        yield piece


def _inflated(stream: IO[bytes], left: list[bytes]) -> Iterator[bytes]:
    inflate = zlib.decompressobj(wbits=-15)
    made = read = 0
    try:
        while not inflate.eof:
            data = inflate.unconsumed_tail
            if not data:
                data = left[0] or stream.read(READ)
                left[0] = b""
                read += len(data)
                if not data:
                    raise Damaged(_CUT)
            piece = inflate.decompress(data, STEP)
            made += len(piece)
            if swollen(made, read):
                raise Damaged(bomb(made, read))
            if piece:
                yield piece
    except zlib.error as error:
        raise Damaged(f"is damaged inside the archive ({error}); copy it again") from error
    left[0] = inflate.unused_data


_CUT: Final = (
    "the zip archive ends too early, inside this member; the rows before the cut were read: copy "
    "or download the archive again"
)
