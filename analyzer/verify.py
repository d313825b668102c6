"""Profiles made again from their files, and compared value by value."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analyzer.config import Config, ProfileConfig
from analyzer.errors import InputError
from analyzer.jobs import profile_posts, seal_of, sealed_files, write_results
from analyzer.pipeline.key import default_key_file, read_key
from analyzer.pipeline.pseudonyms import key_id
from analyzer.report import Difference, Sealed, differences, read_sealed
from analyzer.tagging import Request, tag_posts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analyzer.report import Seal, SealedFile

NAMED: Final = 5
"""Files that a message names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of profiles that were made again."""

    stored: Sealed
    found: Sealed
    differences: list[Difference]

    @property
    def same(self) -> bool:
        """Whether every value is."""
        return not self.differences


def verify(  # noqa: PLR0913 - one parameter a choice of the user
    file: Path,
    paths: Sequence[str],
    *,
    bundle: str | None = None,
    key: Path | None = None,
    workers: int = 0,
    on_tagged: Callable[[int], None] | None = None,
) -> Verdict:
    """Read the files again, tag, and profile with the settings that profiles.json holds.

    key: of the pseudonyms, where there are any; without it, the user's own.

    Raises:
        InputError: it has no seal; or files are missing, changed, or more than it was made from;
            or the key, the front end or the model is another. The message names them.
        ModelError: the bundle or the device cannot be used.
    """
    stored = read_sealed(file)
    request = Request(
        paths=tuple(paths),
        config=Config(profile=_settings(stored, file), workers=workers),
        format=stored.seal.format,
        mapping=dict(stored.seal.mapping) or None,
        bundle=bundle,
        device=stored.seal.device,
        key=_key(stored.seal, key),
    )
    files = sealed_files(request)
    _refuse_other(stored.seal, seal_of(request, files))
    _refuse_other_files(stored.seal.files, files)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        tagged = tag_posts(request, out, on_tagged=on_tagged)
        made = profile_posts(request, tagged)
        write_results(*made, out, limit=0, seal=seal_of(request, files))
        found = read_sealed(out / "profiles.json")
    return Verdict(stored=stored, found=found, differences=differences(stored, found))


def _settings(stored: Sealed, file: Path) -> ProfileConfig:
    from pydantic import ValidationError

    try:
        return ProfileConfig(**stored.settings)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InputError(f"{file}: settings that no run has: {where}: {first['msg']}") from error


def _key(seal: Seal, file: Path | None) -> bytes | None:
    if seal.key is None:
        return None
    path = default_key_file() if file is None else file
    try:
        key = read_key(path)
    except InputError as error:
        raise InputError(
            f"the profiles have pseudonyms, and only their key can make them again: {error}; pass "
            "the key's file with --key"
        ) from error
    if key_id(key) != seal.key:
        raise InputError(
            f"{path}: is another key than that of the pseudonyms; pass that with --key"
        )
    return key


def _refuse_other(stored: Seal, now: Seal) -> None:
    remedies = {
        "model_id": "pass its bundle with --bundle, or install the version that has it",
        "front_end": "install the version that made the profiles",
        "abstention": "install the version that made the profiles",
    }
    for name, remedy in remedies.items():
        was, found = getattr(stored, name), getattr(now, name)
        if was != found:
            raise InputError(
                f"the profiles cannot be made again: their {name} is {was}, here it is {found}; "
                f"{remedy}"
            )


def _refuse_other_files(stored: Sequence[SealedFile], now: Sequence[SealedFile]) -> None:
    """Raise unless the files hold the same; where they lie may differ.

    Raises:
        InputError: some do not; the message names them.
    """
    lacking, more = _only_in(stored, now), _only_in(now, stored)
    groups = {
        "changed": sorted(lacking & more),
        "missing": sorted(lacking - more),
        "not among the files they were made from": sorted(more - lacking),
    }
    said = [f"{why}: {_listed(files)}" for why, files in groups.items() if files]
    if said:
        raise InputError(
            f"the profiles cannot be made again: {'; '.join(said)}; pass the files as they were"
        )


def _only_in(files: Sequence[SealedFile], others: Sequence[SealedFile]) -> set[str]:
    """Names of files whose content the others do not have, or not as often."""
    left = Counter(one.sha256 for one in others)
    names = {one.name for one in others}
    odd = set()
    for one in sorted(files, key=lambda one: one.name not in names):
        if left[one.sha256]:
            left[one.sha256] -= 1
        else:
            odd.add(one.name)
    return odd


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
