"""Invented accounts for the report's tests; no post in here was ever published."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from analyzer.config import ProfileConfig
from analyzer.report import Measure, ModelSummary, ReportSummary
from analyzer.schema import FACTS, PROFILE
from analyzer.sources import Inspection

START = datetime(2026, 1, 5, 1, 30, tzinfo=UTC)


def profile_row(account_id: str, **changed: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "account_id": account_id,
        "account_name": None,
        "platform": account_id.partition(":")[0],
        "followers": None,
        "posts": 24,
        "copies": 0,
        "tagged": 23,
        "abstained": 1,
        "raw_share": 0.7391304347826086,
        "share_low": 0.66,
        "share_point": 0.8123,
        "share_high": 0.93,
        "share_level": 0.9,
        "p_creator": 0.955,
        "p_hybrid": 0.045,
        "p_influencer": 0.0,
        "platform_measured": account_id.startswith("tiktok:"),
        "role": "creator",
        "reason": "clear",
        "niche": "food",
        "niche_mix": [("food", 0.6086956521739131), ("travel", 0.2608695652173913), ("life", 0.13)],
        "niche_focus": 2.4,
        "unclear_share": 0.13,
        "selling_share": 0.043478260869565216,
        "lifestyle_share": 0.21739130434782608,
        "own_promo_share": 0.0,
        "third_party_promo_share": 0.0869,
        "first_posted_at": START,
        "last_posted_at": START + timedelta(days=140, hours=9, microseconds=250000),
        "model_id": "v1-3f9c",
    }
    row |= changed
    return {"effective_posts": float(row["tagged"]), **row}


def facts_row(profile: dict[str, Any], **changed: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "account_id": profile["account_id"],
        "account_name": profile["account_name"],
        "platform": profile["platform"],
        "followers": profile["followers"],
        "median_likes": None,
        "median_views": None,
        "ad_flags": [0, 0, profile["posts"]],
        "formats": ["csv"],
        "unknown": ["views", "is_ad", "is_paid_partnership", "has_shop"],
        "effective_posts": float(profile["tagged"]),
        "reposts": None,
        "pinned": None,
        "coauthored": None,
        "edited": None,
        "copy_groups": [],
        "sign_offs": [],
        "evidence_passion": [],
        "evidence_brand": [],
    }
    return {**row, **changed}


def post(number: int, prob: float, excerpt: str, **changed: Any) -> dict[str, Any]:
    row = {
        "post_id": f"tiktok:{number}",
        "prob_ppm": round(prob * 1_000_000),
        "promo": "none",
        "niche": "food",
        "excerpt": excerpt,
        "url": f"https://www.tiktok.com/@vidu/video/{number}",
        "posted_at": START + timedelta(days=number),
    }
    return {**row, **changed}


COOK = profile_row("tiktok:bepnhamuoi", account_name="Bếp Nhà Muối 🍲", followers=48_200)
TOURIST = profile_row(
    "instagram:linh.dangdi",
    account_name="Linh đang đi đâu đó",
    raw_share=0.52, unclear_share=0.22, share_low=0.38, share_point=0.517, share_high=0.66,
    p_creator=0.06, p_hybrid=0.86, p_influencer=0.08, role="hybrid", niche="travel",
    niche_mix=[("travel", 0.7), ("fashion", 0.2), ("food", 0.1)], niche_focus=2.1,
    selling_share=0.22, lifestyle_share=0.26, third_party_promo_share=0.22,
)  # fmt: skip
STAR = profile_row(
    "tiktok:ngocanh.daily",
    account_name="Ngọc Ánh ✨ daily",
    followers=1_204_000, posts=31, tagged=31, abstained=0,
    raw_share=0.13, share_low=0.02, share_point=0.088, share_high=0.19,
    p_creator=0.0, p_hybrid=0.004, p_influencer=0.996, role="influencer", niche="beauty",
    niche_mix=[("beauty", 0.32), ("life", 0.24), ("fashion", 0.16), ("family", 0.1),
               ("travel", 0.08), ("food", 0.06), ("music", 0.03), ("other", 0.01)],
    niche_focus=6.2, selling_share=0.48, lifestyle_share=0.39, third_party_promo_share=0.45,
)  # fmt: skip
SHOP = profile_row(
    "facebook:tiemgomxanh",
    account_name="Tiệm Gốm Xanh",
    raw_share=0.2, share_low=0.08, share_point=0.19, share_high=0.33,
    p_creator=0.0, p_hybrid=0.03, p_influencer=0.97, role="undetermined", reason="business_page",
    niche="art", niche_mix=[("art", 0.9), ("home", 0.1)], niche_focus=1.4,
    selling_share=0.7, lifestyle_share=0.1, own_promo_share=0.74, third_party_promo_share=0.0,
)  # fmt: skip
NEWCOMER = profile_row(
    "youtube:hocdankhongkho",
    posts=6, tagged=6, abstained=0,
    raw_share=0.83, share_low=0.35, share_point=0.71, share_high=0.97,
    p_creator=0.64, p_hybrid=0.3, p_influencer=0.06, role="undetermined", reason="too_few_posts",
    niche="music", niche_mix=[("music", 1.0)], niche_focus=1.0,
    selling_share=0.0, lifestyle_share=0.17, own_promo_share=0.17,
)  # fmt: skip
SILENT = profile_row(
    "blog:chieu-mua.example",
    account_name="Chiều mưa",
    posts=3, tagged=0, abstained=3,
    raw_share=None, unclear_share=None, share_low=None, share_point=None, share_high=None,
    p_creator=None, p_hybrid=None, p_influencer=None,
    role="undetermined", reason="too_few_posts", niche=None, niche_mix=[], niche_focus=None,
    selling_share=None, lifestyle_share=None, own_promo_share=None, third_party_promo_share=None,
    first_posted_at=None, last_posted_at=None,
)  # fmt: skip

COOK_FACTS = facts_row(
    COOK,
    median_likes=1830.5, median_views=41_000.0, ad_flags=[1, 20, 3], formats=["tiktok_web"],
    unknown=["title", "is_repost"],
    evidence_passion=[
        post(3, 0.984, "Vì sao nước dùng phở nhà mình hay bị đục? Thử chần xương 2 lần, lần đầu "
             "chỉ 5 phút thôi.\nMình ghi lại từng mốc thời gian ở đây cho ai cần nha 🍜 #nauan"),
        post(9, 0.961, "Muối dưa cải theo cách của ngoại: 3 thìa muối hột, 1 lít nước, đừng đậy "
             "kín quá. Hỏng 2 hũ mới rút ra được đó mọi người ơi"),
        post(14, 0.93, "so sanh 4 loai nuoc mam minh hay dung, khong ai tra tien het tron a"),
    ],
    evidence_brand=[
        post(20, 0.08, "Bộ nồi mới về bếp nè, hãng gửi tặng mã MUOI10 giảm 10% cho cả nhà 💛",
             promo="third_party", niche="home"),
        post(22, 0.31, "Hôm nay lười quá, cả nhà đi ăn tiệm 😆", niche="life", url=None),
    ],
)  # fmt: skip
STAR_FACTS = facts_row(
    STAR,
    median_likes=20_400.0, ad_flags=[9, 22, 0], formats=["apify_tiktok"], unknown=["title"],
    reposts=0, pinned=1, coauthored=2,
    copy_groups=[{"post_id": "tiktok:50", "posts": 4, "excerpt": "OOTD đi event tối nay 🖤"}],
    sign_offs=[{"kinds": ["link", "hashtags"], "posts": 20,
                "excerpt": "Link ở bio nha mấy bà\n#ngocanhdaily #ootd #review"}],
    evidence_passion=[
        post(41, 0.82, "Skincare cho da dầu mụn: mình test thành phần BHA 2% suốt 8 tuần, ảnh "
             "trước sau không filter, ghi rõ ngày nào kích ứng", niche="beauty"),
    ],
    evidence_brand=[
        post(50, 0.004, "OOTD đi event tối nay 🖤 cảm ơn mọi người đã luôn thương Ánh",
             niche="fashion"),
        post(51, 0.011, "Son mới xinh xỉuuu luôn á trời, link ở bio nha mấy bà, nhập mã ANHXINH "
             "freeship tới hết tuần #ad #sonmoi #review", promo="third_party", niche="beauty"),
    ],
)  # fmt: skip
SHOP_FACTS = facts_row(
    SHOP,
    formats=["csv"], unknown=["likes", "comments", "views", "shares", "followers", "is_ad",
                              "is_paid_partnership", "has_shop", "is_repost"],
    evidence_brand=[
        post(61, 0.02, "Mẻ men ngọc cuối tháng còn 12 chiếc ly, ib tiệm giữ giúp nha. Ship toàn "
             "quốc, vỡ đền 1 đổi 1.", promo="own", niche="art", url=None),
    ],
)  # fmt: skip

HOSTILE_TEXT = (
    '<script>alert(1)</script><img src=x onerror=alert(2)> " onmouseover="alert(3)" '
    "</style></title>{{ 7 * 7 }}{% raw %} &lt;b&gt; \u202eevil\u202c \x00\x1b[31m]]>"
)
HOSTILE = profile_row(
    'tiktok:x"onmouseover="alert(1)',
    account_name='"><script>alert("tên")</script>\u202e' + "Ă" * 5_000,
    niche_mix=[("food", 1.0)],
)
HOSTILE_FACTS = facts_row(
    HOSTILE,
    formats=["<b>csv</b>"], unknown=["<i>likes</i>"],
    copy_groups=[{"post_id": "tiktok:71", "posts": 2, "excerpt": HOSTILE_TEXT}],
    sign_offs=[{"kinds": ["<i>link</i>"], "posts": 2, "excerpt": HOSTILE_TEXT}],
    evidence_passion=[
        post(71, 0.9, HOSTILE_TEXT, url="javascript:alert(1)"),
        post(72, 0.9, "Z" + "\u0301" * 400 + "algo", url='https://x.example/"onclick="alert(1)'),
        post(73, 0.9, "ok", url="https://tiktok.com@evil.example/"),
    ],
    evidence_brand=[
        post(74, 0.1, "\u2066\u202d dài " * 60, url="data:text/html,<script>1</script>"),
        post(75, 0.1, "", url="java\tscript:alert(1)", posted_at=None),
        post(76, 0.1, "👩‍👩‍👧" * 90, url="https://ví-dụ.example/a?b=1&c=<2>"),
    ],
)  # fmt: skip

PLAIN = [
    (COOK, COOK_FACTS),
    (TOURIST, facts_row(TOURIST)),
    (STAR, STAR_FACTS),
    (SHOP, SHOP_FACTS),
    (NEWCOMER, facts_row(NEWCOMER, formats=["ytdlp"], unknown=[])),
    (SILENT, facts_row(SILENT, unknown=["posted_at"])),
]

SUMMARY = ReportSummary(
    title="Tháng 5: bếp, gốm & những chuyến đi",
    inputs=("bai_dang.csv", "tiktok"),
    files=7,
    posts=112,
    rejected={"no text": 3, "not JSON": 1},
    abstained={"no_words": 4, "not_vietnamese": 1},
    copies=3,
    formats={"tiktok_web": 24, "csv": 51, "apify_tiktok": 31, "ytdlp": 6},
    cannot_carry={
        "tiktok_web": ("title", "is_repost"), "ytdlp": ("is_ad", "is_paid_partnership"),
        "apify_tiktok": ("title",), "csv": (),
    },
    sources=(
        Inspection(
            file="5 files", format="tiktok_web", how="the keys 'desc' and 'author'", files=5,
            rows=28, posts=24, rejected=4, reasons={"no text": 3, "not JSON": 1},
            found={"post_id": 24, "likes": 24, "url": 12}, cannot_carry=("title", "is_repost"),
            absent=("views",), unused=("stickersOnItem",),
        ),
        Inspection(file="2 files", files=2, rejected=2, reasons={"is no export": 2}),
    ),
    troubled=(
        Inspection(file="tiktok/a.json", format="tiktok_web", posts=24, rejected=4,
                   reasons={"no text": 3, "not JSON": 1}),
    ),
    first_posted_at=START,
    last_posted_at=START + timedelta(days=140),
    settings=ProfileConfig(),
    model=ModelSummary(
        model_id="v1-3f9c",
        measured_on="Measured on 1,200 posts of 61 accounts that the model never saw.",
        baseline="TF-IDF and logistic regression",
        measures=(
            Measure(name="Passion or brand: accuracy", model=0.874, baseline=0.851),
            Measure(name="Niche: macro F1", model=0.71, baseline=0.66),
            Measure(name="Calibration error of P(passion)", model=0.021, baseline=None),
        ),
    ),
)  # fmt: skip


def profile_table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=PROFILE)


def tables(pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> tuple[pa.Table, pa.Table]:
    """The PROFILE and FACTS tables of the pairs."""
    return (
        profile_table([p for p, _ in pairs]),
        pa.Table.from_pylist([f for _, f in pairs], schema=FACTS),
    )


def many(count: int) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """That many different accounts, spread over the spectrum."""
    pairs = []
    for n in range(count):
        point = (n * 37 % count + 0.5) / count
        role = "influencer" if point < 0.3 else "creator" if point > 0.7 else "undetermined"
        half = 0.05 + 0.12 * (n % 7) / 7
        row = profile_row(
            f"tiktok:vidu{n:05d}",
            account_name=f"Ví dụ {n}",
            tagged=12 + n % 40, posts=12 + n % 40, abstained=0,
            share_low=max(0.0, point - half), share_point=point, share_high=min(1.0, point + half),
            role=role, reason="clear" if role != "undetermined" else "near_a_line",
        )  # fmt: skip
        pairs.append((row, facts_row(row)))
    return pairs
