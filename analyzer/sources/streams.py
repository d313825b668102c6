"""Bytes of a file, decompressed as they are read and bounded.

Compression is told by the first bytes. Output may be `MAX_RATIO` times what has been read of the
compressed file, beyond `FREE_OUTPUT` bytes: captions compress 5 to 15 times, a bomb 1,000 times
and more. Truncated input raises `Damaged` after everything that could be recovered was handed on.
"""

from __future__ import annotations

import io
import lzma
import zlib
from typing import IO, TYPE_CHECKING, Final

import zstandard

from analyzer.sources.shapes import MIB, Damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

FREE_OUTPUT: Final = 64 * MIB
MAX_RATIO: Final = 200
READ: Final = 256 << 10
STEP: Final = MIB
"""Most bytes a decompressor hands out at once."""
ZSTD_FEED: Final = 512
"""zstandard bounds no output; a 4-byte block makes 128 KiB, so this feed makes 16 MiB at most."""
ZSTD_WINDOW: Final = 1 << 27
XZ_MEMORY: Final = 256 * MIB

MAGIC: Final = {
    "gzip": b"\x1f\x8b\x08",
    "xz": b"\xfd7zXZ\x00",
    "zstd": b"\x28\xb5\x2f\xfd",
    "zip": b"PK\x03\x04",
    "empty zip": b"PK\x05\x06",
    "bzip2": b"BZh",
    "7z": b"7z\xbc\xaf\x27\x1c",
    "rar": b"Rar!\x1a\x07",
}


def compression(head: bytes) -> str | None:
    """The compression that the first bytes announce, a key of `MAGIC`; None: none known."""
    return next((name for name, magic in MAGIC.items() if head.startswith(magic)), None)


def chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """The stream in pieces."""
    while chunk := stream.read(READ):
        yield chunk


def peek(pieces: Iterator[bytes], size: int) -> tuple[bytes, Iterator[bytes]]:
    """The first `size` bytes or more (fewer at the end), and all pieces again from the start."""
    parts: list[bytes] = []
    have = 0
    damage: Damaged | None = None
    try:
        while have < size and (part := next(pieces, None)) is not None:
            parts.append(part)
            have += len(part)
    except Damaged as error:
        damage = error
    head = b"".join(parts)
    return head, _again(head, pieces, damage)


def _again(head: bytes, rest: Iterator[bytes], damage: Damaged | None) -> Iterator[bytes]:
    if head:
        yield head
    if damage is not None:
        raise damage
    yield from rest


def until_damage(pieces: Iterator[bytes], caught: list[Damaged]) -> Iterator[bytes]:
    """The pieces up to their end or to damage, which is put into `caught`, not raised."""
    try:
        yield from pieces
    except Damaged as error:
        caught.append(error)


def decompressed(pieces: Iterator[bytes]) -> tuple[str | None, Iterator[bytes]]:
    """The compression found (`gzip`, `xz`, `zstd` or None) and the bytes inside.

    Raises:
        Damaged: an archive that is not read as a stream (bzip2, 7z, rar); while iterating, a
            truncated or damaged stream, or one that swells beyond the bound.
    """
    head, pieces = peek(pieces, 8)
    kind = compression(head)
    if kind not in _INFLATE:
        if kind is not None:
            raise Damaged(
                f"is a {kind} archive, which is not read here; unpack it and pass the files"
            )
        return None, pieces
    return kind, inflated(kind, pieces)


def inflated(kind: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Decompress, counting input and output.

    Raises:
        Damaged: truncated, damaged, or swells beyond the bound.
    """
    tally = [0]

    def counted() -> Iterator[bytes]:
        for piece in pieces:
            tally[0] += len(piece)
            yield piece

    made = 0
    pending: list[bytes] = []
    size = 0
    damage: Damaged | None = None
    try:
        for out in _INFLATE[kind](counted()):
            made += len(out)
            size += len(out)
            pending.append(out)
            if swollen(made, tally[0]):
                damage = Damaged(bomb(made, tally[0]))
                break
            if size >= READ:
                yield b"".join(pending)
                pending, size = [], 0
    except Damaged as error:
        damage = error
    except (zlib.error, lzma.LZMAError, zstandard.ZstdError) as error:
        damage = Damaged(
            f"the {kind} data is damaged after {made:,} bytes ({error}); the rows before that "
            "were read: copy or download the file again"
        )
    if pending:
        yield b"".join(pending)
    if damage is not None:
        raise damage


def swollen(made: int, read: int) -> bool:
    """Whether `made` bytes out of `read` compressed ones are too many to be captions."""
    return made > FREE_OUTPUT and made > MAX_RATIO * read


def bomb(made: int, read: int) -> str:
    """Why a swollen stream is left."""
    return (
        f"swells to more than {MAX_RATIO} times its size ({read:,} bytes gave {made:,} so far), as "
        "a decompression bomb does; the rows before that were read: unpack it yourself if you "
        "trust it"
    )


def _truncated(kind: str) -> Damaged:
    return Damaged(
        f"the {kind} data ends too early; the rows before the cut were read: copy or download the "
        "file again"
    )


def _gunzip(pieces: Iterator[bytes]) -> Iterator[bytes]:
    inflate = zlib.decompressobj(wbits=31)
    for piece in pieces:
        data = piece
        while data:
            if inflate.eof:
                data = data.lstrip(b"\0")  # padding of tapes and block devices
                if not data:
                    break
                inflate = zlib.decompressobj(wbits=31)
            if out := inflate.decompress(data, STEP):
                yield out
            data = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
    if not inflate.eof:
        if out := inflate.flush():
            yield out
        raise _truncated("gzip")


def _unxz(pieces: Iterator[bytes]) -> Iterator[bytes]:
    inflate = lzma.LZMADecompressor(memlimit=XZ_MEMORY)
    for piece in pieces:
        data = piece
        while data or not (inflate.eof or inflate.needs_input):
            if inflate.eof:
                data = data.lstrip(b"\0")  # stream padding
                if not data:
                    break
                inflate = lzma.LZMADecompressor(memlimit=XZ_MEMORY)
            if out := inflate.decompress(data, STEP):
                yield out
            data = inflate.unused_data if inflate.eof else b""
    if not inflate.eof:
        raise _truncated("xz")


def _unzstd(pieces: Iterator[bytes]) -> Iterator[bytes]:
    context = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW)
    inflate = context.decompressobj()
    for piece in pieces:
        view = memoryview(piece)
        at = 0
        while at < len(view):
            fed = view[at : at + ZSTD_FEED]
            if inflate.eof:
                inflate = context.decompressobj()
            if out := inflate.decompress(fed):
                yield out
            at += len(fed) - (len(inflate.unused_data) if inflate.eof else 0)
    if not inflate.eof:
        raise _truncated("zstd")


_INFLATE: Final[dict[str, Callable[[Iterator[bytes]], Iterator[bytes]]]] = {
    "gzip": _gunzip,
    "xz": _unxz,
    "zstd": _unzstd,
}


def spooled(pieces: Iterable[bytes], into: IO[bytes], limit: int) -> None:
    """Write all pieces into a seekable file.

    Raises:
        Damaged: more than `limit` bytes.
    """
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > limit:
            raise Damaged(f"holds more than {limit:,} bytes; unpack it and pass the file itself")
        into.write(piece)
    into.seek(0, io.SEEK_SET)
