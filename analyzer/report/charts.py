"""Charts as inline SVG: no script, no request, drawn in percents so that they fit any width.

Looks (colours, strokes) come from the classes in templates/report.css; the marks `#m-creator`
and so on stand once in the page. What a chart shows is in its title, in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from analyzer.report.words import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

SINGLE_MARKS: Final = 150
"""Up to here every account has a mark of its own with its name; a browser draws far more, but
marks then hide each other."""
_TALL: Final = 480


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A passion share with its interval, in [0, 1], and how it is to be called."""

    number: int
    """Row of the account in the tables, from 1: the only thing an id is made of."""
    name: str
    role: str
    low: float
    point: float
    high: float


def spectrum(place: Position, said: str, lines: tuple[float, float]) -> Markup:
    """An account's place between influencer (left, 0) and creator (right, 1)."""
    low, high = lines
    zones = (("influencer", 0.0, low), ("hybrid", low, high), ("creator", high, 1.0))
    parts = [
        Markup('<rect class="zone z-{}" x="{}" width="{}" y="18" height="40"/>').format(
            name, _at(start), _at(end - start)
        )
        + Markup('<text class="zonename" x="{}" y="11" text-anchor="middle">{}</text>').format(
            _at((start + end) / 2), name
        )
        for name, start, end in zones
    ]
    parts += [_line(_at(x), 16, 60, "cut") for x in lines]
    parts.append(Markup('<line class="axis" x1="0" x2="100%" y1="58" y2="58"/>'))
    anchors = ((0.0, "start"), (low, "middle"), (high, "middle"), (1.0, "end"))
    parts += [
        Markup('<text class="tick" x="{}" y="74" text-anchor="{}">{}</text>').format(
            _at(x), anchor, percent(x)
        )
        for x, anchor in anchors
    ]
    parts.append(_interval(place, 38, "wide"))
    parts.append(_mark(place, 38))
    return _svg(f"s{place.number}", said, 80, "spectrum", parts)


def small(place: Position, said: str, lines: tuple[float, float]) -> Markup:
    """The same for a table row."""
    parts = [Markup('<line class="axis" x1="0" x2="100%" y1="11" y2="11"/>')]
    parts += [_line(_at(x), 1, 21, "cut") for x in lines]
    parts += [_interval(place, 11, "thin"), _mark(place, 11)]
    return _svg(f"t{place.number}", said, 22, "small", parts)


def everyone(places: Sequence[Position], said: str, lines: tuple[float, float]) -> Markup:
    """All accounts in one picture, one below the other, in the order given."""
    few = len(places) <= SINGLE_MARKS
    pitch = min(16.0, _TALL / len(places)) if few else _TALL / len(places)
    height = round(pitch * len(places)) + 12
    parts = [_line(_at(x), 0, height, "cut") for x in lines]
    if few:
        for row, place in enumerate(places):
            y = 6 + pitch * (row + 0.5)
            parts.append(
                Markup("<g><title>{}: {}</title>{}{}</g>").format(
                    place.name,
                    percent(place.point),
                    _interval(place, y, "thin"),
                    _mark(place, y),
                )
            )
    else:
        parts.append(_crowd(places, pitch, height))
    return _svg("everyone", said, height, "everyone", parts)


def stack(key: str, said: str, shares: Sequence[tuple[str, float]]) -> Markup:
    """Shares of a whole side by side; each with its CSS class."""
    parts, start = [], 0.0
    for kind, share in shares:
        if share > 0:
            parts.append(
                Markup('<rect class="part {}" x="{}" width="{}" height="16"/>').format(
                    kind, _at(start), _at(share)
                )
            )
        start += share
    return _svg(key, said, 16, "stack", parts)


def bar(share: float) -> Markup:
    """A share in [0, 1]; its words stand beside it, so it is nothing to a screen reader."""
    return Markup(
        '<svg class="bar" width="100%" height="8" aria-hidden="true">'
        '<rect class="rest" width="100%" height="8"/><rect width="{}" height="8"/></svg>'
    ).format(_at(share))


def mark(role: str) -> Markup:
    """The mark of a role, for a legend."""
    return Markup(
        '<svg class="mark r-{0}" width="14" height="14" aria-hidden="true">'
        '<use href="#m-{0}" x="7" y="7"/></svg>'
    ).format(role)


def _crowd(places: Sequence[Position], pitch: float, height: int) -> Markup:
    """Thousands of accounts as a few paths: an interval is a line, a point a line of no length."""
    parts = []
    for role in sorted({p.role for p in places}):
        lines, dots = [], []
        for row, place in enumerate(places):
            if place.role == role:
                y = f"{6 + pitch * (row + 0.5):.2f}"
                lines.append(f"M{place.low * 1000:.0f} {y}H{place.high * 1000:.0f}")
                dots.append(f"M{place.point * 1000:.0f} {y}h0")
        parts.append(
            Markup('<g class="r-{}"><path class="lines" d="{}"/><path class="dots" d="{}"/></g>')
            .format(role, "".join(lines), "".join(dots))
        )  # fmt: skip
    return Markup(
        '<svg width="100%" height="{0}" viewBox="0 0 1000 {0}" preserveAspectRatio="none">{1}</svg>'
    ).format(height, Markup("").join(parts))


def _svg(key: str, said: str, height: int, kind: str, parts: Sequence[Markup]) -> Markup:
    return Markup(
        '<svg class="{kind}" role="img" aria-labelledby="{key}" width="100%" height="{height}">'
        '<title id="{key}">{said}</title>{parts}</svg>'
    ).format(kind=kind, key=key, said=said, height=height, parts=Markup("").join(parts))


def _interval(place: Position, y: float, kind: str) -> Markup:
    return Markup('<line class="iv {} r-{}" x1="{}" x2="{}" y1="{y:g}" y2="{y:g}"/>').format(
        kind, place.role, _at(place.low), _at(place.high), y=y
    )


def _mark(place: Position, y: float) -> Markup:
    return Markup('<use class="r-{0}" href="#m-{0}" x="{1}" y="{2:g}"/>').format(
        place.role, _at(place.point), y
    )


def _line(x: str, top: float, bottom: float, kind: str) -> Markup:
    return Markup('<line class="{}" x1="{x}" x2="{x}" y1="{:g}" y2="{:g}"/>').format(
        kind, top, bottom, x=x
    )


def _at(share: float) -> str:
    return f"{min(max(share, 0.0), 1.0) * 100:.2f}".rstrip("0").rstrip(".") + "%"
