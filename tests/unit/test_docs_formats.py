"""The page of formats says what the formats say."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

from analyzer.sources.shapes import DRAFT_FIELDS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "formats.md"


@pytest.fixture(scope="module")
def script() -> Any:
    spec = importlib.util.spec_from_file_location(
        "format_table", ROOT / "scripts" / "format_table.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_as_the_formats_are(script: Any) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert script.page(text) == text, "python scripts/format_table.py docs/formats.md"


def test_every_field_of_a_mapping_is_named() -> None:
    said = PAGE.read_text(encoding="utf-8").partition("The left side is one of")[2]
    named = set(re.findall(r"`(\w+)`", said.partition("\n\n")[0]))
    assert named == set(DRAFT_FIELDS) - {"account_number"}
