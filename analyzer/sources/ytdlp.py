"""The `.info.json` of yt-dlp; which key holds the handle differs by platform."""

from __future__ import annotations

import re
from typing import Any, Final

from analyzer.sources.fields import first, string
from analyzer.sources.shapes import Draft, Place, Record, Skip

_PLATFORMS: Final = {
    "youtube": "youtube", "tiktok": "tiktok", "instagram": "instagram", "facebook": "facebook",
    "threads": "threads",
}  # fmt: skip


def is_ytdlp(record: Record) -> bool:
    """Whether the record is a yt-dlp info file."""
    return "extractor_key" in record or ("extractor" in record and "_version" in record)


def ytdlp(record: Record, _place: Place) -> Draft | Skip:
    """A video's info; playlists and channels are no posts."""
    kind = record.get("_type")
    if kind is not None and kind != "video":
        return Skip(why=f"is a yt-dlp {str(kind)[:40]}, not a post", field="_type")
    extractor = string(first(record.get("extractor_key"), record.get("extractor"))) or ""
    key = re.split(r"[^a-z]", extractor.lower(), maxsplit=1)[0]
    platform = next((p for name, p in _PLATFORMS.items() if key.startswith(name)), None)
    handle, number, name = _owner(record, platform)
    return {
        "id": record.get("id"),
        "account": handle,
        "account_number": number,
        "account_name": name,
        "platform": platform,
        "title": _title(record, platform),
        "text": record.get("description"),
        "posted_at": first(record.get("timestamp"), record.get("upload_date")),
        "url": first(record.get("webpage_url"), record.get("original_url")),
        "hashtags": record.get("tags") if platform in {"youtube", None} else None,
        "likes": record.get("like_count"),
        "comments": record.get("comment_count"),
        "views": record.get("view_count"),
        "shares": record.get("repost_count"),
        "followers": record.get("channel_follower_count"),
        "captured_at": record.get("epoch"),
    }


def _owner(record: Record, platform: str | None) -> tuple[Any, Any, Any]:
    """Handle, number and name of the account."""
    uploader, uploader_id = record.get("uploader"), record.get("uploader_id")
    channel, channel_id = record.get("channel"), record.get("channel_id")
    if platform == "youtube":
        handle = uploader_id if str(uploader_id or "").startswith("@") else None
        return handle, first(channel_id, uploader_id), first(channel, uploader)
    if platform == "tiktok":
        return uploader, first(channel_id, uploader_id), channel
    if platform == "instagram":
        return channel, uploader_id, uploader
    if platform == "facebook":
        return None, first(uploader_id, channel_id, uploader), uploader
    return first(uploader_id, channel_id, uploader, channel), None, first(uploader, channel)


def _title(record: Record, platform: str | None) -> Any:
    """TikTok's title is its caption cut short, Instagram's and Facebook's are made up."""
    return None if platform in {"tiktok", "instagram", "facebook"} else record.get("title")
