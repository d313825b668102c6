"""Folders of Meta's "Download your information": which files hold posts, and whose they are.

Names of files and folders are those that public repositories look for, of 2018 to 2026.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ACTIVITY: Final = frozenset({
    "your_instagram_activity", "your_facebook_activity", "your_activity_across_facebook",
    "this_profile's_activity_across_facebook",
})  # fmt: skip
"""Folders that mark a download, as one finds them since 2023."""
_PARTS: Final = _ACTIVITY | frozenset({
    "ads_information", "apps_and_websites_off_of_facebook", "apps_and_websites_off_of_instagram",
    "connections", "files", "logged_information", "media", "personal_information", "preferences",
    "profile_information", "security_and_login_information",
})  # fmt: skip
_OLDER_PARTS: Final = _PARTS | frozenset({
    "about_you", "account_information", "ads_and_businesses", "ads_and_content", "ads_and_topics",
    "apps_and_websites", "autofill_information", "comments", "comments_and_reactions", "contacts",
    "content", "device_information", "events", "followers_and_following",
    "following_and_followers", "friends", "friends_and_followers", "groups",
    "information_about_you", "likes", "likes_and_reactions", "location",
    "login_and_account_creation", "messages", "notifications", "other_activity", "pages",
    "past_instagram_insights", "posts",
    "recent_searches", "reels", "saved", "saved_items_and_collections", "search", "search_history",
    "shopping", "stories", "story_sticker_interactions", "threads", "your_topics",
})  # fmt: skip
"""Folders at the top of older downloads, which are told by their profile file alone."""
_TOP_FILES: Final = frozenset({"index.html", "start_here.html", "no-data.txt"})
_PROFILE: Final = re.compile(
    r"(?P<root>(?:.*?/)??)(?:(?:(?:personal_information/){1,2}|account_information/)"
    r"personal_information|(?:personal_information/)?profile_information/profile_information)"
    r"\.json"
)
_POSTS: Final = re.compile(
    r"(?:.*/)?(?:(?:content|media|posts)/(?:posts|reels|igtv_videos|archived_posts)(?:_\d{1,6})?"
    r"|posts/(?:your|profile)_posts\w{0,80}"
    r"|groups/(?:your_posts_in_groups|group_posts_and_comments)"
    r"|threads/threads_and_replies(?:_\d{1,6})?)\.(?P<kind>json|html)"
)
_META_NAME: Final = re.compile(
    r"(?:posts|reels|igtv_videos|archived_posts|(?:your|profile)_posts\w{0,80}|threads_and_replies)"
    r"(?:_\d{1,6})?(?: ?\(\d{1,3}\))?\.json(?:\.\w{1,4})?"
)
"""A file with posts, as it lies in a folder of downloads; `(1)` is the browser's."""
_NAMED: Final = re.compile(
    r"(?:instagram|facebook|threads)[-_](.+?)"
    r"(?:[-_](?:\d{4}-\d{1,2}-\d{1,2}|\d{8}|\d{4}(?!.))(?:[-_ ].*)?)?"
)
HTML_ONLY: Final = (
    "is a page of Meta's download, which is not read as HTML; ask Meta for the download again and "
    "choose the format JSON"
)
_WITHOUT_POSTS: Final = (
    "belongs to a download of Meta's that holds no posts; ask Meta for it again with posts "
    "('Posts' or 'Content') in the format JSON"
)


@dataclass(slots=True)
class Download:
    """One download, as its files' names tell."""

    root: str
    """What the names of its files begin with, up to a slash; may be empty."""
    parts: frozenset[str]
    """Folders at its top."""
    profile: str | None = None
    """Name of its profile file."""
    first: str = ""
    """The first of its files by name."""
    posts: bool = False
    """Whether any of its files holds posts."""


def downloads(names: Iterable[str]) -> dict[str, Download]:
    """The downloads among files of these names, by their roots."""
    ordered = sorted(names)
    found: dict[str, Download] = {}
    for name in ordered:
        if (root := _root(name)) is not None:
            found[root] = Download(root, _PARTS)
    about = (name for name in ordered if name.endswith("_information.json"))
    profiles = [(name, told["root"]) for name in about if (told := _PROFILE.fullmatch(name))]
    for name, root in profiles:
        one = found.setdefault(root, Download(root, _OLDER_PARTS))
        one.profile = one.profile or name
    for name in ordered if found else ():
        if (one_of := download_of(name, found)) is not None:
            one_of.first = one_of.first or name
            one_of.posts = one_of.posts or _POSTS.fullmatch(name) is not None
    return found


def _root(name: str) -> str | None:
    """What stands before the folder that marks a download."""
    folders = name.split("/")[:-1]
    at = next((at for at, folder in enumerate(folders) if folder in _ACTIVITY), None)
    return None if at is None else "".join(f"{folder}/" for folder in folders[:at])


def download_of(name: str, found: Mapping[str, Download]) -> Download | None:
    """The download that a file is part of; None for a file that only lies beside one."""
    if not found:
        return None
    folders = name.split("/")[:-1]
    for depth in range(len(folders), -1, -1):
        one = found.get("".join(f"{folder}/" for folder in folders[:depth]))
        if one is not None:
            inside = folders[depth] in one.parts if depth < len(folders) else False
            return one if inside or name[len(one.root) :] in _TOP_FILES else None
    return None


def left_out(name: str, one: Download) -> tuple[bool, str | None]:
    """Whether a file of a download is not read, and the reason where it is to be told.

    Comments, messages, likes, followers, advertisements, stories and photo albums are not.
    """
    told = _POSTS.fullmatch(name)
    if told is not None:
        return (True, HTML_ONLY) if told["kind"] == "html" else (False, None)
    return True, None if one.posts or name != one.first else _WITHOUT_POSTS


def is_page_of_download(page: str) -> bool:
    """Whether an HTML page looks like one of Meta's downloads."""
    return 'class="_a6-g"' in page or ("_a6-g" in page and "_a6-p" in page)


def named_account(name: str, ancestors: tuple[str, ...]) -> str | None:
    """The account by the names of folders or archive: `instagram-lan.an-2026-05-12-x1` is lan.an.

    ancestors  folders that the file lies in on disk, the nearest last
    Where none is named so, the nearest that Meta did not name; of those on disk only for a file
    that is named as Meta names it: two people's `posts_1.json` are not one account.
    """
    folders = [folder.removesuffix(".zip") for folder in name.split("/")[:-1]]
    for folder in (*reversed(folders), *reversed(ancestors)):
        if told := _NAMED.fullmatch(folder):
            return told[1]
    near = (*ancestors, *folders) if _META_NAME.fullmatch(name.rpartition("/")[2]) else folders
    return next((folder for folder in reversed(near) if folder not in _OLDER_PARTS), None)
