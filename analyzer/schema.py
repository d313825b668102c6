"""The rows that walk through the pipeline: frozen values beside their Arrow schemas.

Null means unknown, never zero and never "no". `tests/unit/test_schema.py` keeps every
dataclass equal to its schema, and the codebook (docs/codebook.md) complete.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from analyzer.errors import InputError

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
        pa.field("missing", pa.list_(pa.string()), nullable=False),
        pa.field("cannot_carry", pa.list_(pa.string()), nullable=False),
    ]
)
"""A row of posts.parquet: a tagged post, and the columns that it does not know: those that its
format could hold (`missing`) and those that it never can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTotals:
    """Sufficient statistics of an account, all whole numbers: totals of parts merge by adding."""

    account_id: str
    posts: int
    """All posts, abstentions included."""
    abstained: int
    bins: list[int]
    """Posts per posterior bin, POSTERIOR_BINS long; abstentions are not in it."""
    prob_ppm_sum: int
    niches: list[int]
    """Posts per niche, in the order of NICHES."""
    passion_niches: list[int]
    """As `niches`, posts with prob_ppm of half or more only."""
    promos: list[int]
    """Posts per promo level, in the order of PROMOS."""
    brand_selling: int
    """Posts with prob_ppm under half and promo other than none."""
    brand_lifestyle: int
    """Posts with prob_ppm under half and promo none."""
    first_posted_at: datetime | None
    last_posted_at: datetime | None


TOTALS: Final = pa.schema(
    [
        pa.field("account_id", pa.string(), nullable=False),
        pa.field("posts", pa.int64(), nullable=False),
        pa.field("abstained", pa.int64(), nullable=False),
        pa.field("bins", pa.list_(pa.int64()), nullable=False),
        pa.field("prob_ppm_sum", pa.int64(), nullable=False),
        pa.field("niches", pa.list_(pa.int64()), nullable=False),
        pa.field("passion_niches", pa.list_(pa.int64()), nullable=False),
        pa.field("promos", pa.list_(pa.int64()), nullable=False),
        pa.field("brand_selling", pa.int64(), nullable=False),
        pa.field("brand_lifestyle", pa.int64(), nullable=False),
        pa.field("first_posted_at", pa.timestamp("us", tz="UTC")),
        pa.field("last_posted_at", pa.timestamp("us", tz="UTC")),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A post that speaks for one end of the spectrum."""

    post_id: str
    prob_ppm: int
    promo: str
    niche: str
    excerpt: str
    """The first 280 characters of title and text, as imported."""
    url: str | None
    posted_at: datetime | None


EVIDENCE: Final = pa.struct(
    [
        pa.field("post_id", pa.string(), nullable=False),
        pa.field("prob_ppm", pa.int32(), nullable=False),
        pa.field("promo", pa.string(), nullable=False),
        pa.field("niche", pa.string(), nullable=False),
        pa.field("excerpt", pa.string(), nullable=False),
        pa.field("url", pa.string()),
        pa.field("posted_at", pa.timestamp("us", tz="UTC")),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """What needs an account's rows and is no sum."""

    account_id: str
    account_name: str | None
    """The name most of its posts carry; ties go to the first in code point order."""
    platform: str
    followers: int | None
    """From its latest post that carries the number; undated posts count as the oldest."""
    median_likes: float | None
    median_views: float | None
    ad_flags: list[int]
    """Posts whose is_ad or is_paid_partnership is [true, false, unknown]."""
    formats: list[str]
    """Formats its posts came from, sorted."""
    unknown: list[str]
    """Post fields that no post of the account carries, in schema order."""
    evidence_passion: list[Evidence]
    """Up to 3 posts with the highest prob_ppm, half or more, highest first; no text twice."""
    evidence_brand: list[Evidence]
    """Up to 3 posts with the lowest prob_ppm, under half, lowest first; no text twice."""


FACTS: Final = pa.schema(
    [
        pa.field("account_id", pa.string(), nullable=False),
        pa.field("account_name", pa.string()),
        pa.field("platform", pa.string(), nullable=False),
        pa.field("followers", pa.int64()),
        pa.field("median_likes", pa.float64()),
        pa.field("median_views", pa.float64()),
        pa.field("ad_flags", pa.list_(pa.int64()), nullable=False),
        pa.field("formats", pa.list_(pa.string()), nullable=False),
        pa.field("unknown", pa.list_(pa.string()), nullable=False),
        pa.field("evidence_passion", pa.list_(EVIDENCE), nullable=False),
        pa.field("evidence_brand", pa.list_(EVIDENCE), nullable=False),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountProfile:
    """Where an account stands between creator and influencer, how sure that is, and why."""

    account_id: str
    account_name: str | None
    platform: str
    followers: int | None
    posts: int
    tagged: int
    """Posts the tagger judged: `posts` less abstentions."""
    abstained: int
    raw_share: float | None
    """Share of tagged posts with P(passion) of half or more, uncorrected."""
    share_low: float | None
    share_point: float | None
    """Posterior mean of the passion share, corrected for the tagger's errors."""
    share_high: float | None
    share_level: float
    p_creator: float | None
    """Posterior probability that the passion share is above the upper line."""
    p_hybrid: float | None
    p_influencer: float | None
    platform_measured: bool
    """Whether the tagger's errors were measured on this platform; else the interval is widened."""
    role: str
    reason: str
    """`clear`, or why the role is undetermined: `too_few_posts`, `interval_too_wide`,
    `near_a_line`, `business_page`."""
    niche: str | None
    """Most frequent niche among tagged posts."""
    niche_mix: dict[str, float]
    """Share of tagged posts per niche, only niches that occur, largest first."""
    niche_focus: float | None
    """Effective number of niches, exp(entropy): 1 = one subject only."""
    selling_share: float | None
    """Share of tagged posts that are brand-driven and promote something."""
    lifestyle_share: float | None
    """Share of tagged posts that are brand-driven and promote nothing."""
    own_promo_share: float | None
    third_party_promo_share: float | None
    first_posted_at: datetime | None
    last_posted_at: datetime | None
    model_id: str


PROFILE: Final = pa.schema(
    [
        pa.field("account_id", pa.string(), nullable=False),
        pa.field("account_name", pa.string()),
        pa.field("platform", pa.string(), nullable=False),
        pa.field("followers", pa.int64()),
        pa.field("posts", pa.int64(), nullable=False),
        pa.field("tagged", pa.int64(), nullable=False),
        pa.field("abstained", pa.int64(), nullable=False),
        pa.field("raw_share", pa.float64()),
        pa.field("share_low", pa.float64()),
        pa.field("share_point", pa.float64()),
        pa.field("share_high", pa.float64()),
        pa.field("share_level", pa.float64(), nullable=False),
        pa.field("p_creator", pa.float64()),
        pa.field("p_hybrid", pa.float64()),
        pa.field("p_influencer", pa.float64()),
        pa.field("platform_measured", pa.bool_(), nullable=False),
        pa.field("role", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("niche", pa.string()),
        pa.field("niche_mix", pa.map_(pa.string(), pa.float64()), nullable=False),
        pa.field("niche_focus", pa.float64()),
        pa.field("selling_share", pa.float64()),
        pa.field("lifestyle_share", pa.float64()),
        pa.field("own_promo_share", pa.float64()),
        pa.field("third_party_promo_share", pa.float64()),
        pa.field("first_posted_at", pa.timestamp("us", tz="UTC")),
        pa.field("last_posted_at", pa.timestamp("us", tz="UTC")),
        pa.field("model_id", pa.string(), nullable=False),
    ]
)


def conform(table: Any, schema: Any) -> Any:
    """The table with the schema's columns, order and types.

    Raises:
        InputError: a column is missing, cannot be cast, or holds a null where none may stand.
    """
    missing = [name for name in schema.names if name not in table.column_names]
    if missing:
        raise InputError(f"table lacks the columns {missing}; found: {table.column_names}")
    try:
        cast = table.select(schema.names).cast(schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError) as error:
        raise InputError(f"table does not fit its schema: {error}") from error
    nulls = [f.name for f in schema if not f.nullable and cast.column(f.name).null_count]
    if nulls:
        raise InputError(f"columns {nulls} hold nulls, and null is not allowed there")
    return cast
