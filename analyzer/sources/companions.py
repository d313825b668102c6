"""What stands beside posts in a folder or an archive: profiles, comments, captions told twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Final

import orjson

from analyzer.sources.archives import member_chunks
from analyzer.sources.downloads import (
    HTML_ONLY,
    Download,
    download_of,
    downloads,
    is_page_of_download,
    left_out,
    named_account,
)
from analyzer.sources.fields import string
from analyzer.sources.files import stem
from analyzer.sources.instaloader import (
    BESIDE_FILE,
    CAPTION_FILE,
    COMMENTS_FILE,
    EARLIER_FILE,
    PROFILE_FILE,
    is_comments,
    node_type,
    profile,
)
from analyzer.sources.meta_download import aside
from analyzer.sources.meta_download import profile as download_profile
from analyzer.sources.shapes import MIB, RAW_LIMIT, Damaged, Owner, Record
from analyzer.sources.streams import chunks, decompressed, peek

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from analyzer.sources.files import Entry

_DOWNLOADS: Final = frozenset({"instagram_download", "facebook_download"})
PROFILE_LIMIT: Final = 4 * MIB
"""Bytes of a profile file; real ones have under 100 KiB."""


@dataclass(slots=True)
class Group:
    """The files that were found together: a folder tree, or an archive."""

    entries: Sequence[Entry]
    whole: bool = True
    """Whether these are all; not so in an archive that is cut off."""
    folders: dict[str, dict[str, Entry]] = field(default_factory=dict)
    """Folder to the files in it by their names."""
    owners: dict[str, tuple[Owner, ...]] = field(default_factory=dict)
    downloads: dict[str, Download] = field(default_factory=dict)
    """Downloads of Meta's among the files, by what the names of their files begin with."""
    _earlier: dict[str, dict[str, list[tuple[str, Entry]]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Sort the files by folder."""
        for entry in self.entries:
            self.folders.setdefault(entry.folder, {})[entry.base] = entry
        self.downloads = downloads(entry.name for entry in self.entries)

    def earlier(self, folder: str) -> dict[str, list[tuple[str, Entry]]]:
        """In that folder: name of a post to the number and file of each older caption."""
        if folder not in self._earlier:
            found: dict[str, list[tuple[str, Entry]]] = {}
            for base, entry in self.folders[folder].items():
                if named := EARLIER_FILE.fullmatch(base):
                    found.setdefault(named[1], []).append((named[2], entry))
            self._earlier[folder] = found
        return self._earlier[folder]


def raw_chunks(entry: Entry, stream: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a file on disk or in an archive, not yet decompressed any further."""
    return chunks(stream) if entry.read is None else member_chunks(stream, entry.read)


def stands_beside(entry: Entry, group: Group) -> bool:
    """Whether the file stands beside posts that other files hold, and is none itself.

    Raises:
        Damaged: it is of a download of Meta's that holds no posts, or holds them as HTML.
    """
    if entry.named:
        return False
    if (download := download_of(entry.name, group.downloads)) is not None:
        beside, why = left_out(entry.name, download)
        if why is not None and (group.whole or why == HTML_ONLY):
            raise Damaged(why)
        return beside
    if BESIDE_FILE.fullmatch(entry.base):
        return True
    base, names = entry.base, group.folders[entry.folder]
    if CAPTION_FILE.fullmatch(base):
        start = base.removesuffix("txt")
        return any(start + end in names for end in ("json", "json.xz", "json.gz", "json.zst"))
    if base.endswith(".description"):
        return base.removesuffix("description") + "info.json" in names
    return False


def is_companion(records: Sequence[Record], entry: Entry) -> bool:
    """Whether this is a companion file of Instaloader, to be left out without a word.

    Raises:
        Damaged: it holds comments, though its name does not say so, or something of a download
            of Meta's that is no post.
    """
    if not records:
        return False
    if (what := aside(records[0])) is not None:
        raise Damaged(
            f"holds {what}; pass the whole download of Meta's, as its folder or .zip, or its posts "
            "('posts_1.json', 'your_posts_1.json' or the like)"
        )
    if is_page_of_download(string(records[0].get("html_page")) or ""):
        raise Damaged(HTML_ONLY)
    alone = len(records) == 1 and not entry.named
    if alone and node_type(records[0]) in {"Profile", "FrozenNodeIterator"}:
        return True
    if is_comments(records[0]):
        if COMMENTS_FILE.fullmatch(entry.base) and not entry.named:
            return True
        raise Damaged("holds Instaloader's comments, which are not the account's own posts")
    return False


def owners(entry: Entry, group: Group, form: str) -> tuple[Owner, ...]:
    """The accounts that profile files name for this one, which is read as the format `form`."""
    if form in _DOWNLOADS:
        return (_download_owner(entry, group),)
    if form != "instaloader":
        return ()
    if entry.folder not in group.owners:
        found = [
            owner
            for base, other in group.folders[entry.folder].items()
            if PROFILE_FILE.fullmatch(base) and (owner := _profile(other, profile)) is not None
        ]
        group.owners[entry.folder] = tuple(found)
    return group.owners[entry.folder]


def _download_owner(entry: Entry, group: Group) -> Owner:
    """Whose download it is: by its profile, else by the names of folders, else of the file."""
    download = download_of(entry.name, group.downloads)
    if download is not None and download.profile is not None:
        key = f"{download.root}\0"
        if key not in group.owners:
            folder, _, base = download.profile.rpartition("/")
            found = _profile(group.folders[folder][base], download_profile)
            group.owners[key] = (found,) if found is not None and found.handle else ()
        if group.owners[key]:
            return group.owners[key][0]
    above = entry.path.resolve().parts[1:-1] if entry.path is not None else ()
    named = named_account(entry.name, above) or stem(entry.name)
    return Owner(number=None, handle=named, name=None, followers=None)


def earlier_texts(entry: Entry, group: Group) -> tuple[str, ...] | None:
    """What the caption of this post said before it was edited, oldest first; None: nothing kept.

    A version that cannot be read makes all of them unknown.
    """
    versions = []
    for base, other in group.earlier(entry.folder).get(stem(entry.base), ()):
        try:
            with other.open() as stream:
                head, _ = peek(raw_chunks(other, stream), RAW_LIMIT)
        except (OSError, Damaged):
            return None
        versions.append((int(base), head[:RAW_LIMIT].decode("utf-8", "replace").rstrip("\n")))
    return tuple(text for _, text in sorted(versions, reverse=True)) or None


def _profile(entry: Entry, told: Callable[[Record], Owner | None]) -> Owner | None:
    """What a profile file says; None for any other file (its own turn tells what is wrong)."""
    try:
        with entry.open() as stream:
            head, _ = peek(decompressed(raw_chunks(entry, stream))[1], PROFILE_LIMIT)
        record = orjson.loads(head)
    except (OSError, Damaged, orjson.JSONDecodeError):
        return None
    return told(record) if isinstance(record, dict) else None
