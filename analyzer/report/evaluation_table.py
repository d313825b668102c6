"""An evaluation in a terminal, 80 columns wide at least."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text

from analyzer.pipeline.evaluate import CLASSES, headlines
from analyzer.report import words
from analyzer.report.evaluation import (
    CLARITIES,
    HEADLINE_WORDS,
    SEEN,
    WHY,
    chance,
    confusions,
    shown,
    signed,
    told,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from analyzer.pipeline.artificial import PrevalenceError
    from analyzer.pipeline.evaluate import Evaluation
    from analyzer.pipeline.figures import Bin, Cell, ClassFigures, Figure
    from analyzer.pipeline.risk_coverage import RiskCoverage

_MOST: Final = 10
"""Confusions of niches that are told."""

_TEXT: Final = 200
_NAME: Final = 60
_LEGEND: Final = (
    "Pass., Brand: share of passion and of brand posts found. Niche: accuracy.\n"
    "Promo: F1 of any promotion. Bias: mean P(passion) minus share of passion posts.\n"
    "-: not enough posts"
)


def evaluation_tables(evaluation: Evaluation) -> Group:
    """What to print, one below the other. Texts and names are text in it, never markup."""
    e = evaluation
    groups = {
        "By clarity": [(CLARITIES[one.name], one) for one in e.clarities],
        "By platform": [(_platform(one.name), one) for one in e.platforms],
        "By length in characters": [(one.name, one) for one in e.lengths],
        "By niche": [(one.name, one) for one in sorted(e.niches, key=lambda cell: -cell.posts)],
    }
    parts: list[tuple[RenderableType, ...]] = []
    if e.seen:
        parts.append((Text(SEEN[e.seen], style="bold red"),))
    parts += [
        (_about(e),),
        (_headlines(e),),
        *((_title(title), _cells(found)) for title, found in groups.items() if found),
        (Text(_LEGEND),),
        *((_title(head.capitalize()), _classes(e.classes[head])) for head in CLASSES),
        *(
            (_title(f"{head.capitalize()}: label below, tag across"), _square(e, head))
            for head in ("drive", "promo")
        ),
        (_title("Niche: most frequent confusions"), _confused(e)),
        (_title("Calibration: P(passion) stated and found"), _bins(e.calibration)),
    ]
    if e.selective:
        parts.append((_title("Drive, the least sure posts not answered"), _risks(e.selective)))
    if e.prevalence:
        level = words.percent(e.prevalence[0].level)
        parts.append(
            (
                _title("Shares of passion posts found again, true shares 0% to 100%"),
                _prevalence(e.prevalence),
                Text(f"Covered: true share inside the {level} interval of the corrected one"),
            )
        )
    if e.mistakes:
        parts.append((_title(f"The {len(e.mistakes)} most confident mistakes"), *_mistakes(e)))
    return Group(*(line for part in parts for line in (*part, Text())))


def _about(evaluation: Evaluation) -> Text:
    clear = evaluation.clear
    model = words.one_line(evaluation.model_id or "answers of several models", _NAME)
    return Text(
        f"{model} on {words.counted(clear.posts, 'labelled post')} of clarity 1 and more, "
        f"{words.counted(clear.accounts, 'account')}; {words.percent(evaluation.level)} intervals "
        "by account"
    )


def _title(said: str) -> Text:
    return Text(said, style="bold")


def _platform(name: str) -> str:
    return words.PLATFORMS.get(name) or words.named(name)


def _table(*columns: str, first: int = 13) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    # only the first gives way
    for at, name in enumerate(columns):
        table.add_column(
            name, justify="right" if at else "left", no_wrap=bool(at), min_width=0 if at else first
        )
    return table


def _headlines(evaluation: Evaluation) -> Table:
    table = _table("Measured", "Figure", "Interval", first=40)
    for name, figure in headlines(evaluation).items():
        said = shown(figure)
        table.add_row(HEADLINE_WORDS[name], said.value or said.why, said.span or "-")
    return table


def _cells(cells: Sequence[tuple[str, Cell]]) -> Table:
    table = _table("", "Posts", "Accts", "Drive F1", "Pass.", "Brand", "Niche", "Promo", "Bias")
    for name, cell in cells:
        of = cell.figures
        table.add_row(
            name,
            f"{cell.posts:,}",
            f"{cell.accounts:,}",
            _ranged(of["drive_f1"]),
            *(_short(of[name]) for name in ("sensitivity", "specificity", "niche_accuracy")),
            _short(of["promo_any_f1"]),
            _short(of["bias"]),
        )
    return table


def _classes(classes: Sequence[ClassFigures]) -> Table:
    table = _table("", "Labelled", "Tagged", "Precision", "Recall", "F1")
    for one in classes:
        table.add_row(
            words.named(one.name), f"{one.posts:,}", f"{one.said:,}",
            _short(one.precision), _short(one.recall), _ranged(one.f1),
        )  # fmt: skip
    return table


def _square(evaluation: Evaluation, head: str) -> Table:
    names = [words.named(name) for name in CLASSES[head]]
    table = _table("", *names)
    for name, row in zip(names, evaluation.confusions[head], strict=True):
        table.add_row(name, *(f"{count:,}" for count in row))
    return table


def _confused(evaluation: Evaluation) -> Table:
    table = _table("Label", "Tag", "Posts")
    for label, answer, count in confusions(evaluation, "niche", _MOST):
        table.add_row(words.named(label), words.named(answer), f"{count:,}")
    return table


def _bins(bins: Sequence[Bin]) -> Table:
    table = _table("Bin", "Posts", "Stated", "Found")
    for one in bins:
        table.add_row(
            f"{one.low:.2f} to {one.high:.2f}",
            f"{one.posts:,}",
            "-" if one.stated is None else f"{one.stated:.3f}",
            _ranged(one.found),
        )
    return table


def _risks(found: RiskCoverage) -> Table:
    table = _table("Answered", "Posts", "From", "Wrong")
    for at in told(found):
        table.add_row(
            words.percent(at.coverage), f"{at.posts:,}", chance(at.confidence), _ranged(at.risk)
        )
    return table


def _prevalence(errors: Sequence[PrevalenceError]) -> Table:
    table = _table("Platform", "Sample", "Error", "Bias", "Corrected", "Bias", "Covered")
    for one in errors:
        table.add_row(
            _platform(one.platform),
            f"{one.size}",
            signed(one.counted_error),
            signed(one.counted_bias),
            signed(one.corrected_error),
            signed(one.corrected_bias),
            words.percent(one.coverage),
        )
    return table


def _mistakes(evaluation: Evaluation) -> list[Text]:
    return [
        Text(
            f"row {one.row}: {one.label}, tagged {one.answer} {chance(one.probability)}  "
            f"{words.one_line(one.text, _TEXT)}",
            no_wrap=True,
            overflow="ellipsis",
        )
        for one in evaluation.mistakes
    ]


def _ranged(figure: Figure) -> str:
    if figure.value is None:
        return WHY[figure.why or ""]
    if figure.low is None or figure.high is None:
        return _short(figure)
    return f"{_short(figure)} [{_two(figure.low)}–{_two(figure.high)}]"


def _short(figure: Figure) -> str:
    return "-" if figure.value is None else _two(figure.value)


def _two(value: float) -> str:
    return f"{value:.2f}".replace("-", "−") if round(value, 2) else "0.00"
