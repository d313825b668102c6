"""An account's rows as the words and pictures of its section in the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from analyzer.profile.roles import REASON_WORDS, ROLE_WORDS
from analyzer.report import charts, words
from analyzer.report.apart import apart

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup

    from analyzer.report.apart import Apart
    from analyzer.report.summary import ReportSummary

NAME_LIMIT: Final = 60
EXCERPT_LIMIT: Final = 260
"""Fewer than evidence holds, so that what is cut is seen to be cut."""
NICHES_SHOWN: Final = 6
MOSTLY_CLEAR: Final = 0.3
"""Of the brand posts that the default was measured on 28 % are unclear, of passion posts 14 %."""
_TRACES: Final = ("is_ad", "is_paid_partnership")
_ASIDE: Final = frozenset({"is_pinned", "coauthors", "earlier_texts", "captured_at"})
"""Post fields that no figure of a profile rests on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A line of a legend or of a bar list."""

    kind: str
    label: str
    said: str
    bar: Markup | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A post that speaks for one end."""

    excerpt: str
    notes: list[str]
    link: tuple[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the overview shows of an account."""

    number: int
    name: str
    handle: str
    platform: str
    role: str
    mark: Markup
    reason: str
    """Empty where the role is clear."""
    posts: int
    tagged: int
    point: str | None
    span: str | None
    chart: Markup | None
    niche: str | None
    selling: str | None
    lifestyle: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What an account's own section shows."""

    head: Head
    meta: list[str]
    role_words: str
    reason_words: str
    position: str
    chart: Markup | None
    chances: list[Share]
    sides: list[Share]
    sides_chart: Markup | None
    clearness: str | None
    promotion: list[str]
    niches: list[Share]
    focus: str | None
    passion: list[Quote]
    brand: list[Quote]
    apart: list[Apart]
    gaps: list[str]


def place(number: int, profile: Mapping[str, Any]) -> charts.Position | None:
    """Where a profile stands; None where no post of it could be judged."""
    if profile["share_point"] is None:
        return None
    return charts.Position(
        number=number,
        name=name(profile),
        role=profile["role"],
        low=profile["share_low"],
        point=profile["share_point"],
        high=profile["share_high"],
    )


def name(profile: Mapping[str, Any]) -> str:
    """The account's name, or else its handle, fit to show."""
    own = words.one_line(profile["account_name"] or "", NAME_LIMIT)
    return own or handle(profile)


def handle(profile: Mapping[str, Any]) -> str:
    """The account's handle, fit to show."""
    return words.one_line(profile["account_id"].partition(":")[2], NAME_LIMIT)


def role_words(role: str) -> str:
    """What the role says, without its name in front: the page sets that itself."""
    return ROLE_WORDS[role].partition(": ")[2]


def head(number: int, profile: Mapping[str, Any], summary: ReportSummary) -> Head:
    """What the overview shows of the profile in that row of the tables, from 1."""
    at = place(number, profile)
    selling, lifestyle = profile["selling_share"], profile["lifestyle_share"]
    return Head(
        number=number,
        name=name(profile),
        handle=handle(profile),
        platform=_platform(profile["platform"]),
        role=profile["role"],
        mark=charts.mark(profile["role"]),
        reason="" if profile["reason"] == "clear" else words.reason(profile["reason"]),
        posts=profile["posts"],
        tagged=profile["tagged"],
        point=None if at is None else words.percent(at.point),
        span=None if at is None else words.span(at.low, at.high),
        chart=None if at is None else charts.small(at, _position(profile), _lines(summary)),
        niche=profile["niche"],
        selling=None if selling is None else words.percent(selling),
        lifestyle=None if lifestyle is None else words.percent(lifestyle),
    )


def section(
    number: int, profile: Mapping[str, Any], fact: Mapping[str, Any], summary: ReportSummary
) -> Section:
    """What the account's own section shows."""
    at = place(number, profile)
    sides = _sides(profile)
    said = "; ".join(f"{s.label}: {s.said}" for s in sides)
    return Section(
        head=head(number, profile, summary),
        meta=_meta(profile, fact),
        role_words=role_words(profile["role"]),
        reason_words=REASON_WORDS[profile["reason"]],
        position=_position(profile),
        chart=None if at is None else charts.spectrum(at, _position(profile), _lines(summary)),
        chances=_chances(profile),
        sides=sides,
        sides_chart=charts.stack(f"b{number}", said, _side_shares(profile)) if sides else None,
        clearness=_clearness(profile),
        promotion=_promotion(profile, fact),
        niches=_niches(profile),
        focus=_focus(profile),
        passion=[_quote(e) for e in fact["evidence_passion"]],
        brand=[_quote(e) for e in fact["evidence_brand"]],
        apart=apart(profile, fact),
        gaps=_gaps(profile, fact, summary.cannot_carry),
    )


def _lines(summary: ReportSummary) -> tuple[float, float]:
    return summary.settings.line_low, summary.settings.line_high


def _platform(code: str) -> str:
    return words.PLATFORMS.get(code) or words.named(code)


def _position(profile: Mapping[str, Any]) -> str:
    if profile["share_point"] is None:
        return "No post of it could be judged, so it has no place on the spectrum."
    return (
        f"With a probability of {words.percent(profile['share_level'])}, "
        f"{words.span(profile['share_low'], profile['share_high'])} of its posts are "
        f"passion-driven; the best single figure is {words.percent(profile['share_point'])}."
    )


def _meta(profile: Mapping[str, Any], fact: Mapping[str, Any]) -> list[str]:
    posts = words.counted(profile["posts"], "post")
    measured = "" if profile["platform_measured"] else f" ({words.NOT_MEASURED})"
    less = profile["abstained"] + profile["copies"]
    judged = "all judged" if less == 0 else f"{words.number(profile['tagged'])} judged"
    if (worth := round(profile["effective_posts"])) < profile["tagged"]:
        judged += f", worth {words.counted(worth, 'independent one')} (campaigns)"
    platform = _platform(profile["platform"]) + measured
    lines = [platform, handle(profile), f"{posts}, {judged}"]
    if when := words.days(profile["first_posted_at"], profile["last_posted_at"]):
        lines.append(when)
    if profile["followers"] is not None:
        lines.append(words.counted(profile["followers"], "follower"))
    lines += [
        f"median {what}: {words.number(fact[f'median_{what}'])}"
        for what in ("likes", "views")
        if fact[f"median_{what}"] is not None
    ]
    return lines


def _chances(profile: Mapping[str, Any]) -> list[Share]:
    return [
        Share(kind=role, label=role, said=words.percent(profile[f"p_{role}"]))
        for role in ("influencer", "hybrid", "creator")
        if profile[f"p_{role}"] is not None
    ]


def _side_shares(profile: Mapping[str, Any]) -> list[tuple[str, float]]:
    return [
        ("selling", profile["selling_share"] or 0.0),
        ("lifestyle", profile["lifestyle_share"] or 0.0),
        ("passion", profile["raw_share"] or 0.0),
    ]


def _sides(profile: Mapping[str, Any]) -> list[Share]:
    if profile["raw_share"] is None:
        return []
    labels = {
        "selling": "brand: selling",
        "lifestyle": "brand: personal lifestyle",
        "passion": "passion",
    }
    return [
        Share(kind=kind, label=labels[kind], said=words.percent(share))
        for kind, share in _side_shares(profile)
    ]


def _clearness(profile: Mapping[str, Any]) -> str | None:
    unclear = profile["unclear_share"]
    if unclear is None:
        return None
    said = (
        f"{words.percent(unclear)} of the posts are unclear: for the model the chance that they "
        "are passion-driven is 30 to 70%."
    )
    if profile["role"] != "hybrid":
        return said
    return (
        f"{said} So it is a mix of clear posts of both kinds."
        if unclear <= MOSTLY_CLEAR
        else f"{said} So part of the mix may be the model’s doubt."
    )


def _promotion(profile: Mapping[str, Any], fact: Mapping[str, Any]) -> list[str]:
    said = []
    own, other = profile["own_promo_share"], profile["third_party_promo_share"]
    if own is not None and other is not None:
        said.append(
            f"{words.percent(own)} promote its own business, "
            f"{words.percent(other)} somebody else’s product."
        )
    yes, no, unknown = fact["ad_flags"]
    if yes or no:
        said.append(
            f"Marked by the platform as paid: {words.counted(yes, 'post')}; "
            f"as not paid: {words.number(no)}; not known: {words.number(unknown)}."
        )
    return said


def _niches(profile: Mapping[str, Any]) -> list[Share]:
    mix = list(profile["niche_mix"])
    shares = [
        Share(kind="niche", label=niche, said=words.percent(share), bar=charts.bar(share))
        for niche, share in mix[:NICHES_SHOWN]
    ]
    rest = mix[NICHES_SHOWN:]
    if rest:
        share = sum(s for _, s in rest)
        label = words.counted(len(rest), "further niche")
        shares.append(Share(kind="niche", label=label, said=words.percent(share),
                            bar=charts.bar(share)))  # fmt: skip
    return shares


def _focus(profile: Mapping[str, Any]) -> str | None:
    if profile["niche_focus"] is None:
        return None
    return (
        f"As varied as {profile['niche_focus']:.1f} equally frequent niches; 1 is one subject only."
    )


def _quote(evidence: Mapping[str, Any]) -> Quote:
    notes = [
        f"passion {words.percent(evidence['prob_ppm'] / 1_000_000)}",
        evidence["niche"],
        words.PROMOS[evidence["promo"]],
    ]
    if evidence["posted_at"] is not None:
        notes.append(words.day(evidence["posted_at"]))
    return Quote(
        excerpt=words.cut(evidence["excerpt"].strip(), EXCERPT_LIMIT),
        notes=notes,
        link=words.safe_link(evidence["url"]),
    )


def _gaps(
    profile: Mapping[str, Any],
    fact: Mapping[str, Any],
    cannot_carry: Mapping[str, tuple[str, ...]],
) -> list[str]:
    unknown = [name for name in fact["unknown"] if name not in _ASIDE]
    said, explained = [], set()
    for code in fact["formats"]:
        never = [f for f in unknown if f in cannot_carry.get(code, ())]
        explained.update(never)
        if never:
            fields = words.listed([_field(f) for f in never])
            said.append(f"The format “{words.format_name(code)}” has no place for {fields}.")
    if left := [f for f in unknown if f not in explained]:
        fields = words.listed([_field(f) for f in left])
        said.append(f"No post carries {fields}, though the format has a place for them.")
    if all(f in unknown for f in _TRACES):
        said.append("So paid posts are recognised by their words alone.")
    if not profile["platform_measured"]:
        said.append(
            f"The model was {words.NOT_MEASURED}: how often it errs there is not known, so the "
            "interval is widened."
        )
    if profile["abstained"]:
        verb = "is" if profile["abstained"] == 1 else "are"
        said.append(
            f"{words.counted(profile['abstained'], 'post')} of {words.number(profile['posts'])} "
            f"could not be judged and {verb} not counted in any share."
        )
    return said


def _field(code: str) -> str:
    return words.FIELDS.get(code) or words.named(code)
