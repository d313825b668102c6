"""From probabilities to a role, or to the reason why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from analyzer.config import ProfileConfig

ROLE_WORDS: Final = {
    "creator": (
        "Creator: most posts come out of passion for a subject. "
        "Expect depth, a niche audience and credibility more than sheer reach."
    ),
    "hybrid": (
        "Hybrid: posts out of passion and posts around the person, products or campaigns "
        "are both a substantial part of the account."
    ),
    "influencer": (
        "Influencer: most posts turn on daily life, image, products or campaigns. "
        "Expect awareness and reach more than depth in one subject."
    ),
    "undetermined": (
        "Undetermined: what was found does not support a role. This is no judgement on the account."
    ),
}
"""What a role says, for readers without statistics."""

REASON_WORDS: Final = {
    "clear": (
        "The estimate, corrected for the tagger's known errors, falls on one side with high "
        "probability. It can still be wrong: see the probability beside it."
    ),
    "too_few_posts": (
        "Too few posts could be judged. Import more posts of this account, then profile it again."
    ),
    "business_page": (
        "Most posts seem to promote the account's own products or services: a business page, "
        "which is neither a creator nor an influencer to hire."
    ),
    "interval_too_wide": (
        "The posts leave too much room: no role is probable enough. More posts may narrow it; for "
        "some accounts the tagger itself is the limit."
    ),
    "not_measured_platform": (
        "How often the tagger errs on this platform was not measured, and the posts leave too much "
        "room without that: no role is probable enough. Labelled posts of the platform would help."
    ),
    "near_a_line": (
        "The share of passion posts lies close to where two roles meet, and neither is "
        "probable enough. Read the position on the spectrum instead of a role."
    ),
}
"""Why an account has its role or none, and what would help."""

_MORE_LIKELY_THAN_NOT: Final = 0.5


def decide_role(  # noqa: PLR0913 each of the numbers can decide alone
    *,
    tagged: int,
    p_business: float,
    width: float,
    p_creator: float,
    p_hybrid: float,
    p_influencer: float,
    measured: bool,
    config: ProfileConfig,
) -> tuple[str, str]:
    """Role and reason of one account; the first rule that applies decides.

    tagged       posts the tagger judged
    p_business   probability that more than `business_share` of its posts promote its own products
    width        of the 95 % interval of the passion share, whatever level is shown
    p_...        posterior probabilities of the three roles
    measured     whether the tagger's errors were measured on the account's platform

    A business page needs no certainty, only to be more probable than not (the posterior median
    of the corrected share is above the line): a shop called influencer is the worse error.
    """
    if tagged < config.min_posts:
        return "undetermined", "too_few_posts"
    if p_business >= _MORE_LIKELY_THAN_NOT:
        return "undetermined", "business_page"
    chances = {"creator": p_creator, "hybrid": p_hybrid, "influencer": p_influencer}
    role = max(chances, key=lambda name: chances[name])
    if chances[role] >= config.role_probability:
        return role, "clear"
    if width <= config.max_width:
        return "undetermined", "near_a_line"
    return "undetermined", "interval_too_wide" if measured else "not_measured_platform"
