"""Posts of Meta's "Download your information" in JSON, of Instagram (with Threads) and Facebook.

Seen in public repositories that read such files (none of their code is here): `media[].title`,
`.creation_timestamp` and `ig_reels_media` in over ten, `posts.json` with `label_values` in seven,
`text_post_app_text_posts` in eight, Facebook's `data[].post` in over ten, `group_posts_v2` in
eight, notes in one. Nobody's real file was at hand. Unverified: labels in other languages than
English (draft, caption and owner are told by them; captions stand beside the media, too).
Archived posts are read: newer downloads tell them among the others. Posts in groups are not.
Account and name come from the download's profile file or folder: no post names them.
"""

from __future__ import annotations

import re
from typing import Any, Final

from analyzer.sources.fields import dig, first, flag, short, string
from analyzer.sources.shapes import Draft, Owner, Place, Record, Skip

LIST: Final = "download_list"
"""Key added to records: the list of the file that they stand in."""
_THREADS: Final = "text_post_app_text_posts"
_GROUPS: Final = "group_posts_v2"
_NO_POSTS: Final = {
    "ig_stories": "is an Instagram story, not a post",
    "ig_profile_picture": "is a profile picture, not a post",
    "ig_other_media": "is other content (drafts among it), not a post",
    "ig_recently_deleted_media": "was deleted",
}
_INSTAGRAM: Final = (
    "ig_reels_media", "ig_igtv_media", "ig_archived_post_media", _THREADS, *_NO_POSTS,
)  # fmt: skip
_TAPS: Final = frozenset({"string_map_data", "string_list_data", "media_list_data"})
_ASIDE: Final = {
    "comments_v2": "comments", "group_comments_v2": "comments", "reactions_v2": "reactions",
    "friends_v2": "friends", "followers_v2": "followers", "followers_v3": "followers",
    "following_v2": "followed accounts", "following_v3": "followed accounts",
    "videos_v2": "videos, whose posts stand in another file",
    "other_photos_v2": "photos, whose posts stand in another file",
    "profile_v2": "the profile", "profile_user": "the profile",
    "archived_stories_v2": "stories", "notifications_v2": "notifications",
}  # fmt: skip
_WRAPPER: Final = 2
"""Keys, at most, of an object that only wraps a list."""
_TELLING: Final = frozenset({
    "messages", "photos", "label_values", "timestamp", _GROUPS, *_INSTAGRAM, *_ASIDE, *_TAPS,
})  # fmt: skip
_OTHERS: Final = frozenset({"Owner", "Author", "Media Owner"})
_CAPTION: Final = ("Caption", "Chú thích")
_DRAFT: Final = ("Draft", "Bản nháp")
_USERNAME: Final = ("Username", "Tên người dùng")
_NAME: Final = ("Name", "Tên")
"""Labels are in the account's language; the Vietnamese ones are Instagram's words elsewhere."""
_POST_PARTS: Final = frozenset(
    {"post", "update_timestamp", "comment", "backdated_timestamp", "life_event"}
)
_POST_KEYS: Final = frozenset({"timestamp", "data", "attachments", "title", "tags"})
_ADDRESS: Final = re.compile(r"https://(?:www\.)?instagram\.com/(?:p|reel|tv)/[\w-]{1,64}/?")
_MEDIA_NAME: Final = re.compile(r"(?=\w*\d{8})[\w-]{8,200}", re.ASCII)


def mended(value: Any) -> str | None:
    """Text as it was typed: Meta writes each byte of UTF-8 as a letter of Latin-1.

    A text that is not wholly so is right as it stands.
    """
    text = string(value)
    if text is None or text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def download_posts(value: dict[str, Any]) -> list[Any] | None:
    """The records of a file of such a download, each with the name of its list.

    None for any other document.
    """
    if len(value) > _WRAPPER and _TELLING.isdisjoint(value):
        return None
    if aside(value) is not None or is_facebook_download(value):
        return [value]
    for key in (*_INSTAGRAM, _GROUPS):
        if isinstance(inner := value.get(key), list) and inner:
            return [{**one, LIST: key} if isinstance(one, dict) else one for one in inner]
    return None


def aside(record: Record) -> str | None:
    """What a file of a download holds that is none of the account's posts; None for any other."""
    if isinstance(record.get("messages"), list) and isinstance(record.get("participants"), list):
        return "messages"
    if isinstance(record.get("photos"), list) and "cover_photo" in record:
        return "an album of photos, whose posts stand in another file"
    for key, value in record.items():
        if key in _ASIDE and isinstance(value, list | dict):
            return _ASIDE[key]
    wrapped = len(record) <= _WRAPPER and any(map(_taps, record.values()))
    if wrapped or not _TAPS.isdisjoint(record):
        return "likes, comments, follows, searches or the like"
    labelled = isinstance(record.get("label_values"), list) and "media" not in record
    return "what is no post" if labelled and not _media(record) else None


def _taps(value: Any) -> bool:
    one = dig(value, 0)
    return isinstance(one, dict) and not _TAPS.isdisjoint(one)


def is_instagram_download(record: Record) -> bool:
    """Whether the record is a post, reel, story or thread of Instagram's download."""
    if record.get(LIST) in _INSTAGRAM or not record.keys().isdisjoint(_INSTAGRAM):
        return True
    cover = dig(_media(record), 0)
    return isinstance(cover, dict) and {"uri", "creation_timestamp"} <= cover.keys()


def instagram_download(record: Record, place: Place) -> Draft | Skip:
    """A post of Instagram or Threads: the caption stands at the post or at its first file.

    Newer downloads tell posts twice (`posts.json`, `posts_1.json`) and number them in one only: the
    name of the first media file stands for the post.
    """
    media, labels = _media(record), _labels(record)
    cover = media[0] if media else {}
    if (skip := _no_post(record, cover, labels)) is not None:
        return skip
    if "your_facebook_activity/" in place.file:
        return Skip(why="is in a layout of Facebook's download that is not known")
    titles = (mended(one.get("title")) for one in (record, *media))
    return {
        "id": _media_name(cover.get("uri")),
        **_account(place),
        "platform": "threads" if record.get(LIST) == _THREADS else "instagram",
        "text": first(*titles, _named(labels, _CAPTION), ""),
        "posted_at": first(
            record.get("creation_timestamp"),
            record.get("timestamp"),
            cover.get("creation_timestamp"),
        ),
        "url": next((one for one in labels.values() if _ADDRESS.fullmatch(one)), None),
    }


def _no_post(record: Record, cover: Record, labels: dict[str, str]) -> Skip | None:
    if (why := _NO_POSTS.get(string(record.get(LIST)) or "")) is not None:
        return Skip(why=why)
    if not record.keys().isdisjoint(_INSTAGRAM):
        return Skip(why="is a list without posts")
    if not _OTHERS.isdisjoint(labels):
        return Skip(why="is another account's post", field="label_values")
    if flag(_named(labels, _DRAFT)) is True or flag(labels.get("Published")) is False:
        return Skip(why="is a draft: it was never published", field="label_values")
    if dig(cover, "text_app_post", "is_reply") is True:
        return Skip(why="is a reply in a conversation, not a post of its own", field="is_reply")
    return None


def is_facebook_download(record: Record) -> bool:
    """Whether the record is an entry of the posts of Facebook's download."""
    if record.get(LIST) == _GROUPS:
        return True
    said, attached = record.get("data"), record.get("attachments")
    if "timestamp" not in record or not (isinstance(said, list) or isinstance(attached, list)):
        return False
    parts = _listed(said)
    if not all(isinstance(part, dict) and part.keys() <= _POST_PARTS for part in parts):
        return False
    return any(parts) or record.keys() <= _POST_KEYS


def facebook_download(record: Record, place: Place) -> Draft | Skip:
    """An entry of Facebook: `title` says in Meta's words what was done and is no caption.

    Without words of the post those of its note, else those of its pictures, are taken.
    """
    parts = _listed(record.get("data"))
    if any(isinstance(dig(part, "comment"), dict) for part in parts):
        return Skip(why="is a comment, not a post of its own", field="data")
    attached = [
        part for one in _listed(record.get("attachments")) for part in _listed(dig(one, "data"))
    ]
    if record.get(LIST) == _GROUPS:
        return Skip(why="was posted in a group, not on the account's own page")
    note = next((said for one in attached if isinstance(said := dig(one, "note"), dict)), None)
    return {
        **_account(place),
        "platform": "facebook",
        "title": mended(dig(note, "title")),
        "text": first(
            _joined(dig(part, "post") for part in parts),
            mended(dig(note, "text")),
            _joined(dig(part, "media", "description") for part in attached),
            "",
        ),
        "posted_at": record.get("timestamp"),
    }


def profile(record: Record) -> Owner | None:
    """The account that the profile file of a download tells of; None for other files."""
    if isinstance(about := record.get("profile_v2"), dict):
        return Owner(
            number=None,
            handle=mended(first(about.get("username"), about.get("profile_uri"))),
            name=mended(dig(about, "name", "full_name")),
            followers=None,
        )
    said = dig(record.get("profile_user"), 0, "string_map_data")
    if not isinstance(said, dict):
        return None
    told = {mended(key) or "": mended(dig(value, "value")) or "" for key, value in said.items()}
    return Owner(
        number=None, handle=_named(told, _USERNAME), name=_named(told, _NAME), followers=None
    )


def _account(place: Place) -> Draft:
    owner = place.owners[0] if place.owners else None
    return {
        "account": owner.handle if owner else place.stem,
        "account_name": owner.name if owner else None,
    }


def _media(record: Record) -> list[dict[str, Any]]:
    parts = [record, *(one for one in _listed(record.get("label_values")) if isinstance(one, dict))]
    return [one for part in parts for one in _listed(part.get("media")) if isinstance(one, dict)]


def _labels(record: Record) -> dict[str, str]:
    """What is said under each label, or, under a title without a label, an empty text."""
    found: dict[str, str] = {}
    for one in _listed(record.get("label_values")):
        name = short(mended(first(dig(one, "label"), dig(one, "title"))))
        if name is not None:
            found[name] = mended(first(dig(one, "href"), dig(one, "value"))) or ""
    return found


def _named(said: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((said[name] for name in names if said.get(name)), None)


def _media_name(uri: Any) -> str | None:
    """Name of a media file without its ending, if it holds a number of Meta's."""
    name = (string(uri) or "").rpartition("/")[2].partition(".")[0]
    return name if _MEDIA_NAME.fullmatch(name) else None


def _joined(texts: Any) -> str:
    said = (mended(text) for text in texts)
    return "\n\n".join(dict.fromkeys(text.strip() for text in said if text and text.strip()))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
