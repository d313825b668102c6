"""The formats that are read: one pure function and one entry each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.sources.apify import (
    apify_instagram,
    apify_tiktok,
    is_apify_instagram,
    is_apify_tiktok,
)
from analyzer.sources.generic import generic
from analyzer.sources.instaloader import caption_text, instaloader, is_instaloader
from analyzer.sources.shapes import Draft, Format, Place, Record, Skip
from analyzer.sources.tiktok import is_tiktok_web, tiktok_web
from analyzer.sources.ytdlp import is_ytdlp, ytdlp

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
        cannot_carry=("title", "shares", "is_ad", "has_shop", "is_repost"),
    ),
    "ytdlp": Format(
        title="yt-dlp",
        how="the key 'extractor_key'",
        recognise=is_ytdlp,
        adapt=ytdlp,
        containers=("json",),
        cannot_carry=("is_ad", "is_paid_partnership", "has_shop", "is_repost"),
    ),
    "apify_instagram": Format(
        title="Instagram (Apify)",
        how="the keys 'shortCode' and 'ownerUsername'",
        recognise=is_apify_instagram,
        adapt=apify_instagram,
        containers=("json", "csv", "parquet", "xlsx"),
        cannot_carry=("title", "shares", "has_shop", "is_repost"),
        nested=True,
    ),
    "apify_tiktok": Format(
        title="TikTok (Apify)",
        how="the keys 'authorMeta' and 'webVideoUrl'",
        recognise=is_apify_tiktok,
        adapt=apify_tiktok,
        containers=("json", "csv", "parquet", "xlsx"),
        cannot_carry=("title",),
        nested=True,
    ),
    "tiktok_web": Format(
        title="TikTok (web item)",
        how="the keys 'desc', 'createTime' and 'author', as TikTok-Api and gallery-dl write them",
        recognise=is_tiktok_web,
        adapt=tiktok_web,
        containers=("json",),
        cannot_carry=("title", "is_repost"),
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

GENERIC: Final = {"json": "jsonl", "csv": "csv", "parquet": "parquet", "xlsx": "xlsx"}
"""Container to the format that reads it when no other recognises its records."""

CANNOT_CARRY: Final[Mapping[str, tuple[str, ...]]] = {
    name: form.cannot_carry for name, form in FORMATS.items()
}
"""Format to the columns of POST that it can never hold."""


def recognise(record: Record) -> str | None:
    """The name of the format that knows the record; None for generic records."""
    return next((name for name, form in FORMATS.items() if form.recognise(record)), None)
