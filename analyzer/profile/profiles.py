"""Totals and facts of accounts become profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analyzer.errors import InputError
from analyzer.profile.prevalence import passion_share, share_above, together
from analyzer.profile.roles import decide_role
from analyzer.profile.totals import list_matrix, whole
from analyzer.schema import NICHES, PROFILE, PROMOS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analyzer.config import ProfileConfig
    from analyzer.profile.prevalence import PassionShare
    from analyzer.rates import PlatformRates

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

UNCLEAR = slice(3, 7)
"""Posterior bins of posts that the tagger is unsure of: P(passion) from 0.3 to 0.7."""

_DECIMALS = 6  # far below any real difference, far above what two machines' logarithms differ by


def build_profiles(
    totals: pa.Table, facts: pa.Table, rates: PlatformRates, config: ProfileConfig, *, model_id: str
) -> pa.Table:
    """Profiles from totals and facts of the same accounts.

    totals    TOTALS, one row per account (merge_totals makes it so)
    facts     FACTS, one row per account
    rates     the tagger's error rates by platform, measured on accounts the model never saw
    model_id  the tagger that made the tags; all of them, since rates belong to one model
    Returns   PROFILE, sorted by account_id; floats rounded to 6 decimals, shares of an account
              without a tagged post null. Roles are decided on the rounded numbers
    Raises    InputError if totals and facts hold different accounts.
              ModelError if the rates cannot tell the classes apart.
    """
    totals, facts = totals.sort_by("account_id"), facts.sort_by("account_id")
    _check_accounts(totals, facts)
    bins, niches = list_matrix(totals, "bins"), list_matrix(totals, "niches")
    own, third = (
        list_matrix(totals, "promos")[:, PROMOS.index(name)] for name in ("own", "third_party")
    )
    tagged = bins.sum(axis=1)
    selling, lifestyle = (
        whole(totals.column(name)) for name in ("brand_selling", "brand_lifestyle")
    )
    platforms = np.array(facts.column("platform").to_pylist(), object)
    effective = np.asarray(facts.column("effective_posts").to_numpy(), np.float64)
    alone = np.minimum(effective / np.maximum(tagged, 1), 1.0)
    share, p_business = _posteriors(bins, alone, own, platforms, rates, config)
    measured = np.isin(platforms, list(rates.measured))
    roles = _roles(tagged, p_business, share, measured, config)
    ratios = {
        "raw_share": tagged - selling - lifestyle,
        "unclear_share": bins[:, UNCLEAR].sum(axis=1),
        "selling_share": selling,
        "lifestyle_share": lifestyle,
        "own_promo_share": own,
        "third_party_promo_share": third,
    }
    posterior = {
        "share_low": share.low,
        "share_point": share.point,
        "share_high": share.high,
        "p_creator": share.p_above,
        "p_hybrid": share.p_between,
        "p_influencer": share.p_below,
    }
    top, mix, focus = _niche_columns(niches)
    rows = totals.num_rows
    columns: dict[str, Any] = {
        **{n: totals.column(n) for n in ("account_id", "posts", "abstained", "copies")},
        **{n: totals.column(n) for n in ("first_posted_at", "last_posted_at")},
        **{n: facts.column(n) for n in ("account_name", "platform", "followers")},
        **{n: _column(count / np.maximum(tagged, 1), tagged > 0) for n, count in ratios.items()},
        **{n: _column(values, tagged > 0) for n, values in posterior.items()},
        "tagged": pa.array(tagged),
        "effective_posts": _column(alone * tagged, np.ones(rows, np.bool_)),
        "platform_measured": pa.array(measured, pa.bool_()),
        "share_level": pa.array(np.full(rows, config.level)),
        "role": pa.array([role for role, _ in roles], pa.string()),
        "reason": pa.array([reason for _, reason in roles], pa.string()),
        "niche": top,
        "niche_mix": mix,
        "niche_focus": focus,
        "model_id": pa.array([model_id] * rows, pa.string()),
    }
    return pa.table([columns[f.name] for f in PROFILE], schema=PROFILE)


def _posteriors(  # noqa: PLR0913, PLR0917 - private: what the posteriors rest on
    bins: Ints,
    alone: Floats,
    own: Ints,
    platforms: NDArray[np.object_],
    rates: PlatformRates,
    config: ProfileConfig,
) -> tuple[PassionShare, Floats]:
    """Passion shares, and P(business page), of all accounts, each by its platform's rates.

    alone: (A,) effective posts of each counted one.
    """
    known = np.where(np.isin(platforms, list(rates.measured)), platforms, "").astype(str)
    parts, order, business = [], [], np.zeros(len(bins))
    for name in np.unique(known).tolist() or [""]:
        rows = np.flatnonzero(known == name)
        own_rates = rates.of(name)
        lines = (config.line_low, config.line_high)
        counts = bins[rows] * alone[rows, None]
        parts.append(passion_share(counts, own_rates, level=config.level, lines=lines))
        order.append(rows)
        business[rows] = share_above(
            own[rows],
            bins[rows].sum(axis=1),
            recall=own_rates.own_recall,
            false=own_rates.own_false,
            line=config.business_share,
        )
    return together(parts, np.concatenate(order)), business


def _check_accounts(totals: pa.Table, facts: pa.Table) -> None:
    """One row per account, the same accounts on both sides."""
    for name, table in (("totals", totals), ("facts", facts)):
        ids = table.column("account_id")
        if pc.count_distinct(ids).as_py() != table.num_rows:
            raise InputError(
                f"{name} hold an account twice: pass whole accounts (merge_totals merges totals)"
            )
    left, right = (set(table.column("account_id").to_pylist()) for table in (totals, facts))
    if left != right:
        example = min(left ^ right)
        raise InputError(
            f"account {example!r} stands only in the {'totals' if example in left else 'facts'}: "
            "make both from the same posts"
        )


def _column(values: Floats, known: Bools) -> pa.Array:
    return pa.array(np.round(values, _DECIMALS) + 0.0, pa.float64(), mask=~known)


def _roles(
    tagged: Ints, p_business: Floats, share: PassionShare, measured: Bools, config: ProfileConfig
) -> list[tuple[str, str]]:
    numbers = np.column_stack(
        [
            p_business, share.role_high - share.role_low,
            share.p_above, share.p_between, share.p_below,
        ]
    )  # fmt: skip
    return [
        decide_role(
            tagged=posts,
            p_business=business,
            width=width,
            p_creator=creator,
            p_hybrid=hybrid,
            p_influencer=influencer,
            measured=known,
            config=config,
        )
        for posts, known, (business, width, creator, hybrid, influencer) in zip(
            tagged.tolist(), measured.tolist(), np.round(numbers, _DECIMALS).tolist(), strict=True
        )
    ]


def _niche_columns(niches: Ints) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Most frequent niche, mix (largest first, ties in the order of NICHES), focus."""
    size = niches.sum(axis=1)
    known = size > 0
    shares = niches / np.maximum(size, 1)[:, None]
    logs = np.log(np.where(shares > 0, shares, 1.0))
    focus = np.exp(-(shares * logs).sum(axis=1))
    order = np.argsort(-niches, axis=1, kind="stable")
    present = np.take_along_axis(niches, order, axis=1) > 0
    names = pa.array(NICHES).take(pa.array(order[present]))
    values = np.round(np.take_along_axis(shares, order, axis=1)[present], _DECIMALS)
    offsets = np.concatenate([[0], np.cumsum(present.sum(axis=1))])
    mix = pa.MapArray.from_arrays(pa.array(offsets, pa.int32()), names, pa.array(values))
    top = pa.array(NICHES).take(pa.array(order[:, 0], mask=~known))
    return top, mix, _column(focus, known)
