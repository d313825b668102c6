"""An explained tag as one HTML file that needs nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.atomic import atomic_path
from analyzer.report import words
from analyzer.report.explained import parts, sentences, sides, verdict
from analyzer.report.html import environment, style

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.pipeline.explain import Removal, TagExplanation


def write_explained(
    text: str, told: TagExplanation, removal: Removal | None, path: Path, *, model_id: str
) -> None:
    """The page as a file; see `render_explained`.

    Raises:
        StoreError: `path` cannot be written; what was there is untouched.
    """
    page = render_explained(text, told, removal, model_id=model_id)
    with atomic_path(path) as temp:
        temp.write_text(page, encoding="utf-8", newline="")


def render_explained(
    text: str, told: TagExplanation, removal: Removal | None, *, model_id: str
) -> str:
    """The tag, the text with its words marked, each word's figure, and how to read them.

    Words for and against differ by colour (blue and orange) and by their underline and sign.
    text: the one that was explained; it is text in the page and nothing else.
    removal: null where the tagger abstains.
    """
    env = environment()
    css, css_hash = style(env, "report.css", "explained.css")
    pushes = told.pushes
    return env.get_template("explained.html.j2").render(
        css=css,
        css_hash=css_hash,
        model_id=model_id,
        verdict=verdict(told),
        text=words.shown(text, len(text)),
        parts=[] if pushes is None else list(parts(text, pushes)),
        sides=() if pushes is None else sides(text, told.head, pushes),
        said=[] if pushes is None else sentences(text, told.head, pushes, removal),
    )
