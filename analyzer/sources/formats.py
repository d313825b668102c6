"""The formats that are read: one pure function and one entry each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.sources.apify import (
    apify_facebook,
    apify_instagram,
    apify_tiktok,
    apify_youtube,
    is_apify_facebook,
    is_apify_instagram,
    is_apify_tiktok,
    is_apify_youtube,
)
from analyzer.sources.blog_formats import BLOGS
from analyzer.sources.brightdata import brightdata_instagram, is_brightdata_instagram
from analyzer.sources.crowdtangle import (
    crowdtangle_facebook,
    crowdtangle_instagram,
    is_crowdtangle_facebook,
    is_crowdtangle_instagram,
)
from analyzer.sources.facebook_scraper import facebook_scraper, is_facebook_scraper
from analyzer.sources.fourcat import (
    fourcat,
    fourcat_facebook,
    fourcat_instagram,
    fourcat_threads,
    fourcat_tiktok,
    is_fourcat,
    is_fourcat_facebook,
    is_fourcat_instagram,
    is_fourcat_threads,
    is_fourcat_tiktok,
)
from analyzer.sources.gallery_dl import (
    each_file,
    gallery_dl_blogger,
    gallery_dl_facebook,
    gallery_dl_instagram,
    is_gallery_dl_blogger,
    is_gallery_dl_facebook,
    is_gallery_dl_instagram,
)
from analyzer.sources.generic import generic
from analyzer.sources.instaloader import caption_text, instaloader, is_instaloader
from analyzer.sources.platform_formats import PLATFORMS_OWN
from analyzer.sources.shapes import (
    CAPTURE,
    COUNTS,
    LABELS,
    TABLES,
    Draft,
    Format,
    Place,
    Record,
    Skip,
)
from analyzer.sources.tiktok import is_tiktok_web, tiktok_web
from analyzer.sources.ytdlp import is_ytdlp, ytdlp
from analyzer.sources.zeeschuimer import is_zeeschuimer, zeeschuimer

if TYPE_CHECKING:
    from collections.abc import Mapping


def _never(_record: Record) -> bool:
    return False


def _instaloader(record: Record, place: Place) -> Draft | Skip:
    return (instaloader if is_instaloader(record) else caption_text)(record, place)


FORMATS: Final[dict[str, Format]] = {
    "instaloader": Format(
        title="Instaloader",
        how="the keys 'node' and 'instaloader', or a caption file named *_UTC.txt",
        recognise=is_instaloader,
        adapt=_instaloader,
        containers=("json", "text"),
        cannot_carry=("title", "shares", "is_ad", "has_shop", "is_repost", "captured_at"),
    ),
    "ytdlp": Format(
        title="yt-dlp",
        how="the key 'extractor_key'",
        recognise=is_ytdlp,
        adapt=ytdlp,
        containers=("json",),
        cannot_carry=(
            "is_ad",
            "is_paid_partnership",
            "has_shop",
            "is_repost",
            "is_pinned",
            "coauthors",
            "earlier_texts",
        ),
    ),
    "apify_instagram": Format(
        title="Instagram (Apify)",
        how="the keys 'shortCode' and 'ownerUsername'",
        recognise=is_apify_instagram,
        adapt=apify_instagram,
        containers=("json", *TABLES),
        cannot_carry=("title", "shares", "has_shop", "is_repost", "earlier_texts", "captured_at"),
        nested=True,
    ),
    "apify_tiktok": Format(
        title="TikTok (Apify)",
        how="the keys 'authorMeta' and 'webVideoUrl'",
        recognise=is_apify_tiktok,
        adapt=apify_tiktok,
        containers=("json", *TABLES),
        cannot_carry=("title", "coauthors", "earlier_texts", "captured_at"),
        nested=True,
    ),
    "apify_facebook": Format(
        title="Facebook (Apify)",
        how="the keys 'pageName' and 'feedbackId' or 'topLevelUrl'; keys as others read them, "
        "'sharedPost' verified by nobody",
        recognise=is_apify_facebook,
        adapt=apify_facebook,
        containers=("json", *TABLES),
        cannot_carry=("title", "followers", *LABELS, *CAPTURE),
        nested=True,
    ),
    "apify_youtube": Format(
        title="YouTube (Apify)",
        how="the keys 'channelName' and 'numberOfSubscribers' or 'channelUsername'; keys as "
        "others read them",
        recognise=is_apify_youtube,
        adapt=apify_youtube,
        containers=("json", *TABLES),
        cannot_carry=("shares", *LABELS, "is_repost", *CAPTURE),
        nested=True,
    ),
    "brightdata_instagram": Format(
        title="Instagram (Bright Data)",
        how="the key 'user_posted' and 'shortcode' or an address at Instagram; keys as in records "
        "that others published",
        recognise=is_brightdata_instagram,
        adapt=brightdata_instagram,
        containers=("json", *TABLES),
        cannot_carry=(
            "account_name",
            "title",
            "shares",
            "is_ad",
            "has_shop",
            "is_repost",
            "is_pinned",
            "coauthors",
            "earlier_texts",
        ),
    ),
    "gallery_dl_instagram": Format(
        title="Instagram (gallery-dl)",
        how="'category' is 'instagram', as gallery-dl writes beside each image and video",
        recognise=is_gallery_dl_instagram,
        adapt=gallery_dl_instagram,
        containers=("json",),
        cannot_carry=(
            "title",
            "comments",
            "views",
            "shares",
            *LABELS,
            "is_repost",
            "earlier_texts",
            "captured_at",
        ),
        several=each_file,
    ),
    "gallery_dl_facebook": Format(
        title="Facebook (gallery-dl)",
        how="'category' is 'facebook', as gallery-dl writes beside each photo",
        recognise=is_gallery_dl_facebook,
        adapt=gallery_dl_facebook,
        containers=("json",),
        cannot_carry=("title", *COUNTS, "followers", *LABELS, "is_repost", *CAPTURE),
    ),
    "gallery_dl_blogger": Format(
        title="Blogger (gallery-dl)",
        how="'category' is 'blogger', as gallery-dl writes beside each image; articles without "
        "one are not in it, and labels are read from a name nobody could verify",
        recognise=is_gallery_dl_blogger,
        adapt=gallery_dl_blogger,
        containers=("json",),
        cannot_carry=("likes", "views", "shares", "followers", *LABELS, "is_repost", *CAPTURE),
        several=each_file,
    ),
    "facebook_scraper": Format(
        title="Facebook (facebook-scraper)",
        how="the keys 'post_id', 'post_text' and 'shared_text'",
        recognise=is_facebook_scraper,
        adapt=facebook_scraper,
        containers=("json", *TABLES),
        cannot_carry=("title", "followers", *LABELS, *CAPTURE),
    ),
    "zeeschuimer": Format(
        title="Zeeschuimer (or 4CAT, as NDJSON)",
        how="the keys 'source_platform', 'timestamp_collected' and 'data', or '__import_meta' with "
        "the first two; replies and reposts on Threads are told by names nobody could verify",
        recognise=is_zeeschuimer,
        adapt=zeeschuimer,
        containers=("json",),
        cannot_carry=("title", "is_repost", "earlier_texts"),
    ),
    "tiktok_web": Format(
        title="TikTok (web item)",
        how="the keys 'desc', 'createTime' and 'author', as TikTok-Api and gallery-dl write them",
        recognise=is_tiktok_web,
        adapt=tiktok_web,
        containers=("json",),
        cannot_carry=("title", "is_repost", "coauthors", "earlier_texts", "captured_at"),
        several=each_file,
    ),
    "fourcat_instagram": Format(
        title="Instagram (4CAT or Zeeschuimer CSV)",
        how="the columns 'body', 'thread_id', 'num_likes' and 'num_comments'",
        recognise=is_fourcat_instagram,
        adapt=fourcat_instagram,
        containers=TABLES,
        cannot_carry=(
            "title",
            "shares",
            "followers",
            *LABELS,
            "is_repost",
            "is_pinned",
            "earlier_texts",
            "captured_at",
        ),
    ),
    "fourcat_tiktok": Format(
        title="TikTok (4CAT or Zeeschuimer CSV)",
        how="the columns 'body', 'thread_id', 'tiktok_url' and 'plays'",
        recognise=is_fourcat_tiktok,
        adapt=fourcat_tiktok,
        containers=TABLES,
        cannot_carry=("title", "has_shop", "is_repost", *CAPTURE),
    ),
    "fourcat_threads": Format(
        title="Threads (4CAT or Zeeschuimer CSV)",
        how="the columns 'body', 'thread_id', 'reposts', 'replies' and 'quotes'",
        recognise=is_fourcat_threads,
        adapt=fourcat_threads,
        containers=TABLES,
        cannot_carry=(
            "account_name",
            "title",
            "views",
            "followers",
            "is_ad",
            "has_shop",
            "is_repost",
            *CAPTURE,
        ),
    ),
    "fourcat_facebook": Format(
        title="Facebook (4CAT or Zeeschuimer CSV)",
        how="the columns 'author_name', 'is_in_group' and 'unix_timestamp'",
        recognise=is_fourcat_facebook,
        adapt=fourcat_facebook,
        containers=TABLES,
        cannot_carry=("title", *COUNTS, "followers", *LABELS, "is_repost", *CAPTURE),
    ),
    "crowdtangle_instagram": Format(
        title="Instagram (CrowdTangle)",
        how="the columns 'Account', 'User Name', 'Post Created' and 'URL'",
        recognise=is_crowdtangle_instagram,
        adapt=crowdtangle_instagram,
        containers=TABLES,
        cannot_carry=("shares", "is_ad", "has_shop", "is_repost", *CAPTURE),
    ),
    "crowdtangle_facebook": Format(
        title="Facebook (CrowdTangle)",
        how="the columns 'Page Name' or 'Group Name', 'Post Created' and 'URL'",
        recognise=is_crowdtangle_facebook,
        adapt=crowdtangle_facebook,
        containers=TABLES,
        cannot_carry=("title", "is_ad", "has_shop", "is_repost", *CAPTURE),
    ),
    **PLATFORMS_OWN,
    "fourcat": Format(
        title="4CAT (custom upload and other datasets)",
        how="the columns 'id', 'thread_id', 'author', 'body', 'timestamp' and 'unix_timestamp'",
        recognise=is_fourcat,
        adapt=fourcat,
        containers=TABLES,
    ),
    **BLOGS,
    "paragraphs": Format(
        title="Text file of captions",
        how="a name that ends in .txt and no table in it: a caption a paragraph, the account by "
        "the name of the file",
        recognise=_never,
        adapt=generic,
        containers=("paragraphs",),
        cannot_carry=(
            *(
                "account_name",
                "title",
                "posted_at",
                "url",
                *CAPTURE,
            ),
            *COUNTS,
            "followers",
            *LABELS,
            "is_repost",
        ),
        generic=True,
    ),
    "jsonl": Format(
        title="JSON records",
        how="JSON of no known tool; columns by their names",
        recognise=_never,
        adapt=generic,
        containers=("json",),
        generic=True,
    ),
    "csv": Format(
        title="CSV table",
        how="a table with a header; columns by their names",
        recognise=_never,
        adapt=generic,
        containers=("csv",),
        generic=True,
    ),
    "parquet": Format(
        title="Parquet table",
        how="the mark PAR1; columns by their names",
        recognise=_never,
        adapt=generic,
        containers=("parquet",),
        generic=True,
    ),
    "xlsx": Format(
        title="Excel workbook",
        how="a workbook (.xlsx); columns by their names, every sheet that has a text column",
        recognise=_never,
        adapt=generic,
        containers=("xlsx",),
        generic=True,
    ),
}
"""Name to format. The first that recognises a record is taken, so special ones stand first."""

GENERIC: Final = {
    "json": "jsonl",
    "csv": "csv",
    "parquet": "parquet",
    "xlsx": "xlsx",
    "xml": "feed",
    "html": "html_page",
    "markdown": "markdown",
    "paragraphs": "paragraphs",
}
"""Container to the format that reads it when no other recognises its records."""

CANNOT_CARRY: Final[Mapping[str, tuple[str, ...]]] = {
    name: form.cannot_carry for name, form in FORMATS.items()
}
"""Format to the columns of POST that it can never hold."""


def recognise(record: Record) -> str | None:
    """The name of the format that knows the record; None for generic records."""
    return next((name for name, form in FORMATS.items() if form.recognise(record)), None)
