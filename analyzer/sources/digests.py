"""What files hold, as one digest a file: by it a result says what it was made from."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from analyzer.sources.files import expand, looks_media

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def file_digests(paths: Sequence[str | Path]) -> list[tuple[str, str | None]]:
    """Each file behind the paths: its name (as in `source_file`) and sha256 in hex, by name.

    Of a file that cannot be read None; an archive is one file. Images, sounds and films, which
    are not read either, are left out.

    Raises:
        InputError: as `read_posts`.
    """
    entries, refused = expand(paths)
    found: list[tuple[str, str | None]] = [(one.name, None) for one in refused]
    for entry in entries:
        try:
            with entry.open() as stream:
                if not entry.named and looks_media(entry.base):
                    head = stream.read(64).lstrip()[:1]
                    if head not in {b"{", b"["}:
                        continue
                    stream.seek(0)
                digest = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
        except OSError:
            found.append((entry.name, None))
        else:
            found.append((entry.name, digest))
    return sorted(found, key=lambda one: (one[0], one[1] or ""))
