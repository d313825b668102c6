"""Accounts: their totals, facts and profiles, frozen values beside their Arrow schemas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyarrow as pa

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTotals:
    """Sufficient statistics of an account, all whole numbers: totals of parts merge by adding."""

    account_id: str
    posts: int
    """All posts, abstentions and copies included."""
    abstained: int
    copies: int
    """Judged posts that repeat another one: they are counted in no other number but `posts`."""
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
        pa.field("copies", pa.int64(), nullable=False),
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
class CopyGroup:
    """A post and those that repeat it."""

    post_id: str
    """The one that is counted."""
    posts: int
    """With that one."""
    excerpt: str


COPY_GROUP: Final = pa.struct(
    [
        pa.field("post_id", pa.string(), nullable=False),
        pa.field("posts", pa.int64(), nullable=False),
        pa.field("excerpt", pa.string(), nullable=False),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """How several posts of an account end."""

    kinds: list[str]
    """`hotline`, `link`, `hashtags`, `other` (an address, a slogan)."""
    posts: int
    excerpt: str


SIGN_OFF: Final = pa.struct(
    [
        pa.field("kinds", pa.list_(pa.string()), nullable=False),
        pa.field("posts", pa.int64(), nullable=False),
        pa.field("excerpt", pa.string(), nullable=False),
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
    effective_posts: float
    """See `profile.dependence`."""
    reposts: int | None
    """Posts that are another account's, passed on; null where no post says so or otherwise."""
    pinned: int | None
    coauthored: int | None
    """Posts that stand on other accounts, too."""
    edited: int | None
    """Posts of which an earlier caption was kept."""
    copy_groups: list[CopyGroup]
    """Up to 3 posts that are repeated most, the most repeated first."""
    sign_offs: list[SignOff]
    """Up to 3 ways in which posts end, the most frequent first; see `text.signoffs`."""
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
        pa.field("effective_posts", pa.float64(), nullable=False),
        pa.field("reposts", pa.int64()),
        pa.field("pinned", pa.int64()),
        pa.field("coauthored", pa.int64()),
        pa.field("edited", pa.int64()),
        pa.field("copy_groups", pa.list_(COPY_GROUP), nullable=False),
        pa.field("sign_offs", pa.list_(SIGN_OFF), nullable=False),
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
    """Posts the tagger judged and that count: `posts` less abstentions and copies."""
    abstained: int
    copies: int
    """Posts that say nearly word for word what another one of the account says."""
    effective_posts: float
    """How many independent posts the tagged ones are worth: those of a campaign count as fewer."""
    raw_share: float | None
    """Share of tagged posts with P(passion) of half or more, uncorrected."""
    unclear_share: float | None
    """Share of tagged posts with P(passion) from 0.3 to 0.7: of a hybrid, whether it is made of
    clear posts of both kinds."""
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
    """`clear`, or why the role is undetermined: `too_few_posts`, `business_page`,
    `interval_too_wide`, `not_measured_platform`, `near_a_line`."""
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
        pa.field("copies", pa.int64(), nullable=False),
        pa.field("effective_posts", pa.float64(), nullable=False),
        pa.field("raw_share", pa.float64()),
        pa.field("unclear_share", pa.float64()),
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
