"""Square plots as inline SVG: what was stated, true or answered across, what was found upwards.

Colours come from the classes in templates/evaluation.css. Positions are whole hundredths, so that
a plot is the same on every machine.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from analyzer.report.words import number, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.pipeline.artificial import PrevalenceError
    from analyzer.pipeline.figures import Bin
    from analyzer.pipeline.risk_coverage import RiskAt

_LEFT: Final = 44
_TOP: Final = 8
_SIDE: Final = 320
_WIDTH: Final = _LEFT + _SIDE + 14
_STRIP: Final = 46
"""Height of the bars below a reliability plot."""

_LABELS: Final = 52
"""Height of ticks and words under the axis."""

_RISK_STEP: Final = 0.2
"""The upward axis of a risk plot ends at the next of these; its five ticks are whole percents."""


def reliability_plot(bins: Sequence[Bin]) -> Markup:
    """Stated posterior and found share of each bin, with intervals; below, posts per bin."""
    shown = [b for b in bins if b.found.value is not None]
    said = "; ".join(
        f"stated {percent(b.stated or 0.0)}, found {percent(b.found.value or 0.0)}" for b in shown
    )
    parts = [_frame("stated P(passion)", "passion posts found", below=_STRIP), _EVEN]
    for b in shown:
        x = _x(b.stated or 0.0)
        if b.found.low is not None and b.found.high is not None:
            parts.append(
                Markup('<line class="iv thin" x1="{x}" x2="{x}" y1="{}" y2="{}"/>').format(
                    _y(b.found.low), _y(b.found.high), x=x
                )
            )
        parts.append(
            Markup('<circle class="dot" cx="{}" cy="{}" r="4.5"/>').format(
                x, _y(b.found.value or 0.0)
            )
        )
    parts.append(_bars(bins))
    return _svg("reliability", said or "no bin has enough posts", _STRIP, parts)


def prevalence_plot(error: PrevalenceError) -> Markup:
    """The share found at each true share, by counting and corrected."""
    said = "; ".join(
        f"true {percent(at.true)}, counted {percent(at.counted)}, corrected {percent(at.corrected)}"
        for at in error.curve
    )
    parts = [_frame("true share of passion", "share found", below=0), _EVEN]
    for kind in ("counted", "corrected"):
        path = _path([(at.true, getattr(at, kind)) for at in error.curve])
        parts.append(Markup('<path class="curve {}" d="{}"/>').format(kind, path))
    return _svg(f"prevalence-{error.platform}{error.size}", said, 0, parts)


def risk_plot(points: Sequence[RiskAt]) -> Markup:
    """Share of wrong answers at each share answered, with its interval as a band."""
    shown = [(at.coverage, at.risk) for at in points if at.risk.value is not None]
    most = max((figure.high or figure.value or 0.0 for _, figure in shown), default=0.0)
    top = max(1, math.ceil(most / _RISK_STEP)) * _RISK_STEP
    said = "; ".join(
        f"{percent(share)} answered, {percent(figure.value or 0.0)} wrong"
        for share, figure in shown
    )
    parts = [_frame("posts answered, surest first", "wrong answers", below=0, top=top)]
    band = [
        (share, figure.low, figure.high)
        for share, figure in shown
        if figure.low is not None and figure.high is not None
    ]
    if band:
        edge = [(share, low) for share, low, _ in band]
        edge += [(share, high) for share, _, high in reversed(band)]
        parts.append(Markup('<path class="band" d="{}Z"/>').format(_path(edge, top)))
    line = _path([(share, figure.value or 0.0) for share, figure in shown], top)
    parts.append(Markup('<path class="curve corrected" d="{}"/>').format(line))
    return _svg("risk", said, 0, parts)


def _bars(bins: Sequence[Bin]) -> Markup:
    """Posts per bin as bars that hang between the plot and its ticks."""
    most = max((b.posts for b in bins), default=0)
    foot = _TOP + _SIDE + _STRIP
    parts = []
    for b in bins:
        tall = (_STRIP - 8) * b.posts / most if most else 0.0
        parts.append(
            Markup(
                '<rect class="count" x="{}" width="{}" y="{}" height="{}"><title>{}</title></rect>'
            ).format(
                _x(b.low),
                _short(_SIDE * (b.high - b.low) - 1),
                _short(foot - tall),
                _short(tall),
                f"{number(b.posts)} posts stated {percent(b.low)} to {percent(b.high)}",
            )
        )
    return Markup("").join(parts)


def _frame(across: str, upwards: str, *, below: int, top: float = 1.0) -> Markup:
    """Axes, across from 0 to 1 and upwards from 0 to `top`, ticks and words."""
    floor = _TOP + _SIDE
    parts = [
        Markup('<rect class="ground" x="{}" y="{}" width="{side}" height="{side}"/>').format(
            _LEFT, _TOP, side=_SIDE
        )
    ]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(
            Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(
                _x(tick), floor + below + 16, percent(tick)
            )
        )
        parts.append(
            Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(
                _LEFT - 6, _short(_TOP + _SIDE * (1 - tick) + 4), percent(tick * top)
            )
        )
    parts.append(
        Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(
            _LEFT + _SIDE // 2, floor + below + 38, f"across: {across}; up: {upwards}"
        )
    )
    return Markup("").join(parts)


def _svg(key: str, said: str, below: int, parts: Sequence[Markup]) -> Markup:
    return Markup(
        '<svg class="plot" role="img" aria-labelledby="{key}" viewBox="0 0 {} {}">'
        '<title id="{key}">{said}</title>{parts}</svg>'
    ).format(
        _WIDTH, _TOP + _SIDE + below + _LABELS, key=key, said=said, parts=Markup("").join(parts)
    )


def _x(share: float) -> str:
    return _short(_LEFT + _SIDE * share)


def _y(share: float) -> str:
    return _short(_TOP + _SIDE * (1 - share))


def _path(points: Sequence[tuple[float, float]], top: float = 1.0) -> str:
    return "M" + "L".join(f"{_x(x)} {_y(y / top)}" for x, y in points)


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


_EVEN: Final = Markup('<line class="even" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
    _x(0.0), _y(0.0), _x(1.0), _y(1.0)
)
"""Where what was found is what was stated."""
