"""Invented exports for the tests of `analyzer.sources`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from analyzer.schema import POST, REJECT
from analyzer.sources import read_posts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Row = dict[str, Any]

WHEN = datetime(2025, 2, 10, 7, 9, 13, tzinfo=UTC)
"""The time of every invented post."""


def read(
    *paths: Path,
    form: str | None = None,
    mapping: Mapping[str, str] | None = None,
    batch_rows: int = 8192,
) -> tuple[list[Row], list[Row]]:
    """Posts and rejects of the paths, each batch checked against its schema."""
    posts: list[Row] = []
    rejects: list[Row] = []
    for batch in read_posts(paths, format=form, mapping=mapping, batch_rows=batch_rows):
        for table, schema in ((batch.posts, POST), (batch.rejects, REJECT)):
            assert table.schema == schema
            table.validate(full=True)
            assert isinstance(table, pa.Table)
            assert not [f.name for f in schema if not f.nullable and table[f.name].null_count]
        assert batch.posts.num_rows <= batch_rows
        posts += batch.posts.to_pylist()
        rejects += batch.rejects.to_pylist()
    return posts, rejects


def one(path: Path, content: bytes) -> Row:
    """The only post of a file with this content."""
    path.write_bytes(content)
    posts, rejects = read(path)
    assert rejects == []
    assert len(posts) == 1
    return posts[0]


def lines(*records: object) -> bytes:
    """JSON lines."""
    return b"".join(json.dumps(r, ensure_ascii=False).encode() + b"\n" for r in records)


def generic(**changes: object) -> Row:
    """A post as JSONL of no particular tool."""
    return {
        "id": "p1",
        "platform": "tiktok",
        "account": "BepNhaCam",
        "text": "Nấu canh chua cá lóc #amthuc cùng @ban_toi",
        "created_at": "2025-02-10T07:09:13Z",
        "likes": 12,
        "is_ad": False,
        **changes,
    }


def tiktok_item(**changes: object) -> Row:
    """TikTok's web item."""
    return {
        "id": "7300000000000000001",
        "desc": "Thử nướng bánh mì bơ tỏi #banhmi #bep",
        "createTime": 1739171353,
        "author": {"id": "68001", "uniqueId": "BepNhaCam", "nickname": "Bếp Nhà Cam"},
        "stats": {"diggCount": 1, "commentCount": 2, "playCount": 3, "shareCount": 4},
        "statsV2": {"diggCount": "11", "commentCount": "12", "playCount": "13", "shareCount": "14"},
        "authorStats": {"followerCount": 900},
        "challenges": [{"title": "bep"}, {"title": "banhmi"}],
        "textExtra": [{"hashtagName": "banhmi"}, {"hashtagName": "bep"}, {"hashtagName": ""}],
        "isAd": False,
        **changes,
    }


def apify_instagram(**changes: object) -> Row:
    """A post of Apify's Instagram scraper."""
    return {
        "id": "3300000000000000001",
        "shortCode": "CxInvented1",
        "ownerId": "5551",
        "ownerUsername": "van.vi.vu",
        "ownerFullName": "Vân Vi Vu",
        "caption": "Đà Lạt sáng nay 9 độ",
        "timestamp": "2025-01-02T03:04:05.000Z",
        "url": "https://www.instagram.com/p/CxInvented1/",
        "hashtags": ["dalat"],
        "mentions": ["quan.ca.phe"],
        "likesCount": -1,
        "commentsCount": 7,
        "videoPlayCount": 400,
        **changes,
    }


def apify_tiktok(**changes: object) -> Row:
    """A video of Apify's TikTok scraper."""
    return {
        "id": "7300000000000000002",
        "text": "Review nồi chiên #noichien",
        "createTime": 1739171353,
        "createTimeISO": "2025-02-10T07:09:13.000Z",
        "authorMeta": {"id": "68002", "name": "nhacuatho", "nickName": "Nhà Của Thơ", "fans": 55},
        "webVideoUrl": "https://www.tiktok.com/@nhacuatho/video/7300000000000000002",
        "diggCount": 5,
        "commentCount": 6,
        "playCount": 7,
        "shareCount": 8,
        "hashtags": [{"name": "noichien"}],
        "mentions": [],
        "isAd": True,
        "isSponsored": False,
        "fromProfileSection": "videos",
        **changes,
    }


def info_json(extractor: str, **changes: object) -> Row:
    """A yt-dlp info file."""
    return {
        "_type": "video",
        "_version": {"version": "2026.01.01"},
        "extractor_key": extractor,
        "id": "abc123XYZ_-",
        "title": "Tự đóng kệ sách tại nhà",
        "description": "Ba tấm ván và một buổi chiều #tulam",
        "timestamp": 1739171353,
        "webpage_url": "https://example.com/watch",
        "uploader": "U name",
        "uploader_id": "u_id",
        "channel": "C name",
        "channel_id": "c_id",
        "view_count": 10,
        "like_count": None,
        "comment_count": 3,
        **changes,
    }


def instaloader_post(**changes: object) -> Row:
    """An Instaloader post in the shape of the web page."""
    return {
        "node": {
            "id": "33001",
            "shortcode": "CyInvented2",
            "owner": {"id": "777", "username": "thumoc"},
            "edge_media_to_caption": {"edges": [{"node": {"text": "Bàn gỗ sồi mới #thumoc"}}]},
            "date": 1739171353,
            "edge_media_preview_like": {"count": 21},
            "edge_media_to_comment": {"count": 2},
            "edge_media_to_sponsor_user": {"edges": []},
            **changes,
        },
        "instaloader": {"version": "4.14", "node_type": "Post"},
    }


def instaloader_profile(number: str = "777", username: str = "thumoc") -> Row:
    """An Instaloader profile."""
    return {
        "node": {
            "id": number,
            "username": username,
            "full_name": "Thợ Mộc Tí Hon",
            "edge_followed_by": {"count": 4321},
        },
        "instaloader": {"version": "4.14", "node_type": "Profile"},
    }
