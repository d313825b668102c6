"""Results of the Apify scrapers for Instagram, TikTok, Facebook and YouTube."""

from __future__ import annotations

from typing import Any

from analyzer.sources.fields import dig, first, flag, handle, string
from analyzer.sources.shapes import Draft, Place, Record, Skip


def is_apify_instagram(record: Record) -> bool:
    """Whether the record is a post of `apify/instagram-scraper`."""
    return "shortCode" in record and ("ownerUsername" in record or "ownerId" in record)


def apify_instagram(record: Record, _place: Place) -> Draft | Skip:
    """A post of `apify/instagram-scraper`; keys are absent where the value is unknown."""
    if failed := _failure(record, "shortCode"):
        return failed
    return {
        "id": first(record.get("shortCode"), record.get("id")),
        "account": record.get("ownerUsername"),
        "account_number": record.get("ownerId"),
        "account_name": record.get("ownerFullName"),
        "platform": "instagram",
        "text": record.get("caption"),
        "posted_at": record.get("timestamp"),
        "url": record.get("url"),
        "hashtags": record.get("hashtags"),
        "mentions": record.get("mentions"),
        "likes": record.get("likesCount"),
        "comments": record.get("commentsCount"),
        "views": first(record.get("videoPlayCount"), record.get("videoViewCount")),
        "followers": record.get("followersCount"),
        "is_ad": record.get("isSponsored"),
        "is_paid_partnership": _partnership(record),
        "is_pinned": record.get("isPinned"),
        "coauthors": record.get("coauthorProducers"),
    }


def _partnership(record: Record) -> bool | None:
    sponsors = record.get("sponsors")
    return True if isinstance(sponsors, list) and sponsors else flag(record.get("paidPartnership"))


def is_apify_tiktok(record: Record) -> bool:
    """Whether the record is a video of `clockworks/tiktok-scraper`."""
    return isinstance(record.get("authorMeta"), dict) and (
        "webVideoUrl" in record or "createTimeISO" in record or "diggCount" in record
    )


def apify_tiktok(record: Record, _place: Place) -> Draft | Skip:
    """A video of `clockworks/tiktok-scraper`."""
    if failed := _failure(record, "authorMeta"):
        return failed
    if record.get("fromProfileSection") == "reposts":
        return Skip(why="is a repost of another account's video", field="is_repost")
    author = record.get("authorMeta")
    return {
        "id": record.get("id"),
        "account": first(dig(author, "name"), dig(author, "uniqueId")),
        "account_number": dig(author, "id"),
        "account_name": dig(author, "nickName"),
        "platform": "tiktok",
        "text": record.get("text"),
        "posted_at": first(record.get("createTimeISO"), record.get("createTime")),
        "url": record.get("webVideoUrl"),
        "hashtags": _names(record.get("hashtags")),
        "mentions": record.get("mentions"),
        "likes": record.get("diggCount"),
        "comments": record.get("commentCount"),
        "views": record.get("playCount"),
        "shares": record.get("shareCount"),
        "followers": dig(author, "fans"),
        "is_ad": record.get("isAd"),
        "is_paid_partnership": record.get("isSponsored"),
        "has_shop": record.get("hasTikTokShopProduct"),
        "is_repost": False if record.get("fromProfileSection") == "videos" else None,
        "is_pinned": record.get("isPinned"),
    }


def _names(tags: Any) -> Any:
    if not isinstance(tags, list):
        return tags
    return [dig(tag, "name") if isinstance(tag, dict) else tag for tag in tags]


def is_apify_facebook(record: Record) -> bool:
    """Whether the record is a post of `apify/facebook-posts-scraper`."""
    return "pageName" in record and ("feedbackId" in record or "topLevelUrl" in record)


def apify_facebook(record: Record, _place: Place) -> Draft | Skip:
    """A post of `apify/facebook-posts-scraper`; `likes` are Likes alone, not all reactions.

    What an account writes to a post that it shares is its own. The account is the last part of its
    address, which rows without an author have too: by the author's number it would be two.
    Unverified: all names stand so in others' code, `sharedPost` in no code that was at hand.
    """
    if failed := _failure(record, "postId"):
        return failed
    text, shared = record.get("text"), isinstance(record.get("sharedPost"), dict)
    if shared and not (string(text) or "").strip():
        return Skip(why="shares another's post without words of its own", field="is_repost")
    user, page = record.get("user"), record.get("pageName")
    return {
        "id": record.get("postId"),
        "account": _page(dig(user, "profileUrl"), record.get("facebookUrl"), page),
        "account_number": dig(user, "id"),
        "account_name": first(dig(user, "name"), page),
        "platform": "facebook",
        "text": text,
        "posted_at": first(record.get("timestamp"), record.get("time")),
        "url": first(record.get("url"), record.get("topLevelUrl")),
        "likes": first(record.get("likes"), record.get("reactionLikeCount")),
        "comments": record.get("comments"),
        "views": record.get("viewsCount"),
        "shares": record.get("shares"),
        "is_repost": False if shared else None,
    }


def _page(*told: Any) -> str | None:
    """The first of these that names a page; `profile.php` and the like name none."""
    named = (handle(value) for value in told)
    return next((name for name in named if name and not name.endswith(".php")), None)


def is_apify_youtube(record: Record) -> bool:
    """Whether the record is a video of `streamers/youtube-scraper`."""
    return "channelName" in record and (
        "numberOfSubscribers" in record or "channelUsername" in record
    )


def apify_youtube(record: Record, _place: Place) -> Draft | Skip:
    """A video of `streamers/youtube-scraper`; `isPaidContent` is about access, not advertising.

    Unverified: all names stand so in others' code.
    """
    if failed := _failure(record, "title"):
        return failed
    return {
        "id": record.get("id"),
        "account": first(record.get("channelUsername"), record.get("channelUrl")),
        "account_number": first(record.get("channelId"), record.get("channelName")),
        "account_name": record.get("channelName"),
        "platform": "youtube",
        "title": record.get("title"),
        "text": record.get("text"),
        "posted_at": record.get("date"),
        "url": record.get("url"),
        "hashtags": record.get("hashtags"),
        "likes": record.get("likes"),
        "comments": record.get("commentsCount"),
        "views": record.get("viewCount"),
        "followers": record.get("numberOfSubscribers"),
    }


def _failure(record: Record, key: str) -> Skip | None:
    """Rows in which the scraper reports that it found nothing."""
    error = first(record.get("error"), record.get("errorCode"), record.get("errorMessage"))
    if error is None or key in record:
        return None
    return Skip(why=f"is the scraper's own error: {str(error)[:200]}", field="error")
