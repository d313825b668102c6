"""The tables of docs/formats.md from the formats themselves.

    python scripts/format_table.py docs/formats.md

Writes between the marks what each format is recognised by and which columns of posts it can hold; a
test keeps the page as this would write it.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Final

from analyzer.schema import POST
from analyzer.sources import FORMATS

COLUMNS: Final = [field.name for field in POST if field.nullable]
BETWEEN: Final = re.compile(r"(<!-- formats: begin -->\n).*(<!-- formats: end -->)", re.DOTALL)


def page(text: str) -> str:
    """The page with its tables made anew.

    Raises:
        ValueError: the marks are missing.
    """
    if not BETWEEN.search(text):
        raise ValueError("the page has no marks '<!-- formats: begin -->' and '... end -->'")
    return BETWEEN.sub(lambda found: f"{found[1]}{_tables()}{found[2]}", text)


def _tables() -> str:
    lines = ["| `--format` | Made by | Recognised by |", "|---|---|---|"]
    lines += [f"| `{name}` | {form.title} | {form.how} |" for name, form in FORMATS.items()]
    heads = [f"`{column}`" for column in COLUMNS]
    lines += [
        "",
        "What each can hold (+) and never holds (-); accounts, texts and hashtags all do:",
        "",
    ]
    lines += [f"| `--format` | {' | '.join(heads)} |", "|---|" + ":-:|" * len(COLUMNS)]
    for name, form in FORMATS.items():
        marks = ["-" if column in form.cannot_carry else "+" for column in COLUMNS]
        lines.append(f"| `{name}` | {' | '.join(marks)} |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path)
    path = parser.parse_args().page
    path.write_text(page(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
