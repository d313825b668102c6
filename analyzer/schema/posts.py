"""Posts, what becomes of them, and rows that became none: values beside their Arrow schemas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyarrow as pa

if TYPE_CHECKING:
    from datetime import datetime

NICHES: Final = (
    "food", "travel", "beauty", "fashion", "tech", "gaming", "family", "health", "money",
    "learning", "culture", "music", "film", "comedy", "art", "animals", "vehicles", "home",
    "sport", "news", "life", "other",
)  # fmt: skip
DRIVES: Final = ("passion", "brand")
PROMOS: Final = ("none", "own", "third_party")
ROLES: Final = ("creator", "hybrid", "influencer", "undetermined")
PLATFORMS: Final = (
    "tiktok", "instagram", "youtube", "facebook", "threads", "blog", "other",
)  # fmt: skip

PPM: Final = 1_000_000
"""Probabilities of tags are stored as whole millionths: comparable and mergeable bit for bit."""

POSTERIOR_BINS: Final = 10
"""A post's P(passion) falls in bin `prob_ppm * POSTERIOR_BINS // (PPM + 1)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One caption or article, as imported."""

    post_id: str
    """`platform:native_id`; without a native id `platform:sha256-…` of account, time and text."""
    account_id: str
    """`platform:handle`, the handle lower-cased; the platform's own number where no handle is."""
    account_name: str | None
    platform: str
    title: str | None
    text: str
    """Never overwritten; lone surrogates, which UTF-8 cannot hold, become U+FFFD."""
    posted_at: datetime | None
    url: str | None
    hashtags: list[str]
    """Without `#`, in order, from the export's own field or else from the text."""
    mentions: list[str]
    likes: int | None
    comments: int | None
    views: int | None
    shares: int | None
    followers: int | None
    is_ad: bool | None
    is_paid_partnership: bool | None
    has_shop: bool | None
    is_repost: bool | None
    is_pinned: bool | None
    """Held at the top of the account's page when it was captured."""
    coauthors: list[str] | None
    """Handles of the other accounts that it stands on, in the export's order; [] where it says
    there are none."""
    earlier_texts: list[str] | None
    """What the caption said before it was edited, as far as the export kept it, oldest first."""
    captured_at: datetime | None
    """When its counts were read."""
    source_format: str
    source_file: str
    """Relative to the path that was given, with that path's own last part; forward slashes."""
    source_row: int
    """1-based: line of a line format, row of a sheet as Excel shows it, record of others."""


POST: Final = pa.schema(
    [
        pa.field("post_id", pa.string(), nullable=False),
        pa.field("account_id", pa.string(), nullable=False),
        pa.field("account_name", pa.string()),
        pa.field("platform", pa.string(), nullable=False),
        pa.field("title", pa.string()),
        pa.field("text", pa.string(), nullable=False),
        pa.field("posted_at", pa.timestamp("us", tz="UTC")),
        pa.field("url", pa.string()),
        pa.field("hashtags", pa.list_(pa.string()), nullable=False),
        pa.field("mentions", pa.list_(pa.string()), nullable=False),
        pa.field("likes", pa.int64()),
        pa.field("comments", pa.int64()),
        pa.field("views", pa.int64()),
        pa.field("shares", pa.int64()),
        pa.field("followers", pa.int64()),
        pa.field("is_ad", pa.bool_()),
        pa.field("is_paid_partnership", pa.bool_()),
        pa.field("has_shop", pa.bool_()),
        pa.field("is_repost", pa.bool_()),
        pa.field("is_pinned", pa.bool_()),
        pa.field("coauthors", pa.list_(pa.string())),
        pa.field("earlier_texts", pa.list_(pa.string())),
        pa.field("captured_at", pa.timestamp("us", tz="UTC")),
        pa.field("source_format", pa.string(), nullable=False),
        pa.field("source_file", pa.string(), nullable=False),
        pa.field("source_row", pa.int64(), nullable=False),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """A row (or, with `row` null, a whole file) that could not be imported, and why."""

    file: str
    row: int | None
    field: str | None
    why: str
    raw: str | None
    """The row as it stood, cut at 64 KiB; undecodable bytes as `\\xNN`."""


REJECT: Final = pa.schema(
    [
        pa.field("file", pa.string(), nullable=False),
        pa.field("row", pa.int64()),
        pa.field("field", pa.string()),
        pa.field("why", pa.string(), nullable=False),
        pa.field("raw", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segmented:
    """A post ready for the tagger; same rows, same order as the posts it was made from."""

    post_id: str
    content_hash: str
    """sha256 of title and text, hex: equal text, equal tag."""
    segmented: str
    """`SegmentedText`: see `analyzer.text`."""
    abstain: str | None
    """Why the tagger shall not judge it: `no_words`, `not_vietnamese`, `no_evidence`, `repost`;
    else null."""


SEGMENTED: Final = pa.schema(
    [
        pa.field("post_id", pa.string(), nullable=False),
        pa.field("content_hash", pa.string(), nullable=False),
        pa.field("segmented", pa.string(), nullable=False),
        pa.field("abstain", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """The model's answer for a post; all answers are null where it abstained."""

    post_id: str
    content_hash: str
    model_id: str
    prob_ppm: int | None
    """Calibrated P(passion), in millionths."""
    niche: str | None
    niche_ppm: int | None
    promo: str | None
    promo_ppm: int | None
    """Probability of the promo level named in `promo`."""
    abstained: str | None


TAG: Final = pa.schema(
    [
        pa.field("post_id", pa.string(), nullable=False),
        pa.field("content_hash", pa.string(), nullable=False),
        pa.field("model_id", pa.string(), nullable=False),
        pa.field("prob_ppm", pa.int32()),
        pa.field("niche", pa.string()),
        pa.field("niche_ppm", pa.int32()),
        pa.field("promo", pa.string()),
        pa.field("promo_ppm", pa.int32()),
        pa.field("abstained", pa.string()),
    ]
)

TAGGED_POST: Final = pa.schema([*POST, *(f for f in TAG if f.name != "post_id")])
"""The post and its tag."""

KEPT_POST: Final = pa.schema(
    [
        *TAGGED_POST,
        pa.field("copy_of", pa.string()),
        pa.field("sign_off", pa.list_(pa.string()), nullable=False),
        pa.field("sign_off_at", pa.int32()),
        pa.field("missing", pa.list_(pa.string()), nullable=False),
        pa.field("cannot_carry", pa.list_(pa.string()), nullable=False),
    ]
)
"""A row of posts.parquet: a tagged post; the post of its account that it repeats and that is
counted in its place; what its sign-off holds and the character of the text where that begins; the
columns that it does not know: those that its format could hold (`missing`), those it never can."""
