"""The formats that the platforms themselves give out: one entry each."""

from __future__ import annotations

from typing import Final

from analyzer.sources.meta_download import (
    facebook_download,
    instagram_download,
    is_facebook_download,
    is_instagram_download,
)
from analyzer.sources.research import (
    is_meta_library,
    is_threads_api,
    is_tiktok_research,
    is_ytdt,
    meta_library,
    threads_api,
    tiktok_research,
    ytdt,
)
from analyzer.sources.shapes import CAPTURE, COUNTS, LABELS, TABLES, Format

PLATFORMS_OWN: Final[dict[str, Format]] = {
    "ytdt": Format(
        title="YouTube Data Tools",
        how="the columns 'videoId', 'videoDescription', 'channelId' and 'publishedAt'; title, tags "
        "and counts are read from names nobody could verify",
        recognise=is_ytdt,
        adapt=ytdt,
        containers=TABLES,
        cannot_carry=("shares", "followers", *LABELS, "is_repost", *CAPTURE),
    ),
    "tiktok_research": Format(
        title="TikTok (Research API)",
        how="the keys 'id', 'username', 'video_description' and 'create_time'",
        recognise=is_tiktok_research,
        adapt=tiktok_research,
        containers=("json", *TABLES),
        cannot_carry=("account_name", "title", "followers", *LABELS, "is_repost", *CAPTURE),
    ),
    "threads_api": Format(
        title="Threads (official API)",
        how="'media_product_type' THREADS, or 'media_type' with 'is_quote_post', 'reposted_post' "
        "or an address of Threads",
        recognise=is_threads_api,
        adapt=threads_api,
        containers=("json",),
        cannot_carry=("account_name", "title", *COUNTS, "followers", *LABELS, *CAPTURE),
    ),
    "meta_library": Format(
        title="Meta Content Library",
        how="the columns 'post_owner.…' and 'creation_time'; all but owner, id and time is read "
        "from names nobody could verify",
        recognise=is_meta_library,
        adapt=meta_library,
        containers=("json", *TABLES),
        cannot_carry=("title", "followers", "is_ad", "has_shop", *CAPTURE),
        nested=True,
    ),
    "instagram_download": Format(
        title="Instagram (Download your information)",
        how="the list 'media' with 'uri' and 'creation_timestamp', or a list such as "
        "'ig_reels_media', as in Meta's download; names of files and keys as others read them, "
        "drafts and others' posts told by English labels only",
        recognise=is_instagram_download,
        adapt=instagram_download,
        containers=("json",),
        cannot_carry=("title", *COUNTS, "followers", *LABELS, "is_repost", *CAPTURE),
    ),
    "facebook_download": Format(
        title="Facebook (Download your information)",
        how="the keys 'timestamp' and 'data' or 'attachments', as in Meta's download; names of "
        "files and keys as others read them",
        recognise=is_facebook_download,
        adapt=facebook_download,
        containers=("json",),
        cannot_carry=("url", *COUNTS, "followers", *LABELS, "is_repost", *CAPTURE),
    ),
}
