"""An evaluation for people and for other programs: evaluation.html and evaluation.json."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from analyzer.atomic import atomic_path
from analyzer.pipeline.evaluate import CLASSES, headlines
from analyzer.pipeline.figures import MIN_ACCOUNTS, MIN_CLASS, MIN_POSTS
from analyzer.report import plots, words
from analyzer.report.html import environment, style

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from markupsafe import Markup

    from analyzer.pipeline.artificial import PrevalenceError
    from analyzer.pipeline.evaluate import Evaluation, Mistake
    from analyzer.pipeline.figures import Cell, Figure
    from analyzer.pipeline.risk_coverage import RiskAt, RiskCoverage

JSON_SCHEMA_VERSION: Final = 1
"""Rises when a key of evaluation.json changes its meaning or goes; a new key does not raise it."""

HEADLINE_WORDS: Final = {
    "drive_f1_clear": "Passion or brand, clarity 1 and more: macro F1",
    "drive_f1_likely": "Passion or brand, clarity 2 and more: macro F1",
    "drive_accuracy": "Passion or brand: accuracy",
    "niche_accuracy": "Niche, one of 22: accuracy",
    "niche_f1": "Niche, one of 22: macro F1",
    "promo_f1": "Promotion, one of 3: macro F1",
    "promo_any_f1": "Promotion, any or none: F1 of any",
    "ece": "Calibration: expected calibration error (0 is best)",
    "brier": "Calibration and sharpness: Brier score (0 is best)",
}
COLUMNS: Final = {
    "drive_f1": "Drive, macro F1",
    "sensitivity": "Passion found",
    "specificity": "Brand found",
    "niche_accuracy": "Niche right",
    "promo_any_f1": "Any promotion, F1",
    "bias": "Stated minus found",
    "ece": "ECE",
    "brier": "Brier",
}
"""Figures of the tables by cell, and their heads."""

CLARITIES: Final = {
    "0": "0: none",
    "1": "1: soft",
    "2": "2: likely",
    "3": "3: clear",
}
WHY: Final = {
    "too_few_posts": "not enough posts",
    "one_class": "one class only",
    "too_few_accounts": "not enough accounts",
    "all_alike": "all alike",
}
SEEN: Final = {
    "trained_on": "NOT HELD OUT: the tagger was trained on this very file. It has seen these "
    "answers; no figure here says how it does on posts of other accounts.",
    "calibrated_on": "NOT HELD OUT: the tagger’s temperature and error rates were fitted on this "
    "very file. Calibration, promotions and corrected shares look better here than elsewhere.",
}
ANSWERED: Final = (1.0, 0.9, 0.8, 0.7, 0.5)
"""Those of risk_coverage.COVERAGES that the tables tell; the plot shows them all."""

_EXCERPT: Final = 420
_NAME: Final = 60
_SHADES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A figure in words."""

    value: str | None
    span: str | None
    why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table of figures."""

    name: str
    counts: tuple[int, ...]
    figures: tuple[Shown, ...]

    @property
    def why(self) -> str | None:
        """Why there is no figure at all, where there is none."""
        return None if any(f.value for f in self.figures) else self.figures[0].why


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Shares of a platform found again, by size of the samples."""

    platform: str
    measured: bool
    errors: list[tuple[PrevalenceError, Markup]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    """A confusion table: rows by label, columns by answer; each cell a count and its shade."""

    head: str
    names: tuple[str, ...]
    rows: tuple[tuple[str, int, tuple[tuple[int, str], ...]], ...]
    """Label, posts, cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selective:
    """What answering fewer posts wins."""

    plot: Markup
    points: list[tuple[str, int, str, Shown]]
    """Share answered, posts, least probability, share of wrong answers."""
    limits: list[tuple[str, Shown]]
    """Share of wrong answers, share answered."""
    aurc: Shown
    excess: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A mistake, fit to show."""

    meta: list[str]
    verdict: str
    excerpt: str


def write_evaluation(evaluation: Evaluation, out: Path) -> None:
    """Write evaluation.json and evaluation.html to a folder that is there.

    Raises:
        StoreError: a file cannot be written; what was there is untouched.
    """
    with atomic_path(out / "evaluation.json") as part:
        part.write_bytes(evaluation_json(evaluation))
    with atomic_path(out / "evaluation.html") as part:
        part.write_text(render_evaluation(evaluation), encoding="utf-8")


def evaluation_json(evaluation: Evaluation) -> bytes:
    """Everything, under the names of `Evaluation`'s fields; what is not known is null."""
    import orjson

    found = {"schema_version": JSON_SCHEMA_VERSION, **asdict(evaluation)}
    found["headlines"] = {name: asdict(figure) for name, figure in headlines(evaluation).items()}
    found["class_names"] = {head: list(names) for head, names in CLASSES.items()}
    return orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def render_evaluation(evaluation: Evaluation) -> str:
    """One page that needs nothing else: no script, no request; posts are text in it."""
    env = environment()
    css, css_hash = style(env, "report.css", "evaluation.css")
    e = evaluation
    return env.get_template("evaluation.html.j2").render(
        css=css,
        css_hash=css_hash,
        e=e,
        warning=SEEN[e.seen] if e.seen else None,
        headlines=[(HEADLINE_WORDS[name], shown(figure)) for name, figure in headlines(e).items()],
        columns=list(COLUMNS.values()),
        groups=[
            ("By clarity", "Clarity", rows(e.clarities, CLARITIES)),
            ("By platform", "Platform", rows(e.platforms, words.PLATFORMS)),
            ("By length", "Characters", rows(e.lengths, {})),
            ("By niche", "Niche, as labelled", rows(_by_posts(e.niches), {})),
        ],
        classes=[(head.capitalize(), _classes(e, head)) for head in CLASSES],
        squares=[_square(e, head) for head in CLASSES],
        reliability=plots.reliability_plot(e.calibration),
        selective=_selective(e.selective) if e.selective else None,
        prevalence=_shares(e),
        mistakes=[_wrong(mistake) for mistake in e.mistakes],
        level=words.percent(e.level),
        least={"posts": MIN_POSTS, "one_class": MIN_CLASS, "accounts": MIN_ACCOUNTS},
        signed=signed,
    )


def shown(figure: Figure) -> Shown:
    """The figure to three places, its interval, and why one of them is not there."""
    return Shown(
        value=None if figure.value is None else signed(figure.value),
        span=None
        if figure.low is None or figure.high is None
        else f"{signed(figure.low)} to {signed(figure.high)}",
        why=None if figure.why is None else WHY[figure.why],
    )


def signed(value: float) -> str:
    """Three places, with a true minus."""
    return f"{value:.3f}".replace("-", "−") if round(value, 3) else "0.000"


def rows(cells: Sequence[Cell], names: dict[str, str]) -> list[Row]:
    """The cells as rows: posts, accounts, and the figures of COLUMNS."""
    return [
        Row(
            name=names.get(one.name, one.name),
            counts=(one.posts, one.accounts),
            figures=tuple(shown(one.figures[name]) for name in COLUMNS),
        )
        for one in cells
    ]


def confusions(evaluation: Evaluation, head: str, most: int) -> list[tuple[str, str, int]]:
    """Label, answer and posts of the most frequent confusions of a head."""
    names = CLASSES[head]
    found = [
        (names[label], names[answer], count)
        for label, row in enumerate(evaluation.confusions[head])
        for answer, count in enumerate(row)
        if label != answer and count
    ]
    return sorted(found, key=lambda one: -one[2])[:most]


def _selective(found: RiskCoverage) -> Selective:
    return Selective(
        plot=plots.risk_plot(found.points),
        points=[
            (words.percent(at.coverage), at.posts, chance(at.confidence), shown(at.risk))
            for at in told(found)
        ],
        limits=[(words.percent(at.risk), shown(at.coverage)) for at in found.limits],
        aurc=shown(found.aurc),
        excess=shown(found.excess),
    )


def told(found: RiskCoverage) -> list[RiskAt]:
    """The points of the curve that tables show."""
    return [at for at in found.points if at.coverage in ANSWERED]


def _shares(evaluation: Evaluation) -> list[Shares]:
    return [
        Shares(
            platform=words.PLATFORMS.get(name) or words.named(name),
            measured=found[0].measured,
            errors=[(one, plots.prevalence_plot(one)) for one in found],
        )
        for name, group in groupby(evaluation.prevalence, key=lambda one: one.platform)
        for found in [list(group)]
    ]


def _by_posts(cells: Sequence[Cell]) -> list[Cell]:
    return sorted(cells, key=lambda one: -one.posts)


def _classes(evaluation: Evaluation, head: str) -> list[Row]:
    return [
        Row(
            name=words.named(one.name),
            counts=(one.posts, one.said),
            figures=tuple(shown(figure) for figure in (one.precision, one.recall, one.f1)),
        )
        for one in evaluation.classes[head]
    ]


def _square(evaluation: Evaluation, head: str) -> Square:
    names = tuple(words.named(name) for name in CLASSES[head])
    found = []
    for label, row in enumerate(evaluation.confusions[head]):
        whole = sum(row)
        cells = tuple(
            (count, _shade(count, whole, right=answer == label)) for answer, count in enumerate(row)
        )
        found.append((names[label], whole, cells))
    return Square(head=head, names=names, rows=tuple(found))


def _shade(count: int, whole: int, *, right: bool) -> str:
    """CSS class: right or wrong, and how much of the row it is."""
    if not count:
        return "none"
    return f"{'right' if right else 'wrong'} s{-(-count * _SHADES // whole)}"


def _wrong(mistake: Mistake) -> Wrong:
    return Wrong(
        meta=[
            f"row {words.number(mistake.row)}",
            words.one_line(mistake.account, _NAME),
            words.PLATFORMS.get(mistake.platform) or words.named(mistake.platform),
            f"clarity {mistake.clarity}",
        ],
        verdict=f"labelled {mistake.label}, tagged {mistake.answer} "
        f"with {chance(mistake.probability)}",
        excerpt=words.cut(mistake.text.strip(), _EXCERPT),
    )


def chance(probability: float) -> str:
    """One place: mistakes to be told apart lie between 90 and 100 %. 100 % is never claimed."""
    return f"{min(probability * 100, 99.9):.1f}%"
